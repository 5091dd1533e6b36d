"""The form of a draft: money in yuan, one row for each source, quote and milestone."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Organisation
from projects.actions.drafting import LONGEST_TEXT, LONGEST_TITLE, LONGEST_WORDS, MOST_MILESTONES, MOST_QUOTES, Draft
from projects.forms.steps import few_lines
from projects.models import Matter, Project
from projects.money import fen_of, yuan
from projects.states import Ground, OriginKind, Source, Use
from tenancy.form_fields import CleanTextField
from tenancy.refusals import Refusal

ORIGIN_ROWS = 3
PAIRS = (
    ("origin_kind", "origin_words", ORIGIN_ROWS),
    ("quote_who", "quote_yuan", MOST_QUOTES),
    ("step_name", "step_weight", MOST_MILESTONES),
)
FILL_IN = _("Please fill this in.")
Choices = Sequence[tuple[Any, Any]]


class YuanField(forms.Field):
    """An amount typed in yuan; whole fen inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **options)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            return fen_of(str(value))
        except ValueError:
            raise forms.ValidationError(_("Give an amount in yuan, such as 3000 or 3000.50.")) from None

    def prepare_value(self, value: Any) -> Any:
        return yuan(value) if isinstance(value, int) else value


class Group(forms.Field):
    """Carries what is wrong with several rows together."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False)


class DraftForm(forms.Form):
    """All that `projects.actions.drafting.Draft` says."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    title = CleanTextField(label=_("What it is called"), longest=LONGEST_TITLE)
    text = CleanTextField(label=_("What is to be done"), longest=LONGEST_TEXT, lines=True, widget=few_lines(4))
    matter = forms.ChoiceField(label=_("Which of the ten matters"), required=False)
    no_matter = CleanTextField(label=_("Why it belongs to none of them"), longest=200, required=False)
    quantity = forms.IntegerField(
        label=_("How much is promised"),
        help_text=_("In units of the matter, such as lifts, lamps or parking spaces."),
        min_value=1,
        max_value=10**6,
        initial=1,
    )
    building = forms.TypedChoiceField(label=_("Building"), required=False, coerce=int, empty_value=None)

    picked = forms.MultipleChoiceField(
        label=_("Complaints of the last 90 days"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tickets = forms.CharField(
        label=_("Numbers of other complaints"),
        help_text=_("Divided by spaces or commas."),
        required=False,
        max_length=2_000,
        widget=few_lines(2),
    )
    origins = Group(_("What else it grew from"))

    livelihood = forms.BooleanField(
        label=_("People's daily life depends on it"),
        help_text=_("Not ticked: it is an improvement."),
        required=False,
        initial=True,
    )
    ground = forms.ChoiceField(label=_("Where"), choices=Ground.choices, widget=forms.RadioSelect, initial=Ground.ABOVE)
    use = forms.ChoiceField(label=_("What for"), choices=Use.choices, widget=forms.RadioSelect, initial=Use.FUNCTION)

    lead = forms.TypedChoiceField(label=_("Who carries it out"), coerce=int)
    ends_on = forms.DateField(label=_("Promised by"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    warranty_days = forms.IntegerField(label=_("Warranty in days"), min_value=0, max_value=3650, initial=365)
    milestones = Group(_("Milestones"))

    funding = Group(_("Where the money comes from"))
    decision = CleanTextField(
        label=_("Which decision of the owners allows it"),
        help_text=_("Needed before money of the owners is planned: maintenance fund, public revenue, collected money."),
        longest=LONGEST_WORDS,
        required=False,
    )
    decided_on = forms.DateField(
        label=_("When it was taken"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    quotes = Group(_("Quotes"))

    def __init__(
        self,
        sent: Any = None,
        *,
        matters: Iterable[Matter],
        leads: Iterable[Organisation],
        buildings: Choices,
        complaints: Choices,
        **options: Any,
    ) -> None:
        super().__init__(sent, **options)
        self._choose("matter", [("", _("None of the ten")), *((row.code, f"{row.no}. {row.name}") for row in matters)])
        self._choose("lead", [("", "—"), *((row.pk, row.name) for row in leads)])
        self._choose("building", [("", _("The compound as a whole")), *buildings])
        self._choose("picked", complaints)
        if not complaints:
            del self.fields["picked"]
        kinds = [("", "—"), *((kind.value, kind.label) for kind in OriginKind if kind != OriginKind.TICKET)]
        for number in range(ORIGIN_ROWS):
            self.fields[f"origin_kind_{number}"] = forms.ChoiceField(label=_("Kind"), choices=kinds, required=False)
            self.fields[f"origin_words_{number}"] = CleanTextField(label=_("In words"), longest=LONGEST_WORDS, required=False)
        for source in Source:
            label = _("%(source)s, yuan") % {"source": source.label}
            self.fields[f"funding_{source.value}"] = YuanField(label=label, required=False)
        for number in range(MOST_QUOTES):
            self.fields[f"quote_who_{number}"] = CleanTextField(label=_("Supplier"), longest=80, required=False)
            self.fields[f"quote_yuan_{number}"] = YuanField(label=_("Yuan"), required=False)
            self.fields[f"quote_chosen_{number}"] = forms.BooleanField(label=_("chosen"), required=False)
        for number in range(MOST_MILESTONES):
            self.fields[f"step_name_{number}"] = CleanTextField(label=_("Milestone"), longest=60, required=False)
            self.fields[f"step_weight_{number}"] = forms.IntegerField(
                label=_("Weight"), min_value=1, max_value=100, required=False
            )

    def _choose(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def rows(self, names: Sequence[str], most: int) -> list[list[forms.BoundField]]:
        return [[self[f"{name}_{number}"] for name in names] for number in range(most)]

    def origin_rows(self) -> list[list[forms.BoundField]]:
        return self.rows(["origin_kind", "origin_words"], ORIGIN_ROWS)

    def quote_rows(self) -> list[list[forms.BoundField]]:
        return self.rows(["quote_who", "quote_yuan", "quote_chosen"], MOST_QUOTES)

    def milestone_rows(self) -> list[list[forms.BoundField]]:
        return self.rows(["step_name", "step_weight"], MOST_MILESTONES)

    def _begun(self, rows: list[list[forms.BoundField]]) -> bool:
        return any(field.value() or field.errors for row in rows for field in row)

    def quotes_begun(self) -> bool:
        return self._begun(self.quote_rows())

    def milestones_begun(self) -> bool:
        return self._begun(self.milestone_rows())

    def funding_fields(self) -> list[forms.BoundField]:
        return [self[f"funding_{source.value}"] for source in Source]

    def clean(self) -> dict[str, Any]:
        """A row that is begun must be complete."""
        for one, other, most in PAIRS:
            for number in range(most):
                names = [f"{one}_{number}", f"{other}_{number}"]
                empty = [name for name in names if not self.cleaned_data.get(name) and name not in self.errors]
                if len(empty) == 1:
                    self.add_error(empty[0], FILL_IN)
        return self.cleaned_data

    def _pairs(self, one: str, other: str, most: int) -> list[tuple[Any, Any, int]]:
        given = self.cleaned_data
        return [(given[f"{one}_{n}"], given[f"{other}_{n}"], n) for n in range(most) if given[f"{one}_{n}"]]

    def draft(self, kept: Sequence[str] = ()) -> Draft:
        """What was typed; `kept` are complaints that stay linked though the reader does not see them."""
        given = self.cleaned_data
        typed = [number for number in re.split(r"[\s,，、;；]+", given["tickets"]) if number]
        amounts = ((source.value, given[f"funding_{source.value}"]) for source in Source)
        return Draft(
            title=given["title"],
            text=given["text"],
            ends_on=given["ends_on"],
            lead=given["lead"],
            matter=given["matter"],
            no_matter=given["no_matter"],
            quantity=given["quantity"],
            building=given["building"],
            livelihood=given["livelihood"],
            ground=given["ground"],
            use=given["use"],
            tickets=[*given.get("picked", []), *typed, *kept],
            origins=[(kind, words) for kind, words, _n in self._pairs("origin_kind", "origin_words", ORIGIN_ROWS)],
            funding=[(source, fen) for source, fen in amounts if fen is not None],
            quotes=[
                (who, fen, given[f"quote_chosen_{n}"]) for who, fen, n in self._pairs("quote_who", "quote_yuan", MOST_QUOTES)
            ],
            milestones=[(name, weight) for name, weight, _n in self._pairs("step_name", "step_weight", MOST_MILESTONES)],
            decision=given["decision"],
            decided_on=given["decided_on"],
            warranty_days=given["warranty_days"],
        )

    def put(self, refusal: Refusal) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.message))


SAME = (
    *("title", "text", "matter_id", "no_matter", "quantity", "building_id", "livelihood", "ground", "use"),
    *("lead_id", "ends_on", "warranty_days", "decision", "decided_on"),
)


def initial_of(project: Project) -> dict[str, Any]:
    """A draft as its form shows it, apart from its complaints."""
    found: dict[str, Any] = {name.removesuffix("_id"): getattr(project, name) for name in SAME}
    others = [origin for origin in project.origins.all() if origin.kind != OriginKind.TICKET]
    for number, origin in enumerate(others[:ORIGIN_ROWS]):
        found |= {f"origin_kind_{number}": origin.kind, f"origin_words_{number}": origin.words}
    for part in project.funding.all():
        found[f"funding_{part.source}"] = part.amount_fen
    for number, quote in enumerate(project.quotes.all()):
        found |= {f"quote_who_{number}": quote.supplier, f"quote_yuan_{number}": quote.amount_fen}
        found[f"quote_chosen_{number}"] = quote.chosen
    for number, step in enumerate(project.milestones.order_by("position")):
        found |= {f"step_name_{number}": step.name, f"step_weight_{number}": step.weight}
    return found
