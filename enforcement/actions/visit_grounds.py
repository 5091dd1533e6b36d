"""What must hold before a visit stands: companions, the period between visits, the hanging list, officers, items."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from enforcement import queries, visit_queries
from enforcement.models import CheckItem, CheckList, Companion, Finding, Line, Member, Officer, Visit
from enforcement.visit_permissions import OFFICERS_PER_BUREAU
from enforcement.visit_states import CompanionRole, VisitKind
from tenancy.refusals import Refusal
from tenancy.text import clean

LONGEST_NAME, LONGEST_BODY = 30, 60
MOST_COMPANIONS = 20


@dataclass(frozen=True)
class With:
    """Somebody who goes along and inspects nothing."""

    role: str
    name: str
    body: str = ""


def companions(visit: Visit, given: Sequence[With]) -> list[Companion]:
    if len(given) > MOST_COMPANIONS:
        raise Refusal(_("At most %(most)d people may go along.") % {"most": MOST_COMPANIONS}, field="companions")
    made = []
    for each in given:
        if each.role not in CompanionRole.values:
            raise Refusal(_("Say as what each of them goes along."), field="companions")
        name = clean(each.name, field="companions", longest=LONGEST_NAME)
        body = clean(each.body, field="companions", longest=LONGEST_BODY, required=False)
        made.append(Companion(area=visit.area, visit=visit, role=each.role, name=name, body=body))
    return made


def check_gap(visit: Visit) -> None:
    """综合查一次: not twice within a period, but for a reason. A re-check belongs to the visit before it."""
    if visit.kind == VisitKind.RECHECK or visit.again:
        return
    near = visit_queries.visits_near(visit.area, visit.planned_on, settings.VISIT_GAP_DAYS, besides=visit.pk or 0).first()
    if near is not None:
        said = _("Visit %(number)s on %(day)s lies within %(days)d days. Choose another day, or say why it must be so soon.")
        words = said % {"number": near.number, "day": near.planned_on, "days": settings.VISIT_GAP_DAYS}
        raise Refusal(words, field="again", code="too_soon")


def hanging(visit: Visit, day: date) -> CheckList:
    """The list by which may be checked there on a day: what was not put up beforehand is not checked (国办发〔2024〕54号)."""
    row = queries.usable_list(visit.area, day)
    if row is None:
        words = _("The county's list does not hang in this compound. Have it put up first; without that nothing may be checked.")
        raise Refusal(words, code="not_on_show")
    return row


def check_officers(visit: Visit, joined: Sequence[Member], day: date) -> None:
    """At least two officers of each bureau hold a certificate that is valid on the day."""
    named = list(Officer.objects.filter(visit=visit).select_related("certificate"))
    for row in joined:
        valid = [each for each in named if each.member_id == row.pk and visit_queries.valid(each.certificate, day)]
        if len(valid) < OFFICERS_PER_BUREAU:
            said = _("%(bureau)s has fewer than %(fewest)d officers with a certificate valid on %(day)s. It must name others.")
            words = said % {"bureau": row.organisation.name, "fewest": OFFICERS_PER_BUREAU, "day": day}
            raise Refusal(words, code="certificates")


def write_lines(visit: Visit, joined: Sequence[Member]) -> None:
    """The items of the bureaus that take part, and of the campaign or the failed ones only, where it is about those."""
    found = CheckItem.objects.filter(check_list=visit.check_list, bureau__in=[row.kind_id for row in joined])
    if visit.campaign is not None:
        found = found.filter(code__in=visit.campaign.items)
    members = {row.kind_id: row for row in joined}
    if visit.kind == VisitKind.RECHECK:
        found = found.filter(code__in=Finding.objects.filter(recheck=visit).values("item__code"))
    made = [
        Line(area=visit.area, visit=visit, member=members[item.bureau_id], item=item, position=position)
        for position, item in enumerate(found.order_by("position"))
    ]
    if not made:
        raise Refusal(_("None of these bureaus has an item to check."), code="no_items")
    Line.objects.bulk_create(made)
