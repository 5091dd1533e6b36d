"""回访: a reporter who has not rated is called, or one who is dissatisfied a second time. The row is the job."""

from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints import call_queries, queries
from complaints.actions import telling
from complaints.actions.step import remark_of
from complaints.models import CallBack, CallTry, Ticket
from complaints.permissions import may_call_back
from complaints.rating_states import MOST_TRIES, CallReason, CallState, TryOutcome
from complaints.states import EventKind
from people import actors
from people import queries as people
from people.actors import Actor
from tenancy import clock, scope
from tenancy.calendar import add_working_days
from tenancy.refusals import NotAllowed, Stale, WrongState

SILENT_DAYS = 3
"""Working days after the answer within which reporters rate by themselves; then they are called (own; 北京条例 23 sets none)."""
DUE_DAYS = 3
"""Working days within which the street's desk calls (own)."""
APART = timedelta(hours=2)
"""Between two calls that reached nobody (own)."""
MOST = 500


def make_due() -> int:
    """A call-back for each answer that nobody rated in time; returns how many. Doing it twice changes nothing."""
    with scope.everything(reason="find answers that nobody rated"):
        before = clock.now() - timedelta(days=SILENT_DAYS)
        rows = call_queries.waiting().filter(resolved_at__lt=before).order_by("resolved_at").values_list("pk", "area")
        found = list(rows[:MOST])
    return sum(_make_silent(pk, area) for pk, area in found)


def _make_silent(pk: int, area: int) -> bool:
    with scope.limited_to(scope.Scope(((area, area + 1),))), transaction.atomic():
        row = call_queries.waiting().filter(pk=pk).select_for_update(of=("self",), skip_locked=True).first()
        if row is None or row.resolved_at is None:
            return False
        _key, calendar = people.calendar_of(area)
        if add_working_days(row.resolved_at, SILENT_DAYS, calendar) > clock.now():
            return False
        return make(row, CallReason.SILENT) is not None


def make(ticket: Ticket, reason: CallReason) -> CallBack | None:
    """Have the reporter of a locked ticket called; None where nobody can be, or somebody has to already."""
    kept_back = ticket.anonymous or ticket.confidential or ticket.restricted
    if kept_back or not ticket.reporter_phone or ticket.resolved_at is None:
        return None
    if CallBack.objects.filter(ticket=ticket, state=CallState.OPEN).exists():
        return None
    _key, calendar = people.calendar_of(ticket.area)
    due = add_working_days(clock.now(), DUE_DAYS, calendar).date()
    given: tuple[CallBack, bool] = CallBack.objects.get_or_create(
        ticket=ticket, answered_at=ticket.resolved_at, reason=reason, defaults={"area": ticket.area, "due_on": due}
    )
    row, fresh = given
    if not fresh:
        return None
    audit.record(ticket, "ticket.call_back_made", by=actors.system(), area=ticket.area, after={"reason": reason, "due": f"{due}"})
    if reason == CallReason.AGAIN:
        telling.tell_street(ticket, "ticket_call_again")
    return row


def overtaken(ticket: Ticket, *, by: Actor) -> None:
    """Nobody need be called any more: the reporter has said something, or the ticket has ended."""
    for row in CallBack.objects.select_for_update(of=("self",)).filter(ticket=ticket, state=CallState.OPEN):
        _end(row, CallState.OVERTAKEN, by=by)
        row.save(update_fields=["state", "ended_at", "ended_by", "version"])
        audit.record(ticket, "ticket.call_back_overtaken", by=by, area=ticket.area, after={})


@transaction.atomic
def take(call_back_id: int, *, by: Actor, version: int) -> CallBack:
    """Somebody of the street's desk takes it, also from another."""
    _ticket, row = begin(call_back_id, by=by, version=version)
    row.taken_at, row.taken_by = clock.now(), by.user
    row.version += 1
    row.save(update_fields=["taken_at", "taken_by", "version"])
    audit.record(row, "call_back.taken", by=by, area=row.area, after={"ticket": _ticket.number})
    return row


@transaction.atomic
def not_reached(call_back_id: int, *, by: Actor, version: int, text: str = "") -> CallBack:
    """Nobody answered. Three times, each two hours after the other at least, and it is given up. Raises WrongState before."""
    ticket, row = begin(call_back_id, by=by, version=version)
    last = call_queries.last_try(row)
    if last is not None and clock.now() - last.at < APART:
        raise WrongState(_("Call at another time: at least two hours after the last call."))
    row.tries += 1
    if row.tries == MOST_TRIES:
        _end(row, CallState.NOT_REACHED, by=by)
    else:
        row.version += 1
    _called(ticket, row, TryOutcome.NOT_REACHED, by=by, text=remark_of(text))
    return row


@transaction.atomic
def refused(call_back_id: int, *, by: Actor, version: int, text: str = "") -> CallBack:
    """Reached, and would not say anything: it is not asked again."""
    ticket, row = begin(call_back_id, by=by, version=version)
    _end(row, CallState.REFUSED, by=by)
    _called(ticket, row, TryOutcome.REFUSED, by=by, text=remark_of(text))
    return row


def reached(ticket: Ticket, row: CallBack, *, by: Actor, text: str) -> None:
    """Note that the reporter was reached. The caller writes what was said down (`complaints.actions.calling`)."""
    _end(row, CallState.REACHED, by=by)
    _called(ticket, row, TryOutcome.REACHED, by=by, text=text)


def begin(call_back_id: int, *, by: Actor, version: int) -> tuple[Ticket, CallBack]:
    """Ticket and call-back, locked in this order and checked. Raises NotThere, NotAllowed, Stale, WrongState."""
    number = call_queries.get(by, call_back_id).ticket.number
    ticket = queries.get(by, number, lock=True)
    row = call_queries.get(by, call_back_id, lock=True)
    if not may_call_back(by, ticket):
        raise NotAllowed(_("The street office calls."))
    if row.version != version:
        last = row.ended_by or row.taken_by
        raise Stale(who=last.label if last else "", when=row.ended_at or row.taken_at, version=row.version)
    if row.state != CallState.OPEN:
        raise WrongState(_("This cannot be done now: the call-back is “%(state)s”.") % {"state": row.get_state_display()})
    return ticket, row


def _end(row: CallBack, state: CallState, *, by: Actor) -> None:
    row.state, row.ended_at, row.ended_by = state, clock.now(), by.user
    row.version = row.version + 1


def _called(ticket: Ticket, row: CallBack, outcome: TryOutcome, *, by: Actor, text: str) -> None:
    """Store the call and what became of the call-back; say so on the ticket, for staff."""
    if row.taken_by_id is None:
        row.taken_at, row.taken_by = clock.now(), by.user
    row.save(update_fields=["state", "tries", "taken_at", "taken_by", "ended_at", "ended_by", "version"])
    CallTry.objects.create(area=row.area, call_back=row, at=clock.now(), by=by.user, outcome=outcome, text=text)
    facts = {"outcome": outcome, "try": row.tries, "state": row.state}
    with translation.override("zh-hans"):  # what stands in a timeline is not translated again
        label = str(outcome.label)
    said = f"{label}：{text}" if text else label
    telling.note(ticket, EventKind.CALLED_BACK, by=by, old=ticket.state, text=said, told=False, facts=facts)
