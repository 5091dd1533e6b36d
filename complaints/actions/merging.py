"""并单: several tickets about one matter become one job, and each can be taken out again.

The job is the main ticket: only its clocks run. Whoever filed a merged one is told, gets the same answer and rates it alone.
"""

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from complaints import queries
from complaints.actions import lapsing, telling, timing
from complaints.actions.routing import SENT_FIELDS, send_to
from complaints.actions.step import begin, finish, reason_of
from complaints.models import Merger, Ticket, TicketPhoto
from complaints.permissions import may_merge
from complaints.states import FROM, EventKind, PhotoKind, State
from people import actors
from people.actors import Actor
from people.models import Organisation
from people.queries import holders
from people.roles import OF_AN_ORGANISATION
from tenancy import clock
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState

NOT_HERE = _("There is no such ticket in this compound.")
ANSWER_FIELDS = ["lead", "answer", "accepted_at", "accepted_by", "resolved_at", "resolved_by"]


@transaction.atomic
def merge(number: str, *, by: Actor, version: int, into: str) -> Ticket:
    """Work on it together with the ticket `into`, of the same compound. What was merged with it comes along.

    Raises Refusal on `into`; WrongState for a divided one; NotThere, NotAllowed and Stale as every step does.
    """
    asked = queries.get(by, number)
    if not may_merge(by, asked):
        raise NotAllowed
    _one_at_a_time(asked.area)
    try:
        main = queries.get(by, into, lock=True)  # before what is merged with it, as whoever answers it does
    except NotThere as gone:
        raise Refusal(NOT_HERE, field="into", code="not_found") from gone
    ticket = begin(number, "merge", by=by, version=version)
    _check(ticket, main, by=by)
    old_lead = ticket.lead
    Merger.objects.create(area=ticket.area, ticket=ticket, into=main, old_state=ticket.state, old_lead=old_lead, made_by_id=by.id)
    _bring_along(ticket, main)
    ticket.lead, ticket.question = main.lead, ""
    timing.ended(ticket, by=by)
    facts = {"into": main.number, **lapsing.end_open_assists(ticket, by=by)}
    finish(ticket, State.MERGED, EventKind.MERGED, ["lead", "question", *timing.DUE_FIELDS], by=by, facts=facts)
    telling.note(main, EventKind.TOOK_IN, by=by, old=main.state, text=ticket.number, told=False)
    if old_lead is not None and old_lead != main.lead:
        telling.tell(holders(OF_AN_ORGANISATION, ticket.area, organisation=old_lead), "ticket_merged_away", ticket)
    telling.tell_lead(main, "ticket_took_in", once=f":{ticket.number}:{ticket.version}")
    telling.tell_reporter(ticket, "ticket_told_merged")
    return ticket


def _one_at_a_time(area: int) -> None:
    """Two who merge the same two tickets, each with the other, would wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [area])


def _check(ticket: Ticket, main: Ticket, *, by: Actor) -> None:
    if main.pk == ticket.pk or main.area != ticket.area:
        raise Refusal(NOT_HERE, field="into", code="not_found")
    if main.state not in FROM["merge"] or not may_merge(by, main):
        raise Refusal(_("Nothing can be merged with this one now."), field="into", code="wrong_state")
    if ticket.emergency and not main.emergency:
        raise Refusal(_("An emergency is not merged with what is none. Do it the other way round."), field="into")
    if Ticket.objects.filter(parent=ticket).exists():
        raise WrongState(_("It is divided into parts, each of which is worked on by itself."))


def _bring_along(ticket: Ticket, main: Ticket) -> None:
    """What was merged with it is merged with the other from now on."""
    for row in Merger.objects.filter(into=ticket, ended_at=None).select_related("ticket").select_for_update(of=("self",)):
        row.into = main
        row.save(update_fields=["into"])
        _led_by(row.ticket, main.lead)


def _led_by(ticket: Ticket, lead: Organisation | None) -> None:
    if ticket.lead != lead:
        ticket.lead = lead
        ticket.version += 1
        ticket.save(update_fields=["lead", "version"])


@transaction.atomic
def unmerge(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """Take it out again: it goes back to who had it, with new times, or to triage where nobody had it or has it any more."""
    ticket = begin(number, "unmerge", by=by, version=version)
    reason = reason_of(text)
    merger = _end(ticket)
    _go_back(ticket, merger, State(merger.old_state), by=by, text=reason)
    telling.tell_lead(merger.into, "ticket_let_go", once=f":{ticket.number}:{ticket.version}")
    return ticket


def _end(ticket: Ticket) -> Merger:
    merger: Merger = Merger.objects.select_related("into__compound", "into__lead", "old_lead").get(ticket=ticket, ended_at=None)
    merger.ended_at = clock.now()
    merger.save(update_fields=["ended_at"])
    return merger


def _go_back(ticket: Ticket, merger: Merger, state: State, *, by: Actor, text: str) -> None:
    able = set(queries.answering_for(ticket.area).values_list("pk", flat=True))
    if merger.old_lead is None or merger.old_lead_id not in able:
        state = State.TRIAGE
    fields = [*SENT_FIELDS, "accepted_at", "accepted_by"]
    if state == State.TRIAGE:
        ticket.lead = merger.old_lead
        timing.to_sort(ticket, by=by)
    else:
        assert merger.old_lead is not None
        send_to(ticket, merger.old_lead, by=by)
        if state == State.ACCEPTED:
            timing.taken_again(ticket, by=by)
        else:
            ticket.accepted_at = ticket.accepted_by = None
    finish(ticket, state, EventKind.UNMERGED, fields, by=by, text=text)
    if state == State.TRIAGE:
        telling.tell_street(ticket, "ticket_triage")
    else:
        telling.tell_lead(ticket, "ticket_dispatched" if state == State.DISPATCHED else "ticket_unmerged")
    telling.tell_reporter(ticket, "ticket_told_unmerged")


@transaction.atomic
def carry_answer(number: str, *, by: Actor, version: int) -> Ticket:
    """The main one was answered: the same answer, with its photos, goes to whoever filed this one. By the system."""
    ticket = begin(number, "carry_answer", by=by, version=version)
    main = _end(ticket).into
    for name in ANSWER_FIELDS:
        setattr(ticket, name, getattr(main, name))
    ticket.leaf, ticket.urgency = ticket.leaf or main.leaf, ticket.urgency or main.urgency
    answered = TicketPhoto.objects.filter(ticket=main, kind=PhotoKind.ANSWER)
    TicketPhoto.objects.bulk_create(
        TicketPhoto(area=ticket.area, ticket=ticket, photo_id=row.photo_id, kind=PhotoKind.ANSWER) for row in answered
    )
    timing.answered(ticket, by=by)
    fields = [*ANSWER_FIELDS, "leaf", "urgency", *timing.DUE_FIELDS]
    finish(ticket, State.RESOLVED, EventKind.RESOLVED, fields, by=by, text=ticket.answer, facts={"with": main.number})
    telling.tell_reporter(ticket, "ticket_told_resolved")
    return ticket


def main_answered(main: Ticket) -> None:
    """Whatever is merged with it is answered, too."""
    for row in queries.merged_with(main):
        carry_answer(row.number, by=actors.system(), version=row.version)


def main_ended(main: Ticket) -> None:
    """It ended without an answer: what was merged with it needs one still, and waits for triage."""
    for row in queries.merged_with(main):
        ticket = begin(row.number, "unmerge", by=actors.system(), version=row.version)
        why = str(_("%(number)s, which it was merged with, has ended without an answer.") % {"number": main.number})
        _go_back(ticket, _end(ticket), State.TRIAGE, by=actors.system(), text=why)


def main_sent(main: Ticket) -> None:
    """Another organisation leads: it leads what is merged with it, too, and may read it."""
    for row in queries.merged_with(main):
        _led_by(row, main.lead)


def withdrawn(ticket: Ticket) -> None:
    """If it is a merged one: the job goes on without it."""
    if ticket.state == State.MERGED:
        telling.tell_lead(_end(ticket).into, "ticket_let_go", once=f":{ticket.number}:{ticket.version}")
