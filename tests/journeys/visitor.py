"""Somebody with a browser."""

import gzip
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import pytest
from django.conf import settings
from django.utils import translation
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, Request, expect

from people.roles import Role
from tests.factories.world import PASSWORD
from tests.journeys import looking
from tests.journeys.site import Site

NUMBER = re.compile(r"\d{9}-\d{4}-\d{8}")
WAIT_MS = 60_000  # two cores may be busy with other tests
expect.set_options(timeout=WAIT_MS)
READY: Literal["domcontentloaded"] = "domcontentloaded"


@dataclass(frozen=True)
class Device:
    """A window, in CSS pixels."""

    name: str
    width: int
    height: int

    @property
    def wide(self) -> bool:
        return self.width >= 992

    def __str__(self) -> str:
        return self.name


PHONE = Device("phone", 360, 740)
WORKPLACE = Device("workplace", 1280, 800)
DEVICES = (PHONE, WORKPLACE)


def on(*devices: Device) -> pytest.MarkDecorator:
    """For journeys that people make on one device. Every page they come to is looked at in the other width as well."""
    return pytest.mark.parametrize("device", devices, indirect=True, ids=str)


def photo(name: str, colour: str = "#7a5c3e") -> FilePayload:
    """A small photo as a phone would send it."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG", quality=70)
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


class Visitor:
    """One browser window of one person, in one language. `look` collects what is wrong with a page into `found`."""

    def __init__(self, browser: Browser, site: Site, device: Device, language: str, found: list[str]) -> None:
        self.site, self.device, self.language, self.found = site, device, language, found
        self.context = browser.new_context(
            base_url=site.url,
            viewport={"width": device.width, "height": device.height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(WAIT_MS)
        self.context.add_init_script(looking.REPORT_VIOLATIONS)
        if language != "zh-hans":
            self.context.add_cookies([{"name": "django_language", "value": language, "url": site.url}])
        self.page: Page = self.context.new_page()
        self.watch = looking.Watch(self.page)
        self.username = ""

    def word(self, message: str, *, context: str | None = None) -> str:
        """A message of the source as this visitor reads it."""
        with translation.override(self.language):
            return translation.pgettext(context, message) if context else translation.gettext(message)

    def look(self) -> None:
        """Look the page over, as wide as it is and as wide as the other device."""
        self.found += looking.problems(self.page, self.watch)
        other = next(device for device in DEVICES if device != self.device)
        self.page.set_viewport_size({"width": other.width, "height": other.height})
        self.found += looking.problems(self.page, self.watch)
        self.page.set_viewport_size({"width": self.device.width, "height": self.device.height})

    def go(self, path: str, *, status: int = 200) -> None:
        """Open an address and look the page over."""
        if status == 200:
            self.open(path)
        else:
            with self.refused(status):
                self.open(path)
        self.look()

    def open(self, path: str) -> None:
        """Open an address. Styles and scripts are there when it returns, pictures perhaps not yet."""
        self.page.goto(path, wait_until=READY)

    def reload(self) -> None:
        self.page.reload(wait_until=READY)

    @contextmanager
    def refused(self, *statuses: int) -> Iterator[None]:
        with looking.refused(self.watch, *statuses):
            yield

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """What is done inside leads to another page."""
        with self.page.expect_navigation(wait_until=READY):
            yield

    def sign_in(self, role: Role, place: str = "own") -> "Visitor":
        """With a session as the form gives it; the form itself is `by_the_form`."""
        self.username = f"{role}_{place}"
        session = self.site.session_of(role, place)
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.site.url}])
        self.open("/")
        return self

    def by_the_form(self, role: Role, place: str = "own") -> "Visitor":
        """Sign in as everybody does, with a look at the page."""
        self.username = f"{role}_{place}"
        self.open("/accounts/login/")
        self.look()
        self.enter(self.username, PASSWORD)
        expect(self.page).not_to_have_url(re.compile("/accounts/login/"))
        return self

    def enter(self, username: str, password: str) -> None:
        self.page.locator("[name=login]").fill(username)
        self.page.locator("[name=password]").fill(password)
        with self.leaving():
            self.button("Sign in").click()

    # Finding things by what is written on them

    def button(self, message: str, *, within: str = "main", context: str | None = None) -> Locator:
        return self.page.locator(within).get_by_role("button", name=self.word(message, context=context)).first

    def link(self, message: str, *, within: str = "main") -> Locator:
        return self.page.locator(within).get_by_role("link", name=self.word(message)).first

    def sees(self, text: str | re.Pattern[str], *, within: str = "main") -> None:
        expect(self.page.locator(within)).to_contain_text(text, timeout=WAIT_MS)

    def reads(self, message: str, *, within: str = "main") -> None:
        """A message of ours stands there."""
        self.sees(self.word(message), within=within)

    def does_not_see(self, text: str | re.Pattern[str], *, within: str = "main") -> None:
        expect(self.page.locator(within)).not_to_contain_text(text)

    def error_at(self, field: str) -> Locator:
        """The error that the widget points to."""
        described = self.page.locator(f"#{field}").get_attribute("aria-describedby") or ""
        assert f"{field}_error" in described.split(), f"#{field} does not point to its error: {described!r}"
        return self.page.locator(f"#{field}_error")

    def body_of(self, path: str) -> tuple[int, str]:
        """Status and body of an address, without the number that each request has of its own."""
        answer = self.context.request.get(path)
        return answer.status, re.sub(r"\b[0-9a-f]{32}\b", "", answer.text())

    # The desk

    def open_case(self, number: str, queue: str = "") -> None:
        """Open a ticket from the desk's list."""
        if queue or "/desk/" not in self.page.url:
            self.open(f"/desk/?queue={queue}" if queue else "/desk/")
        with self.page.expect_response(lambda answer: number in answer.url):
            self.row(number).click()
        self.sees(number, within="#case")

    def row(self, number: str) -> Locator:
        return self.page.locator(f".row-item:has(.row-number[title='{number}'])")

    def numbers(self) -> list[str]:
        """The numbers in the list, from the top."""
        shown = self.page.locator(".row-item .row-number").all()
        return [each.get_attribute("title") or "" for each in shown]

    # Filing

    def file(self, text: str, *, photos: list[FilePayload] | None = None) -> str:
        """File at the page that is open, and read the number from the slip."""
        self.page.locator("#id_text").fill(text)
        if photos:
            self.page.locator("#id_photos").set_input_files(photos)
            expect(self.page.locator("[data-previews] li")).to_have_count(len(photos))
        with self.leaving():
            self.button("Send").click()
        expect(self.page).to_have_url(re.compile("/filed/"))
        found = NUMBER.search(self.page.locator("main").inner_text())
        assert found, self.page.locator("main").inner_text()
        return found.group()

    def wait_for_state(self, state: str) -> None:
        """Reload, as the page advises, until the ticket is in one of its next states."""
        for _ in range(40):
            if self.page.locator(f".state:has-text('{self.word(state)}')").count():
                return
            self.page.wait_for_timeout(300)
            self.reload()
        raise AssertionError(f"not {state}: {self.page.locator('main').inner_text()[:400]}")


class Weight:
    """All that a page asks for, even what the browser may have kept from the page before.

    Compressed: as it came when the server compressed it or it is a picture, else as gzip would make it.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[Request] = []
        page.on("requestfinished", lambda request: self.requests.append(request))

    def of(self, path: str) -> list[tuple[int, str]]:
        """Bytes and addresses for one page opened anew."""
        self.requests.clear()
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")
        return [(self._compressed(request), request.url) for request in self.requests]

    def _compressed(self, request: Request) -> int:
        response = request.response()
        assert response is not None
        headers = response.headers
        if "content-encoding" in headers or headers.get("content-type", "").startswith("image/jpeg"):
            return int(request.sizes()["responseBodySize"])
        return len(gzip.compress(response.body(), 6))
