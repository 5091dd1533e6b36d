"""Numbers of visits and findings: `V350505001-2611-482073`, a letter, street, year and month, six random digits."""

import secrets
from datetime import datetime

from tenancy.areas import Level, ancestor

VISIT, FINDING = "V", "F"


def new_number(letter: str, area: int, at: datetime) -> str:
    """A fresh number in this place. Collisions are possible and refused by the database."""
    street = ancestor(area, Level.STREET) // 10**6
    return f"{letter}{street:09d}-{at:%y%m}-{secrets.randbelow(10**6):06d}"
