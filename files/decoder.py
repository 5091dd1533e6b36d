"""Turns one untrusted picture into two clean JPEGs, in a process of its own.

Started by `files.images` as `python -I -S -B decoder.py KIND SITE_DIRECTORY...` with an empty environment; imports no
Django. It speaks frames (4 bytes length, big-endian, then the bytes) over its standard streams: it sends `ready` (or
`down` and a reason), reads the picture, and sends `ok`, width and height (two 4-byte numbers), picture and thumbnail,
or `no` and a code of `files.images.MESSAGES`.

Everything that needs a file is imported first; then the process locks itself in (`confine`), and only then reads a byte
from outside. Where the kernel refuses one lock, the others still hold: see docs/photos.md.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

# All own: 40 megapixels is above what phones send by default, and one decoded copy of it is 160 MB.
MAX_PIXELS = 40_000_000
LONGEST_SIDE, THUMBNAIL_SIDE = 2560, 480
JPEG_QUALITY, THUMBNAIL_QUALITY = 85, 78
MAX_PROFILE_BYTES = 4 * 1024 * 1024  # a colour profile of a printing press has 0.5 to 3 MB, of a phone 0.5 kB

CPU_SECONDS = 10
LIFETIME_SECONDS = 30  # an end even when the parent was killed and nobody waits
ADDRESS_SPACE_BYTES = 1536 * 1024 * 1024
NOBODY = 65534

PILLOW_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heif": "HEIF"}
ORIENTATION_TAG = 0x0112


class Refused(Exception):
    """The picture cannot be taken; `args[0]` is the code."""


# --- frames ---------------------------------------------------------------------------------------------------------


def send(*frames: bytes) -> None:
    """Write frames to standard output."""
    pending = memoryview(b"".join(struct.pack(">I", len(frame)) + frame for frame in frames))
    while pending:
        pending = pending[os.write(1, pending) :]


def receive() -> bytes:
    """Read one frame from standard input.

    Raises EOFError when the parent is gone.
    """
    return _read_exactly(struct.unpack(">I", _read_exactly(4))[0])


def _read_exactly(size: int) -> bytes:
    got = bytearray()
    while len(got) < size:
        piece = os.read(0, min(size - len(got), 1 << 20))
        if not piece:
            raise EOFError
        got += piece
    return bytes(got)


# --- locks ----------------------------------------------------------------------------------------------------------


def confine(*, threads: bool) -> None:
    """Give up, for good, all that decoding does not need: files, processes, network, root, unbounded time and memory.

    `threads` leaves the codec its own threads (the HEVC decoder cannot work without one); processes stay forbidden
    wherever the kernel filters system calls.
    """
    signal.alarm(LIFETIME_SECONDS)
    limits = [
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1),
        (resource.RLIMIT_AS, ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, 3, 3),  # the three streams: no further file, pipe or socket
    ]
    if not threads:
        limits.append((resource.RLIMIT_NPROC, 0, 0))  # counts for everybody but root, hence the change of user below
    for limit, soft, hard in limits:
        ceiling = resource.getrlimit(limit)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(limit, (soft, hard))
    if os.geteuid() == 0:
        with suppress(OSError):  # a container without CAP_SETUID keeps its (already bounded) root
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
    _filter_system_calls(threads=threads)


# What CPython and the codecs call once everything is loaded (x86-64 numbers): read and write the open streams, memory,
# threads' locks, the clock, the end. Anything else answers EPERM, so that a library that only asks goes on.
ALLOWED_CALLS = {
    "read": 0, "write": 1, "fstat": 5, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25, "madvise": 28,
    "nanosleep": 35, "getpid": 39, "exit": 60, "sigaltstack": 131, "gettid": 186, "futex": 202,
    "sched_getaffinity": 204, "restart_syscall": 219, "clock_gettime": 228, "clock_nanosleep": 230, "exit_group": 231,
    "set_robust_list": 273, "getrandom": 318, "rseq": 334,
}  # fmt: skip
CLONE, CLONE3, CLONE_THREAD = 56, 435, 0x10000
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
SECCOMP_MODE_FILTER = 2
SECCOMP_ALLOW, SECCOMP_EPERM, SECCOMP_ENOSYS, SECCOMP_KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
AUDIT_ARCH_X86_64 = 0xC000003E
LOAD_WORD, JUMP_IF_EQUAL, JUMP_IF_BITS, RETURN = 0x20, 0x15, 0x45, 0x06
AT_NUMBER, AT_ARCHITECTURE, AT_FIRST_ARGUMENT = 0, 4, 16  # offsets in the kernel's struct seccomp_data


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _filter_system_calls(*, threads: bool) -> None:
    """Ask the kernel to refuse every call not in ALLOWED_CALLS. Best effort: Linux on x86-64 only."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # after the change of user, which would clear it
    if platform.machine() != "x86_64":
        return
    code = _seccomp_filter(threads=threads)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(_Program(len(code) // 8, code)), 0, 0)


def _seccomp_filter(*, threads: bool) -> bytes:
    """A classic BPF program, 8 bytes an instruction (operation, jump if true, jump if false, operand)."""
    steps = [
        (LOAD_WORD, 0, 0, AT_ARCHITECTURE),
        (JUMP_IF_EQUAL, 1, 0, AUDIT_ARCH_X86_64),
        (RETURN, 0, 0, SECCOMP_KILL),
        (LOAD_WORD, 0, 0, AT_NUMBER),
    ]
    for number in ALLOWED_CALLS.values():
        steps += [(JUMP_IF_EQUAL, 0, 1, number), (RETURN, 0, 0, SECCOMP_ALLOW)]
    if threads:
        steps += [
            # The filter cannot look into clone3's arguments: without it, the C library takes clone.
            (JUMP_IF_EQUAL, 0, 1, CLONE3),
            (RETURN, 0, 0, SECCOMP_ENOSYS),
            (JUMP_IF_EQUAL, 0, 3, CLONE),
            (LOAD_WORD, 0, 0, AT_FIRST_ARGUMENT),
            (JUMP_IF_BITS, 0, 1, CLONE_THREAD),
            (RETURN, 0, 0, SECCOMP_ALLOW),
        ]
    steps.append((RETURN, 0, 0, SECCOMP_EPERM))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


# --- pictures -------------------------------------------------------------------------------------------------------


def load_codecs(kind: str) -> None:
    """Import all that `render` needs for this kind: after `confine` no module can be read any more."""
    from PIL import Image, ImageCms, JpegImagePlugin, MpoImagePlugin, TiffImagePlugin  # noqa: F401

    Image.preinit()
    if kind == "webp":
        from PIL import WebPImagePlugin  # noqa: F401
    if kind == "heif":
        import pillow_heif

        pillow_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS  # checked by Pillow when the header is read: above it warns, above twice it raises
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def render(kind: str, body: bytes) -> tuple[int, int, bytes, bytes]:
    """Decode, shrink, turn upright, convert to sRGB and encode anew: width, height, picture, thumbnail.

    Raises Refused, or whatever the codec raises on a broken file.
    """
    from PIL import Image

    try:
        picture: Image.Image = Image.open(BytesIO(body), formats=[PILLOW_FORMATS[kind]])
        return _render(picture, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too_many_pixels") from None


def _render(picture: Image.Image, kind: str) -> tuple[int, int, bytes, bytes]:
    from PIL import Image

    if kind in ("png", "webp") and getattr(picture, "is_animated", False):
        raise Refused("unsupported")
    profile = picture.info.get("icc_profile") or b""
    if len(profile) > MAX_PROFILE_BYTES:
        raise Refused("broken")
    orientation = _orientation(picture)
    target = _fit(picture.size, LONGEST_SIDE)
    if kind == "jpeg":
        picture.draft(picture.mode, target)  # libjpeg shrinks while decoding: a quarter of the time and memory
    picture.load()
    picture = _opaque(picture)
    if picture.size != target:
        picture = picture.resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)
    picture = _srgb(_upright(picture, orientation), profile)
    # A new picture, because Pillow carries comments and other leftovers of the file along in `info`.
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    thumbnail = clean.resize(_fit(clean.size, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return *clean.size, _jpeg(clean, JPEG_QUALITY), _jpeg(thumbnail, THUMBNAIL_QUALITY)


def _fit(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8. A broken EXIF block is no reason to refuse the photo: it counts as upright."""
    try:
        found = picture.getexif().get(ORIENTATION_TAG, 1)
    except Exception:
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    from PIL.Image import Transpose

    turn = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _opaque(picture: Image.Image) -> Image.Image:
    """8 bits, no palette, and what is transparent laid on white paper: modes L, RGB and CMYK come out."""
    from PIL import Image

    if picture.mode.startswith("I"):  # 16-bit grey
        wide = picture.convert("I")
        return wide.point([value >> 8 for value in range(1 << 16)], "L")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        paper = Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def _srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Colours as sRGB. A profile that is broken or made for other colours is left out, as browsers do."""
    from PIL import ImageCms

    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return picture.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def main() -> None:
    """Answer one picture, then end."""
    kind = sys.argv[1]
    sys.path.extend(sys.argv[2:])
    try:
        load_codecs(kind)
        confine(threads=kind == "heif")
    except Exception as problem:
        send(b"down", repr(problem).encode()[:500])
        return
    send(b"ready")
    try:
        width, height, body, thumbnail = render(kind, receive())
    except Refused as refusal:
        send(b"no", str(refusal).encode())
    except Exception:  # a codec may raise anything on a broken file
        send(b"no", b"broken")
    else:
        send(b"ok", struct.pack(">II", width, height), body, thumbnail)
    os._exit(0)


if __name__ == "__main__":
    main()
