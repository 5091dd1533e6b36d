"""What is typed into the pages of call-backs (回访)."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.actions.step import LONGEST_REASON
from complaints.forms.notes import VersionForm
from complaints.forms.rating import RateForm
from tenancy.form_fields import CleanTextField

SHOWN = [
    ("open", pgettext_lazy("call-backs", "all that wait")),
    ("mine", pgettext_lazy("call-backs", "taken by me")),
    ("late", pgettext_lazy("call-backs", "late ones")),
    ("ended", pgettext_lazy("call-backs", "ended ones")),
]


class CallsFilter(forms.Form):
    """Which call-backs the list shows."""

    shown = forms.ChoiceField(label=_("Show"), required=False, choices=SHOWN)

    def chosen(self) -> str:
        return (self.is_valid() and self.cleaned_data["shown"]) or "open"


class TakeForm(VersionForm):
    """Somebody takes it."""


class ReachedForm(VersionForm, RateForm):
    """What the reporter says on the telephone."""


class NotReachedForm(VersionForm):
    """Nobody answered."""

    text = CleanTextField(
        label=_("Remark"), longest=LONGEST_REASON, lines=True, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class RefusedForm(NotReachedForm):
    """Somebody answered and would not say."""
