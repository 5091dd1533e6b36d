"""Who may do what to a ticket. Each rule is one function; pages, API and tasks share it because the actions ask it."""

from complaints.models import Assist, Extension, Ticket
from complaints.rating_states import SecondLevel
from complaints.states import POSSIBLE, TO_SORT, AssistState, ExtensionState, State
from people.actors import Actor
from people.roles import DESKS, HEADS, OF_AN_ORGANISATION, PROPERTY, STREET, Role
from tenancy import areas


def is_reporter(actor: Actor, ticket: Ticket) -> bool:
    """The person who filed it, or whoever proved the tracking code."""
    if actor.tracking and actor.tracking == ticket.number:
        return True
    return actor.is_person and ticket.reporter_id == actor.id


def speaks_for_lead(actor: Actor, ticket: Ticket) -> bool:
    """Holds a post in the lead organisation that covers the ticket's place."""
    return ticket.lead_id is not None and ticket.lead_id in actor.organisations_at(ticket.area, OF_AN_ORGANISATION)


def speaks_for(actor: Actor, ticket: Ticket, organisation_id: int) -> bool:
    """Acts for this organisation in the ticket's place."""
    return organisation_id in actor.organisations_at(ticket.area, OF_AN_ORGANISATION)


def may_file(actor: Actor, area: int) -> bool:
    """Residents of the compound, the firm's people there, the street's clerks; visitors through the compound's QR code."""
    if not actor.is_person:
        return bool(actor.session)
    return actor.holds(area, {Role.RESIDENT} | PROPERTY | STREET)


def may_file_for_caller(actor: Actor, area: int) -> bool:
    return actor.holds(area, STREET)


def may_log_patrol(actor: Actor, area: int) -> bool:
    return actor.holds(area, PROPERTY)


def may_dispatch(actor: Actor, ticket: Ticket) -> bool:
    return actor.holds(ticket.area, STREET)


def may_recall(actor: Actor, ticket: Ticket) -> bool:
    """Whoever dispatches, of what a person has dispatched: a slip. Not after arbitration, nor of a second handling."""
    by_hand = ticket.why_here.get("source") == "person"
    return may_dispatch(actor, ticket) and by_hand and not ticket.arbitrated and ticket.second_at is None


def may_refuse(actor: Actor, ticket: Ticket) -> bool:
    return actor.holds(ticket.area, STREET)


def may_reply_directly(actor: Actor, ticket: Ticket) -> bool:
    """The street, in the name of its own office; never a complaint about an official, or one made in confidence."""
    return bool(actor.organisations_at(ticket.area, STREET)) and not (ticket.restricted or ticket.confidential)


def heads_lead(actor: Actor, ticket: Ticket) -> bool:
    """Speaks for the lead; of a ticket that its head handles a second time, only as such a head."""
    if ticket.second_level != SecondLevel.HEAD:
        return speaks_for_lead(actor, ticket)
    return ticket.lead_id is not None and ticket.lead_id in actor.organisations_at(ticket.area, HEADS)


def may_accept(actor: Actor, ticket: Ticket) -> bool:
    return heads_lead(actor, ticket)


def may_give_back(actor: Actor, ticket: Ticket) -> bool:
    """Not after arbitration: that decision stands; nor what is handled a second time."""
    return speaks_for_lead(actor, ticket) and not ticket.arbitrated and ticket.second_at is None


def may_arbitrate(actor: Actor, ticket: Ticket) -> bool:
    """The county desk (国办函〔2025〕66号: unclear cases are settled by the hotline's agency)."""
    return actor.holds(ticket.area, {Role.COUNTY_CLERK})


def may_work_on(actor: Actor, ticket: Ticket) -> bool:
    """Contact, being on site, questions, wishes for more time: whoever acts for the lead."""
    return speaks_for_lead(actor, ticket)


def may_reply(actor: Actor, ticket: Ticket) -> bool:
    return is_reporter(actor, ticket) and ticket.paused_at is not None


def may_resume(actor: Actor, ticket: Ticket) -> bool:
    return (actor.is_system or speaks_for_lead(actor, ticket)) and ticket.paused_at is not None


def may_ask(actor: Actor, ticket: Ticket) -> bool:
    return speaks_for_lead(actor, ticket) and ticket.paused_at is None


def may_arrive(actor: Actor, ticket: Ticket) -> bool:
    return speaks_for_lead(actor, ticket) and ticket.onsite_due_at is not None


def may_decide_extension(actor: Actor, ticket: Ticket) -> bool:
    """The dispatcher, where something was asked."""
    asked = Extension.objects.filter(ticket=ticket, state=ExtensionState.ASKED)
    return actor.holds(ticket.area, DESKS) and asked.exists()


def may_recategorise(actor: Actor, ticket: Ticket) -> bool:
    return actor.holds(ticket.area, DESKS)


def may_split(actor: Actor, ticket: Ticket) -> bool:
    """The dispatcher. A part is not divided again."""
    return may_dispatch(actor, ticket) and ticket.parent_id is None


def may_merge(actor: Actor, ticket: Ticket) -> bool:
    """The dispatcher. Not a part, nor what few may read: whoever leads the other would read it."""
    kept_back = ticket.restricted or ticket.confidential
    return may_dispatch(actor, ticket) and ticket.parent_id is None and not kept_back


def may_unmerge(actor: Actor, ticket: Ticket) -> bool:
    """The dispatcher; the system where the main ticket ends without an answer."""
    return actor.is_system or may_dispatch(actor, ticket)


def may_carry_answer(actor: Actor, ticket: Ticket) -> bool:
    """Only the system: people answer the main ticket."""
    return actor.is_system


def may_nudge(actor: Actor, ticket: Ticket) -> bool:
    """Street, county desk and supervision."""
    return actor.holds(ticket.area, DESKS | {Role.SUPERVISOR})


def may_supervise(actor: Actor, ticket: Ticket) -> bool:
    """Leaders of the street, the county desk, and supervision."""
    return actor.holds(ticket.area, {Role.STREET_LEADER, Role.COUNTY_CLERK, Role.SUPERVISOR})


def may_resolve(actor: Actor, ticket: Ticket) -> bool:
    return heads_lead(actor, ticket)


def may_rate(actor: Actor, ticket: Ticket) -> bool:
    return is_reporter(actor, ticket)


def may_redo(actor: Actor, ticket: Ticket) -> bool:
    return is_reporter(actor, ticket) or actor.holds(ticket.area, STREET)


def may_handle_second(actor: Actor, ticket: Ticket) -> bool:
    """Only the system, once, because of how it was rated."""
    return actor.is_system and ticket.second_at is None


def may_call_back(actor: Actor, ticket: Ticket) -> bool:
    """The street's desk, of what it sees."""
    return actor.holds(ticket.area, STREET) and not is_reporter(actor, ticket)


def may_close(actor: Actor, ticket: Ticket) -> bool:
    return actor.is_system or actor.holds(ticket.area, STREET)


def may_cancel(actor: Actor, ticket: Ticket) -> bool:
    return is_reporter(actor, ticket) or actor.holds(ticket.area, STREET)


def may_route(actor: Actor, ticket: Ticket) -> bool:
    """Only the system routes; people dispatch."""
    return actor.is_system


def may_publish(actor: Actor, ticket: Ticket) -> bool:
    """The street, and never what was filed in confidence or is about an official."""
    return actor.holds(ticket.area, STREET) and not (ticket.confidential or ticket.restricted)


def may_unpublish(actor: Actor, ticket: Ticket) -> bool:
    return ticket.public and actor.holds(ticket.area, STREET)


def may_assist(actor: Actor, ticket: Ticket) -> bool:
    """Whoever dispatches also asks others to help; a complaint about an official stays with its lead alone."""
    return may_dispatch(actor, ticket) and not ticket.restricted


def may_end_assist(actor: Actor, ticket: Ticket) -> bool:
    return may_dispatch(actor, ticket) and Assist.objects.filter(ticket=ticket).exclude(state=AssistState.ENDED).exists()


def may_answer_assist(actor: Actor, ticket: Ticket) -> bool:
    """Somebody of an organisation that was asked. The lead answers for the whole."""
    acting_for = actor.organisations_at(ticket.area, OF_AN_ORGANISATION) - {ticket.lead_id}
    if not acting_for or ticket.restricted:
        return False
    return Assist.objects.filter(ticket=ticket, state=AssistState.OPEN, organisation__in=acting_for).exists()


def may_follow(actor: Actor, ticket: Ticket) -> bool:
    """A resident of the compound, of what is public there and not their own (own)."""
    return ticket.public and actor.holds(ticket.area, {Role.RESIDENT}) and not is_reporter(actor, ticket)


def may_reveal(actor: Actor, ticket: Ticket) -> bool:
    """Who filed it: for an anonymous or confidential ticket only the handling officer, else lead organisation and street."""
    if is_reporter(actor, ticket):
        return False
    if ticket.anonymous or ticket.confidential:
        return ticket.accepted_by_id == actor.id and speaks_for_lead(actor, ticket)
    at_work = speaks_for_lead(actor, ticket) and ticket.state not in TO_SORT  # who gave it back has no more to ask
    return at_work or actor.holds(ticket.area, STREET)


def may_manage_partners(actor: Actor, county: int) -> bool:
    """Connections to other systems: the county's system administrators."""
    if actor.is_system:
        return True
    low, high = areas.subtree(county)
    return any(start <= low and high <= end for start, end in actor.administrative_scope(Role.SYSTEM_ADMIN).ranges)


def may_manage_open311(actor: Actor) -> bool:
    """Keys for other offices' systems: whoever runs the server, by command (own; there is no page for it)."""
    return actor.is_system


RULES = {
    "route": may_route,
    "dispatch": may_dispatch,
    "recall": may_recall,
    "refuse": may_refuse,
    "reply_directly": may_reply_directly,
    "accept": may_accept,
    "give_back": may_give_back,
    "arbitrate": may_arbitrate,
    "contact": may_work_on,
    "arrive": may_arrive,
    "ask": may_ask,
    "reply": may_reply,
    "resume": may_resume,
    "resolve": may_resolve,
    "ask_extension": may_work_on,
    "grant_extension": may_decide_extension,
    "refuse_extension": may_decide_extension,
    "recategorise": may_recategorise,
    "split": may_split,
    "merge": may_merge,
    "unmerge": may_unmerge,
    "carry_answer": may_carry_answer,
    "nudge": may_nudge,
    "supervise": may_supervise,
    "rate": may_rate,
    "second_handling": may_handle_second,
    "redo": may_redo,
    "close": may_close,
    "cancel": may_cancel,
    "publish": may_publish,
    "unpublish": may_unpublish,
    "assist": may_assist,
    "answer_assist": may_answer_assist,
    "end_assist": may_end_assist,
}
"""The rule for each action; the buttons on a page come from here too."""


def possible_actions(actor: Actor, ticket: Ticket) -> list[str]:
    """Actions this actor may take on this ticket now, in the order of the life cycle."""
    return [name for name, rule in RULES.items() if State(ticket.state) in POSSIBLE[name] and rule(actor, ticket)]
