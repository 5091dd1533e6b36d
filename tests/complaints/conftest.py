"""Going to a moment in the future, for everything that asks the database's clock."""

from collections.abc import Callable
from datetime import datetime

import pytest


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """`later(moment)`: from now on it is that moment."""

    def go(moment: datetime) -> None:
        monkeypatch.setattr("tenancy.clock.now", lambda: moment)

    return go
