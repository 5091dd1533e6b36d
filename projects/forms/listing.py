"""Filters of the list of projects."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.listing import Filters, Only
from projects.models import Matter
from projects.states import ProjectState


class FilterForm(forms.Form):
    """Filters in the address. A value nobody offered is ignored rather than refused: addresses grow old."""

    only = forms.ChoiceField(label=_("Only"), required=False, choices=[("", _("All")), *Only.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *ProjectState.choices])
    matter = forms.ChoiceField(label=pgettext_lazy("practical matter", "Matter"), required=False)
    month = forms.ChoiceField(label=_("Month"), required=False)
    place = forms.RegexField(r"^[1-9][0-9]{14}\Z", required=False, widget=forms.HiddenInput)

    def __init__(
        self, sent: Any, *, matters: Sequence[Matter], months: Sequence[date], compounds: Sequence[tuple[int, str]] = ()
    ) -> None:
        """`compounds` (code, name): those of somebody who has several; a place elsewhere is then nothing that was offered."""
        super().__init__(sent)
        if compounds:
            self.fields["place"] = forms.ChoiceField(label=_("Compound"), required=False)
            self._choose("place", [("", _("All compounds")), *((str(code), name) for code, name in compounds)])
        self._choose("matter", [("", _("All ten")), *((row.code, f"{row.no}. {row.name}") for row in matters)])
        self._choose("month", [("", _("All months")), *((f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months)])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        self.is_valid()
        given = {name: self.cleaned_data.get(name, "") for name in self.fields}
        month = f"{given['month']}-01" if given["month"] else ""
        return Filters(
            state=given["state"],
            matter=given["matter"],
            month=date.fromisoformat(month) if month else None,
            only=given["only"],
            place=int(given["place"]) if given["place"] else None,
        )

    def kept(self) -> dict[str, str]:
        """What stands in the address and counts."""
        return {name: value for name, value in self.cleaned_data.items() if value}
