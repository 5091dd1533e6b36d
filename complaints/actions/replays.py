"""Replays (试跑): a draft tried on the last tickets of its owner's places, in portions. The row is the job."""

import logging
import time
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints import queries, rulebook
from complaints.models import ReplayRun, Ticket
from complaints.replaying import Tally, try_on
from complaints.rule_permissions import may_keep_rules
from complaints.rule_queries import get_set
from complaints.rule_states import RunState
from people import actors
from people.actors import Actor
from tenancy import areas, bell, clock, scope
from tenancy.areas import Level
from tenancy.refusals import NotAllowed, Refusal

logger = logging.getLogger(__name__)

FEWEST, MOST = 50, 1000
"""How many tickets a replay may be asked for."""
PORTION = 50
MOST_TRIES = 8
MOST_WAITING = 3
"""Replays of one owner that may wait at a time."""
LEASE = timedelta(seconds=60)
LONGEST = 20.0
"""Seconds of one go; the next bell or the sweep goes on."""

# As with routing: claimed in one statement, the try counted before the work. A portion that succeeds sets the count back.
CLAIM = """
WITH chosen AS MATERIALIZED (
  SELECT id FROM complaints_replayrun
   WHERE state = 'waiting' AND try_after <= statement_timestamp() {only}
   ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE complaints_replayrun run SET tries = tries + 1, try_after = statement_timestamp() + %(lease)s
  FROM chosen WHERE run.id = chosen.id
RETURNING run.id, area, tries
"""


@transaction.atomic
def start(ruleset_id: int, *, n: int, by: Actor) -> ReplayRun:
    """Ask for a replay on the last `n` tickets. Raises NotThere, NotAllowed, Refusal on `n` and on too many that wait."""
    ruleset = get_set(by, ruleset_id)
    if not may_keep_rules(by, ruleset.area):
        raise NotAllowed(_("Only the office that owns these rules tries them."))
    if not FEWEST <= n <= MOST:
        raise Refusal(_("Give a number from %(fewest)d to %(most)d.") % {"fewest": FEWEST, "most": MOST}, field="n")
    if ReplayRun.objects.filter(area=ruleset.area, state=RunState.WAITING).count() >= MOST_WAITING:
        raise Refusal(_("Several replays are still at work. Wait until one is done."), field="n", code="too_many")
    run: ReplayRun = ReplayRun.objects.create(area=ruleset.area, ruleset=ruleset, revision=ruleset.revision, n=n, made_by=by.user)
    audit.record(run, "rules.replayed", by=by, area=ruleset.area, after={"version": ruleset.version, "n": n})
    bell.ring("complaints.replay", run.pk, run.area, to=bell.LATER)
    return run


def claim(run_id: int | None = None) -> tuple[int, int, int] | None:
    """Claim one replay that waits, the given one or the oldest: (id, area, tries). Commits at once."""
    with scope.everything(reason="find a replay that waits"), connection.cursor() as cursor:
        values: dict[str, Any] = {"id": run_id, "lease": LEASE}
        cursor.execute(CLAIM.format(only="AND id = %(id)s" if run_id else ""), values)
        row = cursor.fetchone()
    return (row[0], row[1], row[2]) if row else None


def work(run_id: int, area: int, tries: int) -> RunState:
    """Do portions of a claimed replay until it is done or the time is up; then ring for whoever goes on."""
    end = time.monotonic() + LONGEST
    state = RunState.WAITING
    while state == RunState.WAITING:
        try:
            with scope.place(area):
                state = _give_up(run_id, "too many tries") if tries > MOST_TRIES else _portion(run_id)
        except Exception as problem:
            logger.exception("replay %s failed", run_id)
            with scope.place(area):
                return _give_up(run_id, type(problem).__name__)
        if time.monotonic() > end:
            break
    if state == RunState.WAITING:
        with scope.place(area):
            ReplayRun.objects.filter(pk=run_id).update(try_after=clock.now())
            bell.ring("complaints.replay", run_id, area, to=bell.LATER)
    return state


def _portion(run_id: int) -> RunState:
    """The next tickets, newest first, as whoever asked may see them; complaints about officials never come before rules."""
    with transaction.atomic():
        run = ReplayRun.objects.select_for_update(of=("self",)).select_related("ruleset", "made_by").filter(pk=run_id).first()
        if run is None or run.state != RunState.WAITING:
            return RunState.DONE
        asked_by = actors.of_user(run.made_by)
        seen = queries.visible_to(asked_by).filter(restricted=False)
        if run.cursor is not None:
            seen = seen.filter(pk__lt=run.cursor)
        tickets: list[Ticket] = list(seen.select_related("compound").order_by("-pk")[: min(PORTION, run.n - run.done)])
        tally = Tally.read(run.result)
        others = cache(lambda street: rulebook.in_force(street).sets)
        tried = rulebook.read(run.ruleset)
        try_on(tickets, tried, lambda area: others(areas.ancestor(area, Level.STREET)), tally, on=timezone.localdate())
        run.result, run.done, run.tries = tally.kept(), run.done + len(tickets), 0
        run.cursor = tickets[-1].pk if tickets else run.cursor
        if len(tickets) < PORTION or run.done >= run.n:
            run.state, run.ended_at = RunState.DONE, clock.now()
        run.try_after = clock.now() + LEASE
        run.save(update_fields=["result", "done", "cursor", "tries", "state", "ended_at", "try_after"])
        return RunState(run.state)


def _give_up(run_id: int, problem: str) -> RunState:
    with transaction.atomic():
        ReplayRun.objects.filter(pk=run_id, state=RunState.WAITING).update(
            state=RunState.FAILED, problem=problem[:200], ended_at=clock.now()
        )
    return RunState.FAILED
