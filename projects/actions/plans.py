"""The monthly plan (月度计划): drafted by three sides together, checked and published by the street, reviewed and frozen."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from communities import queries as communities
from people.actors import Actor
from people.models import User
from people.queries import holders
from people.roles import OF_AN_ORGANISATION, STREET, Role
from projects import figures, months, queries
from projects.actions import telling
from projects.actions.step import LONGEST_REASON, begin_plan, finish_plan, note, reason_of
from projects.models import Agreement, MonthPlan, PlanItem, Project
from projects.money import laws
from projects.permissions import may_plan, may_read_drafts, sides_of
from projects.states import LANDED, EventKind, Outcome, PlanState, ProjectState
from tenancy import clock
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tenancy.text import clean

FEWEST = 3
"""每个小区每月策划落地3-4个实事项目 (seed: 晋江). Fewer needs a reason."""
MOST = 12
"""More than this in a month is no plan any more (own)."""
MONTHS_AHEAD = 3
LONGEST_REVIEW = 2_000


@transaction.atomic
def open_month(compound: int, month: date, *, by: Actor) -> MonthPlan:
    """Begin the plan of a month, this one or one of the next three; the one that is there when it was begun already."""
    place = communities.compound(compound)
    if not may_read_drafts(by, compound):
        raise NotThere
    if not may_plan(by, compound):
        raise NotAllowed
    this = months.month_of(clock.today())
    if not this <= month <= months.after(this, MONTHS_AHEAD):
        raise Refusal(_("Plan this month or one of the next three."), field="month")
    if month.day != 1:
        raise Refusal(_("Give a month."), field="month")
    plan, made = MonthPlan.objects.get_or_create(
        compound=place, month=month, defaults={"area": compound, "drafted_at": clock.now(), "drafted_by_id": by.id}
    )
    if made:
        audit.record(plan, "plan.drafted", by=by, area=compound, after={"month": f"{month:%Y-%m}"})
    found: MonthPlan = plan
    return found


@transaction.atomic
def take_in(area: int, month: date, project: str, *, by: Actor, version: int) -> MonthPlan:
    """Put a drafted project into the plan. What was agreed to before must be agreed to anew."""
    plan = _begin(area, month, "take_in", by=by, version=version)
    chosen = queries.get(by, project, lock=True)
    if chosen.area != area or chosen.state != ProjectState.DRAFTED:
        raise Refusal(_("Choose a drafted project of this compound."), field="project")
    if PlanItem.objects.filter(project=chosen, outcome="").exists():
        raise Refusal(_("It stands in a plan already."), field="project", code="twice")
    if plan.items.count() >= MOST:
        raise Refusal(_("At most %(most)d projects fit into a month.") % {"most": MOST}, field="project")
    PlanItem.objects.create(area=area, plan=plan, project=chosen, added_by_id=by.id)
    plan.revision += 1
    finish_plan(plan, PlanState.DRAFTING, "taken_in", ["revision"], by=by, project=chosen.number)
    return plan


@transaction.atomic
def take_out(area: int, month: date, project: str, *, by: Actor, version: int) -> MonthPlan:
    """Take a drafted project out again. What was carried over stays: it was promised."""
    plan = _begin(area, month, "take_out", by=by, version=version)
    row = PlanItem.objects.filter(plan=plan, project__number=project).select_related("project").first()
    if row is None:
        raise Refusal(_("It does not stand in this plan."), field="project", code="not_found")
    if row.carried_from_id is not None:
        raise Refusal(_("It was promised before and carried over. Only the street office can drop it."), field="project")
    row.delete()
    plan.revision += 1
    finish_plan(plan, PlanState.DRAFTING, "taken_out", ["revision"], by=by, project=project)
    return plan


@transaction.atomic
def agree(area: int, month: date, *, by: Actor, version: int) -> MonthPlan:
    """Say yes for the sides that one speaks for, to the plan as it stands.

    Raises NotAllowed for a firm that does not serve the compound today, and for a committee that is not this compound's.
    """
    plan = _begin(area, month, "agree", by=by, version=version)
    asked = {side: organisation.pk for side, organisation in queries.sides_needed(area).items()}
    speaking = {side: body for side, body in sides_of(by, area).items() if asked.get(side) == body}
    if not speaking:
        raise NotAllowed(_("You speak for none of those who must agree to this plan today."))
    for side, organisation in speaking.items():
        Agreement.objects.get_or_create(
            plan=plan,
            side=side,
            revision=plan.revision,
            defaults={"area": area, "organisation_id": organisation, "agreed_at": clock.now(), "agreed_by_id": by.id},
        )
    finish_plan(plan, PlanState.DRAFTING, "agreed", [], by=by, revision=plan.revision)
    return plan


@transaction.atomic
def propose(area: int, month: date, *, by: Actor, version: int, fewer: str = "") -> MonthPlan:
    """Hand the plan to the street. Raises Refusal while a side has not agreed, the owners' decision for their money is missing,
    or it holds fewer than three projects and `fewer` does not say why.
    """
    plan = _begin(area, month, "propose", by=by, version=version)
    waiting = [organisation.name for side, organisation in queries.sides_needed(area).items() if side not in queries.agreed(plan)]
    if waiting:
        raise Refusal(_("These have yet to agree: %(names)s.") % {"names": "、".join(waiting)}, code="not_agreed")
    held = list(queries.items(plan))
    if not held:
        raise Refusal(_("A plan holds at least one project."), code="empty")
    for row in held:
        _check_money(row.project)
    plan.fewer = clean(fewer, field="fewer", longest=LONGEST_REASON, required=False)
    if len(held) < FEWEST and not plan.fewer:
        raise Refusal(
            _("A month should hold at least %(fewest)d projects. Say why it holds %(n)d.") % {"fewest": FEWEST, "n": len(held)},
            field="fewer",
            code="required",
        )
    plan.proposed_at, plan.proposed_by_id, plan.remark = clock.now(), by.id, ""
    finish_plan(plan, PlanState.PROPOSED, "proposed", ["fewer", "remark", "proposed_at", "proposed_by"], by=by, fewer=plan.fewer)
    telling.tell_plan(holders(STREET, area), "plan_proposed", plan)
    return plan


def _check_money(project: Project) -> None:
    asked = laws(project.funding.values_list("source", flat=True))
    if asked and not project.decision:
        raise Refusal(
            _("“%(title)s” spends the owners' money: name the owners' decision that allows it (%(law)s).")
            % {"title": project.title, "law": "；".join(asked)},
            code="no_decision",
        )


@transaction.atomic
def give_back(area: int, month: date, *, by: Actor, version: int, text: str) -> MonthPlan:
    """The street wants it changed, and says what."""
    plan = _begin(area, month, "return", by=by, version=version)
    plan.remark = reason_of(text)
    finish_plan(plan, PlanState.DRAFTING, "returned", ["remark"], by=by, text=plan.remark)
    telling.tell_plan(planners(area), "plan_returned", plan)
    return plan


@transaction.atomic
def publish(area: int, month: date, *, by: Actor, version: int) -> MonthPlan:
    """Promise it: every drafted project in it is planned, and the residents are told. Not by whoever proposed it."""
    plan = _begin(area, month, "publish", by=by, version=version)
    if plan.proposed_by_id == by.id:
        raise NotAllowed(_("Somebody else must publish what you proposed."))
    plan.published_at, plan.published_by_id = clock.now(), by.id
    finish_plan(plan, PlanState.PUBLISHED, "published", ["published_at", "published_by"], by=by)
    for row in queries.items(plan):
        if row.project.state == ProjectState.DRAFTED:
            _promise(row.project, plan, by=by)
    figures.roll_up(area, month, today=clock.today())
    telling.tell_plan(holders([Role.RESIDENT], area), "plan_published", plan)
    return plan


def _promise(project: Project, plan: MonthPlan, *, by: Actor) -> None:
    project.state = ProjectState.PLANNED
    project.version += 1
    project.save(update_fields=["state", "version"])
    note(project, EventKind.PLANNED, by=by, old=ProjectState.DRAFTED, text=f"{plan.month:%Y-%m}")
    telling.tell(project, EventKind.PLANNED)


@transaction.atomic
def close(area: int, month: date, *, by: Actor, version: int, review: str, reasons: Mapping[str, str]) -> MonthPlan:
    """Close a month with its review; from then on it does not change.

    What has not landed goes on into the next month's plan; `reasons` gives, by project number, why. Raises Refusal before the
    month's last day, on `review`, and on a missing reason (field `reason_<number>`).
    """
    plan = _begin(area, month, "close", by=by, version=version)
    if clock.today() < months.last_day(month):
        raise Refusal(_("The month is not over yet."), code="too_early")
    words = clean(review, field="review", longest=LONGEST_REVIEW, lines=True)
    left = []
    for row in queries.items(plan):
        if row.project.state in LANDED:
            row.outcome = Outcome.LANDED
        elif row.project.state == ProjectState.DROPPED:
            last = row.project.events.filter(kind=EventKind.DROPPED).order_by("-pk").first()
            row.outcome, row.reason = Outcome.DROPPED, last.text if last else "—"
        else:
            name = f"reason_{row.project.number}"
            row.outcome, row.reason = Outcome.CARRIED, reason_of(reasons.get(row.project.number, ""), field=name)
            left.append(row)
        row.save(update_fields=["outcome", "reason"])
    if left:
        _carry(plan, left, by=by)
    plan.review, plan.closed_at, plan.closed_by_id = words, clock.now(), by.id
    landed = plan.items.filter(outcome=Outcome.LANDED).count()
    fields = ["review", "closed_at", "closed_by"]
    finish_plan(plan, PlanState.CLOSED, "closed", fields, by=by, landed=landed, carried=len(left))
    figures.roll_up(area, month, today=clock.today())
    telling.tell_plan(planners(area), "plan_closed", plan)
    return plan


def _carry(plan: MonthPlan, left: list[PlanItem], *, by: Actor) -> None:
    made, _new = MonthPlan.objects.get_or_create(
        compound=plan.compound,
        month=months.after(plan.month),
        defaults={"area": plan.area, "drafted_at": clock.now(), "drafted_by_id": by.id},
    )
    following = MonthPlan.objects.select_for_update().get(pk=made.pk)  # as it stands once the lock is ours
    if following.state == PlanState.CLOSED:
        raise Refusal(_("The next month is closed already."), code="closed")
    for row in left:
        PlanItem.objects.create(area=plan.area, plan=following, project=row.project, added_by_id=by.id, carried_from=row)
        project = row.project
        project.version += 1
        project.save(update_fields=["version"])
        note(project, EventKind.CARRIED, by=by, old=project.state, text=row.reason)
        telling.tell(project, EventKind.CARRIED)
    following.revision += 1
    following.version += 1
    following.save(update_fields=["revision", "version"])


def planners(area: int) -> list[User]:
    """Everybody who speaks for a side in a compound."""
    found: list[User] = []
    for organisation in queries.sides_needed(area).values():
        found += holders(OF_AN_ORGANISATION, area, organisation=organisation)
    return found


def _begin(area: int, month: date, action: str, *, by: Actor, version: int) -> MonthPlan:
    plan = queries.plan(by, area, month, lock=True)
    begin_plan(plan, action, by=by, version=version)
    return plan
