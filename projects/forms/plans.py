"""The forms of a monthly plan's steps. The plan's version travels beside them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.actions.plans import LONGEST_REVIEW
from projects.actions.step import LONGEST_REASON
from projects.forms.steps import few_lines
from projects.models import Project
from tenancy.form_fields import CleanTextField


class ProjectForm(forms.Form):
    """Which project is taken in or out."""

    project = forms.CharField(max_length=24, strip=False, widget=forms.HiddenInput)


class ProposeForm(forms.Form):
    fewer = CleanTextField(
        label=_("Why it holds fewer than three projects"),
        longest=LONGEST_REASON,
        required=False,
        widget=few_lines(2),
    )


class ReturnForm(forms.Form):
    text = CleanTextField(label=_("What must change"), longest=LONGEST_REASON, lines=True, widget=few_lines())


class CloseForm(forms.Form):
    """The review of a month, and of each project that has not landed why."""

    review = CleanTextField(label=_("What the month came to"), longest=LONGEST_REVIEW, lines=True, widget=few_lines(5))

    def __init__(self, *args: Any, left: Sequence[Project], **options: Any) -> None:
        super().__init__(*args, **options)
        self.left = [project.number for project in left]
        for project in left:
            self.fields[f"reason_{project.number}"] = CleanTextField(
                label=_("“%(title)s” has not landed. Why?") % {"title": project.title},
                help_text=_("It goes on into the next month's plan."),
                longest=LONGEST_REASON,
                lines=True,
                widget=few_lines(2),
            )

    def reasons(self) -> dict[str, str]:
        return {number: self.cleaned_data[f"reason_{number}"] for number in self.left}


class MonthForm(forms.Form):
    """A month of an address or a button, `2026-11`."""

    month = forms.DateField(input_formats=["%Y-%m"])
