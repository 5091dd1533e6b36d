"""What the page of the learned model takes in."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.actions.learning import LONGEST_REASON
from tenancy.form_fields import CleanTextField


class GoBackForm(forms.Form):
    """An older version and the reason for going back to it."""

    version = forms.TypedChoiceField(
        label=_("Version to go back to"), coerce=int, error_messages={"required": _("Choose a version.")}
    )
    reason = CleanTextField(
        label=_("Reason"),
        longest=LONGEST_REASON,
        lines=True,
        help_text=_("It stands with the version and in the record."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, versions: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(number, _("Version %(version)d") % {"version": number}) for number in versions]
