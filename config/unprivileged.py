"""PostgreSQL refuses to run as root; as root, the embedded servers therefore run as `nobody`."""

import os
import shutil
import subprocess
from pathlib import Path

USER, GROUP = "nobody", "nogroup"
_TO_NOBODY = (f"--reuid={USER}", f"--regid={GROUP}", "--clear-groups", "--no-new-privs")


class Unprivileged:
    """How the servers run: as ourselves, or as `nobody` when we are root. `home` is where they keep their files."""

    def __init__(self, home: Path, program: Path) -> None:
        self._home = home
        self._program = program
        self._prefix: list[str] | None = None

    def prefix(self) -> list[str]:
        """What to put before a server's command. Raises OSError when there is no way."""
        if os.geteuid() != 0:
            return []
        if self._prefix is None:
            self._prefix = self._find_prefix()
        return self._prefix

    def own(self, path: Path) -> None:
        """Make `path` a directory that only the servers (and root) may enter."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        self._give(path)

    def write(self, path: Path, text: str) -> None:
        """Write a file that only the servers (and root) may read."""
        path.unlink(missing_ok=True)
        with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(text)
        self._give(path)

    @staticmethod
    def _give(path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, USER, GROUP)

    def _find_prefix(self) -> list[str]:
        """Plain `nobody`; where closed directories bar the way (a project under /root), with the right to pass them.

        The other way would be to open somebody's home to everybody.
        """
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise OSError("as root, `setpriv` (package util-linux) is needed to run PostgreSQL as another user")
        self.own(self._home)
        # The last right is the wider one; containers often have only that.
        for right in ("", "dac_read_search", "dac_override"):
            way = [setpriv, *_TO_NOBODY]
            if right:
                # Without the secure bit, access(2) would ask on behalf of a nobody without that right.
                way += ["--securebits=+no_setuid_fixup", f"--inh-caps=-all,+{right}", f"--ambient-caps=-all,+{right}"]
            if self._reaches(way):
                return way
        raise OSError(f"as root, PostgreSQL runs as `{USER}`, who cannot reach {self._home}: move the project")

    def _reaches(self, way: list[str]) -> bool:
        tries = ([str(self._program), "--version"], ["/usr/bin/test", "-w", str(self._home)])
        return all(
            subprocess.run([*way, *argv], cwd="/", capture_output=True, check=False).returncode == 0  # noqa: S603 (our own words)
            for argv in tries
        )
