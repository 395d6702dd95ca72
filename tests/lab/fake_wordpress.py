"""A small fake WordPress: its REST API as far as wp-sync uses it, in a process of its own.

    python tests/lab/fake_wordpress.py --port 0 --database FILE

It prints its address when it listens. Its tables are WordPress's (fake_tables), in a SQLite file
that outlives it. What a test wants of it goes over the route /-/: POST /-/faults a list of faults,
GET /-/requests what was asked (POST: begin anew), POST /-/reset an empty site.

A fault: {"match": regex on "METHOD /wp/v2/…", "skip": 0, "times": 1, "at": stage, "do": …}. Stages:
"request", "before row", "after row", "after picture", "after categories", "after tags", "answer".
"do" is "delay" (for "seconds"; it then writes even when the client is gone), "hang up" (the same,
with the line cut first), "hold" (until other faults are set), "die" (no answer, and what is not yet
written stays so) or "answer" ("status", "headers", "body" instead of WordPress's). Requests within
a batch are matched one by one; GET /-/faults tells how many times each will still come. POST
/-/stages {"pid", "number"} kills a process when the stage of this number comes, of all requests.
"""

from __future__ import annotations

import argparse
import base64
import json
import socket
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from fake_faults import GoneError, Reply, Request
from fake_lists import choose_fields
from fake_rest import FakeWordPress
from fake_site import Row, Site
from loopback import serve

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSWORD = "abcd EFGH 1234 ijkl MNOP 5678"  # noqa: S105 (of every user of the fake)
NO_POSTS = (
    "<?xml version='1.0'?><methodResponse><params><param><value><array><data></data></array>"
    "</value></param></params></methodResponse>"
)


class Handler(BaseHTTPRequestHandler):
    """HTTP for the fake: one packet an answer, else Nagle would make each wait."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # buffered
    fake: FakeWordPress

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            reply = self._reply(parts.path, query, body)
        except GoneError:
            self.close_connection = True
            return
        fields = query.get("_fields", "") if "batch" not in parts.path else ""
        plain = reply.text or json.dumps(choose_fields(reply.data, fields))
        kind = "text/html" if reply.text.startswith("<") else "application/json"
        self._send(reply.status, plain.encode(), {"Content-Type": kind, **reply.headers})

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

    def _reply(self, path: str, query: dict[str, str], body: bytes) -> Reply:
        fake = self.fake
        if path.startswith("/-/"):
            return self._control(path, body)
        route = query.pop("rest_route", path.removeprefix("/wp-json"))
        fake.seen.append({"method": self.command, "path": self.path, "at": time.time()})
        if path == "/xmlrpc.php":  # no post has custom fields
            return Reply(text=NO_POSTS, headers={"Content-Type": "text/xml"})
        if not path.startswith("/wp-json") and "rest_route" not in self.path:
            relation = f'<{fake.url}/wp-json/>; rel="https://api.w.org/"'
            text = "<html><title>The fake</title></html>"
            return Reply(text=text, headers={"Link": relation})
        what = f"{self.command} {route}"
        is_json = "json" in self.headers.get("Content-Type", "")
        request = Request(
            method=self.command,
            route=route,
            query=query,
            headers=dict(self.headers.items()),
            body=body,
            given=json.loads(body) if is_json and body else {},
            user=self._user(),
            pause=fake.pause_of(what, self._hang_up),
            hang_up=self._hang_up,
        )
        return fake.answer(request)

    def _hang_up(self) -> None:
        """Let the client see the end of the line while the work goes on."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _control(self, path: str, body: bytes) -> Reply:
        fake = self.fake
        if path == "/-/faults":
            if body:
                fake.faults.set(json.loads(body))
            return Reply(data=fake.faults.scripts)
        if path == "/-/stages":
            if body:
                fake.faults.victim = json.loads(body)
            return Reply(data=fake.faults.stages)
        if path == "/-/reset":
            fake.faults.reset()
            fake.seen.clear()
            fake.site.reset()
        elif self.command == "POST":  # /-/requests
            fake.seen.clear()
        return Reply(data=list(fake.seen))

    def _user(self) -> Row | None:
        kind, _, secret = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return None
        login, _, password = base64.b64decode(secret).decode().partition(":")
        if password.replace(" ", "") != PASSWORD.replace(" ", ""):
            return None
        rows = self.fake.site.rows("SELECT * FROM wp_users WHERE user_login = ?", login.lower())
        return rows[0] if rows else None

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        try:
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body)
            self.wfile.flush()
        except OSError:
            self.close_connection = True  # the client is gone; what was written stays

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--database", type=Path, required=True)
    told = parser.parse_args()
    fake = FakeWordPress(Site(told.database))
    handler = type("FakeHandler", (Handler,), {"fake": fake})

    def tell(url: str) -> None:
        fake.url = url

    serve(handler, told.port, tell)


if __name__ == "__main__":
    main()
