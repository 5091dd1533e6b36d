"""An authenticator app for tests."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp

from people.models import User


def equip(user: User) -> str:
    """Set up a second factor; returns the secret that the phone keeps."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return str(secret)


def code(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or `steps` half-minutes from now."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps)))


def recovery_code(user: User) -> str:
    found = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return str(RecoveryCodes(found).get_unused_codes()[0])
