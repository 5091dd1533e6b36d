"""What the page of a re-check takes in; what is allowed, `enforcement.actions.rechecks` says."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.desk import FILL_IN, choose
from enforcement.actions.visits import LONGEST_REASON
from enforcement.forms.visits import day_field
from enforcement.models import Finding
from people.models import Organisation
from tenancy.form_fields import CleanTextField


class RecheckPlanForm(forms.Form):
    """Which findings are looked at again, by whom and when."""

    findings = forms.MultipleChoiceField(
        label=_("What is looked at again"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose findings that wait to be looked at again.")},
    )
    lead = forms.TypedChoiceField(
        label=_("For whom you plan it"),
        coerce=int,
        error_messages=FILL_IN,
        help_text=_("The head of this office or bureau approves the visit, and not whoever planned it."),
    )
    planned_on = day_field(_("Day"))
    announced = forms.BooleanField(label=_("Announce it to the property firm"), required=False, initial=True)
    reason = CleanTextField(label=_("Why here, and why now"), longest=LONGEST_REASON, lines=True)

    def __init__(self, *args: Any, waiting: Sequence[Finding], leads: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "findings", [(row.number, f"{row.item.code} {row.item.name} · {row.spot}") for row in waiting])
        choose(self, "lead", [(each.pk, each.name) for each in leads])
