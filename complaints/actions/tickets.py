"""What people do with a ticket. Every function: lock, permission, state, version, write, timeline and record, then tell."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints import queries
from complaints.actions import calls, confirming, lapsing, merging, parts, ratings, telling, timing
from complaints.actions.routing import SENT_FIELDS, send_to
from complaints.actions.step import answering_here, begin, finish, reason_of, remark_of
from complaints.clocks import Clock
from complaints.models import Assist, Leaf, Ticket, TicketPhoto
from complaints.permissions import may_reveal
from complaints.rating_states import RatingWay
from complaints.states import Confirmed, EventKind, PhotoKind, State
from files import actions as files
from files.images import MAX_PHOTOS, Photo
from people.actors import Actor
from people.models import Organisation
from people.roles import STREET
from tenancy import clock
from tenancy.refusals import NotAllowed, Refusal, WrongState
from tenancy.text import clean

LONGEST_ANSWER = 2000


class AssistOpen(WrongState):
    """Assisting organisations whose part is required have not answered; says which."""

    code = "assist_open"

    def __init__(self, waiting: Sequence[Assist]) -> None:
        names = _(", ").join(assist.organisation.name for assist in waiting)
        super().__init__(
            _("%(names)s must give their part first. Wait for it, or ask the street office to take the question back.")
            % {"names": names}
        )


def _check_nothing_open(ticket: Ticket) -> None:
    """Nothing is answered while a required part of it is not. Raises AssistOpen, or as `parts.check_none_open`."""
    waiting = queries.holding_up(ticket)
    if waiting:
        raise AssistOpen(waiting)
    parts.check_none_open(ticket)


@transaction.atomic
def dispatch(number: str, *, by: Actor, version: int, leaf: str, organisation: int, text: str = "") -> Ticket:
    """派单: a clerk says what it is about and who leads. Deadlines start now. To the one who gave it back: it is insisted on.

    Raises Refusal on `leaf` or `organisation` that does not exist or does not answer for this place.
    """
    ticket = begin(number, "dispatch", by=by, version=version)
    remark = remark_of(text)
    chosen = Leaf.objects.filter(pk=leaf).first()
    if chosen is None:
        raise Refusal(_("Choose what the complaint is about."), field="leaf", code="not_found")
    lead = answering_here(ticket, organisation)
    before, ticket.leaf = ticket.leaf_id, chosen
    ticket.emergency = ticket.emergency or chosen.emergency
    was_public = ticket.public
    insisted = ticket.returns > 0 and ticket.lead_id == lead.pk
    send_to(ticket, lead, by=by)
    ticket.why_here = {
        **ticket.why_here,
        "source": "person",
        "by": by.label,
        "leaf": chosen.pk,
        "record": {"kind": "organisation", "id": lead.pk, "name": lead.name},
    }
    confirming.confirm(ticket, Confirmed.DISPATCHED, by=by, at=ticket.dispatched_at or clock.now(), before=before)
    finish(
        ticket,
        State.DISPATCHED,
        EventKind.DISPATCHED,
        [*SENT_FIELDS, "leaf", "emergency", "why_here"],
        by=by,
        text=remark,
        facts={"lead": lead.pk, "leaf": chosen.pk, "insisted": insisted},
    )
    if was_public and not ticket.public:
        telling.note(ticket, EventKind.UNPUBLISHED, by=by, old=ticket.state)
    telling.tell_lead(ticket, "ticket_insisted" if insisted else "ticket_dispatched")
    telling.tell_reporter(ticket, "ticket_told_dispatched")
    merging.main_sent(ticket)
    return ticket


@transaction.atomic
def refuse(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """不予受理, with a reason the reporter reads."""
    ticket = begin(number, "refuse", by=by, version=version)
    reason = reason_of(text)
    parts.check_none_open(ticket)
    ticket.ended_at = clock.now()
    timing.ended(ticket, by=by)
    facts = lapsing.end_open_assists(ticket, by=by)
    finish(ticket, State.REFUSED, EventKind.REFUSED, ["ended_at", *timing.DUE_FIELDS], by=by, text=reason, facts=facts)
    telling.tell_reporter(ticket, "ticket_told_refused")
    parts.answered(ticket, by=by)
    merging.main_ended(ticket)
    return ticket


@transaction.atomic
def reply_directly(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """直接答复: the street answers thanks or a question itself, as its own office, without sending it anywhere."""
    ticket = begin(number, "reply_directly", by=by, version=version)
    _check_nothing_open(ticket)
    ticket.answer = clean(text, field="text", longest=LONGEST_ANSWER, lines=True)
    posts = by.posts_at(ticket.area, STREET)
    send_to(ticket, Organisation.objects.get(pk=next(post.organisation_id for post in posts if post.organisation_id)), by=by)
    ticket.accepted_at = ticket.resolved_at = clock.now()
    ticket.accepted_by = ticket.resolved_by = by.user
    ticket.question = ""
    timing.answered(ticket, by=by)
    fields = [*SENT_FIELDS, "answer", "question", "accepted_at", "accepted_by", "resolved_at", "resolved_by"]
    finish(ticket, State.RESOLVED, EventKind.RESOLVED, fields, by=by, text=ticket.answer, facts={"directly": True})
    telling.tell_reporter(ticket, "ticket_told_resolved")
    parts.answered(ticket, by=by)
    merging.main_answered(ticket)
    return ticket


@transaction.atomic
def accept(number: str, *, by: Actor, version: int) -> Ticket:
    """签收: somebody of the lead organisation takes it on."""
    ticket = begin(number, "accept", by=by, version=version)
    ticket.accepted_at, ticket.accepted_by = clock.now(), by.user
    timing.reached(ticket, Clock.ACCEPT, by=by)
    finish(ticket, State.ACCEPTED, EventKind.ACCEPTED, ["accepted_at", "accepted_by", *timing.DUE_FIELDS], by=by)
    telling.tell_reporter(ticket, "ticket_told_accepted")
    return ticket


@transaction.atomic
def resolve(number: str, *, by: Actor, version: int, text: str, photos: Sequence[Photo] = ()) -> Ticket:
    """答复: what was done, with photos; the reporter is asked to rate it."""
    ticket = begin(number, "resolve", by=by, version=version)
    _check_nothing_open(ticket)
    ticket.answer = clean(text, field="text", longest=LONGEST_ANSWER, lines=True)
    if len(photos) > MAX_PHOTOS:
        raise Refusal(_("At most %(most)d photos fit.") % {"most": MAX_PHOTOS}, field="photos", code="too_many")
    kept = files.keep(photos, area=ticket.area, by=by)
    TicketPhoto.objects.bulk_create(
        TicketPhoto(area=ticket.area, ticket=ticket, photo=photo, kind=PhotoKind.ANSWER) for photo in kept
    )
    ticket.resolved_at, ticket.resolved_by = clock.now(), by.user
    ticket.question = ""
    confirming.confirm_by_use(ticket, by=by, at=ticket.resolved_at)
    timing.answered(ticket, by=by)
    finish(
        ticket,
        State.RESOLVED,
        EventKind.RESOLVED,
        ["answer", "resolved_at", "resolved_by", "question", "why_here", *timing.DUE_FIELDS],
        by=by,
        text=ticket.answer,
    )
    telling.tell_reporter(ticket, "ticket_told_resolved")
    parts.answered(ticket, by=by)
    merging.main_answered(ticket)
    return ticket


@transaction.atomic
def rate(
    number: str,
    *,
    by: Actor,
    version: int,
    satisfied: bool | None = None,
    score: int | None = None,
    text: str = "",
    result: str = "",
    manner: str = "",
    reasons: Iterable[str] = (),
) -> Ticket:
    """评价: is it put right, and how was it done. What is not put right is handled a second time, by itself and once.

    Say `result` and `manner`, or `satisfied` and `score` (1 to 5) in their place. Raises Refusal as `ratings.judgement`.
    """
    ticket = begin(number, "rate", by=by, version=version)
    said = ratings.judgement(satisfied=satisfied, score=score, text=text, result=result, manner=manner, reasons=reasons)
    return ratings.judge(ticket, said, by=by, way=RatingWay.SLIP if by.tracking else RatingWay.ACCOUNT)


@transaction.atomic
def redo(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """重办: the answer does not do; the same officer takes it up again, with the reason and a new deadline."""
    ticket = begin(number, "redo", by=by, version=version)
    reason = reason_of(text)
    parts.check_whole_open(ticket)
    ticket.resolved_at = ticket.resolved_by = None
    timing.redone(ticket, by=by)
    calls.overtaken(ticket, by=by)
    finish(ticket, State.ACCEPTED, EventKind.REDONE, ["resolved_at", "resolved_by", *timing.DUE_FIELDS], by=by, text=reason)
    telling.tell_lead(ticket, "ticket_redo")
    telling.tell_reporter(ticket, "ticket_told_redone")
    return ticket


@transaction.atomic
def close(number: str, *, by: Actor, version: int) -> Ticket:
    """办结: nothing more is to come."""
    ticket = begin(number, "close", by=by, version=version)
    ticket.ended_at = clock.now()
    timing.ended(ticket, by=by)
    calls.overtaken(ticket, by=by)
    facts = lapsing.end_open_assists(ticket, by=by)
    finish(ticket, State.CLOSED, EventKind.CLOSED, ["ended_at", *timing.DUE_FIELDS], by=by, facts=facts)
    telling.tell_reporter(ticket, "ticket_told_closed")
    return ticket


@transaction.atomic
def cancel(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """撤单, with a reason: by the reporter, or by the street for a slip or a double."""
    ticket = begin(number, "cancel", by=by, version=version)
    reason = reason_of(text)
    parts.cancel_open(ticket, by=by, text=reason)
    merging.withdrawn(ticket)
    ticket.ended_at = clock.now()
    timing.ended(ticket, by=by)
    facts = lapsing.end_open_assists(ticket, by=by)
    finish(ticket, State.CANCELLED, EventKind.CANCELLED, ["ended_at", *timing.DUE_FIELDS], by=by, text=reason, facts=facts)
    telling.tell_lead(ticket, "ticket_withdrawn")
    telling.tell_reporter(ticket, "ticket_told_cancelled")
    parts.answered(ticket, by=by)
    merging.main_ended(ticket)
    return ticket


@transaction.atomic
def reveal(number: str, *, by: Actor) -> Ticket:
    """The ticket with all that is masked otherwise: `words_shown` gives its words in full, and name and phone stand on it.

    Each look is recorded. Raises NotAllowed.
    """
    ticket = queries.get(by, number)
    if not may_reveal(by, ticket):
        raise NotAllowed(_("Only the officer handling it may look up who filed this."))
    telling.note(ticket, EventKind.REVEALED, by=by, old=ticket.state, told=False)
    ticket.looked_up = True  # type: ignore[attr-defined]  # read by queries.reads_in_full, for this one answer
    return ticket
