"""What the pages of the three rates are asked."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.indicator_queries import BY, Only

BY_LABELS = {
    "organisation": pgettext_lazy("numbers by", "organisation"),
    "compound": pgettext_lazy("numbers by", "compound"),
    "month": pgettext_lazy("numbers by", "month"),
}
LARGEST = 2**62


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class RatesForm(forms.Form):
    """By what is counted, and filed on which days; this month where nothing else can be read."""

    by = forms.ChoiceField(label=gettext_lazy("By"), required=False, choices=[(name, BY_LABELS[name]) for name in BY])
    since = _day(pgettext_lazy("span of days", "From"))
    until = _day(pgettext_lazy("span of days", "Until"))


class RowsForm(RatesForm):
    """Which tickets of them a list shows."""

    area = forms.IntegerField(required=False, min_value=10**14, max_value=10**15 - 1, widget=forms.HiddenInput)
    organisation = forms.IntegerField(required=False, min_value=0, max_value=LARGEST, widget=forms.HiddenInput)
    rate = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    how = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


def only_of(form: RatesForm, today: date) -> Only:
    """The filter; what cannot be read is not asked."""
    form.is_valid()
    said = form.cleaned_data
    period = Only(said.get("since") or today.replace(day=1), said.get("until") or today)
    names = ("area", "organisation", "rate", "how")
    return Only(period.since, period.until, **{name: said[name] for name in names if said.get(name) not in (None, "")})
