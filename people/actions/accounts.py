"""Looking after other people's accounts: the security administrator's work."""

import secrets
from datetime import date

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from people import queries, sessions
from people.actions import appointments
from people.actors import Actor
from people.models import Organisation, User
from people.permissions import may_look_after, may_see_accounts
from people.roles import Role
from tenancy.refusals import NotAllowed, NotThere, WrongState

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike when read out over the phone


def temporary_password() -> str:
    """Twelve letters and digits in three groups, some 59 bits."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


@transaction.atomic
def open_with_post(
    *,
    username: str,
    name: str,
    role: Role,
    area: int,
    by: Actor,
    organisation: Organisation | None = None,
    phone: str | None = None,
    email: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> tuple[User, str]:
    """Open an account together with its first appointment; returns it with a temporary password to be shown once.

    Raises NotAllowed, and Refusal as `open_account` and `appoint` do; then nothing has been opened.
    """
    if not may_see_accounts(by):
        raise NotAllowed
    password = temporary_password()
    user = appointments.open_account(username=username, name=name, phone=phone, email=email, password=password, by=by)
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    appointments.appoint(user, role, area=area, organisation=organisation, starts_on=starts_on, ends_on=ends_on, by=by)
    return user, password


def _looked_after(user_id: int, by: Actor) -> User:
    """The account, locked. Raises NotThere, and NotAllowed when it reaches beyond the administrator's places."""
    if not may_see_accounts(by) or not queries.accounts_of(by).filter(pk=user_id).exists():
        raise NotThere
    user = User.objects.select_for_update().get(pk=user_id)
    if not may_look_after(by, user):
        raise NotAllowed(_("This person also holds a post beyond your places. Ask the administrator of the wider place."))
    return user


@transaction.atomic
def reset_password(user_id: int, *, by: Actor) -> str:
    """Give a temporary password, to be shown once; ends all sessions and tokens and opens a locked account again."""
    user = _looked_after(user_id, by)
    password = temporary_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    sessions.end_all(user)
    AccessAttempt.objects.filter(username=user.username.lower()).delete()
    audit.record(user, "account.password_reset", by=by, area=audit.INSTALLATION)
    return password


@transaction.atomic
def close(user_id: int, *, by: Actor) -> User:
    """Nobody can sign in any more; sessions and tokens end at once. The record and the appointments stay."""
    user = _looked_after(user_id, by)
    if not user.is_active:
        raise WrongState(_("This account is closed already."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_all(user)
    audit.record(user, "account.closed", by=by, area=audit.INSTALLATION)
    return user


@transaction.atomic
def reopen(user_id: int, *, by: Actor) -> User:
    user = _looked_after(user_id, by)
    if user.is_active:
        raise WrongState(_("This account is open already."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record(user, "account.reopened", by=by, area=audit.INSTALLATION)
    return user


@transaction.atomic
def remove_second_factor(user_id: int, *, by: Actor) -> User:
    """For whoever has lost the phone: sessions and tokens end, the person sets it up anew. WrongState when there is none."""
    user = _looked_after(user_id, by)
    removed, _rows = Authenticator.objects.filter(user_id=user.pk).delete()
    if not removed:
        raise WrongState(_("This account has no second factor."))
    sessions.end_all(user)
    audit.record(user, "account.second_factor_removed", by=by, area=audit.INSTALLATION)
    return user
