"""评价: what a reporter says of result and manner, written down once for every way of saying it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from complaints.actions import calls, second, telling, timing
from complaints.actions.step import finish, remark_of
from complaints.models import Rating, Ticket
from complaints.rating_reasons import fitting
from complaints.rating_states import SCORES, CallReason, Manner, RatingWay, Result, manner_of, wants_second
from complaints.states import EventKind, State
from people.actors import Actor
from tenancy import clock
from tenancy.refusals import Refusal

RATED_FIELDS = ["satisfied", "score", "rated_at", "rating_text", "result", "manner", "rating_reasons"]


@dataclass(frozen=True)
class Judgement:
    """What was said. `reasons` that do not go with result and manner are left out."""

    result: Result
    manner: Manner
    score: int
    reasons: tuple[str, ...]
    text: str

    @property
    def satisfied(self) -> bool:
        """Is it put right? Partly is not."""
        return self.result == Result.SOLVED


def judgement(
    *,
    satisfied: bool | None = None,
    score: int | None = None,
    text: str = "",
    result: str = "",
    manner: str = "",
    reasons: Iterable[str] = (),
) -> Judgement:
    """Read what was said: `result` and `manner`, or instead of either `satisfied` and `score` (1 to 5), as was asked at first.

    Raises Refusal on whichever is missing, unknown, or says something else than the other; on `reasons` and `text`.
    """
    said, how = result, manner
    if not said and satisfied is not None:
        said = Result.SOLVED if satisfied else Result.UNSOLVED
    if said not in Result.values or (satisfied is not None and satisfied != (said == Result.SOLVED)):
        raise Refusal(_("Say whether it is put right."), field="result" if result or satisfied is None else "satisfied")
    if score is not None and not 1 <= score <= 5:
        raise Refusal(_("Give between 1 and 5."), field="score")
    if not how and score is not None:
        how = manner_of(score)
    if how not in Manner.values or (score is not None and manner_of(score) != how):
        raise Refusal(_("Say how it was handled."), field="manner")
    try:
        kept = fitting(reasons, said, how)
    except KeyError:
        raise Refusal(_("Choose reasons from the list."), field="reasons", code="not_found") from None
    return Judgement(Result(said), Manner(how), score or SCORES[how], tuple(kept), remark_of(text))


def judge(ticket: Ticket, said: Judgement, *, by: Actor, way: RatingWay) -> Ticket:
    """Write a judgement of the answer that stands onto the locked ticket, tell, and see to what follows from it.

    What must be handled a second time is, once; the second time somebody calls the reporter. Returns the ticket as it is then.
    """
    assert ticket.lead is not None
    ticket.satisfied, ticket.score, ticket.rated_at = said.satisfied, said.score, clock.now()
    ticket.result, ticket.manner, ticket.rating_reasons = said.result, said.manner, list(said.reasons)
    ticket.rating_text = said.text
    Rating.objects.create(
        area=ticket.area,
        ticket=ticket,
        at=ticket.rated_at,
        by=by.user,
        way=way,
        organisation=ticket.lead,
        result=said.result,
        manner=said.manner,
        score=said.score,
        reasons=list(said.reasons),
        text=said.text,
    )
    if ticket.state == State.RESOLVED:
        timing.rated(ticket, by=by)
    facts = {"result": said.result, "manner": said.manner, "reasons": list(said.reasons), "way": way}
    finish(ticket, State.RATED, EventKind.RATED, [*RATED_FIELDS, *timing.DUE_FIELDS], by=by, text=said.text, facts=facts)
    telling.tell_lead(ticket, "ticket_rated")
    if way != RatingWay.CALL:
        calls.overtaken(ticket, by=by)
    if not wants_second(said.result, said.manner):
        return ticket
    if ticket.second_at is None:
        return second.begin(ticket)
    if way != RatingWay.CALL:
        calls.make(ticket, CallReason.AGAIN)
    return ticket
