"""Take the README's pictures from a running demo: `make demo` in one terminal, `python -m tools.screenshots` in another.

Nothing is started and nothing set up: address and accounts come from `var/demo.json`, and every picture is of what a person
with that account sees after signing in on the real page. One complaint is filed on the way, for the picture of the emergency
number, and withdrawn again.
"""

import argparse
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PHONE, DESK = (360, 760), (1280, 800)
COLOURS = 128
TRAPPED = "三号楼电梯又停了，我和老人被困在里面，请快来人"
WITHDRAWN = "演示截图用，撤回。"


class ShotError(RuntimeError):
    """A picture cannot be taken; the message says which and why."""


@dataclass(frozen=True)
class Shot:
    """A picture: what it is called, who looks, on which screens, and how to get there."""

    name: str
    username: str
    sizes: tuple[tuple[int, int], ...]
    go: Callable[[Page], None]
    after: Callable[[Page], None] | None = None


def _file(page: Page) -> None:
    page.goto("/file/")
    page.locator("textarea[name=text]").fill("三号楼电梯又停了，老人下不来")


def _emergency(page: Page) -> None:
    page.goto("/file/")
    page.locator("textarea[name=text]").fill(TRAPPED)
    page.locator("main form[method=post] button[type=submit], main form[method=post] button:not([type])").last.click()
    page.wait_for_url(re.compile(r"/filed/$"))


def _withdraw(page: Page) -> None:
    page.goto(re.sub(r"filed/$", "", page.url))
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    form = page.locator("form[action$='/cancel/']").first
    fields = {"csrfmiddlewaretoken": token, "text": WITHDRAWN}
    for hidden in form.locator("input[type=hidden]").all():
        fields[str(hidden.get_attribute("name"))] = hidden.input_value()
    answer = page.request.post(str(form.evaluate("form => form.action")), form=fields, headers={"Referer": page.url})
    if not answer.ok:
        raise ShotError(f"the complaint of the picture could not be withdrawn: {answer.status}")


def _own_ticket(page: Page) -> None:
    """The resident's most telling ticket: answered with a photo if there is one."""
    page.goto("/my/")
    rows = page.locator("a.row-item")
    answered = rows.filter(has=page.locator(".state-done"))
    page.goto(_href(answered if answered.count() else rows))


def _desk(page: Page) -> None:
    page.goto("/desk/?queue=open")
    page.locator("a.row-item").first.wait_for()


def _desk_with_case(page: Page) -> None:
    _desk(page)
    rows = page.locator("a.row-item")
    lift = rows.filter(has_text="电梯")
    (lift if lift.count() else rows).first.click()
    page.locator("#case .why").wait_for()


def _case(page: Page) -> None:
    page.goto("/desk/?queue=all&q=err45")
    page.goto(_href(page.locator("a.row-item")))
    page.locator(".why li").last.evaluate("line => line.scrollIntoView({block: 'center'})")


def _compound(page: Page) -> None:
    page.goto("/compounds/")
    if "/compounds/" in page.url and page.url.rstrip("/").endswith("compounds"):
        page.goto(_href(page.locator("main a[href*='/compounds/35']")))


def _plan(page: Page) -> None:
    """This month's practical projects of a compound, from the street's board."""
    page.goto("/projects/board/")
    page.goto(_href(page.locator("main th a[href*='/plans/']")))


def _board(page: Page) -> None:
    """The county's practical projects in the last full month."""
    page.goto("/projects/board/")
    page.locator("main .page-head a").first.click()
    page.wait_for_url(re.compile(r"month="))


def _finding(page: Page) -> None:
    """One that is said to be put right, with the photos from before and after."""
    page.goto("/checks/findings/?state=answered")
    page.goto(_href(page.locator("a.row-item")))


def _numbers(page: Page) -> None:
    page.goto("/checks/numbers/")


def _record(page: Page) -> None:
    page.goto("/record/")


def _href(links: Any) -> str:
    if not links.count():
        raise ShotError(f"nothing to open on {links.page.url}")
    return str(links.first.get_attribute("href"))


SHOTS = (
    Shot("file", "resident", (PHONE,), _file),
    Shot("emergency", "resident", (PHONE,), _emergency, _withdraw),
    Shot("ticket", "resident", (PHONE, DESK), _own_ticket),
    Shot("desk", "clerk", (DESK,), _desk_with_case),
    Shot("desk", "clerk", (PHONE,), _desk),
    Shot("case", "clerk", (DESK,), _case),
    Shot("compound", "resident", (PHONE, DESK), _compound),
    Shot("plan", "clerk", (DESK,), _plan),
    Shot("board", "county", (DESK,), _board),
    Shot("finding", "officer_mr1", (DESK, PHONE), _finding),
    Shot("numbers", "county_jj", (DESK,), _numbers),
    Shot("record", "auditor", (DESK,), _record),
)


def accounts(path: Path) -> tuple[str, dict[str, str]]:
    """The demo's address and its passwords by user name. Raises ShotError when no demo was loaded."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ShotError(f"{path} is not there: run `make demo` first") from None
    return found["url"], {account["username"]: account["password"] for account in found["accounts"]}


@contextmanager
def signed_in(chromium: Browser, url: str, username: str, password: str, size: tuple[int, int]) -> Iterator[Page]:
    """A browser window of this size in which somebody has signed in on the real page."""
    phone = size[0] < 600
    context = chromium.new_context(
        base_url=url,
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2 if phone else 1,
        has_touch=phone,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    try:
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(username)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda now: "/accounts/login/" not in now)
        yield page
    finally:
        context.close()


def small(png: bytes) -> bytes:
    """The same picture in few colours: flat pages lose nothing that the eye would miss."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def take(chromium: Browser, url: str, passwords: dict[str, str], shot: Shot, into: Path) -> list[Path]:
    """All pictures of a shot, as `<name>-<width>.png`."""
    taken = []
    for size in shot.sizes:
        with signed_in(chromium, url, shot.username, passwords[shot.username], size) as page:
            shot.go(page)
            page.wait_for_load_state("networkidle")
            page.evaluate("document.fonts.ready")
            path = into / f"{shot.name}-{size[0]}.png"
            path.write_bytes(small(page.screenshot()))
            if shot.after:
                shot.after(page)
        taken.append(path)
    return taken


def main(argv: list[str]) -> int:
    """Take the pictures named, or all; 0 when every one of them came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which: {' '.join(shot.name for shot in SHOTS)}")
    parser.add_argument("--demo", type=Path, default=ROOT / "var" / "demo.json")
    parser.add_argument("--into", type=Path, default=IMAGES)
    chosen = parser.parse_args(argv)
    failed = False
    try:
        url, passwords = accounts(chosen.demo)
        executable = browser.provide()
        if not executable:
            raise ShotError(browser.ADVICE)
        chosen.into.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
            for shot in SHOTS:
                if chosen.names and shot.name not in chosen.names:
                    continue
                try:
                    for path in take(chromium, url, passwords, shot, chosen.into):
                        print(f"{path}  {path.stat().st_size // 1024} kB")
                except Exception as problem:  # the other pictures are wanted all the same
                    failed = True
                    print(f"{shot.name}: {str(problem).splitlines()[0]}", file=sys.stderr)
            chromium.close()
    except ShotError as problem:
        print(problem, file=sys.stderr)
        return 1
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
