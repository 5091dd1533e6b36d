"""Who is acting, and with which appointments: worked out anew for each request and each task, never cached across them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db.models import BigIntegerField, Q, Value
from django.utils import timezone

from people.models import Appointment, AreaGrant, User, UserKind
from people.roles import ADMINISTRATORS, STAFF, Role
from tenancy import areas
from tenancy.scope import Scope

SYSTEM, VISITOR = "system", "visitor"


@dataclass(frozen=True)
class Post:
    """One standing of an actor: a role in a place, for an organisation or for nobody but oneself."""

    role: Role
    area: int
    organisation_id: int | None

    def covers(self, area: int) -> bool:
        low, high = areas.subtree(self.area)
        return low <= area < high


@dataclass(frozen=True)
class Actor:
    """A user with the posts held today. Satisfies `audit.actions.Acting`.

    `session` tells apart visitors without an account, who share one user row. `tracking` is the number of the one ticket
    whose tracking code a visitor has proved.
    """

    user: User
    posts: tuple[Post, ...] = ()
    session: str = ""
    tracking: str = ""

    @property
    def id(self) -> int:
        return self.user.pk

    @property
    def label(self) -> str:
        return self.user.label

    @property
    def is_system(self) -> bool:
        return self.user.kind == UserKind.SYSTEM

    @property
    def is_person(self) -> bool:
        return self.user.kind == UserKind.PERSON

    @cached_property
    def scope(self) -> Scope:
        """Where this person sees business rows, and the rows that are theirs alone. Administrators' posts open no business."""
        places = Scope.of_places(post.area for post in self.posts if post.role not in ADMINISTRATORS)
        return replace(places, person=self.id if self.is_person else 0)

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(post.role for post in self.posts)

    @property
    def is_staff(self) -> bool:
        return not self.roles.isdisjoint(STAFF)

    def posts_at(self, area: int, roles: Iterable[Role]) -> list[Post]:
        """The posts of these roles that cover a place."""
        wanted = frozenset(roles)
        return [post for post in self.posts if post.role in wanted and post.covers(area)]

    def holds(self, area: int, roles: Iterable[Role]) -> bool:
        return bool(self.posts_at(area, roles))

    def organisations_at(self, area: int, roles: Iterable[Role]) -> set[int]:
        """Organisations the actor speaks for in a place, in one of these roles."""
        return {post.organisation_id for post in self.posts_at(area, roles) if post.organisation_id}

    def administrative_scope(self, role: Role) -> Scope:
        """The places an administrator looks after. For the administrators' own pages only."""
        return Scope.of_places(post.area for post in self.posts if post.role == role)


def _today() -> date:
    return timezone.localdate()


def live_appointments(on: date | None = None) -> Q:
    """Appointments in force on a day (today when none is given)."""
    day = on or _today()
    return Q(revoked_at=None, starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))


GRANTED_ROLE = {"watch_area": Role.SUPERVISOR, "serve_area": Role.PROPERTY_STAFF}


def of_user(user: User, *, session: str = "") -> Actor:
    """The actor for an account: appointments and grants, in one query."""
    if not user.is_active:
        return Actor(user, (), session)
    held = (
        Appointment.objects.filter(live_appointments(), user=user)
        .annotate(granted=Value(False))
        .values_list("granted", "pk", "role", "area", "organisation_id")
    )
    given = (
        AreaGrant.objects.filter(Q(until=None) | Q(until__gte=_today()), user=user)
        .annotate(granted=Value(True), nobody=Value(None, BigIntegerField()))
        .values_list("granted", "pk", "permission__codename", "content_object_id", "nobody")
    )
    rows = list(held.union(given, all=True).order_by("granted", "pk"))
    posts = [Post(Role(role), area, organisation) for granted, _pk, role, area, organisation in rows if not granted]
    firms = {post.organisation_id for post in posts if post.role in {Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER}}
    for codename, area in [(codename, area) for granted, _pk, codename, area, _nobody in rows if granted]:
        if codename == "watch_area":
            posts.append(Post(Role.SUPERVISOR, area, None))
        else:
            posts.extend(Post(Role.PROPERTY_STAFF, area, firm) for firm in firms)
    return Actor(user, tuple(posts), session)


def system() -> Actor:
    """The system itself: workers and sweeps. It acts, but no rule lets it decide what a person must decide."""
    return Actor(_special(SYSTEM, UserKind.SYSTEM))


def visitor(session: str, *, tracking: str = "") -> Actor:
    """Somebody without an account, known by a session only, or by the tracking code of one ticket."""
    return Actor(_special(VISITOR, UserKind.VISITOR), (), session, tracking)


def _special(username: str, kind: UserKind) -> User:
    """The two rows that stand for no person are made by a migration; they are read once per process."""
    found = _specials.get(username)
    if found is None:
        found = _specials[username] = User.objects.get(username=username, kind=kind)
    return found


_specials: dict[str, User] = {}
