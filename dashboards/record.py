"""The record, for the audit administrator."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from audit import queries
from audit.models import Entry, Seal
from complaints.models import Ticket
from people.actors import Actor
from people.http import HttpRequest
from people.models import Appointment, User
from people.permissions import may_read_record
from people.roles import Role
from tenancy import areas, scope
from tenancy.sheets import harmless

PER_PAGE = 50
MOST_EXPORTED = 10_000
COLUMNS = ["id", "at", "area", "actor_id", "actor", "action"]
COLUMNS += ["subject_type", "subject_id", "before", "after", "address", "request"]
WIDE = {areas.Level.PROVINCE, areas.Level.PREFECTURE}


class RecordFilter(forms.Form):
    """What stands in the address."""

    ticket = forms.CharField(label=_("Ticket number"), required=False, max_length=40)
    actor = forms.CharField(label=_("Who"), required=False, max_length=60)
    action = forms.CharField(label=_("Action"), required=False, max_length=60)
    subject = forms.CharField(label=_("Number of the thing"), required=False, max_length=120)
    first = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def wanted(self) -> queries.Wanted:
        """What could be read of it; a field that could not is shown with its error and left out."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value and name != "ticket"}
        return queries.Wanted(**given)

    def among(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """What is wanted among these entries, newest first. A ticket is found by its number within the scope in force.

        The record names it by its key, which is indexed; a number that is not there finds nothing.
        """
        found = queries.entries(self.wanted(), among=entries)
        number = self.cleaned_data.get("ticket", "")
        if not number:
            return found
        keys = [str(key) for key in Ticket.objects.filter(number=number).values_list("pk", flat=True)]
        return found.filter(subject_type=Ticket._meta.label_lower, subject_id__in=keys)


@contextmanager
def _sight(actor: Actor) -> Iterator[QuerySet[Entry]]:
    """The entries an auditor may read, in a scope opened for nothing else.

    Those of the auditor's places; of the installation's own (place 0) those by people of these places, and about their
    accounts and places. All of the installation's own only for auditors of a prefecture or province (own rule).
    """
    places = actor.administrative_scope(Role.AUDIT_ADMIN)
    wide = any(post.role == Role.AUDIT_ADMIN and areas.level_of(post.area) in WIDE for post in actor.posts)
    installation = Q(area=audit.INSTALLATION)
    if not wide:
        people = Appointment.objects.filter(places.condition()).values("user")
        accounts = User.objects.filter(pk__in=people).annotate(number=Cast("pk", CharField())).values("number")
        about_places = Q(pk__in=[])
        for low, high in places.ranges:
            about_places |= Q(subject_type="tenancy.area", subject_id__gte=str(low), subject_id__lt=str(high))
        about = Q(subject_type="people.user", subject_id__in=accounts) | about_places
        installation &= Q(actor_id__in=people) | about
    with scope.limited_to(scope.Scope.of_ranges([*places.ranges, (audit.INSTALLATION, audit.INSTALLATION + 1)])):
        yield Entry.objects.filter(places.condition() | installation)


def _auditor(request: HttpRequest) -> Actor:
    """To everybody else these pages are not there."""
    if not may_read_record(request.actor):
        raise Http404
    return request.actor


def _asked(request: HttpRequest) -> dict[str, str]:
    typed = {name: request.GET.get(name, "").replace("\x00", "")[:120] for name in RecordFilter.base_fields}
    return {name: value for name, value in typed.items() if value}


def _before(request: HttpRequest) -> int | None:
    typed = request.GET.get("before", "")
    return int(typed) if typed.isdecimal() and len(typed) < 19 else None


@login_required
def entries(request: HttpRequest) -> HttpResponse:
    """Newest first, a page at a time. That somebody looked is on record too, once per look."""
    actor, form, asked, before = _auditor(request), RecordFilter(request.GET), _asked(request), _before(request)
    with _sight(actor) as mine:
        found = form.among(mine)
        if before is not None:
            found = found.filter(pk__lt=before)
        rows = list(found[: PER_PAGE + 1])
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    if before is None:
        audit.record("record", "record.read", by=actor, area=audit.INSTALLATION, after=asked)
    context = {
        "rows": rows,
        "form": form,
        "reset_url": reverse("dashboards:record") if asked else "",
        "export_url": f"{reverse('dashboards:record_export')}?{urlencode(asked)}",
        "first_url": f"?{urlencode(asked)}" if before is not None else "",
        "next_url": f"?{urlencode({**asked, 'before': str(rows[-1].pk)})}" if more else "",
        "seal": Seal.objects.order_by("-last_id").first(),
        "most": MOST_EXPORTED,
    }
    return render(request, "dashboards/record.html", context)


@login_required
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One entry with what was before and after. An entry elsewhere is as absent as one that never was."""
    actor = _auditor(request)
    with _sight(actor) as mine:
        row = mine.filter(pk=entry_id).first() if entry_id < 2**63 else None
    if row is None:
        raise Http404
    seal = Seal.objects.filter(first_id__lte=row.pk, last_id__gte=row.pk).first()
    audit.record("record", "record.read", by=actor, area=audit.INSTALLATION, after={"entry": entry_id})
    changes = [
        {"name": name, "before": row.before.get(name, ""), "after": row.after.get(name, "")}
        for name in sorted({*row.before, *row.after})
    ]
    return render(request, "dashboards/record_entry.html", {"row": row, "changes": changes, "seal": seal})


@login_required
def export(request: HttpRequest) -> HttpResponse:
    """The same selection as CSV, at most `MOST_EXPORTED` entries; UTF-8 with a mark, so that Excel and WPS read it."""
    actor, form = _auditor(request), RecordFilter(request.GET)
    out = StringIO()
    table = csv.writer(out)
    head = (
        "id",
        "at",
        "area",
        "actor_id",
        "actor",
        "action",
        "subject_type",
        "subject_id",
        "before",
        "after",
        "address",
        "request",
    )
    table.writerow(head)
    with _sight(actor) as mine:
        count = 0
        for row in form.among(mine)[:MOST_EXPORTED]:
            at = timezone.localtime(row.at).isoformat()
            cells = (row.pk, at, row.area, row.actor_id, row.actor_label, row.action, row.subject_type, row.subject_id)
            table.writerow([harmless(cell) for cell in (*cells, row.before, row.after, row.address, row.request_id)])
            count += 1
    audit.record("record", "record.exported", by=actor, area=audit.INSTALLATION, after={**_asked(request), "entries": count})
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="record-{timezone.localdate():%Y%m%d}.csv"'
    return answer
