"""What has been done already, and with which sources: the second start skips it."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


class Fingerprints:
    """Steps done, each with the fingerprint of the files it read, kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._now: dict[str, str] = {}
        try:
            self._kept: dict[str, str] = json.loads(path.read_text())
        except (FileNotFoundError, ValueError):
            self._kept = {}

    def forget(self) -> None:
        """Nothing has been done."""
        self._kept = {}

    def renew(self, installation: str) -> None:
        """Forget everything when the database is not the one that it was done in."""
        if self._kept.get("installation") != installation:
            self._kept = {"installation": installation}

    def same(self, step: str, sources: Iterable[Path]) -> bool:
        """Whether `step` was done with these files, byte by byte. A file that vanishes meanwhile counts as changed."""
        total = hashlib.sha256()
        for path in sorted(sources):
            total.update(str(path).encode())
            total.update(path.read_bytes() if path.exists() else b"")
        self._now[step] = total.hexdigest()
        return self._kept.get(step) == self._now[step]

    def keep(self, step: str) -> None:
        """Remember that `step` is done with the files last asked about."""
        self._kept[step] = self._now[step]
        self._path.write_text(json.dumps(self._kept, indent=2))
