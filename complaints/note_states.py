"""Life of a knowledge note (知识库), and what it may answer: plain data, enforced by the database as well."""

from django.db import models
from django.utils.translation import pgettext_lazy


class NoteState(models.TextChoices):
    LIVE = "live", pgettext_lazy("knowledge note", "offered")
    WITHDRAWN = "withdrawn", pgettext_lazy("knowledge note", "withdrawn")


NOTE_FIRST = NoteState.LIVE
NOTE_TRANSITIONS: dict[NoteState, dict[NoteState, str]] = {
    NoteState.LIVE: {NoteState.WITHDRAWN: "withdraw"},
    NoteState.WITHDRAWN: {NoteState.LIVE: "put_back"},
}
"""From a state to each next one, by the action (in `complaints.actions.notes`) that takes the step."""


class Way(models.TextChoices):
    """What a note answers: a text that asks for something else than being dispatched (`complaints.routing.ANOTHER_WAY`), or,
    for `STANDARD`, what a clerk says at a step on any ticket (`Worded`).
    """

    PRAISE = "praise_record", pgettext_lazy("knowledge note", "thanks")
    QUESTION = "consult_reply", pgettext_lazy("knowledge note", "a question")
    COURT = "redirect_legal", pgettext_lazy("knowledge note", "a matter before a court")
    STANDARD = "standard_words", pgettext_lazy("knowledge note", "a step on a ticket (standard words)")


class Worded(models.TextChoices):
    """Steps on a ticket whose words its reporter reads: standard words may stand ready for them, and they can be previewed."""

    CONTACT = "contact", pgettext_lazy("step", "the reporter was contacted")
    ARRIVE = "arrive", pgettext_lazy("step", "somebody is on site")
    ASK = "ask", pgettext_lazy("step", "a question to the reporter")
    RESUME = "resume", pgettext_lazy("step", "taken up again")
    RESOLVE = "resolve", pgettext_lazy("step", "the answer")
    REPLY_DIRECTLY = "reply_directly", pgettext_lazy("step", "answered by the street office itself")
    REFUSE = "refuse", pgettext_lazy("step", "not taken up")
    REDO = "redo", pgettext_lazy("step", "to be done again")
    CANCEL = "cancel", pgettext_lazy("step", "withdrawn")


OWN = "own"
"""Stands in `source` for words that no law gives: the office's own."""
