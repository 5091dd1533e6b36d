"""二次办理: what was not put right goes to the next level up, by itself and once. Who that is: `docs/ratings.md` (own)."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from complaints import deadlines
from complaints.actions import step, telling, timing
from complaints.actions.routing import SENT_FIELDS, send_to
from complaints.models import Assist, Ticket
from complaints.rating_states import SecondLevel
from complaints.states import AssistState, EventKind, State
from people import actors
from people.actors import Actor
from people.models import Organisation
from people.queries import holders, narrowest
from people.roles import COUNTY_DESK, DEPARTMENT, HEADS, STREET
from tenancy import clock

STREET_OFFICE = "ST"


@transaction.atomic
def second_handling(number: str, *, by: Actor, version: int) -> Ticket:
    """Hand a rated ticket to the next level up, with new clocks; raises NotAllowed for people, and the second time."""
    ticket = step.begin(number, "second_handling", by=by, version=version)
    assert ticket.lead is not None
    before, (level, lead) = ticket.lead, next_level(ticket)
    ticket.second_at, ticket.second_from, ticket.second_level = clock.now(), before, level
    ticket.resolved_at = ticket.resolved_by = ticket.accepted_at = ticket.accepted_by = None
    watched = level != SecondLevel.OFFICE and not ticket.restricted and before.kind_id in (STREET_OFFICE, COUNTY_DESK)
    if watched and ticket.supervised_at is None:
        ticket.supervised_at, ticket.supervised_by = ticket.second_at, by.user
    send_to(ticket, lead, by=by)
    fields = ["second_at", "second_from", "second_level", "resolved_at", "resolved_by", "accepted_at", "accepted_by"]
    facts = {"level": level, "lead": lead.pk, "before": before.pk}
    fields += ["supervised_at", "supervised_by", *SENT_FIELDS]
    step.finish(ticket, State.DISPATCHED, EventKind.SECOND, fields, by=by, facts=facts)
    _tell(ticket, before, watched=watched)
    return ticket


def begin(ticket: Ticket) -> Ticket:
    """As `second_handling`, by the system, of a ticket that was just rated."""
    return second_handling(ticket.number, by=actors.system(), version=ticket.version)


def next_level(ticket: Ticket) -> tuple[SecondLevel, Organisation]:
    """Who answers now: the head of a bureau or street office, else the street office instead of whoever led.

    A complaint about an official stays where it is. Where there is no head and no street office, the county desk watches.
    """
    lead = ticket.lead
    assert lead is not None
    if holders(HEADS, ticket.area, organisation=lead).exists():
        return SecondLevel.HEAD, lead
    of_an_office = lead.kind_id in (STREET_OFFICE, COUNTY_DESK) or holders(DEPARTMENT, ticket.area, organisation=lead).exists()
    street = None if of_an_office or ticket.restricted else narrowest(STREET_OFFICE, ticket.area)
    if street is not None and holders(STREET, ticket.area, organisation=street).exists():
        return SecondLevel.OFFICE, street
    return SecondLevel.WATCHED, lead


def _tell(ticket: Ticket, before: Organisation, *, watched: bool) -> None:
    """The next level, whoever led before, the desk that watches, and the reporter."""
    assert ticket.lead is not None
    if ticket.second_level == SecondLevel.HEAD:
        telling.tell(holders(HEADS, ticket.area, organisation=ticket.lead), "ticket_second", ticket)
    else:
        telling.tell_lead(ticket, "ticket_second")
    if ticket.second_level == SecondLevel.OFFICE:
        _ask_to_assist(ticket, before)
    if watched or (ticket.second_level == SecondLevel.WATCHED and not ticket.restricted):
        telling.tell_county(ticket, "ticket_second_watched")
    telling.tell_reporter(ticket, "ticket_told_second")


def _ask_to_assist(ticket: Ticket, before: Organisation) -> None:
    """Whoever led helps the street office, which need not wait for it; so it goes on seeing the ticket."""
    if Assist.objects.filter(ticket=ticket, organisation=before, state=AssistState.OPEN).exists():
        return
    by = actors.system()
    with translation.override("zh-hans"):  # what stands in a timeline is not translated again
        words = gettext("The reporter is not satisfied. Tell the street office what was done, and help it.")
    row = Assist(area=ticket.area, ticket=ticket, organisation=before, added_by=by.user, asked=words)
    timing.assist_asked(row, deadlines.ASSIST_DAYS, by=by)
    said, facts = f"{before.name}：{words}", {"organisation": before.pk, "required": False}
    telling.note(ticket, EventKind.ASSIST_ASKED, by=by, old=ticket.state, text=said, told=False, facts=facts)
    telling.tell_assistant(ticket, before, "ticket_second_assist")
