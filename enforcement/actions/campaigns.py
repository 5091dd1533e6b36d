"""Campaigns (专项清理): one question put to many compounds by the same kind of visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from enforcement import queries, visit_queries
from enforcement.actions import visits
from enforcement.actions.visits import Plan
from enforcement.models import Campaign, CheckItem, Visit
from enforcement.visit_permissions import PLANNING
from people.actors import Actor
from people.roles import STREET, Role
from tenancy import areas, clock
from tenancy.areas import Level
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tenancy.text import clean

LONGEST_NAME, LONGEST_REASON = 60, 300
MOST_COMPOUNDS = 60
"""At once: of each a visit is planned in the same request."""
RUNNING = STREET | {Role.DEPARTMENT_LEAD}


def may_run(actor: Actor, area: int) -> bool:
    """The street office in its street; in a county the heads of its bureaus."""
    return actor.holds(area, RUNNING)


@transaction.atomic
def begin(*, area: int, name: str, reason: str, items: Sequence[str], starts_on: date, ends_on: date, by: Actor) -> Campaign:
    """A campaign in a street or county, about items of the county's list. Raises NotThere, NotAllowed, Refusal."""
    if areas.level_of(area) not in {Level.COUNTY, Level.STREET} or not actor_is_there(by, area):
        raise NotThere
    if not may_run(by, area):
        raise NotAllowed
    row = queries.in_force(areas.ancestor(area, Level.COUNTY))
    known = set(CheckItem.objects.filter(check_list=row, code__in=items).values_list("code", flat=True)) if row else set()
    if not items or known != set(items):
        raise Refusal(_("Choose items of the list in force."), field="items")
    if not clock.today() <= ends_on or starts_on > ends_on:
        raise Refusal(_("Choose a last day from today on, not before the first."), field="ends_on")
    made = Campaign(
        area=area,
        name=clean(name, field="name", longest=LONGEST_NAME),
        reason=clean(reason, field="reason", longest=LONGEST_REASON, lines=True),
        items=sorted(known),
        starts_on=starts_on,
        ends_on=ends_on,
        made_at=clock.now(),
        made_by_id=by.id,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as twice:
        raise Refusal(_("There is a campaign of this name already."), field="name", code="twice") from twice
    audit.record(made, "campaign.begun", by=by, area=area, after={"name": made.name, "items": made.items})
    return made


def actor_is_there(actor: Actor, area: int) -> bool:
    return bool(actor.posts_at(area, PLANNING))


@dataclass(frozen=True)
class Missed:
    """A compound for which no visit could be planned, and why."""

    area: int
    words: str | Promise


@transaction.atomic
def plan_all(
    campaign_id: int, compounds: Sequence[int], *, by: Actor, lead: int, planned_on: date, again: str = ""
) -> tuple[list[Visit], list[Missed]]:
    """Plan a visit to each of these compounds by the bureaus of the campaign's items; what is refused is left out and said."""
    row = visit_queries.campaign(by, campaign_id)
    if not compounds or len(set(compounds)) > MOST_COMPOUNDS:
        raise Refusal(_("Choose from 1 to %(most)d compounds.") % {"most": MOST_COMPOUNDS}, field="compounds")
    known = set(visit_queries.compounds_of(by).filter(area__in=compounds).values_list("area", flat=True))
    if known != set(compounds):
        raise NotThere
    if not row.starts_on <= planned_on <= row.ends_on:
        raise Refusal(
            _("The campaign runs from %(first)s to %(last)s.") % {"first": row.starts_on, "last": row.ends_on}, field="planned_on"
        )
    made, missed = [], []
    for area in dict.fromkeys(compounds):
        try:
            with transaction.atomic():
                made.append(visits.plan(area, _planned(row, area, lead, planned_on, again), by=by, campaign=row))
        except (NotThere, NotAllowed):
            raise
        except Refusal as refusal:
            missed.append(Missed(area, refusal.message))
    return made, missed


def _planned(row: Campaign, area: int, lead: int, day: date, again: str) -> Plan:
    in_force = visit_queries.county_list(area)
    if in_force is None:
        raise Refusal(_("This county has no check list in force. What was not published is not checked."), code="no_list")
    kinds = set(CheckItem.objects.filter(check_list=in_force, code__in=row.items).values_list("bureau", flat=True))
    bureaus = [each.pk for each in visit_queries.bureaus_for(area, in_force) if each.kind_id in kinds]
    return Plan(lead=lead, planned_on=day, reason=f"{row.name}：{row.reason}"[:300], bureaus=bureaus, again=again)
