"""Reads over check lists."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from communities.posting_states import PostingState
from enforcement.check_content import Content, ItemEntry, LawEntry
from enforcement.models import Basis, CheckItem, CheckList, Law, ShownList
from enforcement.permissions import belongs_to, may_read_list, reads_drafts
from enforcement.states import OPEN_LISTS, PUBLIC_LISTS, ListState
from people.actors import Actor
from people.models import OrganisationKind
from tenancy import areas
from tenancy.areas import Level
from tenancy.models import Area
from tenancy.refusals import NotThere

_PEOPLE = ("created_by", "proposed_by", "published_by", "based_on")


def counties(actor: Actor) -> list[Area]:
    """The counties whose lists the actor may read, by code."""
    wanted = Q(pk__in=[])
    for post in actor.posts:
        low, high = areas.subtree(post.area)
        wanted |= Q(code=areas.ancestor(post.area, Level.COUNTY)) | Q(code__gte=low, code__lt=high)
    return list(Area.objects.filter(wanted, level=Level.COUNTY).order_by("code"))


def county(actor: Actor, area: int) -> Area:
    """Raises NotThere for what is no county, or none of the actor's."""
    found = Area.objects.filter(code=area, level=Level.COUNTY).first()
    if found is None or not belongs_to(actor, area):
        raise NotThere
    return found


def lists_of(actor: Actor, area: int) -> QuerySet[CheckList]:
    """The versions of a county that the actor may read, newest first, each with `items_count`."""
    found = CheckList.objects.filter(area=area)
    if not reads_drafts(actor, area):
        found = found.filter(state__in=sorted(PUBLIC_LISTS))
    return found.select_related(*_PEOPLE).annotate(items_count=Count("items")).order_by("-version")


def get_list(actor: Actor, list_id: int, *, lock: bool = False) -> CheckList:
    """One version. Raises NotThere for an id that is absent or not this actor's to read."""
    found = CheckList.objects.select_related(*_PEOPLE)
    if lock:
        found = found.select_for_update(of=("self",))
    row = found.filter(pk=list_id).first()
    if row is None or not may_read_list(actor, row):
        raise NotThere
    return row


def in_force(area: int) -> CheckList | None:
    return CheckList.objects.filter(area=area, state=ListState.PUBLISHED).first()


def open_lists(area: int) -> QuerySet[CheckList]:
    return CheckList.objects.filter(area=area, state__in=sorted(OPEN_LISTS)).order_by("-version")


def items(row: CheckList, *, bureau: str = "", words: str = "") -> QuerySet[CheckItem]:
    """The items of a version in their order, with bureau, kind of complaint and `held_bases`, in two queries."""
    found = CheckItem.objects.filter(check_list=row).select_related("bureau", "leaf")
    if bureau:
        found = found.filter(bureau=bureau)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(violation__icontains=words) | Q(code__iexact=words))
    bases = Prefetch("bases", Basis.objects.select_related("law"), to_attr="held_bases")
    return found.prefetch_related(bases).order_by("position")


def item(row: CheckList, code: str) -> CheckItem:
    """Raises NotThere."""
    found = items(row).filter(code=code).first()
    if found is None:
        raise NotThere
    return found


def bases_on(found: CheckItem, day: date) -> list[Basis]:
    """The laws of an item that are in force on a day, that of the conduct: what is newer does not look back (立法法 104)."""
    return [basis for basis in held(found) if basis.law.effective_from <= day and not _repealed(basis.law, day)]


def held(found: CheckItem) -> list[Basis]:
    rows: list[Basis] = getattr(found, "held_bases", None) or list(found.bases.select_related("law"))
    return rows


def _repealed(law: Law, day: date) -> bool:
    return law.repealed_on is not None and law.repealed_on <= day


def bureaus(row: CheckList) -> list[tuple[str, str, int]]:
    """Code, name and number of items of each bureau in a version, by the order of its first item."""
    counted: dict[str, tuple[str, str, int]] = {}
    for code, name in CheckItem.objects.filter(check_list=row).order_by("position").values_list("bureau", "bureau__name"):
        counted[code] = (code, name, counted.get(code, (code, name, 0))[2] + 1)
    return list(counted.values())


def content_of(row: CheckList) -> Content:
    """What a version says, as plain data. Three queries."""
    laws = tuple(
        LawEntry(law.key, law.name, law.effective_from, law.edition, law.repealed_on, law.checked, law.note)
        for law in Law.objects.filter(check_list=row).order_by("key")
    )
    return Content(laws, tuple(map(_entry, items(row))))


def _entry(found: CheckItem) -> ItemEntry:
    plain = (
        "code",
        "name",
        "violation",
        "method",
        "days",
        "level",
        "subject",
        "penalty",
        "on_spot",
        "severity",
        "certainty",
        "provenance",
    )
    return ItemEntry(
        **{name: getattr(found, name) for name in plain},
        bureau=found.bureau_id,
        others=tuple(found.others),
        leaf=found.leaf_id,
        basis=tuple((basis.law.key, basis.articles) for basis in held(found)),
    )


def names_of(kinds: Iterable[str]) -> dict[str, str]:
    """Names of kinds of organisations by code."""
    return dict(OrganisationKind.objects.filter(code__in=set(kinds)).values_list("code", "name"))


def hanging(on: date) -> Q:
    """Of `ShownList`: put up by that day, and not taken down by its end. Beyond its last day it hangs as long as it hangs."""
    left = Q(posting__state=PostingState.UP) | Q(posting__state=PostingState.DOWN, posting__ended_at__date__gt=on)
    return Q(posting__up_from__lte=on) & left


def usable(area: int, on: date) -> ShownList | None:
    """What makes a list usable in a compound on a day, the newest version's: with list and posting."""
    found = ShownList.objects.filter(hanging(on), area=area).select_related("check_list", "posting")
    first: ShownList | None = found.order_by("-check_list__version", "-pk").first()
    return first


def usable_list(area: int, on: date) -> CheckList | None:
    """The list by which may be checked in a compound on a day: the newest that hangs there.

    What was not published beforehand is not checked (国办发〔2024〕54号). Until a new version hangs, the one before counts (own).
    """
    found = usable(area, on)
    return found.check_list if found else None
