"""协办 by a rule: the organisations that a rule asks to assist, with the dispatch that it decided."""

from django.utils import timezone, translation
from django.utils.translation import gettext

from complaints import deadlines, routing
from complaints.actions import telling, timing
from complaints.models import Assist, Ticket
from complaints.routing import Decision
from complaints.states import EventKind
from people import actors
from people.models import Organisation


def ask(ticket: Ticket, decision: Decision) -> None:
    """Ask the nearest organisation of each kind, in the transaction of the dispatch; not who leads already, or is not there.

    None of them is required: a rule cannot know whether the lead has to wait. The street may ask once more, and require it.
    """
    if ticket.restricted:
        return
    asked: dict[int, Organisation] = {}
    for kind in decision.assists:
        found = routing.responsible(kind, ticket.area, on=timezone.localdate()).organisation
        if found is not None and found.pk != ticket.lead_id:
            asked.setdefault(found.pk, found)
    by = actors.system()
    with translation.override("zh-hans"):  # what stands in a timeline is not translated again
        words = gettext("Asked by the rule “%(name)s”.") % {"name": decision.why.get("name", "")}
    for organisation in asked.values():
        row = Assist(area=ticket.area, ticket=ticket, organisation=organisation, added_by=by.user, asked=words)
        timing.assist_asked(row, deadlines.ASSIST_DAYS, by=by)
        said, facts = f"{organisation.name}：{words}", {"organisation": organisation.pk, "required": False}
        telling.note(ticket, EventKind.ASSIST_ASKED, by=by, old=ticket.state, text=said, told=False, facts=facts)
        telling.tell_assistant(ticket, organisation, "ticket_assist_asked")
