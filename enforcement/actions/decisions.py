"""What a meeting (会商) decides: write it down, file what becomes a ticket, report it done, drop it, tell once what is late."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.actions import filing
from complaints.models import Ticket
from complaints.states import FINAL, Channel
from enforcement import meeting_queries as queries
from enforcement.actions.meetings import begin, finish, note, tell
from enforcement.meeting_permissions import may_file_at_once, may_file_for, may_keep, may_report
from enforcement.meeting_states import DecisionKind, DecisionState, MeetingState
from enforcement.models import Meeting, MeetingDecision, Visit
from enforcement.visit_states import VISIT_FINAL, VisitState
from people.actors import Actor, system
from people.models import Organisation
from tenancy import areas, clock, scope
from tenancy.areas import Level
from tenancy.refusals import NotAllowed, Refusal, WrongState
from tenancy.text import clean

LONGEST_TEXT, LONGEST_NOTE = 500, 500
MOST_DECISIONS, MOST_DAYS = 50, 366


@transaction.atomic
def decide(
    number: str,
    *,
    by: Actor,
    version: int,
    kind: str,
    text: str,
    organisation: int,
    due_on: date,
    compound: int | None = None,
) -> MeetingDecision:
    """Write down what was decided, who does it and by when. What becomes a ticket is filed at once if the street decides.

    Otherwise the street files it (`file_ticket`). Raises Refusal naming the field, and what `filing.file` raises.
    """
    meeting = begin(number, "decide", by=by, version=version)
    if kind not in DecisionKind.values:
        raise Refusal(_("Choose what becomes of it."), field="kind")
    said = clean(text, field="text", longest=LONGEST_TEXT, lines=True)
    does = _does(meeting, organisation)
    today = clock.today()
    if not today <= due_on <= today + timedelta(days=MOST_DAYS):
        raise Refusal(_("Choose a day from today on, within a year."), field="due_on")
    taken = MeetingDecision.objects.filter(meeting=meeting).count()
    if taken >= MOST_DECISIONS:
        raise Refusal(_("At most %(most)d decisions fit.") % {"most": MOST_DECISIONS}, code="too_many")
    where = _where(meeting, compound) if kind == DecisionKind.TICKET else None
    row: MeetingDecision = MeetingDecision.objects.create(
        area=meeting.area,
        meeting=meeting,
        position=taken + 1,
        kind=kind,
        text=said,
        organisation=does,
        due_on=due_on,
        decided_at=clock.now(),
        decided_by_id=by.id,
    )
    after = {"decision": row.position, "kind": kind, "organisation": does.name, "due_on": due_on.isoformat()}
    finish(meeting, MeetingState.HELD, "decided", [], by=by, **after)
    if where is not None and may_file_at_once(by, where):
        _file(meeting, row, where, by=by)
    elif kind == DecisionKind.TICKET:
        street = Organisation.objects.filter(kind="ST", area=areas.ancestor(meeting.area, Level.STREET), active=True)
        tell(street, "meeting_to_file", meeting, by=by, decision=row.text)
    tell([does], "meeting_decided", meeting, by=by, decision=row.text, due_on=due_on.isoformat())
    return row


@transaction.atomic
def file_ticket(number: str, decision_id: int, *, by: Actor, compound: int | None = None) -> MeetingDecision:
    """File what a bureau's or the county's meeting decided to file. `compound` where the meeting was about a street."""
    meeting, row = _open(number, decision_id, by=by)
    if not may_file_for(by, row):
        raise NotAllowed
    where = _where(meeting, compound)
    if where is None:
        raise Refusal(_("Choose the compound that it is about."), field="compound", code="required")
    _file(meeting, row, where, by=by)
    return row


@transaction.atomic
def report_done(number: str, decision_id: int, *, by: Actor, text: str) -> MeetingDecision:
    """The organisation that does it says what was done. Raises WrongState while its ticket has not ended."""
    meeting, row = _open(number, decision_id, by=by)
    if not may_report(by, row):
        raise NotAllowed
    if row.kind == DecisionKind.TICKET:
        ended = row.ticket and Ticket.objects.filter(number=row.ticket, state__in=sorted(FINAL)).exists()
        if not ended:
            raise WrongState(_("Its ticket has not ended yet. When it does, this is done by itself."))
    row.note = clean(text, field="text", longest=LONGEST_NOTE, lines=True)
    _end(meeting, row, DecisionState.DONE, "decision_done", by=by)
    return row


@transaction.atomic
def drop(number: str, decision_id: int, *, by: Actor, text: str) -> MeetingDecision:
    """Whoever called the meeting says why it is not done. A ticket that was filed goes on."""
    meeting, row = _open(number, decision_id, by=by)
    if not may_keep(by, meeting):
        raise NotAllowed
    row.note = clean(text, field="text", longest=LONGEST_NOTE, lines=True)
    _end(meeting, row, DecisionState.DROPPED, "decision_dropped", by=by)
    tell([row.organisation], "meeting_dropped", meeting, by=by, decision=row.text)
    return row


def look_after(most: int = 200) -> int:
    """Take decisions for done whose tickets have ended, and tell once of those that are late. A sweep of a worker.

    Returns how many rows it changed. The rows are the job: what is done or told is not found again.
    """
    with scope.everything(reason="find decisions of meetings that are late or whose tickets have ended"):
        waiting = MeetingDecision.objects.filter(state=DecisionState.OPEN).exclude(ticket="")
        ended = Ticket.objects.filter(number__in=waiting.values("ticket"), state__in=sorted(FINAL)).values("number")
        planned = MeetingDecision.objects.filter(state=DecisionState.OPEN).exclude(visit="")
        over = Visit.objects.filter(number__in=planned.values("visit"), state__in=sorted(VISIT_FINAL)).values("number")
        done = Q(ticket__in=ended) | Q(visit__in=over)
        found = MeetingDecision.objects.filter(Q(state=DecisionState.OPEN) & done | queries.late(clock.today()) & Q(told_at=None))
        rows = list(found.order_by("due_on", "pk").values_list("pk", "area")[:most])
    return sum(_look_after(decision_id, area) for decision_id, area in rows)


@transaction.atomic
def _look_after(decision_id: int, area: int) -> bool:
    with scope.place(area):
        plain = MeetingDecision.objects.filter(pk=decision_id, state=DecisionState.OPEN).first()
        if plain is None:
            return False
        meeting = Meeting.objects.select_for_update(of=("self",)).filter(pk=plain.meeting_id).first()
        row = MeetingDecision.objects.filter(pk=decision_id, state=DecisionState.OPEN).select_related("organisation").first()
        if meeting is None or row is None:
            return False
        ticket = Ticket.objects.filter(number=row.ticket, state__in=sorted(FINAL)).first() if row.ticket else None
        if ticket is not None:
            row.note = gettext("Its ticket has ended: %(state)s.") % {"state": ticket.get_state_display()}
            _end(meeting, row, DecisionState.DONE, "decision_done", by=system())
            return True
        visit = Visit.objects.filter(number=row.visit, state__in=sorted(VISIT_FINAL)).first() if row.visit else None
        if visit is not None:
            return _visit_over(meeting, row, visit)
        if row.told_at is not None or row.due_on >= clock.today():
            return False
        row.told_at = clock.now()
        row.save(update_fields=["told_at"])
        told = {"decision": row.text, "due_on": row.due_on.isoformat(), "who": row.organisation.name}
        tell([row.organisation, meeting.host], "meeting_late", meeting, by=system(), cause=f"decision:{row.pk}:late", **told)
        return True


def _visit_over(meeting: Meeting, row: MeetingDecision, visit: Visit) -> bool:
    """Done with its visit; one that was called off is to be planned anew."""
    if visit.state == VisitState.CANCELLED:
        row.visit = ""
        row.save(update_fields=["visit"])
        note(meeting, "visit_called_off", by=system(), decision=row.position, visit=visit.number)
        return True
    row.note = gettext("The visit %(number)s is over.") % {"number": visit.number}
    _end(meeting, row, DecisionState.DONE, "decision_done", by=system())
    return True


def _does(meeting: Meeting, organisation: int) -> Organisation:
    """The host or one that was invited. Raises Refusal for any other."""
    known = {meeting.host_id: meeting.host} | {each.organisation_id: each.organisation for each in queries.invites(meeting)}
    if organisation not in known:
        raise Refusal(_("Choose an organisation that was at the table."), field="organisation", code="not_found")
    return known[organisation]


def _where(meeting: Meeting, compound: int | None) -> int | None:
    """The compound that a ticket is filed for. Raises Refusal for one outside the meeting's place."""
    if areas.level_of(meeting.area) == Level.COMPOUND:
        return meeting.area
    if compound is None:
        return None
    low, high = areas.subtree(meeting.area)
    if not low <= compound < high:
        raise Refusal(_("This compound does not lie in the meeting's street."), field="compound", code="not_found")
    return compound


def _file(meeting: Meeting, row: MeetingDecision, compound: int, *, by: Actor) -> None:
    """File it as any other complaint that staff take in, so that it is sorted, routed and timed like every other."""
    text = gettext("%(text)s\n(decided by meeting %(number)s, to be done by %(day)s)") % {
        "text": row.text,
        "number": meeting.number,
        "day": row.due_on,
    }
    filed = filing.file(
        filing.Filing(compound=compound, text=text, channel=Channel.PHONE, reporter_name=meeting.host.name[:60]), by=by
    )
    row.ticket = filed.ticket.number
    row.save(update_fields=["ticket"])
    note(meeting, "ticket_filed", by=by, decision=row.position, ticket=row.ticket)


def _open(number: str, decision_id: int, *, by: Actor) -> tuple[Meeting, MeetingDecision]:
    """Meeting and decision, locked in this order. Raises NotThere, and WrongState for what has ended."""
    meeting = queries.get(by, number, lock=True)
    row = queries.decision(meeting, decision_id, lock=True)
    if row.state != DecisionState.OPEN:
        raise WrongState(_("This cannot be done now: it is “%(state)s”.") % {"state": row.get_state_display()})
    return meeting, row


def _end(meeting: Meeting, row: MeetingDecision, new: DecisionState, what: str, *, by: Actor) -> None:
    row.state, row.ended_at, row.ended_by_id = new, clock.now(), by.id
    row.save(update_fields=["state", "note", "ended_at", "ended_by"])
    note(meeting, what, by=by, decision=row.position, text=row.note)
    if queries.ready_to_close(meeting):
        tell([meeting.host], "meeting_ready", meeting, by=by, cause=f"decision:{row.pk}:last")
