"""Reads over sets of routing rules."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from complaints import rule_format
from complaints.models import ReplayRun, RoutingRule, RuleSet
from complaints.rule_permissions import OWNERS, may_read_rules
from complaints.rule_sentences import Names
from complaints.rule_states import OPEN_SETS, SetState
from complaints.rules import Rule
from people.actors import Actor
from people.models import Organisation
from people.queries import place_names
from people.roles import DESKS, STREET, Role
from tenancy import areas
from tenancy.areas import Level
from tenancy.models import Area
from tenancy.refusals import NotThere

UNREADABLE = "unreadable"


def owners_of(actor: Actor) -> list[Area]:
    """Streets and counties whose rules the actor reads, by code; of a county's many streets those that have rules."""
    wanted, with_rules = Q(pk__in=[]), Q(code__in=RuleSet.objects.order_by().values("area"))
    for post in actor.posts:
        if post.role not in DESKS | {Role.SUPERVISOR}:
            continue
        low, high = areas.subtree(post.area)
        wanted |= Q(code=post.area) | Q(code__gte=low, code__lt=high) & with_rules
        if post.role in STREET:
            wanted |= Q(code=areas.ancestor(post.area, Level.COUNTY))
    return list(Area.objects.filter(wanted, level__in=sorted(OWNERS)).order_by("code"))


def owner(actor: Actor, area: int) -> Area:
    """A street or county whose rules the actor reads. Raises NotThere."""
    found = Area.objects.filter(code=area, level__in=sorted(OWNERS)).first()
    if found is None or not may_read_rules(actor, area):
        raise NotThere
    return found


def sets_of(owners: Iterable[int]) -> QuerySet[RuleSet]:
    """All versions of these owners, newest first, each with `rules_count` and `aside_count`."""
    found = RuleSet.objects.filter(area__in=list(owners)).select_related("created_by", "proposed_by", "published_by", "based_on")
    aside = Count("rules", filter=Q(rules__set_aside_at__isnull=False))
    return found.annotate(rules_count=Count("rules"), aside_count=aside).order_by("area", "-version")


def get_set(actor: Actor, ruleset_id: int, *, lock: bool = False) -> RuleSet:
    """One version. Raises NotThere for an id that is absent or not this actor's to read."""
    found = RuleSet.objects.select_related("created_by", "proposed_by", "published_by", "based_on")
    if lock:
        found = found.select_for_update(of=("self",))
    ruleset = found.filter(pk=ruleset_id).first()
    if ruleset is None or not may_read_rules(actor, ruleset.area):
        raise NotThere
    return ruleset


def in_force(area: int) -> RuleSet | None:
    return RuleSet.objects.filter(area=area, state=SetState.PUBLISHED).first()


def open_sets(area: int) -> QuerySet[RuleSet]:
    return RuleSet.objects.filter(area=area, state__in=sorted(OPEN_SETS)).order_by("-version")


def rows_of(ruleset: RuleSet) -> list[RoutingRule]:
    return list(RoutingRule.objects.filter(ruleset=ruleset).order_by("position"))


def rule_of(row: RoutingRule) -> Rule:
    """The rule that a row keeps. Raises rule_format.Broken."""
    return rule_format.read(
        row.name, row.conditions, row.outcome, id=row.pk, position=row.position, aside=row.set_aside_at is not None
    )


def read_rows(rows: Iterable[RoutingRule]) -> tuple[list[Rule], dict[int, str]]:
    """The rules that can be read, and for each row that cannot be, by its id, what is wrong with it."""
    found, broken = [], {}
    for row in rows:
        try:
            found.append(rule_of(row))
        except rule_format.Broken as problem:
            broken[row.pk] = f"{UNREADABLE}: {problem}"
    return found, broken


def names_for(rules: Iterable[Rule]) -> Names:
    """The names that the sentences of these rules need; two queries."""
    listed = list(rules)
    codes = {code for rule in listed for code in rule.conditions.places}
    ids = {rule.outcome.organisation for rule in listed if rule.outcome.organisation is not None}
    return Names(place_names(codes), organisation_names(ids)) if listed else Names()


def organisation_names(ids: Iterable[int]) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def organisations_for(area: int) -> QuerySet[Organisation]:
    """Organisations that a rule of this owner may name: those that answer for it or for a place in it. Firms by kind only."""
    low, high = areas.subtree(area)
    near = Q(area__in=areas.lineage(area)) | Q(area__gte=low, area__lt=high)
    found = Organisation.objects.filter(near, active=True).exclude(kind="PM")
    return found.select_related("kind").order_by("kind", "area", "pk")


def places_for(area: int) -> QuerySet[Area]:
    """Places that a rule of this owner may name: the owner's own and all under it."""
    low, high = areas.subtree(area)
    return Area.objects.filter(code__gte=low, code__lt=high).order_by("code")


def run(actor: Actor, run_id: int) -> ReplayRun:
    """One replay within the scope in force. Raises NotThere."""
    found: ReplayRun | None = ReplayRun.objects.filter(pk=run_id).select_related("ruleset", "made_by").first()
    if found is None or not may_read_rules(actor, found.ruleset.area):
        raise NotThere
    return found


def runs_of(ruleset: RuleSet, *, most: int = 5) -> list[ReplayRun]:
    """The latest replays of a version."""
    return list(ReplayRun.objects.filter(ruleset=ruleset).select_related("made_by").order_by("-pk")[:most])


def set_aside_for(owners: Iterable[int]) -> list[RoutingRule]:
    """Rules in force that were set aside, for the banner."""
    found = RoutingRule.objects.filter(
        ruleset__area__in=list(owners), ruleset__state=SetState.PUBLISHED, set_aside_at__isnull=False
    )
    return list(found.select_related("ruleset").order_by("ruleset", "position"))


def set_aside_count(actor: Actor) -> int:
    """How many rules in force were set aside among those that this actor's desk goes by; one query, none without a desk."""
    mine = Q(pk__in=[])
    desks = [post for post in actor.posts if post.role in DESKS]
    for post in desks:
        low, high = areas.subtree(post.area)
        mine |= Q(ruleset__area__gte=low, ruleset__area__lt=high) | Q(ruleset__area=areas.ancestor(post.area, Level.COUNTY))
    if not desks:
        return 0
    return RoutingRule.objects.filter(mine, ruleset__state=SetState.PUBLISHED, set_aside_at__isnull=False).count()
