"""The register of papers (登记簿) as an Excel workbook: one sheet a kind, one row a number, so that a gap would be seen."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from enforcement.models import Paper, PaperCounter
from enforcement.paper_kinds import SERIES, PaperKind
from tenancy import sheets
from tenancy.sheets import Table, Value

WIDTHS = (8, 28, 12, 24, 26, 26, 16, 14, 12, 30, 18)


def workbook(series: Sequence[tuple[PaperCounter, dict[int, Paper]]]) -> bytes:
    """Every number of each series from 1 to the last. A number of a place that the reader does not look after says so."""
    heads = [_("No."), _("Number"), _("Issued"), _("Compound"), _("Visit"), _("Addressed to"), _("Issued by"), _("State")]
    heads += [_("Voided"), _("Reason"), _("Code to verify")]
    return sheets.written(
        *(
            Table(
                SERIES[PaperKind(counter.kind)].title, heads, WIDTHS, [_cells(n, held.get(n)) for n in range(1, counter.last + 1)]
            )
            for counter, held in series
        )
    )


def _cells(number: int, paper: Paper | None) -> list[Value]:
    if paper is None:
        return [number, _("in another place than yours"), *[None] * (len(WIDTHS) - 2)]
    party = paper.party_organisation.name if paper.party_organisation else paper.party_name
    return [
        number,
        paper.printed,
        timezone.localdate(paper.issued_at),
        paper.visit.compound.name,
        paper.visit.number,
        party,
        paper.issued_by.label,
        pgettext("paper", "voided") if paper.voided_at else pgettext("paper", "valid"),
        timezone.localdate(paper.voided_at) if paper.voided_at else None,
        paper.voided_why,
        paper.code,
    ]
