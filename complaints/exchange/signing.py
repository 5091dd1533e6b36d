"""How messages are signed, the same way in both directions. Pure: no clock, no database.

The signature is HMAC-SHA-256 over version, moment, nonce, method, path and body, under a secret that both sides hold (own).
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

VERSION = "v1"
TIME, NONCE, SIGNATURE = "Mulin-Time", "Mulin-Nonce", "Mulin-Signature"
WINDOW = 300
"""Seconds that a message's moment may lie before or after the receiver's."""
_TIME, _NONCE = re.compile(r"[0-9]{10}", re.ASCII), re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


class BadSignature(Exception):
    """What is wrong with a message, for our own log: whoever sent it is told only that it does not count."""


@dataclass(frozen=True)
class Sealed:
    """The headers of a message, read."""

    time: int
    nonce: str


def signature(secret: str, *, time: int, nonce: str, method: str, path: str, body: bytes) -> str:
    head = "\n".join([VERSION, str(time), nonce, method, path, ""]).encode()
    return f"{VERSION}={hmac.new(secret.encode(), head + body, hashlib.sha256).hexdigest()}"


def headers(secret: str, *, now: int, method: str, path: str, body: bytes, nonce: str = "") -> dict[str, str]:
    """What to send with a message. `now` in seconds of Unix time; a nonce is made unless one is given."""
    nonce = nonce or secrets.token_urlsafe(18)
    signed = signature(secret, time=now, nonce=nonce, method=method, path=path, body=body)
    return {TIME: str(now), NONCE: nonce, SIGNATURE: signed}


def check(secrets_known: list[str], found: Mapping[str, str], *, now: int, method: str, path: str, body: bytes) -> Sealed:
    """Raises BadSignature. Whether the nonce was seen before, the caller looks up: that needs a memory."""
    time, nonce, said = (found.get(name, "") for name in (TIME, NONCE, SIGNATURE))
    if not _TIME.fullmatch(time) or not _NONCE.fullmatch(nonce):
        raise BadSignature("time or nonce missing")
    if abs(int(time) - now) > WINDOW:
        raise BadSignature("outside the window")
    expected = [signature(secret, time=int(time), nonce=nonce, method=method, path=path, body=body) for secret in secrets_known]
    if not any(hmac.compare_digest(each.encode(), said.encode()) for each in expected):
        raise BadSignature("signature does not fit")
    return Sealed(int(time), nonce)
