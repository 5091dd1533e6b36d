"""协办: the street asks an organisation to help the lead with one thing; that organisation answers its part."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints import queries
from complaints.actions import lapsing, telling, timing
from complaints.actions.step import answering_here, begin, finish, reason_of
from complaints.actions.tickets import LONGEST_ANSWER
from complaints.deadlines import ASSIST_DAYS
from complaints.models import Assist, Ticket
from complaints.permissions import speaks_for
from complaints.states import ASSIST_TRANSITIONS, AssistState, EventKind, State
from people.actors import Actor
from people.models import Organisation
from tenancy import clock
from tenancy.refusals import NotAllowed, Refusal, WrongState
from tenancy.text import clean

MOST_DAYS = 15
"""Working days that may be given for a part (own)."""


@transaction.atomic
def ask(
    number: str, *, by: Actor, version: int, organisation: int, text: str, required: bool = False, days: int = ASSIST_DAYS
) -> Ticket:
    """Ask an organisation for its part within `days` working days; while a `required` part is open the lead cannot answer.

    Raises Refusal on `organisation` that does not answer for this place, leads already, or has an open question; on `text`
    or `days`.
    """
    ticket = begin(number, "assist", by=by, version=version)
    asked = reason_of(text)
    chosen = answering_here(ticket, organisation)
    if chosen.pk == ticket.lead_id:
        raise Refusal(_("It leads already. Choose another one."), field="organisation", code="leads")
    if queries.live_assists(ticket).filter(organisation=chosen, state=AssistState.OPEN).exists():
        raise Refusal(_("It has been asked already and has yet to answer."), field="organisation", code="asked_already")
    if not 1 <= days <= MOST_DAYS:
        raise Refusal(_("Give 1 to %(most)d working days.") % {"most": MOST_DAYS}, field="days")
    row = Assist(area=ticket.area, ticket=ticket, organisation=chosen, added_by=by.user, asked=asked, required=required)
    timing.assist_asked(row, days, by=by)
    said = _line(chosen, asked)
    facts = {"organisation": chosen.pk, "required": required}
    finish(ticket, State(ticket.state), EventKind.ASSIST_ASKED, [], by=by, text=said, told=False, facts=facts)
    telling.tell_assistant(ticket, chosen, "ticket_assist_asked")
    return ticket


@transaction.atomic
def answer(number: str, *, by: Actor, version: int, assist: int, text: str) -> Ticket:
    """The assisting organisation says what it found or did; the lead reads it.

    Raises Refusal on `assist` that is not on this ticket; NotAllowed for whoever does not act for that organisation.
    """
    ticket = begin(number, "answer_assist", by=by, version=version)
    row = _row(ticket, assist)
    if not speaks_for(by, ticket, row.organisation_id):
        raise NotAllowed
    _turn(row, AssistState.ANSWERED)
    row.answer = clean(text, field="text", longest=LONGEST_ANSWER, lines=True)
    row.answered_at, row.answered_by = clock.now(), by.user
    timing.assist_over(row, by=by)
    row.save(update_fields=["state", "answer", "answered_at", "answered_by", *timing.ASSIST_DUE_FIELDS])
    finish(
        ticket,
        State(ticket.state),
        EventKind.ASSISTED,
        [],
        by=by,
        text=row.answer,
        told=False,
        organisation=row.organisation,
        facts={"organisation": row.organisation_id},
    )
    telling.tell_lead(ticket, "ticket_assisted", assistant=row.organisation.name)
    return ticket


@transaction.atomic
def end(number: str, *, by: Actor, version: int, assist: int, text: str) -> Ticket:
    """Take a question back, with the reason; the organisation sees the ticket no more. Raises Refusal on `assist` or `text`."""
    ticket = begin(number, "end_assist", by=by, version=version)
    reason = reason_of(text)
    row = _row(ticket, assist)
    _turn(row, AssistState.ENDED)
    lapsing.end_assist(row, by=by)
    said = _line(row.organisation, reason)
    facts = {"organisation": row.organisation_id}
    finish(ticket, State(ticket.state), EventKind.ASSIST_ENDED, [], by=by, text=said, told=False, facts=facts)
    telling.tell_assistant(ticket, row.organisation, "ticket_assist_ended")
    return ticket


def _row(ticket: Ticket, assist: int) -> Assist:
    row = queries.live_assists(ticket).filter(pk=assist).first()
    if row is None:
        raise Refusal(_("This is not one of the ticket's assisting organisations."), field="assist", code="not_found")
    return row


def _turn(row: Assist, new: AssistState) -> None:
    if new not in ASSIST_TRANSITIONS[AssistState(row.state)]:
        raise WrongState(_("This cannot be done now: the question is “%(state)s”.") % {"state": row.get_state_display()})
    row.state = new


def _line(organisation: Organisation, text: str) -> str:
    """Whom it concerns, and what was said, in one line of the timeline."""
    return f"{organisation.name}：{text}"
