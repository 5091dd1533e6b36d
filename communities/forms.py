"""Forms of the compounds' pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities import queries
from communities.actions.residencies import LONGEST_NAME, LONGEST_NOTE
from communities.models import Residency, ResidencyKind
from tenancy.areas import Level
from tenancy.form_fields import CleanTextField


class CompoundSearch(forms.Form):
    q = CleanTextField(label=_("Name of the compound"), longest=60, required=False)


class PlaceSearch(CompoundSearch):
    """A compound by county and street, by part of its name, or both. What stands in the address may be anything."""

    county = forms.ChoiceField(label=_("County or district"), required=False)
    street = forms.ChoiceField(label=_("Street or town"), required=False)
    field_order = ["county", "street", "q"]

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        counties = [(str(area.code), area.name) for area in queries.places(Level.COUNTY)]
        self._choices("county", counties)
        county = self.data.get("county", "")
        known = county in dict(counties)
        streets = queries.places(Level.STREET, within=int(county)) if known else []
        self._choices("street", [(str(area.code), area.name) for area in streets])
        if not known:
            del self.fields["street"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Please choose")), *choices]

    def words(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("q", ""))

    def within(self) -> int | None:
        """The narrowest place chosen; a street of another county counts as none."""
        self.is_valid()
        chosen = self.cleaned_data.get("street") or self.cleaned_data.get("county")
        return int(chosen) if chosen else None


class ClaimForm(forms.Form):
    """Saying that one lives in or owns a home, in one's own words: who may not look through the homes types them."""

    kind = forms.ChoiceField(label=_("I am"), choices=ResidencyKind.choices, widget=forms.RadioSelect)
    building = CleanTextField(
        label=_("Building"), help_text=_("As it stands on the wall, for example 3号楼"), longest=LONGEST_NAME
    )
    home_name = CleanTextField(label=_("Door number"), help_text=_("As on the door, for example 502"), longest=LONGEST_NAME)
    note = CleanTextField(
        label=_("Note"),
        help_text=_("What helps to confirm it, for example since when you live there."),
        longest=LONGEST_NOTE,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class VerifyForm(forms.Form):
    """Which home on record a claim means."""

    building = forms.TypedChoiceField(label=_("Building"), coerce=int)
    home_name = CleanTextField(label=_("Door number"), longest=LONGEST_NAME)
    add_missing = forms.BooleanField(
        label=_("Put this home on record if it is missing"), help_text=_("Only in a building that is on record."), required=False
    )

    def __init__(self, *args: Any, residency: Residency, may_add: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["building"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Please choose")), *((row.pk, row.name) for row in queries.buildings(residency.area))]
        if not may_add:
            del self.fields["add_missing"]
        if residency.home_id is not None or not residency.home_said:  # the home is known, or none was ever named
            for name in list(self.fields):
                del self.fields[name]

    @classmethod
    def of(cls, residency: Residency, *, may_add: bool) -> "VerifyForm":
        """With what the claim seems to mean filled in."""
        building = queries.building_meant(residency)
        home = queries.home_meant(building, residency.home_said) if building else None
        initial = {"building": building.pk if building else None, "home_name": home.name if home else residency.home_said}
        return cls(initial=initial, residency=residency, may_add=may_add)


class RefuseForm(forms.Form):
    """Not confirmed."""

    reason = CleanTextField(
        label=_("Reason"),
        help_text=_("The person reads it."),
        longest=LONGEST_NOTE,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
