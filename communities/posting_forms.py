"""What the pages of postings take in. They parse; the rules are in `communities.actions.postings`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.actions.postings import (
    LONGEST_ANSWER,
    LONGEST_CONTACT,
    LONGEST_LAW,
    LONGEST_OBJECTION,
    LONGEST_REASON,
    LONGEST_SPOT,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_DAYS,
)
from communities.posting_states import PostingKind
from tenancy.form_fields import CleanTextField

INCOMPLETE = {
    name: _("The page was incomplete. Nothing was changed; send it once more.") for name in ("required", "invalid", "min_value")
}


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


class AskForm(forms.Form):
    """What is to be put up, by when and for how long."""

    kind = forms.ChoiceField(label=_("What it is"))
    subject = CleanTextField(label=_("Title"), longest=LONGEST_SUBJECT)
    text = CleanTextField(label=_("What is put up, in words"), longest=LONGEST_TEXT, lines=True)
    law = CleanTextField(label=_("Law and article that ask for it"), longest=LONGEST_LAW, required=False)
    contact = CleanTextField(label=_("Whom to ask"), longest=LONGEST_CONTACT, required=False)
    due_on = day_field(_("It must hang by"))
    days = forms.IntegerField(label=_("For how many days at least"), min_value=1, max_value=MOST_DAYS, initial=7)

    def __init__(self, *args: Any, kinds: list[PostingKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, kind.label) for kind in kinds]


class VersionForm(forms.Form):
    """A step on a posting: the version that was looked at."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput, error_messages=INCOMPLETE)


class PutUpForm(VersionForm):
    spot = CleanTextField(label=_("Where it hangs"), longest=LONGEST_SPOT)
    up_from = day_field(_("Since when"), required=False, help_text=_("Today, when you leave it empty."))
    photos = forms.Field(label=_("Photo of the board"), required=False, widget=forms.FileInput(attrs={"id": "id_photos"}))


class TakeDownForm(VersionForm):
    reason = CleanTextField(
        label=_("Why before its last day"),
        longest=LONGEST_REASON,
        required=False,
        help_text=_("Only needed when it comes down early; residents read it."),
    )


class CancelForm(VersionForm):
    reason = CleanTextField(label=_("Why it is not needed any more"), longest=LONGEST_REASON)


class ObjectForm(forms.Form):
    text = CleanTextField(label=_("What is wrong with it"), longest=LONGEST_OBJECTION, lines=True)


class AnswerForm(forms.Form):
    text = CleanTextField(label=_("Answer"), longest=LONGEST_ANSWER, lines=True)
