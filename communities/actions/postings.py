"""Postings (公示): asked for, put up with a photo as proof, taken down; objections and their answers."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from communities import posting_queries, queries
from communities.models import Objection, Posting, PostingPhoto
from communities.posting_permissions import HANGING, RULES, may_ask, reads_all
from communities.posting_states import PostingKind, PostingState
from files import actions as files
from files.images import Photo as CleanPhoto
from notices import actions as notices
from people.actors import Actor, system
from people.models import User
from people.queries import holders
from people.roles import STREET, Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_SPOT, LONGEST_CONTACT, LONGEST_LAW = 80, 2_000, 60, 120, 120
LONGEST_REASON, LONGEST_OBJECTION, LONGEST_ANSWER = 300, 500, 1_000
MOST_PHOTOS = 9
MOST_DAYS, MOST_DAYS_AHEAD = 366, 366


class StalePosting(WrongState):
    """Somebody changed it after it was looked at."""

    code = "stale_version"

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this posting meanwhile. Look at it again before you go on."))


@transaction.atomic
def ask(
    *,
    area: int,
    kind: str,
    subject: str,
    text: str,
    due_on: date,
    days: int,
    by: Actor,
    contact: str = "",
    law: str = "",
) -> Posting:
    """Ask for something to be put up in a compound by a day, for so many days. Raises NotThere, NotAllowed, Refusal."""
    compound = queries.compound(area)
    if not may_ask(by, area, kind):
        raise NotAllowed if reads_all(by, area) or by.holds(area, {Role.RESIDENT}) else NotThere
    if kind not in PostingKind.values:
        raise Refusal(_("Choose what is put up."), field="kind")
    today = clock.today()
    if not today <= due_on <= today + timedelta(days=MOST_DAYS_AHEAD):
        raise Refusal(_("Choose a day from today on, within a year."), field="due_on")
    if not 1 <= days <= MOST_DAYS:
        raise Refusal(_("Give from 1 to %(most)d days.") % {"most": MOST_DAYS}, field="days")
    posting: Posting = Posting.objects.create(
        area=area,
        compound=compound,
        kind=kind,
        subject=clean(subject, field="subject", longest=LONGEST_SUBJECT),
        text=clean(text, field="text", longest=LONGEST_TEXT, lines=True),
        contact=clean(contact, field="contact", longest=LONGEST_CONTACT, required=False),
        law=clean(law, field="law", longest=LONGEST_LAW, required=False),
        due_on=due_on,
        days=days,
        asked_at=clock.now(),
        asked_by_id=by.id,
    )
    _note(posting, "asked", by=by, kind=kind, due_on=due_on.isoformat(), days=days)
    _tell(holders(HANGING, area), "posting_asked", posting, by=by)
    return posting


@transaction.atomic
def put_up(
    posting_id: int, *, by: Actor, version: int, spot: str, photos: Sequence[CleanPhoto], up_from: date | None = None
) -> Posting:
    """Say that it hangs, where, and since when (today when no day is given), with a photo of the board.

    Raises Refusal without a photo, for a day to come, and for one before it was asked for.
    """
    posting = _begin(posting_id, "put_up", by=by, version=version)
    posting.spot = clean(spot, field="spot", longest=LONGEST_SPOT)
    today = clock.today()
    since = up_from or today
    if since > today or since < _day_of(posting):
        raise Refusal(_("Choose a day between the one on which it was asked for and today."), field="up_from")
    if not photos:
        raise Refusal(_("A photo of the board is the proof. Add at least one."), field="photos", code="required")
    if len(photos) > MOST_PHOTOS:
        raise Refusal(_("At most %(most)d photos fit.") % {"most": MOST_PHOTOS}, field="photos", code="too_many")
    kept = files.keep(photos, area=posting.area, by=by)
    PostingPhoto.objects.bulk_create(PostingPhoto(area=posting.area, posting=posting, photo=photo) for photo in kept)
    posting.up_from, posting.up_until = since, since + timedelta(days=posting.days - 1)
    posting.put_up_at, posting.put_up_by_id = clock.now(), by.id
    fields = ["spot", "up_from", "up_until", "put_up_at", "put_up_by"]
    _finish(posting, PostingState.UP, "put_up", fields, by=by, spot=posting.spot, photos=len(kept))
    _tell(holders([Role.RESIDENT], posting.area), "posting_up", posting, by=by)
    return posting


@transaction.atomic
def take_down(posting_id: int, *, by: Actor, version: int, reason: str = "") -> Posting:
    """Take it down. Before its last day is over only with a reason, which residents read."""
    posting = _begin(posting_id, "take_down", by=by, version=version)
    posting.reason = clean(reason, field="reason", longest=LONGEST_REASON, required=False)
    if posting.up_until is not None and clock.today() <= posting.up_until and not posting.reason:
        raise Refusal(
            _("It should hang until %(day)s. Say why it comes down before.") % {"day": posting.up_until},
            field="reason",
            code="required",
        )
    posting.ended_at, posting.ended_by_id = clock.now(), by.id
    _finish(posting, PostingState.DOWN, "taken_down", ["reason", "ended_at", "ended_by"], by=by, reason=posting.reason)
    return posting


@transaction.atomic
def cancel(posting_id: int, *, by: Actor, version: int, reason: str) -> Posting:
    """It need not be put up any more."""
    posting = _begin(posting_id, "cancel", by=by, version=version)
    posting.reason = clean(reason, field="reason", longest=LONGEST_REASON)
    posting.ended_at, posting.ended_by_id = clock.now(), by.id
    _finish(posting, PostingState.CANCELLED, "cancelled", ["reason", "ended_at", "ended_by"], by=by, reason=posting.reason)
    _tell(holders(HANGING, posting.area), "posting_cancelled", posting, by=by)
    return posting


@transaction.atomic
def raise_objection(posting_id: int, *, by: Actor, text: str) -> Objection:
    """Object to what hangs. One open objection a person. Raises as `put_up` does."""
    posting = _begin(posting_id, "object", by=by)
    said = clean(text, field="text", longest=LONGEST_OBJECTION)
    if Objection.objects.filter(posting=posting, raised_by=by.id, answered_at=None).exists():
        raise Refusal(_("You have objected already; the answer is still to come."), field="text", code="twice")
    row: Objection = Objection.objects.create(
        area=posting.area, posting=posting, text=said, raised_at=clock.now(), raised_by_id=by.id
    )
    audit.record(row, "posting.objected", by=by, area=posting.area, after={"posting": posting.pk})
    people = holders(STREET | {Role.PROPERTY_MANAGER}, posting.area)
    _tell(people, "posting_objected", posting, by=by, cause=f"objection:{row.pk}")
    return row


@transaction.atomic
def answer(posting_id: int, objection_id: int, *, by: Actor, text: str) -> Objection:
    """Answer an objection, once; residents read it by nobody's name."""
    posting = _begin(posting_id, "answer", by=by)
    row: Objection | None = Objection.objects.select_for_update().filter(posting=posting, pk=objection_id).first()
    if row is None:
        raise NotThere
    if row.answered_at is not None:
        raise WrongState(_("This objection has been answered already."))
    row.answer = clean(text, field="text", longest=LONGEST_ANSWER)
    row.answered_at, row.answered_by_id = clock.now(), by.id
    row.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record(row, "posting.answered", by=by, area=posting.area, after={"posting": posting.pk})
    _tell([row.raised_by], "posting_answered", posting, by=by, cause=f"objection:{row.pk}:answered")
    return row


def tell_overdue(most: int = 200) -> int:
    """Tell firm and street, once, of what should hang and does not; returns how many. A sweep of a worker."""
    with scope.everything(reason="find postings that are overdue"):
        late = posting_queries.overdue(clock.today())
        found = list(Posting.objects.filter(late, told_at=None).order_by("due_on").values_list("pk", "area")[:most])
    return sum(_tell_overdue(posting_id, area) for posting_id, area in found)


@transaction.atomic
def _tell_overdue(posting_id: int, area: int) -> bool:
    with scope.place(area):
        posting = Posting.objects.select_for_update(skip_locked=True).filter(pk=posting_id, told_at=None).first()
        if posting is None or posting.state != PostingState.ASKED:
            return False
        posting.told_at = clock.now()
        posting.save(update_fields=["told_at"])
        _tell(holders(HANGING, area), "posting_overdue", posting, by=system(), cause=f"posting:{posting.pk}:overdue")
        return True


def _day_of(posting: Posting) -> date:
    return timezone.localdate(posting.asked_at)


def _begin(posting_id: int, action: str, *, by: Actor, version: int | None = None) -> Posting:
    """The posting, locked and checked: visible, allowed, in a state that allows the action, unchanged since `version`."""
    posting = posting_queries.get(by, posting_id, lock=True)
    rule, states = RULES[action]
    if not rule(by, posting):
        raise NotAllowed
    if posting.state not in states:
        raise WrongState(_("This cannot be done now: it is “%(state)s”.") % {"state": posting.get_state_display()})
    if version is not None and posting.version != version:
        raise StalePosting
    return posting


def _finish(posting: Posting, new: PostingState, what: str, fields: Sequence[str], *, by: Actor, **after: Any) -> None:
    posting.state = new
    posting.version += 1
    posting.save(update_fields=[*fields, "state", "version"])
    _note(posting, what, by=by, **after)


def _note(posting: Posting, what: str, *, by: Actor, **after: Any) -> None:
    audit.record(posting, f"posting.{what}", by=by, area=posting.area, after={"version": posting.version, **after})


def _tell(people: Sequence[User] | Any, kind: str, posting: Posting, *, by: Actor, cause: str = "") -> None:
    """Each once, but not who did it."""
    facts = {"place": posting.compound.name, "subject": posting.subject, "due_on": posting.due_on.isoformat()}
    notices.tell(
        [person for person in people if person.pk != by.id],
        kind,
        area=posting.area,
        key=cause or f"posting:{posting.pk}:{posting.version}:{kind}",
        facts=facts,
        url=f"/postings/{posting.pk}/",
    )
