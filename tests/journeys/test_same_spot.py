"""Photos from the same spot: the earlier one lies over the new one, over the camera's picture, and over the result."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from people.roles import Role
from projects.actions import work
from projects.states import ProjectState
from tenancy import scope
from tests.factories import projects
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, Visitor, on, photo

pytestmark = [pytest.mark.journey, on(PHONE)]
NOT_ALLOWED = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
NONE = "Object.defineProperty(navigator, 'mediaDevices', {value: undefined});"
CHOSEN = "input => [...input.files].map(file => [file.type, file.size > 0])"


def _reported(world: World, place: str = "own") -> str:
    """A project under way with one photo."""
    row = projects.project(world, ProjectState.WORKING, place=place)
    with scope.place(world.area(place)):
        manager = world.actor(Role.PROPERTY_MANAGER, place)
        row = work.report(
            row.number, by=manager, version=row.version, text="灯具到货", percents={1: 100}, photos=projects.photo()
        )
    return row.number


def test_the_earlier_photo_lies_over_the_new_one_and_over_the_camera(
    someone: Callable[..., Visitor], site: Site, world: World
) -> None:
    number = site.run(lambda: _reported(world))
    manager = someone().sign_in(Role.PROPERTY_MANAGER)
    page = manager.page
    manager.go(f"/projects/{number}/report/")
    row = page.locator(".spot-row").first
    expect(row.locator("[data-overlay-view]")).to_be_hidden()

    row.locator("input[type=file]").set_input_files([photo("week")])
    above = row.locator(".overlay-above")
    expect(above).to_be_visible()
    expect(row.locator(".overlay-frame canvas")).to_have_count(1)
    manager.look()
    slider = row.get_by_label(manager.word("How much of the earlier photo shows"))
    expect(above).to_have_css("opacity", "0.5")
    slider.press("End")
    expect(above).to_have_css("opacity", "1")
    slider.press("Home")
    expect(above).to_have_css("opacity", "0")

    manager.button("Camera over the earlier photo").click()
    page.wait_for_function("() => document.querySelector('.overlay-frame video')?.videoWidth > 0")
    expect(above).to_have_count(1)
    manager.look()
    expect(manager.button("Take the photo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row.locator(".overlay-frame canvas")).to_have_count(1)
    expect(row.locator("video")).to_have_count(0)
    expect(row.locator(".photo-previews li")).to_have_count(1)
    assert row.locator("input[type=file]").evaluate(CHOSEN) == [["image/jpeg", True]], "it took the other one's place"
    manager.look()
    page.locator("#id_text").fill("已安装一半")
    with manager.leaving():
        manager.button("Report this week").click()
    _over_each_other(manager)


def _over_each_other(visitor: Visitor) -> None:
    """On the page of the project: what was and what is."""
    row = visitor.page.locator(".spot").first
    expect(row.locator(".compare img")).to_have_count(2)
    expect(row.locator(".overlay-frame")).to_be_hidden()
    row.get_by_text(visitor.word("Lay them over each other")).click()
    expect(row.locator(".overlay-frame img")).to_have_count(2)
    visitor.look()
    row.get_by_role("slider").press("End")
    expect(row.locator(".overlay-above")).to_have_css("opacity", "1")


def test_without_a_camera_a_photo_is_chosen_as_before(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: _reported(world, "sibling"))
    manager = someone().sign_in(Role.PROPERTY_MANAGER, "sibling")
    manager.context.add_init_script(NOT_ALLOWED)
    manager.open(f"/projects/{number}/report/")
    manager.button("Camera over the earlier photo").click()
    manager.reads("The camera cannot be used here. Choose a photo instead.")
    manager.look()
    manager.context.add_init_script(NONE)
    manager.reload()
    expect(manager.page.locator("[data-camera]")).to_be_hidden()
    manager.page.locator("#id_photo_0").set_input_files([photo("week")])
    expect(manager.page.locator(".overlay-above")).to_be_visible()
