"""What the pages of papers take in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enforcement.actions.paper_templates import LONGEST_WORD
from enforcement.actions.papers import LONGEST_WHY
from enforcement.paper_kinds import PaperKind
from tenancy.form_fields import CleanTextField

INCOMPLETE = {
    name: _("The page was incomplete. Nothing was changed; send it once more.")
    for name in ("required", "invalid", "invalid_choice", "min_value", "max_value")
}


class IssueForm(forms.Form):
    """A paper to be issued: of which bureau, which, and for an order one of the findings that it names."""

    organisation = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput, error_messages=INCOMPLETE)
    kind = forms.ChoiceField(choices=PaperKind.choices, widget=forms.HiddenInput, error_messages=INCOMPLETE)
    finding = CleanTextField(label=_("Finding"), longest=30, required=False, widget=forms.HiddenInput)


class VoidForm(forms.Form):
    reason = CleanTextField(label=_("Why it does not count any more"), longest=LONGEST_WHY)


class BringForm(forms.Form):
    """A template of one's own."""

    template = forms.FileField(
        label=_("Word file"),
        help_text=_("A .docx of at most 2 MB without macros, links and embedded files."),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty. Choose the template again."),
            "invalid": _("Choose a file."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False


class WordForm(forms.Form):
    word = CleanTextField(label=_("Word of your bureau in numbers"), longest=LONGEST_WORD)


class DigestForm(forms.Form):
    """The digest of a file that somebody holds."""

    sha256 = CleanTextField(
        label=_("SHA-256 of the file you hold"),
        longest=100,
        required=False,
        help_text=_("64 letters and digits. With it you can tell whether a file is the one that was issued, byte for byte."),
    )
