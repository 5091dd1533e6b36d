"""Finds a Chromium for the browser journeys, or brings one, and prints the path of its executable.

The one on the PATH; else Playwright's; else, as root on Debian or Ubuntu, the distribution's package; else Playwright's,
fetched; else one line saying what to install. Chinese pages without a Chinese font are boxes, so a font is brought too.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "no Chromium found: install one, as root: apt-get install chromium fonts-noto-cjk"


def works(path: str) -> bool:
    """Whether it starts at all: Ubuntu's chromium-browser may be a stub, and Playwright's may lack libraries."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def on_path() -> str:
    return next((path for name in NAMES if (path := shutil.which(name)) and works(path)), "")


def of_playwright() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and works(path) else ""


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> None:
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    print(f"installing {' '.join(packages)} (apt-get)", file=sys.stderr, flush=True)
    for argv in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            print("\n".join(done.stdout.strip().splitlines()[-4:]), file=sys.stderr)


def fetch_playwright() -> None:
    print("fetching Playwright's Chromium", file=sys.stderr, flush=True)
    argv = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        subprocess.run(argv, capture_output=True, timeout=300)
    except subprocess.TimeoutExpired:
        print("Playwright's Chromium did not come within five minutes", file=sys.stderr)


def has_chinese_font() -> bool:
    try:
        done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True)
    except FileNotFoundError:
        return any(Path("/usr/share/fonts").rglob("*CJK*"))
    return bool(done.stdout.strip())


def find() -> str:
    """The path of a working Chromium, "" when there is none."""
    return os.environ.get("MULIN_CHROMIUM") or on_path() or of_playwright()


def provide() -> str:
    """The same, but brings one when there is none and we may."""
    found = find()
    if not found and can_install():
        apt_install("chromium", "fonts-noto-cjk", "fontconfig")
        found = on_path()
    if not found:
        fetch_playwright()
        found = of_playwright()
    if found and not has_chinese_font():
        if can_install():
            apt_install("fonts-noto-cjk", "fontconfig")
        else:
            print("no Chinese font: screenshots will show boxes; apt-get install fonts-noto-cjk", file=sys.stderr)
    return found


def main() -> int:
    found = provide()
    print(found or ADVICE, file=sys.stdout if found else sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
