"""The pages of routing rules: editor, sentence, second person, replay, Excel."""

import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from complaints.actions import replays
from complaints.models import ReplayRun, RoutingRule, RuleSet
from complaints.rule_queries import rows_of
from complaints.rule_states import RunState, SetState
from complaints.rules import Conditions, Outcome, Rule
from complaints.states import State
from people.roles import Role
from tenancy import scope
from tests.factories.rules import draft, proposed, published, rule
from tests.factories.tickets import LIFT_BROKEN, ticket
from tests.factories.world import CANARY, World

SignIn = Callable[..., Client]
READERS = {Role.STREET_CLERK, Role.STREET_LEADER, Role.COUNTY_CLERK, Role.SUPERVISOR}


def shown(answer: object) -> str:
    body: str = answer.content.decode()
    assert f"{CANARY}county" not in body
    return body


def sent(world: World, made: RuleSet, **fields: object) -> dict[str, object]:
    made.refresh_from_db()
    return {"revision": made.revision, "name": "夜间电梯", "any_words": "电梯\n升降机", "kind": "MR", **fields}


@pytest.fixture
def foreign(world: World) -> RuleSet:
    return published(world, place="county")


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_a_version(world: World, sign_in: SignIn, role: Role, foreign: RuleSet) -> None:
    made, client = published(world), sign_in(role)
    assert client.get(f"/desk/rules/{made.pk}/").status_code == (200 if role in READERS else 404)
    assert client.get(f"/desk/rules/{foreign.pk}/").status_code == 404
    assert client.get("/desk/rules/").status_code == (200 if role in READERS else 404)


def test_a_rule_is_added_in_the_editor_and_stands_in_words(world: World, sign_in: SignIn, foreign: RuleSet) -> None:
    clerk = sign_in(Role.STREET_CLERK)
    answer = clerk.post("/desk/rules/of/350582001000000/draft/")
    made = RuleSet.objects.get(area=350582_001_000_000)
    assert answer.url == f"/desk/rules/{made.pk}/"
    assert "夜间电梯" not in shown(clerk.get(answer.url))
    form = shown(clerk.get(f"/desk/rules/{made.pk}/add/"))
    assert "市场监督管理局" in form
    answer = clerk.post(f"/desk/rules/{made.pk}/add/", sent(world, made, hours_from="22:00", hours_to="06:00"))
    assert answer.status_code == 302
    body = shown(clerk.get(answer.url))
    assert "夜间电梯" in body
    assert "22:00" in body
    (row,) = rows_of(made)
    assert row.conditions == {"any_words": ["电梯", "升降机"], "hours": ["22:00", "06:00"]}


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": ""}),
        ("any_words", {"any_words": "！！"}),
        ("places", {"places": ["350582002000000"]}),
        ("hours_to", {"hours_from": "22:00"}),
        ("hours_to", {"hours_from": "22:00", "hours_to": "22:00"}),
        ("homes_to", {"homes_from": "9", "homes_to": "3"}),
        ("kind", {"organisation": "@MR"}),
        ("organisation", {"kind": ""}),
    ],
)
def test_a_faulty_rule_comes_back_with_its_error_and_all_that_was_typed(
    world: World, sign_in: SignIn, field: str, fields: dict[str, object]
) -> None:
    made, clerk = draft(world), sign_in(Role.STREET_CLERK)
    if fields.get("organisation") == "@MR":
        fields = {"organisation": world.bureau("MR").pk}
    answer = clerk.post(f"/desk/rules/{made.pk}/add/", sent(world, made, all_words="停运", **fields))
    assert answer.status_code == 400
    body = shown(answer)
    assert f'id="id_{field}_error"' in body
    assert "停运" in body
    assert not RoutingRule.objects.exists()


def test_the_preview_says_what_is_typed_so_far(world: World, sign_in: SignIn) -> None:
    made, clerk = draft(world), sign_in(Role.STREET_CLERK)
    clerk.cookies["django_language"] = "en"
    url = f"/desk/rules/{made.pk}/preview/"
    assert "Complaints that say “电梯” or “升降机”" in shown(clerk.post(url, sent(world, made, name="")))
    assert "Say which complaints are meant." in shown(clerk.post(url, {"kind": "MR"}))
    assert sign_in(Role.STREET_CLERK, "county").post(url, {}).status_code == 404


def test_two_who_edit_at_once_do_not_lose_each_others_work(world: World, sign_in: SignIn) -> None:
    made, clerk = draft(world), sign_in(Role.STREET_CLERK)
    old = sent(world, made)
    clerk.post(f"/desk/rules/{made.pk}/add/", sent(world, made, name="anders"))
    answer = clerk.post(f"/desk/rules/{made.pk}/add/", old)
    assert answer.status_code == 409
    assert "升降机" in shown(answer)
    made.refresh_from_db()
    assert f'name="revision" value="{made.revision}"' in shown(answer)


def test_moving_removing_and_nothing_of_it_on_a_published_version(world: World, sign_in: SignIn) -> None:
    made, clerk = draft(world, rule(world, "一"), rule(world, "二")), sign_in(Role.STREET_CLERK)
    one, two = rows_of(made)
    made.refresh_from_db()
    clerk.post(f"/desk/rules/{made.pk}/rules/{two.pk}/up/", {"revision": made.revision})
    assert [row.name for row in rows_of(made)] == ["二", "一"]
    made.refresh_from_db()
    clerk.post(f"/desk/rules/{made.pk}/rules/{one.pk}/remove/", {"revision": made.revision})
    assert [row.name for row in rows_of(made)] == ["二"]
    live = published(world, place="own")
    (row,) = rows_of(live)
    answer = clerk.post(f"/desk/rules/{live.pk}/rules/{row.pk}/remove/", {"revision": live.revision})
    assert answer.status_code == 409
    assert clerk.get(f"/desk/rules/{live.pk}/rules/{row.pk}/").status_code == 409


def test_the_first_person_is_refused_and_the_second_publishes(world: World, sign_in: SignIn) -> None:
    made, clerk, leader = draft(world, rule(world)), sign_in(Role.STREET_CLERK), sign_in(Role.STREET_LEADER)
    made.refresh_from_db()
    clerk.post(f"/desk/rules/{made.pk}/propose/", {"revision": made.revision, "note": "电梯改派"})
    made.refresh_from_db()
    url = f"/desk/rules/{made.pk}/publish/"
    assert clerk.get(url).status_code == 200
    assert clerk.post(url, {"revision": made.revision}).status_code == 403
    body = shown(leader.get(url))
    assert "电梯归市监" in body
    assert leader.post(url, {"revision": made.revision}).status_code == 302
    made.refresh_from_db()
    assert made.state == SetState.PUBLISHED


def test_a_case_names_the_rule_and_links_to_it_for_those_who_may_read_it(world: World, sign_in: SignIn) -> None:
    made = published(world)
    row = ticket(world, State.DISPATCHED, text=LIFT_BROKEN)
    assert row.lead_id == world.bureau("MR").pk
    clerk = sign_in(Role.STREET_CLERK)
    clerk.cookies["django_language"] = "en"
    body = shown(clerk.get(f"/tickets/{row.number}/"))
    assert "The rule “电梯归市监” decided" in body
    assert f'href="/desk/rules/{made.pk}/"' in body


def test_a_rule_set_aside_is_announced_on_the_desk_and_on_its_page(world: World, sign_in: SignIn) -> None:
    from complaints.actions import rule_sets

    made, clerk = published(world), sign_in(Role.STREET_CLERK)
    clerk.cookies["django_language"] = "en"
    assert "set aside" not in shown(clerk.get("/desk/"))
    rule_sets.set_aside(rows_of(made)[0].pk, problem="the organisation is no longer there")
    assert "1 routing rule failed and was set aside" in shown(clerk.get("/desk/"))
    for url in ("/desk/rules/", f"/desk/rules/{made.pk}/"):
        assert "The rule “电梯归市监” failed and was set aside" in shown(clerk.get(url))


# Replay


def run_to_its_end(run: ReplayRun) -> ReplayRun:
    claimed = replays.claim(run.pk)
    assert claimed is not None
    replays.work(*claimed)
    with scope.everything(reason="tests: the run"):
        return ReplayRun.objects.select_related("ruleset").get(pk=run.pk)


def test_a_replay_tells_what_would_go_elsewhere(world: World, sign_in: SignIn, foreign: RuleSet) -> None:
    mine = [ticket(world, State.DISPATCHED, text=LIFT_BROKEN).number for _ in range(3)]
    ticket(world, State.DISPATCHED, text=LIFT_BROKEN, place="county")
    ticket(world, State.DISPATCHED, text=LIFT_BROKEN, place="street")
    unused, hidden = rule(world, "从不", words=("潜水艇",)), rule(world, "遮住", words=("电梯故障",))
    other = Rule("相反", Conditions(any_words=("停运",)), Outcome(kind="FR"))
    made, clerk = draft(world, rule(world), unused, hidden, other), sign_in(Role.STREET_CLERK)
    answer = clerk.post(f"/desk/rules/{made.pk}/replay/", {"n": 50})
    with scope.everything(reason="tests: the run"):
        run = ReplayRun.objects.get()
    assert answer.url == f"/desk/rules/replays/{run.pk}/"
    assert "hx-trigger" in shown(clerk.get(answer.url))
    run = run_to_its_end(run)
    assert (run.state, run.done, run.result["by_rule"], run.result["changed"]) == (RunState.DONE, 3, 3, 3)
    (cell,) = run.result["cells"]
    assert (cell["old"], cell["new"], cell["count"]) == (world.firm().pk, world.bureau("MR").pk, 3)
    assert sorted(cell["tickets"]) == sorted(mine)
    body = shown(clerk.get(answer.url))
    for text in (*mine, "从不", "遮住", "相反"):
        assert text in body
    assert "every 2s" not in body
    assert sign_in(Role.STREET_CLERK, "county").get(answer.url).status_code == 404
    assert sign_in(Role.PROPERTY_MANAGER).get(answer.url).status_code == 404


def test_a_replay_whose_worker_died_is_taken_up_again(world: World) -> None:
    for _ in range(2):
        ticket(world, State.DISPATCHED, text=LIFT_BROKEN)
    made = draft(world, rule(world))
    with scope.place(made.area):
        run = replays.start(made.pk, n=50, by=world.actor(Role.STREET_CLERK))
        assert replays.claim(run.pk) is not None  # a worker took it and was never heard of again
        assert replays.claim(run.pk) is None
        ReplayRun.objects.filter(pk=run.pk).update(try_after="2026-01-01T00:00:00+08:00")
    claimed = replays.claim()
    assert claimed is not None
    assert claimed[2] == 2
    replays.work(*claimed)
    with scope.place(made.area):
        assert ReplayRun.objects.get(pk=run.pk).done == 2


@pytest.mark.parametrize("n", ["49", "1001", "x", ""])
def test_a_replay_of_too_few_or_too_many_is_refused_at_its_field(world: World, sign_in: SignIn, n: str) -> None:
    made = draft(world)
    answer = sign_in(Role.STREET_CLERK).post(f"/desk/rules/{made.pk}/replay/", {"n": n})
    assert answer.status_code == 400
    assert 'id="replay_n_error"' in shown(answer)


# Excel


def test_a_set_goes_out_as_excel_and_comes_back_the_same(world: World, sign_in: SignIn) -> None:
    every = Rule(
        "全部",
        Conditions(
            places=(350582_001_001_000,), leaves=("0202",), any_words=("电梯", "=cmd"), no_words=("已修好",),
            homes_from=3, served=True, emergency=False, channels=("phone",), kinds=("old",),
        ),
        Outcome(leaf="0202", organisation=world.bureau("MR").pk, urgency="U3", assists=("FR",)),
    )  # fmt: skip
    made, clerk = draft(world, rule(world), every), sign_in(Role.STREET_CLERK)
    sheet = clerk.get(f"/desk/rules/{made.pk}/excel/").content
    cells = [cell for row in load_workbook(io.BytesIO(sheet)).worksheets[0].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    before = [(row.name, row.conditions, row.outcome) for row in rows_of(made)]
    other = draft(world)
    other.refresh_from_db()
    file = SimpleUploadedFile("rules.xlsx", sheet)
    answer = clerk.post(f"/desk/rules/{other.pk}/import/", {"revision": other.revision, "sheet": file})
    assert answer.status_code == 302, re.findall(r"<span>([^<]*)</span></li>", answer.content.decode())
    assert [(row.name, row.conditions, row.outcome) for row in rows_of(other)] == before


@pytest.mark.parametrize("content", [b"", b"no sheet", b"PK\x03\x04 broken"])
def test_what_is_no_sheet_is_refused_at_its_field(world: World, sign_in: SignIn, content: bytes) -> None:
    made = draft(world, rule(world))
    made.refresh_from_db()
    file = SimpleUploadedFile("rules.xlsx", content)
    answer = sign_in(Role.STREET_CLERK).post(f"/desk/rules/{made.pk}/import/", {"revision": made.revision, "sheet": file})
    assert answer.status_code == 400
    assert 'id="import_sheet_error"' in shown(answer)
    assert len(rows_of(made)) == 1


def test_the_history_and_the_difference_of_two_versions(world: World, sign_in: SignIn, foreign: RuleSet) -> None:
    first, second = published(world), published(world, rule(world, "水管", words=("漏水",)))
    clerk = sign_in(Role.STREET_CLERK)
    assert shown(clerk.get("/desk/rules/of/350582001000000/")).count("/desk/rules/") >= 2
    body = shown(clerk.get(f"/desk/rules/{second.pk}/compare/{first.pk}/"))
    assert "水管" in body
    assert "电梯归市监" in body
    assert clerk.get(f"/desk/rules/{second.pk}/compare/{foreign.pk}/").status_code == 404
    answer = clerk.post(f"/desk/rules/{first.pk}/roll-back/", {"revision": first.revision})
    again = RuleSet.objects.order_by("-pk").first()
    assert answer.url == f"/desk/rules/{again.pk}/"
    assert again.state == SetState.PROPOSED
    assert proposed(world, rule(world)).version == again.version + 1
