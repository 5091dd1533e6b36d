"""Learning from confirmed tickets: a version is made, judged on tickets held back, and taken into use only if it is better."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints.catalogue import Catalogue
from complaints.learned import Unreadable
from complaints.learning import apart
from complaints.learning_queries import ConfirmedText, confirmed, digest_of
from complaints.learning_states import SHIPPED, ModelState
from complaints.model_permissions import may_choose_model
from complaints.models import ModelVersion
from people import actors
from people.actors import Actor
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, WrongState
from tenancy.text import clean

logger = logging.getLogger(__name__)

MOST_TEXTS = 2000
"""Confirmed tickets that are learnt from, the newest; time grows with the cube of the texts, shipped ones included (own)."""
ONE_IN = 5
"""Every fifth confirmed ticket is held back, always the same ones (own)."""
LONGEST = 200.0
"""Seconds that learning may take; the task's own limits lie above."""
LEASE = timedelta(seconds=330)
MOST_TRIES = 3
LONGEST_REASON = 500


def learn() -> ModelState | None:
    """Make, judge and take or refuse the next version; None when there is nothing to do. The candidate's row is the job."""
    claimed = _claim()
    if claimed is None:
        return None
    with scope.everything(reason="texts of confirmed tickets, to learn from"):
        texts = confirmed(most=MOST_TEXTS)
    taught = [each for each in texts if not is_held_back(each.number)]
    held = [each for each in texts if is_held_back(each.number)]
    try:
        made = apart.learn(_judged(taught), _judged(held), _content_in_use(), seconds=LONGEST)
    except apart.LearningFailed as problem:
        logger.warning("learning of model version %s failed: %s", claimed, problem)
        return _give_up(claimed, str(problem))
    return _judge(claimed, made, taught=len(taught))


def is_held_back(number: str) -> bool:
    """By a hash of the ticket's number, so that no version ever learns what another was judged by."""
    return int(hashlib.sha256(number.encode()).hexdigest()[:8], 16) % ONE_IN == 0


def _judged(texts: Sequence[ConfirmedText]) -> list[apart.Judged]:
    return [apart.Judged(each.text, each.leaf, each.emergency) for each in texts]


def ship() -> None:
    """The row of the version that comes with Mulin; in use until another is better. Doing it twice changes nothing."""
    if not ModelVersion.objects.filter(version=SHIPPED).exists():
        live = ModelVersion.objects.filter(state=ModelState.LIVE).exists()
        state = ModelState.RETIRED if live else ModelState.LIVE
        ModelVersion.objects.bulk_create([ModelVersion(version=SHIPPED, state=state)], ignore_conflicts=True)


def _one_at_a_time() -> None:
    """Whoever changes which version is in use or being made waits here for the others, until their transactions end."""
    ship()
    ModelVersion.objects.select_for_update(of=("self",)).defer("content").get(version=SHIPPED)


def _claim() -> int | None:
    """The id of the candidate to work on. Commits at once."""
    with scope.everything(reason="are there newly confirmed tickets to learn from?"):
        _one_at_a_time()
        newest = ModelVersion.objects.defer("content").order_by("-version")[0]
        now = clock.now()
        if newest.state == ModelState.CANDIDATE:
            return _claim_again(newest)
        if newest.version != SHIPPED and newest.made_at > now - timedelta(days=settings.LEARN_EVERY_DAYS):
            return None
        texts = confirmed(most=MOST_TEXTS)
        learnt_from = digest_of(texts, Catalogue.load())
        if not texts or ModelVersion.objects.filter(learnt_from=learnt_from).exists():
            return None
        made = ModelVersion.objects.create(
            version=newest.version + 1, made_at=now, learnt_from=learnt_from, tries=1, try_after=now + LEASE
        )
        return made.pk


def _claim_again(candidate: ModelVersion) -> int | None:
    """Whoever had it in hand died, unless its lease still runs."""
    now = clock.now()
    if candidate.try_after > now:
        return None
    if candidate.tries >= MOST_TRIES:
        _refuse(candidate, "tried several times and not finished")
        return None
    candidate.tries, candidate.try_after = candidate.tries + 1, now + LEASE
    candidate.save(update_fields=["tries", "try_after"])
    return candidate.pk


def _content_in_use() -> bytes:
    """Of the version in use; empty for the shipped one."""
    found = ModelVersion.objects.filter(state=ModelState.LIVE).values_list("content", flat=True).first()
    return bytes(found or b"")


def _give_up(candidate_id: int, problem: str) -> ModelState | None:
    with scope.everything(reason="a version of the model could not be learnt"):
        _one_at_a_time()
        found = ModelVersion.objects.select_for_update(of=("self",)).filter(pk=candidate_id, state=ModelState.CANDIDATE).first()
        if found is not None:
            _refuse(found, problem)
        return ModelState.REFUSED if found else None


def _refuse(candidate: ModelVersion, problem: str) -> None:
    candidate.state, candidate.why, candidate.problem = ModelState.REFUSED, "failed", problem[:200]
    candidate.save(update_fields=["state", "why", "problem"])
    after = {"why": candidate.why, "problem": candidate.problem}
    audit.record(candidate, "model.refused", by=actors.system(), area=audit.INSTALLATION, after=after)


def is_better(new: apart.Figures, current: apart.Figures) -> str:
    """Empty when the new one may go into use, or else a key of WHY: right departments must be more, right leaves not fewer."""
    if new.n < settings.LEARN_FEWEST_HELD_BACK:
        return "too_few"
    if new.department <= current.department:
        return "department"
    return "leaf" if new.leaf < current.leaf else ""


def _judge(candidate_id: int, made: apart.Learnt, *, taught: int) -> ModelState | None:
    """Keep what was learnt; take it into use if it is better. Nothing to do for a candidate that was given up meanwhile."""
    with scope.everything(reason="judge a version of the model"):
        _one_at_a_time()
        version = ModelVersion.objects.select_for_update(of=("self",)).filter(pk=candidate_id).first()
        if version is None or version.state != ModelState.CANDIDATE:
            return None
        version.shipped_texts, version.confirmed_texts, version.digest = made.shipped, taught, made.digest
        version.figures = {"new": asdict(made.new), "current": asdict(made.current)}
        version.why = is_better(made.new, made.current)
        version.state = ModelState.REFUSED if version.why else ModelState.LIVE
        if version.state == ModelState.LIVE:
            version.content = made.content
            ModelVersion.objects.filter(state=ModelState.LIVE).update(state=ModelState.RETIRED)
        version.save()
        done = "model.refused" if version.why else "model.taken_into_use"
        audit.record(version, done, by=actors.system(), area=audit.INSTALLATION, after={"why": version.why})
        return ModelState(version.state)


@transaction.atomic
def go_back(version: int, *, by: Actor, reason: str) -> ModelVersion:
    """Take an older version into use again, with a reason. It stays until a newer one is learnt that beats it.

    Raises NotAllowed, Refusal on `reason`, NotThere on a number that is none, WrongState for one that cannot be used.
    """
    if not may_choose_model(by):
        raise NotAllowed(_("The county desk and the system administrator choose the model."))
    _one_at_a_time()
    rows = ModelVersion.objects.defer("content").filter(Q(version=version) | Q(state=ModelState.LIVE)).order_by("version")
    found = list(rows)
    chosen = next((each for each in found if each.version == version), None)
    if chosen is None:
        raise NotThere
    said = clean(reason, field="reason", longest=LONGEST_REASON, lines=True)
    if chosen.state != ModelState.RETIRED:
        raise WrongState(_("Only a version that was in use before can be taken into use again."))
    left = [each for each in found if each.state == ModelState.LIVE]
    ModelVersion.objects.filter(pk__in=[each.pk for each in left]).update(state=ModelState.RETIRED)
    chosen.state, chosen.problem, chosen.reason = ModelState.LIVE, "", said
    chosen.chosen_at, chosen.chosen_by = clock.now(), by.user
    chosen.save(update_fields=["state", "problem", "reason", "chosen_at", "chosen_by"])
    before = {"version": left[0].version} if left else {}
    after = {"version": version, "reason": said}
    audit.record(chosen, "model.gone_back", by=by, area=audit.INSTALLATION, before=before, after=after)
    return chosen


def note_unreadable(found: Unreadable) -> None:
    """Say on the version that workers cannot read it; the first that finds out says it."""
    with scope.everything(reason="a version of the model cannot be read"):
        if ModelVersion.objects.filter(pk=found.id, problem="").update(problem=found.problem or "unreadable"):
            after = {"problem": found.problem}
            version = ModelVersion.objects.defer("content").get(pk=found.id)
            audit.record(version, "model.unreadable", by=actors.system(), area=audit.INSTALLATION, after=after)
