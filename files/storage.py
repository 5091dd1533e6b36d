"""Photos, and lists taken out, on disk, under random names below `settings.MULIN_MEDIA_ROOT`; no web server serves it by itself.

A name is `ab/cd/<32 hex digits>.jpg`, the first four digits repeated as directories so that none grows large. Whoever
may see a photo is decided by the row it belongs to (`visible_to`), never by knowing its name.
"""

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

# Only lower-case hex and the fixed shape: no name can leave the root, whatever row or request it comes from.
NAME = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(?=\1\2)[0-9a-f]{32}\.(?:jpg|xlsx|csv)", re.ASCII)
UNFINISHED = ".part"


class NotAStoredName(ValueError):
    """The text does not have the shape of a stored name."""


def write(body: bytes) -> str:
    """Store the bytes of a photo and return their new name. When this returns, they survive a power cut; never half there.

    Raises OSError when the disk is full or not writable; then nothing is left behind.
    """
    with writing("jpg") as (name, out):
        out.write(body)
    return name


@contextmanager
def writing(suffix: str) -> Iterator[tuple[str, BinaryIO]]:
    """A new name with this suffix, and a file to be filled; it is there under its name once the block has ended well."""
    token = secrets.token_hex(16)
    name = f"{token[:2]}/{token[2:4]}/{token}.{suffix}"
    target = _path(name)
    _make_directories(target.parent)
    unfinished = target.with_suffix(UNFINISHED)
    out = _create(unfinished)
    try:
        with out:
            yield name, out
            out.flush()
            os.fsync(out.fileno())
        unfinished.rename(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)


def reading(name: str) -> BinaryIO:
    """Open a stored photo for reading.

    Raises NotAStoredName, or FileNotFoundError when it is not (or no longer) there.
    """
    return os.fdopen(os.open(_path(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def delete(name: str) -> bool:
    """Remove a stored photo for good; False when it was not there. Raises NotAStoredName."""
    path = _path(name)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    _sync_directory(path.parent)
    return True


def names_older_than(seconds: float, *, suffix: str = "jpg") -> Iterator[str]:
    """Names of what was stored at least so long ago: photos without a row are orphans of a failed transaction."""
    for path in _older_than(seconds, f"*.{suffix}"):
        name = path.relative_to(_root()).as_posix()
        if NAME.fullmatch(name):
            yield name


def remove_unfinished(older_than_seconds: float) -> int:
    """Remove what a killed process left half written; returns how many files."""
    count = 0
    for path in _older_than(older_than_seconds, "*" + UNFINISHED):
        path.unlink(missing_ok=True)
        count += 1
    return count


def _root() -> Path:
    return Path(settings.MULIN_MEDIA_ROOT)


def _path(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise NotAStoredName(name[:80])
    return _root() / name


def _create(path: Path) -> BinaryIO:
    """A new file that only we can read; an existing one, or a link laid in the way, is an error."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "wb")


def _make_directories(directory: Path) -> None:
    """Make the missing directories, each written down in the one above it."""
    if directory.is_dir():
        return
    _make_directories(directory.parent)
    with suppress(FileExistsError):  # another process was quicker
        directory.mkdir(mode=0o700)
    _sync_directory(directory.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _older_than(seconds: float, pattern: str) -> Iterator[Path]:
    latest = time.time() - seconds
    for path in _root().glob(f"[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/{pattern}"):
        with suppress(FileNotFoundError):  # removed meanwhile
            if path.lstat().st_mtime <= latest:
                yield path
