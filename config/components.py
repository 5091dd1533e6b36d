"""Template tags for the smallest pieces of a page. A page holds hundreds of them in few kinds: each is rendered once and kept."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST_KEPT = 4096

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """`components/icon.html`."""
    return piece("icon", name=name, label=label, size=size)


@register.simple_tag
def piece(component: str, **given: Any) -> SafeString:
    """A component that shows nothing but what it is given here, and the language."""
    said = tuple((name, value if value is None or isinstance(value, int) else str(value)) for name, value in given.items())
    work = _rendered.__wrapped__ if settings.DEBUG else _rendered
    return work(component, get_language() or settings.LANGUAGE_CODE, said)


@lru_cache(MOST_KEPT)
def _rendered(component: str, language: str, given: tuple[tuple[str, str | int | None], ...]) -> SafeString:
    return render_to_string(f"components/{component}.html", dict(given))
