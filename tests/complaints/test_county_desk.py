"""The county desk (区县受理中心) sees what street clerks see, all over its county, and takes no step."""

import pytest

from complaints import queries
from complaints.models import Ticket
from complaints.permissions import possible_actions
from complaints.states import AT_WORK, OPEN, State
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World


def seen(world: World) -> set[str]:
    clerk = world.actor(Role.COUNTY_CLERK)
    with scope.limited_to(clerk.scope):
        return set(queries.visible_to(clerk).values_list("number", flat=True))


def test_it_sees_every_compound_of_its_county_and_none_of_another(world: World, sign_in) -> None:
    numbers = {place: ticket(world, State.DISPATCHED, place=place).number for place in ("own", "sibling", "street", "county")}
    assert seen(world) == {numbers[place] for place in ("own", "sibling", "street")}
    client = sign_in(Role.COUNTY_CLERK)
    page = client.get("/desk/?queue=all").content.decode()
    assert f"{CANARY}county" not in page
    assert client.get(f"/tickets/{numbers['street']}/").status_code == 200
    assert client.get(f"/tickets/{numbers['county']}/").status_code == 404


@pytest.mark.parametrize("state", list(State))
def test_it_urges_and_arbitrates_but_does_not_do_others_work(world: World, state: State) -> None:
    row, clerk = ticket(world, state), world.actor(Role.COUNTY_CLERK)
    urging = {"nudge", "supervise"} if state in OPEN - {State.SUBMITTED} else set()
    sorting = {"recategorise"} if state in AT_WORK else {"arbitrate"} if state == State.ARBITRATION else set()
    with scope.limited_to(clerk.scope):
        assert set(possible_actions(clerk, queries.get(clerk, row.number))) == urging | sorting


def test_a_complaint_about_an_official_is_out_of_its_sight_once_somebody_leads_it(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    with scope.everything(reason="tests: restrict"):
        Ticket.objects.filter(pk=row.pk).update(restricted=True)
    assert seen(world) == set()
    waiting = ticket(world, State.TRIAGE)
    with scope.everything(reason="tests: restrict"):
        Ticket.objects.filter(pk=waiting.pk).update(restricted=True)
    assert seen(world) == {waiting.number}
