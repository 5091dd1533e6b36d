"""What a finding leads to elsewhere: a ticket or a project of the same compound."""

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints import queries as complaints
from complaints.actions import filing
from complaints.states import Channel
from enforcement.actions.findings import begin, finish
from enforcement.finding_states import FindingEventKind, FindingState
from enforcement.models import Finding
from people.actors import Actor
from projects import queries as projects
from tenancy.refusals import NotThere, Refusal, WrongState


@transaction.atomic
def open_ticket(number: str, *, by: Actor, version: int) -> Finding:
    """File it as any other complaint that staff take in, so that it is sorted, routed and timed like every other."""
    row = begin(number, "open_ticket", by=by, version=version)
    _unlinked(row.ticket_id)
    text = gettext("%(text)s\n(finding %(number)s of a joint visit: %(item)s)") % {
        "text": row.text,
        "number": row.number,
        "item": row.item.name,
    }
    asked = filing.Filing(
        compound=row.area,
        text=text,
        channel=Channel.PHONE,
        building=row.building_id,
        spot=row.spot,
        reporter_name=row.organisation.name[:60],
    )
    row.ticket = filing.file(asked, by=by).ticket
    finish(row, FindingState(row.state), FindingEventKind.LINKED, ["ticket"], by=by, text=row.ticket.number)
    return row


@transaction.atomic
def link_ticket(number: str, *, by: Actor, version: int, ticket: str) -> Finding:
    """A complaint of the same compound that it answers. Raises Refusal on `ticket` for any other number."""
    row = begin(number, "link_ticket", by=by, version=version)
    _unlinked(row.ticket_id)
    found = complaints.visible_to(by).filter(area=row.area, number=ticket.strip()).first()
    if found is None:
        raise Refusal(_("There is no complaint with this number in this compound."), field="ticket", code="not_found")
    row.ticket = found
    finish(row, FindingState(row.state), FindingEventKind.LINKED, ["ticket"], by=by, text=found.number)
    return row


@transaction.atomic
def link_project(number: str, *, by: Actor, version: int, project: str) -> Finding:
    """A practical project of the same compound that puts it right for good. Raises Refusal on `project`."""
    row = begin(number, "link_project", by=by, version=version)
    _unlinked(row.project_id)
    try:
        found = projects.get(by, project.strip())
    except NotThere:
        found = None
    if found is None or found.area != row.area:
        raise Refusal(_("There is no project with this number in this compound."), field="project", code="not_found")
    row.project = found
    finish(row, FindingState(row.state), FindingEventKind.LINKED, ["project"], by=by, text=found.number)
    return row


def _unlinked(link: int | None) -> None:
    if link is not None:
        raise WrongState(_("It is linked already."))
