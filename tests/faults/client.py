"""A client of the API that behaves as phones do: it asks again with the same Idempotency-Key until it has an answer."""

import http.client
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

PATIENCE_SECONDS = 180
ANSWER_SECONDS = 8


@dataclass(frozen=True)
class Complaint:
    """What to file, and how the first try goes.

    `spot` is unlike any other, so that a ticket is known again without its key. `hangs_up` leaves before the answer, as a
    phone in a lift does; `asks_twice` asks once more after the answer.
    """

    key: str
    area: int
    token: str
    text: str
    spot: str
    hangs_up: bool = False
    asks_twice: bool = False


@dataclass
class Report:
    """What became of a complaint, as the client saw it."""

    complaint: Complaint
    number: str = ""
    emergency: bool = False
    seconds: float = 0.0
    tries: int = 0
    faults: list[str] = field(default_factory=list)
    other_answers: list[str] = field(default_factory=list)


def healthy(port: int) -> bool:
    """Whether the web server answers at all."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/healthz")
        with connection.getresponse() as answer:
            return answer.status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def post(port: int, complaint: Complaint, *, leave: bool = False) -> tuple[int, dict[str, Any]]:
    """One try. Raises OSError or HTTPException when there was no whole answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request(
            "POST",
            "/api/v1/tickets/",
            json.dumps({"compound": str(complaint.area), "text": complaint.text, "spot": complaint.spot}).encode(),
            {
                "Authorization": f"Token {complaint.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": complaint.key,
            },
        )
        if leave:
            raise ConnectionAbortedError("hung up before the answer")
        with connection.getresponse() as answer:
            body = answer.read()
            return answer.status, json.loads(body) if "json" in answer.getheader("Content-Type", "") else {}
    finally:
        connection.close()


def file(port: int, complaint: Complaint) -> Report:
    """File until it is acknowledged, refused for good (4xx) or patience is out."""
    report = Report(complaint)
    dice = random.Random(complaint.key)
    began, pause = time.monotonic(), 0.1
    while time.monotonic() - began < PATIENCE_SECONDS:
        report.tries += 1
        try:
            status, answer = post(port, complaint, leave=complaint.hangs_up and report.tries == 1)
        except (OSError, http.client.HTTPException, ValueError) as problem:
            report.faults.append(type(problem).__name__)
        else:
            if status in (200, 201):
                report.number, report.emergency = str(answer["number"]), bool(answer["emergency"])
                report.seconds = time.monotonic() - began
                break
            report.faults.append(str(status))
            if status < 500:
                return report
        time.sleep(pause * (0.5 + dice.random()))
        pause = min(pause * 2, 2)
    if complaint.asks_twice and report.number:
        _ask_again(port, report)
    return report


def _ask_again(port: int, report: Report) -> None:
    """The same key once more, as when the answer was lost on the way: it must name the same ticket."""
    try:
        status, answer = post(port, report.complaint)
    except (OSError, http.client.HTTPException, ValueError):
        return
    if status < 500 and answer.get("number") != report.number:
        report.other_answers.append(f"{status} {answer}")
