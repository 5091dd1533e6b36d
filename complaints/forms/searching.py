"""What the search page takes in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.searching import LONGEST_QUESTION
from tenancy.form_fields import CleanTextField


class SearchForm(forms.Form):
    """One line. Whatever is typed there is an answer, never an error."""

    q = forms.CharField(
        label=_("Number, words, pinyin or place"),
        required=False,
        max_length=LONGEST_QUESTION,
        widget=forms.TextInput(attrs={"type": "search", "data-key": "/", "autocomplete": "off"}),
    )

    def typed(self) -> str:
        return str(self.data.get("q", ""))[:LONGEST_QUESTION]


class ReporterForm(forms.Form):
    """Who filed it."""

    who = CleanTextField(
        label=_("Whole name or whole phone number"),
        help_text=_("This look is recorded, on every ticket that it finds too."),
        longest=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
