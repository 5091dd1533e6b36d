"""From a finding (问题) to what became of it: put right on the spot, ordered, answered, accepted, handed over, taken back."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from enforcement import due, finding_queries
from enforcement.actions import finding_telling as telling
from enforcement.finding_permissions import RULES
from enforcement.finding_states import FindingEventKind, FindingState, Party
from enforcement.models import Finding, FindingEvent, FindingPhoto, MoreTime
from files import actions as files
from files.images import Photo as CleanPhoto
from people.actors import Actor
from people.queries import calendar_of
from tenancy import clock
from tenancy.refusals import NotAllowed, Refusal, WrongState
from tenancy.text import clean

LONGEST_DEMAND, LONGEST_ANSWER, LONGEST_WORDS, LONGEST_NAME = 500, 500, 300, 60
MOST_DAYS, MOST_MORE_DAYS = 180, 90
MOST_PHOTOS = 9
F, E = FindingState, FindingEventKind


class StaleFinding(WrongState):
    """Somebody changed it after it was looked at."""

    code = "stale_version"

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this finding meanwhile. Look at it again before you go on."))


@transaction.atomic
def fix(number: str, *, by: Actor, version: int, text: str, photos: Sequence[CleanPhoto]) -> Finding:
    """Put right on the spot, before the eyes of the officers, with a photo. Only where its item may be settled so."""
    row = begin(number, "fix", by=by, version=version)
    if not row.item.on_spot:
        raise Refusal(_("This item is not settled on the spot. Order it to be put right, or hand it over."), code="not_on_spot")
    row.end_words = clean(text, field="text", longest=LONGEST_WORDS, lines=True)
    _end(row, by)
    event = finish(row, F.FIXED, E.FIXED, _ENDED, by=by, text=row.end_words)
    _keep(row, event, photos, by=by)
    telling.party(row, "finding_fixed", by=by)
    return row


@transaction.atomic
def order(number: str, *, by: Actor, version: int, demand: str, days: int, party: str = "", party_name: str = "") -> Finding:
    """Order it to be put right within so many calendar days from tomorrow on (行政处罚法 28; `enforcement.due`).

    `party` corrects who answers for it. Raises Refusal by the field.
    """
    row = begin(number, "order", by=by, version=version)
    row.demand = clean(demand, field="demand", longest=LONGEST_DEMAND, lines=True)
    row.days = _between(days, MOST_DAYS)
    _set_party(row, party, party_name)
    row.due_on = due.last_day(clock.today(), row.days, calendar_of(row.area)[1])
    row.ordered_at, row.ordered_by = clock.now(), by.user
    fields = ["demand", "days", "due_on", "ordered_at", "ordered_by", "party", "party_name", "party_organisation"]
    finish(row, F.ORDERED, E.ORDERED, fields, by=by, text=row.demand, due_on=f"{row.due_on}", party=row.party)
    telling.party(row, "finding_ordered", by=by)
    return row


@transaction.atomic
def answer(number: str, *, by: Actor, version: int, text: str, photos: Sequence[CleanPhoto]) -> Finding:
    """Whoever answers for it says that it is right now, with at least one photo. For owners and shops the bureau notes it."""
    row = begin(number, "answer", by=by, version=version)
    row.answer = clean(text, field="text", longest=LONGEST_ANSWER, lines=True)
    row.answered_at, row.answered_by = clock.now(), by.user
    event = finish(row, F.ANSWERED, E.ANSWERED, ["answer", "answered_at", "answered_by"], by=by, text=row.answer)
    _keep(row, event, photos, by=by)
    telling.bureau(row, "finding_answered", by=by)
    return row


@transaction.atomic
def accept(number: str, *, by: Actor, version: int, text: str) -> Finding:
    """It is right now. Raises WrongState while a re-check that carries it is not over: what that finds decides."""
    row = begin(number, "accept", by=by, version=version)
    _not_carried(row)
    return accepted(row, by=by, text=clean(text, field="text", longest=LONGEST_WORDS, lines=True))


def accepted(row: Finding, *, by: Actor, text: str) -> Finding:
    """Accept one that was read with its lock."""
    row.end_words = text
    _end(row, by)
    finish(row, F.ACCEPTED, E.ACCEPTED, _ENDED, by=by, text=text)
    telling.party(row, "finding_accepted", by=by)
    telling.street(row, "finding_accepted", by=by)
    return row


@transaction.atomic
def send_back(number: str, *, by: Actor, version: int, text: str, days: int) -> Finding:
    """It is not right yet: ordered once more, with so many days from today."""
    row = begin(number, "send_back", by=by, version=version)
    _not_carried(row)
    return sent_back(row, by=by, text=clean(text, field="text", longest=LONGEST_WORDS, lines=True), days=days)


def sent_back(row: Finding, *, by: Actor, text: str, days: int) -> Finding:
    """Order one anew that was read with its lock."""
    row.due_on = due.last_day(clock.today(), _between(days, MOST_DAYS), calendar_of(row.area)[1])
    row.rounds += 1
    row.told_late = 0
    fields = ["due_on", "rounds", "told_late"]
    finish(row, F.ORDERED, E.SENT_BACK, fields, by=by, text=text, due_on=f"{row.due_on}")
    telling.party(row, "finding_sent_back", by=by)
    return row


@transaction.atomic
def ask_recheck(number: str, *, by: Actor, version: int, text: str = "") -> Finding:
    """It is to be looked at again on the spot, by a re-check that carries only what failed."""
    row = begin(number, "ask_recheck", by=by, version=version)
    words = clean(text, field="text", longest=LONGEST_WORDS, lines=True, required=False)
    row.recheck = None  # an earlier one is over
    finish(row, F.RECHECK, E.RECHECK, ["recheck"], by=by, text=words)
    telling.party(row, "finding_recheck", by=by)
    return row


@transaction.atomic
def transfer(number: str, *, by: Actor, version: int, text: str) -> Finding:
    """Hand it over: it becomes a case of the bureau, outside of this record. `text` names case number and office."""
    row = begin(number, "transfer", by=by, version=version)
    _not_carried(row)
    row.end_words = clean(text, field="text", longest=LONGEST_WORDS, lines=True)
    _end(row, by)
    finish(row, F.TRANSFERRED, E.TRANSFERRED, _ENDED, by=by, text=row.end_words)
    telling.party(row, "finding_transferred", by=by)
    return row


@transaction.atomic
def drop(number: str, *, by: Actor, version: int, text: str) -> Finding:
    """Take it back, with a reason: by the head of the bureau. It is not shown to residents any more."""
    row = begin(number, "drop", by=by, version=version)
    row.end_words = clean(text, field="text", longest=LONGEST_WORDS, lines=True)
    _end(row, by)
    finish(row, F.DROPPED, E.DROPPED, _ENDED, by=by, text=row.end_words)
    telling.party(row, "finding_dropped", by=by)
    return row


@transaction.atomic
def ask_time(number: str, *, by: Actor, version: int, days: int, reason: str) -> MoreTime:
    """Ask for more time, with a reason. One at a time; the head of the bureau decides."""
    row = begin(number, "ask_time", by=by, version=version)
    words = clean(reason, field="reason", longest=LONGEST_WORDS, lines=True)
    more = _between(days, MOST_MORE_DAYS)
    if finding_queries.time_asked(row) is not None:
        raise WrongState(_("More time was asked for already, and nobody has decided yet."))
    asked: MoreTime = MoreTime.objects.create(area=row.area, finding=row, days=more, reason=words, asked_by_id=by.id)
    finish(row, F(row.state), E.EXTENSION_ASKED, [], by=by, text=words, days=more)
    telling.heads(row, "finding_time_asked", by=by, days=more, reason=words)
    return asked


@transaction.atomic
def decide_time(number: str, *, by: Actor, version: int, granted: bool, text: str) -> Finding:
    """Give more time, counted from the last day so far, or say why not. Not by whoever asked."""
    row = begin(number, "decide_time", by=by, version=version)
    asked = finding_queries.time_asked(row)
    if asked is None:
        raise WrongState(_("Nobody asks for more time."))
    if asked.asked_by_id == by.id:
        raise NotAllowed(_("Whoever asked for more time does not decide on it."))
    words = clean(text, field="text", longest=LONGEST_WORDS, lines=True, required=not granted)
    asked.granted, asked.words, asked.decided_at, asked.decided_by = granted, words, clock.now(), by.user
    asked.save(update_fields=["granted", "words", "decided_at", "decided_by"])
    if granted:
        assert row.due_on is not None
        row.due_on = due.last_day(row.due_on, asked.days, calendar_of(row.area)[1])
        row.told_late = 0
    kind = E.EXTENDED if granted else E.NOT_EXTENDED
    finish(row, F(row.state), kind, ["due_on", "told_late"] if granted else [], by=by, text=words, due_on=f"{row.due_on}")
    telling.party(row, "finding_extended" if granted else "finding_not_extended", by=by, reason=words)
    return row


@transaction.atomic
def lift(number: str, *, by: Actor, version: int, text: str) -> Finding:
    """End its publication once it is over: residents do not read it any more; the numbers keep it."""
    row = begin(number, "lift", by=by, version=version)
    if row.lifted_at is not None:
        raise WrongState(_("It is not published any more."))
    row.lifted_at, row.lifted_by = clock.now(), by.user
    words = clean(text, field="text", longest=LONGEST_WORDS, lines=True)
    finish(row, F(row.state), E.LIFTED, ["lifted_at", "lifted_by"], by=by, text=words)
    telling.party(row, "finding_lifted", by=by)
    return row


def begin(number: str, action: str, *, by: Actor, version: int) -> Finding:
    """The finding, locked and checked: visible, allowed, in a state that allows the action, unchanged since `version`."""
    row = finding_queries.get(by, number, lock=True)
    rule, states = RULES[action]
    if not rule(by, row):
        raise NotAllowed(_ONLY.get(action, NotAllowed().message))
    if row.state not in states:
        raise WrongState(_("This cannot be done now: it is “%(state)s”.") % {"state": row.get_state_display()})
    if row.version != version:
        raise StaleFinding
    return row


_ONLY = {name: _("Only the head of the bureau that found it decides this.") for name in ("drop", "decide_time", "lift")} | {
    name: _("Only the bureau that found it decides this.") for name in ("fix", "order", "accept", "send_back", "transfer")
}
_ENDED = ["end_words", "ended_at", "ended_by"]


def finish(
    row: Finding, new: FindingState, kind: FindingEventKind, fields: Sequence[str], *, by: Actor, text: str = "", **after: Any
) -> FindingEvent:
    """Save it in its new state with a line of its timeline and of the record."""
    old, row.state = row.state, new
    row.version += 1
    row.save(update_fields=[*fields, "state", "version"])
    event: FindingEvent = FindingEvent.objects.create(
        area=row.area, finding=row, at=clock.now(), by_id=by.id, kind=kind, state=new, version=row.version, text=text
    )
    said = {"state": new, "version": row.version, **after}
    audit.record(row, f"finding.{kind}", by=by, area=row.area, before={"state": old}, after=said)
    return event


def _end(row: Finding, by: Actor) -> None:
    row.ended_at, row.ended_by = clock.now(), by.user


def _not_carried(row: Finding) -> None:
    if row.state == F.RECHECK and row.recheck_id is not None:
        raise WrongState(_("A re-check carries it. What that finds decides."))


def _between(days: int, most: int) -> int:
    if not 1 <= days <= most:
        raise Refusal(_("Give from 1 to %(most)d days.") % {"most": most}, field="days")
    return days


def _set_party(row: Finding, party: str, name: str) -> None:
    """Correct who answers for it; nothing given leaves what the officer noted."""
    if party and party not in Party.values:
        raise Refusal(_("Choose who answers for it."), field="party")
    row.party = party or row.party
    row.party_organisation_id = finding_queries.party_organisation(row.area, row.party)
    row.party_name = clean(name, field="party_name", longest=LONGEST_NAME, required=False) or row.party_name
    if row.party_organisation_id is None and not row.party_name:
        raise Refusal(_("Say by name who answers for it: the order is addressed to them."), field="party_name", code="required")


def _keep(row: Finding, event: FindingEvent, photos: Sequence[CleanPhoto], *, by: Actor) -> None:
    """Keep the photos of how it was put right. Raises Refusal without any."""
    if not photos:
        raise Refusal(_("A photo is the proof. Add at least one, taken at the same spot."), field="photos", code="required")
    if len(photos) > MOST_PHOTOS:
        raise Refusal(_("At most %(most)d photos fit.") % {"most": MOST_PHOTOS}, field="photos", code="too_many")
    kept = files.keep(photos, area=row.area, by=by)
    FindingPhoto.objects.bulk_create(FindingPhoto(area=row.area, finding=row, event=event, photo=photo) for photo in kept)
