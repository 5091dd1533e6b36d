"""Handing a signed message to another system: one POST, no redirects, bounded in time and size."""

import http.client
import json
import ssl
from typing import Any
from urllib.parse import urlsplit

SECONDS = 10
LONGEST = 1_000_000
"""Bytes of an answer that are read."""


class Problem(Exception):
    """Why the message was not taken, without a word of what it said."""


def send(url: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """The JSON object that the other side answers with 200 (an empty one for 204). Raises Problem for anything else."""
    parts = urlsplit(url)
    to: http.client.HTTPConnection
    if parts.scheme == "https":
        to = http.client.HTTPSConnection(parts.netloc, timeout=SECONDS, context=ssl.create_default_context())
    else:
        to = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
    try:
        to.request("POST", parts.path or "/", body, {"Content-Type": "application/json", **headers})
        answer = to.getresponse()
        read = answer.read(LONGEST + 1)
    except (TimeoutError, OSError, http.client.HTTPException) as problem:
        raise Problem(type(problem).__name__) from problem
    finally:
        to.close()
    if answer.status == 204:
        return {}
    if answer.status != 200:
        raise Problem(f"HTTP {answer.status}")
    if len(read) > LONGEST:
        raise Problem("answer too long")
    try:
        found = json.loads(read)
    except ValueError as problem:
        raise Problem("answer is no JSON") from problem
    if not isinstance(found, dict):
        raise Problem("answer is no object")
    return found
