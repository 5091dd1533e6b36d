"""Fills one untrusted Word template, in a process of its own.

Started by `enforcement.paper_rendering` as `python -I -S -B paper_press.py DIRECTORY...` with an empty environment; imports no
Django. It speaks the frames of `files.decoder`: it sends `ready`, reads three (template, values as JSON, picture of the QR code;
no values: only look at the template), and sends `ok` and the paper, or `no`, a code of `paper_rendering.MESSAGES` and a detail.

Once everything is imported the process locks itself in (`files.decoder.confine`) and only then reads a byte from outside. What
a template may hold is looked at before it is filled, and once more afterwards, so that nothing can be put together by filling.
"""

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

sys.path[:0] = sys.argv[1:]  # without site-packages of its own, see the module's text

import jinja2  # noqa: E402
from docx import Document  # noqa: E402
from docx.shared import Mm  # noqa: E402
from docxtpl import DocxTemplate  # noqa: E402
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError  # noqa: E402
from jinja2.runtime import LoopContext  # noqa: E402
from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: E402
from lxml import etree  # noqa: E402
from markupsafe import Markup  # noqa: E402

from files.decoder import confine, receive, send  # noqa: E402

MOST_UNPACKED = 20 * 1024 * 1024
MOST_PARTS = 300
LARGEST_PAPER = 8 * 1024 * 1024
QR_MILLIMETRES = 22
KNOWN_PARTS = re.compile(r"[\w./ \[\]()-]+\.(xml|rels|png|jpe?g|gif|bmp|odttf)", re.ASCII | re.IGNORECASE)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
FIELDS = re.compile(
    r"\s*((PAGE|NUMPAGES|SECTIONPAGES)\b)?(\s|\\\*\s*(MERGEFORMAT|Arabic|ArabicDash|CHINESENUM\d))*", re.IGNORECASE
)
"""Page numbers and how they are written. Other fields can reach for files, programs and addresses."""
ACTIVE = frozenset({"altChunk", "object", "OLEObject", "control", "subDoc", "attachedTemplate", "dataSource", "movie"})
REACHING = frozenset(
    {"oleObject", "package", "aFChunk", "attachedTemplate", "subDocument", "control", "vbaProject", "frame", "mailMergeSource"}
)
FILTERS = ("first", "join", "last", "length", "replace", "trim")
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)
"""The smallest picture: one grey pixel as PNG."""
EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"


class Refused(Exception):
    """The template cannot be used: a code, and what it is about."""


def local(tag: Any) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def parsed(body: bytes) -> Any:
    reader = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, reader)
    except etree.XMLSyntaxError:
        raise Refused("broken", "") from None
    if root.getroottree().docinfo.doctype:
        raise Refused("active", "DOCTYPE")
    return root


def look_at(body: bytes) -> None:
    """Raises Refused unless it is a plain Word document of bounded size that reaches for nothing outside itself."""
    for name, part in parts_of(body):
        if not name.lower().endswith((".xml", ".rels")):
            continue
        root = parsed(part)
        if name == "[Content_Types].xml":
            kinds = [each.get("ContentType", "") for each in root]
            if MAIN not in kinds or any("macro" in kind.lower() for kind in kinds):
                raise Refused("not_word", "")
        elif name.lower().endswith(".rels"):
            _relations(root)
        else:
            _elements(root, name)


def parts_of(body: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
        entries = archive.infolist()
        names = [entry.filename for entry in entries if not entry.is_dir()]
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED or len(entries) > MOST_PARTS:
            raise Refused("too_big", "")
        strange = [name for name in names if not KNOWN_PARTS.fullmatch(name) or ".." in name]
        if strange:
            raise Refused("active", strange[0][:60])
        if len(set(names)) != len(names) or "word/document.xml" not in names:
            raise Refused("not_word", "")
        for name in names:
            yield name, archive.read(name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Refused("not_word", "") from None


def _relations(root: Any) -> None:
    for each in root.iter():
        if (each.get("TargetMode") or "").strip().lower() not in ("", "internal"):
            raise Refused("external", (each.get("Target") or "")[:60])
        if (each.get("Type") or "").rpartition("/")[2] in REACHING:
            raise Refused("active", (each.get("Target") or "")[:60])


def _elements(root: Any, name: str) -> None:
    for each in root.iter():
        tag = local(each.tag)
        if tag in ACTIVE:
            raise Refused("active", tag)
        if tag == "instrText" and not FIELDS.fullmatch(each.text or ""):
            raise Refused("field", (each.text or "").strip()[:40])
        if tag == "fldSimple":
            said = next((value for key, value in each.attrib.items() if local(key) == "instr"), "")
            if not FIELDS.fullmatch(said):
                raise Refused("field", said.strip()[:40])


class Strict(jinja2.StrictUndefined):
    """Says which name is not known."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class Environment(ImmutableSandboxedEnvironment):
    """Names, loops and conditions; no function, no attribute of anything but of a loop, few filters."""

    def __init__(self) -> None:
        super().__init__(undefined=Strict, autoescape=True, loader=jinja2.DictLoader({}))
        self.globals = {}
        self.filters = {name: self.filters[name] for name in FILTERS}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, LoopContext) and super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        return False


def filled(template: bytes, values: dict[str, Any], qr: bytes) -> bytes:
    """The paper. Raises Refused, and whatever a damaged document makes its readers raise."""
    paper, rules = DocxTemplate(io.BytesIO(template)), Environment()
    try:
        unknown = sorted(paper.get_undeclared_template_variables(rules) - set(values) - {"qr"})
        if unknown:
            raise Refused("unknown", ", ".join(unknown)[:120])
        paper.init_docx()
        drawn = paper.docx._part.new_pic_inline(io.BytesIO(qr), Mm(QR_MILLIMETRES), None).xml
        picture = f'</w:t></w:r><w:r><w:drawing>{drawn}</w:drawing></w:r><w:r><w:t xml:space="preserve">'
        paper.render({**values, "qr": Markup(picture)}, rules, autoescape=True)  # noqa: S704  drawn by us
    except SecurityError as unsafe:
        raise Refused("unsafe", str(unsafe)[:120]) from None
    except UndefinedError as missing:
        raise Refused("unknown", str(missing)[:120]) from None
    except TemplateError as wrong:
        raise Refused("syntax", str(wrong).splitlines()[0][:160]) from None
    kept = io.BytesIO()
    paper.save(kept)
    if kept.tell() > LARGEST_PAPER:
        raise Refused("too_big", "")
    _pictures(kept.getvalue())
    return kept.getvalue()


def _pictures(body: bytes) -> None:
    """Raises Refused when a picture stands where it cannot be found: the QR code belongs to the text, not to a header."""
    parts = dict(parts_of(body))
    for name, part in parts.items():
        folder, _slash, file = name.rpartition("/")
        if not name.endswith(".xml") or b"embed" not in part:
            continue
        known = {each.get("Id") for each in parsed(parts.get(f"{folder}/_rels/{file}.rels", b"<none/>"))}
        if any(each.get(EMBED) not in known for each in parsed(part).iter() if each.get(EMBED)):
            raise Refused("qr_place", "")


def answer(template: bytes, values: bytes, qr: bytes) -> tuple[bytes, ...]:
    try:
        look_at(template)
        if not values:
            return (b"ok", b"")
        paper = filled(template, json.loads(values), qr)
        look_at(paper)
    except Refused as refused:
        code, detail = refused.args
        return (b"no", code.encode(), detail.encode())
    except (MemoryError, RecursionError):
        return (b"no", b"too_slow", b"")
    except Exception as fault:  # the libraries raise anything over a damaged document; the process ends here
        return (b"no", b"broken", type(fault).__name__.encode())
    return (b"ok", paper)


TRIED_FIRST = (
    "{% for each in rows %}{{ each.x }}{{ qr }}{% endfor %}{{ 'é' }}",
    "{{ y.__class__ }}",
    "{{ rows[0].z }}",
    "{% if %}",
    "{{ y|nothing }}",
    "{% include 'y' %}",
)


def warm_up() -> None:
    """Let the libraries read what they need from disk, while there is a disk; how they fail as well."""
    for text in TRIED_FIRST:
        kept, first = io.BytesIO(), Document()
        first.add_paragraph(text)
        first.sections[0].header.paragraphs[0].text = "{{ y }}"
        first.save(kept)
        with suppress(Refused):
            filled(kept.getvalue(), {"rows": [{"x": "1"}], "y": "2"}, DOT)


def main() -> None:
    warm_up()
    confine(threads=False)
    send(b"ready")
    send(*answer(receive(), receive(), receive()))


if __name__ == "__main__":
    main()
