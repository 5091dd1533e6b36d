"""Beat may run three times by mistake: what it asks for is done once."""

import celery
import pytest

from config.celery import app as ours
from tests.faults import checker, client
from tests.faults.installation import BEAT, WEB, WORKERS, Installation, wait_until

BEATS = (BEAT, f"{BEAT}-2", f"{BEAT}-3")
FILINGS = 30
ANSWERED = 10


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_three_beats_do_no_more_than_one(installation: Installation) -> None:
    before = installation.newest_ticket()
    installation.start(WEB, *WORKERS)
    installation.start(*BEATS, MULIN_SWEEP_SECONDS="1")
    installation.wait_for_web()
    reports = [
        client.file(installation.port, installation.complaint(f"beats-{n}", "三号楼电梯又停了，老人下不来"))
        for n in range(FILINGS)
    ]
    wait_until(lambda: _each_has_beaten(installation), 180, lambda: "a beat did not beat")
    # Beats that go on asking leave no moment without a message on a slow machine; all of them have had their say.
    for beat in BEATS:
        installation.kill(beat)
    _wait_for_rest(installation, before)
    verdict = checker.check(installation, reports, after=before)
    assert not verdict.wrong

    _answer_long_ago(installation, before)
    _everything_thrice(installation)
    _wait_for_rest(installation, before)
    assert _closings(installation, before) == [1] * ANSWERED
    told = installation.ask(
        "SELECT count(*) FROM notices_notice WHERE kind = 'ticket_told_closed' AND channel = 'bell' GROUP BY key, user_id"
    )
    assert told == [(1,)] * ANSWERED

    put_off_alarms(installation)
    at_rest = checker.digest(installation)
    _everything_thrice(installation)
    _wait_for_rest(installation, before)
    assert checker.digest(installation) == at_rest


def _each_has_beaten(installation: Installation) -> bool:
    return all(installation.log(beat).count("Sending due task") >= 6 for beat in BEATS)


def _everything_thrice(installation: Installation) -> None:
    """Every entry of the schedule three times at once, as three beats do on the hour; several times over."""
    ours.finalize()
    assert len(ours.conf.beat_schedule) >= 5
    for _ in range(3):
        for entry in ours.conf.beat_schedule.values():
            ask_for(*[entry["task"]] * len(BEATS), installation=installation)


def ask_for(*tasks: str, installation: Installation) -> None:
    ours.finalize()
    sender = celery.Celery(broker=installation.services.valkey_url, set_as_current=False)
    sender.conf.broker_transport_options = {"global_keyprefix": "mulin:"}
    queues = {entry["task"]: entry["options"]["queue"] for entry in ours.conf.beat_schedule.values()}
    for task in tasks:
        sender.send_task(task, queue=queues[task])


def _wait_for_rest(installation: Installation, after: int) -> None:
    """All routed, all mail out, no message left, twice in a row: a message may be on its way from one list to another."""

    def resting() -> bool:
        if installation.messages_waiting():
            return False
        rows = installation.not_routed(after) + installation.mail_waiting()
        if rows:  # no beat runs any more that would ask for them again
            ask_for("complaints.sweep", "notices.sweep", installation=installation)
        return rows == 0

    def left() -> str:
        tickets, mails = installation.not_routed(after), installation.mail_waiting()
        return f"{tickets} tickets, {mails} mails and {installation.messages_waiting()} messages wait"

    wait_until(lambda: resting() and resting(), 180, left)


def _answer_long_ago(installation: Installation, after: int) -> None:
    """Some tickets were answered twenty days ago and never rated. Written as rows: no action can act in the past."""
    chosen = f"SELECT id FROM complaints_ticket WHERE id > {after} AND state = %s ORDER BY id LIMIT {ANSWERED}"
    changes = {
        "dispatched": "state = 'accepted', accepted_at = now(), accepted_by_id = reporter_id",
        "accepted": "state = 'resolved', resolved_at = now() - interval '20 days', resolved_by_id = reporter_id",
    }
    for state, change in changes.items():
        installation.ask(
            f"UPDATE complaints_ticket SET {change}, version = version + 1 WHERE id IN ({chosen}) RETURNING id", state
        )


def put_off_alarms(installation: Installation, days: int = 1) -> None:
    """No deadline comes while two moments are compared, of these tickets or of those that tests before this one filed."""
    later = "UPDATE complaints_ticket SET alarm_at = alarm_at + make_interval(days => %s) WHERE alarm_at IS NOT NULL"
    installation.ask(later, days)


def _closings(installation: Installation, after: int) -> list[int]:
    rows = installation.ask(
        "SELECT count(*) FROM complaints_ticketevent WHERE kind = 'closed' AND ticket_id > %s GROUP BY ticket_id", after
    )
    return [many for (many,) in rows]
