"""Loads the demo: the world, the complaints through the worker, and what became of them. May be interrupted and repeated."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from complaints.actions import catalogue
from complaints.models import Leaf, Ticket
from complaints.states import State
from config.demo_data import (
    advice,
    bells,
    boards,
    calendars,
    calls,
    checks,
    exchange,
    filings,
    findings,
    follows,
    lists,
    mark,
    meetings,
    merges,
    months,
    notes,
    open311,
    papers,
    referrals,
    remarks,
    rules,
    stories,
    visits,
    world,
)
from config.demo_data.people import roster
from config.demo_data.world import Say
from people import actors
from projects.actions import matters
from tenancy import scope

SILENCE_SECONDS = 120
"""How long the worker may route nothing before we say that there is none."""


class LoadError(RuntimeError):
    """The demo cannot be loaded; the message is for the person at the terminal."""


def waiting() -> int:
    """Tickets that no worker has routed yet."""
    with scope.everything(reason="count what waits for routing"):
        return int(Ticket.objects.filter(state=State.SUBMITTED).count())


def wait_for_worker(say: Say, *, silence: float = SILENCE_SECONDS, pause: float = 0.5) -> None:
    """Stay until the worker has routed everything. Raises LoadError when it routes nothing for `silence` seconds."""
    left, since, told = waiting(), time.monotonic(), time.monotonic()
    while left:
        time.sleep(pause)
        now = waiting()
        if now < left:
            since = time.monotonic()
        elif time.monotonic() - since > silence:
            raise LoadError(
                f"no worker has routed anything for {silence:.0f} seconds; {now} complaints wait."
                " Start one (`make demo` does), then run this again: it goes on where it stopped."
            )
        if time.monotonic() - told > 2:
            told = time.monotonic()
            say(f"the worker is routing: {now} still wait")
        left = now


def load(*, say: Say, accounts: Path, wait: Callable[[Say], None] = wait_for_worker) -> bool:
    """Bring the demo into this database and write the accounts to `accounts`; False when all of it was there.

    Raises LoadError when no worker answers.
    """
    if mark.loaded():
        if not accounts.exists():
            write_accounts(accounts)
        return False
    if not Leaf.objects.exists():
        catalogue.load(by=actors.system())
        matters.load(by=actors.system())
    if not world.standing():
        world.build(say)
    calendars.publish(say)
    rules.publish_all(say)
    notes.write_all(say)
    lists.save_all(say)
    open311.give_keys(say)
    checks.publish_all(say)
    filings.file_all(say)
    wait(say)
    say("every complaint is routed")
    stories.tell_all(say)
    calls.call_all(say)
    months.live_all(say)
    boards.put_up_all(say)
    checks.hang_all(say)
    visits.live_all(say)
    findings.live_all(say)
    papers.issue_all(say)
    meetings.hold_all(say)
    referrals.ask_all(say)
    advice.ask_all(say)
    follows.follow_all(say)
    remarks.note_all(say)
    merges.merge_all(say, wait)
    exchange.hand_over_all(say, wait)
    bells.read_all(say)
    mark.set_loaded()
    write_accounts(accounts)
    say(f"accounts written to {accounts}")
    return True


def write_accounts(path: Path) -> None:
    """`{"url": …, "accounts": [{"role", "username", "password", "place"}…], "open311": …}`.

    Whoever starts the server puts its address in.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {"url": settings.MULIN_PUBLIC_URL, "accounts": roster().accounts(), "open311": open311.described()}
    fresh = path.with_suffix(".part")
    fresh.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)
