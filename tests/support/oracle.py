"""A language model of our own on loopback: it speaks the protocol, and misbehaves as it is told."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Request = dict[str, Any]
Behaviour: TypeAlias = "Callable[[Handler, Request], None]"
LONGEST = 60.0  # seconds that the slowest answer takes, if nobody hangs up
USAGE = {"prompt_tokens": 300, "completion_tokens": 60, "total_tokens": 360}


@dataclass(slots=True)
class Oracle:
    """What the model was asked, and how it behaves."""

    behave: Behaviour
    url: str = ""  # as [assistant] url has it
    asked: list[Request] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # requests that it should never get

    def told(self, number: int = -1) -> str:
        """Return the words of one question."""
        return "\n".join(one["content"] for one in self.asked[number]["messages"])


class Handler(BaseHTTPRequestHandler):
    """Serves one request."""

    protocol_version = "HTTP/1.1"
    oracle: Oracle

    def do_POST(self) -> None:
        """Take a question and misbehave, or not."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            self.oracle.others.append(self.path)
        self.oracle.asked.append(body)
        self.oracle.headers.append(dict(self.headers))
        self.close_connection = True
        with suppress(OSError):
            self.oracle.behave(self, body)

    def do_GET(self) -> None:
        """Nobody asks so."""
        self.oracle.others.append(self.path)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that went away is no news."""


@contextmanager
def open_oracle(behave: Behaviour) -> Iterator[Oracle]:
    """Serve a model on loopback."""
    oracle = Oracle(behave=behave)
    handler = type("Bound", (Handler,), {"oracle": oracle})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    oracle.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield oracle
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write(handler: Handler, status: int, body: bytes, **headers: str) -> None:
    """Write a whole answer."""
    handler.send_response_only(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def completion(content: object, *, finish: object = "stop", usage: object = USAGE) -> Request:
    """Make a chat completion."""
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    made: Request = {"id": "1", "object": "chat.completion", "choices": [choice]}
    return made if usage is None else made | {"usage": usage}


def says(content: object, **more: object) -> Behaviour:
    """Answer every question with this content."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)

    def behave(handler: Handler, _: Request) -> None:
        write(handler, 200, json.dumps(completion(text, **more)).encode())

    return behave


def answers(status: int = 200, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer every question with these bytes."""

    def behave(handler: Handler, _: Request) -> None:
        write(handler, status, body, **headers)

    return behave


def refuses(handler: Handler, _: Request) -> None:
    """Decline politely, in the place that is made for it."""
    made = completion('{"channel": "golf", "excerpt": "", "tags": []}')
    made["choices"][0]["message"]["refusal"] = "I can't help with that."
    write(handler, 200, json.dumps(made).encode())


def slow_headers(handler: Handler, _: Request) -> None:
    """Say nothing until the asker hangs up."""
    handler.connection.settimeout(LONGEST)
    handler.connection.recv(1)
    write(handler, 200, b"{}")


def dripping(handler: Handler, _: Request) -> None:
    """Send a byte now and then: each of them comes in time."""
    handler.send_response_only(200)
    handler.end_headers()
    for _at in _moments():
        handler.wfile.write(b" ")
        handler.wfile.flush()


def dripping_headers(handler: Handler, _: Request) -> None:
    """Send a header now and then, and never the last one."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for at in _moments():
        handler.wfile.write(b"X-%d: 1\r\n" % at)
        handler.wfile.flush()


def _moments() -> Iterator[int]:
    """Count moments for longer than anybody waits; who writes hears that the asker hung up."""
    for at in range(int(LONGEST / 0.05)):
        yield at
        time.sleep(0.05)


def endless(handler: Handler, _: Request) -> None:
    """Send as long as anybody reads."""
    handler.send_response_only(200)
    handler.end_headers()
    for _at in range(2000):
        handler.wfile.write(b"x" * 65_536)


def echoes_key(handler: Handler, _: Request) -> None:
    """Refuse the key and show it."""
    key = handler.headers.get("Authorization", "")
    body = json.dumps({"error": {"message": f"Incorrect API key provided: {key}"}}).encode()
    write(handler, 401, body, X_Key=key)


def breaks_off(handler: Handler, _: Request) -> None:
    """Announce more than is sent."""
    handler.send_response_only(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')


def hangs_up(handler: Handler, _: Request) -> None:
    """Close without a word."""
    handler.connection.close()


def no_http(handler: Handler, _: Request) -> None:
    """Speak something else."""
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")


def bad_chunks(handler: Handler, _: Request) -> None:
    """Lie about a chunk's length."""
    handler.send_response_only(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"zz\r\n{}\r\n")


def moves_to(place: str, status: int) -> Behaviour:
    """Send the asker elsewhere."""
    return answers(status, b"", Location=place)
