"""In every test of a page a project, a plan and its figures exist elsewhere too, and never show."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from people.roles import Role
from projects.states import Side
from tests.factories import projects
from tests.factories.world import CANARY, World

SignIn = Callable[..., Client]


@pytest.fixture
def foreign(world: World) -> dict[str, str]:
    """Numbers of projects in places that must not show."""
    for side in Side:  # the neighbourhood committee serves two compounds, and is ours before it is the other's
        projects.speaker(world, side)
    return {place: projects.whole(world, place).number for place in ("sibling", "county")}


@pytest.fixture
def speaking(world: World, sign_in: SignIn) -> Callable[[Side], Client]:
    """A browser signed in as somebody who speaks for a side."""

    def make(side: Side) -> Client:
        client = sign_in(None)
        client.force_login(projects.speaker(world, side).user, backend="people.backends.NameOrPhoneBackend")
        return client

    return make


def shown(answer: Any, status: int = 200) -> str:
    """The main part of a page; nothing from elsewhere stands on it."""
    text = str(answer.content.decode())
    assert answer.status_code == status, (answer.status_code, text[:300])
    assert CANARY not in text
    return text[text.index("<main") : text.index("</main>")] if "<main" in text else text


EVERYBODY = [
    Role.RESIDENT,
    Role.PROPERTY_STAFF,
    Role.PROPERTY_MANAGER,
    Role.STREET_CLERK,
    Role.STREET_LEADER,
    Role.COUNTY_CLERK,
    Role.SUPERVISOR,
]
