"""How much travels: a resident's first page with all its parts, and each page after it (STYLE: slow phones)."""

from collections.abc import Callable

import pytest

from complaints.states import State
from people.roles import Role
from tests.factories import tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import Visitor, Weight

pytestmark = pytest.mark.journey
FIRST, LATER = 150_000, 30_000
"""Bytes, compressed."""


def test_pages_of_a_resident_are_light(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.RESOLVED).number)
    signed_in = someone().sign_in(Role.RESIDENT)
    resident = someone()  # a fresh window: nothing is kept yet
    resident.context.add_cookies(signed_in.context.cookies())
    weight = Weight(resident.page)
    first = weight.of("/my/")
    assert sum(size for size, _url in first) <= FIRST, first
    assert any("/static/build/app.css" in url for _size, url in first), "everything is counted"
    for path in ("/my/", f"/tickets/{number}/", "/file/", "/notices/", f"/compounds/{world.area()}/"):
        later = weight.of(path)
        assert any(path in url for _size, url in later), later
        assert sum(size for size, _url in later) <= LATER, (path, later)


def test_the_page_behind_the_code_at_the_gate_is_light(someone: Callable[..., Visitor], world: World) -> None:
    visitor = someone()
    first = Weight(visitor.page).of(f"/c/{world.area()}/")
    assert sum(size for size, _url in first) <= FIRST, first
    assert len(first) > 2, "everything is counted"
