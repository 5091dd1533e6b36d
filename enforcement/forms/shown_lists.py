"""What the page of a list's compounds takes in; the rules are in `enforcement.actions.shown_lists`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.actions.postings import LONGEST_CONTACT, LONGEST_SPOT
from complaints.forms.desk import choose
from tenancy.form_fields import CleanTextField


class ShowForm(forms.Form):
    """Where the list is to hang and by when. A whole street or county: wherever it does not hang yet."""

    place = forms.TypedChoiceField(label=_("In which compounds"), coerce=int)
    due_on = forms.DateField(label=_("It must hang by"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    contact = CleanTextField(
        label=_("Whom to ask"),
        longest=LONGEST_CONTACT,
        required=False,
        help_text=_("When you leave it empty: the street office of the compound with its telephone number."),
    )
    spot = CleanTextField(label=_("Where it should be put up"), longest=LONGEST_SPOT, required=False)

    def __init__(self, *args: Any, places: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "place", [(str(code), name) for code, name in places])
