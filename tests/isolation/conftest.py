"""The estate: every place with a ticket in every state, built once per module and undone at its end."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from config.embedded import Embedded
from tests.conftest import _built, app_url, become
from tests.isolation.walker import Estate, build
from tests.services import TEST_ROOT


@pytest.fixture(scope="module")
def estate(django_db_setup: None, django_db_blocker: Any) -> Iterator[Estate]:
    """As the app role, as in production."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(_built["world"])
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def mutable_estate(django_db_setup: None, django_db_blocker: Any) -> Iterator[Estate]:
    """The same over a superuser's connection that has put on the app role, so that a test can take a wall away and look."""
    with django_db_blocker.unblock():
        become(Embedded(TEST_ROOT).superuser_url)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE mulin_app")
            yield build(_built["world"])
            transaction.set_rollback(True)
        become(app_url())
