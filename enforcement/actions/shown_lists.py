"""A county's check list on the boards of its compounds (挂牌公示): asked for in one compound or in all of a place at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit import actions as audit
from communities import queries as communities
from communities.actions import postings
from communities.actions.postings import LONGEST_CONTACT, LONGEST_SPOT, LONGEST_SUBJECT, MOST_DAYS
from communities.models import Compound
from communities.posting_states import PostingKind, PostingState
from enforcement.models import CheckList, ShownList
from enforcement.permissions import may_show
from enforcement.queries import bureaus
from enforcement.states import ListState
from people.actors import Actor
from people.queries import narrowest
from tenancy import areas, clock
from tenancy.areas import Level
from tenancy.models import Area
from tenancy.refusals import NotAllowed, NotThere, WrongState
from tenancy.text import clean

DAYS = MOST_DAYS
"""How long a list hangs at least (own): it stands until the next version does."""
LAW = "国办发〔2024〕54号"
WITHIN = (Level.COUNTY, Level.STREET, Level.NEIGHBOURHOOD, Level.COMPOUND)
OPEN = frozenset({PostingState.ASKED, PostingState.UP})
"""Postings that make another one needless."""


@dataclass(frozen=True)
class Wanted:
    """`due_on` is the day by which it must hang; `contact` whom to ask, the street office when empty; `spot` a hint."""

    due_on: date
    contact: str = ""
    spot: str = ""


@dataclass(frozen=True)
class Shown:
    """What was asked for, and in how many compounds it hung or was asked for already."""

    asked: list[ShownList]
    skipped: int


@transaction.atomic
def put_on_show(
    *, area: int, by: Actor, due_on: date, contact: str = "", spot: str = "", check_list: int | None = None
) -> ShownList:
    """Have the county's list in force put up in a compound; `check_list` is the version that was looked at, if any.

    Raises NotThere, NotAllowed, WrongState when none is in force or it hangs or was asked for already, and Refusal as
    `communities.actions.postings.ask` does.
    """
    _may(area, by)
    compound = communities.compound(area)
    row = _in_force(area, check_list)
    shown = _ask(row, [compound], Wanted(due_on, contact, spot), by=by)
    if not shown.asked:
        raise WrongState(_("The list hangs there already, or has been asked for."))
    return shown.asked[0]


@transaction.atomic
def put_on_show_everywhere(
    *, within: int, by: Actor, due_on: date, contact: str = "", spot: str = "", check_list: int | None = None
) -> Shown:
    """The same in all compounds of a street or county; where it hangs or was asked for already, nothing is asked."""
    _may(within, by)
    row = _in_force(within, check_list)
    low, high = areas.subtree(within)
    compounds = Compound.objects.filter(area__gte=low, area__lt=high).order_by("area")
    shown = _ask(row, compounds, Wanted(due_on, contact, spot), by=by)
    if not shown.asked:
        raise WrongState(_("The list hangs in every compound there, or has been asked for."))
    return shown


def put_on_show_at(*, place: int, by: Actor, due_on: date, contact: str, spot: str, check_list: int) -> list[ShownList]:
    """One compound or all of a place, whichever it is; what was asked for."""
    said: dict[str, Any] = {"by": by, "due_on": due_on, "contact": contact, "spot": spot, "check_list": check_list}
    if areas.level_of(place) == Level.COMPOUND:
        return [put_on_show(area=place, **said)]
    return put_on_show_everywhere(within=place, **said).asked


def _may(area: int, by: Actor) -> None:
    if not by.scope.covers(area) or not Area.objects.filter(code=area, level__in=WITHIN).exists():
        raise NotThere
    if not may_show(by, area):
        raise NotAllowed(_("The street's or the county's desk has lists put up."))


def _in_force(area: int, check_list: int | None) -> CheckList:
    """The county's list, locked, so that nobody publishes another one or asks for the same meanwhile."""
    county = areas.ancestor(area, Level.COUNTY)
    row = CheckList.objects.select_for_update().filter(area=county, state=ListState.PUBLISHED).first()
    if row is None or check_list not in {None, row.pk}:
        raise WrongState(_("Only the list in force is put up."))
    return row


def _ask(row: CheckList, compounds: Iterable[Compound], wanted: Wanted, *, by: Actor) -> Shown:
    spot = clean(wanted.spot, field="spot", longest=LONGEST_SPOT, required=False)
    contact = clean(wanted.contact, field="contact", longest=LONGEST_CONTACT, required=False)
    compounds = list(compounds)
    held = ShownList.objects.filter(check_list=row, replaced_at=None, area__in=[compound.area for compound in compounds])
    before = {each.area: each for each in held.select_related("posting")}
    subject, text = written(row, spot)
    offices: dict[int, str] = {}
    made, skipped = [], 0
    for compound in compounds:
        last = before.get(compound.area)
        if last is not None and last.posting.state in OPEN:
            skipped += 1
            continue
        if last is not None:
            last.replaced_at = clock.now()
            last.save(update_fields=["replaced_at"])
        street = areas.ancestor(compound.area, Level.STREET)
        if street not in offices:
            offices[street] = contact or office_of(compound.area)
        posting = postings.ask(
            area=compound.area,
            kind=PostingKind.CHECK_LIST,
            subject=subject,
            text=text,
            due_on=wanted.due_on,
            days=DAYS,
            by=by,
            contact=offices[street],
            law=LAW,
        )
        shown = ShownList.objects.create(
            area=compound.area, check_list=row, posting=posting, made_at=clock.now(), made_by_id=by.id
        )
        after = {"check_list": row.pk, "version": row.version, "posting": posting.pk}
        audit.record(shown, "check_list.asked_to_be_shown", by=by, area=compound.area, after=after)
        made.append(shown)
    return Shown(made, skipped)


def written(row: CheckList, spot: str = "") -> tuple[str, str]:
    """Title and words of the posting, in the installation's language: which bureau checks how many items."""
    counted = bureaus(row)
    place = Area.objects.values_list("name", flat=True).get(code=row.area)
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Check list of %(place)s, version %(version)d") % {"place": place, "version": row.version}
        lines = [_("Items that may be checked in this compound: %(n)d.") % {"n": sum(many for *_code, many in counted)}]
        lines += [_("%(bureau)s: %(n)d items") % {"bureau": name, "n": many} for _code, name, many in counted]
        lines.append(_("What does not stand in the list is not checked. The code on the notice opens every item with its law."))
        if row.sample:
            lines.append(_("Sample data, made after the statutes; not a published list."))
        if spot:
            lines.append(_("Please put it up here: %(spot)s") % {"spot": spot})
    return subject[:LONGEST_SUBJECT], "\n".join(lines)


def office_of(area: int) -> str:
    """The street office and its telephone number: whom to ask."""
    office = narrowest("ST", area)
    return f"{office.name} {office.phone}".strip()[:LONGEST_CONTACT] if office else ""
