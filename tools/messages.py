"""Messages without system gettext: `collect`, `check`, `compile`.

English is the source; Chinese (zh_Hans) is the default and complete. `collect` reads every Python file and template and
brings the catalogue up to date, keeping what is translated; `check` fails on a missing, fuzzy, stale or unsound message;
`compile` writes the .mo files that Django reads.
"""

import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
LEFT_OUT = {"tests", "benchmarks", "tools", "node_modules", "var", "static", "migrations", ".venv"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]|%[sd]")


def sources() -> Iterator[tuple[Path, str]]:
    """Every Python file, and every template as the Python that Django's own tool would make of it."""
    from django.utils.translation.template import templatize

    for path in sorted(ROOT.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or LEFT_OUT & set(path.relative_to(ROOT).parts[:-1]):
            continue
        if path.suffix == ".py":
            yield path, path.read_text(encoding="utf-8")
        elif "templates" in path.parts:
            python = templatize(path.read_text(encoding="utf-8"), origin=str(path.relative_to(ROOT)))
            yield path, "\n".join(line.strip() for line in python.split("\n"))  # the tokenizer minds indentation


def found() -> Catalog:
    """All messages in the source."""
    header = "# Chinese (Simplified) for Mulin. Made by `make messages`; fill in msgstr by hand."
    catalogue = Catalog(locale="zh_Hans", project="Mulin", charset="utf-8", fuzzy=False, header_comment=header)
    for path, text in sources():
        for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
            catalogue.add(message, locations=[(str(path.relative_to(ROOT)), 0)], context=context)
    return catalogue


def translated() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def words(string: Any) -> tuple[str, ...]:
    """What a message says, one text or one for each plural form; empty when nothing is said yet."""
    texts = (string,) if isinstance(string, str) else tuple(string or ())
    return texts if all(texts) else ()


def collect() -> int:
    """Bring the catalogue up to date, keeping what is translated."""
    known = translated() if PO.exists() else Catalog(locale="zh_Hans")
    fresh = found()
    missing = 0
    for message in fresh:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        said = words(old.string) if old and not old.fuzzy else ()
        plural = isinstance(message.id, tuple)
        message.string = said[:1] if plural else said[0] if said else ""
        missing += not said
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as out:
        write_po(out, fresh, sort_output=True, width=130, omit_header=False, include_lineno=False)
    print(f"{len(fresh)} messages, {missing} without Chinese")
    return 0


def placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def problems() -> list[str]:
    """Missing, fuzzy, stale and unsound messages, in words."""
    known, fresh = translated(), found()
    wrong = []
    for message in fresh:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        said = words(old.string) if old else ()
        singular_or_plural = message.id[-1] if isinstance(message.id, tuple) else message.id
        if not said:
            wrong.append(f"missing: {message.id!r}")
        elif old and old.fuzzy:
            wrong.append(f"fuzzy: {message.id!r}")
        elif any(placeholders(text) != placeholders(str(singular_or_plural)) for text in said):
            wrong.append(f"placeholders differ: {message.id!r}")
    wrong += [f"stale: {message.id!r}" for message in known if message.id and fresh.get(message.id, message.context) is None]
    return wrong


def check() -> int:
    wrong = problems()
    for line in wrong:
        print(line)
    print(f"messages: {len(wrong)} problems")
    return 1 if wrong else 0


def compile_all() -> int:
    """Write the .mo file beside each catalogue."""
    for po in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        with po.open("rb") as file, po.with_suffix(".mo").open("wb") as out:
            write_mo(out, read_po(file))
    return 0


def main(arguments: list[str]) -> int:
    commands: dict[str, Callable[[], int]] = {"collect": collect, "check": check, "compile": compile_all}
    if len(arguments) != 1 or arguments[0] not in commands:
        print(__doc__)
        return 2
    return commands[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
