"""Eight officers issue at once: the numbers are 1 to 8, whoever was quicker and whatever was refused in between."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from enforcement.actions import papers
from enforcement.finding_states import Party
from enforcement.models import Paper, PaperCounter
from people.actors import Actor
from tenancy import scope
from tenancy.refusals import Refusal
from tests.complaints.test_races import at_once
from tests.factories import papers as factory
from tests.factories import visits
from tests.factories.world import World

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
EVERYWHERE = "tests: issue at once"


def test_eight_orders_at_once_are_numbered_without_a_gap(transactional_db: None, world: World) -> None:
    calls: list[Callable[[], int]] = []
    body = world.bureaus["UM", "own"]
    with scope.everything(reason=EVERYWHERE):
        by = visits.officer(world, "UM")
        for place in ("own", "sibling"):
            row = visits.started(world, place=place)
            for shop in range(4):
                named = {"party": Party.SHOP, "party_organisation_id": None, "party_name": f"示例店{shop}"}
                finding = factory.ordered(row, world, **named).number
                calls += [call(row.number, body, finding, by)] * (2 if shop == 0 else 1)  # the same paper twice: one is refused
    assert sorted(at_once(calls)) == [0, 0, *range(1, 9)]
    with scope.everything(reason=EVERYWHERE):
        assert sorted(Paper.objects.values_list("number", flat=True)) == list(range(1, 9))
        assert PaperCounter.objects.get().last == 8


def call(number: str, body: int, finding: str, by: Actor) -> Callable[[], int]:
    def issue() -> int:
        try:
            with transaction.atomic(), scope.limited_to(by.scope):
                return papers.issue(number, body, kind="order", finding=finding, by=by).number
        except Refusal:
            return 0

    return issue


def test_the_second_waits_for_the_first_and_takes_the_number_it_gives_back(transactional_db: None, world: World) -> None:
    """The first rolls back while the second waits: no number is lost."""
    with scope.everything(reason=EVERYWHERE):
        rows = [visits.concluded(world, place=place) for place in ("own", "sibling")]
        by = visits.officer(world, "UM")
    body, numbers = world.bureaus["UM", "own"], []

    def second() -> None:
        try:
            with transaction.atomic(), scope.limited_to(by.scope):
                numbers.append(papers.issue(rows[1].number, body, kind="record", by=by).number)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic(), scope.limited_to(by.scope):
        assert papers.issue(rows[0].number, body, kind="record", by=by).number == 1
        thread.start()
        thread.join(timeout=3)
        assert thread.is_alive(), "it did not wait"
        transaction.set_rollback(True)
    thread.join(timeout=60)
    assert numbers == [1]
