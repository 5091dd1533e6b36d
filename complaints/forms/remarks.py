"""The form of an internal note."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.actions.step import LONGEST_REASON
from tenancy.form_fields import CleanTextField


class InternalNoteForm(forms.Form):
    """A word to the others who act on the ticket."""

    text = CleanTextField(
        label=_("Internal note"),
        longest=LONGEST_REASON,
        lines=True,
        help_text=_("Read by those who act on this ticket and by supervision, never by whoever filed it. It cannot be changed."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
