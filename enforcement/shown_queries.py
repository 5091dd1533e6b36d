"""Where a check list hangs: its compounds one by one, counted, and what one of them shows."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from communities.models import Compound, Posting
from communities.posting_states import PostingState
from enforcement.models import CheckItem, CheckList, ShownList
from enforcement.permissions import WORKING_WITH, may_show, reads_drafts
from enforcement.queries import get_list, hanging, items
from enforcement.states import PUBLIC_LISTS, Showing
from people.actors import Actor
from people.queries import place_names
from tenancy import areas
from tenancy.areas import Level
from tenancy.models import Area
from tenancy.refusals import NotAllowed, NotThere


@dataclass(frozen=True)
class Row:
    """One compound: whether the list hangs there. `other` is the newest other version that hangs there instead."""

    compound: Compound
    street: str
    showing: Showing
    posting: Posting | None
    other: int | None = None


def watched_list(actor: Actor, list_id: int) -> CheckList:
    """A version that is or was in force, for those who work with lists. Raises NotThere, NotAllowed."""
    row = get_list(actor, list_id)
    if not reads_drafts(actor, row.area):
        raise NotAllowed
    if row.state not in PUBLIC_LISTS:
        raise NotThere
    return row


def watched(actor: Actor, county: int) -> Q:
    """The places of a county in which the actor works with check lists."""
    low, high = areas.subtree(county)
    found = Q(pk__in=[])
    for post in actor.posts:
        if post.role in WORKING_WITH:
            begin, end = areas.subtree(post.area)
            found |= Q(area__gte=max(low, begin), area__lt=min(high, end))
    return found


def compounds(actor: Actor, row: CheckList, today: date) -> list[Row]:
    """Every compound that the actor works with, by code. Four queries."""
    here = watched(actor, row.area)
    found = list(Compound.objects.filter(here).order_by("area"))
    shown = ShownList.objects.filter(here, check_list=row, replaced_at=None).select_related("posting")
    postings = {each.area: each.posting for each in shown}
    others = ShownList.objects.filter(here, hanging(today)).exclude(check_list=row).order_by("check_list__version")
    versions = dict(others.values_list("area", "check_list__version"))
    streets = place_names(areas.ancestor(compound.area, Level.STREET) for compound in found)
    return [
        Row(
            compound,
            streets.get(areas.ancestor(compound.area, Level.STREET), ""),
            showing(postings.get(compound.area), today),
            postings.get(compound.area),
            versions.get(compound.area),
        )
        for compound in found
    ]


def showing(posting: Posting | None, today: date) -> Showing:
    if posting is None or posting.state in {PostingState.DOWN, PostingState.CANCELLED}:
        return Showing.NOWHERE
    if posting.state == PostingState.UP:
        return Showing.HANGING
    return Showing.OVERDUE if posting.due_on < today else Showing.ASKED


def counted(rows: list[Row]) -> dict[Showing, int]:
    """How many compounds of each, those with none as well."""
    found = Counter(row.showing for row in rows)
    return {each: found[each] for each in Showing}


def within(actor: Actor, row: CheckList, rows: list[Row]) -> list[tuple[int, str]]:
    """Where the actor may have the list put up: county and streets wholly, then each compound without it."""
    codes = {areas.ancestor(each.compound.area, level) for each in rows for level in (Level.COUNTY, Level.STREET)}
    places = Area.objects.filter(code__in=[code for code in codes if may_show(actor, code)]).order_by("code")
    without = [each.compound for each in rows if each.showing == Showing.NOWHERE and may_show(actor, each.compound.area)]
    return [*places.values_list("code", "name"), *((compound.area, compound.name) for compound in without)]


def by_bureau(row: CheckList) -> list[tuple[str, list[CheckItem]]]:
    """The items of a version under the name of the bureau that concludes them, by the order of its first item."""
    found: dict[str, list[CheckItem]] = {}
    for each in items(row):
        found.setdefault(each.bureau.name, []).append(each)
    return list(found.items())


def posting_of(row: CheckList, area: int) -> Posting | None:
    """What was asked to be put up of a version in a compound."""
    found = ShownList.objects.filter(check_list=row, area=area, replaced_at=None).select_related("posting").first()
    return found.posting if found else None
