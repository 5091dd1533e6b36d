"""What the pages of knowledge notes take in. They parse; what may stand in a note, `complaints.note_checks` says."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.desk import FILL_IN, choose, leaf_choices
from complaints.forms.rules import REVISION, WordsField
from complaints.models import KnowledgeNote
from complaints.note_checks import LONGEST_NAME, LONGEST_SOURCE, LONGEST_TEXT, Content
from complaints.note_states import OWN, NoteState, Way, Worded
from tenancy.form_fields import CleanTextField
from tenancy.models import Area

LONGEST_SEARCH = 60
DUE = "due"
SHOWN = [
    (NoteState.LIVE.value, _("those that are offered")),
    (DUE, _("those to be checked")),
    (NoteState.WITHDRAWN.value, _("withdrawn ones")),
]


class FilterForm(forms.Form):
    """Which notes the list shows; all is in the address."""

    q = CleanTextField(label=_("Words in a note"), longest=LONGEST_SEARCH, required=False)
    way = forms.ChoiceField(label=_("It answers"), required=False, choices=[("", _("everything")), *Way.choices])
    shown = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)


class VersionForm(forms.Form):
    """A step on a note: the version that was looked at."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput, error_messages=REVISION)

    @property
    def problem(self) -> str:
        """What is wrong with the version, in words."""
        return " ".join(str(error) for error in self.errors.get("version", ()))


class OwnerForm(forms.Form):
    """Whose notes: a street or county that the reader keeps."""

    area = forms.TypedChoiceField(label=_("Whose note it is"), coerce=int, error_messages=FILL_IN)

    def __init__(self, *args: Any, owners: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "area", [(str(owner.code), owner.name) for owner in owners])
        if len(owners) == 1:
            self.fields["area"].initial = owners[0].code
            self.fields["area"].widget = forms.HiddenInput()


class ImportForm(forms.Form):
    """Notes from a sheet."""

    sheet = forms.FileField(
        label=_("Excel file"),
        help_text=_("As it comes out of the download. Rows that are new are written, changed ones changed; the rest stays."),
    )


class NoteForm(forms.Form):
    """What a note says."""

    name = CleanTextField(label=_("Name of the note"), longest=LONGEST_NAME, help_text=_("In a word or two, for the list."))
    way = forms.ChoiceField(label=_("It answers"), choices=Way.choices, error_messages=FILL_IN)
    words = WordsField(
        label=_("It fits a text with one of these words"),
        required=False,
        help_text=_(
            "One word a line, or commas between them. None: it fits every text of its kind, after those whose words occur."
        ),
    )
    steps = forms.MultipleChoiceField(
        label=_("Standard words: for these steps"),
        required=False,
        choices=Worded.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever takes one of these steps can put the words in with one choice. Leave it empty for other notes."),
    )
    leaves = forms.MultipleChoiceField(
        label=_("Standard words: only for these kinds of complaints"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("None: for all. Hold Ctrl to choose several."),
    )
    source = CleanTextField(
        label=_("Law and article"),
        longest=LONGEST_SOURCE,
        required=False,
        help_text=_("Only the clerk reads this. Empty: words of your own office."),
    )
    text = CleanTextField(
        label=_("What is answered"),
        longest=LONGEST_TEXT,
        lines=True,
        help_text=_(
            "The clerk finds it already written, checks it and sends it. Name nobody: all staff here read it. "
            "In standard words {编号}, {小区}, {单位} and {答复期限} become the number, the compound, who leads and the deadline."
        ),
        widget=forms.Textarea(attrs={"rows": 9}),
    )
    review_on = forms.DateField(
        label=_("To be checked by"),
        required=False,
        help_text=_("From then on the note is still offered, and the clerk is told to make sure that it holds."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "leaves", leaf_choices())

    def content(self) -> Content:
        kept = {name: self.cleaned_data[name] for name in ("name", "way", "text", "words", "review_on", "steps", "leaves")}
        return Content(**kept, source=self.cleaned_data["source"] or OWN)


class WriteForm(OwnerForm, NoteForm):
    """A new note."""

    field_order = ["area"]


class ChangeForm(VersionForm, NoteForm):
    """A note as it is, to be changed."""


def initial(note: KnowledgeNote) -> dict[str, Any]:
    """What the form of a note begins with."""
    found = {name: getattr(note, name) for name in ("version", "name", "way", "words", "steps", "leaves", "text", "review_on")}
    return {**found, "source": "" if note.source == OWN else note.source}
