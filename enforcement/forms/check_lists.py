"""What the pages of check lists take in. They parse; what may stand in an item, `enforcement.check_content` says."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.desk import FILL_IN, choose, leaf_choices, named
from complaints.forms.rules import RevisionForm
from enforcement.check_content import LONGEST, LONGEST_DAYS, ItemEntry
from enforcement.models import CheckItem, Law
from enforcement.states import Certainty, Level, Severity
from people.models import OrganisationKind
from tenancy.form_fields import CleanTextField

LONGEST_SEARCH = 60
LONGEST_SOURCE = 300


class FilterForm(forms.Form):
    """Which items a list shows; `on` is the day whose law is shown, today when none is given."""

    q = CleanTextField(label=_("Words in an item"), longest=LONGEST_SEARCH, required=False)
    bureau = forms.ChoiceField(label=_("Bureau"), required=False)
    on = forms.DateField(label=_("Law of this day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, bureaus: list[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)
        choose(self, "bureau", [("", _("every bureau")), *bureaus])

    def kept(self) -> dict[str, Any]:
        """What is asked for and can be read; what cannot counts as not asked for."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ImportForm(forms.Form):
    """A list from a sheet."""

    sheet = forms.FileField(
        label=_("Excel file"),
        help_text=_("Two sheets, as they come out of the download: the items, and the laws they name. It becomes a draft."),
        error_messages=FILL_IN,
    )
    source = CleanTextField(
        label=_("Where the list was published"),
        longest=LONGEST_SOURCE,
        help_text=_("Document and number. It is shown wherever the list is."),
    )


class ItemForm(RevisionForm):
    """One item of a draft."""

    code = CleanTextField(label=_("Code"), longest=10, help_text=_("Letters and digits, once in the list."))
    name = CleanTextField(label=_("What is checked"), longest=LONGEST["name"])
    bureau = forms.ChoiceField(label=_("Bureau"), error_messages=FILL_IN, help_text=_("Only this bureau may conclude it."))
    others = forms.MultipleChoiceField(label=_("Helped by"), required=False, widget=forms.SelectMultiple(attrs={"size": 6}))
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    violation = CleanTextField(label=_("What counts as a violation"), longest=LONGEST["violation"], lines=True)
    method = CleanTextField(label=_("How it is checked"), longest=LONGEST["method"], lines=True)
    subject = CleanTextField(label=_("Who answers for it"), longest=LONGEST["subject"], required=False)
    basis = CleanTextField(label=_("Law and articles, one law a line"), longest=800, lines=True)
    penalty = CleanTextField(label=_("What may follow"), longest=LONGEST["penalty"], required=False, lines=True)
    days = forms.IntegerField(label=_("Days to put it right"), min_value=1, max_value=LONGEST_DAYS)
    on_spot = forms.BooleanField(label=_("May be settled on the spot"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices)
    leaf = forms.ChoiceField(label=_("Kind of complaint"), required=False)
    certainty = forms.ChoiceField(label=_("How far it was checked"), required=False)

    def __init__(self, *args: Any, laws: list[Law], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.code, named(kind)) for kind in OrganisationKind.objects.order_by("code")]
        choose(self, "bureau", [("", "—"), *kinds])
        choose(self, "others", kinds)
        choose(self, "leaf", [("", "—"), *leaf_choices()])
        choose(self, "certainty", [("", "—"), *Certainty.choices])
        keys = "; ".join(f"{law.key} {law.name}" for law in laws)
        self.fields["basis"].help_text = _("Key of the law, a space, the articles. The list names: %(keys)s") % {"keys": keys}

    def entry(self, provenance: str) -> ItemEntry:
        """What was typed; what may not stand there, the action says."""
        typed = dict(self.cleaned_data)
        typed.pop("revision")
        pairs = (line.strip().partition(" ") for line in typed.pop("basis").splitlines() if line.strip())
        others, leaf = tuple(typed.pop("others")), typed.pop("leaf") or None
        violation, method, penalty = (" ".join(typed.pop(name).split()) for name in ("violation", "method", "penalty"))
        return ItemEntry(
            **typed,
            violation=violation,
            method=method,
            penalty=penalty,
            others=others,
            leaf=leaf,
            basis=tuple((key, articles.strip()) for key, _space, articles in pairs),
            provenance=provenance,
        )


def initial(found: CheckItem, basis: str) -> dict[str, Any]:
    """A form's values for an item that is there."""
    plain = (
        "code",
        "name",
        "level",
        "violation",
        "method",
        "subject",
        "penalty",
        "days",
        "on_spot",
        "severity",
        "certainty",
        "others",
    )
    return {
        **{name: getattr(found, name) for name in plain},
        "bureau": found.bureau_id,
        "leaf": found.leaf_id or "",
        "basis": basis,
    }
