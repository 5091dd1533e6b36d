"""What the pages of findings take in. They parse; what is allowed, `enforcement.actions.findings` says."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.forms.desk import FILL_IN
from enforcement.actions.findings import (
    LONGEST_ANSWER,
    LONGEST_DEMAND,
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_DAYS,
    MOST_MORE_DAYS,
)
from enforcement.finding_listing import Only
from enforcement.finding_states import FindingState, Party
from enforcement.forms.visits import VersionForm, day_field
from tenancy.form_fields import CleanTextField

LONGEST_SEARCH = 60
HOW = [
    ("", pgettext_lazy("finding", "all")),
    ("open", pgettext_lazy("finding", "still open")),
    ("late", pgettext_lazy("finding", "late")),
    ("right", pgettext_lazy("finding", "put right")),
    ("in_time", pgettext_lazy("finding", "put right in time")),
    ("fell_due", pgettext_lazy("finding", "fell due")),
    ("counted", pgettext_lazy("finding", "not taken back")),
]
PARTIES = [("", pgettext_lazy("finding", "whoever")), *Party.choices]


class FindingFilter(forms.Form):
    """Which findings a list shows. What a number of the totals opened stays in hidden fields."""

    q = CleanTextField(label=_("Number, compound, item or words"), longest=LONGEST_SEARCH, required=False)
    how = forms.ChoiceField(label=_("How it stands"), required=False, choices=HOW)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", pgettext_lazy("finding", "every state")), *FindingState.choices]
    )
    party = forms.ChoiceField(label=_("Responsible party"), required=False, choices=PARTIES)
    since = day_field(_("Found from"), required=False)
    until = day_field(_("Found until"), required=False)
    area = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=10**15)
    bureau = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    organisation = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    item = CleanTextField(longest=10, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)

    def only(self) -> Only:
        """What is asked for and can be read; what cannot counts as not asked for."""
        self.is_valid()
        return Only.of(self.cleaned_data)


def days_field(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, error_messages=FILL_IN)


def photos_field(identity: str) -> forms.Field:
    """Errors of photos stand here; the photos themselves come apart from the form."""
    return forms.Field(label=_("Photos"), required=False, widget=forms.FileInput(attrs={"id": identity}))


class FixForm(VersionForm):
    text = CleanTextField(label=_("What was done on the spot"), longest=LONGEST_WORDS, lines=True, error_messages=FILL_IN)
    photos = photos_field("id_photos")


class OrderForm(VersionForm):
    """What must be done, by when and by whom."""

    demand = CleanTextField(label=_("What must be done"), longest=LONGEST_DEMAND, lines=True, error_messages=FILL_IN)
    days = forms.IntegerField(
        label=_("Within how many days"),
        min_value=1,
        max_value=MOST_DAYS,
        error_messages=FILL_IN,
        help_text=_("Calendar days from tomorrow on; a last day on which offices are closed moves on (民法典 203)."),
    )
    party = forms.ChoiceField(label=_("Responsible party"), choices=Party.choices)
    party_name = CleanTextField(
        label=_("Name of the owner or shop"),
        longest=LONGEST_NAME,
        required=False,
        help_text=_("Only where it is not the firm or the committee. Residents never see it."),
    )


class AnswerForm(VersionForm):
    text = CleanTextField(label=_("What was done"), longest=LONGEST_ANSWER, lines=True, error_messages=FILL_IN)
    photos = photos_field("id_photos")


class AcceptForm(VersionForm):
    text = CleanTextField(label=_("What was seen"), longest=LONGEST_WORDS, lines=True, error_messages=FILL_IN)


class SendBackForm(VersionForm):
    text = CleanTextField(label=_("What is not right yet"), longest=LONGEST_WORDS, lines=True, error_messages=FILL_IN)
    days = days_field(_("Within how many days"), MOST_DAYS)


class RecheckForm(VersionForm):
    text = CleanTextField(label=_("What to look at"), longest=LONGEST_WORDS, lines=True, required=False)


class TransferForm(VersionForm):
    text = CleanTextField(
        label=_("Number of the case, and the office that deals with it"), longest=LONGEST_WORDS, error_messages=FILL_IN
    )


class DropForm(VersionForm):
    text = CleanTextField(label=_("Why it is taken back"), longest=LONGEST_WORDS, lines=True, error_messages=FILL_IN)


class AskTimeForm(VersionForm):
    days = days_field(_("How many days more"), MOST_MORE_DAYS)
    reason = CleanTextField(label=_("Why"), longest=LONGEST_WORDS, lines=True, error_messages=FILL_IN)


class DecideTimeForm(VersionForm):
    granted = forms.TypedChoiceField(
        label=_("More time"),
        choices=[("yes", _("Give it")), ("no", _("Do not give it"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages=FILL_IN,
    )
    text = CleanTextField(label=_("Why, where it is not given"), longest=LONGEST_WORDS, lines=True, required=False)


class LiftForm(VersionForm):
    text = CleanTextField(label=_("Why it need not be published any more"), longest=LONGEST_WORDS, error_messages=FILL_IN)


class TicketForm(VersionForm):
    ticket = CleanTextField(label=_("Number of the complaint"), longest=24, error_messages=FILL_IN)


class ProjectForm(VersionForm):
    project = CleanTextField(label=_("Number of the project"), longest=24, error_messages=FILL_IN)
