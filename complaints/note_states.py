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
    """What a text asks for instead of being dispatched (`complaints.routing.ANOTHER_WAY`); a note answers one of them."""

    PRAISE = "praise_record", pgettext_lazy("knowledge note", "thanks")
    QUESTION = "consult_reply", pgettext_lazy("knowledge note", "a question")
    COURT = "redirect_legal", pgettext_lazy("knowledge note", "a matter before a court")


OWN = "own"
"""Stands in `source` for words that no law gives: the office's own."""
