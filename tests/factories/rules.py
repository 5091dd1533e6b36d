"""Sets of routing rules, made through the actions."""

from complaints.actions import rule_sets
from complaints.models import RuleSet
from complaints.rules import Conditions, Outcome, Rule
from people.roles import Role
from tenancy import areas
from tests.factories.world import World, mark

STREET, COUNTY = areas.Level.STREET, areas.Level.COUNTY


def rule(
    world: World, name: str = "电梯归市监", *, place: str = "own", words: tuple[str, ...] = ("电梯",), **asked: object
) -> Rule:
    """What names these words goes to the market bureau."""
    outcome = Outcome(organisation=world.bureau("MR", place).pk)
    return Rule(name + mark(place), Conditions(any_words=words, **asked), outcome)


def draft(world: World, *rules: Rule, place: str = "own", by: Role = Role.STREET_CLERK) -> RuleSet:
    """A draft of the street's clerk, or of the county's desk."""
    level = COUNTY if by == Role.COUNTY_CLERK else STREET
    area = areas.ancestor(world.area(place), level)
    return rule_sets.draft(area=area, by=world.actor(by, place), note=mark(place), rules=list(rules))


def proposed(world: World, *rules: Rule, place: str = "own") -> RuleSet:
    made = draft(world, *rules, place=place)
    return rule_sets.propose(made.pk, by=world.actor(Role.STREET_CLERK, place), revision=made.revision)


def published(world: World, *rules: Rule, place: str = "own") -> RuleSet:
    """Drafted by the clerk and published by the leader of the street."""
    made = proposed(world, *(rules or (rule(world, place=place),)), place=place)
    return rule_sets.publish(made.pk, by=world.actor(Role.STREET_LEADER, place), revision=made.revision)
