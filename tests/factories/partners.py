"""The other side of an exchange: a small 12345 platform that checks signatures, keeps its cases, and can be made to fail."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from complaints.actions import exchange
from complaints.exchange import signing
from complaints.models import Partner
from people.actors import system
from tenancy import areas, scope
from tests.factories.world import PLACES, World

Json = dict[str, Any]


class OtherSide:
    """What it was told, in order; `cases` is what it knows: version by case. `failing` are statuses for its next answers."""

    def __init__(self) -> None:
        self.secret = ""
        self.heard: list[Json] = []
        self.refused: list[str] = []
        self.nonces: set[str] = set()
        self.cases: dict[str, int] = {}
        self.failing: list[int] = []
        self.forgets = False
        self.url = ""

    def take(self, headers: Any, path: str, body: bytes) -> tuple[int, Json]:
        if self.failing:
            return self.failing.pop(0), {}
        try:
            sealed = signing.check([self.secret], headers, now=int(time.time()), method="POST", path=path, body=body)
        except signing.BadSignature as problem:
            self.refused.append(str(problem))
            return 401, {}
        if sealed.nonce in self.nonces:
            self.refused.append("seen before")
            return 401, {}
        self.nonces.add(sealed.nonce)
        message = json.loads(body)
        if message["kind"] == "list":
            return 200, {"cases": [{"case": case, "version": version} for case, version in self.cases.items()]}
        self.heard.append(message)
        if not self.forgets:
            self.cases[message["case"]] = max(message["version"], self.cases.get(message["case"], 0))
        return 200, {}


@contextmanager
def other_side() -> Iterator[OtherSide]:
    """Listens on loopback until the block ends."""
    side = OtherSide()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = side.take(self.headers, self.path, body)
            sent = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    side.url = f"http://127.0.0.1:{server.server_address[1]}/mulin/"
    try:
        yield side
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def connected(world: World, *, place: str = "own", name: str = "12345 平台", url: str = "") -> tuple[Partner, str]:
    """A partner of a place's county, and its secret."""
    county = areas.ancestor(PLACES[place], areas.Level.COUNTY)
    with scope.place(county):
        return exchange.add_partner(
            county=county, name=name, kind="hotline", organisation=world.bureaus["UM", place], url=url, by=system()
        )


def sealed(secret: str, path: str, message: Json, *, now: int | None = None, nonce: str = "") -> tuple[bytes, dict[str, str]]:
    """Body and headers of a message to us."""
    body = json.dumps(message, ensure_ascii=False).encode()
    at = int(time.time()) if now is None else now
    return body, signing.headers(secret, now=at, method="POST", path=path, body=body, nonce=nonce)
