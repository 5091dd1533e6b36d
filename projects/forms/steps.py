"""The form of each step on a project."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.actions.step import LONGEST_REASON
from projects.actions.work import LONGEST_REPORT, MOST_PHOTOS
from projects.models import Milestone, Project
from tenancy.form_fields import CleanTextField
from tenancy.refusals import Refusal

LONGEST_SPOT = 40
BLANK_SPOTS = 2
APART, GROUPED = frozenset({"photos"}), ("spot_", "photo_", "percent_")
YES_OR_NO = _("Please say yes or no.")


def few_lines(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class StepForm(forms.Form):
    """Remembers which version of the project was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    elsewhere: dict[str, str] = {}
    """Fields as the actions call them → as this form does."""

    def __init__(self, sent: Any = None, *, project: Project, **options: Any) -> None:
        super().__init__(sent, initial={"version": project.version}, **options)
        self.project = project

    def plain_fields(self) -> list[forms.BoundField]:
        """What is filled in apart from milestones and photos."""
        return [field for field in self.visible_fields() if field.name not in APART and not field.name.startswith(GROUPED)]

    def milestones(self) -> list[forms.BoundField]:
        return []

    def put(self, refusal: Refusal) -> None:
        """Show a refusal by its field, or above the form."""
        name = self.elsewhere.get(refusal.field, refusal.field)
        self.add_error(name if name in self.fields else None, str(refusal.message))


class ReasonForm(StepForm):
    text = CleanTextField(label=_("Reason"), longest=LONGEST_REASON, lines=True, widget=few_lines())


class RemarkForm(StepForm):
    text = CleanTextField(label=_("Remark"), longest=LONGEST_REASON, lines=True, required=False, widget=few_lines())


class SayForm(StepForm):
    """居民验收."""

    good = forms.TypedChoiceField(
        label=_("Is it good?"),
        choices=[("yes", _("Yes, it is good")), ("no", _("No, something is wrong"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": YES_OR_NO, "invalid_choice": YES_OR_NO},
    )
    text = CleanTextField(
        label=_("In your words"),
        help_text=_("If not: what is wrong? Those who carry it out and the committees read it, without your name."),
        longest=LONGEST_REASON,
        lines=True,
        required=False,
        widget=few_lines(2),
    )


@dataclass(frozen=True)
class Row:
    """One photo to be taken: the spot, the field of the file, and what was taken there before."""

    spot: forms.BoundField
    photo: forms.BoundField
    earlier: dict[str, Any] | None


class PhotosForm(StepForm):
    """Photos, each with the spot it was taken from: spots that have a photo come first, so that the next is taken there too."""

    photos = forms.Field(label=_("Photos"), required=False, widget=forms.FileInput)
    """Carries what is wrong with the photos as a whole."""
    elsewhere = {"spots": "photos"}

    def __init__(self, sent: Any = None, *, earlier: Sequence[dict[str, Any]] = (), **options: Any) -> None:
        super().__init__(sent, **options)
        self.earlier = {entry["spot"]: entry for entry in earlier[: MOST_PHOTOS - BLANK_SPOTS]}
        known = list(self.earlier)
        self.places = range(len(known) + BLANK_SPOTS)
        for number in self.places:
            self.fields[f"spot_{number}"] = CleanTextField(label=_("Taken from"), longest=LONGEST_SPOT, required=False)
            self.fields[f"photo_{number}"] = forms.Field(label=_("Photo"), required=False, widget=forms.FileInput)
            self.initial[f"spot_{number}"] = known[number] if number < len(known) else ""

    def rows(self) -> Iterator[Row]:
        for number in self.places:
            spot = self[f"spot_{number}"]
            yield Row(spot, self[f"photo_{number}"], self.earlier.get(str(spot.value() or "")))


class ReportForm(PhotosForm):
    """周进度."""

    text = CleanTextField(label=_("What the week came to"), longest=LONGEST_REPORT, lines=True, widget=few_lines(4))
    delay = CleanTextField(
        label=_("Why it is behind"),
        help_text=_("Needed when the promised day is past or progress goes back."),
        longest=LONGEST_REASON,
        lines=True,
        required=False,
        widget=few_lines(2),
    )

    def __init__(self, sent: Any = None, **options: Any) -> None:
        super().__init__(sent, **options)
        self.steps: list[Milestone] = list(self.project.milestones.order_by("position"))
        for step in self.steps:
            label = _("%(name)s, percent done (weight %(weight)d)") % {"name": step.name, "weight": step.weight}
            self.fields[f"percent_{step.position}"] = forms.IntegerField(label=label, min_value=0, max_value=100)
            self.initial[f"percent_{step.position}"] = step.percent

    def milestones(self) -> list[forms.BoundField]:
        return [self[f"percent_{step.position}"] for step in self.steps]

    def percents(self) -> dict[int, int]:
        """What differs from how it stands."""
        given = {step.position: self.cleaned_data[f"percent_{step.position}"] for step in self.steps}
        return {step.position: given[step.position] for step in self.steps if given[step.position] != step.percent}


class DeliverForm(PhotosForm):
    """交付."""

    text = CleanTextField(label=_("What was done"), longest=LONGEST_REPORT, lines=True, widget=few_lines(4))
    achieved = forms.IntegerField(label=_("How much was done"), min_value=0, max_value=10**6)

    def __init__(self, sent: Any = None, **options: Any) -> None:
        super().__init__(sent, **options)
        unit = self.project.matter.unit if self.project.matter else ""
        self.fields["achieved"].help_text = _("Promised: %(n)d %(unit)s") % {"n": self.project.quantity, "unit": unit}
        self.initial["achieved"] = self.project.quantity
