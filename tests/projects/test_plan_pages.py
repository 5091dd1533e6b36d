"""The pages of monthly plans: who sees which month, what each side may do to it, and what is said when it cannot be."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from people.roles import Role
from projects import months
from projects.models import MonthPlan, PlanItem, Project
from projects.states import PlanState, ProjectState, Side
from tenancy import clock, scope
from tests.factories.projects import drafted, plan, project, this_month
from tests.factories.world import World
from tests.projects.conftest import SignIn, shown

pytestmark = pytest.mark.usefixtures("foreign")
ABSENT = 350582_001_001_999


def to(area: int, month: Any = None, step: str = "") -> str:
    base = f"/compounds/{area}/plans/"
    return base + (f"{month:%Y-%m}/" if month else "") + (f"{step}/" if step else "")


def now(row: MonthPlan) -> MonthPlan:
    with scope.everything(reason="tests: look at the row"):
        return MonthPlan.objects.get(pk=row.pk)


def numbers(row: MonthPlan) -> list[str]:
    with scope.everything(reason="tests: look at the row"):
        return list(PlanItem.objects.filter(plan=row).order_by("pk").values_list("project__number", flat=True))


def bare(answer: Any) -> str:
    return re.sub(r"[0-9a-f]{32}|[0-9]{15}", "", answer.content.decode())


def test_a_foreign_plan_is_answered_like_an_absent_one(world: World, sign_in: SignIn) -> None:
    month = this_month()
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER):
        client = sign_in(role)
        for step in ("", "agree", "propose", "publish", "close", "take-in", "take-out", "return"):
            ask = client.post if step else client.get
            absent = ask(to(ABSENT, month, step))
            assert absent.status_code == 404
            for place in ("sibling", "county"):
                assert bare(ask(to(world.area(place), month, step))) == bare(absent), (role, step)
        for path in ("plans/", "projects/new/", "suggestions/"):
            absent = client.get(f"/compounds/{ABSENT}/{path}")
            assert absent.status_code == 404
            assert bare(client.get(f"/compounds/{world.area('sibling')}/{path}")) == bare(absent)


def test_residents_see_what_is_published_and_no_draft(world: World, sign_in: SignIn) -> None:
    row = plan(world, PlanState.PROPOSED)
    resident = sign_in(Role.RESIDENT)
    assert resident.get(to(row.area, row.month)).status_code == 404
    assert f"{row.month:%Y-%m}" not in re.findall(r'href="[^"]*plans/([0-9-]+)/"', shown(resident.get(to(row.area))))
    clerk = sign_in(Role.STREET_CLERK)
    assert clerk.post(to(row.area, row.month, "publish"), {"version": row.version}).status_code == 302
    page = shown(resident.get(to(row.area, row.month)))
    for number in range(3):
        assert f"实事{number}" in page
    assert "<form" not in page
    compound = shown(resident.get(f"/compounds/{row.area}/"))
    assert "实事0" in compound
    assert to(row.area, row.month) in compound


def test_the_sides_agree_propose_and_the_street_returns_it(world: World, sign_in: SignIn, speaking: Any) -> None:
    row = plan(world)
    manager = sign_in(Role.PROPERTY_MANAGER)
    page = shown(manager.post(to(row.area, row.month, "propose"), {"version": row.version}), 400)
    assert world.firm().name in page
    for side in Side:
        row = now(row)
        assert speaking(side).post(to(row.area, row.month, "agree"), {"version": row.version}).status_code == 302
    row = now(row)
    page = shown(manager.get(to(row.area, row.month)))
    assert page.count("state-done") == 3
    assert manager.post(to(row.area, row.month, "propose"), {"version": row.version}).status_code == 302
    row, clerk = now(row), sign_in(Role.STREET_CLERK)
    assert row.state == PlanState.PROPOSED
    page = shown(clerk.post(to(row.area, row.month, "return"), {"version": row.version, "text": ""}), 400)
    assert 'id="return_text_error"' in page
    assert clerk.post(to(row.area, row.month, "return"), {"version": row.version, "text": "预算过高"}).status_code == 302
    assert "预算过高" in shown(manager.get(to(row.area, row.month)))
    assert manager.post(to(row.area, row.month, "publish"), {"version": 1}).status_code == 403


def test_a_plan_of_fewer_says_why_by_the_field(world: World, sign_in: SignIn, speaking: Any) -> None:
    row = plan(world, projects=2)
    for side in Side:
        row = now(row)
        speaking(side).post(to(row.area, row.month, "agree"), {"version": row.version})
    row, manager = now(row), sign_in(Role.PROPERTY_MANAGER)
    page = shown(manager.post(to(row.area, row.month, "propose"), {"version": row.version, "fewer": ""}), 400)
    assert 'id="propose_fewer_error"' in page
    sent = {"version": row.version - 1, "fewer": "本月资金有限"}
    page = shown(manager.post(to(row.area, row.month, "propose"), sent), 409)
    assert "本月资金有限" in page, "what was typed is kept"
    assert manager.post(to(row.area, row.month, "propose"), sent | {"version": row.version}).status_code == 302


def test_projects_are_taken_in_and_out_in_the_order_of_priority(world: World, sign_in: SignIn) -> None:
    area, month, manager = world.area(), this_month(), sign_in(Role.PROPERTY_MANAGER)
    assert "<form" in shown(manager.get(to(area, month))), "the month can be begun"
    assert manager.post(f"{to(area)}open/", {"month": f"{month:%Y-%m}"})["Location"] == to(area, month)
    later = drafted(world, title="绿化补植", livelihood=False, use="landscape")
    first = drafted(world, title="化粪池清淤", ground="below")
    page = shown(manager.get(to(area, month)))
    assert page.index("化粪池清淤") < page.index("绿化补植"), "drafts stand in the order of priority"
    with scope.everything(reason="tests: look"):
        row = MonthPlan.objects.get(area=area, month=month)
    for each in (later, first):
        row = now(row)
        sent = {"version": row.version, "project": each.number}
        assert manager.post(to(area, month, "take-in"), sent).status_code == 302
    page = shown(manager.get(to(area, month)))
    assert page.index("化粪池清淤") < page.index("绿化补植")
    assert numbers(row) == [later.number, first.number]
    sent = {"version": row.version, "project": later.number}
    assert shown(manager.post(to(area, month, "take-out"), sent), 409)
    assert manager.post(to(area, month, "take-out"), sent | {"version": now(row).version}).status_code == 302
    assert numbers(row) == [first.number]


def test_what_is_no_draft_of_the_compound_is_not_taken_in(world: World, sign_in: SignIn, foreign: dict[str, str]) -> None:
    row, manager = plan(world, projects=1), sign_in(Role.PROPERTY_MANAGER)
    for wrong in (foreign["sibling"], "P350582001-2611-999999", numbers(row)[0], "\x00"):
        page = shown(manager.post(to(row.area, row.month, "take-in"), {"version": row.version, "project": wrong}), 400)
        assert "note-late" in page
    assert len(numbers(row)) == 1


def test_a_month_is_closed_with_a_reason_for_each_that_has_not_landed(world: World, sign_in: SignIn) -> None:
    project(world, ProjectState.ACCEPTED)
    with scope.everything(reason="tests: look"):
        row = MonthPlan.objects.get(area=world.area(), month=this_month())
        (number,) = numbers(row)
    with scope.everything(reason="tests: one more"):
        late = Project.objects.get(number=number)
    assert late.state == ProjectState.ACCEPTED
    clerk = sign_in(Role.STREET_CLERK)
    if timezone.localdate() < months.last_day(row.month):
        assert f"{months.last_day(row.month)}" in shown(clerk.get(to(row.area, row.month)))
    with clock.standing_at(timezone.now() + timedelta(days=31)):
        clerk = sign_in(Role.STREET_CLERK)
        page = shown(clerk.post(to(row.area, row.month, "close"), {"version": row.version, "review": ""}), 400)
        assert 'id="close_review_error"' in page
        sent = {"version": row.version, "review": "一件落地"}
        assert clerk.post(to(row.area, row.month, "close"), sent).status_code == 302
    page = shown(sign_in(Role.RESIDENT).get(to(row.area, row.month)))
    assert "一件落地" in page


def test_reasons_of_what_did_not_land_are_asked_one_by_one(world: World, sign_in: SignIn) -> None:
    row = plan(world, PlanState.PUBLISHED)
    with clock.standing_at(timezone.now() + timedelta(days=31)):
        clerk = sign_in(Role.STREET_CLERK)
        names = numbers(row)
        sent: dict[str, Any] = {"version": row.version, "review": "都没有落地", f"reason_{names[0]}": "等材料"}
        page = shown(clerk.post(to(row.area, row.month, "close"), sent), 400)
        assert "等材料" in page
        assert "都没有落地" in page
        assert [f'id="close_reason_{name}_error"' in page for name in names] == [False, True, True]
        sent |= {f"reason_{name}": "下雨" for name in names}
        assert clerk.post(to(row.area, row.month, "close"), sent).status_code == 302
    assert now(row).state == PlanState.CLOSED
    page = shown(sign_in(Role.PROPERTY_MANAGER).get(to(row.area)))
    assert to(row.area, months.after(row.month)) in page, "what is left goes on into the next month"


def test_a_month_too_far_ahead_is_no_month_to_open(world: World, sign_in: SignIn) -> None:
    area, manager = world.area(), sign_in(Role.PROPERTY_MANAGER)
    far = months.after(this_month(), 9)
    assert "<form" not in shown(manager.get(to(area, far)))
    for wrong in (f"{far:%Y-%m}", "x", ""):
        assert manager.post(f"{to(area)}open/", {"month": wrong})["Location"] == to(area)
    assert sign_in(Role.SUPERVISOR).post(f"{to(area)}open/", {"month": f"{this_month():%Y-%m}"}).status_code == 403
    with scope.everything(reason="tests: look"):
        assert not MonthPlan.objects.filter(area=area).exists()
