"""A routing rule from its draft to the ticket it decides: tried on past tickets, published by a second person, rolled back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.states import State
from people.roles import Role
from tests.factories import rules, tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]
WATER, LIFT = "自来水归市监", "电梯归市监"
TEXT = "二号楼电梯又坏了，电梯故障没人修"


def test_a_rule_is_drafted_tried_published_and_rolled_back(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    site.run(lambda: rules.published(world, rules.rule(world, WATER, words=("自来水水质",))).pk)
    site.run(lambda: tickets.ticket(world, State.DISPATCHED).pk)
    bureau = site.run(lambda: world.bureau("MR").name)

    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go("/desk/rules/")
    with clerk.leaving():
        clerk.button("New draft").click()
    clerk.sees(WATER)
    clerk.look()
    _write_rule(clerk, world.bureaus["MR", "own"], bureau)
    _try(clerk, bureau)
    draft = _propose(clerk)

    leader = someone().sign_in(Role.STREET_LEADER)
    _publish(leader, draft)
    resident = someone().sign_in(Role.RESIDENT)
    assert _told(clerk, _file(resident), LIFT)

    leader.go("/desk/rules/of/350582001000000/")
    retired = leader.page.locator("tr", has_text=leader.word("no longer in force", context="set of rules")).first
    with leader.leaving():
        retired.get_by_role("link").click()
    with leader.leaving():
        leader.button("Bring this version back").click()
    leader.reads("A second person must publish this")
    leader.look()
    _publish(clerk, leader.page.url.split("#")[0])
    assert not _told(clerk, _file(resident), LIFT)


def _write_rule(clerk: Visitor, organisation: int, bureau: str) -> None:
    with clerk.leaving():
        clerk.link("Add a rule").click()
    clerk.page.locator("#id_name").fill(LIFT)
    clerk.page.locator("#id_any_words").fill("电梯\n升降机")
    clerk.page.locator("#id_organisation").select_option(str(organisation))
    expect(clerk.page.locator("#sentence")).to_contain_text(bureau)
    expect(clerk.page.locator("#sentence")).to_contain_text("升降机")
    clerk.look()
    with clerk.leaving():
        clerk.button("Keep in the draft").click()
    clerk.sees(LIFT)
    clerk.look()


def _try(clerk: Visitor, bureau: str) -> None:
    """The page shows how far it is, and then what would go elsewhere."""
    page = clerk.page.url.split("#")[0]
    clerk.page.locator("#replay_n").fill("50")
    with clerk.leaving():
        clerk.button("Try it").click()
    clerk.sees(bureau, within="#replay")
    expect(clerk.page.locator("#replay[hx-trigger]")).to_have_count(0)
    clerk.reads("Rules that decided none of these tickets", within="#replay")
    clerk.look()
    clerk.go(page)


def _propose(clerk: Visitor) -> str:
    """Proposed; the one who drafted it finds no button to publish it."""
    clerk.page.locator("summary", has_text=clerk.word("Propose it")).click()
    clerk.page.locator("#propose_note").fill("电梯改由市监牵头")
    with clerk.leaving():
        clerk.button("Ask a second person to publish it").click()
    clerk.reads("A second person must publish this")
    clerk.look()
    draft = clerk.page.url.split("#")[0]
    clerk.go(f"{draft}publish/")
    clerk.reads("You cannot publish this version")
    expect(clerk.button("Publish: it decides from the next ticket on")).to_have_count(0)
    return draft


def _publish(second: Visitor, draft: str) -> None:
    second.go(draft)
    with second.leaving():
        second.link("Look over and publish").click()
    second.look()
    with second.leaving():
        second.button("Publish: it decides from the next ticket on").click()
    second.sees(second.word("in force", context="set of rules"))
    second.look()


def _file(resident: Visitor) -> str:
    resident.open("/file/")
    number = resident.file(TEXT)
    resident.open(f"/tickets/{number}/")
    resident.wait_for_state("dispatched")
    return number


def _told(clerk: Visitor, number: str, rule: str) -> bool:
    """Does the case say that this rule decided?"""
    clerk.open_case(number, "new")
    clerk.look()
    return rule in clerk.page.locator("#case .why").inner_text()
