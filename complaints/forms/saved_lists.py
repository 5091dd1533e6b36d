"""What the page of saved lists takes in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.actions.saved_lists import LONGEST_NAME
from tenancy.form_fields import CleanTextField


class SaveForm(forms.Form):
    """A name for a list, and whether the whole street office sees it."""

    name = CleanTextField(
        label=_("Name of the list"), longest=LONGEST_NAME, help_text=_("A list of yours with this name is replaced.")
    )
    share = forms.BooleanField(
        label=_("For everybody in the street office"), required=False, help_text=_("They see it in their menu, too.")
    )

    def __init__(self, *args: Any, shares: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not shares:
            del self.fields["share"]
