"""The working calendar of a county: the year, its versions, and changing it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from people import queries, sheets, year_view
from people.actions import calendars
from people.forms.calendars import AddDaysForm, CalendarForm, YearForm
from people.http import HttpRequest
from people.models import OfficeCalendar
from people.office_calendars import OwnDay, checked, content_of, difference
from people.permissions import may_publish_calendar, may_read_calendar
from people.year_view import MARKS, WEEKDAYS, Kind
from tenancy import areas
from tenancy.models import Area
from tenancy.refusals import NotThere, Refusal, Stale
from tenancy.sheets import FIELD, TYPE

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
YEARS_SHOWN = range(-1, 3)
VERSIONS_SHOWN = 50


def for_readers(
    view: Callable[Concatenate[HttpRequest, Area, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, int, P], HttpResponse]:
    """Gives the view the county. To whoever may not read its calendar, and for what is no county, there is nothing here."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, county: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        place = Area.objects.filter(code=county, level=areas.Level.COUNTY).first()
        if place is None or not may_read_calendar(request.actor, county):
            raise Http404
        try:
            return view(request, place, *args, **kwargs)
        except NotThere as absent:
            raise Http404 from absent

    return guarded  # type: ignore[return-value]


@login_required
@require_safe
def here(request: HttpRequest) -> HttpResponse:
    """To the reader's own county, the first when there are several."""
    counties = queries.counties_of(request.actor)
    if not counties:
        raise Http404
    return redirect("calendars:year", counties[0].code)


def _asked_version(request: HttpRequest, county: int, name: str) -> OfficeCalendar | None:
    """The version that the address names, or the one in force."""
    asked = request.GET.get(name, "")
    if not asked:
        return queries.calendar_in_force(county)
    if not (asked.isascii() and asked.isdigit() and len(asked) < 9):
        raise NotThere
    return queries.calendar_version(county, int(asked))


@require_safe
@for_readers
def year(request: HttpRequest, county: Area) -> HttpResponse:
    """Twelve months under the version in force, or under the one asked for."""
    today = timezone.localdate()
    shown = YearForm(request.GET).chosen(today)
    row = _asked_version(request, county.code, "version")
    content = content_of(row)
    months = year_view.months(shown, content)
    kept = f"&version={row.version if row else 0}" if request.GET.get("version") else ""
    years = sorted({shown, *(today.year + n for n in YEARS_SHOWN)})
    context = {
        "county": county,
        "others": [other for other in queries.counties_of(request.actor) if other.code != county.code],
        "row": row,
        "old_version": bool(kept),
        "content": content,
        "own": [own for own in content.days if own.day.year == shown],
        "year": shown,
        "years": [{"url": f"?year={each}{kept}", "label": each, "current": each == shown} for each in years],
        "months": months,
        "worked": sum(month.worked for month in months),
        "known": year_view.is_known(shown),
        "kinds": [(kind, MARKS.get(kind, "")) for kind in Kind if kind != Kind.WORKED],
        "today": today,
        "weekdays": WEEKDAYS,
        "may_publish": may_publish_calendar(request.actor, county.code),
    }
    return render(request, "calendars/year.html", context)


@require_safe
@for_readers
def versions(request: HttpRequest, county: Area) -> HttpResponse:
    """The newest versions, each with what it changed."""
    rows = list(queries.calendar_versions(county.code)[: VERSIONS_SHOWN + 1])
    before = [*rows, None][1:]
    context = {
        "county": county,
        "rows": [
            {"row": row, "difference": difference(content_of(old), content_of(row)), "in_force": number == 0}
            for number, (row, old) in enumerate(zip(rows, before, strict=True))
        ][:VERSIONS_SHOWN],
        "more": len(rows) > VERSIONS_SHOWN,
        "may_publish": may_publish_calendar(request.actor, county.code),
    }
    return render(request, "calendars/versions.html", context)


@require_safe
@for_readers
def sheet(request: HttpRequest, county: Area) -> HttpResponse:
    """The own days of the version in force, or of the one asked for, as an Excel sheet."""
    row = _asked_version(request, county.code, "version")
    name = f"calendar-{county.code}-v{row.version if row else 0}.xlsx"
    body = sheets.written(content_of(row).days)
    return HttpResponse(body, content_type=TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def edit(request: HttpRequest, county: Area) -> HttpResponse:
    """Change the calendar: step by step in one form, shown against the version in force, then published."""
    if not may_publish_calendar(request.actor, county.code):
        raise PermissionDenied
    if request.method != "POST":
        return _begin(request, county)
    form = CalendarForm(request.POST)
    step, _colon, what = request.POST.get("step", "").partition(":")
    match step:
        case "add":
            return _add(request, county, form)
        case "remove":
            left = tuple(own for own in form.list_of_days() if own.day.isoformat() != what)
            return _page(request, county, form.with_days(left))
        case "import":
            return _import(request, county, form)
        case "publish":
            return _publish(request, county, form)
        case "rebase":
            in_force = queries.calendar_in_force(county.code)
            return _preview(request, county, form.based_anew(in_force.version if in_force else 0))
        case "edit":
            return _page(request, county, form)
    return _preview(request, county, form)


def _begin(request: HttpRequest, county: Area) -> HttpResponse:
    """With what is in force; or with what an earlier version says, straight to the difference."""
    in_force = queries.calendar_in_force(county.code)
    based_on = in_force.version if in_force else 0
    row = _asked_version(request, county.code, "from")
    if not request.GET.get("from"):
        return _page(request, county, CalendarForm.filled(content_of(row), based_on))
    again = _("Version %(version)d taken again") % {"version": row.version if row else 0}
    said = f"{again}: {row.source}"[:300] if row else again
    return _preview(request, county, CalendarForm.filled(content_of(row), based_on, source=said))


def _page(
    request: HttpRequest,
    county: Area,
    form: CalendarForm,
    *,
    add: AddDaysForm | None = None,
    status: int = 200,
    complain: bool = False,
    **more: Any,
) -> HttpResponse:
    """The form. What is wrong with it as a whole is said once the reader wants to go on with it, not while days are added."""
    days = form.list_of_days()
    if not complain:
        form.errors.clear()
    context = {
        "county": county,
        "form": form,
        "add": add or AddDaysForm(prefix="add"),
        "days": days,
        "row": queries.calendar_in_force(county.code),
        "field_errors": [(f, f.errors) for f in form.visible_fields() if f.errors],
        **more,
    }
    return render(request, "calendars/edit.html", context, status=status)


def _add(request: HttpRequest, county: Area, form: CalendarForm) -> HttpResponse:
    add = AddDaysForm(request.POST, prefix="add")
    if not add.is_valid():
        return _page(request, county, form, add=add, status=400)
    there = form.list_of_days()
    double = {own.day for own in there} & {own.day for own in add.days()}
    if double:
        add.add_error("first", _("%(day)s is in the list already. Remove it there first.") % {"day": min(double)})
        return _page(request, county, form, add=add, status=400)
    return _page(request, county, form.with_days(tuple(sorted((*there, *add.days())))))


def _import(request: HttpRequest, county: Area, form: CalendarForm) -> HttpResponse:
    """The days of a sheet take the place of the list; nothing is published yet."""
    upload = request.FILES.get("sheet")
    if upload is None:
        return _page(request, county, form, status=400, sheet_error=_("Choose a file first."))
    try:
        days = sheets.read(upload.open(), upload.size or 0)
        double = len(days) - len({own.day for own in days})
        if double:
            raise Refusal(_("The sheet names a day twice."), field=FIELD)
    except Refusal as refusal:
        return _page(request, county, form, status=400, sheet_error=str(refusal.message))
    return _page(request, county, form.with_days(tuple(sorted(days))), imported=len(days))


def _preview(request: HttpRequest, county: Area, form: CalendarForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, county, form, status=400, complain=True)
    cleaned = form.cleaned_data
    in_force = queries.calendar_in_force(county.code)
    if cleaned["based_on"] != (in_force.version if in_force else 0):
        return _stale(request, county, form, in_force)
    old = content_of(in_force)
    days: tuple[OwnDay, ...] = cleaned["days"]
    try:
        new = checked(hours=cleaned["hours"], days=days, source=cleaned["source"], based_on=old, today=timezone.localdate())
    except Refusal as refusal:
        return _refused(request, county, form, refusal)
    context = {"county": county, "form": form, "row": in_force, "difference": difference(old, new)}
    return render(request, "calendars/preview.html", context)


def _publish(request: HttpRequest, county: Area, form: CalendarForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, county, form, status=400, complain=True)
    cleaned = form.cleaned_data
    try:
        row = calendars.publish(
            county=county.code, by=request.actor, **{name: cleaned[name] for name in ("based_on", "hours", "days", "source")}
        )
    except Stale:
        return _stale(request, county, form, queries.calendar_in_force(county.code))
    except NotThere:
        raise
    except Refusal as refusal:
        return _refused(request, county, form, refusal)
    messages.success(
        request,
        _("Version %(version)d is in force. Street offices and department leads are being told.") % {"version": row.version},
    )
    return redirect(reverse("calendars:year", args=[county.code]))


def _refused(request: HttpRequest, county: Area, form: CalendarForm, refusal: Refusal) -> HttpResponse:
    """Back to the form, the message beside what must change."""
    name, _dot, rest = refusal.field.partition(".")
    number = rest.partition(".")[0]
    field = f"opens_{number}" if name == "hours" and number else name
    said = str(refusal.message)
    form.add_error(field if field in form.fields and field != "days" else None, said)
    bad = int(number) if name == "days" and number else -1
    return _page(request, county, form, status=refusal.status, complain=True, bad_day=bad, bad_day_error=said)


def _stale(request: HttpRequest, county: Area, form: CalendarForm, newer: OfficeCalendar | None) -> HttpResponse:
    """Somebody was quicker: who, when, and a way to go on without typing all of it again."""
    refusal = calendars.StaleCalendar(
        who=newer.published_by.label if newer else "",
        when=newer.published_at if newer else None,
        version=newer.version if newer else 0,
    )
    return _page(request, county, form, status=409, stale=str(refusal.message))
