"""Fixtures of the fault tests."""

import os
import random
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.faults.installation import Installation, installed

Say = Callable[[str], None]


@pytest.fixture(scope="session")
def standing() -> Iterator[Installation]:
    """The installation that all fault tests share; its services run, its programs do not."""
    with installed() as made:
        yield made


@pytest.fixture
def installation(standing: Installation) -> Iterator[Installation]:
    """The installation with no program running and every service up; what killed workers had in hand is forgotten."""
    standing.embedded.start()
    with standing.broker() as broker:
        broker.flushall()
    yield standing
    standing.stop_programs()


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Say:
    """Print even when the test passes: seeds and figures are part of the result."""

    def aloud(line: str) -> None:
        with capfd.disabled():
            sys.stdout.write(f"    {line}\n")
            sys.stdout.flush()

    return aloud


@pytest.fixture(scope="session")
def long_form() -> bool:
    """`make faults` asks for the long form."""
    return os.environ.get("MULIN_FAULTS") == "long"


@pytest.fixture(scope="session")
def seed() -> int:
    """FAULTS_SEED replays a plan."""
    return int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(10**6))
