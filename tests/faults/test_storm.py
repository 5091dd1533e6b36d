"""Every acknowledged filing is kept and routed exactly once, whatever is killed meanwhile."""

import pytest

from tests.faults import checker, storm
from tests.faults.conftest import Say
from tests.faults.installation import BEAT, WEB, WORKERS, Installation, wait_until

RECOVERY_SECONDS = 120


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_every_acknowledged_filing_is_routed_exactly_once(
    installation: Installation, long_form: bool, seed: int, say: Say
) -> None:
    filings, blows_each = (10_000, 6) if long_form else (2_000, 2)
    say(f"\n    storm: seed {seed} (FAULTS_SEED={seed} replays it), {filings} filings")
    before = installation.newest_ticket()
    installation.start(WEB, *WORKERS, BEAT)
    installation.wait_for_web()
    planned = storm.plan(installation, seed=seed, filings=filings, blows_each=blows_each)

    outcome = storm.Storm(installation, planned, per_second=40).run()
    kills = ", ".join(f"{many} × {blow}" for blow, many in sorted(outcome.struck.items()))
    tries = sum(report.tries for report in outcome.reports)
    say(f"{outcome.struck.total()} kills in {outcome.seconds:.0f} s: {kills}")
    if outcome.ended:
        say(f"ended without being struck, and started again: {', '.join(outcome.ended)}")
    say(f"{filings} filings took {tries} tries, {filings / outcome.seconds:.1f} a second")

    left = installation.not_routed(before)
    recovered = wait_until(
        lambda: installation.not_routed(before) == 0,
        RECOVERY_SECONDS,
        lambda: f"{installation.not_routed(before)} tickets still wait for routing",
    )
    mailed = wait_until(
        lambda: installation.mail_waiting() == 0,
        RECOVERY_SECONDS,
        lambda: f"{installation.mail_waiting()} e-mails still wait",
    )
    say(f"recovered in {recovered:.1f} s ({left} tickets were waiting), all mail out {mailed:.1f} s later")

    verdict = checker.check(installation, outcome.reports, after=before)
    say(
        f"{verdict.tickets} tickets: {verdict.routed} dispatched, {verdict.triaged} in triage ({verdict.gave_up} given up),"
        f" lost {verdict.count('lost')}, doubled {verdict.count('filed twice') + verdict.count('timeline')};"
        f" from filing to routing {verdict.median_seconds:.2f} s in the middle, {verdict.slowest_seconds:.0f} s at most"
    )
    say(
        f"{verdict.notices} notices, doubled {verdict.count('told twice')}, missing {verdict.count('not told')};"
        f" {verdict.mails} e-mails, {verdict.mail_copies} handed over a second time with the same Message-ID"
    )
    assert not outcome.trouble
    assert all(outcome.struck[blow] >= blows_each for blow in storm.Blow)
    assert not verdict.wrong, {kind: found[:5] for kind, found in verdict.wrong.items()}
