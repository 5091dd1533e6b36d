"""Taking lists out of the desk (导出): asked for, written by a worker, fetched by whoever asked, deleted after a while."""

import dataclasses
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints import exporting
from complaints.export_states import ExportState, Form
from complaints.models import Export
from complaints.search_permissions import may_export
from complaints.worklist import WORKING, Filters
from files import storage
from people import actors
from people.actors import Actor
from tenancy import bell, clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal

logger = logging.getLogger(__name__)

MOST_TRIES, MOST_WAITING = 3, 3
"""How often a list is begun before it is given up, and how many one person may wait for (own)."""
LEASE = timedelta(seconds=300)
"""Longer than the time limit of the task, which begins anew and cannot go on where another one was."""

CLAIM = """
WITH chosen AS MATERIALIZED (
  SELECT id FROM complaints_export
   WHERE state = 'waiting' AND try_after <= statement_timestamp() {only}
   ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE complaints_export e SET tries = tries + 1, try_after = statement_timestamp() + %(lease)s
  FROM chosen WHERE e.id = chosen.id
RETURNING e.id, tries
"""


@transaction.atomic
def ask(queue: str, filters: Filters, *, form: str, described: str, address: str, by: Actor) -> Export:
    """Ask for a queue of the desk, with the filters of the screen, as a file.

    Raises NotAllowed; Refusal on `form`, on a list longer than EXPORT_MOST_ROWS, and on too many that wait.
    """
    if not may_export(by):
        raise NotAllowed(_("Only a desk's list can be taken out."))
    if form not in Form.values:
        raise Refusal(_("Choose Excel or CSV."), field="form")
    if Export.objects.filter(made_by=by.user, state=ExportState.WAITING).count() >= MOST_WAITING:
        raise Refusal(_("Several lists are still being written. Wait until one is done."), code="too_many")
    most = settings.EXPORT_MOST_ROWS
    count = len(exporting.ids(by, queue, filters, now=clock.now(), most=most))
    if count > most:
        raise Refusal(
            _("This list has more than %(most)d tickets. Narrow it with the filters, and take it out in parts.") % {"most": most},
            code="too_long",
        )
    row: Export = Export.objects.create(
        area=scope.own_place(by.id),
        made_by=by.user,
        form=form,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        queue=queue,
        filters=dataclasses.asdict(filters),
        described=described[:500],
        address=address[:2000],
        total=count,
    )
    _record(row, "tickets.export_asked", by=by)
    bell.ring("complaints.export", row.pk, row.area, to=bell.LATER)
    return row


def get(actor: Actor, export_id: int) -> Export:
    """One of the actor's own. Raises NotThere."""
    found: Export | None = Export.objects.filter(pk=export_id, made_by=actor.user).first()
    if found is None:
        raise NotThere
    return found


@transaction.atomic
def fetch(export_id: int, *, by: Actor) -> tuple[Export, BinaryIO]:
    """The file, for whoever asked for it; each time is recorded. Raises NotThere when it is not ready or gone."""
    row = get(by, export_id)
    if row.state != ExportState.DONE or not may_export(by):
        raise NotThere
    try:
        stored = storage.reading(row.file)
    except FileNotFoundError as gone:
        raise NotThere from gone
    _record(row, "tickets.export_fetched", by=by)
    return row, stored


def claim(export_id: int | None = None) -> tuple[int, int] | None:
    """Claim one list that waits, the given one or the oldest: (id, tries). Commits at once."""
    with scope.everything(reason="find a list that waits to be written"), connection.cursor() as cursor:
        values: dict[str, Any] = {"id": export_id, "lease": LEASE}
        cursor.execute(CLAIM.format(only="AND id = %(id)s" if export_id else ""), values)
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def work(export_id: int, tries: int) -> ExportState:
    """Write a claimed list, as whoever asked may see it now, by the filters and the moment they asked for."""
    with scope.everything(reason="whose list is to be written"):
        row: Export = Export.objects.select_related("made_by").get(pk=export_id)
        actor = actors.of_user(row.made_by)
    if tries > MOST_TRIES or not may_export(actor):
        return _give_up(row, actor, "too many tries" if tries > MOST_TRIES else "no desk any more")
    try:
        with translation.override(row.language):
            return _write(row, actor)
    except Exception as problem:
        logger.exception("list %s could not be written", export_id)
        if tries < MOST_TRIES:
            with scope.limited_to(actor.scope):
                Export.objects.filter(pk=export_id, state=ExportState.WAITING).update(try_after=clock.now(), done=0)
            return ExportState.WAITING
        return _give_up(row, actor, type(problem).__name__)


def _write(row: Export, actor: Actor) -> ExportState:
    with scope.limited_to(actor.scope):
        found = exporting.ids(actor, row.queue, exporting.filters_of(row), now=row.made_at, most=settings.EXPORT_MOST_ROWS)
        row.total = min(len(found), settings.EXPORT_MOST_ROWS)
        Export.objects.filter(pk=row.pk).update(total=row.total)
    with storage.writing(row.form) as (name, out):
        table = exporting.stream(row, actor, out)
        for done in _chunks(row, actor, found[: row.total], table):
            row.done = done
        table.close()
        size = out.tell()
    return _finish(row, actor, name, size)


def _chunks(row: Export, actor: Actor, found: list[int], table: Any) -> Iterator[int]:
    """Writes chunk after chunk, each read in a transaction of its own; yields how many tickets are written."""
    done = 0
    for start in range(0, len(found), exporting.CHUNK):
        with scope.limited_to(actor.scope):
            for line in exporting.lines(actor, found[start : start + exporting.CHUNK]):
                table.row(line)
                done += 1
            Export.objects.filter(pk=row.pk).update(done=done)
        yield done


def _finish(row: Export, actor: Actor, name: str, size: int) -> ExportState:
    now = clock.now()
    with scope.limited_to(actor.scope):
        kept = {"file": name, "size": size, "ended_at": now, "kept_until": now + timedelta(hours=settings.EXPORT_HOURS)}
        mine = Export.objects.filter(pk=row.pk, state=ExportState.WAITING)
        if mine.update(state=ExportState.DONE, done=row.done, **kept) == 1:
            _record(row, "tickets.exported", by=actor)
            return ExportState.DONE
    storage.delete(name)  # another worker was quicker
    return ExportState.DONE


def _give_up(row: Export, actor: Actor, problem: str) -> ExportState:
    with scope.everything(reason="a list that cannot be written"):
        waiting = Export.objects.filter(pk=row.pk, state=ExportState.WAITING)
        waiting.update(state=ExportState.FAILED, problem=problem[:200], ended_at=clock.now())
    return ExportState.FAILED


def clear() -> int:
    """Delete files whose time is up, and any that no row came to name; returns how many rows went."""
    now = clock.now()
    with scope.everything(reason="delete lists whose time is up"):
        due = list(Export.objects.filter(state=ExportState.DONE, kept_until__lte=now).order_by("pk").values_list("pk", "file"))
        for pk, name in due:
            storage.delete(name)
            Export.objects.filter(pk=pk, state=ExportState.DONE).update(state=ExportState.GONE, file="", size=0)
    for form in Form.values:
        for name in list(storage.names_older_than((settings.EXPORT_HOURS + 1) * 3600, suffix=form)):
            storage.delete(name)
    return len(due)


def _record(row: Export, action: str, *, by: Actor) -> None:
    area = next(post.area for post in by.posts if post.role in WORKING)
    kept = {name: value for name, value in row.filters.items() if value}
    facts = {"form": row.form, "queue": row.queue, "filters": kept, "total": row.total, "done": row.done}
    audit.record(row, action, by=by, area=area, after=facts)
