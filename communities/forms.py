"""Forms of the compounds' pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.models import Building, Compound, Home, ResidencyKind
from communities.queries import buildings
from tenancy.form_fields import CleanTextField


class CompoundSearch(forms.Form):
    q = CleanTextField(label=_("Name of the compound"), longest=60, required=False)


class ClaimForm(forms.Form):
    """Saying that one lives in or owns a home: the building from a list, the home as it stands on the door."""

    kind = forms.ChoiceField(label=_("I am"), choices=ResidencyKind.choices, widget=forms.RadioSelect)
    building = forms.TypedChoiceField(label=_("Building"), coerce=int)
    home_name = CleanTextField(label=_("Door number"), help_text=_("As on the door, for example 502"), longest=40)

    def __init__(self, *args: Any, compound: Compound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.compound = compound
        field = self.fields["building"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Please choose")), *((row.pk, row.name) for row in buildings(compound.area))]
        self.home: Home | None = None

    def clean(self) -> None:
        building, name = self.cleaned_data.get("building"), self.cleaned_data.get("home_name")
        if building is None or not name:
            return
        where = Building.objects.filter(area=self.compound.area, pk=building)
        self.home = Home.objects.filter(area=self.compound.area, building__in=where, name=name).first()
        if self.home is None:
            self.add_error(
                "home_name",
                _("This home is not on record in that building. Check the number, or ask the property firm."),
            )
