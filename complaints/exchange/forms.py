"""Connections to other systems, as the county's system administrator enters them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.exchange_states import PartnerKind
from complaints.forms.desk import FILL_IN, choose
from people.models import Organisation
from tenancy.form_fields import CleanTextField


class AddressForm(forms.Form):
    use_required_attribute = False

    url = forms.CharField(
        label=_("Where it takes messages"),
        max_length=300,
        required=False,
        help_text=_("Begins with https://. Empty: it hands over complaints and asks for their state itself."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )


class PartnerForm(AddressForm):
    name = CleanTextField(label=_("Name of the system"), longest=60)
    kind = forms.ChoiceField(label=_("Kind of system"), choices=PartnerKind.choices, error_messages=FILL_IN)
    organisation = forms.TypedChoiceField(label=_("Whose system it is"), coerce=int, error_messages=FILL_IN)
    field_order = ["name", "kind", "organisation", "url"]

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "organisation", [("", _("Choose…")), *((str(row.pk), row.name) for row in organisations)])
