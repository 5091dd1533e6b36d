"""What is looked at on every page: accessibility, width, and what the browser complains of."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Response

# A violation of the Content-Security-Policy is an error on the console; a silent one is told by its own event.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`));
"""
# How wide the page is, and which elements are to blame: those that end beyond the window or hold more than it, the innermost
# last. Two frames later, when the browser has laid out what a script or a new width has changed.
WIDTHS = """() => new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const wide = (each) => Math.max(each.getBoundingClientRect().right, each.scrollWidth) > innerWidth + 1;
  const blamed = [...document.querySelectorAll("body *")].filter(wide).slice(-4);
  tell([document.scrollingElement.scrollWidth, innerWidth, blamed.map((each) => each.outerHTML.slice(0, 120))]);
})))"""
# How a page is built: its elements with what their looks and meaning depend on, and whether they hold words; not which.
BUILT = """() => {
  const free = /^(href|src|srcset|value|nonce|action|content|datetime|data-.*|hx-.*)$/;
  const words = /^(title|alt|aria-label|placeholder)$/;
  const attributes = (each) => [...each.attributes].filter(({name}) => !free.test(name))
    .map(({name, value}) => name + "=" + (words.test(name) ? !!value.trim() : value.replace(/[0-9]+/g, "0")));
  const text = (each) => [...each.childNodes].map((node) => node.nodeType === 3 && node.data.trim() ? "x" : "").join("");
  const {backgroundColor, fontSize} = getComputedStyle(document.documentElement);
  const around = [innerWidth, !!document.title, backgroundColor, getComputedStyle(document.body).backgroundColor, fontSize];
  return [...around, ...[...document.querySelectorAll("html, body, body *")].map((each) =>
    [each.tagName, each.childElementCount, each.checkVisibility(), text(each), ...attributes(each)].join(" "))].join("\\n");
}"""
_passed: set[bytes] = set()
# A refusal is no fault of the page; which refusals may come is held by `refused`.
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of|Response Status Error Code \d+ from")
axe = Axe()


class Watch:
    """Keeps what goes wrong in a page until it is looked at."""

    def __init__(self, page: Page) -> None:
        self.wrong: list[str] = []
        self.refused: list[int] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED.match(message.text):
            self.wrong.append(f"console {message.type}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.refused.append(response.status)
            if response.status >= 500:
                self.wrong.append(f"{response.status} from {response.url}")

    def taken(self) -> list[str]:
        """What the browser complained of since it was last asked."""
        found, self.wrong = self.wrong, []
        return found


@contextmanager
def refused(watch: Watch, *statuses: int) -> Iterator[None]:
    """Inside, exactly these refusals (HTTP statuses of 400 and above) come, in this order."""
    before = list(watch.refused)
    yield
    came = watch.refused[len(before) :]
    assert came == list(statuses), f"expected {statuses}, but {came} came"
    watch.refused = before


def violations(page: Page) -> list[str]:
    """What axe finds, of any impact, one line for each element. A page built just like one that passed is not asked again."""
    built = hashlib.sha256(page.evaluate(BUILT).encode()).digest()
    if built in _passed:
        return []
    response: dict[str, Any] = axe.run(page, options={"resultTypes": ["violations"]}).response
    found = [
        f"axe {violation['id']} ({violation['impact']}): {node['html'][:160]} — {_why(node)}"
        for violation in response["violations"]
        for node in violation["nodes"]
    ]
    if not found:
        _passed.add(built)
    return found


def _why(node: dict[str, Any]) -> str:
    return "; ".join(str(check["message"])[:160] for check in [*node["any"], *node["all"], *node["none"]])


def problems(page: Page, watch: Watch) -> list[str]:
    """Everything wrong with the page as it stands, each with the page's address."""
    page.wait_for_load_state("domcontentloaded")
    needed, there, blamed = page.evaluate(WIDTHS)
    found = violations(page)
    if needed > there:
        found.append(f"wider than the window: {needed} > {there} px: {blamed}")
    found += watch.taken()
    if watch.refused:
        found.append(f"refused: {watch.refused}")
        watch.refused = []
    return [f"{page.url}: {each}" for each in found]
