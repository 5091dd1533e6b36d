"""Forms of the steps that a case goes through after it was dispatched: returns, talks with the reporter, more time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from complaints.actions.step import LONGEST_REASON
from complaints.forms.desk import FILL_IN, ReasonForm, StepForm, by_kind, choose, leaf_choices
from complaints.states import ReturnReason
from people.models import Organisation
from tenancy.form_fields import CleanTextField


class GiveBackForm(ReasonForm):
    """退单: why, from the list and in words."""

    reason = forms.ChoiceField(label=_("Why it is not for you"), error_messages=FILL_IN)
    field_order = ["reason", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "reason", [("", _("Choose…")), *ReturnReason.choices])
        self.fields["text"].label = _("In your words")


class ArbitrateForm(ReasonForm):
    """终审: who leads, and why."""

    organisation = forms.TypedChoiceField(label=_("Who leads"), coerce=int, error_messages=FILL_IN)
    field_order = ["organisation", "text"]

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "organisation", [("", _("Choose…")), *by_kind(organisations)])


class WordsForm(ReasonForm):
    """A step with words that are no reason; `label` says what to write."""

    def __init__(self, *args: Any, label: Any, optional: bool = False, longest: int = LONGEST_REASON, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        assert isinstance(field, CleanTextField)
        field.label, field.required, field.longest = label, not optional, longest


class ExtensionForm(ReasonForm):
    """延期: how many working days more; each choice shows the date that it would give."""

    days = forms.TypedChoiceField(label=_("How much more"), coerce=int, error_messages=FILL_IN)
    field_order = ["days", "text"]

    def __init__(self, *args: Any, dates: Iterable[tuple[int, datetime | None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "days", [("", _("Choose…")), *((str(days), _days(days, until)) for days, until in dates)])


def _days(days: int, until: datetime | None) -> str:
    said = ngettext("%(days)d working day", "%(days)d working days", days) % {"days": days}
    if until is None:
        return said
    return str(_("%(days)s, until %(until)s") % {"days": said, "until": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"})


class RecategoriseForm(StepForm):
    """What it is about instead."""

    leaf = forms.ChoiceField(label=_("What it is about"), error_messages=FILL_IN)
    text = CleanTextField(
        label=_("Reason"), longest=LONGEST_REASON, lines=True, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, present: str, suggested: Sequence[str] = (), times_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [code for code in suggested if code != present]
        choose(self, "leaf", [("", _("Choose…")), *leaf_choices(others)])
        if times_url:
            self.fields["leaf"].widget.attrs |= {"hx-get": times_url, "hx-target": "#new-times", "hx-trigger": "change"}
