"""What a reporter may say of a ticket, how it is handled a second time, and the life of a call-back (回访), as plain data."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Result(models.TextChoices):
    """Is it put right? (12345 practice: 已解决、部分解决、未解决)"""

    SOLVED = "solved", pgettext_lazy("result", "put right")
    PARTLY = "partly", pgettext_lazy("result", "partly put right")
    UNSOLVED = "unsolved", pgettext_lazy("result", "not put right")


class Manner(models.TextChoices):
    """How was it done? (12345 practice: 满意、基本满意、不满意)"""

    GOOD = "good", pgettext_lazy("manner", "satisfied")
    FAIR = "fair", pgettext_lazy("manner", "more or less satisfied")
    BAD = "bad", pgettext_lazy("manner", "not satisfied")


SCORES: dict[str, int] = {Manner.GOOD: 5, Manner.FAIR: 3, Manner.BAD: 1}
"""The score of 1 to 5 that stands for a manner (own)."""


def manner_of(score: int) -> Manner:
    """4 and 5 are satisfied, 3 is more or less, below that not (own)."""
    return Manner.GOOD if score >= 4 else Manner.FAIR if score == 3 else Manner.BAD


def wants_second(result: str, manner: str) -> bool:
    """Does it have to be handled a second time (二次办理)? What is not put right, or partly and badly done (own)."""
    return result == Result.UNSOLVED or (result == Result.PARTLY and manner == Manner.BAD)


class RatingWay(models.TextChoices):
    ACCOUNT = "account", _("with the account")
    SLIP = "slip", _("with the tracking code")
    CALL = "call", _("asked on the telephone")


class SecondLevel(models.TextChoices):
    """The next level up, who answers in second handling (own)."""

    OFFICE = "office", _("the street office leads")
    HEAD = "head", _("the head of the same office")
    WATCHED = "watched", _("the same organisation, watched by the county desk")


class CallReason(models.TextChoices):
    SILENT = "silent", _("answered and not rated")
    AGAIN = "again", _("dissatisfied a second time")


class CallState(models.TextChoices):
    """回访: what became of it."""

    OPEN = "open", pgettext_lazy("call-back", "to be called")
    REACHED = "reached", pgettext_lazy("call-back", "reached")
    REFUSED = "refused", pgettext_lazy("call-back", "would not say")
    NOT_REACHED = "lost", pgettext_lazy("call-back", "not reached")
    OVERTAKEN = "over", pgettext_lazy("call-back", "overtaken")


CALL_TRANSITIONS: dict[CallState, frozenset[CallState]] = {
    CallState.OPEN: frozenset(set(CallState) - {CallState.OPEN}),
    **dict.fromkeys(set(CallState) - {CallState.OPEN}, frozenset()),
}


class TryOutcome(models.TextChoices):
    REACHED = "reached", pgettext_lazy("call-back", "reached")
    REFUSED = "refused", pgettext_lazy("call-back", "would not say")
    NOT_REACHED = "lost", pgettext_lazy("call-back", "not reached")


MOST_TRIES = 3
"""Not reached so often, at different times, it is given up (own)."""
