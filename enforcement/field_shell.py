"""What the app on an officer's phone is made of: its files, its words, and the digest that names a build of both.

The service worker keeps the files of one digest and takes all of the next one, or none.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation

from enforcement import field_words

SHELL = "enforcement/field/shell.html"
FILES = ("app.css", "dark.css", "field.css", "field.js", "icons.svg", "favicon.svg", "icon-192.png")
"""What the page asks for, all of it under `build/`."""
ICONS = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"), ("icon-512-full.png", "512x512", "maskable"))
LANGUAGES = ("zh-hans", "en")


def _bytes(name: str) -> bytes:
    path = finders.find(f"build/{name}")
    return Path(path).read_bytes() if isinstance(path, str) else b""


def words(language: str) -> dict[str, Any]:
    """All that the app says, in one language."""
    with translation.override(language):
        return field_words.plain()


def version() -> str:
    """Sixteen hex digits that are others whenever a file, a word or the page's frame is."""
    total = hashlib.sha256()
    for name in (*FILES, "field-worker.js"):
        total.update(_bytes(name))
    total.update(get_template(SHELL).template.source.encode())  # type: ignore[attr-defined]
    for language in LANGUAGES:
        total.update(json.dumps(words(language), sort_keys=True).encode())
    return total.hexdigest()[:16]


def worker() -> str:
    """The service worker, told what it keeps."""
    told = {"version": version(), "shell": reverse("enforcement:field"), "files": [static(f"build/{name}") for name in FILES]}
    return f"self.FIELD = {json.dumps(told)};\n{_bytes('field-worker.js').decode()}"


def manifest() -> dict[str, Any]:
    """What a phone asks before it installs the app."""
    shell = reverse("enforcement:field")
    icons = [{"src": static(f"build/{name}"), "sizes": sizes, "type": "image/png", "purpose": why} for name, sizes, why in ICONS]
    return {
        "id": shell,
        "name": str(field_words.NAME),
        "short_name": str(field_words.SHORT),
        "start_url": shell,
        "scope": shell,
        "display": "standalone",
        "lang": translation.get_language(),
        "background_color": "#f8f7f3",
        "theme_color": "#0b5c63",
        "icons": icons,
    }
