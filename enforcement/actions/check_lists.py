"""The life of a version of a county's check list: draft, change, propose, publish by a second person."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints.models import Leaf
from enforcement import check_content
from enforcement.check_content import Content, ItemEntry, LawEntry
from enforcement.models import Basis, CheckItem, CheckList, Law
from enforcement.permissions import KEEPERS, belongs_to, may_keep_list, may_publish_list
from enforcement.queries import content_of, get_list, in_force, open_lists
from enforcement.states import OPEN_LISTS, ListState
from notices import actions as notices
from people.actors import Actor
from people.models import OrganisationKind
from people.queries import holders
from tenancy import clock, scope
from tenancy.areas import Level
from tenancy.models import Area
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

MOST_OPEN = 5
"""Drafts and proposals of one county at a time."""
LONGEST_SOURCE = 300


class StaleList(WrongState):
    """Somebody changed the version after it was looked at."""

    code = "stale_version"

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this list meanwhile. Look at it again before you go on."))


@transaction.atomic
def draft(*, area: int, by: Actor, shipped: bool = False) -> CheckList:
    """A new draft from the version in force, or, with `shipped` or without one in force, from the list that comes with Mulin.

    Raises NotThere for what is no county of the actor's, NotAllowed, and Refusal when there are too many drafts.
    """
    _lock_county(area, by)
    base = in_force(area)
    if base is not None and not shipped:
        content, source, sample = content_of(base), base.source, base.sample
    else:
        content, source = check_content.shipped()
        sample = True
    return _new(area, content, by=by, base=base, source=source[:LONGEST_SOURCE], sample=sample)


@transaction.atomic
def bring_in(*, area: int, content: Content, source: str, by: Actor) -> CheckList:
    """A new draft that says what a sheet or another system says; `source` is where it was published.

    Raises Refusal as `check_content.checked` does, and on `source`.
    """
    _lock_county(area, by)
    said = clean(source, field="source", longest=LONGEST_SOURCE)
    return _new(area, _checked(content), by=by, base=in_force(area), source=said, sample=False)


@transaction.atomic
def change_item(list_id: int, code: str, *, by: Actor, revision: int, item: ItemEntry) -> CheckList:
    """Put an item in the place of the one with this code. Raises NotThere without one, Refusal naming the field."""
    row = _begin(list_id, by=by, revision=revision, states=[ListState.DRAFT])
    kept = content_of(row)
    at = next((n for n, each in enumerate(kept.items) if each.code == code), None)
    if at is None:
        raise NotThere
    return _put_item(row, kept, at, item, "item_changed", by=by)


@transaction.atomic
def add_item(list_id: int, *, by: Actor, revision: int, item: ItemEntry) -> CheckList:
    """Put an item at the end of a draft. Raises Refusal naming the field."""
    row = _begin(list_id, by=by, revision=revision, states=[ListState.DRAFT])
    kept = content_of(row)
    return _put_item(row, kept, len(kept.items), item, "item_added", by=by)


def _put_item(row: CheckList, kept: Content, at: int, item: ItemEntry, what: str, *, by: Actor) -> CheckList:
    try:
        content = _checked(Content(kept.laws, (*kept.items[:at], item, *kept.items[at + 1 :])))
    except Refusal as refusal:
        raise Refusal(refusal.message, field=refusal.field.removeprefix(f"items.{at}."), code=refusal.code) from refusal
    _write(row, content)
    return _finish(row, what, [], by=by, item=content.items[at].code)


@transaction.atomic
def remove_item(list_id: int, code: str, *, by: Actor, revision: int) -> CheckList:
    """Take an item out of a draft."""
    row = _begin(list_id, by=by, revision=revision, states=[ListState.DRAFT])
    kept = content_of(row)
    left = tuple(each for each in kept.items if each.code != code)
    if len(left) == len(kept.items):
        raise NotThere
    _write(row, _checked(Content(kept.laws, left)))
    return _finish(row, "item_removed", [], by=by, item=code)


@transaction.atomic
def replace_all(list_id: int, *, by: Actor, revision: int, content: Content, source: str = "") -> CheckList:
    """Let a draft say what a sheet says. It is no sample any more when its source is named."""
    row = _begin(list_id, by=by, revision=revision, states=[ListState.DRAFT])
    said = clean(source, field="source", longest=LONGEST_SOURCE, required=False)
    _write(row, _checked(content))
    if said:
        row.source, row.sample = said, False
    return _finish(row, "replaced", ["source", "sample"], by=by, items=len(content.items))


@transaction.atomic
def propose(list_id: int, *, by: Actor, revision: int) -> CheckList:
    """Ask a second person to publish a draft."""
    row = _begin(list_id, by=by, revision=revision, states=[ListState.DRAFT])
    row.state, row.proposed_at, row.proposed_by = ListState.PROPOSED, clock.now(), by.user
    _finish(row, "proposed", ["state", "proposed_at", "proposed_by"], by=by)
    _tell(row, "check_list_proposed", by=by)
    return row


@transaction.atomic
def send_back(list_id: int, *, by: Actor, revision: int) -> CheckList:
    """Make a proposal a draft again, so that it can be changed."""
    row = _begin(list_id, by=by, revision=revision, states=[ListState.PROPOSED])
    row.state, row.proposed_at, row.proposed_by = ListState.DRAFT, None, None
    return _finish(row, "sent_back", ["state", "proposed_at", "proposed_by"], by=by)


@transaction.atomic
def withdraw(list_id: int, *, by: Actor, revision: int) -> CheckList:
    """Throw a draft or a proposal away; it stays in the history."""
    row = _begin(list_id, by=by, revision=revision, states=sorted(OPEN_LISTS))
    row.state = ListState.WITHDRAWN
    return _finish(row, "withdrawn", ["state"], by=by)


@transaction.atomic
def publish(list_id: int, *, by: Actor, revision: int) -> CheckList:
    """Put a proposal in force; the version before it retires.

    Raises NotAllowed for whoever made or proposed it, WrongState when another version was published meanwhile.
    """
    _lock_county(get_list(by, list_id).area, by)
    row = _begin(list_id, by=by, revision=revision, states=[ListState.PROPOSED])
    if not may_publish_list(by, row):
        raise NotAllowed(_("Somebody else must publish this: you drafted or proposed it. A colleague of your office can."))
    before = in_force(row.area)
    if (before.pk if before else None) != row.based_on_id:
        raise WrongState(_("Another version was published meanwhile. Make a new draft from it and carry the changes over."))
    at = clock.now()
    if before is not None:
        before.state, before.retired_at = ListState.RETIRED, at
        _finish(before, "retired", ["state", "retired_at"], by=by)
    row.state, row.published_at, row.published_by = ListState.PUBLISHED, at, by.user
    _finish(row, "published", ["state", "published_at", "published_by"], by=by, instead_of=row.based_on_id)
    _tell(row, "check_list_published", by=by)
    return row


def _lock_county(area: int, by: Actor) -> None:
    """One change of a county's versions at a time. Raises NotThere, NotAllowed."""
    place = Area.objects.select_for_update().filter(code=area, level=Level.COUNTY).first()
    if place is None or not belongs_to(by, area):
        raise NotThere
    if not may_keep_list(by, area):
        raise NotAllowed(_("Only the county's desk keeps its list."))


def _new(area: int, content: Content, *, by: Actor, base: CheckList | None, source: str, sample: bool) -> CheckList:
    if open_lists(area).count() >= MOST_OPEN:
        raise Refusal(_("There are %(most)d drafts already. Throw one away first.") % {"most": MOST_OPEN}, code="too_many")
    last = CheckList.objects.filter(area=area).aggregate(last=Max("version"))["last"] or 0
    row = CheckList.objects.create(
        area=area, version=last + 1, based_on=base, created_by=by.user, created_at=clock.now(), source=source, sample=sample
    )
    _write(row, content)
    after = {"version": row.version, "based_on": row.based_on_id, "items": len(content.items)}
    audit.record(row, "check_list.drafted", by=by, area=area, after=after)
    return row


def _begin(list_id: int, *, by: Actor, revision: int, states: Sequence[ListState]) -> CheckList:
    row = get_list(by, list_id, lock=True)
    if not may_keep_list(by, row.area):
        raise NotAllowed(_("Only the county's desk keeps its list."))
    if row.state not in states:
        raise WrongState(_("This version is %(state)s.") % {"state": row.get_state_display()})
    if row.revision != revision:
        raise StaleList
    return row


def _finish(row: CheckList, what: str, fields: list[str], *, by: Actor, **after: Any) -> CheckList:
    row.revision += 1
    row.save(update_fields=[*fields, "revision"])
    audit.record(row, f"check_list.{what}", by=by, area=row.area, after={"version": row.version, **after})
    return row


def _checked(content: Content) -> Content:
    kinds = OrganisationKind.objects.values_list("code", flat=True)
    leaves = Leaf.objects.values_list("code", flat=True)
    return check_content.checked(content, kinds=kinds, leaves=leaves)


def _write(row: CheckList, content: Content) -> None:
    """Let the rows of a draft say this and nothing else."""
    Basis.objects.filter(check_list=row).delete()
    CheckItem.objects.filter(check_list=row).delete()
    Law.objects.filter(check_list=row).delete()
    laws = Law.objects.bulk_create([_law(row, law) for law in content.laws])
    keys = {law.key: law for law in laws}
    items = CheckItem.objects.bulk_create([_item(row, position, item) for position, item in enumerate(content.items)])
    Basis.objects.bulk_create(
        Basis(check_list=row, item=made, law=keys[key], articles=articles)
        for made, item in zip(items, content.items, strict=True)
        for key, articles in item.basis
    )


def _law(row: CheckList, law: LawEntry) -> Law:
    return Law(
        check_list=row,
        key=law.key,
        name=law.name,
        edition=law.edition,
        effective_from=law.effective_from,
        repealed_on=law.repealed_on,
        checked=law.checked,
        note=law.note,
    )


def _item(row: CheckList, position: int, item: ItemEntry) -> CheckItem:
    kept = {name: value for name, value in vars(item).items() if name not in {"bureau", "others", "leaf", "basis"}}
    return CheckItem(
        check_list=row, position=position, bureau_id=item.bureau, others=list(item.others), leaf_id=item.leaf, **kept
    )


def _tell(row: CheckList, kind: str, *, by: Actor) -> None:
    """Tell the county's desk, but not who did it."""
    people = [user for user in holders(KEEPERS, row.area) if user.pk != by.id]
    place = Area.objects.values_list("name", flat=True).get(code=row.area)
    facts = {"place": place, "version": row.version, "who": by.label}
    with scope.limited_to(scope.Scope(((row.area, row.area + 1),))):
        key = f"check_list:{row.pk}:{row.revision}:{kind}"
        notices.tell(people, kind, area=row.area, key=key, facts=facts, url=f"/checks/lists/{row.pk}/")
