"""The clock may be moved where faults are tried, and nowhere else."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from tenancy import clock

ROOT = Path(__file__).resolve().parents[2]


BOOTS = [("production", "0", True), ("production", "60", False), ("demo", "-60", True)]


@pytest.mark.parametrize(("kind", "shift", "boots"), BOOTS)
def test_production_refuses_a_clock_that_is_moved(kind: str, shift: str, boots: bool) -> None:
    said = {"MULIN_ENV": kind, "MULIN_CLOCK_SHIFT": shift, "MULIN_SECRET_KEY": "s" * 50, "DATABASE_URL": "postgres://a@b/c"}
    load = [sys.executable, "-c", "import config.settings"]
    done = subprocess.run(load, cwd=ROOT, env={**os.environ, **said}, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is boots, done.stderr
    assert ("MULIN_CLOCK_SHIFT" in done.stderr) is not boots


@pytest.mark.django_db
def test_a_shifted_clock_goes_and_a_standing_one_stands() -> None:
    with override_settings(CLOCK_SHIFT=timedelta(days=-31)):
        assert abs(clock.now() - timezone.now() + timedelta(days=31)) < timedelta(minutes=5)
        with clock.standing_at(moment := timezone.now()):
            assert clock.now() == moment
