"""Reads over meetings. `visible_to` is the one place that says who sees which."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from communities import queries as compounds
from communities.models import Compound
from complaints import queries as tickets
from complaints.models import Ticket
from enforcement.meeting_permissions import CALLING, READING
from enforcement.meeting_states import DecisionKind, DecisionState, MeetingState
from enforcement.models import Meeting, MeetingDecision, MeetingInvite, MeetingTopic
from people.actors import Actor
from people.models import Organisation
from people.roles import OF_AN_ORGANISATION
from tenancy import areas
from tenancy.areas import Level
from tenancy.models import Area
from tenancy.refusals import NotThere

LONGEST_NUMBER = 24


def visible_to(actor: Actor) -> QuerySet[Meeting]:
    """Desks and supervisors: those of their places. Bureaus and firms: what their organisation called or is called to."""
    meetings: QuerySet[Meeting] = Meeting.objects.all()
    if actor.is_system:
        return meetings
    seen = Q(pk__in=[])
    for post in actor.posts:
        low, high = areas.subtree(post.area)
        here = Q(area__gte=low, area__lt=high)
        if post.role in READING:
            seen |= here
        elif post.role in OF_AN_ORGANISATION and post.organisation_id:
            called = MeetingInvite.objects.filter(meeting=OuterRef("pk"), organisation=post.organisation_id)
            seen |= here & (Q(host=post.organisation_id) | Q(Exists(called)))
    return meetings.filter(seen)


def get(actor: Actor, number: str, *, lock: bool = False) -> Meeting:
    """One meeting the actor may see. Raises NotThere for any other number, wherever it is."""
    known = visible_to(actor).select_related("host", "called_by", "held_by", "ended_by")
    found = None if "\x00" in number else known.filter(number=number[:LONGEST_NUMBER]).first()
    if found is None:
        raise NotThere
    if lock:
        Meeting.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
    return found


def listed(actor: Actor, *, state: str = "", kind: str = "", area: int | None = None, words: str = "") -> QuerySet[Meeting]:
    """Newest first, each with `decisions_count` and, of these, `open_count`, those still to be done."""
    found = visible_to(actor).select_related("host")
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if area is not None:
        low, high = areas.subtree(area)
        found = found.filter(area__gte=low, area__lt=high)
    if words:
        found = found.filter(Q(subject__icontains=words) | Q(agenda__icontains=words) | Q(number__iexact=words))
    still = Count("decisions", filter=Q(decisions__state=DecisionState.OPEN))
    return found.annotate(open_count=still, decisions_count=Count("decisions")).order_by("-pk")


def invites(meeting: Meeting) -> list[MeetingInvite]:
    """Who is called, in the order of calling."""
    return list(MeetingInvite.objects.filter(meeting=meeting).select_related("organisation__kind").order_by("pk"))


def topics(actor: Actor, meeting: Meeting) -> list[tuple[str, Ticket | None]]:
    """The tickets to talk about; None where this reader may not see the ticket."""
    numbers = list(MeetingTopic.objects.filter(meeting=meeting).order_by("pk").values_list("number", flat=True))
    seen = tickets.marked(actor, tickets.visible_to(actor)).filter(number__in=numbers).select_related("compound", "leaf", "lead")
    known = {row.number: row for row in seen}
    return [(number, known.get(number)) for number in numbers]


def decisions(meeting: Meeting) -> list[MeetingDecision]:
    found = MeetingDecision.objects.filter(meeting=meeting).select_related("organisation", "decided_by", "ended_by")
    return list(found.order_by("position"))


def decision(meeting: Meeting, decision_id: int, *, lock: bool = False) -> MeetingDecision:
    """One decision of a meeting that was got. Raises NotThere for any other id."""
    found = MeetingDecision.objects.filter(meeting=meeting, pk=decision_id).select_related("organisation")
    if lock:
        found = found.select_for_update(of=("self",))
    row: MeetingDecision | None = found.first()
    if row is None:
        raise NotThere
    return row


def tickets_seen(actor: Actor, held: Iterable[MeetingDecision]) -> set[str]:
    """Numbers of tickets that decisions became, as far as the reader may open them. No query when there are none."""
    numbers = [row.ticket for row in held if row.ticket]
    return set(tickets.visible_to(actor).filter(number__in=numbers).values_list("number", flat=True)) if numbers else set()


def late(today: date) -> Q:
    """Decisions that are still to be done although their day has passed."""
    return Q(state=DecisionState.OPEN, due_on__lt=today)


def visits_to_plan(actor: Actor) -> QuerySet[MeetingDecision]:
    """Joint visits that meetings decided on and nobody has planned or reported done."""
    found: QuerySet[MeetingDecision] = MeetingDecision.objects.filter(
        kind=DecisionKind.VISIT, state=DecisionState.OPEN, visit="", meeting__in=visible_to(actor)
    )
    return found.select_related("meeting", "organisation").order_by("due_on", "pk")


def visits_to_plan_in(actor: Actor, compound: int) -> list[MeetingDecision]:
    """Those of meetings about this compound or a place that it lies in."""
    return list(visits_to_plan(actor).filter(area__in=areas.lineage(compound)))


def about_ticket(actor: Actor, number: str) -> QuerySet[Meeting]:
    """Meetings that talk about a ticket, or decided to file it, as far as the reader sees them."""
    topic = MeetingTopic.objects.filter(meeting=OuterRef("pk"), number=number)
    became = MeetingDecision.objects.filter(meeting=OuterRef("pk"), ticket=number)
    return visible_to(actor).filter(Q(Exists(topic)) | Q(Exists(became))).order_by("-pk")


def places_to_call(actor: Actor) -> list[tuple[int, str]]:
    """Streets and compounds for which this actor may call a meeting, streets first, as (code, name)."""
    posts = [post for post in actor.posts if post.role in CALLING and post.organisation_id]
    wanted = Q(pk__in=[])
    for post in posts:
        low, high = areas.subtree(post.area)
        wanted |= Q(code__gte=low, code__lt=high)
    streets = [(row.code, row.name) for row in Area.objects.filter(wanted, level=Level.STREET).order_by("code")]
    named = dict(streets)
    here = [
        (row.area, f"{named.get(areas.ancestor(row.area, Level.STREET), '')} {row.name}".strip())
        for row in compounds.visible_to(actor)
        if any(post.covers(row.area) for post in posts)
    ]
    return [*streets, *here]


def place_name(area: int) -> str:
    """What a place of a meeting is called: a compound by its own name."""
    return names_of([area])[area]


def names_of(codes: Iterable[int]) -> dict[int, str]:
    """As `names_known`, with the code itself for what is not known."""
    wanted = set(codes)
    found = names_known(wanted)
    return {code: found.get(code, str(code)) for code in wanted}


def names_known(codes: Iterable[int]) -> dict[int, str]:
    """Names of streets and compounds by code, as far as there are such, in two queries."""
    wanted = set(codes)
    found = dict(Area.objects.filter(code__in=wanted).values_list("code", "name"))
    found |= dict(Compound.objects.filter(area__in=wanted).values_list("area", "name"))
    return found


def who_may_be_called(area: int) -> QuerySet[Organisation]:
    """Organisations that answer for a place: bureaus, the street; of a compound also the firm that serves it today."""
    return tickets.answering_for(area)


def ready_to_close(meeting: Meeting) -> bool:
    """Was held, and no decision is still to be done."""
    left = MeetingDecision.objects.filter(meeting=meeting, state=DecisionState.OPEN)
    return meeting.state == MeetingState.HELD and not left.exists()
