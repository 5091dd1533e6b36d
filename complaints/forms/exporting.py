"""What is asked when a list is taken out: the address of the desk it is seen at."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _

from complaints.forms.desk import FilterForm


def described(form: FilterForm, queue: Any) -> str:
    """The queue and the filters in words, as the screen names them. The form has been checked."""
    said = [str(queue)]
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        if not value:
            continue
        shown = _chosen(bound.field, str(bound.value()))
        said.append(str(bound.label) if value is True else f"{bound.label}: {shown}")
    return _("; ").join(said)


def _chosen(field: forms.Field, value: str) -> str:
    """The words of the choice, where there are choices."""
    if not isinstance(field, forms.ChoiceField):
        return value
    every: Sequence[Any] = list(cast("Iterable[Any]", field.choices))
    flat = [pair for key, label in every for pair in (label if isinstance(label, list | tuple) else [(key, label)])]
    return next((str(label) for key, label in flat if str(key) == value), value)
