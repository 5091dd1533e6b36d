"""Filing does not need the broker: without it nothing fails and nobody waits; when it is back, all is routed."""

import os
import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults import client
from tests.faults.client import Report
from tests.faults.conftest import Say
from tests.faults.installation import BEAT, WEB, WORKERS, Installation, wait_until

FILINGS = 40
SHORTEST_TIME_OUT = 1.5
"""Seconds. No answer may take as long as waiting for a broker would; on a busy machine, three times the slowest with it."""


@contextmanager
def without_broker(installation: Installation, how: str) -> Iterator[None]:
    """`gone`: nobody listens on its port. `frozen`: it takes connections and never answers, as over a broken network."""
    if how == "gone":
        installation.embedded.stop_valkey()
        try:
            yield
        finally:
            installation.embedded.start()
        return
    pid = installation.embedded.valkey_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", ["gone", "frozen"])
def test_filing_goes_on_without_the_broker_and_is_routed_after_its_return(installation: Installation, how: str, say: Say) -> None:
    before = installation.newest_ticket()
    installation.start(WEB, *WORKERS, BEAT)
    installation.wait_for_web()
    _file(installation, f"{how}-warm", 5)
    with_it = _file(installation, f"{how}-with", FILINGS)
    with without_broker(installation, how):
        without = _file(installation, f"{how}-without", FILINGS)
    began = time.monotonic()
    wait_until(lambda: _all_routed(installation, before), 60, lambda: f"{installation.not_routed(before)} tickets wait")
    routed = time.monotonic() - began

    medians = [statistics.median(report.seconds for report in reports) for reports in (with_it, without)]
    slowest = [max(report.seconds for report in reports) for reports in (with_it, without)]
    say(
        f"\n    broker {how}: filing takes {medians[1] * 1000:.0f} ms in the middle (with it {medians[0] * 1000:.0f}), at most"
        f" {slowest[1] * 1000:.0f} ms (with it {slowest[0] * 1000:.0f}); all routed {routed:.1f} s after its return"
    )
    assert [report for report in with_it + without if report.faults or not report.number] == []
    assert slowest[1] < max(SHORTEST_TIME_OUT, 3 * slowest[0])


def _all_routed(installation: Installation, before: int) -> bool:
    """A worker that loses its broker while it holds a message sometimes ends (a fault of its library) and is started again."""
    installation.look_after()
    return installation.not_routed(before) == 0


def _file(installation: Installation, key: str, many: int) -> list[Report]:
    complaints = [installation.complaint(f"{key}-{n}", "三号楼电梯又停了，老人下不来") for n in range(many)]
    return [client.file(installation.port, complaint) for complaint in complaints]
