"""Joint visits (联合检查): planned, the bureaus asked, approved by a second person, started, signed by each bureau."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from communities import queries as communities
from communities.models import Compound
from enforcement import numbers, queries, visit_queries
from enforcement.actions import rechecked as rechecks
from enforcement.actions import visit_grounds as grounds
from enforcement.actions import visit_telling as telling
from enforcement.actions.visit_grounds import With
from enforcement.models import Campaign, Companion, Member, Officer, Visit
from enforcement.visit_permissions import (
    MEMBER_RULES,
    OFFICERS_PER_BUREAU,
    RULES,
    may_answer,
    planning_organisations,
)
from enforcement.visit_states import MemberState, VisitKind, VisitState
from people.actors import Actor
from people.models import Organisation
from tenancy import areas, clock
from tenancy.areas import Level
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

LONGEST_REASON, LONGEST_WORDS = 300, 500
MOST_DAYS_AHEAD = 180
FEWEST_TOGETHER = 2
"""Bureaus that make a visit a joint one."""


class StaleVisit(WrongState):
    """Somebody changed it after it was looked at."""

    code = "stale_version"

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this visit meanwhile. Look at it again before you go on."))


@dataclass(frozen=True)
class Plan:
    """What somebody plans. `bureaus` are organisations of the county's list; `again` says why so soon after the visit before."""

    lead: int
    planned_on: date
    reason: str
    bureaus: Sequence[int]
    announced: bool = True
    again: str = ""
    companions: Sequence[With] = field(default_factory=tuple)


@transaction.atomic
def plan(area: int, planned: Plan, *, by: Actor, campaign: Campaign | None = None, recheck_of: Visit | None = None) -> Visit:
    """Plan a visit to a compound. Raises NotThere, NotAllowed, and Refusal naming the field."""
    compound = _compound(area, by)
    row = queries.in_force(areas.ancestor(area, Level.COUNTY))
    if row is None:
        raise Refusal(_("This county has no check list in force. What was not published is not checked."), code="no_list")
    visit = Visit(
        area=area,
        compound=compound,
        check_list=row,
        kind=VisitKind.CAMPAIGN if campaign else VisitKind.RECHECK if recheck_of else VisitKind.FULL,
        campaign=campaign,
        recheck_of=recheck_of,
        planned_at=clock.now(),
        planned_by_id=by.id,
    )
    return _written(visit, planned, by=by)


@transaction.atomic
def change(number: str, planned: Plan, *, by: Actor, version: int) -> Visit:
    """Plan it otherwise, while no bureau was asked."""
    visit = _begin(number, "change", by=by, version=version)
    visit.version += 1
    return _written(visit, planned, by=by)


@transaction.atomic
def ask(number: str, *, by: Actor, version: int) -> Visit:
    """Ask the bureaus to name their officers."""
    visit = _begin(number, "ask", by=by, version=version)
    if visit.planned_on < clock.today():
        raise Refusal(_("The day has passed. Choose another one."), field="planned_on")
    _finish(visit, VisitState.ASKED, "asked", [], by=by)
    telling.asked(visit, by=by)
    return visit


@transaction.atomic
def take_back(number: str, *, by: Actor, version: int) -> Visit:
    """Plan it once more: every bureau is asked again."""
    visit = _begin(number, "take_back", by=by, version=version)
    Officer.objects.filter(visit=visit).delete()
    for row in visit.members.exclude(state=MemberState.ASKED):
        row.state, row.answered_at, row.answered_by, row.reason = MemberState.ASKED, None, None, ""
        row.save(update_fields=["state", "answered_at", "answered_by", "reason"])
    return _finish(visit, VisitState.DRAFT, "taken_back", [], by=by)


@transaction.atomic
def join(number: str, organisation: int, *, by: Actor, version: int, certificates: Sequence[int]) -> Member:
    """Take part with these officers, by their certificates, at least two of them valid on the day (行政处罚法 42).

    May be said again with others, until the visit begins. Raises Refusal on `certificates`.
    """
    visit, row = _begin_member(number, organisation, "join", by=by, version=version)
    if visit.state == VisitState.APPROVED and row.state != MemberState.JOINED:
        raise WrongState(_("The visit is approved. Only who takes part may name other officers."))
    found = list(visit_queries.certificates(organisation, visit.planned_on).filter(pk__in=certificates))
    if len(found) != len(set(certificates)):
        raise Refusal(_("One of these certificates is not valid on that day."), field="certificates")
    chosen = {certificate.user_id: certificate for certificate in found}
    if len(chosen) < OFFICERS_PER_BUREAU:
        raise Refusal(
            _("Name at least %(fewest)d officers with a certificate valid on that day.") % {"fewest": OFFICERS_PER_BUREAU},
            field="certificates",
            code="too_few",
        )
    if Officer.objects.filter(visit=visit, user__in=chosen).exclude(member=row).exists():
        raise Refusal(_("One of these officers goes along for another bureau."), field="certificates")
    Officer.objects.filter(member=row).delete()
    Officer.objects.bulk_create(
        Officer(area=visit.area, visit=visit, member=row, user_id=user, certificate=held) for user, held in sorted(chosen.items())
    )
    row.reason = ""
    _answer(visit, row, MemberState.JOINED, by=by, officers=len(chosen))
    return row


@transaction.atomic
def decline(number: str, organisation: int, *, by: Actor, version: int, reason: str) -> Member:
    """Take no part; its items are left out."""
    visit, row = _begin_member(number, organisation, "decline", by=by, version=version)
    row.reason = clean(reason, field="reason", longest=LONGEST_REASON)
    Officer.objects.filter(member=row).delete()
    _answer(visit, row, MemberState.DECLINED, by=by, reason=row.reason)
    return row


@transaction.atomic
def approve(number: str, *, by: Actor, version: int) -> Visit:
    """Approve it: from now on its items stand. By the head of the lead organisation, who did not plan it.

    Raises Refusal while a bureau has not answered, too few take part, or the compound was visited shortly before.
    """
    visit = _begin(number, "approve", by=by, version=version)
    rows = list(visit.members.select_related("organisation"))
    if not visit_queries.answered(rows):
        missing = [row.organisation.name for row in rows if row.state == MemberState.ASKED]
        raise Refusal(_("Not answered yet: %(names)s") % {"names": "、".join(missing)}, code="not_answered")
    joined = [row for row in rows if row.state == MemberState.JOINED]
    if len(joined) < (FEWEST_TOGETHER if visit.kind == VisitKind.FULL else 1):
        raise Refusal(_("A joint visit needs two bureaus that take part. Ask others, or call it off."), code="too_few")
    _lock_compound(visit.area)
    grounds.check_gap(visit)
    visit.check_list = grounds.hanging(visit, visit.planned_on)
    grounds.check_officers(visit, joined, visit.planned_on)
    grounds.write_lines(visit, joined)
    visit.approved_at, visit.approved_by = clock.now(), by.user
    fields = ["approved_at", "approved_by", "check_list"]
    _finish(visit, VisitState.APPROVED, "approved", fields, by=by, bureaus=len(joined), check_list=visit.check_list_id)
    telling.approved(visit, by=by)
    return visit


@transaction.atomic
def call_off(number: str, *, by: Actor, version: int, reason: str) -> Visit:
    """It does not take place."""
    visit = _begin(number, "call_off", by=by, version=version)
    known = visit.state != VisitState.DRAFT
    visit.why_not = clean(reason, field="reason", longest=LONGEST_REASON)
    visit.ended_at, visit.ended_by = clock.now(), by.user
    _finish(visit, VisitState.CANCELLED, "called_off", ["why_not", "ended_at", "ended_by"], by=by, reason=visit.why_not)
    rechecks.let_go(visit, by=by)
    if known:
        telling.called_off(visit, by=by)
    return visit


@transaction.atomic
def start(number: str, *, by: Actor, version: int) -> Visit:
    """Begin on the spot, on the planned day or later, with certificates that are valid today (行政处罚法 55: shown)."""
    return begin(_begin(number, "start", by=by, version=version), by=by, at=clock.now())


def begin(visit: Visit, *, by: Actor, at: datetime) -> Visit:
    """Let an approved visit, read with its lock, begin at a moment: also one that phones tell of afterwards. Raises Refusal."""
    day = timezone.localdate(at)
    if day < visit.planned_on:
        raise Refusal(_("It is planned for %(day)s.") % {"day": visit.planned_on}, code="too_early")
    grounds.hanging(visit, day)
    grounds.check_officers(visit, list(visit.members.filter(state=MemberState.JOINED).select_related("organisation")), day)
    visit.started_at, visit.started_by = at, by.user
    return _finish(visit, VisitState.UNDER_WAY, "started", ["started_at", "started_by"], by=by)


@transaction.atomic
def sign(number: str, organisation: int, *, by: Actor, version: int, words: str = "") -> Visit:
    """A bureau signs for its own items; the last signature ends the visit. By one of its officers.

    Raises Refusal while two phones say different things about an item. A re-check decides on what it carries.
    """
    visit, row = _begin_member(number, organisation, "sign", by=by, version=version)
    if not row.officers.filter(user_id=by.id).exists():
        raise NotAllowed(_("An officer of this bureau signs."))
    if row.lines.filter(conflict=True).exists():
        raise Refusal(_("Two phones say different things about an item. Choose first."), code="conflict")
    row.words = clean(words, field="words", longest=LONGEST_WORDS, required=False, lines=True)
    row.state, row.signed_at, row.signed_by = MemberState.SIGNED, clock.now(), by.user
    row.save(update_fields=["state", "signed_at", "signed_by", "words"])
    audit.record(row, "visit.signed", by=by, area=visit.area, after={"visit": visit.number, "bureau": organisation})
    if visit.members.filter(state=MemberState.JOINED).exists():
        return _finish(visit, VisitState.UNDER_WAY, "signed_in_part", [], by=by)
    visit.ended_at, visit.ended_by = clock.now(), by.user
    _finish(visit, VisitState.CONCLUDED, "concluded", ["ended_at", "ended_by"], by=by)
    rechecks.conclude(visit, by=by)
    telling.concluded(visit, by=by)
    return visit


def _compound(area: int, by: Actor) -> Compound:
    if not planning_organisations(by, area):
        raise NotThere if not communities.visible_to(by).filter(area=area).exists() else NotAllowed
    return communities.compound(area)


def _lock_compound(area: int) -> None:
    """One approval in a compound at a time: of two visits on one day the second sees the first."""
    Compound.objects.select_for_update().get(area=area)


def _written(visit: Visit, planned: Plan, *, by: Actor) -> Visit:
    lead, bureaus = _organisations(visit, planned, by)
    today = clock.today()
    if not today <= planned.planned_on <= today + timedelta(days=MOST_DAYS_AHEAD):
        raise Refusal(_("Choose a day from today on, within %(most)d days.") % {"most": MOST_DAYS_AHEAD}, field="planned_on")
    visit.lead, visit.planned_on, visit.announced = lead, planned.planned_on, planned.announced
    visit.reason = clean(planned.reason, field="reason", longest=LONGEST_REASON, lines=True)
    visit.again = clean(planned.again, field="again", longest=LONGEST_REASON, required=False, lines=True)
    grounds.check_gap(visit)
    visit.grounds = visit_queries.facts(by, [visit.area], today)[visit.area].plain()
    if not visit.number:
        visit.number = numbers.new_number(numbers.VISIT, visit.area, clock.now())
    visit.save()
    visit.members.all().delete()
    visit.companions.all().delete()
    Member.objects.bulk_create(
        Member(area=visit.area, visit=visit, organisation=bureau, kind_id=bureau.kind_id) for bureau in bureaus
    )
    Companion.objects.bulk_create(grounds.companions(visit, planned.companions))
    after = {"day": f"{visit.planned_on}", "bureaus": [bureau.pk for bureau in bureaus], "announced": visit.announced}
    audit.record(visit, "visit.planned", by=by, area=visit.area, after={"version": visit.version, **after})
    return visit


def _organisations(visit: Visit, planned: Plan, by: Actor) -> tuple[Organisation, list[Organisation]]:
    leads = {lead.pk: lead for lead in visit_queries.leads_for(by, visit.area, visit.check_list)}
    if planned.lead not in leads and not (visit.number and planned.lead == visit.lead_id):
        raise Refusal(_("Choose for whom you plan it."), field="lead")
    known = {bureau.pk: bureau for bureau in visit_queries.bureaus_for(visit.area, visit.check_list)}
    chosen = [known[each] for each in dict.fromkeys(planned.bureaus) if each in known]
    if len(chosen) != len(set(planned.bureaus)):
        raise Refusal(_("Choose bureaus of the county's list."), field="bureaus")
    if len(chosen) < (FEWEST_TOGETHER if visit.kind == VisitKind.FULL else 1):
        raise Refusal(_("Choose at least two bureaus: it is one visit for all of them."), field="bureaus", code="too_few")
    return leads.get(planned.lead) or visit.lead, chosen


def _answer(visit: Visit, row: Member, state: MemberState, *, by: Actor, **after: Any) -> None:
    row.state, row.answered_at, row.answered_by = state, clock.now(), by.user
    row.save(update_fields=["state", "answered_at", "answered_by", "reason"])
    audit.record(row, f"visit.{state}", by=by, area=visit.area, after={"visit": visit.number, **after})
    _finish(visit, VisitState(visit.state), f"answered_{state}", [], by=by, bureau=row.organisation_id)
    telling.answered(visit, row, by=by)


def _begin(number: str, action: str, *, by: Actor, version: int) -> Visit:
    """The visit, locked and checked: visible, allowed, in a state that allows the action, unchanged since `version`."""
    visit = visit_queries.get(by, number, lock=True)
    rule, states = RULES[action]
    if not rule(by, visit):
        raise NotAllowed(_ONLY.get(action, NotAllowed().message))
    _check(visit, states, version)
    return visit


_ONLY = {
    "approve": _("The head of the lead organisation approves, and not whoever planned it."),
    "start": _("An officer of this visit starts it."),
}


def _begin_member(number: str, organisation: int, action: str, *, by: Actor, version: int) -> tuple[Visit, Member]:
    visit = visit_queries.get(by, number, lock=True)
    row = visit_queries.member(visit, organisation, lock=True)
    if not may_answer(by, row):
        raise NotAllowed(_("Only the bureau's own people may do this."))
    states, own = MEMBER_RULES[action]
    _check(visit, states, version)
    if row.state not in own:
        raise WrongState(_("This cannot be done now: the bureau “%(state)s”.") % {"state": row.get_state_display()})
    return visit, row


def _check(visit: Visit, states: frozenset[VisitState], version: int) -> None:
    if visit.state not in states:
        raise WrongState(_("This cannot be done now: it is “%(state)s”.") % {"state": visit.get_state_display()})
    if visit.version != version:
        raise StaleVisit


def _finish(visit: Visit, new: VisitState, what: str, fields: Sequence[str], *, by: Actor, **after: Any) -> Visit:
    old, visit.state = visit.state, new
    visit.version += 1
    visit.save(update_fields=[*fields, "state", "version"])
    said = {"state": new, "version": visit.version, **after}
    audit.record(visit, f"visit.{what}", by=by, area=visit.area, before={"state": old}, after=said)
    return visit
