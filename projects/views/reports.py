"""The month report for Word and Excel: of a compound for whoever reads its plan, of a wider place for whoever watches it."""

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from people.http import HttpRequest
from projects import papers, report_sheets, reports
from projects.reports import Report
from tenancy import sheets
from tenancy.areas import Level, level_of
from tenancy.refusals import NotThere

FORMS: dict[str, tuple[str, Callable[[Report], bytes]]] = {
    "docx": (papers.TYPE, lambda report: papers.written(report, sample=settings.MULIN_ENV == "demo")),
    "xlsx": (sheets.TYPE, report_sheets.written),
}


@require_safe
@login_required
def report(request: HttpRequest, area: int, month: date, *, form: str) -> HttpResponse:
    """As a file; 404 where there is no published plan, or where the reader may not look."""
    of = reports.of_compound if level_of(area) == Level.COMPOUND else reports.of_place
    try:
        found = of(request.actor, area, month)
    except NotThere as gone:
        raise Http404 from gone
    kind, write = FORMS[form]
    name = _("projects-%(place)s-%(month)s") % {"place": found.name, "month": f"{month:%Y-%m}"}
    answer = HttpResponse(write(found), content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.{form}") or "attachment"
    return answer
