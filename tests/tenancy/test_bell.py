"""Bells never hold up or fail what rings them."""

import threading
import time
from typing import Any

import celery
import pytest
from django.db import transaction

from tenancy import bell


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """A broker that notes what it gets."""
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        celery.current_app, "send_task", lambda task, **options: sent.append((task, options["args"], options["queue"]))
    )
    return sent


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def test_a_bell_rings_only_after_commit(db: None, broker: list[tuple[Any, ...]], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        bell.ring("complaints.route", 7, 350582_001_001_001, to=bell.URGENT)
        assert broker == []
    wait_for(lambda: broker == [("complaints.route", (7, 350582_001_001_001), "urgent")])


def test_what_was_rolled_back_rings_no_bell(
    db: None, broker: list[tuple[Any, ...]], django_capture_on_commit_callbacks: Any
) -> None:
    def ring_and_fail() -> None:
        with transaction.atomic():
            bell.ring("complaints.route", 7, 1)
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        ring_and_fail()
    time.sleep(0.05)
    assert broker == []


def test_a_hanging_broker_holds_up_nobody(
    db: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    release = threading.Event()
    monkeypatch.setattr(celery.current_app, "send_task", lambda *_, **__: release.wait(10))
    began = threading.Event()
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(3):
            bell.ring("complaints.route", number, 1)
        began.set()
    assert began.is_set()
    assert not release.is_set()
    release.set()


def test_a_dead_broker_loses_bells_quietly(
    db: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    tried: list[int] = []

    def refuse(*_: Any, **__: Any) -> None:
        tried.append(1)
        raise ConnectionError

    monkeypatch.setattr(celery.current_app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        bell.ring("complaints.route", 1, 1)
    wait_for(lambda: tried == [1])
