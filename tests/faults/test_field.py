"""Many inspectors come into reach of a signal at once and send what they recorded, each batch twice: none lost, none doubled."""

import http.client
import json
import random
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.faults.conftest import Say
from tests.faults.installation import WEB, Installation

Change = dict[str, Any]
AT_ONCE, PATIENCE_SECONDS, ANSWER_SECONDS = 25, 120, 30
RESULTS = ("pass", "violation", "na")


@dataclass
class Inspector:
    """Somebody with a phone: what was recorded on it, and what the server answered."""

    visit: str
    token: str
    lines: list[int]
    changes: list[Change] = field(default_factory=list)
    first: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    tries: int = 0

    def record(self, results: int, dice: random.Random) -> None:
        """So many results, item after item and round again, each following the one before; each violation with a finding."""
        known = dict.fromkeys(self.lines, 0)
        for number in range(results):
            line = self.lines[number % len(self.lines)]
            result = dice.choice(RESULTS)
            self._say("result", dice, line, known[line], {"result": result, "text": f"{number}"})
            known[line] += 1
            if result == "violation" and number < len(self.lines):
                self._say("finding", dice, line, 0, {"spot": f"{number}", "text": "占道", "party": "firm"})

    def _say(self, kind: str, dice: random.Random, line: int, based_on: int, said: dict[str, Any]) -> None:
        key, order = str(uuid.UUID(int=dice.getrandbits(128), version=4)), len(self.changes) + 1
        at = datetime.now(UTC).isoformat()
        row = {"id": key, "kind": kind, "order": order, "made_at": at, "line": line, "based_on": based_on, "said": said}
        self.changes.append(row)

    def send(self, port: int, dice: random.Random) -> None:
        """All of it in batches; now and then the connection is gone before the answer. Then each batch once more."""
        for start in range(0, len(self.changes), AT_ONCE):
            batch = self.changes[start : start + AT_ONCE]
            if dice.random() < 0.2:
                self._post(port, batch, leave=True)
            self._until_answered(port, batch, self.first)
            self._until_answered(port, batch, self.again)

    def _until_answered(self, port: int, batch: list[Change], into: Counter[str]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while (answers := self._post(port, batch)) is None:
            assert time.monotonic() < end, "no answer"
            time.sleep(0.3)
        assert [each["id"] for each in answers] == [each["id"] for each in batch]
        for each in answers:
            into[each["outcome"]] += 1
            into["repeated"] += each["repeated"]

    def _post(self, port: int, batch: list[Change], *, leave: bool = False) -> list[dict[str, Any]] | None:
        self.tries += 1
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        try:
            connection.request("POST", f"/api/v1/visits/{self.visit}/changes/", json.dumps({"changes": batch}), headers)
            if leave:
                return None
            with connection.getresponse() as answer:
                body = answer.read()
                assert answer.status in {200, 429} or answer.status >= 500, (answer.status, body[:300])
                return list(json.loads(body)["results"]) if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


@pytest.mark.faults
@pytest.mark.timeout(3000)
def test_what_phones_send_is_neither_lost_nor_doubled(installation: Installation, long_form: bool, seed: int, say: Say) -> None:
    many, results, at_once = (200, 100, 40) if long_form else (40, 50, 16)
    listing = installation.where / "inspectors.json"
    installation.run(["-m", "tests.faults.build_visits", str(listing), str(many)])
    inspectors = [Inspector(**each) for each in json.loads(listing.read_text())]
    for number, each in enumerate(inspectors):
        each.record(results, random.Random(f"{seed}-{number}"))
    installation.start(WEB, MULIN_THROTTLE_FIELD="")
    installation.wait_for_web()
    began = time.monotonic()
    with ThreadPoolExecutor(at_once) as phones:
        list(phones.map(lambda each: each.send(installation.port, random.Random(f"{seed}-{each.visit}")), inspectors))
    seconds = time.monotonic() - began

    sent = [each for inspector in inspectors for each in inspector.changes]
    visits = sorted({each.visit for each in inspectors})
    of = "JOIN enforcement_visit v ON v.id = c.visit_id WHERE v.number = ANY(%s)"
    rows = installation.ask(f"SELECT c.key::text, c.outcome FROM enforcement_change c {of}", visits)
    lost = {each["id"] for each in sent} - {key for key, _outcome in rows}
    lines = installation.ask(f"SELECT c.id, c.version, c.result, c.text, c.conflict FROM enforcement_line c {of}", visits)
    findings = [key for (key,) in installation.ask(f"SELECT c.key::text FROM enforcement_finding c {of}", visits)]
    doubled = len(rows) - len(set(rows)) + len(findings) - len(set(findings))
    tries = sum(each.tries for each in inspectors)
    say(
        f"\n    {len(inspectors)} inspectors, {many * results} results and {len(findings)} findings, each sent twice or more:"
        f" {tries} requests in {seconds:.0f} s, {len(sent) / seconds:.0f} a second; lost {len(lost)}, doubled {doubled}"
    )
    assert (len(inspectors), lost, doubled) == (many, set(), 0)
    assert Counter(outcome for _key, outcome in rows) == {"applied": len(sent)}
    assert sorted(findings) == sorted(each["id"] for each in sent if each["kind"] == "finding")
    last: dict[int, Change] = {each["line"]: each for each in sent if each["kind"] == "result"}
    counted = Counter(each["line"] for each in sent if each["kind"] == "result")
    said = {pk: (counted[pk], each["said"]["result"], each["said"]["text"], False) for pk, each in last.items()}
    assert {row[0]: tuple(row[1:]) for row in lines if row[0] in last} == said
    assert all(each.first["applied"] == each.again["repeated"] == len(each.changes) for each in inspectors)
