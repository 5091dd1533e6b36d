"""A server in front of the site that alters answers, also those to a service worker, which no route of the browser reaches."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Alter = Callable[[str, dict[str, str], bytes], tuple[dict[str, str], bytes]]
"""From path, headers (names in small letters) and body of an answer to the headers and body that are given."""
OURS = {"connection", "transfer-encoding", "content-length", "content-encoding", "date", "server"}


class Front:
    """`url` takes the place of the site's; `alter` is asked for each answer, `None` leaves them as they are."""

    def __init__(self, port: int) -> None:
        self.port, self.alter = port, None  # type: int, Alter | None
        front = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                front.pass_on(self)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        asked = {name: value for name, value in request.headers.items() if name.lower() not in {"accept-encoding", "connection"}}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(request.command, request.path, body, asked)
            answer = connection.getresponse()
            content = answer.read()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            cookies = answer.headers.get_all("Set-Cookie") or []
            if self.alter is not None:
                headers, content = self.alter(request.path, headers, content)
            request.send_response(answer.status)
            for name, value in headers.items():
                if name not in OURS | {"set-cookie"}:
                    request.send_header(name, value)
            for cookie in cookies:
                request.send_header("Set-Cookie", cookie)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)
        except ConnectionError:
            pass  # the browser went away
        finally:
            connection.close()


@contextmanager
def standing(port: int) -> Iterator[Front]:
    front = Front(port)
    thread = threading.Thread(target=front.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield front
    finally:
        front.server.shutdown()
        front.server.server_close()
        thread.join(10)
