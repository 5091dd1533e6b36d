"""回访: what a reporter said on the telephone is the rating, written down by whoever asked."""

from collections.abc import Iterable

from django.db import transaction

from complaints.actions import calls, ratings, telling
from complaints.models import CallBack
from complaints.rating_states import RatingWay
from people.actors import Actor


@transaction.atomic
def reached(
    call_back_id: int,
    *,
    by: Actor,
    version: int,
    result: str,
    manner: str,
    reasons: Iterable[str] = (),
    text: str = "",
) -> CallBack:
    """The reporter's rating, with who asked and when; the reporter is told that it was written down.

    Raises Refusal on `result`, `manner`, `reasons` and `text`; NotThere, NotAllowed, Stale and WrongState as every step.
    """
    ticket, row = calls.begin(call_back_id, by=by, version=version)
    said = ratings.judgement(result=result, manner=manner, reasons=reasons, text=text)
    calls.reached(ticket, row, by=by, text="")
    ticket = ratings.judge(ticket, said, by=by, way=RatingWay.CALL)
    telling.tell_reporter(ticket, "ticket_told_rated_for")
    return row
