"""The harness: a database made by the owner and used by the app role, and a world that stands in it."""

import os
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import environ
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.utils import setup_databases

from people.roles import Role
from tenancy import bell, scope
from tests import blueprint
from tests.factories import world as worlds

_built: dict[str, worlds.World] = {}


def become(role_url: str) -> None:
    """Reconnect as another database role, keeping the database."""
    wanted = environ.Env.db_url_config(role_url)
    connection.close()
    connection.settings_dict.update(USER=wanted["USER"], PASSWORD=wanted["PASSWORD"])


def app_url() -> str:
    return os.environ["DATABASE_URL"]


def owner_url() -> str:
    return os.environ["MULIN_OWNER_DATABASE_URL"]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """Take a copy of the built database for this process, then stay as the app role."""
    run = os.environ.get("MULIN_TEST_DB", "main")
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    name = f"test_mulin_{run}{worker}"
    with django_db_blocker.unblock():
        _built["world"] = blueprint.ready(run, build=_build)
        connection.settings_dict["NAME"] = name
        blueprint.copy(run, name)
        become(app_url())
    yield
    with django_db_blocker.unblock():
        connection.close()
        blueprint.drop(name)


def _build(name: str) -> worlds.World:
    """Make and migrate a database as the owner, and build the world in it as the app role."""
    plain = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    become(owner_url())
    setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    become(app_url())
    world = worlds.build()
    connection.close()
    connection.settings_dict["NAME"] = plain
    return world


def _start_over(self: TransactionTestCase | None) -> None:
    """After a test that committed: throw its database away and take another copy."""
    connection.close()
    blueprint.copy(os.environ.get("MULIN_TEST_DB", "main"), connection.settings_dict["NAME"])
    from people import actors, queries

    actors._specials.clear()
    queries._remembered.clear()


TransactionTestCase._fixture_teardown = _start_over


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    cache.clear()
    bell.drain()
    yield
    assert scope.current() is None, "a scope was left in force"


@pytest.fixture
def world(db: None) -> worlds.World:
    """A copy of the world's ids, so that one test cannot change another's."""
    copied: worlds.World = pickle.loads(pickle.dumps(_built["world"]))
    return copied


@pytest.fixture
def sign_in(world: worlds.World) -> Callable[..., Client]:
    """A browser signed in as somebody of the world: `sign_in(Role.RESIDENT, "own")`."""

    def make(role: Role | None, place: str = "own", **extra: Any) -> Client:
        client = Client(**extra)
        if role is not None:
            client.force_login(world.user(role, place), backend="people.backends.NameOrPhoneBackend")
        return client

    return make


@pytest.fixture
def everywhere(db: None) -> Iterator[None]:
    """For asserting on rows wherever they are."""
    with scope.everything(reason="tests: look at the rows"):
        yield
