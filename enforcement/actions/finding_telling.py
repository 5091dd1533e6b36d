"""Who is told of what becomes of a finding: whoever answers for it, the bureau, the street; residents when it is over."""

from collections.abc import Iterable
from typing import Any

from enforcement.models import Finding
from notices import actions as notices
from people.actors import Actor
from people.models import User
from people.queries import holders
from people.roles import DEPARTMENT, PROPERTY, STREET, Role

BUREAU = DEPARTMENT | STREET
HEADS = (Role.DEPARTMENT_LEAD, Role.STREET_LEADER)


def party(finding: Finding, kind: str, *, by: Actor, **facts: Any) -> None:
    """The people of the organisation that answers for it; owners and shops are told by the paper."""
    if finding.party_organisation is not None:
        people = holders(PROPERTY | DEPARTMENT, finding.area, organisation=finding.party_organisation)
        _tell(people, kind, finding, by=by, **facts)


def bureau(finding: Finding, kind: str, *, by: Actor, **facts: Any) -> None:
    """The people of the competent bureau."""
    _tell(holders(BUREAU, finding.area, organisation=finding.organisation), kind, finding, by=by, **facts)


def heads(finding: Finding, kind: str, *, by: Actor, **facts: Any) -> None:
    """Those who head the competent bureau."""
    _tell(holders(HEADS, finding.area, organisation=finding.organisation), kind, finding, by=by, **facts)


def street(finding: Finding, kind: str, *, by: Actor, **facts: Any) -> None:
    _tell(holders(STREET, finding.area), kind, finding, by=by, **facts)


def county(finding: Finding, kind: str, *, by: Actor, **facts: Any) -> None:
    """The county's desk and supervisors."""
    _tell(holders([Role.COUNTY_CLERK, Role.SUPERVISOR], finding.area), kind, finding, by=by, **facts)


def _tell(people: Iterable[User], kind: str, finding: Finding, *, by: Actor, **facts: Any) -> None:
    """Each once, but not who did it."""
    told = {person.pk: person for person in people if person.pk != by.id}
    said = {
        "place": finding.visit.compound.name,
        "number": finding.number,
        "item": finding.item.name,
        "due_on": finding.due_on.isoformat() if finding.due_on else "",
        **facts,
    }
    key = f"finding:{finding.pk}:{finding.version}:{kind}:{facts.get('step', '')}"
    notices.tell(list(told.values()), kind, area=finding.area, key=key, facts=said, url=f"/checks/findings/{finding.number}/")
