"""The life of a consultation meeting (会商): call, move, cancel, write its minutes, close."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints import queries as tickets
from enforcement import meeting_queries as queries
from enforcement.meeting_numbers import new_number
from enforcement.meeting_permissions import CALLING, PLACES, RULES, may_call
from enforcement.meeting_states import MeetingKind, MeetingState
from enforcement.models import Meeting, MeetingInvite, MeetingTopic
from notices import actions as notices
from people.actors import Actor
from people.models import Organisation, User
from people.queries import holders
from people.roles import OF_AN_ORGANISATION, Role
from tenancy import areas, clock
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

LONGEST_SUBJECT, LONGEST_SPOT, LONGEST_AGENDA, LONGEST_GUESTS = 80, 80, 2_000, 300
LONGEST_ATTENDANCE, LONGEST_MINUTES, LONGEST_REASON = 500, 10_000, 300
MOST_INVITED, MOST_TOPICS = 40, 50
PUT_ON_RECORD = timedelta(days=7)
"""Own: a meeting that had to be held at once may be put on record so long afterwards."""
MOST_AHEAD = timedelta(days=366)


class StaleMeeting(WrongState):
    """Somebody changed it after it was looked at."""

    code = "stale_version"

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this meeting meanwhile. Look at it again before you go on."))


@transaction.atomic
def call(
    *,
    area: int,
    kind: str,
    subject: str,
    starts_at: datetime,
    spot: str,
    agenda: str,
    organisations: Collection[int],
    by: Actor,
    guests: str = "",
    topics: Sequence[str] = (),
    host: int | None = None,
) -> Meeting:
    """Call a meeting about a street or a compound. `topics` are numbers of tickets there; `host` one of the actor's own.

    Raises NotThere for a place that is not the actor's, NotAllowed, Refusal naming the field.
    """
    own = _hosts(area, by)
    if kind not in MeetingKind.values:
        raise Refusal(_("Choose what kind of meeting it is."), field="kind")
    if host is not None and host not in own:
        raise Refusal(_("You do not act for this organisation here."), field="host", code="not_found")
    calling = host or min(own)
    invited = _invited(area, set(organisations) - {calling})
    said_guests = clean(guests, field="guests", longest=LONGEST_GUESTS, required=False)
    if not invited and not said_guests:
        raise Refusal(_("Choose at least one organisation to invite."), field="organisations", code="required")
    numbers = _topics(area, topics, by=by)
    meeting = _insert(
        Meeting(
            area=area,
            kind=kind,
            host_id=calling,
            subject=clean(subject, field="subject", longest=LONGEST_SUBJECT),
            starts_at=_when(starts_at),
            spot=clean(spot, field="spot", longest=LONGEST_SPOT),
            agenda=clean(agenda, field="agenda", longest=LONGEST_AGENDA, lines=True),
            guests=said_guests,
            called_at=clock.now(),
            called_by_id=by.id,
        )
    )
    MeetingInvite.objects.bulk_create(MeetingInvite(area=area, meeting=meeting, organisation=each) for each in invited)
    MeetingTopic.objects.bulk_create(MeetingTopic(area=area, meeting=meeting, number=number) for number in numbers)
    names = [each.name for each in invited]
    note(meeting, "called", by=by, kind=kind, starts_at=starts_at.isoformat(), organisations=names, topics=numbers)
    tell(invited, "meeting_called", meeting, by=by)
    return meeting


@transaction.atomic
def move(number: str, *, by: Actor, version: int, starts_at: datetime, spot: str) -> Meeting:
    """Another day, time or place, before it is held."""
    meeting = begin(number, "move", by=by, version=version)
    meeting.starts_at = _when(starts_at)
    meeting.spot = clean(spot, field="spot", longest=LONGEST_SPOT)
    finish(
        meeting, MeetingState.CALLED, "moved", ["starts_at", "spot"], by=by, starts_at=starts_at.isoformat(), spot=meeting.spot
    )
    tell(_called(meeting), "meeting_moved", meeting, by=by)
    return meeting


@transaction.atomic
def cancel(number: str, *, by: Actor, version: int, reason: str) -> Meeting:
    """It is not held."""
    meeting = begin(number, "cancel", by=by, version=version)
    meeting.reason = clean(reason, field="reason", longest=LONGEST_REASON)
    meeting.ended_at, meeting.ended_by_id = clock.now(), by.id
    finish(meeting, MeetingState.CANCELLED, "cancelled", ["reason", "ended_at", "ended_by"], by=by, reason=meeting.reason)
    tell(_called(meeting), "meeting_cancelled", meeting, by=by)
    return meeting


@transaction.atomic
def hold(number: str, *, by: Actor, version: int, minutes: str, attendance: str, came: Collection[int] = ()) -> Meeting:
    """It was held: who came, what was said. `came` are ids of invited organisations. What is written down stands.

    Raises Refusal before it has begun, and for an organisation that was not invited.
    """
    meeting = begin(number, "hold", by=by, version=version)
    if clock.now() < meeting.starts_at:
        at = f"{timezone.localtime(meeting.starts_at):%Y-%m-%d %H:%M}"
        raise Refusal(_("It begins at %(at)s; minutes are written afterwards. Move it if it was earlier.") % {"at": at})
    meeting.minutes = clean(minutes, field="minutes", longest=LONGEST_MINUTES, lines=True)
    meeting.attendance = clean(attendance, field="attendance", longest=LONGEST_ATTENDANCE, lines=True)
    invites = MeetingInvite.objects.filter(meeting=meeting)
    known, there = set(invites.values_list("organisation_id", flat=True)), set(came)
    if not there <= known:
        raise Refusal(_("This organisation was not invited."), field="came", code="not_found")
    invites.filter(organisation__in=there).update(came=True)
    invites.exclude(organisation__in=there).update(came=False)
    meeting.held_at, meeting.held_by_id = clock.now(), by.id
    finish(meeting, MeetingState.HELD, "held", ["minutes", "attendance", "held_at", "held_by"], by=by, came=sorted(there))
    return meeting


@transaction.atomic
def close(number: str, *, by: Actor, version: int) -> Meeting:
    """All that it decided is done or dropped. Raises WrongState while something is not."""
    meeting = begin(number, "close", by=by, version=version)
    if not queries.ready_to_close(meeting):
        raise WrongState(_("Something that it decided is still to be done. Have it reported done, or drop it with a reason."))
    meeting.ended_at, meeting.ended_by_id = clock.now(), by.id
    finish(meeting, MeetingState.CLOSED, "closed", ["ended_at", "ended_by"], by=by)
    return meeting


def _hosts(area: int, by: Actor) -> set[int]:
    """Organisations for which the actor may call a meeting there."""
    if areas.level_of(area) not in PLACES or area not in queries.names_known([area]):
        raise NotThere
    if not may_call(by, area):
        raise NotAllowed if by.holds(area, OF_AN_ORGANISATION | {Role.SUPERVISOR}) else NotThere
    return by.organisations_at(area, CALLING)


def _invited(area: int, wanted: set[int]) -> list[Organisation]:
    if len(wanted) > MOST_INVITED:
        raise Refusal(_("At most %(most)d organisations fit.") % {"most": MOST_INVITED}, field="organisations", code="too_many")
    found = list(queries.who_may_be_called(area).filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise Refusal(_("One of these organisations does not answer for this place."), field="organisations", code="not_found")
    return found


def _topics(area: int, typed: Sequence[str], *, by: Actor) -> list[str]:
    """Numbers of tickets of this place that the caller sees."""
    numbers = list(dict.fromkeys(typed))
    if len(numbers) > MOST_TOPICS:
        raise Refusal(_("At most %(most)d tickets fit.") % {"most": MOST_TOPICS}, field="topics", code="too_many")
    low, high = areas.subtree(area)
    plain = [number for number in numbers if "\x00" not in number]
    seen = tickets.marked(by, tickets.visible_to(by)).filter(number__in=plain, area__gte=low, area__lt=high)
    known = {row.number for row in seen if not tickets.reads_as_neighbour(by, row)}
    missing = next((number for number in numbers if number not in known), None)
    if missing is not None:
        raise Refusal(
            _("There is no ticket %(number)s here that you can see.") % {"number": missing[:32]}, field="topics", code="not_found"
        )
    return numbers


def _when(starts_at: datetime) -> datetime:
    now = clock.now()
    if not now - PUT_ON_RECORD <= starts_at <= now + MOST_AHEAD:
        raise Refusal(_("Choose a time within a year; a meeting of the last seven days may be put on record."), field="starts_at")
    return starts_at


def _insert(meeting: Meeting) -> Meeting:
    for last in (False, False, True):
        meeting.number = new_number(meeting.area, meeting.called_at)
        try:
            with transaction.atomic():
                meeting.save(force_insert=True)
        except IntegrityError as problem:
            if last or "number" not in str(problem):
                raise
        else:
            break
    return meeting


def begin(number: str, action: str, *, by: Actor, version: int | None = None) -> Meeting:
    """The meeting, locked and checked: visible, allowed, in a state that allows the action, unchanged since `version`."""
    meeting = queries.get(by, number, lock=True)
    rule, states = RULES[action]
    if not rule(by, meeting):
        raise NotAllowed
    if meeting.state not in states:
        raise WrongState(_("This cannot be done now: the meeting is “%(state)s”.") % {"state": meeting.get_state_display()})
    if version is not None and meeting.version != version:
        raise StaleMeeting
    return meeting


def finish(meeting: Meeting, new: MeetingState, what: str, fields: Sequence[str], *, by: Actor, **after: Any) -> None:
    """Save the changed row as the next version, and record it."""
    meeting.state = new
    meeting.version += 1
    meeting.save(update_fields=[*fields, "state", "version"])
    note(meeting, what, by=by, **after)


def note(meeting: Meeting, what: str, *, by: Actor, **after: Any) -> None:
    audit.record(
        meeting,
        f"meeting.{what}",
        by=by,
        area=meeting.area,
        after={"number": meeting.number, "version": meeting.version, **after},
    )


def tell(organisations: Iterable[Organisation], kind: str, meeting: Meeting, *, by: Actor, cause: str = "", **facts: str) -> None:
    """The people of these organisations in the meeting's place, each once, but not who did it."""
    people: dict[int, User] = {}
    for organisation in organisations:
        people |= {each.pk: each for each in holders(OF_AN_ORGANISATION, meeting.area, organisation=organisation)}
    known = {
        "number": meeting.number,
        "subject": meeting.subject,
        "place": queries.place_name(meeting.area),
        "at": f"{timezone.localtime(meeting.starts_at):%Y-%m-%d %H:%M}",
        "spot": meeting.spot,
    }
    notices.tell(
        [person for key, person in people.items() if key != by.id],
        kind,
        area=meeting.area,
        key=cause or f"{meeting.number}:{meeting.version}:{kind}",
        facts={**known, **facts},
        url=f"/checks/meetings/{meeting.number}/",
    )


def _called(meeting: Meeting) -> list[Organisation]:
    return [invite.organisation for invite in queries.invites(meeting)]
