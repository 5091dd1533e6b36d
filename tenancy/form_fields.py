"""Form fields for what people type: the same cleaning as the actions do, said next to the field and before any photo is read."""

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from tenancy import text
from tenancy.refusals import Refusal


class LongSelect(forms.Select):
    """A list with very many entries. Drawn in one go: Django renders two templates for each."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        drawn = format_html_join("", "{}", ((_group(label, options),) for label, options, _index in widget["optgroups"]))
        return format_html("<select{}>{}</select>", flatatt({"name": name, **widget["attrs"]}), drawn)


def _group(label: str | None, options: list[dict[str, Any]]) -> SafeString:
    cells = ((option["value"], _CHOSEN[option["selected"]], option["label"]) for option in options)
    drawn = format_html_join("", '<option value="{}"{}>{}</option>', cells)
    return format_html('<optgroup label="{}">{}</optgroup>', label, drawn) if label else drawn


_CHOSEN = {False: "", True: mark_safe(" selected")}


class CleanTextField(forms.CharField):
    """Text as `tenancy.text.clean` leaves it; `longest` in characters.

    It sets no `maxlength`: a browser would cut a pasted text silently, and nothing typed may be lost.
    """

    def __init__(self, *, longest: int, lines: bool = False, **options: Any) -> None:
        if lines:
            options.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(strip=False, **options)
        self.longest, self.lines = longest, lines

    def clean(self, value: Any) -> str:
        try:
            return text.clean(
                str(value or ""), field=str(self.label or ""), longest=self.longest, required=self.required, lines=self.lines
            )
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.message), code=refusal.code) from None


def put(form: forms.Form, refusal: Refusal) -> None:
    """Show a refusal next to the field it names, or above the form when it names none of this form's."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
