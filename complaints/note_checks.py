"""What may stand in a knowledge note: cleaned, or refused with the field that must change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from complaints import catalogue
from complaints.blanks import BLANKS, LONGEST_FILLED, unknown_blanks
from complaints.note_queries import today
from complaints.note_states import OWN, Way, Worded
from complaints.rule_checks import checked_words
from tenancy.refusals import Refusal
from tenancy.text import clean

LONGEST_NAME = 60
LONGEST_SOURCE = 120
LONGEST_TEXT = 2000
LONGEST_OF: dict[str, int] = {Way.COURT: 500}
"""What is before a court is refused, and the words of a refusal are shorter than an answer's (`actions.step.LONGEST_REASON`)."""
MOST_WORDS = 30
MOST_NOTES = 300
"""Of one street or county, withdrawn ones included (own)."""
LAST_YEAR = 2099


@dataclass(frozen=True)
class Content:
    """What a note says. `source` is “own” for words that no law gives; `review_on` None means that nobody need check it.

    Standard words have `steps` (values of `Worded`) and may be for some `leaves` only; other notes have `words`.
    """

    name: str
    way: str
    text: str
    words: Sequence[str] = ()
    source: str = OWN
    review_on: date | None = None
    steps: Sequence[str] = ()
    leaves: Sequence[str] = ()


def checked(content: Content, *, before: date | None = None) -> Content:
    """The content as it may be kept. `before` is the day on which the note was to be checked until now; it may lie in the past.

    Raises Refusal naming the field.
    """
    if content.way not in Way.values:
        raise Refusal(_("This is not one of the choices."), field="way", code="invalid_choice")
    name = clean(content.name, field="name", longest=LONGEST_NAME)
    words = checked_words(content.words, "words")
    if len(words) > MOST_WORDS:
        raise Refusal(_("At most %(most)d words fit in a note.") % {"most": MOST_WORDS}, field="words", code="too_many")
    steps, leaves = _used(content, words)
    source = clean(content.source, field="source", longest=LONGEST_SOURCE, required=False) or OWN
    text = clean(content.text, field="text", longest=_longest(content.way, steps), lines=True)
    if content.way == Way.STANDARD and (blanks := unknown_blanks(text)):
        raise Refusal(
            _("“%(blank)s” is filled in by nobody. These are: %(known)s.") % {"blank": blanks[0], "known": known_blanks()},
            field="text",
            code="invalid_choice",
        )
    day = content.review_on
    if day is not None and day != before and not today() <= day <= date(LAST_YEAR, 12, 31):
        raise Refusal(_("Give a day from today on."), field="review_on")
    return replace(content, name=name, words=words, source=source, text=text, steps=steps, leaves=leaves)


def _used(content: Content, words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """For which steps and kinds standard words are; nothing for other notes. Raises Refusal naming the field."""
    steps, leaves = tuple(dict.fromkeys(content.steps)), tuple(dict.fromkeys(content.leaves))
    if content.way != Way.STANDARD:
        for field, chosen in (("steps", steps), ("leaves", leaves)):
            if chosen:
                raise Refusal(_("Only standard words for a step have this."), field=field)
        return (), ()
    if words:
        raise Refusal(_("Standard words are chosen by step and kind; leave this empty."), field="words")
    if not steps:
        raise Refusal(_("Choose the steps for which these words are."), field="steps", code="required")
    known = {leaf.code for leaf in catalogue.Catalogue.load().leaves}
    for field, chosen, among in (("steps", steps, set(Worded.values)), ("leaves", leaves, known)):
        if not among.issuperset(chosen):
            raise Refusal(_("This is not one of the choices."), field=field, code="invalid_choice")
    return steps, leaves


def _longest(way: str, steps: Sequence[str]) -> int:
    """So that what is filled in still fits into the step's own text."""
    if way != Way.STANDARD:
        return LONGEST_OF.get(way, LONGEST_TEXT)
    answers = {Worded.RESOLVE, Worded.REPLY_DIRECTLY}
    return (LONGEST_TEXT if answers.issuperset(steps) else LONGEST_OF[Way.COURT]) - LONGEST_FILLED


def known_blanks() -> str:
    return " ".join(BLANKS)


def name_taken() -> Refusal:
    return Refusal(
        _("Another note of this place has this name. Change that one, or choose another name."), field="name", code="unique"
    )
