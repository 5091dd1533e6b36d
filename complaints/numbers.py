"""Ticket numbers and tracking codes.

A number reads `350505001-2611-48207315`: street or town, year and month, eight random digits, so that it can be said on the
phone and tells a stranger nothing about how many there are. The tracking code proves that somebody holds the ticket's slip.
"""

import base64
import secrets
from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from tenancy.areas import Level, ancestor

CODE_LENGTH = 13  # of 32 letters: 65 bits


def new_number(area: int, at: datetime) -> str:
    """A fresh number for a ticket in this place. Collisions are possible and refused by the database."""
    street = ancestor(area, Level.STREET) // 10**6
    return f"{street:09d}-{at:%y%m}-{secrets.randbelow(10**8):08d}"


def street_in(number: str) -> int | None:
    """The street's place code as printed in a number, or None for what is no number."""
    head = number[:9]
    return int(head) * 10**6 if len(head) == 9 and head.isascii() and head.isdigit() and head[0] != "0" else None


def tracking_code(number: str) -> str:
    """The code that belongs to a number: derived, so it is stored nowhere."""
    return _code(number, settings.SECRET_KEY)


def proves(code: str, number: str) -> bool:
    """Does this code belong to this number? Codes made under an earlier secret key go on working."""
    typed = code.strip().lower()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(typed, _code(number, key)) for key in keys)


def _code(number: str, key: str) -> str:
    digest = salted_hmac("mulin.tracking", number, secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest).decode().lower()[:CODE_LENGTH]
