"""Versions of routing rules: who drafts, who publishes, what the database refuses, and how tickets meet them."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, InternalError, connection, transaction

from audit.models import Entry
from complaints import rulebook
from complaints.actions import rule_sets, urging
from complaints.actions import rules as editing
from complaints.catalogue import Catalogue
from complaints.models import Assist, RoutingRule, RuleSet, Ticket
from complaints.rule_queries import rows_of
from complaints.rule_states import SET_TRANSITIONS, SetState
from complaints.rules import Conditions, Outcome, Rule
from complaints.states import State
from notices.models import Notice
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.acting import acting
from tests.factories.rules import draft, proposed, published, rule
from tests.factories.tickets import LIFT_BROKEN, LIFT_TRAPPED, ticket
from tests.factories.world import World

OFFICIAL = "社区书记收了包工头红包，把工程给了自己亲戚，请纪委查处干部贪污受贿"
LAMP = "0404"


def routed(world: World, text: str = LIFT_BROKEN, place: str = "own") -> Ticket:
    return ticket(world, State.DISPATCHED, text=text, place=place)


# Who may


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.STREET_CLERK, Role.STREET_LEADER)])
def test_only_the_street_drafts_its_rules(world: World, role: Role) -> None:
    with pytest.raises((NotThere, NotAllowed)):
        rule_sets.draft(area=350582_001_000_000, by=world.actor(role))
    assert not RuleSet.objects.exists()


def test_the_county_desk_keeps_the_countys_rules_and_only_reads_a_streets(world: World) -> None:
    assert draft(world, rule(world), by=Role.COUNTY_CLERK).version == 1
    street = published(world)
    with pytest.raises(NotAllowed):
        editing.add(street.pk, rule=rule(world, "x"), by=world.actor(Role.COUNTY_CLERK), revision=street.revision)
    with pytest.raises(NotAllowed):
        rule_sets.draft(area=350582_000_000_000, by=world.actor(Role.STREET_CLERK))


@pytest.mark.parametrize("place", ["street", "county"])
def test_anothers_rules_are_not_there(world: World, place: str) -> None:
    foreign = published(world, place=place)
    for act in (rule_sets.propose, rule_sets.withdraw, rule_sets.publish, rule_sets.send_back):
        with pytest.raises(NotThere):
            act(foreign.pk, by=world.actor(Role.STREET_CLERK), revision=foreign.revision)
    with pytest.raises(NotThere):
        rule_sets.roll_back(foreign.pk, by=world.actor(Role.STREET_CLERK))
    with pytest.raises(NotThere):
        editing.remove(rows_of(foreign)[0].pk, by=world.actor(Role.STREET_CLERK), revision=foreign.revision)


def test_who_drafted_or_proposed_does_not_publish(world: World) -> None:
    made = draft(world, rule(world))
    leader, clerk = world.actor(Role.STREET_LEADER), world.actor(Role.STREET_CLERK)
    made = rule_sets.propose(made.pk, by=leader, revision=made.revision)
    for person in (clerk, leader):
        with pytest.raises(rule_sets.SecondPersonNeeded):
            rule_sets.publish(made.pk, by=person, revision=made.revision)
    made.refresh_from_db()
    assert made.state == SetState.PROPOSED


# What the database refuses, whoever asks


def test_the_database_refuses_a_publisher_who_drafted(world: World) -> None:
    made = proposed(world, rule(world))
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        RuleSet.objects.filter(pk=made.pk).update(
            state=SetState.PUBLISHED, published_by=made.created_by, published_at=made.created_at
        )


@pytest.mark.parametrize("old", list(SetState))
@pytest.mark.parametrize("new", list(SetState))
def test_the_database_refuses_every_other_step(world: World, old: SetState, new: SetState) -> None:
    leader = world.user(Role.STREET_LEADER)
    made = draft(world, rule(world))
    steps = {SetState.PUBLISHED: [SetState.PROPOSED], SetState.RETIRED: [SetState.PROPOSED, SetState.PUBLISHED]}
    for state in [*steps.get(old, []), *([old] if old != SetState.DRAFT else [])]:
        _put(made, state, leader)
    try:
        with transaction.atomic():
            _put(made, new, leader)
        went = True
    except InternalError:  # the trigger speaks; constraints raise IntegrityError
        went = False
    assert went == (new in SET_TRANSITIONS[old] or new == old)


def _put(made: RuleSet, state: SetState, leader: object) -> None:
    facts = {"state": state, "proposed_by": made.created_by, "proposed_at": made.created_at}
    if state in (SetState.PUBLISHED, SetState.RETIRED):
        facts |= {"published_by": leader, "published_at": made.created_at}
    RuleSet.objects.filter(pk=made.pk).update(**facts)


def test_the_rules_of_a_published_set_never_change(world: World) -> None:
    made = published(world)
    (row,) = rows_of(made)
    forbidden = [
        lambda: RoutingRule.objects.filter(pk=row.pk).update(name="anders"),
        lambda: RoutingRule.objects.filter(pk=row.pk).update(outcome={}),
        lambda: RoutingRule.objects.filter(pk=row.pk).delete(),
        lambda: RoutingRule.objects.create(ruleset=made, position=9, name="neu"),
        lambda: RuleSet.objects.filter(pk=made.pk).update(note="anders"),
        lambda: RuleSet.objects.filter(pk=made.pk).update(created_by=world.user(Role.STREET_LEADER)),
        lambda: RuleSet.objects.filter(pk=made.pk).delete(),
    ]
    for change in forbidden:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert rule_sets.set_aside(row.pk, problem="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        RoutingRule.objects.filter(pk=row.pk).update(set_aside_at=None)


def test_the_drawn_life_of_a_version_is_the_real_one() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    drawn = {tuple(found) for found in re.findall(r"^  (\w+) --> (\w+): (\w+)", text, re.M)}
    assert drawn == {(old.value, new.value, action) for old, to in SET_TRANSITIONS.items() for new, action in to.items()}


# Drafting


def test_a_draft_is_edited_in_order_and_every_change_is_recorded(world: World) -> None:
    clerk, made = world.actor(Role.STREET_CLERK), draft(world)
    for number in range(3):
        made.refresh_from_db()
        editing.add(made.pk, rule=rule(world, f"r{number}"), by=clerk, revision=made.revision)
    one, two, three = rows_of(made)
    made.refresh_from_db()
    editing.move(three.pk, up=True, by=clerk, revision=made.revision)
    made.refresh_from_db()
    editing.remove(one.pk, by=clerk, revision=made.revision)
    made.refresh_from_db()
    editing.change(two.pk, rule=rule(world, "neu"), by=clerk, revision=made.revision)
    assert [(row.position, row.name) for row in rows_of(made)] == [(1, "r2"), (2, "neu")]
    with scope.everything(reason="tests: the record"):
        actions = list(Entry.objects.filter(action__startswith="rules.").order_by("pk").values_list("action", flat=True))
    assert actions[-6:] == [
        *["rules.rule_added"] * 3, "rules.rule_moved", "rules.rule_removed", "rules.rule_changed"
    ]  # fmt: skip


def test_who_looked_at_an_older_state_is_told_so(world: World) -> None:
    clerk, made = world.actor(Role.STREET_CLERK), draft(world)
    editing.add(made.pk, rule=rule(world), by=clerk, revision=made.revision)
    with pytest.raises(editing.StaleRules):
        editing.add(made.pk, rule=rule(world, "zwei"), by=clerk, revision=made.revision)


@pytest.mark.parametrize(
    ("field", "asked", "said"),
    [
        ("name", {}, {"name": "   "}),
        ("any_words", {"any_words": ("！？",)}, {}),
        ("any_words", {"any_words": tuple(f"词{n}" for n in range(31))}, {}),
        ("no_words", {"no_words": ("长" * 41,)}, {}),
        ("places", {"places": (350582_002_000_000,)}, {}),
        ("leaves", {"leaves": ("9999",)}, {}),
        ("homes_to", {"homes_from": 9, "homes_to": 3}, {}),
        ("channels", {"channels": ("fax",)}, {}),
        ("organisation", {}, {"organisation": 10**9}),
        ("kind", {}, {"kind": "HOTLINE"}),
        ("urgency", {}, {"urgency": "U9"}),
        ("assists", {}, {"assists": ("XX",)}),
        ("any_words", {"any_words": ()}, {}),
        ("organisation", {}, {"kind": ""}),
    ],
)
def test_what_a_rule_may_not_hold_is_said_at_its_field(
    world: World, field: str, asked: dict[str, object], said: dict[str, object]
) -> None:
    made = draft(world)
    outcome = {name: value for name, value in {"kind": "MR", **said}.items() if name != "name"}
    if "organisation" in outcome:
        outcome["kind"] = ""
    wrong = Rule(str(said.get("name", "规则")), Conditions(**{"any_words": ("电梯",), **asked}), Outcome(**outcome))
    with pytest.raises(Refusal) as refused:
        editing.add(made.pk, rule=wrong, by=world.actor(Role.STREET_CLERK), revision=made.revision)
    assert refused.value.field == field
    assert rows_of(made) == []


def test_complaints_about_officials_are_beyond_rules(world: World) -> None:
    published(world, rule(world, words=("书记", "干部", "贪污")))
    row = ticket(world, State.SUBMITTED, text=OFFICIAL)
    from complaints.actions import routing

    routing.route_claimed(row.pk, row.area, 1)
    with scope.place(world.area()):
        row = Ticket.objects.get(pk=row.pk)
    assert row.why_here["source"] != "rule"
    assert row.lead_id != world.bureau("MR").pk


# Publishing


def test_publishing_retires_the_version_before_and_decides_the_next_ticket(world: World) -> None:
    first = published(world)
    assert routed(world).lead_id == world.bureau("MR").pk
    clerk, leader = world.actor(Role.STREET_CLERK), world.actor(Role.STREET_LEADER)
    second = rule_sets.draft(area=first.area, by=clerk)
    assert [row.name for row in rows_of(second)] == ["电梯归市监"]
    second = editing.remove(rows_of(second)[0].pk, by=clerk, revision=second.revision)
    second = rule_sets.propose(second.pk, by=clerk, revision=second.revision)
    rule_sets.publish(second.pk, by=leader, revision=second.revision)
    first.refresh_from_db()
    assert (first.state, first.retired_at is not None) == (SetState.RETIRED, True)
    assert routed(world).lead_id == world.firm().pk


def test_a_draft_of_an_older_version_is_not_published(world: World) -> None:
    clerk, leader = world.actor(Role.STREET_CLERK), world.actor(Role.STREET_LEADER)
    old = draft(world, rule(world))
    published(world, rule(world, "anders"))
    old = rule_sets.propose(old.pk, by=clerk, revision=old.revision)
    with pytest.raises(rule_sets.StaleBase) as refused:
        rule_sets.publish(old.pk, by=leader, revision=old.revision)
    assert refused.value.status == 409


def test_rolling_back_makes_an_equal_version_that_a_second_person_publishes(world: World) -> None:
    clerk, leader = world.actor(Role.STREET_CLERK), world.actor(Role.STREET_LEADER)
    first = published(world)
    published(world, rule(world, "anders", words=("水",)))
    again = rule_sets.roll_back(first.pk, by=clerk)
    assert [(row.name, row.conditions) for row in rows_of(again)] == [(row.name, row.conditions) for row in rows_of(first)]
    with pytest.raises(rule_sets.SecondPersonNeeded):
        rule_sets.publish(again.pk, by=clerk, revision=again.revision)
    again = rule_sets.publish(again.pk, by=leader, revision=again.revision)
    assert (again.version, again.state) == (3, SetState.PUBLISHED)
    with pytest.raises(WrongState):
        rule_sets.roll_back(again.pk, by=clerk)


def test_the_second_person_hears_of_a_proposal(world: World) -> None:
    proposed(world, rule(world))
    with scope.everything(reason="tests: notices"):
        told = set(Notice.objects.filter(kind="rules_proposed", channel="bell").values_list("user_id", flat=True))
    assert told == {world.users[Role.STREET_LEADER, "own"], world.users[Role.STREET_LEADER, "sibling"],
                    world.users[Role.STREET_CLERK, "sibling"]}  # fmt: skip


# Deciding


def test_a_decision_says_which_rule_made_it(world: World) -> None:
    made = published(world)
    row = routed(world)
    why = row.why_here
    assert (why["source"], why["ruleset"], why["version"], why["name"]) == ("rule", made.pk, 1, "电梯归市监")
    assert why["words"] == ["电梯"]
    assert "电梯" in why["sentence"]["zh-hans"]
    assert why["sentence"]["en"].startswith("Complaints that say “电梯”")
    assert row.lead_id == world.bureau("MR").pk


def test_the_streets_rules_come_before_the_countys(world: World) -> None:
    desk, other = world.actor(Role.COUNTY_CLERK), world.actor(Role.COUNTY_CLERK, "sibling")
    county = draft(world, Rule("县", Conditions(any_words=("电梯",)), Outcome(kind="FR")), by=Role.COUNTY_CLERK)
    county = rule_sets.propose(county.pk, by=desk, revision=county.revision)
    rule_sets.publish(county.pk, by=other, revision=county.revision)
    assert routed(world).lead_id == world.bureau("FR").pk
    published(world)
    assert routed(world).lead_id == world.bureau("MR").pk
    assert routed(world, place="street").lead_id == world.bureau("FR").pk


def test_leaf_urgency_and_assists_of_a_rule(world: World) -> None:
    outcome = Outcome(leaf="0202", kind="MR", urgency="U2", assists=("FR", "MR"))
    published(world, Rule("全套", Conditions(any_words=("电梯",)), outcome))
    row = routed(world)
    assert (row.leaf_id, row.urgency_id, row.lead_id) == ("0202", "U2", world.bureau("MR").pk)
    with scope.place(world.area()):
        assert [each.organisation_id for each in Assist.objects.filter(ticket=row)] == [world.bureau("FR").pk]


@pytest.mark.parametrize(("given", "kept"), [("U2", "U2"), ("U5", "U4")])
def test_what_a_rule_made_more_urgent_stays_so_when_a_person_says_what_it_is_about(world: World, given: str, kept: str) -> None:
    published(world, Rule("老人", Conditions(any_words=("电梯",)), Outcome(kind="PM", urgency=given)))
    row = routed(world)
    assert row.urgency_id == given
    with acting(world, Role.STREET_CLERK) as clerk:
        row = urging.recategorise(row.number, by=clerk, version=row.version, leaf=LAMP)
    assert Catalogue.load().leaf(LAMP).urgency == "U4"
    assert row.urgency_id == kept


def test_a_rule_never_makes_an_emergency_less_urgent(world: World) -> None:
    published(world, Rule("慢", Conditions(any_words=("电梯",)), Outcome(kind="MR", urgency="U5")))
    row = routed(world, LIFT_TRAPPED)
    assert (row.emergency, row.urgency_id) == (True, "U1")


def test_one_query_a_ticket_and_a_new_revision_is_used_at_once(world: World, django_assert_num_queries: Any) -> None:
    made = published(world)
    rulebook.in_force(world.area())
    with django_assert_num_queries(1):
        book = rulebook.in_force(world.area())
    assert [each.id for each in book.sets] == [made.pk]
    rule_sets.set_aside(rows_of(made)[0].pk, problem="x")
    assert rulebook.in_force(world.area()).sets[0].rules == ()


# Failing at work


def broken_behind_our_back(made: RuleSet, field: str, value: str) -> RoutingRule:
    """What no action would write: the trigger is passed by, as a slip of an administrator at the database would."""
    (row,) = rows_of(made)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE complaints_ruleset SET revision = revision + 1 WHERE id = %s", [made.pk])
        cursor.execute(f"UPDATE complaints_routingrule SET {field} = %s::jsonb WHERE id = %s", [value, row.pk])
    return row


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("conditions", '{"hours": ["25:00", "26:00"]}'),
        ("conditions", '["电梯"]'),
        ("outcome", '{"organisation": 999999999}'),
        ("outcome", '{"organisation": 99999999999999999999999}'),
        ("outcome", '{"leaf": "0000"}'),
    ],
)
def test_a_rule_that_fails_is_set_aside_and_the_ticket_goes_on(world: World, field: str, value: str) -> None:
    made = draft(world, rule(world))
    row = broken_behind_our_back(made, field, value)
    RuleSet.objects.filter(pk=made.pk).update(state=SetState.PROPOSED, proposed_by=made.created_by, proposed_at=made.created_at)
    RuleSet.objects.filter(pk=made.pk).update(
        state=SetState.PUBLISHED, published_by=world.user(Role.STREET_LEADER), published_at=made.created_at
    )
    sent = routed(world)
    assert sent.lead_id == world.firm().pk
    assert sent.why_here["source"] != "rule"
    row.refresh_from_db()
    assert row.set_aside_at is not None
    assert row.set_aside_reason
    with scope.everything(reason="tests: notices"):
        told = set(Notice.objects.filter(kind="rules_set_aside", channel="bell").values_list("user_id", flat=True))
        assert Entry.objects.filter(action="rules.rule_set_aside").count() == 1
    offices = (Role.STREET_CLERK, Role.STREET_LEADER, Role.COUNTY_CLERK)
    assert told >= {world.users[role, "own"] for role in offices}
    routed(world)
    with scope.everything(reason="tests: notices"):
        assert Entry.objects.filter(action="rules.rule_set_aside").count() == 1


def test_an_organisation_that_is_gone_sets_its_rule_aside_until_a_person_puts_it_back(world: World) -> None:
    made = published(world)
    bureau = world.bureau("MR")
    type(bureau).objects.filter(pk=bureau.pk).update(active=False)
    routed(world)
    type(bureau).objects.filter(pk=bureau.pk).update(active=True)
    assert routed(world).lead_id == world.firm().pk

    clerk, leader = world.actor(Role.STREET_CLERK), world.actor(Role.STREET_LEADER)
    second = rule_sets.draft(area=made.area, by=clerk)
    (row,) = rows_of(second)
    assert row.set_aside_at is not None
    editing.put_back(row.pk, by=clerk, revision=second.revision)
    second.refresh_from_db()
    second = rule_sets.propose(second.pk, by=clerk, revision=second.revision)
    rule_sets.publish(second.pk, by=leader, revision=second.revision)
    assert routed(world).lead_id == bureau.pk
