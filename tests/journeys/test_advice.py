"""A resident asks a question of law: answered, asked further, and not to be read by the street."""

from collections.abc import Callable

import pytest

from people.roles import Role
from tests.factories.advice import adviser
from tests.factories.world import PASSWORD, World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, Visitor, on

pytestmark = [pytest.mark.journey, on(PHONE)]


def test_a_question_of_law_is_answered(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    name = site.run(lambda: adviser(world).user.username)
    resident = someone().sign_in(Role.RESIDENT)
    resident.go("/checks/advice/")
    resident.look()
    with resident.leaving():
        resident.link("Ask a question of law", within=".page-head").click()
    resident.look()
    resident.page.locator("#id_subject").fill("空置房的物业费")
    resident.page.locator("#id_text").fill("没有入住，物业费要全额交吗？")
    with resident.refused(400), resident.leaving():
        resident.button("Ask it").click()
    resident.error_at("id_topic")
    resident.look()
    resident.page.locator("#id_topic").select_option("fees")
    with resident.leaving():
        resident.button("Ask it").click()
    resident.sees("没有入住")
    resident.look()
    one = resident.page.url

    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go(one, status=404)
    clerk.go("/checks/advice/")
    clerk.look()

    bench = someone()
    bench.open("/accounts/login/")
    bench.enter(name, PASSWORD)
    bench.go("/checks/advice/")
    with bench.leaving():
        bench.page.locator(".row-item").click()
    bench.look()
    bench.page.locator("#answer_text").fill("按合同交纳；不得停水停电催交。")
    bench.page.locator("#answer_rules").fill("民法典 944")
    with bench.leaving():
        bench.button("Send the answer").click()
    bench.look()

    resident.open(one)
    resident.sees("民法典 944")
    with resident.leaving():
        resident.button("It did not help").click()
    resident.page.locator("#further summary").click()
    resident.page.locator("#ask_further_text").fill("空置要什么证明？")
    resident.look()
    with resident.leaving():
        resident.page.locator("#further button[type=submit]").click()
    resident.sees("空置要什么证明？")
    resident.look()
