"""A text that kills its worker is set aside in front of a person, and nobody else's complaint waits for it."""

import pytest

from complaints.actions.routing import MOST_TRIES
from config import commands
from tests.faults import client
from tests.faults.installation import BEAT, WEB, Installation, wait_until
from tests.faults.poisoned_worker import DIES, HANGS, RAISES

INNOCENT = "三号楼电梯又停了，老人下不来"
MANY = 20


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("bells", ["heard", "lost"])
def test_a_text_that_kills_its_worker_ends_in_triage_and_the_others_flow(installation: Installation, bells: str) -> None:
    before = installation.newest_ticket()
    installation.start(WEB)
    installation.wait_for_web()
    if bells == "heard":
        _start_poisoned_worker(installation)
    for text in (DIES, HANGS, RAISES, *[INNOCENT] * MANY):
        number = installation.newest_ticket()
        report = client.file(installation.port, installation.complaint(f"poison-{bells}-{number}", text))
        assert report.number, report
    if bells == "lost":
        with installation.broker() as broker:
            broker.flushall()
        _start_poisoned_worker(installation)

    wait_until(lambda: installation.not_routed(before) == 0, 240, lambda: f"{installation.not_routed(before)} tickets wait")
    rows = installation.ask(
        "SELECT text, state, why_here->>'reason', route_tries FROM complaints_ticket WHERE id > %s ORDER BY id", before
    )
    poisoned = {text: (state, reason) for text, state, reason, _ in rows if text != INNOCENT}
    assert poisoned == {DIES: ("triage", "gave_up"), HANGS: ("triage", "error"), RAISES: ("triage", "error")}
    assert max(tries for *_, tries in rows) <= MOST_TRIES + 1
    innocent = [(state, reason) for text, state, reason, _ in rows if text == INNOCENT]
    assert innocent == [("dispatched", "")] * MANY


def _start_poisoned_worker(installation: Installation) -> None:
    words = commands.worker()
    argv = ("-m", "tests.faults.poisoned_worker", *words[words.index("worker") :], "--hostname", "poisoned@faults")
    installation.start_as("poisoned", argv)
    installation.start(BEAT, MULIN_SWEEP_SECONDS="1")
