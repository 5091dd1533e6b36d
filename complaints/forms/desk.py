"""What the desk's pages take in. They parse; what is allowed, the actions say."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from communities.models import Building
from complaints import catalogue
from complaints.actions.assists import MOST_DAYS
from complaints.actions.filing import LONGEST_TEXT
from complaints.actions.step import LONGEST_REASON
from complaints.actions.tickets import LONGEST_ANSWER
from complaints.blanks import left_blank
from complaints.deadlines import ASSIST_DAYS
from complaints.models import Assist
from complaints.worklist import Filters
from people.models import Organisation
from tenancy.form_fields import CleanTextField, LongSelect

Choices = list[tuple[Any, Any]]
FILL_IN = {"required": _("Please fill this in.")}


def named(row: Any) -> str:
    """The name of a catalogue or reference row in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str((row.name_en if english else "") or row.name)


def leaf_choices(suggested: Sequence[str] = ()) -> Choices:
    """All leaves under their categories; what routing thought of stands first."""
    known = catalogue.Catalogue.load()
    groups: Choices = []
    if suggested:
        groups.append((str(_("Suggested")), [(code, named(known.leaf(code))) for code in suggested]))
    for category in known.categories:
        leaves = [(leaf.code, named(leaf)) for leaf in known.leaves if leaf.parent == category.code]
        groups.append((named(category), leaves))
    return groups


class FilterForm(forms.Form):
    """Filters in the address. A value nobody offered is ignored rather than refused: addresses grow old."""

    q = forms.CharField(label=_("Number or words in the text"), required=False, max_length=80)
    compound = forms.TypedChoiceField(label=_("Compound"), required=False, coerce=int, empty_value=None, widget=LongSelect)
    leaf = forms.ChoiceField(label=_("About"), required=False, widget=LongSelect)
    urgency = forms.ChoiceField(label=_("Urgency"), required=False)
    late = forms.BooleanField(label=_("Overdue only"), required=False)
    extension = forms.BooleanField(label=_("More time asked for"), required=False)
    waiting = forms.BooleanField(label=_("Waiting for the reporter"), required=False)
    supervised = forms.BooleanField(label=_("Supervised"), required=False)
    building = forms.TypedChoiceField(label=_("Building"), required=False, coerce=int, empty_value=None, widget=forms.HiddenInput)
    corrected = forms.RegexField(r"^[0-9]{4}-[0-9]{4}\Z", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, compounds: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = catalogue.Catalogue.load()
        choose(self, "compound", [("", _("All compounds")), *((str(code), name) for code, name in compounds)])
        choose(self, "building", self._buildings())
        choose(self, "leaf", [("", _("All kinds")), *leaf_choices()])
        choose(self, "urgency", [("", _("All levels")), *((level.code, named(level)) for level in known.urgencies)])

    def _buildings(self) -> Choices:
        """Those of the chosen compound; read only where one of them is asked for."""
        compound = str(self.data.get("compound", ""))
        if not self.data.get("building") or not (compound.isascii() and compound.isdigit() and len(compound) == 15):
            return []
        return [(str(pk), name) for pk, name in Building.objects.filter(area=int(compound)).values_list("pk", "name")]

    def kept(self) -> dict[str, str]:
        """What of an address narrows the list today, as it stands there."""
        self.is_valid()
        return {name: str(self.data[name]) for name in self.fields if self.data.get(name) and self.cleaned_data.get(name)}

    def filters(self) -> Filters:
        self.is_valid()
        kept = self.cleaned_data
        return Filters(
            compound=kept.get("compound"),
            building=kept.get("building"),
            leaf=kept.get("leaf", ""),
            urgency=kept.get("urgency", ""),
            late=kept.get("late", False),
            extension=kept.get("extension", False),
            waiting=kept.get("waiting", False),
            supervised=kept.get("supervised", False),
            corrected=kept.get("corrected", ""),
            words=kept.get("q", "").replace("\x00", ""),
        )


class StepForm(forms.Form):
    """A step on a ticket: the version that was looked at, and where to go afterwards."""

    version = forms.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages={
            name: _("The page was incomplete. Nothing was changed; send it once more.") for name in ("required", "invalid")
        },
    )


class WordedForm(StepForm):
    """A step with words, which may have come from standard words."""

    def clean_text(self) -> str:
        said: str = self.cleaned_data["text"]
        if blank := left_blank(said):
            raise forms.ValidationError(_("Put something in the place of “%(blank)s” first.") % {"blank": blank})
        return said


class ReasonForm(WordedForm):
    """A step that needs a reason."""

    text = CleanTextField(label=_("Reason"), longest=LONGEST_REASON, lines=True, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = help_text


class ResolveForm(WordedForm):
    """答复: what was done, with photos."""

    text = CleanTextField(
        label=_("What was done"),
        help_text=_("The reporter reads this."),
        longest=LONGEST_ANSWER,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 4, "data-key": "r"}),
    )
    photos = forms.Field(label=_("Photos"), required=False, widget=forms.FileInput)
    """Stands for the file input that the template draws, so that errors have a place."""


class DispatchForm(StepForm):
    """派单: what it is about and who leads."""

    leaf = forms.ChoiceField(label=_("What it is about"), error_messages=FILL_IN)
    organisation = forms.TypedChoiceField(label=_("Who leads"), coerce=int, error_messages=FILL_IN)
    text = CleanTextField(
        label=_("Remark for the lead organisation"),
        longest=LONGEST_REASON,
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        organisations: Sequence[Organisation],
        suggested: Sequence[str] = (),
        suggest_url: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        leaf, organisation = self.fields["leaf"], self.fields["organisation"]
        assert isinstance(leaf, forms.ChoiceField)
        assert isinstance(organisation, forms.ChoiceField)
        leaf.choices = [("", _("Choose…")), *leaf_choices(suggested)]
        organisation.choices = [("", _("Choose…")), *by_kind(organisations)]
        if suggest_url:
            leaf.widget.attrs |= {"hx-get": suggest_url, "hx-target": "#dispatch-lead", "hx-trigger": "change"}


class PublishForm(StepForm):
    """公开: the wording that neighbours will read."""

    text = CleanTextField(
        label=_("What neighbours will read"),
        help_text=_("Take out names, phone numbers, door numbers and whatever tells who filed it. You may add what was done."),
        longest=LONGEST_TEXT,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.MULIN_OPEN311:
            text, outside = self.fields["text"], _("Everybody outside reads it too, through Open311.")
            text.help_text = f"{text.help_text} {outside}"


class AssistForm(StepForm):
    """协办: whom to ask, for what, and whether the lead has to wait for it."""

    organisation = forms.TypedChoiceField(label=_("Who is to assist"), coerce=int, error_messages=FILL_IN)
    text = CleanTextField(
        label=_("What is asked of it"), longest=LONGEST_REASON, lines=True, widget=forms.Textarea(attrs={"rows": 3})
    )
    days = forms.IntegerField(
        label=_("Working days for it"), min_value=1, max_value=MOST_DAYS, initial=ASSIST_DAYS, required=False
    )
    required = forms.BooleanField(label=_("The lead cannot answer before it has given its part"), required=False)

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "organisation", [("", _("Choose…")), *by_kind(organisations)])

    def clean_days(self) -> int:
        return self.cleaned_data["days"] or ASSIST_DAYS


class AnswerAssistForm(StepForm):
    """The part of an assisting organisation."""

    assist = forms.TypedChoiceField(label=_("Assisting organisation"), coerce=int, error_messages=FILL_IN)
    text = CleanTextField(
        label=_("Your part: what you found or did"),
        help_text=_("The lead organisation reads this."),
        longest=LONGEST_ANSWER,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, assists: Sequence[Assist], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "assist", [(str(assist.pk), named(assist.organisation)) for assist in assists])


class EndAssistForm(AnswerAssistForm):
    """What was asked is taken back, with the reason."""

    text = CleanTextField(label=_("Reason"), longest=LONGEST_REASON, lines=True, widget=forms.Textarea(attrs={"rows": 3}))


def choose(form: forms.Form, name: str, choices: Choices) -> None:
    """What a field of this form offers."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def by_kind(organisations: Sequence[Organisation]) -> Choices:
    """Organisations as the choices of a field, under their kinds."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for organisation in organisations:
        groups.setdefault(named(organisation.kind), []).append((str(organisation.pk), named(organisation)))
    return list(groups.items())
