"""并单: with which ticket another one is merged."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.desk import StepForm, choose


class MergeForm(StepForm):
    """One of those shown, or another by its number."""

    into = forms.ChoiceField(label=_("Which report is worked on"), widget=forms.RadioSelect, required=False)
    other = forms.CharField(
        label=_("Another one, by its number"),
        max_length=32,
        required=False,
        help_text=_("An open ticket of the same compound."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, numbers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "into", [(number, number) for number in numbers])

    def clean(self) -> dict[str, Any]:
        said = {**self.cleaned_data}
        said["into"] = said.get("other") or said.get("into", "")
        if not said["into"] and not self.errors:
            self.add_error("into", _("Choose a report, or give a number."))
        return said
