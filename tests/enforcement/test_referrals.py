"""Referrals to the judge's workstation: nothing reaches the court before everybody has consented, and consent goes back."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from audit.models import Entry
from complaints.states import State
from config.demo_data.pictures import picture
from enforcement import counsel_queries as queries
from enforcement.actions import consents, referrals
from enforcement.counsel_states import (
    AT_COURT,
    CONSENT_TRANSITIONS,
    REFERRAL_FINAL,
    REFERRAL_FIRST,
    REFERRAL_TRANSITIONS,
    Consent,
    ReferralState,
)
from enforcement.models import ConsentLine, Referral, ReferralParty
from notices.models import Notice
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.referrals import court, judge, referral
from tests.factories.tickets import ticket
from tests.factories.world import World

pytestmark = pytest.mark.usefixtures("everywhere")
S = ReferralState
DOCS = Path(__file__).resolve().parents[2] / "docs"


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind, channel="bell").values_list("user_id", flat=True))


def test_every_state_is_reached_and_only_final_ones_are_dead_ends() -> None:
    found, frontier = {REFERRAL_FIRST}, [REFERRAL_FIRST]
    while frontier:
        fresh = set(REFERRAL_TRANSITIONS[frontier.pop()]) - found
        found |= fresh
        frontier += fresh
    assert found == set(S)
    assert {state for state, to in REFERRAL_TRANSITIONS.items() if not to} == REFERRAL_FINAL
    actions = {action for to in REFERRAL_TRANSITIONS.values() for action in to.values()}
    actions |= {action for to in CONSENT_TRANSITIONS.values() for action in to.values()}
    assert all(hasattr(referrals, action) or hasattr(consents, action) for action in actions)


def test_what_is_drawn_is_what_the_tables_say() -> None:
    drawn = re.findall(r"^  (\w+) --> (\w+): (\w+)$", (DOCS / "referrals.md").read_text(encoding="utf-8"), re.M)
    edges = {(old.value, new.value, action) for old, to in REFERRAL_TRANSITIONS.items() for new, action in to.items()}
    edges |= {(old.value, new.value, action) for old, to in CONSENT_TRANSITIONS.items() for new, action in to.items()}
    assert set(drawn) == edges


@pytest.mark.parametrize("old", list(S))
def test_the_database_refuses_every_other_step(world: World, old: ReferralState) -> None:
    row = referral(world, old)
    if old == S.WAITING:
        ReferralParty.objects.filter(referral=row).update(consent=Consent.GIVEN)
    went, refusals, who = set(), list[str](), row.drafted_by_id
    for new in set(S) - {old}:
        fields: dict[str, object] = {"state": new, "result": "x" if new in REFERRAL_FINAL else "", "agreed_on": None}
        for name, held in (("sent", new in AT_COURT), ("taken_up", new in AT_COURT - {S.SENT}), ("ended", new in REFERRAL_FINAL)):
            fields |= {f"{name}_by": who if held else None, f"{name}_at": clock.now() if held else None}
        try:
            with transaction.atomic():
                Referral.objects.filter(pk=row.pk).update(**fields)
                went.add(new)
                transaction.set_rollback(True)
        except DatabaseError as refused:
            refusals.append(str(refused).lower())
    assert went == set(REFERRAL_TRANSITIONS[old])
    assert all("transition" in said for said in refusals), refusals


def test_the_court_sees_nothing_before_everybody_has_consented(world: World) -> None:
    bench, clerk = judge(world), world.actor(Role.STREET_CLERK)
    row = referral(world, S.WAITING)
    with pytest.raises(NotThere):
        queries.get(bench, row.pk)
    with pytest.raises(WrongState):
        referrals.send(row.pk, by=clerk, version=row.version)
    row = consents.agree(row.pk, by=world.actor(Role.RESIDENT))
    with pytest.raises(WrongState):
        referrals.send(row.pk, by=clerk, version=row.version)
    with pytest.raises(DatabaseError), transaction.atomic():
        Referral.objects.filter(pk=row.pk).update(state=S.SENT, sent_at=clock.now(), sent_by=clerk.id)
    with pytest.raises(NotThere):
        queries.get(bench, row.pk)
    assert bench.id not in told("referral_sent")
    sent = referral(world, S.SENT)
    assert queries.get(bench, sent.pk) == sent
    assert bench.id in told("referral_sent")


def test_a_referral_that_concerns_nobody_is_not_sent(world: World) -> None:
    row, clerk = referral(world), world.actor(Role.STREET_CLERK)
    for party in queries.parties(row):
        row = referrals.remove_party(row.pk, party.pk, by=clerk, version=row.version)
    with pytest.raises(Refusal) as refused:
        referrals.ask(row.pk, by=clerk, version=row.version)
    assert refused.value.code == "required"


def test_who_takes_consent_back_takes_it_from_the_court_until_it_was_taken_up(world: World) -> None:
    row, bench, resident = referral(world, S.SENT), judge(world), world.actor(Role.RESIDENT)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReferralParty.objects.filter(referral=row, user=resident.id).update(consent=Consent.TAKEN_BACK)
    row = consents.take_back(row.pk, by=resident)
    assert row.state == S.WAITING
    with pytest.raises(NotThere):
        queries.get(bench, row.pk)
    with pytest.raises(NotThere):
        referrals.take_up(row.pk, by=bench, version=row.version)
    row = consents.agree(row.pk, by=resident)
    row = referrals.send(row.pk, by=world.actor(Role.STREET_CLERK), version=row.version)
    referrals.take_up(row.pk, by=bench, version=row.version)
    with pytest.raises(WrongState):
        consents.take_back(row.pk, by=resident)
    said = list(ConsentLine.objects.filter(party__user=resident.id).values_list("said", "way"))
    assert said == [("given", "portal"), ("taken_back", "portal"), ("given", "portal")]


def test_on_paper_only_with_a_photo_and_in_order(world: World) -> None:
    row, clerk = referral(world, S.WAITING), world.actor(Role.STREET_CLERK)
    party = ReferralParty.objects.get(referral=row, user=None)
    today, photo = clock.today(), picture("done")
    refused_ones: list[tuple[dict[str, object], str]] = [
        ({"said": "given", "said_on": today, "photo": None}, "photo"),
        ({"said": "given", "said_on": today + timedelta(days=1), "photo": photo}, "said_on"),
        ({"said": "asked", "said_on": today, "photo": photo}, "said"),
    ]
    for given, field in refused_ones:
        with pytest.raises(Refusal) as refused:
            consents.on_paper(row.pk, party.pk, by=clerk, **given)
        assert refused.value.field == field
    with pytest.raises(WrongState):
        consents.on_paper(row.pk, party.pk, by=clerk, said="taken_back", said_on=today, photo=photo)
    consents.on_paper(row.pk, party.pk, by=clerk, said="refused", said_on=today, photo=photo)
    consents.on_paper(row.pk, party.pk, by=clerk, said="given", said_on=today, photo=photo)
    assert ConsentLine.objects.filter(party=party, way="paper").count() == 2
    for change in ({"said": "refused"}, {"said_on": date(2020, 1, 1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentLine.objects.filter(party=party).update(**change)


def test_nobody_says_yes_for_somebody_else(world: World) -> None:
    row = referral(world, S.WAITING)
    with pytest.raises(NotAllowed):
        consents.agree(row.pk, by=world.actor(Role.STREET_CLERK))
    for role in (Role.PROPERTY_MANAGER, Role.COUNTY_CLERK, Role.SUPERVISOR):
        with pytest.raises(NotThere):
            consents.agree(row.pk, by=world.actor(role))
    with pytest.raises(NotThere):
        consents.on_paper(row.pk, 1, by=world.actor(Role.DEPARTMENT_LEAD), said="given", said_on=clock.today(), photo=None)
    resident = world.actor(Role.RESIDENT)
    with pytest.raises(NotAllowed):
        referrals.send(row.pk, by=resident, version=row.version)
    consents.refuse(row.pk, by=resident)
    with pytest.raises(WrongState):
        consents.refuse(row.pk, by=resident)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STREET_CLERK, Role.STREET_LEADER}))
def test_only_the_street_refers(world: World, role: Role) -> None:
    said = {"court": court(world).pk, "subject": "x", "text": "x"}
    with pytest.raises((NotAllowed, NotThere)):
        referrals.draft(area=world.area(), by=world.actor(role), **said)


def test_a_place_a_court_or_a_ticket_that_is_elsewhere_is_refused(world: World) -> None:
    clerk, here = world.actor(Role.STREET_CLERK), court(world).pk
    for place in ("street", "county"):
        with pytest.raises(NotThere):
            referrals.draft(area=world.area(place), court=here, subject="x", text="x", by=clerk)
        with pytest.raises(NotThere):
            queries.get(clerk, referral(world, S.SENT, place=place).pk)
    elsewhere = ticket(world, State.ACCEPTED, place="sibling").number
    for other, field in (({"court": court(world, "county").pk}, "court"), ({"ticket": elsewhere}, "ticket")):
        with pytest.raises(Refusal) as refused:
            referral(world, **other)
        assert refused.value.field == field
    foreign = referral(world, S.SENT, place="county")
    with pytest.raises(NotThere):
        queries.get(judge(world), foreign.pk)


def test_whose_ticket_it_was_is_asked_unless_it_was_filed_in_confidence(world: World) -> None:
    clerk, resident = world.actor(Role.STREET_CLERK), world.users[Role.RESIDENT, "own"]
    row = referrals.draft(
        area=world.area(), court=court(world).pk, subject="x", text="x", ticket=ticket(world, State.ACCEPTED).number, by=clerk
    )
    party = referrals.add_party(row.pk, by=clerk, version=1, name="张先生", side="业主", reporter=True)
    assert party.user_id == resident
    hidden = ticket(world, State.ACCEPTED, anonymous=True).number
    row = referrals.draft(area=world.area(), court=court(world).pk, subject="x", text="x", ticket=hidden, by=clerk)
    with pytest.raises(Refusal) as refused:
        referrals.add_party(row.pk, by=clerk, version=1, name="某", side="业主", reporter=True)
    assert refused.value.field == "reporter"


def test_a_settlement_shows_until_when_it_may_be_confirmed(world: World) -> None:
    row = referral(world, S.SETTLED)
    assert row.agreed_on == clock.today()
    assert world.users[Role.RESIDENT, "own"] in told("referral_agreed")
    assert queries.confirm_until(date(2026, 1, 31)) == date(2026, 3, 2)
    up = referral(world, S.TAKEN_UP)
    for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=2)):
        with pytest.raises(Refusal) as refused:
            referrals.settle(up.pk, by=judge(world), version=up.version, text="x", agreed_on=day)
        assert refused.value.field == "agreed_on"


def test_the_record_and_the_notices_name_nobody(world: World) -> None:
    row = referral(world, S.SETTLED)
    kept = str(list(Entry.objects.filter(subject_id=str(row.pk), action__startswith="referral.").values_list("after", flat=True)))
    kept += str(list(Notice.objects.filter(kind__startswith="referral_").values_list("facts", flat=True)))
    for word in ("张先生", "李女士", "13900001111", world.user(Role.RESIDENT).phone or "-"):
        assert word not in kept


def test_who_sees_which(world: World) -> None:
    drafted, waiting = referral(world), referral(world, S.WAITING)
    sees = {
        Role.STREET_CLERK: {drafted, waiting},
        Role.RESIDENT: {waiting},
        Role.PROPERTY_MANAGER: set(),
        Role.COUNTY_CLERK: set(),
        Role.SUPERVISOR: set(),
        Role.DEPARTMENT_LEAD: set(),
    }
    for role, rows in sees.items():
        actor = world.actor(role)
        with scope.limited_to(actor.scope):
            assert set(queries.visible_to(actor)) == rows, role
