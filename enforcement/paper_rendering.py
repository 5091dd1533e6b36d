"""Fills templates of papers. Templates that bureaus bring are untrusted: `enforcement/paper_press.py` fills them, locked in."""

import hashlib
import io
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import segno
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enforcement.paper_kinds import PaperKind
from tenancy.refusals import Refusal

TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST_TEMPLATE: Final = 2 * 1024 * 1024
WALL_SECONDS: Final = 20.0
PRESS: Final = Path(__file__).with_name("paper_press.py")
SHIPPED: Final = Path(__file__).with_name("data") / "papers"
QR_SCALE: Final = 8
"""Pixels of a module: sharp in print at 22 mm."""

# The press may use 1.5 GB, so one process runs only as many at once as there are cores.
_slots = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))

Values = dict[str, str | list[dict[str, str]]]
"""What a template may name: texts, and lists of rows of texts. docs/papers.md lists them."""

MESSAGES: Final[dict[str, Promise]] = {
    "empty": _("This file is empty. Choose the template again."),
    "too_big": _("This template is too big: at most 2 MB, and 20 MB unpacked, fit. Make its pictures smaller."),
    "not_word": _("This is not a Word document without macros. Save it as .docx and choose it again."),
    "broken": _("Word itself might mend this document, Mulin cannot read it. Save it anew in Word or WPS."),
    "external": _("This template reaches for something outside itself: %(detail)s. Remove links and linked pictures."),
    "active": _("This template holds something that could run or be embedded: %(detail)s. Remove it."),
    "field": _("This template holds a field that is not allowed: %(detail)s. Only page numbers are."),
    "unknown": _("This template names what is not known here: %(detail)s. The page of templates lists all names."),
    "unsafe": _("This template asks for more than the names it may use: %(detail)s"),
    "syntax": _("Something in double braces or in a loop is not written as it must be: %(detail)s"),
    "qr_place": _("The QR code belongs to the text of the paper, not to its header or footer."),
    "too_slow": _("This template takes too long to fill. Use fewer loops inside one another."),
}


class TemplateRefused(Refusal):
    """The template cannot be used. `code` is a key of MESSAGES."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(MESSAGES[code] % {"detail": detail}, field="template", code=code)


class PressDown(RuntimeError):
    """The press does not start: a fault of the installation, never of a template."""


@dataclass(frozen=True)
class Written:
    """A filled paper."""

    body: bytes
    sha256: str


def shipped(kind: PaperKind) -> bytes:
    """The template that comes with Mulin (`python -m tools.paper_templates` makes them)."""
    return (SHIPPED / f"{kind.value}.docx").read_bytes()


def look_at(template: bytes) -> None:
    """Raises TemplateRefused for what may not be a template, before it is filled."""
    _press(template, b"", b"")


def fill(template: bytes, values: Values, address: str) -> Written:
    """The paper as Word document, with a QR code that opens an address. Raises TemplateRefused, PressDown."""
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="png", scale=QR_SCALE, border=4)
    body = _press(template, json.dumps(values, ensure_ascii=False).encode(), drawn.getvalue())
    return Written(body, hashlib.sha256(body).hexdigest())


def _press(template: bytes, values: bytes, qr: bytes) -> bytes:
    if not template:
        raise TemplateRefused("empty")
    if len(template) > LARGEST_TEMPLATE:
        raise TemplateRefused("too_big")
    if not _slots.acquire(timeout=2 * WALL_SECONDS):
        raise TemplateRefused("too_slow")
    try:
        frames, exit_code = _ask_child(b"".join(struct.pack(">I", len(part)) + part for part in (template, values, qr)))
    finally:
        _slots.release()
    match frames:
        case [b"ready", b"ok", body]:
            return body
        case [b"ready", b"no", code, detail] if code.decode(errors="replace") in MESSAGES:
            raise TemplateRefused(code.decode(), detail.decode(errors="replace"))
        case []:
            raise PressDown(f"exit code {exit_code} before the press was ready")
    # Killed for its processor time: SIGXCPU from the soft limit, SIGKILL from the hard one; SIGALRM for its whole time.
    slow = exit_code in (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM)
    raise TemplateRefused("too_slow" if slow else "broken")


def _ask_child(request: bytes) -> tuple[list[bytes], int]:
    """The frames that the child wrote, and its exit code. Raises TemplateRefused when its time is over."""
    # Fixed arguments, no shell, no environment, a session of its own; what it may do, it takes from itself.
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-S", "-B", str(PRESS), *_directories()],
            input=request,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TemplateRefused("too_slow") from None
    return _frames(done.stdout), done.returncode


def _frames(answer: bytes) -> list[bytes]:
    """The complete frames of an answer; a cut one at its end is dropped."""
    found: list[bytes] = []
    at = 0
    while at + 4 <= len(answer):
        end = at + 4 + int.from_bytes(answer[at : at + 4], "big")
        if end > len(answer):
            break
        found.append(answer[at + 4 : end])
        at = end
    return found


@cache
def _directories() -> tuple[str, ...]:
    """Where our own code and the libraries live: the child starts without site-packages and without its .pth files."""
    found = [str(PRESS.parents[1])]
    for name in ("docxtpl", "docx", "lxml", "jinja2", "markupsafe", "typing_extensions"):
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise PressDown(f"{name} is not installed")
        origin = Path(spec.origin)
        found.append(str(origin.parent.parent if origin.name == "__init__.py" else origin.parent))
    return tuple(dict.fromkeys(found))
