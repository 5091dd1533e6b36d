"""Numbers of meetings: `M350505001-2611-482073`, street, year and month, six random digits."""

import secrets
from datetime import datetime

from tenancy.areas import Level, ancestor


def new_number(area: int, at: datetime) -> str:
    """A fresh number for a meeting about this place. Collisions are possible and refused by the database."""
    street = ancestor(area, Level.STREET) // 10**6
    return f"M{street:09d}-{at:%y%m}-{secrets.randbelow(10**6):06d}"
