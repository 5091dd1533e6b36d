"""Numbers of projects: `P350505001-2611-482073`, street, year and month, six random digits."""

import secrets
from datetime import datetime

from tenancy.areas import Level, ancestor


def new_number(area: int, at: datetime) -> str:
    """A fresh number for a project in this place. Collisions are possible and refused by the database."""
    street = ancestor(area, Level.STREET) // 10**6
    return f"P{street:09d}-{at:%y%m}-{secrets.randbelow(10**6):06d}"
