"""The desk's lists: what is somebody's work, how many tickets stand in each queue, and one page of them at a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from communities.models import Building
from complaints.models import Extension, Ticket, TicketPhoto
from complaints.queries import QUEUE_STATES, QUEUES, saying, visible_to
from complaints.states import FINAL, OPEN, TO_SORT, ExtensionState, State
from people.actors import Actor
from people.roles import ADMINISTRATORS, DESKS, STAFF, STREET, Role

WORKING = STAFF - ADMINISTRATORS
WATCHING = DESKS | {Role.SUPERVISOR}
"""Roles that have a desk. What a member of staff sees as a resident of some compound is not work."""
PAGE = 25
BY_DUE = frozenset({"triage", "arbitration", "new", "doing", "open"})
"""Queues in which emergencies come first and then what is due next; the others show the newest first."""

GROWING = frozenset({"ended", "all"})
"""Queues that hold what has ended."""
LIVE = sorted(set(State) - FINAL)
MOST_COUNTED = 1000
MARKS = ("extension", "waiting", "supervised")
"""What the desk counts beside its queues, among what is open; names as in `Filters`."""


def marked(name: str) -> Q:
    """Tickets with one of MARKS: more time was asked for and nobody has decided, the reporter was asked, supervised."""
    if name == "extension":
        asked = Extension.objects.filter(ticket=OuterRef("pk"), state=ExtensionState.ASKED)
        return Q(state=State.ACCEPTED) & Q(Exists(asked))
    return Q(paused_at__isnull=False) if name == "waiting" else Q(supervised_at__isnull=False)


@dataclass(frozen=True)
class Filters:
    """What the reader narrows the list to.

    `words` is looked for in the number and in what the reader gets to see of the text. `corrected` names two leaves,
    "before-after".
    """

    compound: int | None = None
    building: int | None = None
    leaf: str = ""
    urgency: str = ""
    late: bool = False
    words: str = ""
    supervised: bool = False
    waiting: bool = False
    extension: bool = False
    corrected: str = ""

    def condition(self, actor: Actor, now: datetime) -> Q:
        wanted = Q()
        if self.compound is not None:
            wanted &= Q(area=self.compound)
        if self.building is not None:
            wanted &= Q(building_id=self.building)
        if self.leaf:
            wanted &= Q(leaf_id=self.leaf)
        if self.urgency:
            wanted &= Q(urgency_id=self.urgency)
        if self.late:
            wanted &= late(now)
        for name in MARKS:
            if getattr(self, name):
                wanted &= marked(name)
        if self.corrected:
            before, _dash, after = self.corrected.partition("-")
            wanted &= Q(why_here__confirmed__corrected=True, why_here__confirmed__before=before, leaf_id=after)
        if self.words:
            wanted &= Q(number__contains=self.words) | saying(actor, self.words)
        return wanted


@dataclass(frozen=True)
class Tally:
    """How many tickets a queue holds, and how many of them are past their next due time. `more`: it was counted no further."""

    total: int
    late: int
    more: bool = False


@dataclass(frozen=True)
class Page:
    """One page of a list. `before` and `after` are marks for the address, empty at an end."""

    rows: Sequence[Ticket]
    before: str
    after: str


def has_desk(actor: Actor) -> bool:
    return not actor.roles.isdisjoint(WORKING)


def queues_of(actor: Actor) -> list[str]:
    """The queues on this actor's desk: only those who watch the street's triage see it."""
    watches = not actor.roles.isdisjoint(WATCHING)
    return [name for name in QUEUES if name not in ("triage", "arbitration") or watches]


def first_queue(actor: Actor, tallies: dict[str, Tally]) -> str:
    """Where the day starts: clerks with triage while any waits there, then everything open; firms and bureaus with the new."""
    if actor.roles.isdisjoint(WATCHING):
        return "new"
    return "triage" if tallies["triage"].total and not actor.roles.isdisjoint(STREET) else "open"


def work_of(actor: Actor) -> QuerySet[Ticket]:
    """The tickets on an actor's desk: those its posts as staff let it see, in the places of those posts."""
    standing = replace(actor, posts=tuple(post for post in actor.posts if post.role in WORKING))
    return visible_to(standing).filter(standing.scope.condition(holders=Ticket.holders), standing.scope.held(Ticket.holders))


def watched_by(actor: Actor) -> QuerySet[Ticket]:
    """The tickets that an actor watches over for a street or county, not those that it only leads or helps with."""
    standing = replace(actor, posts=tuple(post for post in actor.posts if post.role in WATCHING))
    return work_of(standing)


def late(now: datetime) -> Q:
    """Past the time by which it had to be sorted, accepted, or answered. What waits for the reporter has no such time."""
    sorting = Q(state__in=sorted(TO_SORT), sort_due_at__lt=now)
    return sorting | Q(state=State.DISPATCHED, accept_due_at__lt=now) | Q(state=State.ACCEPTED, resolve_due_at__lt=now)


def tallies(actor: Actor, filters: Filters, *, now: datetime) -> dict[str, Tally]:
    """Every queue of LIVE tickets and every mark counted in one query, by the states that choose the rows of each.

    What has ended is not in it: its number only grows, and nobody works on it. `count` counts a little of it.
    """
    counts: dict[str, Any] = {"total": Count("pk"), "late": Count("pk", filter=late(now))}
    for name in MARKS:
        counts |= {name: Count("pk", filter=marked(name)), f"{name}_late": Count("pk", filter=marked(name) & late(now))}
    live = work_of(actor).filter(filters.condition(actor, now), state__in=LIVE).order_by()
    rows: list[dict[str, Any]] = [dict(row) for row in live.values("state").annotate(**counts)]
    found = {}
    for name, states in QUEUE_STATES.items():
        held = [row for row in rows if row["state"] in states]
        found[name] = Tally(sum(row["total"] for row in held), sum(row["late"] for row in held))
    unfinished = [row for row in rows if row["state"] in OPEN]
    for name in MARKS:
        found[name] = Tally(sum(row[name] for row in unfinished), sum(row[f"{name}_late"] for row in unfinished))
    return found


def count(actor: Actor, queue: str, filters: Filters, *, now: datetime) -> Tally:
    """A queue that holds what has ended, counted up to MOST_COUNTED."""
    rows = work_of(actor).filter(QUEUES[queue], filters.condition(actor, now)).order_by("-pk")
    total = rows[: MOST_COUNTED + 1].count()
    return Tally(min(total, MOST_COUNTED), 0, more=total > MOST_COUNTED)


@dataclass(frozen=True)
class InBuilding:
    """How many open tickets name a building, and how many of them are late. `id` None: those that name none."""

    id: int | None
    name: str
    total: int
    late: int


def by_building(actor: Actor, compound: int, filters: Filters, *, now: datetime) -> list[InBuilding]:
    """Every building of a compound with what is open there, in their order, and last what names no building."""
    wanted = replace(filters, compound=compound, building=None)
    rows = work_of(actor).filter(wanted.condition(actor, now), state__in=sorted(OPEN)).order_by()
    counted = {
        row["building"]: row for row in rows.values("building").annotate(total=Count("pk"), late=Count("pk", filter=late(now)))
    }
    names = [*Building.objects.filter(area=compound).order_by("pk").values_list("pk", "name"), (None, "")]
    held = [(pk, name, counted.get(pk, {"total": 0, "late": 0})) for pk, name in names]
    return [InBuilding(pk, name, row["total"], row["late"]) for pk, name, row in held if pk is not None or row["total"]]


def page(actor: Actor, queue: str, filters: Filters, *, now: datetime, after: str = "", before: str = "", size: int = 0) -> Page:
    """One page of a queue, from a mark on; `size` rows, PAGE unless said.

    Raises KeyError for a queue that does not exist; a mark nobody made is the start.
    """
    size = size or PAGE
    every = work_of(actor).filter(QUEUES[queue], filters.condition(actor, now))
    by_due = queue in BY_DUE
    mark = read_mark(actor, before or after, by_due=by_due)
    backwards = bool(before) and mark is not None
    order = ["-emergency", "next_due", "pk"] if by_due else ["-pk"]
    if backwards:
        order = [name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in order]
    if mark is not None:
        every = every.filter(mark.beyond(backwards=backwards, by_due=by_due))
    # Which rows, before what is shown with them: joined at once, the planner underrates the scope and sorts every ticket in it.
    chosen = every.order_by(*order).values("pk")[: size + 1]
    shown = Ticket.objects.filter(pk__in=chosen).select_related("compound", "building", "leaf", "lead")
    photos = TicketPhoto.objects.filter(ticket=OuterRef("pk")).order_by().values("ticket").annotate(n=Count("pk")).values("n")
    rows = list(shown.annotate(photo_count=Coalesce(Subquery(photos), 0)).order_by(*order))
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        if not more:  # the start of the list: show a full first page
            return page(actor, queue, filters, now=now, size=size)
        rows.reverse()
    return Page(
        rows,
        before=write_mark(rows[0], by_due=by_due) if rows and mark is not None else "",
        after=write_mark(rows[-1], by_due=by_due) if rows and (more or backwards) else "",
    )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BY_DUE = re.compile(r"([01])\.([0-9]{1,17})\.([0-9]{9}-[0-9]{4}-[0-9]{8})", re.ASCII)
_BY_AGE = re.compile(r"([0-9]{9}-[0-9]{4}-[0-9]{8})", re.ASCII)


@dataclass(frozen=True)
class Mark:
    """A spot in a list. It holds the sorted values themselves, so a ticket that moves meanwhile does not shift the pages."""

    pk: int
    emergency: bool = False
    due: datetime = _EPOCH

    def beyond(self, *, backwards: bool, by_due: bool) -> Q:
        """What comes after this spot in the list, or before it."""
        if not by_due:
            return Q(pk__gt=self.pk) if backwards else Q(pk__lt=self.pk)
        sign = "lt" if backwards else "gt"
        alike = Q(emergency=self.emergency)
        past = alike & (Q((f"next_due__{sign}", self.due)) | Q(("next_due", self.due), (f"pk__{sign}", self.pk)))
        if self.emergency != backwards:  # the other kind lies wholly on the side we go to
            past |= Q(emergency=not self.emergency)
        return past


def write_mark(row: Ticket, *, by_due: bool) -> str:
    """A mark names tickets by their numbers: ids would tell how many there are in all."""
    if not by_due:
        return row.number
    due: datetime = row.next_due
    return f"{int(row.emergency)}.{(due - _EPOCH) // timedelta(microseconds=1)}.{row.number}"


def read_mark(actor: Actor, text: str, *, by_due: bool) -> Mark | None:
    """None for what is no mark, or names a ticket that this actor cannot see (any more)."""
    found = (_BY_DUE if by_due else _BY_AGE).fullmatch(text)
    if found is None:
        return None
    pk = visible_to(actor).filter(number=found.groups()[-1]).values_list("pk", flat=True).first()
    if pk is None:
        return None
    if not by_due:
        return Mark(pk)
    return Mark(pk, found[1] == "1", _EPOCH + timedelta(microseconds=int(found[2])))
