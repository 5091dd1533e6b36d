"""How long a signed-in session lasts, and ending all of somebody's."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from knox.models import AuthToken

from people.actors import Actor
from people.models import User

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
WRITE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Lifetime:
    """`idle`: without a request; `whole`: since signing in."""

    idle: timedelta
    whole: timedelta


STAFF = Lifetime(idle=timedelta(hours=2), whole=timedelta(hours=12))
RESIDENT = Lifetime(idle=timedelta(days=14), whole=timedelta(days=14))
"""Own rule, after GB/T 22239 (等级保护): staff computers stand in offices that many people pass through."""


def begin(session: SessionBase) -> None:
    """Start the clock of a new session."""
    session[SIGNED_IN_AT] = session[SEEN_AT] = timezone.now().timestamp()


def signed_in_within(session: SessionBase, span: timedelta) -> bool:
    return bool(timezone.now().timestamp() - session.get(SIGNED_IN_AT, 0) < span.total_seconds())


def is_over(session: SessionBase, actor: Actor) -> bool:
    """Whether the session has outlived the actor's present roles; if not, it counts as seen now."""
    if SIGNED_IN_AT not in session:
        begin(session)
        return False
    now, lifetime = timezone.now().timestamp(), STAFF if actor.is_staff else RESIDENT
    unseen = now - session.get(SEEN_AT, session[SIGNED_IN_AT])
    if now - session[SIGNED_IN_AT] >= lifetime.whole.total_seconds() or unseen >= lifetime.idle.total_seconds():
        return True
    if unseen >= WRITE_AFTER.total_seconds():  # one write a minute is exact enough and spares the database
        session[SEEN_AT] = now
    return False


def end_all(user: User, *, keep: str = "") -> int:
    """End the person's sessions in every browser (but the one with the key `keep`) and take back all API tokens."""
    ended = 0
    for session in UserSession.objects.filter(user_id=user.pk).exclude(session_key=keep):
        session.end()
        ended += 1
    AuthToken.objects.filter(user_id=user.pk).delete()
    return ended
