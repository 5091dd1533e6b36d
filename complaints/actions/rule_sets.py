"""The life of a version of routing rules: draft, propose, publish by a second person, roll back; and rules set aside at work."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints.actions import rules as editing
from complaints.models import RoutingRule, RuleSet
from complaints.rule_checks import LONGEST_NOTE
from complaints.rule_permissions import OWNERS, may_keep_rules, may_publish_rules, may_read_rules
from complaints.rule_queries import get_set, in_force, open_sets, read_rows, rows_of
from complaints.rule_states import OPEN_SETS, SetState
from complaints.rules import Rule
from notices import actions as notices
from people import actors
from people.actors import Actor
from people.models import User
from people.queries import holders
from people.roles import STREET, Role
from tenancy import areas, clock, scope
from tenancy.areas import Level
from tenancy.models import Area
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

MOST_OPEN = 10
"""Drafts and proposals of one owner at a time."""


class StaleBase(WrongState):
    """Another version was published since this one was drafted."""

    code = "stale_base"

    def __init__(self, version: int) -> None:
        super().__init__(
            _("Version %(version)d was published after this draft was made. Make a new draft from it and carry the changes over.")
            % {"version": version}
        )


class SecondPersonNeeded(NotAllowed):
    """Who made or proposed a version does not publish it."""

    code = "second_person"

    def __init__(self) -> None:
        super().__init__(_("Somebody else must publish this: you drafted or proposed it. A colleague of your office can."))


@transaction.atomic
def draft(*, area: int, by: Actor, note: str = "", rules: Sequence[Rule] | None = None) -> RuleSet:
    """A new draft for a street or county, from the version in force (or with `rules` in its place).

    Raises NotThere for a place without rules or not `by`'s to read, NotAllowed, Refusal on `note`, on too many drafts, and on
    `rules` as `rule_checks.checked_all` does.
    """
    _lock_owner(area, by)
    published = in_force(area)
    made = _new(area, by=by, based_on=published, note=clean(note, field="note", longest=LONGEST_NOTE, required=False))
    copied = editing.copy(published, made) if published and rules is None else 0
    audit.record(
        made, "rules.drafted", by=by, area=area, after={"version": made.version, "based_on": made.based_on_id, "rules": copied}
    )
    if rules is not None:
        made = editing.replace_all(made.pk, rules=rules, by=by, revision=made.revision)
    return made


@transaction.atomic
def propose(ruleset_id: int, *, by: Actor, revision: int, note: str = "") -> RuleSet:
    """Ask a second person to publish a draft. Raises Refusal when a rule in it cannot be read."""
    ruleset = editing.begin(ruleset_id, by=by, revision=revision)
    _require_readable(ruleset)
    said = clean(note, field="note", longest=LONGEST_NOTE, required=False)
    ruleset.note = said or ruleset.note
    ruleset.state, ruleset.proposed_at, ruleset.proposed_by = SetState.PROPOSED, clock.now(), by.user
    editing.note(ruleset, "proposed", by=by, fields=["state", "note", "proposed_at", "proposed_by"])
    _tell(ruleset, "rules_proposed", by=by)
    return ruleset


@transaction.atomic
def send_back(ruleset_id: int, *, by: Actor, revision: int) -> RuleSet:
    """Make a proposal a draft again, so that it can be changed."""
    ruleset = editing.begin(ruleset_id, by=by, revision=revision, states=[SetState.PROPOSED])
    ruleset.state, ruleset.proposed_at, ruleset.proposed_by = SetState.DRAFT, None, None
    editing.note(ruleset, "sent_back", by=by, fields=["state", "proposed_at", "proposed_by"])
    return ruleset


@transaction.atomic
def withdraw(ruleset_id: int, *, by: Actor, revision: int) -> RuleSet:
    """Throw a draft or a proposal away; it stays in the history."""
    ruleset = editing.begin(ruleset_id, by=by, revision=revision, states=OPEN_SETS)
    ruleset.state = SetState.WITHDRAWN
    editing.note(ruleset, "withdrawn", by=by, fields=["state"])
    return ruleset


@transaction.atomic
def publish(ruleset_id: int, *, by: Actor, revision: int) -> RuleSet:
    """Put a proposal in force at once; the version before it retires.

    Raises SecondPersonNeeded for whoever made or proposed it, StaleBase when another version was published meanwhile.
    """
    area = get_set(by, ruleset_id).area
    _lock_owner(area, by)
    ruleset = editing.begin(ruleset_id, by=by, revision=revision, states=[SetState.PROPOSED])
    if not may_publish_rules(by, ruleset):
        raise SecondPersonNeeded
    before = in_force(area)
    if (before.pk if before else None) != ruleset.based_on_id:
        raise StaleBase(before.version if before else 0)
    _require_readable(ruleset)
    at = clock.now()
    if before is not None:
        before.state, before.retired_at = SetState.RETIRED, at
        editing.note(before, "retired", by=by, fields=["state", "retired_at"])
    ruleset.state, ruleset.published_at, ruleset.published_by = SetState.PUBLISHED, at, by.user
    editing.note(ruleset, "published", by=by, fields=["state", "published_at", "published_by"], instead_of=ruleset.based_on_id)
    _tell(ruleset, "rules_published", by=by)
    return ruleset


@transaction.atomic
def roll_back(ruleset_id: int, *, by: Actor) -> RuleSet:
    """Propose a new version equal to one that was in force; a second person publishes it."""
    old = get_set(by, ruleset_id)
    _lock_owner(old.area, by)
    if old.state != SetState.RETIRED:
        raise WrongState(_("Only a version that was in force can be brought back."))
    made = _new(
        old.area, by=by, based_on=in_force(old.area), note=str(_("Back to version %(version)d") % {"version": old.version})
    )
    copied = editing.copy(old, made)
    after = {"version": made.version, "like": old.version, "rules": copied}
    audit.record(made, "rules.rolled_back", by=by, area=made.area, after=after)
    return propose(made.pk, by=by, revision=made.revision)


@transaction.atomic
def set_aside(rule_id: int, *, problem: str) -> bool:
    """Stop asking a rule in force that failed at work, at once, and tell its owner; False when that was done before."""
    by = actors.system()
    held_by = RoutingRule.objects.filter(pk=rule_id).values_list("ruleset_id", flat=True).first()
    if held_by is None:
        return False
    ruleset = get_set(by, held_by, lock=True)
    row = RoutingRule.objects.get(pk=rule_id)
    if ruleset.state != SetState.PUBLISHED or row.set_aside_at is not None:
        return False
    row.set_aside_at, row.set_aside_reason = clock.now(), problem[:200]
    row.save(update_fields=["set_aside_at", "set_aside_reason"])
    editing.note(ruleset, "rule_set_aside", by=by, rule=row.pk, name=row.name, problem=row.set_aside_reason)
    _tell(ruleset, "rules_set_aside", by=by, key=f"rule:{row.pk}", name=row.name)
    return True


def _lock_owner(area: int, by: Actor) -> None:
    """One change of an owner's versions at a time. Raises NotThere, NotAllowed."""
    place = Area.objects.select_for_update().filter(code=area, level__in=sorted(OWNERS)).first()
    if place is None or not may_read_rules(by, area):
        raise NotThere
    if not may_keep_rules(by, area):
        raise NotAllowed(_("Only the office that owns these rules changes them."))


def _new(area: int, *, by: Actor, based_on: RuleSet | None, note: str) -> RuleSet:
    if open_sets(area).count() >= MOST_OPEN:
        raise Refusal(_("There are %(most)d drafts already. Throw one away first.") % {"most": MOST_OPEN}, code="too_many")
    last = RuleSet.objects.filter(area=area).aggregate(last=Max("version"))["last"] or 0
    return RuleSet.objects.create(area=area, version=last + 1, based_on=based_on, note=note, created_by=by.user)


def _require_readable(ruleset: RuleSet) -> None:
    """A rule that was set aside may be unreadable and stay so; any other must work."""
    rows = {row.pk: row for row in rows_of(ruleset) if row.set_aside_at is None}
    _rules, broken = read_rows(rows.values())
    if broken:
        names = ", ".join(rows[rule].name for rule in broken)
        raise Refusal(_("These rules cannot be read: %(names)s. Change or remove them.") % {"names": names}, code="broken")


def _tell(ruleset: RuleSet, kind: str, *, by: Actor, key: str = "", **more: str) -> None:
    """Tell the owner's people, each at the place that they see; of a street's rules that failed also the county's desk."""
    county = areas.ancestor(ruleset.area, Level.COUNTY)
    people: dict[int, User] = {}
    if ruleset.area != county:
        people |= {user.pk: user for user in holders(STREET, ruleset.area)}
    if ruleset.area == county or kind == "rules_set_aside":
        people |= {user.pk: user for user in holders({Role.COUNTY_CLERK}, ruleset.area)}
    people.pop(by.id, None)
    place = Area.objects.values_list("name", flat=True).get(code=ruleset.area)
    facts = {"place": place, "version": ruleset.version, "who": by.label, **more}
    cause = key or f"rules:{ruleset.pk}:{ruleset.revision}:{kind}"
    with scope.limited_to(scope.Scope(((ruleset.area, ruleset.area + 1),))):
        notices.tell(people.values(), kind, area=ruleset.area, key=cause, facts=facts, url=f"/desk/rules/{ruleset.pk}/")
