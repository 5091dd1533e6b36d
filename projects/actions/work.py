"""Doing the work: beginning, the weekly word, and saying that it is finished."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from files import actions as files
from files.images import Photo as CleanPhoto
from people.actors import Actor
from projects.actions.step import LONGEST_REASON, begin, finish
from projects.models import Milestone, Project, ProjectPhoto, WeekReport
from projects.months import week_of
from projects.states import EventKind, ProjectState, Stage
from tenancy import clock
from tenancy.refusals import Refusal
from tenancy.text import clean

LONGEST_REPORT = 1_000
MOST_PHOTOS = 9
LONGEST_SPOT = 40


@dataclass(frozen=True)
class Taken:
    """A photo and the spot it was taken from, such as “gate, looking in”."""

    photo: CleanPhoto
    spot: str


@transaction.atomic
def start(number: str, *, by: Actor, version: int, photos: Sequence[Taken] = ()) -> Project:
    """Begin the work; photos show how it was before."""
    project = begin(number, "start", by=by, version=version)
    _keep(project, photos, Stage.BEFORE, by=by)
    finish(project, ProjectState.WORKING, EventKind.STARTED, [], by=by)
    return project


@transaction.atomic
def report(
    number: str,
    *,
    by: Actor,
    version: int,
    text: str,
    percents: Mapping[int, int],
    delay: str = "",
    photos: Sequence[Taken] = (),
) -> Project:
    """What the week came to. `percents` gives milestones, by position, their new percent; the others stay.

    Raises Refusal on a milestone that is none, on a percent that goes back without a reason in `delay`, and when the promised
    day is past and `delay` says nothing.
    """
    project = begin(number, "report", by=by, version=version)
    said = clean(text, field="text", longest=LONGEST_REPORT, lines=True)
    why = clean(delay, field="delay", longest=LONGEST_REASON, required=False, lines=True)
    today = clock.today()
    before = project.progress
    project.progress = _move(project, percents)
    if project.progress < before and not why:
        raise Refusal(_("Progress went back: say why."), field="delay", code="required")
    if today > project.ends_on and project.progress < 100 and not why:
        raise Refusal(_("The promised day is past: say why it is late."), field="delay", code="required")
    row = WeekReport.objects.create(
        area=project.area,
        project=project,
        week=week_of(today),
        percent=project.progress,
        text=said,
        delay=why,
        reported_at=clock.now(),
        reported_by_id=by.id,
    )
    _keep(project, photos, Stage.DURING, by=by, report=row)
    project.reported_at, project.reported_by_id = clock.now(), by.id
    fields = ["progress", "reported_at", "reported_by"]
    finish(project, ProjectState.WORKING, EventKind.REPORTED, fields, by=by, text=said, percent=project.progress)
    return project


@transaction.atomic
def deliver(number: str, *, by: Actor, version: int, text: str, achieved: int, photos: Sequence[Taken] = ()) -> Project:
    """Say that it is finished, with how much was done, in units of the matter; the residents are asked.

    Raises Refusal without a photo of the result.
    """
    project = begin(number, "deliver", by=by, version=version)
    said = clean(text, field="text", longest=LONGEST_REPORT, lines=True)
    if not photos:
        raise Refusal(_("Show the result: add at least one photo."), field="photos", code="required")
    if not 0 <= achieved <= 10**6:
        raise Refusal(_("Give a number from %(least)d to %(most)d.") % {"least": 0, "most": 10**6}, field="achieved")
    _keep(project, photos, Stage.AFTER, by=by)
    project.milestones.exclude(percent=100).update(percent=100)
    project.progress, project.achieved, project.delivered_at = 100, achieved, clock.now()
    finish(project, ProjectState.DELIVERED, EventKind.DELIVERED, ["progress", "achieved", "delivered_at"], by=by, text=said)
    return project


def _move(project: Project, percents: Mapping[int, int]) -> int:
    """Give milestones their percents; the project's is their weighted mean, rounded down."""
    rows: list[Milestone] = list(project.milestones.order_by("position"))
    known = {row.position for row in rows}
    for position, percent in percents.items():
        if position not in known:
            raise Refusal(_("This is no milestone of the project."), field="percents", code="not_found")
        if not 0 <= percent <= 100:
            raise Refusal(_("Give a number from %(least)d to %(most)d.") % {"least": 0, "most": 100}, field="percents")
    for row in rows:
        row.percent = percents.get(row.position, row.percent)
    Milestone.objects.bulk_update(rows, ["percent"])
    return sum(row.weight * row.percent for row in rows) // sum(row.weight for row in rows)


def _keep(project: Project, photos: Sequence[Taken], stage: Stage, *, by: Actor, report: WeekReport | None = None) -> None:
    if len(photos) > MOST_PHOTOS:
        raise Refusal(_("At most %(most)d photos fit.") % {"most": MOST_PHOTOS}, field="photos", code="too_many")
    spots = [clean(each.spot, field="spots", longest=LONGEST_SPOT) for each in photos]
    rows = files.keep([each.photo for each in photos], area=project.area, by=by)
    ProjectPhoto.objects.bulk_create(
        ProjectPhoto(area=project.area, project=project, report=report, photo=photo, stage=stage, spot=spot)
        for photo, spot in zip(rows, spots, strict=True)
    )
