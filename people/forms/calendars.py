"""Editing a working calendar: everything travels with the form, nothing is kept until it is published."""

import json
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.office_calendars import LONGEST_NOTE, MOST_DAYS, MOST_SPANS, Content, OwnDay, Span, kept_days, own_days
from tenancy.form_fields import CleanTextField

MOST_AT_ONCE = 62
WIDGET_DATE = {"type": "date"}
WORKED = (("closed", pgettext_lazy("day", "closed")), ("worked", pgettext_lazy("day", "worked")))


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class AddDaysForm(forms.Form):
    """One day, or a stretch of them, to be added to the list."""

    use_required_attribute = False  # it stands inside the larger form, which goes on without it

    first = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs=WIDGET_DATE, format="%Y-%m-%d"))
    last = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: one day only."),
        widget=forms.DateInput(attrs=WIDGET_DATE, format="%Y-%m-%d"),
    )
    kind = forms.ChoiceField(label=_("On this day offices are"), choices=WORKED)
    note = CleanTextField(longest=LONGEST_NOTE, label=_("Note"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day comes before the first."))
        elif first and last and (last - first).days >= MOST_AT_ONCE:
            self.add_error("last", _("At most %(most)d days can be added at once.") % {"most": MOST_AT_ONCE})
        return cleaned

    def days(self) -> list[OwnDay]:
        cleaned = self.cleaned_data
        first, last = cleaned["first"], cleaned["last"] or cleaned["first"]
        worked = cleaned["kind"] == "worked"
        return [OwnDay(first + timedelta(days=n), worked, cleaned["note"]) for n in range((last - first).days + 1)]


class CalendarForm(forms.Form):
    """Hours and source as fields, the list of own days and the version they are made from as hidden ones."""

    use_required_attribute = False  # days are added to the list before all is filled in

    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    days = forms.CharField(widget=forms.HiddenInput, required=False, max_length=MOST_DAYS * (LONGEST_NOTE * 6 + 60))
    source = CleanTextField(
        longest=300,
        label=_("Where this comes from"),
        help_text=_("For instance the notice and its number. It stands in the history."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(MOST_SPANS):
            self.fields[f"opens_{number}"] = _time(pgettext_lazy("hours", "from"))
            self.fields[f"closes_{number}"] = _time(pgettext_lazy("hours", "to"))

    @classmethod
    def filled(cls, content: Content, based_on: int, source: str | None = None) -> "CalendarForm":
        """Bound to what a version says, so that it can be changed."""
        said: dict[str, Any] = {
            "based_on": based_on,
            "days": packed(content.days),
            "source": content.source if source is None else source,
        }
        for number, (opens, closes) in enumerate(content.hours):
            said |= {f"opens_{number}": f"{opens:%H:%M}", f"closes_{number}": f"{closes:%H:%M}"}
        return cls(said)

    def spans(self) -> list[tuple[Any, Any]]:
        """The fields of the hours, two by two."""
        return [(self[f"opens_{number}"], self[f"closes_{number}"]) for number in range(MOST_SPANS)]

    def clean_days(self) -> tuple[OwnDay, ...]:
        try:
            return own_days({day: _said(each) for day, each in json.loads(self.cleaned_data["days"] or "{}").items()})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise forms.ValidationError(_("The list of days came in a form that cannot be read.")) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        hours: list[Span] = []
        for number in range(MOST_SPANS):
            opens, closes = cleaned.get(f"opens_{number}"), cleaned.get(f"closes_{number}")
            if opens and closes:
                hours.append((opens, closes))
            elif opens or closes:
                self.add_error(f"opens_{number}", _("Give both times, or none."))
        cleaned["hours"] = hours
        return cleaned

    def list_of_days(self) -> tuple[OwnDay, ...]:
        """The days as far as they could be read, whatever else is wrong."""
        self.is_valid()
        days: tuple[OwnDay, ...] = self.cleaned_data.get("days") or ()
        return days

    def with_days(self, days: tuple[OwnDay, ...]) -> "CalendarForm":
        """The same form with another list of days; all else as typed."""
        return CalendarForm({**{name: self.data.get(name, "") for name in self.fields}, "days": packed(days)})

    def based_anew(self, version: int) -> "CalendarForm":
        """The same form made from another version: what is typed replaces what that one says."""
        return CalendarForm({**{name: self.data.get(name, "") for name in self.fields}, "based_on": version})


def packed(days: tuple[OwnDay, ...]) -> str:
    return json.dumps(kept_days(days), ensure_ascii=False)


def _said(each: Any) -> dict[str, Any]:
    if not isinstance(each["worked"], bool) or not isinstance(each["note"], str):
        raise TypeError
    return {"worked": each["worked"], "note": each["note"]}


class YearForm(forms.Form):
    """The year in the address."""

    year = forms.IntegerField(min_value=2004, max_value=2100, required=False)

    def chosen(self, today: date) -> int:
        return int(self.cleaned_data["year"] or today.year) if self.is_valid() else today.year
