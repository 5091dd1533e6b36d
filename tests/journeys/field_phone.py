"""An officer's phone: a browser whose profile outlives its windows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from enforcement.models import Change, FieldPhoto, Finding, Line, Visit
from people.actors import Actor
from tenancy import scope
from tests.factories import visits
from tests.factories.world import PASSWORD, World
from tests.journeys.conftest import SWITCHES
from tests.journeys.site import Site
from tests.journeys.visitor import Device, Visitor
from tools import browser as browsers

FIELD = "/checks/field/"


class Profile:
    """Opens windows over one folder, as closing and opening the browser on a phone does; each shuts the one before."""

    def __init__(self, browser: Browser, folder: Path, **options: Any) -> None:
        self.browser, self.folder, self.options = browser, folder, options

    def new_context(self, **options: Any) -> BrowserContext:
        return self.browser.browser_type.launch_persistent_context(
            str(self.folder),
            executable_path=browsers.find(),
            args=[*SWITCHES, "--no-sandbox"],
            geolocation={"latitude": 24.781234, "longitude": 118.552345, "accuracy": 12},
            permissions=["geolocation"],
            **self.options,
            **options,
        )


class Phone(Visitor):
    """Somebody with the check list on the phone."""

    def __init__(self, profile: Profile, site: Site, device: Device, found: list[str]) -> None:
        super().__init__(profile, site, device, "zh-hans", found)

    def sign_in_as(self, username: str, onward: str = FIELD) -> None:
        self.open(f"/accounts/login/?next={onward}")
        self.enter(username, PASSWORD)

    def row(self, code: str) -> Locator:
        return self.page.locator(f".field-row:has(a.field-item .mono:text-is('{code}'))")

    def tick(self, code: str, result: str) -> None:
        self.row(code).locator(f"label:has(input[value={result}])").click()

    def everything_sent(self) -> None:
        self.reads("Everything recorded on this phone has been sent.", within="#told")

    def waits(self, many: int) -> None:
        self.sees(self.word("{n} not sent yet").format(n=many), within="#told")

    def carrying(self, username: str, number: str, *, rows: int = 33) -> None:
        """Signed in, with the list of a visit on the phone."""
        self.sign_in_as(username, f"/checks/visits/{number}/")
        self.carry(rows)

    def carry(self, rows: int) -> None:
        """The list of the visit whose page is open."""
        self.link("Carry the list along").click()
        expect(self.page.locator(".field-row")).to_have_count(rows)
        self.page.wait_for_function("() => navigator.serviceWorker.controller")
        self.everything_sent()

    def signed_out(self) -> None:
        """The session has ended; nobody asked this phone."""
        self.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    def forgive(self) -> None:
        """What the network was made to answer is no fault of the page."""
        self.watch.wrong, self.watch.refused = [], []

    def press(self, message: str) -> None:
        self.button(message).click()


NO_SIGNAL = "net::ERR_INTERNET_DISCONNECTED"


@contextmanager
def one_phone(site: Site, browser: Browser, device: Device, folder: Path, **options: Any) -> Iterator[Callable[[], Phone]]:
    """The browser of one phone, to be opened again and again; what it kept is there each time. A page in trouble fails it."""
    found: list[str] = []
    opened: list[Phone] = []

    def switch_on() -> Phone:
        if opened:
            opened[-1].context.close()
        opened.append(Phone(Profile(browser, folder, **options), site, device, found))
        return opened[-1]

    yield switch_on
    found += opened[-1].watch.taken()
    opened[-1].context.close()
    found = [each for each in found if NO_SIGNAL not in each]
    assert not found, "\n".join(dict.fromkeys(found))


def in_county(ask: Callable[[], Any]) -> Callable[[], Any]:
    def asked() -> Any:
        with scope.everything(reason="journeys: what the server holds"):
            return ask()

    return asked


def prepared(world: World) -> tuple[str, dict[str, str], list[str]]:
    """A visit that is approved for today: its number, the officers' user names, and the codes of one bureau's items."""
    with scope.everything(reason="journeys: a visit"):
        row = visits.approved(world, again="现场演练")
        names = {f"{kind}{n}": officer(world, kind, n).user.username for kind in ("UM", "FR") for n in (1, 2)}
        return row.number, names, [line.item.code for line in visits.lines(row, world, "UM")]


def officer(world: World, kind: str, number: int) -> Actor:
    return visits.officer(world, kind, number)


def held(number: str) -> dict[str, Any]:
    """What the server holds of a visit."""
    row = Visit.objects.get(number=number)
    lines = Line.objects.select_related("item").filter(visit=row)
    keys = set(Finding.objects.filter(visit=row).values_list("key", flat=True))
    photos = FieldPhoto.objects.filter(visit=row).select_related("photo")
    return {
        "state": str(row.state),
        "by": [each.by.username for each in Change.objects.filter(visit=row).select_related("by").order_by("pk")],
        "present": (str(row.present_role), row.present_name),
        "results": {line.item.code: str(line.result) for line in lines if line.result != "unchecked"},
        "texts": {line.item.code: line.text for line in lines if line.text},
        "conflicts": sum(line.conflict for line in lines),
        "changes": [(str(each.kind), str(each.outcome)) for each in Change.objects.filter(visit=row).order_by("order", "pk")],
        "findings": [(each.spot, each.text) for each in Finding.objects.filter(visit=row).order_by("pk")],
        "photos": [(each.change in keys, each.latitude, each.photo.width, each.photo.height) for each in photos],
    }
