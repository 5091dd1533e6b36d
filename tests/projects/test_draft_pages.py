"""Drafting: hot spots with their numbers, a form prefilled from one, money in yuan, and refusals by the field."""

import re
from typing import Any

import pytest

from communities.models import Compound
from complaints.states import State
from people.roles import Role
from projects.models import Funding, Matter, Milestone, Project, Quote
from projects.money import fen_of, yuan
from projects.states import Side
from tenancy import scope
from tests.factories.projects import drafted, in_days
from tests.factories.tickets import ticket
from tests.factories.world import World
from tests.projects.conftest import SignIn, shown


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("3000", 300_000),
        ("3,000.5", 300_050),
        ("￥0.01", 1),
        ("１２元", 1_200),
        (" 19.99 ", 1_999),
        ("999999999999", 99_999_999_999_900),
    ],
)
def test_yuan_are_read_as_people_type_them(typed: str, fen: int) -> None:
    assert fen_of(typed) == fen
    assert fen_of(yuan(fen)) == fen


@pytest.mark.parametrize("typed", ["", "-1", "1.234", "1e5", "abc", "1.", ".5", "1.2.3", "NaN", "٣"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=re.escape(typed) or "^$"):
        fen_of(typed)


def filled(world: World, **other: Any) -> dict[str, Any]:
    said = {
        "version": 0,
        "title": "更换地库照明",
        "text": "更换灯具二十盏",
        "matter": "P06",
        "quantity": 20,
        "ground": "below",
        "use": "function",
        "livelihood": "on",
        "lead": world.firms["own"],
        "ends_on": in_days(20).isoformat(),
        "warranty_days": 365,
        "origin_kind_0": "own",
        "origin_words_0": "巡查发现",
        "funding_firm": "3,000.50",
        "funding_public": "1000",
        "quote_who_0": "安装队",
        "quote_yuan_0": "2900",
        "quote_chosen_0": "on",
        "step_name_0": "采购",
        "step_weight_0": 30,
        "step_name_1": "安装",
        "step_weight_1": 70,
    }
    return said | other


def new(world: World, query: str = "") -> str:
    return f"/compounds/{world.area()}/projects/new/{query}"


def kept(model: Any) -> list[Any]:
    with scope.everything(reason="tests: look at the rows"):
        return list(model.objects.order_by("pk"))


def test_a_draft_is_written_with_its_money_in_fen(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.PROPERTY_MANAGER)
    answer = client.post(new(world), filled(world))
    assert answer.status_code == 302, shown(answer, answer.status_code)
    (row,) = kept(Project)
    assert row.budget_fen == 400_050
    assert {part.source: part.amount_fen for part in kept(Funding)} == {"firm": 300_050, "public": 100_000}
    assert [(quote.supplier, quote.amount_fen, quote.chosen) for quote in kept(Quote)] == [("安装队", 290_000, True)]
    assert [(step.name, step.weight) for step in kept(Milestone)] == [("采购", 30), ("安装", 70)]
    assert "¥4,000.50" in shown(client.get(f"/projects/{row.number}/"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"matter": ""}, "matter"),
        ({"ends_on": "2001-01-01"}, "ends_on"),
        ({"funding_firm": "三千"}, "funding_firm"),
        ({"quote_yuan_0": ""}, "quote_yuan_0"),
        ({"quote_who_1": "另一家", "quote_yuan_1": "5", "quote_chosen_1": "on"}, "quotes"),
        ({"step_weight_0": ""}, "step_weight_0"),
        ({"origin_kind_0": "", "origin_words_0": ""}, "tickets"),
        ({"tickets": "350582001-2611-99999999"}, "tickets"),
        ({"decision": "业主大会"}, "decided_on"),
        ({"lead": "1000000000"}, "lead"),
        ({"quantity": "0"}, "quantity"),
    ],
)
def test_a_refused_draft_says_so_by_its_field_and_keeps_the_rest(
    world: World, sign_in: SignIn, wrong: dict[str, Any], field: str
) -> None:
    sent = filled(world, **wrong)
    page = shown(sign_in(Role.PROPERTY_MANAGER).post(new(world), sent), 400)
    assert f'id="id_{field}_error"' in page
    for words in ("更换灯具二十盏", "巡查发现" if sent["origin_words_0"] else "安装队", "采购"):
        assert words in page
    assert not kept(Project)


def test_a_hot_spot_shows_its_numbers_and_becomes_a_draft(world: World, sign_in: SignIn, foreign: dict[str, str]) -> None:
    own = [ticket(world, State.ACCEPTED).number for _ in range(3)]
    ticket(world, State.ACCEPTED, place="sibling")
    client = sign_in(Role.PROPERTY_MANAGER)
    page = shown(client.get(f"/compounds/{world.area()}/suggestions/"))
    for number in own:
        assert f'href="/tickets/{number}/"' in page
    code = page.split("?matter=")[1].split('"')[0]
    form = shown(client.get(new(world, f"?matter={code}")))
    for number in own:
        assert f'value="{number}"' in form
    assert form.count("checked") >= 3
    sent = filled(world, matter=code, picked=own, origin_kind_0="", origin_words_0="")
    assert client.post(new(world, f"?matter={code}"), sent).status_code == 302
    with scope.everything(reason="tests: look at the rows"):
        row = Project.objects.get(area=world.area())
        assert sorted(row.origins.values_list("ticket__number", flat=True)) == sorted(own)
    assert "?matter=" not in shown(client.get(f"/compounds/{world.area()}/suggestions/")), "they grew into a project"


def chosen_matter(page: str) -> list[str]:
    """The code of the matter that the form has chosen."""
    field = page[page.index('name="matter"') :]
    return re.findall(r'<option value="(P\d\d)" selected', field[: field.index("</select>")])


def test_a_matter_that_nobody_complains_of_is_prefilled_too(world: World, sign_in: SignIn, foreign: dict[str, str]) -> None:
    client = sign_in(Role.PROPERTY_MANAGER)
    form = shown(client.get(new(world, "?matter=P09")))
    assert chosen_matter(form) == ["P09"]
    assert f'value="{Matter.objects.get(code="P09").name}"' in form
    assert 'name="picked"' not in form, "there is nothing to link"
    for unknown in ("", "?matter=", "?matter=P99", "?matter=p09", "?matter=%00", f"?matter={'9' * 3000}"):
        assert chosen_matter(shown(client.get(new(world, unknown)))) == [], unknown


def test_who_does_not_plan_finds_no_form(world: World, sign_in: SignIn) -> None:
    assert sign_in(Role.RESIDENT).get(new(world)).status_code == 404
    assert sign_in(Role.DEPARTMENT_HANDLER).get(new(world)).status_code == 404
    for role in (Role.SUPERVISOR, Role.COUNTY_CLERK):
        assert sign_in(role).get(new(world)).status_code == 403
        assert "?matter=" not in shown(sign_in(role).get(f"/compounds/{world.area()}/suggestions/"))


def test_a_draft_is_changed_and_complaints_out_of_sight_stay(world: World, sign_in: SignIn, speaking: Any) -> None:
    linked = sorted(ticket(world, State.ACCEPTED).number for _ in range(2))
    sent = filled(world, tickets="，".join(linked))
    assert sign_in(Role.STREET_CLERK).post(new(world), sent).status_code == 302
    (row,) = kept(Project)
    url = f"/projects/{row.number}/change/"
    assert linked[0] in shown(sign_in(Role.STREET_CLERK).get(url))
    committee = speaking(Side.COMMITTEE)
    page = shown(committee.get(url))
    for words in ("3,000.50", "更换地库照明", "安装队", "采购"):
        assert words in page
    assert not [number for number in linked if number in page], "the committee may not read them"
    sent = filled(world, version=row.version, title="更换车库照明")
    stale = shown(committee.post(url, sent | {"version": row.version + 1}), 409)
    assert "更换车库照明" in stale
    assert committee.post(url, sent).status_code == 302
    with scope.everything(reason="tests: look at the rows"):
        row = Project.objects.get(pk=row.pk)
        assert row.title == "更换车库照明"
        assert sorted(row.origins.exclude(ticket=None).values_list("ticket__number", flat=True)) == linked


def test_words_are_shown_as_words(world: World, sign_in: SignIn) -> None:
    row = drafted(world, title="<b>粗</b>")
    page = shown(sign_in(Role.PROPERTY_MANAGER).get(f"/projects/{row.number}/"))
    assert "<b>粗" not in page
    with scope.everything(reason="tests: it is a compound"):
        assert Compound.objects.filter(area=row.area).exists()
