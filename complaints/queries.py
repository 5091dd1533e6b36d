"""Reads over tickets. `visible_to` is the one place that says who sees which ticket: lists, pages, files and API use it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value

from communities.queries import firm_serving
from complaints import abuse, personal
from complaints.folding import fold
from complaints.models import Assist, Extension, Merger, Ticket, TicketEvent, TicketPhoto
from complaints.permissions import is_reporter, speaks_for_lead
from complaints.states import FINAL, OPEN, TO_SORT, UNSORTED, AssistState, ExtensionState, State
from people.actors import Actor, Post
from people.models import Organisation
from people.roles import DESKS, OF_AN_ORGANISATION, Role
from tenancy import areas, scope
from tenancy.refusals import NotThere


def visible_to(actor: Actor) -> QuerySet[Ticket]:
    """The tickets an actor may know of, within the scope in force.

    A reporter: the own ones; residents: the public ones of their compounds; a firm or department: what it leads or assists
    and what its people logged themselves; street and supervisors: all of their places, but a complaint about an official
    only while no lead organisation has it.
    """
    tickets: QuerySet[Ticket] = Ticket.objects.all()
    if actor.is_system:
        return tickets
    if actor.tracking:
        return tickets.filter(number=actor.tracking)
    if not actor.is_person:
        return tickets.none()
    seen = _concerning(actor)
    for post in actor.posts:
        if post.role == Role.RESIDENT:
            seen |= _within(post) & Q(public=True)
    return tickets.filter(seen)


def published() -> QuerySet[Ticket]:
    """What everybody may know of, within the scope in force: made public by a street, with a kind. Show `public_text` only."""
    return Ticket.objects.filter(public=True, confidential=False, restricted=False, leaf__isnull=False).exclude(public_text="")


def _within(post: Post) -> Q:
    """In the place of a post. Where the scope in force lies in it the manager says so already, and saying it twice misleads
    the planner about how many tickets there are."""
    low, high = areas.subtree(post.area)
    in_force = scope.required()
    if in_force.ranges and all(low <= first and end <= high for first, end in in_force.ranges):
        return Q()
    return Q(area__gte=low, area__lt=high)


def _concerning(actor: Actor) -> Q:
    """What somebody reported or deals with, as against what is only public."""
    seen = Q(reporter_id=actor.id) | Q(filed_by_id=actor.id)
    for post in actor.posts:
        if post.role in DESKS:
            to_decide = Q(lead=None) | Q(state__in=sorted(TO_SORT))  # what was given back must not be lost from sight
            seen |= _within(post) & (Q(restricted=False) | to_decide | Q(lead_id=post.organisation_id))
        elif post.role == Role.SUPERVISOR:
            seen |= _within(post) & Q(restricted=False)
        elif post.role in OF_AN_ORGANISATION:
            asked = Assist.objects.filter(ticket=OuterRef("pk"), organisation_id=post.organisation_id)
            assisting = Q(Exists(asked.exclude(state=AssistState.ENDED)), restricted=False)
            seen |= _within(post) & (Q(lead_id=post.organisation_id) | assisting)
    return seen


def marked(actor: Actor, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Each ticket with `concerns_reader`, which `reads_as_neighbour` goes by."""
    concerns = Value(True) if actor.is_system or actor.tracking else _concerning(actor)
    return tickets.annotate(concerns_reader=ExpressionWrapper(concerns, output_field=BooleanField()))


def reads_as_neighbour(actor: Actor, ticket: Ticket) -> bool:
    """Does the actor see this ticket only because it is public? Then nothing but the public wording is shown.

    Members of staff are neighbours where they live. The ticket comes from `get` or `marked`; any other one is a neighbour's.
    """
    return ticket.public and not getattr(ticket, "concerns_reader", False) and not is_reporter(actor, ticket)


@dataclass(frozen=True)
class Words:
    """What people wrote on a ticket, as far as a reader gets to see it."""

    text: str
    spot: str = ""
    answer: str = ""
    rating_text: str = ""
    question: str = ""
    masked: bool = False

    @property
    def abusive(self) -> bool:
        """The text holds insults: it is shown folded."""
        return abuse.abusive(self.text)


def words_shown(actor: Actor, ticket: Ticket) -> Words:
    """The one place that says who reads which words of a ticket. Personal data is masked unless `reads_in_full`."""
    if reads_as_neighbour(actor, ticket):
        return Words(ticket.public_text)
    if reads_in_full(actor, ticket):
        return Words(ticket.text, ticket.spot, ticket.answer, ticket.rating_text, ticket.question)
    found = words_listed(actor, ticket)
    others = (ticket.answer, ticket.rating_text, ticket.question)
    answer, rating, question = (personal.masked(words) if words else "" for words in others)
    masked = found.masked or (answer, rating, question) != others
    return Words(found.text, found.spot, answer, rating, question, masked)


def reads_in_full(actor: Actor, ticket: Ticket) -> bool:
    """The reporter, the lead's people from dispatch on, and whoever has just looked it up, which is on record.

    Of an anonymous or confidential ticket nobody else without looking it up: the text may say who did. (个人信息保护法 6, 51)
    """
    if actor.is_system or is_reporter(actor, ticket) or getattr(ticket, "looked_up", False):
        return True
    kept_back = ticket.anonymous or ticket.confidential
    return speaks_for_lead(actor, ticket) and ticket.state not in UNSORTED and not kept_back


def masked_text(ticket: Ticket) -> str:
    """The text without personal data, as kept when it was filed: looking for it takes long for a whole list."""
    return personal.masked(ticket.text) if ticket.text_masked is None else ticket.text_masked or ticket.text


def words_listed(actor: Actor, ticket: Ticket) -> Words:
    """As `words_shown`, of text and spot alone: enough for a line in a list, and quick."""
    if reads_as_neighbour(actor, ticket):
        return Words(ticket.public_text)
    if reads_in_full(actor, ticket):
        return Words(ticket.text, ticket.spot)
    text, spot = masked_text(ticket), personal.masked(ticket.spot) if ticket.spot else ""
    return Words(text, spot, masked=(text, spot) != (ticket.text, ticket.spot))


def as_read(actor: Actor, ticket: Ticket, words: str) -> str:
    """Something else that was written on the ticket."""
    return words if not words or reads_in_full(actor, ticket) else personal.masked(words)


def saying(actor: Actor, words: str) -> Q:
    """Tickets with these words in what the actor reads of the text: what is masked is not found by guessing either."""
    readable = Q(text_masked="", text__icontains=words) | Q(text_masked__icontains=words)
    in_full = Q(reporter_id=actor.id)
    for post in actor.posts:
        if post.role in OF_AN_ORGANISATION:
            at_work = Q(lead_id=post.organisation_id, anonymous=False, confidential=False) & ~Q(state__in=sorted(UNSORTED))
            in_full |= _within(post) & at_work
    return readable | in_full & Q(text__icontains=words)


def why_shown(actor: Actor, ticket: Ticket) -> dict[str, Any]:
    """`why_here` without words that stand only where the text is masked."""
    why: dict[str, Any] = ticket.why_here
    if not why.get("words") or reads_in_full(actor, ticket):
        return why
    readable = fold(masked_text(ticket))
    return {**why, "words": [word for word in why["words"] if fold(str(word)) in readable]}


def also_about(ticket: Ticket) -> list[str]:
    """Codes of other leaves that the text touches, for whoever sorts or leads it: it may be divided."""
    also: Iterable[Any] = ticket.why_here.get("also") or ()
    return [str(code) for code in also if code != ticket.leaf_id]


def get(actor: Actor, number: str, *, lock: bool = False) -> Ticket:
    """One ticket by number. Raises NotThere for an absent, foreign or hidden one alike."""
    found = marked(actor, visible_to(actor)).filter(number=number[:32]) if "\x00" not in number else Ticket.objects.none()
    if lock:
        found = found.select_for_update(of=("self",))
    near = ("compound", "building", "home", "leaf__category", "urgency", "lead__kind", "second_from")
    ticket = found.select_related(*near).first()
    if ticket is None:
        raise NotThere
    return ticket


def for_work(ticket_id: int) -> Ticket | None:
    """The ticket a worker has claimed, locked; None when it is gone.

    Waits for the lock: a second worker that comes too late for the claim holds the row for a moment while it finds that out.
    """
    found: Ticket | None = Ticket.objects.select_for_update(of=("self",)).select_related("compound").filter(pk=ticket_id).first()
    return found


def reads_as_staff(actor: Actor, ticket: Ticket) -> bool:
    """Staff see the workings (officers' names, why here, returns), but not of what they reported themselves."""
    return actor.is_staff and not is_reporter(actor, ticket) and not reads_as_neighbour(actor, ticket)


def timeline(actor: Actor, ticket: Ticket) -> list[TicketEvent]:
    """Oldest first; the reporter and other residents see only what they are to be told, and neighbours no words at all."""
    events = TicketEvent.objects.filter(ticket=ticket).select_related("by", "organisation").order_by("pk")
    found = list(events if reads_as_staff(actor, ticket) else events.filter(told=True))
    neighbour, in_full = reads_as_neighbour(actor, ticket), reads_in_full(actor, ticket)
    for event in found:
        if neighbour:
            event.text = ""
        elif event.text and not in_full:
            event.text = personal.masked(event.text)
    return found


def photos(actor: Actor, ticket: Ticket) -> QuerySet[TicketPhoto]:
    """Photos show homes and faces: neighbours who read a public ticket see none."""
    if reads_as_neighbour(actor, ticket):
        return TicketPhoto.objects.none()
    found: QuerySet[TicketPhoto] = TicketPhoto.objects.filter(ticket=ticket).select_related("photo").order_by("pk")
    return found


def live_assists(ticket: Ticket) -> QuerySet[Assist]:
    """Who was asked to help, answered or not, in the order of asking; without what was taken back."""
    found: QuerySet[Assist] = Assist.objects.filter(ticket=ticket).exclude(state=AssistState.ENDED)
    return found.select_related("organisation", "answered_by").order_by("pk")


def open_parts(whole: Ticket) -> list[Ticket]:
    """Parts of a divided ticket that somebody still has to act on."""
    return list(Ticket.objects.filter(parent=whole, state__in=sorted(OPEN)).order_by("pk"))


def parts_of(whole: Ticket) -> QuerySet[Ticket]:
    """All parts of a divided ticket, for whoever may see the whole: number, state, who leads, until when."""
    found: QuerySet[Ticket] = Ticket.objects.filter(parent=whole).select_related("lead").order_by("pk")
    return found


def parts_shown(actor: Actor, whole: Ticket) -> list[Ticket]:
    """As `parts_of`, each with its text as whoever reads the whole gets to see it; not to be saved."""
    in_full, parts = reads_in_full(actor, whole), list(parts_of(whole))
    for part in parts:
        part.text = part.text if in_full else masked_text(part)
    return parts


def merged_with(main: Ticket) -> list[Ticket]:
    """Tickets that are worked on together with this one, the oldest first."""
    live = Merger.objects.filter(into=main, ended_at=None).select_related("ticket__compound", "ticket__reporter")
    return [row.ticket for row in live.order_by("pk")]


def merged_into(ticket: Ticket) -> Ticket | None:
    """The main ticket of one that is merged."""
    if ticket.state != State.MERGED:
        return None
    live = Merger.objects.filter(ticket=ticket, ended_at=None).select_related("into__lead", "into__compound")
    found: Ticket = live.get().into
    return found


def holding_up(ticket: Ticket) -> list[Assist]:
    """Required parts that are still open. An organisation that has come to lead meanwhile holds itself up no more."""
    return list(live_assists(ticket).filter(state=AssistState.OPEN, required=True).exclude(organisation=ticket.lead_id))


def extension_asked(ticket: Ticket) -> Extension | None:
    """The wish for more time that waits for a decision."""
    asked = Extension.objects.filter(ticket=ticket, state=ExtensionState.ASKED)
    found: Extension | None = asked.select_related("asked_by").first()
    return found


def extension_granted(ticket: Ticket) -> Extension | None:
    """The latest extension that was granted."""
    granted = Extension.objects.filter(ticket=ticket, state=ExtensionState.GRANTED)
    found: Extension | None = granted.order_by("-pk").first()
    return found


@dataclass(frozen=True)
class ReporterShown:
    """What of the reporter a reader gets to see without asking for more."""

    name: str
    phone: str
    hidden: bool


def mask_phone(phone: str) -> str:
    """`138****1234`; short ones altogether hidden."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****" if phone else ""


def reporter_shown(actor: Actor, ticket: Ticket) -> ReporterShown:
    """Names and phones are masked for everybody but the reporter; those of anonymous or confidential tickets are not shown."""
    if is_reporter(actor, ticket):
        return ReporterShown(ticket.reporter_name, ticket.reporter_phone, hidden=False)
    kept_back = ticket.anonymous or ticket.confidential
    if kept_back or not actor.is_staff or reads_as_neighbour(actor, ticket):
        return ReporterShown("", "", hidden=True)
    name = ticket.reporter_name
    return ReporterShown(name[:1] + "*" * (len(name) - 1), mask_phone(ticket.reporter_phone), hidden=False)


def home_shown(actor: Actor, ticket: Ticket) -> bool:
    """A home says who lives there: it is shown where the reporter's name may be, and never to other residents."""
    return is_reporter(actor, ticket) or not reporter_shown(actor, ticket).hidden


QUEUE_STATES: dict[str, frozenset[State]] = {
    "triage": frozenset({State.TRIAGE}),
    "arbitration": frozenset({State.ARBITRATION}),
    "new": frozenset({State.DISPATCHED}),
    "doing": frozenset({State.ACCEPTED}),
    "answered": frozenset({State.RESOLVED, State.RATED}),
    "open": OPEN,
}
"""Of the queues that hold what is alive, the states."""
QUEUES: dict[str, Q] = {
    **{name: Q(state__in=sorted(states)) for name, states in QUEUE_STATES.items()},
    "ended": Q(state__in=sorted(FINAL)),
    "all": Q(),
}
"""Named selections on the workbench; the key stands in the address."""


def answering_for(area: int) -> QuerySet[Organisation]:
    """Organisations that a clerk may dispatch to: those whose place holds the compound, and the firm that serves it today."""
    service = firm_serving(area)
    firm = [service.firm_id] if service else []
    local = Q(area__in=areas.lineage(area)) & ~Q(kind="PM")
    return Organisation.objects.filter(local | Q(pk__in=firm), active=True).select_related("kind").order_by("kind", "-area", "pk")
