"""验收: whose word counts, when the committee must say why, and who hears of it."""

import pytest

from communities import actions as communities
from communities.models import Compound, Home
from complaints.states import State
from notices.models import Notice
from people import actors
from people.actions import appointments
from people.models import User
from people.roles import Role
from projects.actions import acceptance, drafting
from projects.models import Project, Verdict
from projects.states import ProjectState, Side
from tenancy import scope
from tenancy.refusals import NotAllowed, Refusal
from tests.factories.acting import acting
from tests.factories.projects import project, speaker
from tests.factories.tickets import ticket
from tests.factories.world import World


def told(kind: str, row: Project) -> list[str]:
    """Who was told this of the project; of the two that the street has of each, the first."""
    with scope.everything(reason="tests: look at notices"):
        kept = Notice.objects.filter(kind=kind, channel="bell", key__startswith=row.number)
        return sorted(
            name.removesuffix("_own") for name in kept.values_list("user__username", flat=True) if not name.endswith("_sibling")
        )


def lives(user: User, compound: Compound, home: Home | None, *, confirmed: bool = True) -> None:
    claimed = communities.claim_residency(compound, user=user, kind="tenant", home=home, by=actors.system())
    if confirmed:
        communities.verify_residency(claimed.pk, by=actors.system())


def person(name: str) -> User:
    return appointments.open_account(username=name, name=name, by=actors.system())


def says(user: User, row: Project, *, good: bool = True) -> None:
    actor = actors.of_user(user)
    with scope.limited_to(actor.scope):
        acceptance.say(row.number, by=actor, version=row.version, good=good, text="" if good else "灯还是暗的")


def test_a_home_speaks_once_whoever_of_it_speaks_first(world: World) -> None:
    row = project(world, ProjectState.DELIVERED)
    with scope.everything(reason="tests: somebody of the same home"):
        partner = person("partner")
        lives(partner, world.compound(), world.home())
    says(world.user(Role.RESIDENT), row)
    with pytest.raises(Refusal) as refused:
        says(partner, row)
    assert refused.value.code == "said_already"


def test_somebody_without_a_home_on_record_speaks_once_too(world: World) -> None:
    row = project(world, ProjectState.DELIVERED)
    with scope.everything(reason="tests: a resident of the compound only"):
        lodger = person("lodger")
        lives(lodger, world.compound(), None)
    says(lodger, row)
    with pytest.raises(Refusal) as refused:
        says(lodger, row)
    assert refused.value.code == "said_already"


def test_a_home_that_is_only_claimed_or_left_gives_no_word(world: World) -> None:
    with scope.everything(reason="tests: homes in another building"):
        building = communities.add_building(world.compound(), name="9号楼", by=actors.system(), floors=6, lifts=1)
        (home,) = communities.add_homes(building, names=["101"], by=actors.system(), floor_area=8_000)
        resident, former = world.user(Role.RESIDENT), person("former")
        lives(resident, world.compound(), home, confirmed=False)
        lives(former, world.compound(), home)
        lives(former, world.compound(), world.home())
        former.residencies.filter(home=home).update(ended_at="2026-06-01T00:00Z", ended_by=former)
    row = project(world, ProjectState.DELIVERED, building=building.pk)
    for user in (resident, former):
        with pytest.raises(NotAllowed):
            says(user, row)


def test_the_word_is_that_of_the_home_in_the_projects_compound(world: World) -> None:
    row = project(world, ProjectState.DELIVERED)
    with scope.everything(reason="tests: somebody with two homes"):
        both = person("both")
        lives(both, world.compound("sibling"), world.home("sibling"))
        lives(both, world.compound(), world.home())
    says(both, row)
    with scope.place(row.area):
        assert [said.home_id for said in Verdict.objects.all()] == [world.home().pk]


@pytest.mark.parametrize(
    ("yes", "no", "why"), [(3, 0, False), (2, 1, False), (2, 0, True), (1, 2, True), (2, 2, True), (0, 3, True), (0, 0, True)]
)
def test_few_verdicts_or_no_majority_need_a_reason(world: World, yes: int, no: int, why: bool) -> None:
    row = project(world, ProjectState.DELIVERED)
    committee = speaker(world, Side.NEIGHBOURHOOD)
    with scope.limited_to(committee.scope):
        for number, user in enumerate(sorted(world.users.values())[: yes + no]):
            said = {"good": number < yes, "text": "" if number < yes else "不好", "said_by_id": user}
            Verdict.objects.create(area=row.area, project=row, round=row.round, **said)
        if why:
            with pytest.raises(Refusal) as refused:
                acceptance.confirm(row.number, by=committee, version=row.version)
            assert refused.value.field == "text"
        else:
            row = acceptance.confirm(row.number, by=committee, version=row.version)
            assert row.state == ProjectState.ACCEPTED


def test_what_is_reopened_is_neither_accepted_nor_closed(world: World) -> None:
    row = project(world, ProjectState.CLOSED)
    with acting(world, Role.RESIDENT) as resident:
        row = acceptance.reopen(row.number, by=resident, version=row.version, text="又坏了")
    with scope.place(row.area):
        row.refresh_from_db()
    assert (row.round, row.delivered_at, row.accepted_at, row.closed_at) == (2, None, None, None)
    assert told("project_lead_reopened", row) == ["property_manager", "property_staff"]
    assert told("project_street_reopened", row) == ["street_clerk", "street_leader"]


def test_residents_and_committee_are_asked_and_the_street_hears_of_the_answer(world: World) -> None:
    reported = ticket(world, State.ACCEPTED)
    row = project(world, ProjectState.ACCEPTED, tickets=[reported.number])
    committee = speaker(world, Side.NEIGHBOURHOOD).user.username
    assert told("project_accept_delivered", row) == sorted(["resident", committee])
    assert told("project_delivered", row) == []  # the reporter lives there, and is told once
    assert told("project_street_confirmed", row) == ["street_clerk", "street_leader"]
    assert told("project_confirmed", row) == ["resident"]


def test_whoever_should_carry_it_out_hears_that_it_was_dropped_and_why_it_must_be_said(world: World) -> None:
    row = project(world, ProjectState.PLANNED)
    with acting(world, Role.STREET_CLERK) as clerk:
        with pytest.raises(Refusal) as refused:
            drafting.drop(row.number, by=clerk, version=row.version, text=" ")
        assert refused.value.field == "text"
        drafting.drop(row.number, by=clerk, version=row.version, text="改由市政实施")
    assert told("project_lead_dropped", row) == ["property_manager", "property_staff"]


def test_an_account_that_is_closed_is_told_nothing(world: World) -> None:
    reported = ticket(world, State.ACCEPTED)
    row = project(world, ProjectState.PLANNED, tickets=[reported.number])
    with scope.everything(reason="tests: close an account"):
        User.objects.filter(pk=world.users[Role.RESIDENT, "own"]).update(is_active=False)
    with acting(world, Role.STREET_CLERK) as clerk:
        drafting.drop(row.number, by=clerk, version=row.version, text="改由市政实施")
    assert told("project_planned", row) == ["resident"]
    assert told("project_dropped", row) == []
