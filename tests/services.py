"""Loaded by pytest before Django's settings: starts PostgreSQL and Valkey for the tests, or reuses those already running."""

import os
from pathlib import Path

from config.embedded import for_tests

TEST_ROOT = Path(__file__).resolve().parent.parent / "var" / "test"

os.environ["MULIN_ENV"] = "test"
if "MULIN_TEST_SERVICES" not in os.environ:  # set for xdist's workers by the process that started them
    services = for_tests(TEST_ROOT)
    os.environ.update(services.environment())
    os.environ["MULIN_TEST_SERVICES"] = "running"
