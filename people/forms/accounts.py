"""The security administrator's forms."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people import queries
from people.actors import Actor
from people.models import Organisation, OrganisationKind
from people.roles import ADMINISTRATORS, Role
from tenancy.refusals import Refusal

GRANTS = (
    ("watch_area", _("May read what happens there (挂钩)")),
    ("serve_area", _("Works there for their property firm")),
)
ROLE_GROUPS = (
    (_("Property firm"), [Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER]),
    (_("Street office"), [Role.STREET_CLERK, Role.STREET_LEADER]),
    (_("County desk"), [Role.COUNTY_CLERK]),
    (_("Bureau"), [Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEAD]),
    (_("Others"), [Role.SUPERVISOR, Role.RESIDENT]),
    (_("Administrators"), sorted(ADMINISTRATORS)),
)


def role_choices() -> list[tuple[Any, Any]]:
    return [("", "—"), *((group, [(role.value, role.label) for role in roles]) for group, roles in ROLE_GROUPS)]


def put_on(form: forms.Form, refusal: Refusal) -> None:
    """Show a refusal where it belongs, with everything typed kept."""
    names = {"area": "place"}
    field = names.get(refusal.field, refusal.field)
    form.add_error(field if field in form.fields else None, str(refusal.message))


class OfAdministrator(forms.Form):
    """A form that knows whose places it may offer."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_place(self) -> int | None:
        """The code of the place."""
        try:
            return queries.place_named(self.actor, self.cleaned_data["place"])
        except Refusal as refusal:
            self.add_error("place", str(refusal.message))
            return None


def place_field() -> forms.CharField:
    return forms.CharField(
        label=_("Place"),
        max_length=120,
        help_text=_("Name or 15-digit code; the post reaches over everything under it."),
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )


class AppointmentForm(OfAdministrator):
    role = forms.ChoiceField(label=_("Role"), choices=role_choices)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        required=False,
        help_text=_("For whom the person acts; needed for firms, street offices, county desks and bureaus."),
    )
    place = place_field()
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: until revoked."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        choice = self.fields["organisation"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = queries.organisations_of(actor)
        self.fields["starts_on"].initial = timezone.localdate

    def post(self) -> dict[str, Any]:
        """The cleaned fields as `appoint` takes them."""
        cleaned = self.cleaned_data
        return {
            "role": Role(cleaned["role"]),
            "organisation": cleaned["organisation"],
            "area": cleaned["place"],
            "starts_on": cleaned["starts_on"],
            "ends_on": cleaned["ends_on"],
        }


class OpenAccountForm(AppointmentForm):
    field_order = ("name", "username", "phone", "email")
    name = forms.CharField(label=_("Name"), max_length=60)
    username = forms.SlugField(
        label=_("User name"),
        max_length=60,
        help_text=_("Letters, digits, - and _; it is what the person signs in with and cannot be changed."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    phone = forms.RegexField(
        r"^[0-9]{5,20}$",
        label=_("Phone"),
        required=False,
        error_messages={"invalid": _("Digits only, without spaces.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)

    def account(self) -> dict[str, Any]:
        """The cleaned fields as `open_with_post` takes them."""
        cleaned = self.cleaned_data
        return {
            "name": cleaned["name"],
            "username": cleaned["username"],
            "phone": cleaned["phone"] or None,
            "email": cleaned["email"],
            **self.post(),
        }


class GrantForm(OfAdministrator):
    codename = forms.ChoiceField(label=_("What is granted"), choices=GRANTS)
    place = place_field()
    until = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("Empty: until taken back."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class OrganisationForm(OfAdministrator):
    name = forms.CharField(label=_("Organisation name"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    kind = forms.ModelChoiceField(label=_("Kind"), queryset=OrganisationKind.objects.all())
    place = place_field()
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)


class AccountFilter(forms.Form):
    """What stands in the address of the list."""

    q = forms.CharField(label=_("Name, user name or phone"), required=False, max_length=60)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=role_choices)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=(("", "—"), ("open", _("in use")), ("closed", _("account closed")))
    )
