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
    """Make and migrate the test database as the owner, build the world, then stay as the app role."""
    worker = getattr(request.config, "workerinput", {}).get("workerid") or os.environ.get("MULIN_TEST_DB", "main")
    connection.settings_dict["TEST"]["NAME"] = f"test_mulin_{worker}"
    with django_db_blocker.unblock():
        become(owner_url())
        old = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        become(app_url())
        _built["world"] = worlds.build()
        connection.close()
    yield
    with django_db_blocker.unblock():
        become(owner_url())
        for database, name, destroy in old:
            if destroy:
                database.creation.destroy_test_db(name, verbosity=0)


KEEP_AFTER_RACE: frozenset[str] = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def _teardown_by_owner(self: TransactionTestCase) -> None:
    """After a test that committed: empty the tables as the owner (the app role may not) and build the world anew."""
    become(owner_url())
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in KEEP_AFTER_RACE]
        cursor.execute("TRUNCATE {} RESTART IDENTITY CASCADE".format(", ".join(f'"{name}"' for name in tables)))
        for username, name in {"system": "系统", "visitor": "未登录诉求人"}.items():
            cursor.execute(
                "INSERT INTO people_user (username, name, kind, password, email, language, is_active)"
                " VALUES (%s, %s, %s, '!', '', 'zh-hans', true)",
                [username, name, username],
            )
    become(app_url())
    from people import actors, queries

    actors._specials.clear()
    queries._remembered.clear()  # the keys begin anew
    _built["world"] = worlds.build()
    connection.close()


TransactionTestCase._fixture_teardown = _teardown_by_owner


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
