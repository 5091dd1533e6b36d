"""What the pages of joint visits take in. They parse; what is allowed, the actions say."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.forms.desk import FILL_IN, choose
from enforcement.actions.visit_grounds import LONGEST_BODY, LONGEST_NAME, With
from enforcement.actions.visits import LONGEST_REASON, LONGEST_WORDS, Plan
from enforcement.models import Certificate, Companion, Visit
from enforcement.visit_states import CompanionRole, VisitState
from people.models import Organisation
from tenancy.form_fields import CleanTextField

COMPANION_ROWS = 3
INCOMPLETE = {
    name: _("The page was incomplete. Nothing was changed; send it once more.") for name in ("required", "invalid", "min_value")
}
NOBODY = [("", "—")]


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={**FILL_IN, "invalid": _("Give a day, such as 2026-11-20.")},
        **options,
    )


class FilterForm(forms.Form):
    """Which visits a list shows."""

    q = CleanTextField(label=_("Compound or number"), longest=60, required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("every state")), *VisitState.choices])
    since = day_field(pgettext_lazy("span of days", "From"), required=False)
    until = day_field(pgettext_lazy("span of days", "Until"), required=False)
    area = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=10**15)
    bureau = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)

    def kept(self) -> dict[str, Any]:
        """What is asked for and can be read; what cannot counts as not asked for."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PlanForm(forms.Form):
    """All that `enforcement.actions.visits.Plan` says."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, initial=0, error_messages=INCOMPLETE)
    lead = forms.TypedChoiceField(
        label=_("For whom you plan it"),
        coerce=int,
        error_messages=FILL_IN,
        help_text=_("The head of this office or bureau approves the visit, and not whoever planned it."),
    )
    planned_on = day_field(_("Day"))
    announced = forms.BooleanField(
        label=_("Announce it to the property firm"),
        help_text=_("Not ticked: the firm learns of it when it begins."),
        required=False,
        initial=True,
    )
    bureaus = forms.TypedMultipleChoiceField(
        label=_("Bureaus that go along"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least two bureaus: it is one visit for all of them.")},
    )
    reason = CleanTextField(label=_("Why here, and why now"), longest=LONGEST_REASON, lines=True)
    again = CleanTextField(
        label=_("Why so soon after the visit before"),
        longest=LONGEST_REASON,
        lines=True,
        required=False,
        help_text=_("Only where one lies close: a compound is checked once for all, not again and again (综合查一次)."),
    )
    decision = forms.TypedChoiceField(
        label=_("Decided by a meeting"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("When the visit is over, the decision is done."),
    )

    def __init__(
        self,
        *args: Any,
        leads: Sequence[Organisation],
        bureaus: Sequence[tuple[int, str]],
        decisions: Sequence[tuple[int, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if decisions:
            choose(self, "decision", [("", "—"), *decisions])
        else:
            del self.fields["decision"]
        choose(self, "lead", [(each.pk, each.name) for each in leads])
        choose(self, "bureaus", list(bureaus))
        for number in range(COMPANION_ROWS):
            choices = [*NOBODY, *CompanionRole.choices]
            self.fields[f"role_{number}"] = forms.ChoiceField(label=_("Goes along as"), choices=choices, required=False)
            self.fields[f"name_{number}"] = CleanTextField(label=_("Name"), longest=LONGEST_NAME, required=False)
            self.fields[f"body_{number}"] = CleanTextField(label=_("Works for"), longest=LONGEST_BODY, required=False)

    def companion_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{part}_{number}"] for part in ("role", "name", "body")] for number in range(COMPANION_ROWS)]

    def goes_along(self) -> bool:
        """Whether somebody is named, or something about them is wrong."""
        return any(field.value() or field.errors for row in self.companion_rows() for field in row)

    def main_fields(self) -> list[forms.BoundField]:
        names = ("lead", "planned_on", "announced", "bureaus", "reason", "again", "decision")
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for number in range(COMPANION_ROWS):
            role, name = typed.get(f"role_{number}"), typed.get(f"name_{number}")
            if bool(role) != bool(name) and f"name_{number}" not in self.errors:
                self.add_error(f"name_{number}" if role else f"role_{number}", _("Say who goes along, and as what."))
        return typed

    def plan(self) -> Plan:
        """What was typed."""
        typed = self.cleaned_data
        along = tuple(
            With(typed[f"role_{number}"], typed[f"name_{number}"], typed[f"body_{number}"])
            for number in range(COMPANION_ROWS)
            if typed[f"role_{number}"]
        )
        said = {name: typed[name] for name in ("lead", "planned_on", "reason", "bureaus", "announced", "again")}
        return Plan(**said, companions=along)


def initial(visit: Visit, along: Sequence[Companion]) -> dict[str, Any]:
    """A form's values for a visit that is there."""
    plain = {name: getattr(visit, name) for name in ("version", "planned_on", "announced", "reason", "again")}
    rows = {
        f"{part}_{number}": getattr(each, part)
        for number, each in enumerate(along[:COMPANION_ROWS])
        for part in ("role", "name", "body")
    }
    bureaus = list(visit.members.values_list("organisation", flat=True))
    return {**plain, **rows, "lead": visit.lead_id, "bureaus": bureaus}


class VersionForm(forms.Form):
    """A step on a visit: the version that was looked at."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput, error_messages=INCOMPLETE)


class CallOffForm(VersionForm):
    reason = CleanTextField(label=_("Why it does not take place"), longest=LONGEST_REASON, lines=True)


class DeclineForm(VersionForm):
    reason = CleanTextField(label=_("Why your bureau does not go along"), longest=LONGEST_REASON, lines=True)


class SignForm(VersionForm):
    words = CleanTextField(label=_("What your bureau has to say of its part"), longest=LONGEST_WORDS, lines=True, required=False)


class JoinForm(VersionForm):
    """Who goes along for a bureau."""

    certificates = forms.TypedMultipleChoiceField(
        label=_("Officers"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name at least two officers with a certificate valid on that day.")},
        help_text=_("At least two inspect together (行政处罚法 42). Only certificates valid on that day show."),
    )

    def __init__(self, *args: Any, held: Sequence[Certificate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "certificates", [(each.pk, f"{each.user.label} · {each.number}") for each in held])


class CertificateForm(forms.Form):
    """A certificate of one of an organisation's people."""

    organisation = forms.TypedChoiceField(label=_("Organisation"), coerce=int, error_messages=FILL_IN)
    user = forms.TypedChoiceField(label=_("Officer"), coerce=int, error_messages=FILL_IN)
    number = CleanTextField(label=_("Number of the certificate"), longest=30)
    fields_of_law = CleanTextField(label=_("What it is for"), longest=60, required=False)
    valid_from = day_field(_("Valid from"))
    valid_until = day_field(_("Valid until"))

    def __init__(
        self, *args: Any, organisations: Sequence[Organisation], people: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "organisation", [(each.pk, each.name) for each in organisations])
        choose(self, "user", [("", "—"), *people])


class RevokeForm(forms.Form):
    reason = CleanTextField(label=_("Why it is not valid any more"), longest=200)


class CampaignForm(forms.Form):
    """One question put to many compounds."""

    name = CleanTextField(label=_("What it is called"), longest=60)
    reason = CleanTextField(label=_("Why"), longest=300, lines=True)
    items = forms.MultipleChoiceField(
        label=_("Items of the list"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose items of the list in force.")},
    )
    starts_on = day_field(pgettext_lazy("span of days", "From"))
    ends_on = day_field(pgettext_lazy("span of days", "Until"))

    def __init__(self, *args: Any, items: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "items", list(items))


class CampaignVisitsForm(forms.Form):
    """The compounds of a campaign to which visits are planned."""

    compounds = forms.TypedMultipleChoiceField(
        label=_("Compounds"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one compound.")},
    )
    lead = forms.TypedChoiceField(label=_("For whom you plan it"), coerce=int, error_messages=FILL_IN)
    planned_on = day_field(_("Day"))
    again = CleanTextField(label=_("Why so soon after the visit before"), longest=LONGEST_REASON, lines=True, required=False)

    def __init__(self, *args: Any, compounds: Sequence[tuple[int, str]], leads: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "compounds", list(compounds))
        choose(self, "lead", [(each.pk, each.name) for each in leads])
