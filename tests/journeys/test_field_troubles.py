"""What goes wrong around a phone with the check list: nothing recorded is lost, doubled, or sent in another's name."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from enforcement.actions import field, visits
from enforcement.models import Line, Visit
from enforcement.visit_states import Result
from people import actors
from people.models import User
from tests.factories import visits as factory
from tests.factories.world import PASSWORD, World
from tests.journeys.field_phone import FIELD, Phone, held, in_county, one_phone, prepared
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, Device, on

pytestmark = [pytest.mark.journey, on(PHONE)]
FULL = """() => { const put = IDBObjectStore.prototype.put; window.makeSpace = () => (IDBObjectStore.prototype.put = put);
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); }; }"""
CHANGES, PHOTOS, WHO = "**/changes/", "**/photos/", "**/field/who/"


@pytest.fixture
def phone(site: Site, browser: Browser, device: Device, tmp_path: Path) -> Iterator[Callable[[], Phone]]:
    with one_phone(site, browser, device, tmp_path / "profile") as switch_on:
        yield switch_on


def says(site: Site, username: str, number: str, code: str, result: Result) -> None:
    """Another phone says something of an item."""

    def said() -> None:
        line = Line.objects.get(visit__number=number, item__code=code)
        by = actors.of_user(User.objects.get(username=username))
        field.take(number, [factory.said(line, result, text="另一部手机")], by=by)

    site.run(in_county(said))


def test_two_phones_differ_and_the_officer_chooses(phone: Callable[[], Phone], site: Site, world: World) -> None:
    number, names, codes = site.run(lambda: prepared(world))
    one = phone()
    one.carrying(names["UM1"], number)
    one.context.set_offline(True)
    one.tick(codes[0], "pass")
    one.tick(codes[1], "pass")
    one.waits(2)
    for code in codes[:2]:
        says(site, names["UM2"], number, code, Result.VIOLATION)
    one.context.set_offline(False)
    one.everything_sent()
    for code, choice, left in ((codes[0], "合格", 1), (codes[1], "不合格", 0)):
        expect(one.row(code)).to_contain_text(one.word("two phones differ"))
        one.look()
        one.row(code).locator("a").click()
        one.sees("另一部手机")
        one.look()
        one.page.locator(".field-version", has=one.page.get_by_text(choice, exact=True)).click()
        expect(one.page.locator(".field-version")).to_have_count(0)
        one.everything_sent()
        assert site.run(in_county(lambda: held(number)))["conflicts"] == left
        one.open(f"{FIELD}#{number}")
    assert site.run(in_county(lambda: held(number)))["results"] == {codes[0]: "pass", codes[1]: "violation"}


def test_the_session_ends_and_another_person_signs_in(phone: Callable[[], Phone], site: Site, world: World) -> None:
    number, names, codes = site.run(lambda: prepared(world))
    one = phone()
    one.carrying(names["UM1"], number)
    one.signed_out()
    one.tick(codes[0], "violation")
    one.reads("Sign in again", within="#told")
    one.waits(1)
    one.watch.refused = []
    one.look()
    with one.leaving():
        one.link("Sign in").click()
    one.enter(names["FR1"], PASSWORD)
    one.forgive()
    one.sees(one.word("Work of another person waits on this phone: {n}").format(n=1), within="#told")
    expect(one.page.locator("a.row-item")).to_have_count(0)  # offered to be carried along, and no more
    one.does_not_see(names["UM1"])
    one.look()
    one.open(f"{FIELD}#{number}")
    expect(one.page.locator(".field-row")).to_have_count(33)
    expect(one.page.locator("input[value=violation]:checked")).to_have_count(0)
    one.everything_sent()
    assert site.run(in_county(lambda: held(number)))["changes"] == []

    one.signed_out()
    one.sign_in_as(names["UM1"])
    expect(one.page.locator("a.row-item")).to_contain_text("1 / 20")
    one.everything_sent()
    now = site.run(in_county(lambda: held(number)))
    assert (now["results"], now["by"]) == ({codes[0]: "violation"}, [names["UM1"]])
    one.forgive()


def hotel(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi</h1>")


def test_no_page_of_a_network_counts_as_an_answer(phone: Callable[[], Phone], site: Site, world: World) -> None:
    number, names, codes = site.run(lambda: prepared(world))
    one = phone()
    one.carrying(names["UM1"], number)
    for blocked in (CHANGES, WHO):
        one.context.route(blocked, hotel)
        one.tick(codes[0], "pass" if blocked == CHANGES else "na")
        one.reads("The network has put a page of its own in the way", within="#told")
        one.waits(1 if blocked == CHANGES else 2)
        one.look()
        one.context.unroute(blocked)
        one.context.route(CHANGES, hotel)
    assert site.run(in_county(lambda: held(number)))["changes"] == []
    one.context.unroute(CHANGES)
    one.press("Send now")
    one.everything_sent()
    assert site.run(in_county(lambda: held(number)))["changes"] == [("result", "applied")] * 2


def test_a_busy_server_and_a_lost_answer_double_nothing(phone: Callable[[], Phone], site: Site, world: World) -> None:
    number, names, codes = site.run(lambda: prepared(world))
    one = phone()
    one.carrying(names["UM1"], number)
    one.context.route(CHANGES, lambda route: route.fulfill(status=500, content_type="text/html", body="<h1>500</h1>"))
    one.tick(codes[0], "pass")
    one.reads("The server is busy", within="#told")
    one.forgive()
    one.look()
    one.context.unroute(CHANGES)
    one.everything_sent()  # by itself, after a pause

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    one.context.route(CHANGES, swallow)
    one.tick(codes[1], "pass")
    one.reads("The server cannot be reached", within="#told")
    one.waits(1)
    one.context.unroute(CHANGES)
    one.press("Send now")
    one.everything_sent()
    assert site.run(in_county(lambda: held(number)))["changes"] == [("result", "applied")] * 2
    one.forgive()


def test_a_full_phone_says_so_and_what_was_typed_stays(phone: Callable[[], Phone], site: Site, world: World) -> None:
    number, names, codes = site.run(lambda: prepared(world))
    one = phone()
    one.carrying(names["UM1"], number)
    one.tick(codes[0], "violation")
    one.everything_sent()
    one.page.locator("#finding-spot").fill("3号楼")
    one.page.locator("#finding-text").fill("占道")
    one.page.evaluate(FULL)
    one.press("Keep the finding")
    one.reads("This phone has no space left", within="#told")
    one.look()
    expect(one.page.locator("#finding-text")).to_have_value("占道")
    one.page.evaluate("() => makeSpace()")
    one.press("Keep the finding")
    expect(one.page.locator("li.sheet")).to_contain_text("占道")
    one.everything_sent()
    assert site.run(in_county(lambda: held(number)))["findings"] == [("3号楼", "占道")]


def test_after_the_signature_the_reason_and_what_to_do_are_said(phone: Callable[[], Phone], site: Site, world: World) -> None:
    number, names, codes = site.run(lambda: prepared(world))
    one = phone()
    one.carrying(names["UM1"], number)
    one.context.set_offline(True)
    one.tick(codes[0], "violation")
    one.waits(1)
    says(site, names["UM2"], number, codes[1], Result.PASS)
    bureau, by = world.bureaus["UM", "own"], names["UM2"]

    def sign() -> None:
        version = Visit.objects.get(number=number).version
        visits.sign(number, bureau, by=actors.of_user(User.objects.get(username=by)), version=version)

    site.run(in_county(sign))
    one.context.set_offline(False)
    one.everything_sent()
    one.open(f"{FIELD}#{number}/sent")
    one.reads("The bureau has signed already. What you sent is kept on record.")
    one.reads("Your bureau has concluded. What was left out goes into a visit of its own or a re-check.")
    one.look()
    one.press("I have seen it")
    expect(one.button("I have seen it")).to_have_count(0)
    assert site.run(in_county(lambda: held(number)))["results"] == {codes[1]: "pass"}
