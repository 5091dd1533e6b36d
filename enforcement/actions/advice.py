"""A legal consultation (法律咨询): ask, answer, ask further, say whether it helped, withdraw; and tell once what is late."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from communities import queries as compounds
from enforcement import advice_queries as queries
from enforcement import due
from enforcement.advice_permissions import FOR_AN_OFFICE, RULES, asks_for, may_ask
from enforcement.advice_states import ConsultationState, LineKind, Topic
from enforcement.models import Consultation, ConsultationLine
from notices import actions as notices
from people.actors import Actor, system
from people.models import User
from people.queries import calendar_of, holders
from people.roles import DEPARTMENT, Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tenancy.text import clean

LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_RULES, LONGEST_BEHALF = 80, 4_000, 200, 40
MOST_WAITING, MOST_LINES = 5, 20
"""Own: questions of one person that wait at a time, and questions and answers in one consultation."""


class StaleConsultation(WrongState):
    """Somebody changed it after it was looked at."""

    code = "stale_version"

    def __init__(self) -> None:
        super().__init__(_("Somebody wrote to this consultation meanwhile. Look at it again before you go on."))


@transaction.atomic
def ask(
    *,
    area: int,
    topic: str,
    subject: str,
    text: str,
    by: Actor,
    adviser: int | None = None,
    behalf: str = "",
    shared: bool = False,
) -> Consultation:
    """Ask the body that gives legal advice for a compound; `adviser` is needed where there are several.

    Raises NotThere, NotAllowed, Refusal naming the field.
    """
    compound = compounds.compound(area)
    if not may_ask(by, area):
        raise NotAllowed if by.scope.covers(area) else NotThere
    if topic not in Topic.values:
        raise Refusal(_("Choose one of the list."), field="topic", code="not_found")
    waiting = Consultation.objects.filter(asked_by_id=by.id, state=ConsultationState.WAITING)
    if waiting.count() >= MOST_WAITING:
        said = _("You have %(most)d questions that wait for an answer. Wait for one, or withdraw one.")
        raise Refusal(said % {"most": MOST_WAITING}, code="too_many")
    office = asks_for(by, area)
    now = clock.now()
    row: Consultation = Consultation.objects.create(
        area=area,
        compound=compound,
        adviser_id=_adviser(area, adviser),
        topic=topic,
        subject=clean(subject, field="subject", longest=LONGEST_SUBJECT),
        behalf=clean(behalf, field="behalf", longest=LONGEST_BEHALF, required=False) if office else "",
        shared=shared,
        asked_at=now,
        asked_by_id=by.id,
        organisation_id=office,
        due_on=_due(area),
    )
    _line(row, LineKind.QUESTION, text, by=by)
    _note(row, "asked", by=by, adviser=row.adviser_id, topic=topic)
    _tell(_advisers(row), "consultation_asked", row, by=by)
    return row


@transaction.atomic
def answer(consultation_id: int, *, by: Actor, version: int, text: str, rules: str = "") -> Consultation:
    """Answer, with the laws and articles that the answer rests on."""
    row = _begin(consultation_id, "answer", by=by, version=version)
    _line(row, LineKind.ANSWER, text, by=by, rules=clean(rules, field="rules", longest=LONGEST_RULES, required=False))
    row.answered_at = clock.now()
    _finish(row, ConsultationState.ANSWERED, "answered", ["answered_at"], by=by)
    _tell(_askers(row), "consultation_answered", row, by=by)
    return row


@transaction.atomic
def ask_further(consultation_id: int, *, by: Actor, version: int, text: str) -> Consultation:
    """Ask again, because the answer leaves something open. It has a new last day."""
    row = _begin(consultation_id, "ask_further", by=by, version=version)
    if len(queries.lines(row)) >= MOST_LINES:
        raise Refusal(_("This consultation is long enough. Ask a new question."), field="text", code="too_many")
    _line(row, LineKind.QUESTION, text, by=by)
    row.due_on, row.told_late, row.helpful = _due(row.area), False, None
    _finish(row, ConsultationState.WAITING, "asked_further", ["due_on", "told_late", "helpful"], by=by)
    _tell(_advisers(row), "consultation_asked", row, by=by)
    return row


@transaction.atomic
def rate(consultation_id: int, *, by: Actor, version: int, helpful: bool) -> Consultation:
    """Say whether the last answer helped. It may be said anew."""
    row = _begin(consultation_id, "rate", by=by, version=version)
    row.helpful = helpful
    _finish(row, ConsultationState.ANSWERED, "rated", ["helpful"], by=by, helpful=helpful)
    return row


@transaction.atomic
def withdraw(consultation_id: int, *, by: Actor, version: int) -> Consultation:
    """Take it back before it was answered: the adviser does not see it any more."""
    row = _begin(consultation_id, "withdraw", by=by, version=version)
    if row.answered_at is not None:
        raise WrongState(_("It was answered already, so it is not withdrawn."))
    _finish(row, ConsultationState.WITHDRAWN, "withdrawn", [], by=by)
    return row


def tell_late(most: int = 200) -> int:
    """Tell those who head the adviser, once, of questions whose last day has passed; returns how many were told."""
    today = clock.today()
    with scope.everything(reason="find consultations that are late"):
        found = Consultation.objects.filter(state=ConsultationState.WAITING, told_late=False, due_on__lt=today).order_by(
            "due_on", "pk"
        )
        rows = list(found.values_list("pk", "area")[:most])
    return sum(_tell_late(pk, area) for pk, area in rows)


@transaction.atomic
def _tell_late(pk: int, area: int) -> bool:
    with scope.place(area):
        by = system()
        row = queries.get(by, pk, lock=True)
        if row.told_late or row.state != ConsultationState.WAITING or row.due_on >= clock.today():
            return False
        row.told_late = True
        row.save(update_fields=["told_late"])
        heads = holders([Role.DEPARTMENT_LEAD], row.area, organisation=row.adviser)
        _tell(heads if heads.exists() else _advisers(row), "consultation_late", row, by=by)
        return True


def _adviser(area: int, chosen: int | None) -> int:
    found: list[int] = list(queries.advisers(area).values_list("pk", flat=True))
    if not found:
        raise Refusal(
            _("Nobody gives legal advice for this place here yet. Ask the street office."), field="adviser", code="not_found"
        )
    if chosen is None and len(found) == 1:
        return found[0]
    if chosen not in found:
        raise Refusal(_("Choose who answers."), field="adviser", code="not_found")
    return chosen


def _due(area: int) -> Any:
    return due.last_day(clock.today(), settings.CONSULTATION_DAYS, calendar_of(area)[1])


def _line(row: Consultation, kind: LineKind, text: str, *, by: Actor, rules: str = "") -> None:
    said = clean(text, field="text", longest=LONGEST_TEXT, lines=True)
    until = row.due_on if kind == LineKind.ANSWER else None
    ConsultationLine.objects.create(
        area=row.area, consultation=row, kind=kind, text=said, rules=rules, due_on=until, at=clock.now(), by_id=by.id
    )


def _begin(consultation_id: int, action: str, *, by: Actor, version: int) -> Consultation:
    """The row, locked and checked: visible, allowed, in a state that allows the action, unchanged since `version`."""
    row = queries.get(by, consultation_id, lock=True)
    rule, states = RULES[action]
    if not rule(by, row):
        raise NotAllowed
    if row.state not in states:
        raise WrongState(_("This cannot be done now: the consultation is “%(state)s”.") % {"state": row.get_state_display()})
    if row.version != version:
        raise StaleConsultation
    return row


def _finish(row: Consultation, new: ConsultationState, what: str, fields: Sequence[str], *, by: Actor, **after: Any) -> None:
    row.state = new
    row.version += 1
    row.save(update_fields=[*fields, "state", "version"])
    _note(row, what, by=by, **after)


def _note(row: Consultation, what: str, *, by: Actor, **after: Any) -> None:
    """The record has no word of what was asked or answered."""
    said = {"state": row.state, "version": row.version, **after}
    audit.record(row, f"consultation.{what}", by=by, area=row.area, after=said)


def _advisers(row: Consultation) -> Iterable[User]:
    return holders(DEPARTMENT, row.area, organisation=row.adviser)


def _askers(row: Consultation) -> Iterable[User]:
    """Whoever asked, and of a firm or an office their colleagues."""
    if row.organisation is None:
        return [row.asked_by]
    return [row.asked_by, *holders(FOR_AN_OFFICE, row.area, organisation=row.organisation)]


def _tell(people: Iterable[User], kind: str, row: Consultation, *, by: Actor) -> None:
    """Each once, but not who did it. A notice says where it is and no more: it also goes by e-mail."""
    told = {person.pk: person for person in people if person.pk != by.id}
    facts = {"place": row.compound.name, "adviser": row.adviser.name, "due_on": row.due_on.isoformat()}
    key = f"consultation:{row.pk}:{row.version}:{kind}"
    notices.tell(list(told.values()), kind, area=row.area, key=key, facts=facts, url=f"/checks/advice/{row.pk}/")
