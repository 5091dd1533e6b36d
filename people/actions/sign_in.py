"""What signing in and looking after one's own account leaves behind."""

from django.db import transaction
from knox.models import AuthToken

from audit import actions as audit
from people.models import User


@transaction.atomic
def signed_in(user: User) -> None:
    audit.record(user, "account.signed_in", by=user, area=audit.INSTALLATION)


@transaction.atomic
def signed_out(user: User) -> None:
    audit.record(user, "account.signed_out", by=user, area=audit.INSTALLATION)


@transaction.atomic
def choose_password(user: User, password: str) -> None:
    """The person has chosen a password of their own; tokens given out under the old one are void.

    Whether it is good enough, the form has asked the validators.
    """
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    AuthToken.objects.filter(user_id=user.pk).delete()
    audit.record(user, "account.password_chosen", by=user, area=audit.INSTALLATION)


@transaction.atomic
def second_factor_changed(user: User, *, kind: str, present: bool) -> None:
    """An authenticator app or a set of recovery codes came or went."""
    audit.record(user, "account.second_factor", by=user, area=audit.INSTALLATION, after={"kind": kind, "present": present})


@transaction.atomic
def session_ended(user: User, *, sessions: int) -> None:
    """The person has ended sessions in other browsers."""
    audit.record(user, "account.sessions_ended", by=user, area=audit.INSTALLATION, after={"sessions": sessions})
