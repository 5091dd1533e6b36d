"""Who is told of what happens to a visit. Of an unannounced one nobody but those who go and those who planned it."""

from collections.abc import Iterable
from typing import Any

from communities import queries as communities
from enforcement.models import Member, Paper, Visit
from enforcement.visit_permissions import HEADS, STREET_KIND
from enforcement.visit_states import MemberState
from notices import actions as notices
from people.actors import Actor
from people.models import User
from people.queries import holders
from people.roles import DEPARTMENT, PROPERTY, STREET, Role


def asked(visit: Visit, *, by: Actor) -> None:
    """Each bureau's people."""
    for row in visit.members.select_related("organisation"):
        _tell(holders(DEPARTMENT, visit.area, organisation=row.organisation), "visit_asked", visit, by=by)


def answered(visit: Visit, row: Member, *, by: Actor) -> None:
    """Whoever planned it; and once all have answered, whoever approves it."""
    kind = "visit_joined" if row.state == MemberState.JOINED else "visit_declined"
    _tell([visit.planned_by], kind, visit, by=by, bureau=row.organisation.name, reason=row.reason)
    if not visit.members.filter(state=MemberState.ASKED).exists() and visit.approved_at is None:
        head = HEADS[visit.lead.kind_id == STREET_KIND]
        people = holders([head], visit.area, organisation=visit.lead)
        _tell(people, "visit_to_approve", visit, by=by)


def approved(visit: Visit, *, by: Actor) -> None:
    """Officers, whoever planned it, the street; and the firm, where it is announced."""
    _tell([visit.planned_by, *_officers(visit), *holders(STREET, visit.area)], "visit_approved", visit, by=by)
    if visit.announced:
        _tell(_firm(visit), "visit_announced", visit, by=by)


def called_off(visit: Visit, *, by: Actor) -> None:
    """Those who knew of it."""
    bureaus = [row.organisation for row in visit.members.select_related("organisation")]
    people = [each for bureau in bureaus for each in holders(DEPARTMENT, visit.area, organisation=bureau)]
    firm = _firm(visit) if visit.announced and visit.approved_at else []
    _tell([visit.planned_by, *people, *firm], "visit_called_off", visit, by=by, reason=visit.why_not)


def concluded(visit: Visit, *, by: Actor) -> None:
    """The street, whoever planned it, the firm, and the residents, who read its public page."""
    people = [visit.planned_by, *holders(STREET, visit.area), *_firm(visit), *holders([Role.RESIDENT], visit.area)]
    _tell(people, "visit_concluded", visit, by=by)


def order_issued(paper: Paper, *, by: Actor) -> None:
    """The firm that an order addresses."""
    _tell_of_paper(paper, "paper_order", by=by)


def order_voided(paper: Paper, *, by: Actor) -> None:
    """The firm that it addressed."""
    _tell_of_paper(paper, "paper_order_voided", by=by, reason=paper.voided_why)


def _tell_of_paper(paper: Paper, kind: str, *, by: Actor, **facts: Any) -> None:
    if paper.party_organisation is None:
        return
    people = [each for each in holders(PROPERTY, paper.area, organisation=paper.party_organisation) if each.pk != by.id]
    said = {"place": paper.visit.compound.name, "number": paper.printed, "bureau": paper.bureau.name, **facts}
    url = f"/checks/visits/{paper.visit.number}/"
    notices.tell(people, kind, area=paper.area, key=f"paper:{paper.pk}:{kind}", facts=said, url=url)


def _officers(visit: Visit) -> list[User]:
    return [each.user for each in visit.officers.select_related("user")]


def _firm(visit: Visit) -> list[User]:
    service = communities.firm_serving(visit.area)
    return list(holders(PROPERTY, visit.area, organisation=service.firm)) if service else []


def _tell(people: Iterable[User], kind: str, visit: Visit, *, by: Actor, **facts: Any) -> None:
    """Each once, but not who did it."""
    told = {person.pk: person for person in people if person.pk != by.id}
    said = {"place": visit.compound.name, "number": visit.number, "day": visit.planned_on.isoformat(), **facts}
    key = f"visit:{visit.pk}:{visit.version}:{kind}"
    notices.tell(list(told.values()), kind, area=visit.area, key=key, facts=said, url=f"/checks/visits/{visit.number}/")
