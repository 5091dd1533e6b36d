"""What is asked of a reporter once there is an answer: on the reporter's own page, and by a clerk on the telephone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.actions.step import LONGEST_REASON
from complaints.rating_reasons import Reason, reasons
from complaints.rating_states import Manner, Result
from tenancy.form_fields import CleanTextField

RESULT = {"required": _("Say whether it is put right."), "invalid_choice": _("Say whether it is put right.")}
MANNER = {"required": _("Say how it was handled."), "invalid_choice": _("Say how it was handled.")}


class RateForm(forms.Form):
    """评价: result, manner, standard reasons, words. Which reasons go with what was said, the action sorts out."""

    result = forms.ChoiceField(
        label=_("Has it been put right?"), choices=Result.choices, widget=forms.RadioSelect, error_messages=RESULT
    )
    manner = forms.ChoiceField(
        label=_("How was it handled?"), choices=Manner.choices, widget=forms.RadioSelect, error_messages=MANNER
    )
    reasons = forms.MultipleChoiceField(
        label=_("Why?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose reasons from the list.")},
    )
    text = CleanTextField(
        label=_("In your words"),
        longest=LONGEST_REASON,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reasons"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(code, str(reason)) for code, reason in reasons().items()]

    def offered(self) -> list[dict[str, Any]]:
        """Every reason for the page: whether it is chosen, and with what it goes, as names for the style sheet."""
        chosen = set(self["reasons"].value() or ())
        return [{"reason": reason, "chosen": reason.code in chosen, "marks": marks(reason)} for reason in reasons().values()]


def marks(reason: Reason) -> str:
    """Names of style: `goes-` and each value that the reason goes with."""
    return " ".join(f"goes-{value}" for value in reason.when)
