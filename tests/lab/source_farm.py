"""Feeds and pictures on loopback, and a log of what was delivered: the source log.

    python tests/lab/source_farm.py --log FILE

It prints its address when it listens. PUT a path to give something out; a JSON body
{"replies": […]} scripts the answers one after the other, the last one for ever: each {"status",
"headers", "body", "cut": bytes after which it hangs up, "wait": seconds}. Every request is one line
of the log, as JSON: at, path, status, whole (the answer was sent to its end), conditional, and the
sha256 and the items of the body.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from loopback import serve

ENTRY = re.compile(
    r"<item><title>(.*?)</title><link>(.*?)</link><guid[^>]*>(.*?)</guid>(.*?)</item>", re.DOTALL
)
PICTURE = re.compile(r'<enclosure url="([^"]+)"')


class Shelf:
    """What is given out, by path."""

    def __init__(self, log: Path) -> None:
        self._lock = threading.Lock()
        self._log = log.open("a", encoding="utf-8")
        self._replies: dict[str, list[dict[str, Any]]] = {}

    def put(self, path: str, kind: str, body: bytes) -> None:
        if kind == "application/json":
            replies = json.loads(body)["replies"]
            for one in replies:
                one["body"] = str(one.get("body", "")).encode()
        else:
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            replies = [{"headers": {"Content-Type": kind, "ETag": tag}, "body": body}]
        with self._lock:
            self._replies[path] = replies

    def next_reply(self, path: str) -> dict[str, Any]:
        with self._lock:
            replies = self._replies.get(path, [{"status": 404, "body": b"nothing here"}])
            return replies.pop(0) if len(replies) > 1 else replies[0]

    def note(self, **told: object) -> None:
        with self._lock:
            self._log.write(json.dumps({"at": time.time(), **told}) + "\n")
            self._log.flush()


def items_of(body: bytes) -> list[tuple[str, str, str, str]]:
    """List guid, link, title and picture of the entries, as tests/support/press writes them."""
    found = []
    for entry in ENTRY.findall(body.decode("utf-8", "replace")):
        title, link, guid, rest = map(html.unescape, entry)
        picture = PICTURE.search(rest)
        found.append((guid, link, title, picture[1] if picture else ""))
    return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    shelf: Shelf

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.shelf.put(self.path, self.headers.get("Content-Type", ""), body)
        self._send(204, {}, b"")

    def do_GET(self) -> None:
        reply = self.shelf.next_reply(self.path)
        time.sleep(float(reply.get("wait", 0)))
        status, body = int(reply.get("status", 200)), bytes(reply["body"])
        headers = {str(name): str(value) for name, value in reply.get("headers", {}).items()}
        asked = self.headers.get("If-None-Match", "")
        if asked and asked == headers.get("ETag"):
            status, body = 304, b""
        whole = self._send(status, headers, body, reply.get("cut"))
        self.shelf.note(
            path=self.path,
            status=status,
            whole=whole,
            conditional=bool(asked or self.headers.get("If-Modified-Since")),
            sha256=hashlib.sha256(body).hexdigest(),
            items=items_of(body),
        )

    def _send(
        self, status: int, headers: dict[str, str], body: bytes, cut: int | None = None
    ) -> bool:
        """Send an answer; tell whether it went out to its end."""
        try:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:cut])
            self.wfile.flush()
        except OSError:
            self.close_connection = True
            return False
        self.close_connection = self.close_connection or cut is not None
        return cut is None

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, required=True)
    told = parser.parse_args()
    handler = type("FarmHandler", (Handler,), {"shelf": Shelf(told.log)})
    serve(handler, told.port)


if __name__ == "__main__":
    main()
