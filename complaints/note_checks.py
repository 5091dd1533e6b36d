"""What may stand in a knowledge note: cleaned, or refused with the field that must change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from complaints.note_queries import today
from complaints.note_states import OWN, Way
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
    """What a note says. `source` is “own” for words that no law gives; `review_on` None means that nobody need check it."""

    name: str
    way: str
    text: str
    words: Sequence[str] = ()
    source: str = OWN
    review_on: date | None = None


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
    source = clean(content.source, field="source", longest=LONGEST_SOURCE, required=False) or OWN
    text = clean(content.text, field="text", longest=LONGEST_OF.get(content.way, LONGEST_TEXT), lines=True)
    day = content.review_on
    if day is not None and day != before and not today() <= day <= date(LAST_YEAR, 12, 31):
        raise Refusal(_("Give a day from today on."), field="review_on")
    return replace(content, name=name, words=words, source=source, text=text)


def name_taken() -> Refusal:
    return Refusal(
        _("Another note of this place has this name. Change that one, or choose another name."), field="name", code="unique"
    )
