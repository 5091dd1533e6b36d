"""Checking and re-encoding of photos. `clean` is the only door: what it returns has been decoded and encoded anew.

The decoding itself happens in `files/decoder.py`, a process of its own for each photo, locked in and short-lived.
What is accepted, the limits and what is not promised: docs/photos.md.
"""

from __future__ import annotations

import hashlib
import os
import selectors
import signal
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from files import decoder
from tenancy.refusals import Refusal

# All own: a phone's photo has 2 to 6 MB and 12 to 24 megapixels; nine fit one grid on a phone's screen.
MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = decoder.MAX_PIXELS
MAX_PHOTOS: Final = 9

WALL_SECONDS = 15.0  # for one photo; the child also has a limit of processor time
MAX_ANSWER_BYTES = 24 * 1024 * 1024  # a 2560-pixel square of pure noise encodes to 8 MB
DECODER = Path(decoder.__file__)

# A decoder may use 1.5 GB, so one web or worker process runs only as many at once as there are cores.
_slots = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))

MESSAGES: Final[dict[str, Promise]] = {
    "empty": _("This file is empty. Please choose the photo again."),
    "too_many_bytes": _("This photo is larger than 10 MB. Please send a smaller one."),
    "too_many_pixels": _("This photo has more than 40 million pixels. Please send a smaller one."),
    "not_a_photo": _("This file is not a photo. Please send a photo as JPEG, PNG, WebP or HEIC."),
    "unsupported": _("This kind of picture cannot be used. Please send a photo as JPEG, PNG, WebP or HEIC."),
    "broken": _("This photo is damaged or incomplete. Please take or choose it again."),
    "too_slow": _("This photo could not be prepared in time. Please try again, or send a smaller one."),
}


class PhotoRefused(Refusal):
    """The upload is not a photo we take. `code` is a key of MESSAGES; `message` is for next to the field."""

    def __init__(self, code: str) -> None:
        super().__init__(MESSAGES[code], field="photos", code=code)


class DecoderDown(RuntimeError):
    """The decoder does not start: a fault of the installation, never of the upload."""


@dataclass(frozen=True)
class Photo:
    """A clean photo: JPEG without metadata, upright, sRGB. Sides at most 2560 pixels, the thumbnail's at most 480."""

    body: bytes
    width: int
    height: int
    thumbnail: bytes
    sha256: str


def clean(upload: IO[bytes] | bytes) -> Photo:
    """Check an upload by its content alone and encode it anew; names and declared types play no part.

    Reads a file from its start and leaves it open. Raises PhotoRefused for every bad upload, DecoderDown when this
    installation cannot decode at all.
    """
    body = upload if isinstance(upload, bytes) else _read_bounded(upload)
    if not body:
        raise PhotoRefused("empty")
    if len(body) > MAX_BYTES:
        raise PhotoRefused("too_many_bytes")
    return decode(kind_of(body), body)


def kind_of(body: bytes) -> str:
    """Which of the four decoders the first bytes call for: jpeg, png, webp or heif.

    Raises PhotoRefused("unsupported") for other pictures and documents, "not_a_photo" for all else.
    """
    if body.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "webp"
    if body[4:8] == b"ftyp":
        brand = body[8:12]
        if brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"):
            return "heif"
        raise PhotoRefused("unsupported")
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if body.startswith(_OTHER_PICTURES) or (start.startswith((b"<svg", b"<?xml")) and b"<svg" in start):
        raise PhotoRefused("unsupported")
    raise PhotoRefused("not_a_photo")


_OTHER_PICTURES = (
    b"GIF8",
    b"II*\0",  # TIFF and most raw formats
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"BM",
    b"\0\0\1\0",  # ICO
    b"%PDF-",
    b"%!PS",
    b"\xc5\xd0\xd3\xc6",  # EPS with a preview
    b"SIMPLE  =",  # FITS
    b"8BPS",
    b"\0\0\0\x0cjP  ",  # JPEG 2000
    b"\xff\x0a",  # JPEG XL
    b"\0\0\0\x0cJXL ",
)


def decode(kind: str, body: bytes, *, program: Path = DECODER, seconds: float = WALL_SECONDS) -> Photo:
    """Have one picture decoded by a child process within `seconds` of wall-clock time.

    Raises PhotoRefused or DecoderDown. The child is gone when this returns, whatever happened.
    """
    if not _slots.acquire(timeout=2 * WALL_SECONDS):
        raise PhotoRefused("too_slow")
    try:
        answer, exit_code = _ask_child(kind, body, program, seconds)
    finally:
        _slots.release()
    frames = _frames(answer)
    match frames:
        case [b"down", reason]:
            raise DecoderDown(reason.decode(errors="replace"))
        case []:
            raise DecoderDown(f"exit code {exit_code} before the decoder was ready")
        case [b"ready", b"ok", size, picture, thumbnail] if len(size) == 8:
            return _photo(size, picture, thumbnail)
        case [b"ready", b"no", code] if code.decode(errors="replace") in MESSAGES:
            raise PhotoRefused(code.decode())
    # Killed for its processor time: SIGXCPU from the soft limit, SIGKILL from the hard one.
    raise PhotoRefused("too_slow" if exit_code in (-signal.SIGXCPU, -signal.SIGKILL) else "broken")


def _ask_child(kind: str, body: bytes, program: Path, seconds: float) -> tuple[bytes, int]:
    """What the child wrote before it ended, and its exit code."""
    deadline = time.monotonic() + seconds
    # Fixed arguments, no shell, no environment, no inherited file but the two pipes; a session of its own, so that
    # whatever it might have started can be ended with it. No preexec_fn: it is unsafe with threads.
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", "-B", str(program), kind, *_site_directories()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={},
        cwd="/",
        start_new_session=True,
    )
    with child:
        try:
            answer = _exchange(child, struct.pack(">I", len(body)) + body, deadline)
            child.wait(max(0.1, deadline - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired):
            raise PhotoRefused("too_slow") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
    return answer, child.returncode


def _exchange(child: subprocess.Popen[bytes], request: bytes, deadline: float) -> bytes:
    """Write the request while reading the answer, until the child closes its side. Never keeps more than the limit.

    Raises TimeoutError at the deadline, PhotoRefused("broken") for an answer without measure.
    """
    assert child.stdin is not None
    assert child.stdout is not None
    pending, answer = memoryview(request), bytearray()
    os.set_blocking(child.stdin.fileno(), False)
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        ready.register(child.stdin, selectors.EVENT_WRITE)
        while (left := deadline - time.monotonic()) > 0:
            for key, _events in ready.select(left):
                if key.fileobj is child.stdin:
                    pending = pending[_write_some(key.fd, pending) :]
                    if not pending:
                        ready.unregister(child.stdin)
                        child.stdin.close()
                    continue
                piece = os.read(key.fd, 1 << 16)
                if not piece:
                    return bytes(answer)
                answer += piece
                if len(answer) > MAX_ANSWER_BYTES:
                    raise PhotoRefused("broken")
    raise TimeoutError


def _write_some(descriptor: int, pending: memoryview) -> int:
    try:
        return os.write(descriptor, pending[: 1 << 16])
    except BlockingIOError:
        return 0
    except BrokenPipeError:  # the child is gone; what it said before is still to be read
        return len(pending)


def _frames(answer: bytes) -> list[bytes]:
    """The complete frames at the start of the answer; a cut one at its end is dropped."""
    found: list[bytes] = []
    at = 0
    while at + 4 <= len(answer):
        end = at + 4 + int.from_bytes(answer[at : at + 4], "big")
        if end > len(answer):
            break
        found.append(answer[at + 4 : end])
        at = end
    return found


def _photo(size: bytes, picture: bytes, thumbnail: bytes) -> Photo:
    """The child's answer is not trusted either: a decoder that was taken over must not smuggle in another type."""
    width, height = struct.unpack(">II", size)
    if not (0 < width <= decoder.LONGEST_SIDE and 0 < height <= decoder.LONGEST_SIDE):
        raise PhotoRefused("broken")
    for jpeg in (picture, thumbnail):
        if not (jpeg.startswith(b"\xff\xd8\xff") and jpeg.endswith(b"\xff\xd9")):
            raise PhotoRefused("broken")
    return Photo(picture, width, height, thumbnail, hashlib.sha256(picture).hexdigest())


def _read_bounded(upload: IO[bytes]) -> bytes:
    """At most one byte more than allowed: enough to see that it is too much."""
    if upload.seekable():
        upload.seek(0)
    got = bytearray()
    while len(got) <= MAX_BYTES and (piece := upload.read(MAX_BYTES + 1 - len(got))):
        got += piece
    return bytes(got)


@cache
def _site_directories() -> tuple[str, ...]:
    """Where Pillow and pillow-heif live: the child starts without site-packages, faster and without its .pth files."""
    found: list[str] = []
    for name in ("PIL", "pillow_heif", "_pillow_heif"):
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise DecoderDown(f"{name} is not installed")
        origin = Path(spec.origin)
        found.append(str(origin.parent.parent if origin.name == "__init__.py" else origin.parent))
    return tuple(dict.fromkeys(found))
