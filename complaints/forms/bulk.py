"""What the page takes in on which several tickets are dispatched at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.desk import DispatchForm
from tenancy.form_fields import LongSelect


class RowForm(DispatchForm):
    """One ticket: whether it is dispatched, as what, to whom. What is left out is not looked at."""

    take = forms.BooleanField(label=_("Dispatch it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["text"]
        for name in ("leaf", "organisation"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            choices, attrs = field.choices, {key: value for key, value in field.widget.attrs.items() if not key.startswith("hx-")}
            field.widget = LongSelect(attrs)
            field.choices = choices

    @property
    def taken(self) -> bool:
        """Whether this row was chosen; for a form that was sent."""
        return bool(self.data.get(self.add_prefix("take")))
