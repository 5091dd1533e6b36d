"""The second factor: a code from an authenticator app (TOTP, RFC 6238), or a recovery code.

allauth keeps the secrets and the recovery codes; whether a code counts is decided here, for pages and API alike.
"""

from contextlib import suppress
from datetime import timedelta

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.crypto import constant_time_compare

from people.actors import Actor
from people.models import User

MOST_WRONG = 5
HELD_BACK = timedelta(minutes=5)


def has_second_factor(user: User) -> bool:
    """Whether an authenticator app is set up for this account."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def required_for(actor: Actor) -> bool:
    """Staff need one when the installation asks for it (`MULIN_STAFF_SECOND_FACTOR`, on in production)."""
    return bool(settings.STAFF_SECOND_FACTOR_REQUIRED) and actor.is_person and actor.is_staff


def lacking(actor: Actor) -> bool:
    """The actor needs a second factor and has none: until then nothing but setting one up is open to them."""
    return required_for(actor) and not has_second_factor(actor.user)


def held_back(user: User) -> bool:
    """Too many wrong codes lately (own rule: five in five minutes per account, whatever the address)."""
    return int(cache.get(_wrong_key(user), 0)) >= MOST_WRONG


def verify(user: User, code: str) -> bool:
    """Whether `code` is this person's present one, or an unused recovery code. A code counts once.

    False for everybody who has no second factor, and while the account is held back.
    """
    if held_back(user):
        return False
    typed = normalize_user_code(code or "")
    if typed.isascii() and typed and (_is_present_code(user, typed) or _is_recovery_code(user, typed)):
        cache.delete(_wrong_key(user))
        return True
    cache.add(_wrong_key(user), 0, int(HELD_BACK.total_seconds()))
    with suppress(ValueError):  # the counter may end between the two calls
        cache.incr(_wrong_key(user))
    return False


def _wrong_key(user: User) -> str:
    return f"second-factor-wrong-{user.pk}"


@transaction.atomic
def _is_present_code(user: User, typed: str) -> bool:
    """One step back and one ahead are taken too, for slow fingers and clocks (RFC 6238, 5.2).

    The step last used is kept on the row: the same code never counts twice, whatever becomes of the cache.
    """
    found = Authenticator.objects.select_for_update().filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    if found is None:
        return False
    secret = totp.decrypt(found.data["secret"])
    for step in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, step))
        if constant_time_compare(typed, expected) and step > found.data.get("last_step", 0):
            found.data["last_step"] = step
            found.save(update_fields=["data"])
            return True
    return False


def _is_recovery_code(user: User, typed: str) -> bool:
    found = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return found is not None and bool(RecoveryCodes(found).validate_code(typed))
