"""Which visits a list shows, and the same rows as a workbook."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enforcement import visit_queries
from enforcement.models import Member, Visit
from enforcement.visit_states import MemberState
from people.actors import Actor
from tenancy import areas, clock, sheets

MOST_IN_A_SHEET = 5_000


def rows(actor: Actor, asked: Mapping[str, Any]) -> QuerySet[Visit]:
    """Those that the actor may know of and that are asked for, newest day first; `asked` is what `FilterForm.kept` reads."""
    found = visit_queries.listed(actor)
    if "state" in asked:
        found = found.filter(state=asked["state"])
    if "q" in asked:
        found = found.filter(Q(compound__name__icontains=asked["q"]) | Q(number__icontains=asked["q"]))
    if "since" in asked:
        found = found.filter(planned_on__gte=asked["since"])
    if "until" in asked:
        found = found.filter(planned_on__lte=asked["until"])
    if "area" in asked:
        low, high = areas.subtree(asked["area"])
        found = found.filter(area__gte=low, area__lt=high)
    if "bureau" in asked:
        took_part = Member.objects.filter(organisation=asked["bureau"]).exclude(state=MemberState.DECLINED)
        found = found.filter(pk__in=took_part.values("visit"))
    return found


def workbook(actor: Actor, asked: Mapping[str, Any]) -> bytes:
    """At most 5,000 rows, newest first; the second sheet says when it was made and how many there are in all."""
    found = rows(actor, asked)
    shown: list[Any] = list(found[:MOST_IN_A_SHEET])
    headings = [
        _("Number"),
        _("Compound"),
        _("Kind"),
        _("Day"),
        _("State"),
        _("Led by"),
        _("Bureaus"),
        _("Ended on"),
        _("Findings"),
    ]
    lines: list[list[sheets.Value]] = [
        [
            row.number,
            row.compound.name,
            row.get_kind_display(),
            row.planned_on,
            row.get_state_display(),
            row.lead.name,
            "、".join(each.organisation.name for each in row.members.all() if each.state != MemberState.DECLINED),
            timezone.localdate(row.ended_at) if row.ended_at else None,
            row.findings_count,
        ]
        for row in shown
    ]
    about: list[list[sheets.Value]] = [[_("As of"), clock.today()], [_("Rows in all"), found.count()]]
    return sheets.written(
        sheets.Table(_("Joint visits"), headings, [26, 20, 12, 12, 12, 24, 48, 12, 10], lines),
        sheets.Table(_("About"), [_("What"), _("Value")], [16, 60], about),
    )
