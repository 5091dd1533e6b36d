"""Joint visits: who plans, who answers with which certificates, who approves, and that no compound is visited twice unawares."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from communities.actions import postings
from enforcement import risk, visit_queries
from enforcement.actions import certificates, visits
from enforcement.models import Certificate, Line, Member, Officer, ShownList, Visit
from enforcement.risk import Facts, Hint
from enforcement.visit_states import MemberState, VisitKind, VisitState
from notices.models import Notice
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories import visits as factory
from tests.factories.checks import county_of
from tests.factories.visits import approved, asked, certified, concluded, head, joined, officer, planned, started
from tests.factories.world import World


@pytest.fixture(autouse=True)
def _in_the_county(world: World) -> Iterator[None]:
    with scope.place(county_of(world)):
        yield


def again(row: Visit) -> Visit:
    fresh: Visit = Visit.objects.get(pk=row.pk)
    return fresh


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind).values_list("user", flat=True))


def test_a_visit_from_plan_to_last_signature(world: World) -> None:
    row = concluded(world)
    assert row.state == VisitState.CONCLUDED
    assert row.number.startswith("V350582001-")
    assert {member.state for member in visit_queries.members(row)} == {MemberState.SIGNED}
    kinds = set(Line.objects.filter(visit=row).values_list("member__kind", flat=True))
    assert kinds == {"UM", "FR"}
    assert Line.objects.filter(visit=row).count() == 33
    assert row.grounds == Facts().plain()
    actions = Entry.objects.filter(action__startswith="visit.", area=row.area).order_by("pk").values_list("action", flat=True)
    assert [*actions] == [
        "visit.planned",
        "visit.asked",
        "visit.joined",
        "visit.answered_joined",
        "visit.joined",
        "visit.answered_joined",
        "visit.approved",
        "visit.started",
        "visit.signed",
        "visit.signed_in_part",
        "visit.signed",
        "visit.concluded",
    ]


def test_those_concerned_are_told(world: World) -> None:
    first = head(world, "FR").id
    row = approved(world)
    assert first in told("visit_asked")
    leaders = {world.user(Role.STREET_LEADER, place).pk for place in ("own", "sibling")}  # of the same street office
    assert told("visit_to_approve") == leaders
    assert world.user(Role.STREET_CLERK).pk in told("visit_joined")
    assert officer(world, "UM", 2).id in told("visit_approved")
    assert world.user(Role.PROPERTY_MANAGER).pk in told("visit_announced")
    row = visits.call_off(row.number, by=world.actor(Role.STREET_CLERK), version=row.version, reason="台风")
    assert world.user(Role.PROPERTY_MANAGER).pk in told("visit_called_off")


def test_of_an_unannounced_visit_the_firm_learns_when_it_has_begun(world: World) -> None:
    row = approved(world, announced=False)
    manager = world.actor(Role.PROPERTY_MANAGER)
    assert told("visit_announced") == set()
    assert not visit_queries.visible_to(manager).exists()
    visits.start(row.number, by=officer(world, "UM"), version=row.version)
    assert visit_queries.visible_to(manager).get() == row


def test_residents_see_what_is_concluded(world: World) -> None:
    resident = world.actor(Role.RESIDENT)
    row = started(world)
    assert not visit_queries.visible_to(resident).exists()
    for kind in ("UM", "FR"):
        visits.sign(row.number, world.bureaus[kind, "own"], by=officer(world, kind), version=again(row).version)
    assert visit_queries.visible_to(resident).get() == row
    assert not visit_queries.works_with(resident, row)


def test_a_bureau_sees_only_what_it_was_asked_to(world: World) -> None:
    row = asked(world)
    assert visit_queries.visible_to(head(world, "FR")).get() == row
    assert not visit_queries.visible_to(head(world, "MR")).exists()
    draft = planned(world)
    assert draft not in visit_queries.visible_to(head(world, "FR"))


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.RESIDENT, "own"), (Role.PROPERTY_MANAGER, "own"), (Role.SUPERVISOR, "own")],
)
def test_others_do_not_plan(world: World, role: Role, place: str) -> None:
    factory.listed(world)
    plan = visits.Plan(world.streets["own"], clock.today(), "投诉多", [world.bureaus["UM", "own"], world.bureaus["FR", "own"]])
    with pytest.raises(NotAllowed):
        visits.plan(world.area(), plan, by=world.actor(role, place))
    assert not Visit.objects.exists()


def test_elsewhere_there_is_nothing(world: World) -> None:
    row = planned(world)
    stranger = world.actor(Role.STREET_CLERK, "street")
    with pytest.raises(NotThere):
        visit_queries.get(stranger, row.number)
    plan = visits.Plan(world.streets["street"], clock.today(), "投诉多", [world.bureaus["UM", "own"]])
    with scope.limited_to(stranger.scope), pytest.raises(NotThere):
        visits.plan(world.area(), plan, by=stranger)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"bureaus": ["UM"]}, "bureaus"),
        ({"bureaus": ["UM", "GS"]}, "bureaus"),
        ({"reason": " "}, "reason"),
        ({"day": -1}, "planned_on"),
        ({"day": 400}, "planned_on"),
        ({"lead": "MR"}, "lead"),
    ],
)
def test_what_a_plan_must_say(world: World, changed: dict[str, object], field: str) -> None:
    factory.listed(world)
    said = {"bureaus": ["UM", "FR"], "reason": "投诉多", "day": 0, "lead": "", **changed}
    plan = visits.Plan(
        lead=world.bureaus[said["lead"], "own"] if said["lead"] else world.streets["own"],
        planned_on=clock.today() + timedelta(days=said["day"]),
        reason=said["reason"],
        bureaus=[world.bureaus[kind, "own"] for kind in said["bureaus"]],
    )
    with pytest.raises(Refusal) as refused:
        visits.plan(world.area(), plan, by=world.actor(Role.STREET_CLERK))
    assert refused.value.field == field
    assert not Visit.objects.exists()


def test_two_valid_officers_of_each_bureau(world: World) -> None:
    row = asked(world)
    one, two = certified(world, "UM")
    body, by = world.bureaus["UM", "own"], head(world, "UM")
    with pytest.raises(Refusal) as refused:
        visits.join(row.number, body, by=by, version=row.version, certificates=[one.pk])
    assert (refused.value.field, refused.value.code) == ("certificates", "too_few")
    with pytest.raises(Refusal):  # twice the same is one
        visits.join(row.number, body, by=by, version=row.version, certificates=[one.pk, one.pk])
    certificates.revoke(two.pk, by=by, reason="调离")
    with pytest.raises(Refusal, match="无效"):
        visits.join(row.number, body, by=by, version=row.version, certificates=[one.pk, two.pk])
    assert not Officer.objects.exists()
    assert again(row).version == row.version


def test_a_certificate_that_ended_meanwhile_stops_the_visit(world: World) -> None:
    row = approved(world)
    two = Certificate.objects.get(user=officer(world, "FR", 2).id)
    certificates.revoke(two.pk, by=head(world, "FR"), reason="停职")
    with pytest.raises(Refusal) as refused:
        visits.start(row.number, by=officer(world, "UM"), version=row.version)
    assert refused.value.code == "certificates"
    third = certified(world, "FR", many=3)[2]
    one = Certificate.objects.get(user=officer(world, "FR", 1).id)
    chosen = [one.pk, third.pk]
    visits.join(row.number, world.bureaus["FR", "own"], by=head(world, "FR"), version=row.version, certificates=chosen)
    assert visits.start(row.number, by=officer(world, "UM"), version=again(row).version).state == VisitState.UNDER_WAY


def test_approval_waits_for_every_answer_and_a_second_person(world: World) -> None:
    row = asked(world)
    leader = world.actor(Role.STREET_LEADER)
    with pytest.raises(Refusal) as refused:
        visits.approve(row.number, by=leader, version=row.version)
    assert refused.value.code == "not_answered"
    row = joined(world)
    with pytest.raises(NotAllowed):
        visits.approve(row.number, by=world.actor(Role.STREET_CLERK), version=row.version)
    with transaction.atomic(), pytest.raises(IntegrityError):
        Visit.objects.filter(pk=row.pk).update(state="approved", approved_by=row.planned_by_id, approved_at=clock.now())


def test_whoever_planned_it_does_not_approve_it(world: World) -> None:
    factory.listed(world)
    leader = world.actor(Role.STREET_LEADER)
    plan = visits.Plan(world.streets["own"], clock.today(), "投诉多", [world.bureaus[kind, "own"] for kind in ("UM", "FR")])
    row = visits.plan(world.area(), plan, by=leader)
    row = visits.ask(row.number, by=leader, version=row.version)
    for kind in ("UM", "FR"):
        chosen = [each.pk for each in certified(world, kind)]
        visits.join(row.number, world.bureaus[kind, "own"], by=head(world, kind), version=again(row).version, certificates=chosen)
    with pytest.raises(NotAllowed):
        visits.approve(row.number, by=leader, version=again(row).version)


def test_one_bureau_alone_is_no_joint_visit(world: World) -> None:
    row = asked(world)
    chosen = [each.pk for each in certified(world, "UM")]
    visits.join(row.number, world.bureaus["UM", "own"], by=head(world, "UM"), version=row.version, certificates=chosen)
    body = world.bureaus["FR", "own"]
    visits.decline(row.number, body, by=head(world, "FR"), version=again(row).version, reason="当日有演练")
    with pytest.raises(Refusal) as refused:
        visits.approve(row.number, by=world.actor(Role.STREET_LEADER), version=again(row).version)
    assert refused.value.code == "too_few"


def test_what_a_declining_bureau_would_check_is_left_out(world: World) -> None:
    row = asked(world, bureaus=("UM", "FR", "MR"))
    for kind in ("UM", "FR"):
        chosen = [each.pk for each in certified(world, kind)]
        visits.join(row.number, world.bureaus[kind, "own"], by=head(world, kind), version=again(row).version, certificates=chosen)
    body = world.bureaus["MR", "own"]
    visits.decline(row.number, body, by=head(world, "MR"), version=again(row).version, reason="另有安排")
    row = visits.approve(row.number, by=world.actor(Role.STREET_LEADER), version=again(row).version)
    assert set(Line.objects.filter(visit=row).values_list("member__kind", flat=True)) == {"UM", "FR"}


def test_not_twice_within_the_period_but_for_a_reason(world: World) -> None:
    first = approved(world, day=clock.today() + timedelta(days=30))
    for away, refused in ((30 - 89, None), (0, "too_soon"), (30, "too_soon"), (30 + 89, "too_soon"), (30 + 90, None)):
        if away < 0:
            continue
        day = clock.today() + timedelta(days=away)
        if refused is None:
            visits.call_off(planned(world, day=day).number, by=world.actor(Role.STREET_CLERK), version=1, reason="试一试")
            continue
        with pytest.raises(Refusal) as said:
            planned(world, day=day)
        assert (said.value.field, said.value.code) == ("again", "too_soon")
        assert first.number in str(said.value.message)
    assert planned(world, day=clock.today() + timedelta(days=30), again="群众反映强烈").again == "群众反映强烈"


def test_of_two_plans_for_one_day_the_second_is_not_approved(world: World) -> None:
    one, two = joined(world), joined(world)
    leader = world.actor(Role.STREET_LEADER)
    visits.approve(one.number, by=leader, version=one.version)
    with pytest.raises(Refusal) as refused:
        visits.approve(two.number, by=leader, version=two.version)
    assert refused.value.code == "too_soon"


def test_not_before_its_day(world: World) -> None:
    row = approved(world, day=clock.today() + timedelta(days=1))
    with pytest.raises(Refusal) as refused:
        visits.start(row.number, by=officer(world, "UM"), version=row.version)
    assert refused.value.code == "too_early"


def test_only_an_officer_starts_and_only_the_own_bureau_signs(world: World) -> None:
    row = approved(world)
    with pytest.raises(NotAllowed):
        visits.start(row.number, by=head(world, "UM"), version=row.version)
    row = visits.start(row.number, by=officer(world, "UM"), version=row.version)
    with pytest.raises(NotAllowed):
        visits.sign(row.number, world.bureaus["FR", "own"], by=officer(world, "UM"), version=row.version)
    with pytest.raises(NotAllowed):
        visits.sign(row.number, world.bureaus["UM", "own"], by=head(world, "UM"), version=row.version)
    with pytest.raises(NotThere):
        visits.sign(row.number, world.bureaus["MR", "own"], by=officer(world, "UM"), version=row.version)
    row = visits.sign(row.number, world.bureaus["UM", "own"], by=officer(world, "UM"), version=row.version)
    assert row.state == VisitState.UNDER_WAY
    with pytest.raises(WrongState):
        visits.sign(row.number, world.bureaus["UM", "own"], by=officer(world, "UM"), version=row.version)


def test_taken_back_every_bureau_is_asked_anew(world: World) -> None:
    row = joined(world)
    row = visits.take_back(row.number, by=world.actor(Role.STREET_CLERK), version=row.version)
    assert row.state == VisitState.DRAFT
    assert not Officer.objects.filter(visit=row).exists()
    assert set(Member.objects.filter(visit=row).values_list("state", "answered_by")) == {("asked", None)}


def test_a_change_made_on_an_old_page_is_refused(world: World) -> None:
    row = planned(world)
    clerk = world.actor(Role.STREET_CLERK)
    visits.ask(row.number, by=clerk, version=row.version)
    with pytest.raises(visits.StaleVisit):
        visits.take_back(row.number, by=clerk, version=row.version)


def test_what_counts_as_risk(world: World) -> None:
    assert risk.score(Facts()) == risk.TIME
    assert risk.score(Facts(days_since=0)) == 0
    assert risk.score(Facts(1000, 1000, 1000, 1000, 1000, None)) == risk.MOST
    assert risk.points(Facts(open_tickets=3, days_since=73))["open_tickets"] == 6
    assert risk.points(Facts(days_since=73))["days_since"] == 3
    hints = risk.bundle(
        [("UM", "0704"), ("UM", "0704"), ("UM", "0501"), ("FR", "0106"), ("MR", "0901")], {"0704": 2, "0106": 1}, {"FR": 2}
    )
    assert hints == [Hint("FR", 1, 2), Hint("UM", 2, 0)]


def test_a_recheck_is_no_visit_of_its_own(world: World) -> None:
    row = concluded(world)
    Visit.objects.filter(pk=row.pk).update(planned_on=clock.today())
    near = visit_queries.visits_near(row.area, clock.today(), 90)
    assert list(near) == [row]
    assert not visit_queries.visits_near(row.area, clock.today(), 90, besides=row.pk).exists()
    assert VisitKind.RECHECK not in {visit.kind for visit in near}


def test_where_the_list_does_not_hang_nothing_is_checked(world: World) -> None:
    row, leader = joined(world), world.actor(Role.STREET_LEADER)
    hung = ShownList.objects.select_related("posting").get(area=row.area).posting
    postings.take_down(hung.pk, by=world.actor(Role.PROPERTY_STAFF), version=hung.version, reason="撕毁")
    with pytest.raises(Refusal) as refused:
        visits.approve(row.number, by=leader, version=row.version)
    assert refused.value.code == "not_on_show"
    assert not Line.objects.filter(visit=row).exists()


def test_a_list_taken_down_after_the_approval_stops_the_visit(world: World) -> None:
    row = approved(world)
    hung = ShownList.objects.select_related("posting").get(area=row.area).posting
    postings.take_down(hung.pk, by=world.actor(Role.PROPERTY_STAFF), version=hung.version, reason="撕毁")
    with pytest.raises(Refusal) as refused:
        visits.start(row.number, by=officer(world, "UM"), version=row.version)
    assert refused.value.code == "not_on_show"
