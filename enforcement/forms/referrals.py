"""What the pages of referrals take in. They parse; the rules are in `enforcement.actions.referrals` and `.consents`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.posting_forms import VersionForm, day_field
from complaints.forms.desk import FILL_IN, choose
from enforcement.actions.referrals import (
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_RESULT,
    LONGEST_SIDE,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
)
from enforcement.counsel_states import Consent
from people.models import Organisation
from tenancy.form_fields import CleanTextField

LONGEST_NUMBER = 32


class ReferralDraftForm(forms.Form):
    """What the dispute is about, and which court it goes to."""

    court = forms.TypedChoiceField(label=_("Court"), coerce=int, error_messages=FILL_IN)
    subject = CleanTextField(label=pgettext_lazy("referral", "Subject"), longest=LONGEST_SUBJECT, error_messages=FILL_IN)
    text = CleanTextField(
        label=_("What the dispute is about"),
        longest=LONGEST_TEXT,
        lines=True,
        error_messages=FILL_IN,
        help_text=_("Without names, numbers or doors: everybody concerned reads it. It cannot be changed afterwards."),
    )
    ticket = CleanTextField(label=_("Number of the ticket it came from"), longest=LONGEST_NUMBER, required=False)

    def __init__(self, *args: Any, courts: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "court", [(str(each.pk), each.name) for each in courts])


class PartyForm(VersionForm):
    """Somebody whom it concerns."""

    name = CleanTextField(label=_("Name"), longest=LONGEST_NAME, error_messages=FILL_IN)
    side = CleanTextField(
        label=_("Concerned as"), longest=LONGEST_SIDE, error_messages=FILL_IN, help_text=_("Owner, tenant, property firm…")
    )
    phone = CleanTextField(
        label=_("Telephone"),
        longest=LONGEST_PHONE,
        required=False,
        help_text=_("Whoever has an account with it in this compound says here whether they agree; others say it on paper."),
    )
    reporter = forms.BooleanField(label=_("It is who filed the ticket"), required=False)

    def __init__(self, *args: Any, from_ticket: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not from_ticket:
            del self.fields["reporter"]


class PaperForm(forms.Form):
    """What somebody signed on paper."""

    said = forms.ChoiceField(label=_("What the paper says"), choices=[(c.value, c.label) for c in Consent if c != Consent.ASKED])
    said_on = day_field(_("Day on the paper"), error_messages=FILL_IN)
    photo = forms.Field(label=_("Photo of the paper"), required=False, widget=forms.FileInput)


class ReasonForm(VersionForm):
    text = CleanTextField(label=_("Why it is withdrawn"), longest=LONGEST_RESULT, lines=True, error_messages=FILL_IN)


class SettleForm(VersionForm):
    text = CleanTextField(label=_("What was agreed or decided"), longest=LONGEST_RESULT, lines=True, error_messages=FILL_IN)
    agreed_on = day_field(
        _("Day on which a mediation agreement takes effect"), required=False, help_text=_("Leave it empty when there is none.")
    )


class GiveUpForm(VersionForm):
    text = CleanTextField(
        label=_("Why it could not be settled, and which way is open"),
        longest=LONGEST_RESULT,
        lines=True,
        error_messages=FILL_IN,
    )
