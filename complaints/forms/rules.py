"""What the pages of routing rules take in. They parse; what may stand in a rule, `complaints.rule_checks` says."""

import re
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.models import CompoundKind
from complaints import catalogue
from complaints.actions.replays import FEWEST, MOST
from complaints.forms.desk import Choices, choose, leaf_choices, named
from complaints.rule_checks import BY_HAND, LONGEST_NAME, LONGEST_NOTE, MOST_HOMES
from complaints.rule_queries import organisations_for, places_for
from complaints.rules import Conditions, Days, Outcome, Rule
from complaints.states import Channel
from people.queries import place_names
from tenancy.areas import Level
from tenancy.form_fields import CleanTextField, put
from tenancy.refusals import Refusal

BETWEEN_WORDS = re.compile(r"[\n,，、;；]+")
YES_NO = [("", _("either")), ("yes", _("yes")), ("no", _("no"))]
REVISION = {
    name: _("The page was incomplete. Nothing was changed; send it once more.") for name in ("required", "invalid", "min_value")
}


class WordsField(forms.CharField):
    """Words, one a line or with commas between them."""

    widget = forms.Textarea(attrs={"rows": 2})

    def clean(self, value: Any) -> tuple[str, ...]:
        typed = str(value or "")
        return tuple(word.strip() for word in BETWEEN_WORDS.split(typed.replace("\r", "\n")) if word.strip())

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value


def _several(rows: int) -> forms.SelectMultiple:
    return forms.SelectMultiple(attrs={"size": rows})


class RevisionForm(forms.Form):
    """A step on a set: the revision that was looked at."""

    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput, error_messages=REVISION)

    @property
    def problem(self) -> str:
        """What is wrong with the revision, in words."""
        return " ".join(str(error) for error in self.errors.get("revision", ()))


class ProposeForm(RevisionForm):
    note = CleanTextField(label=_("What changes, and why"), longest=LONGEST_NOTE, required=False)


class ReplayForm(forms.Form):
    n = forms.IntegerField(label=_("How many of the last tickets"), min_value=FEWEST, max_value=MOST, initial=200)


class ImportForm(RevisionForm):
    sheet = forms.FileField(label=_("Excel file"), help_text=_("As it comes out of “Download as Excel”. It replaces all rules."))


class RuleForm(RevisionForm):
    """One rule: which complaints are meant, and what becomes of them."""

    name = CleanTextField(label=_("Name of the rule"), longest=LONGEST_NAME, help_text=_("It stands on every ticket it decides."))
    any_words = WordsField(
        label=_("The text says one of"), required=False, help_text=_("One word a line, or commas between them.")
    )
    all_words = WordsField(label=_("The text says all of"), required=False)
    no_words = WordsField(label=_("The text says none of"), required=False)
    leaves = forms.MultipleChoiceField(
        label=_("It seems to be about"), required=False, widget=_several(6), help_text=_("What Mulin reads out of the text.")
    )
    places = forms.MultipleChoiceField(
        label=_("In these places"), required=False, widget=_several(6), help_text=_("None chosen: everywhere here.")
    )
    hours_from = forms.TimeField(
        label=_("Filed from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    hours_to = forms.TimeField(
        label=_("Filed until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("May lie after midnight."),
    )
    days = forms.ChoiceField(
        label=_("On which days"),
        required=False,
        choices=[("any", _("any day")), ("working", _("working days")), ("off", _("days off"))],
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kind of compound"), required=False, widget=forms.CheckboxSelectMultiple, choices=CompoundKind.choices
    )
    homes_from = forms.IntegerField(label=_("At least so many homes"), required=False, min_value=0, max_value=MOST_HOMES)
    homes_to = forms.IntegerField(label=_("At most so many homes"), required=False, min_value=0, max_value=MOST_HOMES)
    served = forms.ChoiceField(label=_("A property firm serves it"), required=False, choices=YES_NO)
    emergency = forms.ChoiceField(label=_("It is an emergency"), required=False, choices=YES_NO)
    channels = forms.MultipleChoiceField(
        label=_("How it came in"), required=False, widget=forms.CheckboxSelectMultiple, choices=Channel.choices
    )
    organisation = forms.TypedChoiceField(label=_("Goes to this organisation"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("or to the nearest of this kind"), required=False)
    leaf = forms.ChoiceField(label=_("Counts as"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), required=False)
    assists = forms.MultipleChoiceField(
        label=_("Asked to assist"), required=False, widget=_several(5), help_text=_("The nearest organisation of each kind.")
    )

    WHO = ("name",)
    WHAT = ("any_words", "all_words", "no_words", "leaves", "places")
    MORE = ("hours_from", "hours_to", "days", "kinds", "homes_from", "homes_to", "served", "emergency", "channels")
    THEN = ("organisation", "kind", "leaf", "urgency", "assists")

    def __init__(self, *args: Any, area: int, rule: Rule | None = None, **kwargs: Any) -> None:
        if rule is not None:
            kwargs["initial"] = {**_initial(rule), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        known = catalogue.Catalogue.load()
        kinds = [(each.code, named(each)) for each in known.departments if each.code != BY_HAND]
        ordinary = {leaf.code for leaf in known.leaves if not leaf.confidential}
        choose(self, "leaves", [(group, [one for one in leaves if one[0] in ordinary]) for group, leaves in leaf_choices()])
        choose(self, "places", _place_choices(area))
        choose(self, "leaf", [("", _("as Mulin reads it")), *leaf_choices()])
        choose(self, "organisation", [("", _("as without this rule")), *_organisation_choices(area)])
        choose(self, "kind", [("", _("as without this rule")), *kinds])
        choose(self, "urgency", [("", _("as usual")), *((level.code, named(level)) for level in known.urgencies)])
        choose(self, "assists", kinds)

    @property
    def more_used(self) -> bool:
        """Whether one of the rarer conditions is set, so that they are shown."""
        if any(self.errors.get(name) for name in self.MORE) if self.is_bound else False:
            return True
        return any(self[name].value() not in (None, "", [], (), "any") for name in self.MORE)

    def rule(self) -> Rule:
        """The rule as far as the fields that are sound go."""
        kept = self.cleaned_data
        first, last = kept.get("hours_from"), kept.get("hours_to")
        asked = Conditions(
            places=tuple(int(code) for code in kept.get("places", ())),
            leaves=tuple(kept.get("leaves", ())),
            any_words=kept.get("any_words", ()),
            all_words=kept.get("all_words", ()),
            no_words=kept.get("no_words", ()),
            hours=(first, last) if isinstance(first, time) and isinstance(last, time) else None,
            days=Days(kept.get("days") or Days.ANY),
            kinds=tuple(kept.get("kinds", ())),
            homes_from=kept.get("homes_from"),
            homes_to=kept.get("homes_to"),
            served=_yes_no(kept.get("served")),
            emergency=_yes_no(kept.get("emergency")),
            channels=tuple(kept.get("channels", ())),
        )
        outcome = Outcome(
            leaf=kept.get("leaf", ""),
            organisation=kept.get("organisation"),
            kind=kept.get("kind", ""),
            urgency=kept.get("urgency", ""),
            assists=tuple(kept.get("assists", ())),
        )
        return Rule(kept.get("name", ""), asked, outcome)

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or {}
        if (kept.get("hours_from") is None) != (kept.get("hours_to") is None) and not {
            "hours_from",
            "hours_to",
        } & self.errors.keys():
            missing = "hours_to" if kept.get("hours_to") is None else "hours_from"
            self.add_error(missing, _("Give both times, or neither."))
        return kept


def put_on(form: RuleForm, refusal: Refusal) -> None:
    """A refusal of the action at the field that the page has for it."""
    if refusal.field == "hours":
        form.add_error("hours_to", str(refusal.message))
        return
    put(form, refusal)


def _yes_no(value: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(value or "")


def _initial(rule: Rule) -> dict[str, Any]:
    asked, said = rule.conditions, rule.outcome
    names = ("any_words", "all_words", "no_words", "homes_from", "homes_to")
    found: dict[str, Any] = {name: getattr(asked, name) for name in names}
    found |= {name: list(getattr(asked, name)) for name in ("leaves", "kinds", "channels")}
    found |= {name: {True: "yes", False: "no", None: ""}[getattr(asked, name)] for name in ("served", "emergency")}
    found |= {"name": rule.name, "places": [str(code) for code in asked.places], "days": str(asked.days)}
    found["hours_from"], found["hours_to"] = asked.hours or (None, None)
    found |= {"organisation": said.organisation, "kind": said.kind, "leaf": said.leaf, "urgency": said.urgency}
    return {**found, "assists": list(said.assists)}


def _place_choices(area: int) -> Choices:
    """The owner's places, compounds under their neighbourhoods."""
    marks = {Level.STREET: "", Level.NEIGHBOURHOOD: "· ", Level.COMPOUND: "· · "}
    return [(str(place.code), f"{marks.get(Level(place.level), '')}{place.name}") for place in places_for(area)]


def _organisation_choices(area: int) -> Choices:
    found = list(organisations_for(area))
    places = place_names({each.area for each in found})
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in found:
        label = f"{named(each)} · {places[each.area]}" if each.area in places else named(each)
        groups.setdefault(named(each.kind), []).append((str(each.pk), label))
    return list(groups.items())
