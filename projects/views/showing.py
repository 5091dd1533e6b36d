"""A project in words: how it stands, what comes next, its money, photos and timeline, as far as the reader may know them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from complaints import queries as complaints
from people.actors import Actor
from projects import priority, queries
from projects.models import Project, ProjectEvent, ProjectPhoto, Verdict, WeekReport
from projects.money import laws, yuan
from projects.permissions import reads_inside
from projects.states import IN_HAND, EventKind, OriginKind, ProjectState, Source, Stage

Entry = dict[str, Any]
NEXT: dict[ProjectState, str | Promise] = {
    ProjectState.DRAFTED: _("A draft. Nothing is promised until a plan with it is published."),
    ProjectState.PLANNED: _("It is promised; the work has yet to begin."),
    ProjectState.WORKING: _("The work is going on; what the week came to is said here every week."),
    ProjectState.DELIVERED: _(
        "The work is finished. Residents say whether it is good; then the neighbourhood committee confirms."
    ),
    ProjectState.ACCEPTED: _("The residents have accepted it. The street office closes it."),
    ProjectState.CLOSED: _("It is done."),
    ProjectState.DROPPED: _("It was given up; the reason stands below."),
}
ICONS: dict[str, str] = {
    EventKind.DRAFTED: "file",
    EventKind.CHANGED: "file",
    EventKind.PLANNED: "calendar",
    EventKind.CARRIED: "next",
    EventKind.STARTED: "accepted",
    EventKind.REPORTED: "chart",
    EventKind.SILENT: "wait",
    EventKind.DELIVERED: "check",
    EventKind.SENT_BACK: "redo",
    EventKind.CONFIRMED: "resolved",
    EventKind.CLOSED: "closed",
    EventKind.REOPENED: "redo",
    EventKind.DROPPED: "cancelled",
}
STOPS = frozenset({EventKind.SILENT, EventKind.SENT_BACK, EventKind.REOPENED, EventKind.DROPPED})
OF_DRAFTS = frozenset({EventKind.DRAFTED, EventKind.CHANGED})
"""What came before the promise concerns those who plan."""
SOURCES = {
    "seed": _("as reported in the press"),
    "source": _("as reported in the press"),
    "seed-derived": _("drawn from reports"),
}
LESS_SURE = _("made up for this sample")


def is_late(project: Project, today: date) -> bool:
    return project.state in IN_HAND and project.ends_on < today


def row(project: Project, today: date, *, asked: int | None = None) -> Entry:
    """A project for `projects/_row.html` and the cards of a plan."""
    return {
        "project": project,
        "url": reverse("projects:project", args=[project.number]),
        "late": is_late(project, today),
        "budget": yuan(project.budget_fen) if project.budget_fen else "",
        "asked": asked,
    }


def ranked(projects: Iterable[Project], today: date) -> list[Entry]:
    """Rows in the order of priority, the first words first; of equals, the earlier promised day."""
    found = list(projects)
    asked = queries.asked(found)
    rows = [
        {
            **row(each, today, asked=asked.get(each.pk, 0)),
            "rank": rank_of(each, asked.get(each.pk, 0)),
            "reasons": why(each, asked.get(each.pk, 0)),
        }
        for each in found
    ]
    return sorted(rows, key=lambda entry: (-entry["rank"], entry["project"].ends_on, entry["project"].pk))


def rank_of(project: Project, asked: int) -> int:
    return priority.rank(livelihood=project.livelihood, ground=project.ground, use=project.use, asked=asked)


def why(project: Project, asked: int) -> tuple[priority.Reason, ...]:
    return priority.reasons(livelihood=project.livelihood, ground=project.ground, use=project.use, asked=asked)


def money(project: Project, *, inside: bool) -> Entry:
    """What it costs, where the money comes from, and what allows it."""
    funding = list(project.funding.all())
    return {
        "total": yuan(project.budget_fen),
        "funding": [(Source(part.source).label, yuan(part.amount_fen)) for part in funding],
        "quotes": [(quote.supplier, yuan(quote.amount_fen), quote.chosen) for quote in project.quotes.all()] if inside else [],
        "laws": laws(part.source for part in funding),
        "decision": project.decision,
        "decided_on": project.decided_on,
    }


def origins(actor: Actor, project: Project) -> list[Entry]:
    """What it grew from. A complaint's number only for whoever may read that complaint; the others are counted."""
    rows = list(project.origins.all())
    tickets = [origin.ticket_id for origin in rows if origin.ticket_id]
    seen = dict(complaints.visible_to(actor).filter(pk__in=tickets).values_list("pk", "number")) if tickets else {}
    shown: list[Entry] = [
        {"kind": OriginKind.TICKET.label, "words": seen[pk], "url": reverse("complaints:ticket", args=[seen[pk]])}
        for pk in tickets
        if pk in seen
    ]
    unseen = len(tickets) - len(seen)
    if unseen:
        words = ngettext("%(n)d complaint", "%(n)d complaints", unseen) % {"n": unseen}
        shown.append({"kind": OriginKind.TICKET.label, "words": words, "url": ""})
    return shown + [
        {"kind": OriginKind(origin.kind).label, "words": origin.words, "url": ""} for origin in rows if not origin.ticket_id
    ]


def photo_entry(project: Project, shown: ProjectPhoto) -> Entry:
    """As `components/photo_strip.html` wants it, with its spot and stage."""
    stage = Stage(shown.stage).label
    return {
        "url": reverse("projects:photo", args=[project.number, shown.photo_id]),
        "thumbnail_url": reverse("projects:small_photo", args=[project.number, shown.photo_id]),
        "alt": _("%(spot)s, %(stage)s") % {"spot": shown.spot, "stage": stage},
        "spot": shown.spot,
        "stage": stage,
        "at": shown.photo.added_at,
    }


def spots(project: Project, photos: Sequence[ProjectPhoto]) -> list[Entry]:
    """Photos by the spot they were taken from: the first beside the last, the others below."""
    found: dict[str, list[ProjectPhoto]] = {}
    for each in photos:
        found.setdefault(each.spot, []).append(each)
    return [
        {
            "name": name,
            "first": photo_entry(project, rows[0]),
            "last": photo_entry(project, rows[-1]) if len(rows) > 1 else None,
            "between": [photo_entry(project, each) for each in rows[1:-1]],
        }
        for name, rows in found.items()
    ]


def latest_of_spots(project: Project, photos: Sequence[ProjectPhoto]) -> list[Entry]:
    """The newest photo of every spot, so that the next is taken from there too."""
    newest = {each.spot: each for each in photos}
    return [photo_entry(project, each) for each in newest.values()]


def timeline(project: Project, *, inside: bool) -> list[Entry]:
    """For `components/timeline.html`. Residents read what happened, not who of the staff or which neighbour it was."""
    entries = []
    events = ProjectEvent.objects.filter(project=project).select_related("by").order_by("pk")
    for event in events:
        kind = EventKind(event.kind)
        if kind in OF_DRAFTS and not inside:
            continue
        entries.append(
            {
                "title": kind.label,
                "at": event.at,
                "who": event.by.label if inside else "",
                "text": "" if kind in {EventKind.REPORTED, EventKind.DRAFTED} else event.text,
                "icon": ICONS[kind],
                "kind": "stop" if kind in STOPS else "",
                "photos": None,
            }
        )
    return entries


def reports(project: Project) -> list[WeekReport]:
    """Newest first."""
    found: list[WeekReport] = list(WeekReport.objects.filter(project=project).select_related("reported_by").order_by("-pk"))
    return found


def week(report: WeekReport) -> tuple[date, date]:
    return report.week, report.week + timedelta(days=6)


def verdicts(project: Project, *, inside: bool, actor: Actor) -> Entry:
    """How many said yes and no in the present round, what the reader said, and inside what was said of it, by nobody's name."""
    said = list(Verdict.objects.filter(project=project, round=project.round).order_by("pk"))
    yes = sum(each.good for each in said)
    mine = next((each for each in said if each.said_by_id == actor.id), None)
    return {
        "yes": yes,
        "no": len(said) - yes,
        "total": len(said),
        "mine": mine,
        "words": [each for each in said if each.text] if inside else [],
    }


def page(actor: Actor, project: Project, today: date) -> Entry:
    """All that the page shows besides the steps."""
    inside = reads_inside(actor, project)
    photos = list(queries.photos(project))
    asked = queries.asked([project]).get(project.pk, 0)
    matter = project.matter
    said = reports(project)
    return {
        "project": project,
        "inside": inside,
        "next": NEXT[ProjectState(project.state)],
        "late": is_late(project, today),
        "unit": matter.unit if matter else "",
        "provenance": SOURCES.get(matter.provenance, LESS_SURE) if matter else "",
        "milestones": list(project.milestones.order_by("position")),
        "money": money(project, inside=inside),
        "origins": origins(actor, project),
        "reasons": why(project, asked),
        "rank": rank_of(project, asked),
        "reports": [{"report": each, "begins": week(each)[0], "ends": week(each)[1]} for each in said],
        "spots": spots(project, photos),
        "verdicts": verdicts(project, inside=inside, actor=actor),
        "entries": timeline(project, inside=inside),
        "plans": plans_with(actor, project),
        "warranty_over": project.warranty_until is not None and today > project.warranty_until,
    }


def plans_with(actor: Actor, project: Project) -> list[Entry]:
    """The months in whose plans it stands, as far as the reader sees them."""
    months = queries.plans_visible_to(actor).filter(items__project=project).order_by("month").values_list("month", flat=True)
    return [{"month": month, "url": reverse("projects:plan", args=[project.area, month])} for month in months]
