"""The month report as an Excel workbook: the numbers by place, and every project with all that is said of it."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from projects.figures import Sums
from projects.reports import Line, Report
from projects.states import Source
from tenancy import sheets
from tenancy.sheets import Fen, Table, Value

Cell = Value | Fen


def written(report: Report) -> bytes:
    """Two sheets: the numbers, and the projects."""
    return sheets.written(_numbers(report), _projects(report))


def _numbers(report: Report) -> Table:
    headings = [
        _("Place"),
        _("Planned"),
        pgettext("projects", "Landed"),
        pgettext("projects", "Not landed"),
        pgettext("projects", "Late"),
        pgettext("projects", "Silent"),
        _("Share"),
        _("Yuan"),
    ]
    rows = [_row(name, sums) for name, sums in report.below]
    return Table(_("Numbers"), headings, [28, *[10] * 6, 16], [*rows, _row(report.name, report.sums)])


def _row(name: str, sums: Sums) -> list[Cell]:
    return [name, sums.planned, sums.landed, sums.open, sums.late, sums.silent, sums.share, Fen(sums.budget_fen)]


def _projects(report: Report) -> Table:
    headings = [
        _("Number"),
        _("Street or town"),
        _("Compound"),
        pgettext("projects", "Project"),
        _("Matter"),
        _("Carried out by"),
        _("Promised by"),
        _("State"),
        _("Percent"),
        pgettext("projects", "Late"),
        pgettext("projects", "Silent"),
        _("Why it has not landed"),
        _("Yuan"),
        *(str(source.label) for source in Source),
    ]
    widths = [18, 14, 18, 36, 18, 28, 12, 16, 9, 8, 10, 40, 14, *[16] * len(Source)]
    return Table(pgettext("projects", "Projects"), headings, widths, map(_line, report.lines), freeze="E2")


def _line(line: Line) -> list[Cell]:
    project = line.project
    return [
        project.number,
        line.street,
        project.compound.name,
        project.title,
        project.matter.name if project.matter else project.no_matter,
        project.lead.name,
        project.ends_on,
        line.outcome,
        project.progress,
        _("yes") if line.late else "",
        _("yes") if line.silent else "",
        line.reason,
        Fen(project.budget_fen),
        *(Fen(line.funding[source]) if source in line.funding else None for source in Source),
    ]
