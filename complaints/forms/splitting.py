"""拆单: the parts that a clerk divides a ticket into."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.actions.filing import LONGEST_TEXT
from complaints.actions.splitting import MOST_PARTS, Part
from complaints.forms.desk import FILL_IN, ReasonForm, by_kind, choose, leaf_choices
from people.models import Organisation
from tenancy.form_fields import CleanTextField

FIRST_ROWS = 2


class PartForm(forms.Form):
    """One part: what it is about, who leads, and its wording."""

    use_required_attribute = False

    text = CleanTextField(
        label=_("What this part is"), longest=LONGEST_TEXT, lines=True, widget=forms.Textarea(attrs={"rows": 3})
    )
    leaf = forms.ChoiceField(label=_("What it is about"), error_messages=FILL_IN)
    organisation = forms.TypedChoiceField(label=_("Who leads"), coerce=int, error_messages=FILL_IN)

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "leaf", [("", _("Choose…")), *leaf_choices()])
        choose(self, "organisation", [("", _("Choose…")), *by_kind(organisations)])

    @property
    def left_out(self) -> bool:
        """Nothing was entered in this row."""
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields)


class SplitForm:
    """The reason and the rows of parts, read together. An empty row is no part; at least one must be filled in.

    `suggested` stands in the first rows of a form that nobody has sent yet.
    """

    def __init__(
        self,
        version: int,
        organisations: Sequence[Organisation],
        sent: Mapping[str, Any] | None = None,
        *,
        suggested: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.reason = ReasonForm(sent, initial={"version": version}, help_text=_("Whoever filed it reads this."))
        first = max(FIRST_ROWS, min(len(suggested), MOST_PARTS))
        rows = min(int(wanted), MOST_PARTS) if sent and (wanted := str(sent.get("rows", ""))).isdecimal() else first
        if sent and "more" in sent:
            rows = min(rows + 1, MOST_PARTS)
        self.parts = [
            PartForm(sent, prefix=f"part{number}", organisations=organisations, initial=known, empty_permitted=False)
            for number, known in enumerate([*suggested, *[{}] * MOST_PARTS][: max(rows, 1)], start=1)
        ]
        self.may_grow = rows < MOST_PARTS

    def is_valid(self) -> bool:
        """Whether every row that has anything in it is whole, and one has."""
        filled = [part for part in self.parts if not part.left_out] or self.parts[:1]
        for part in self.parts:
            if part not in filled:
                part.is_bound = False
        return all([self.reason.is_valid(), *(part.is_valid() for part in filled)])

    def unbound(self) -> None:
        """Show what was typed without judging it: somebody only asked for another row."""
        for form in (self.reason, *self.parts):
            form.initial = {**form.initial, **{name: form.data.get(form.add_prefix(name)) for name in form.fields}}
            form.is_bound = False

    def wanted(self) -> list[Part]:
        return [Part(**part.cleaned_data) for part in self.parts if part.is_bound]
