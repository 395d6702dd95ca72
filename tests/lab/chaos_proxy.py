"""A proxy on loopback that does to the exchanges what a test's programme says.

It reads each request whole, looks it up in the programme, and passes it on, holds it, cuts it,
answers it by itself, or changes the answer. What it did stands in `log`, and as JSON lines in a
file where one is named.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zlib import crc32

from chaos_rules import End, Exchange, Fault, Request, Rule
from http_answers import PER_HOP, read_headers, split_answer, with_length
from toxics import Closed, Reset, pour
from watching_proxy import READS, kind_of

from wp_sync.sandbox.processes import keep_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LINGER_NOT = struct.pack("ii", 1, 0)  # close() then sends RST
_OWN = re.compile("/wp/v2/pages")  # the lock of a run, and what it tells the site's editors
_LONGEST = 64 * 2**20  # bytes of one message


class ChaosProxy:
    """A server before another one. Its programme may be changed from any thread."""

    def __init__(self, upstream: str, *, log: Path | None = None, seed: int = 0) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._path, self._file = parts.path, log
        self._draw = random.Random(seed)  # noqa: S311 (delays, not secrets)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._kept = keep_port()  # else another might have it while this is down
        self._port = int(self._kept.getsockname()[1])
        self._tasks: set[asyncio.Task[None]] = set()
        self._lines: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.rules: list[Rule] = []
        self.log: list[Exchange] = []
        self.requests = self.writes = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}{self._path}"

    @property
    def place(self) -> str:
        """Host and port, as allow_private names them."""
        return f"127.0.0.1:{self._port}"

    def rule(self, fault: Fault | Callable[[Request], Fault | None], **when: Any) -> Rule:  # noqa: ANN401
        """Add to the programme; of the rules that fit a request the first counts."""
        rule = Rule(fault, **when)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Let everything pass again, and forget what came by."""
        self.rules.clear()
        self.log.clear()

    def start(self) -> None:
        self._thread.start()
        self.up()

    def up(self) -> None:
        """Take connections (again, on the same port)."""
        self._do(self._listen())

    def down(self) -> None:
        """Refuse connections, and cut those that are open: toxiproxy's `down`."""
        self._do(self._close())

    def drop_idle(self) -> None:
        """Close the connections that clients keep for later, as a server does after a while."""
        self._do(self._close_lines())

    def stop(self) -> None:
        """End everything, and the thread."""
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._kept.close()

    @property
    def writes_seen(self) -> list[Exchange]:
        """List the writes that reached the server."""
        return [one for one in self.log if one.write and one.reached and not _OWN.search(one.path)]

    def _do(self, what: Any) -> None:  # noqa: ANN401 (any coroutine)
        asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._meet, "127.0.0.1", self._port, limit=_LONGEST, reuse_address=True
        )

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._close_lines()

    async def _close_lines(self) -> None:
        waiting = list(self._tasks)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; its own task, so that it can be ended."""
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(asyncio.CancelledError):
            await task

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await self._read(reader)) and await self._handle(request, writer):
                pass
        except (Closed, OSError, EOFError):
            pass
        except Reset:
            _reset(writer)
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        line, _, rest = head.decode("latin-1").partition("\r\n")
        method, path, _ = line.split(" ", 2)
        headers = read_headers(rest)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        kind = kind_of(method, body)
        self.requests += 1
        self.writes += kind not in READS
        return Request(
            number=self.requests,
            write=self.writes if kind not in READS else 0,
            method=method,
            path=path,
            headers=headers,
            body=body,
            raw_head=head,
        )

    def _choose(self, request: Request) -> Fault:
        taken = [found for rule in list(self.rules) if (found := rule.take(request))]
        return taken[0] if taken else _NOTHING

    async def _handle(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Carry one exchange out; tell whether the line stays open."""
        fault, started = self._choose(request), time.monotonic()
        told: dict[str, Any] = {"status": 0, "reached": False, "sent": 0}
        try:
            await self._exchange(request, fault, writer, told)
        finally:
            seconds = time.monotonic() - started
            self._note(request, fault, told | {"seconds": round(seconds, 3)})
        return fault.end == "keep" and fault.reply is None

    async def _exchange(
        self, request: Request, fault: Fault, writer: asyncio.StreamWriter, told: dict[str, Any]
    ) -> None:
        _end(fault.end_first)
        await asyncio.sleep(fault.wait)
        if fault.hold:
            await asyncio.to_thread(fault.hold, request)
        answer = await self._ask(request, fault, told) if fault.forward else b""
        if fault.then:
            await asyncio.to_thread(fault.then, request)
        answer = fault.reply if fault.reply is not None else answer
        answer = fault.change(answer) if fault.change else answer
        down = tuple(one for one in fault.toxics if one.way == "downstream")
        spared = _spared(answer, fault)
        told["sent"] = await pour(answer[:spared], writer, (), self._draw)
        told["sent"] += await pour(answer[spared:], writer, down, self._draw)
        _end(fault.end)

    async def _ask(self, request: Request, fault: Fault, told: dict[str, Any]) -> bytes:
        """Pass a request on, and return the answer in a form that keeps the line open."""
        reader, writer = await asyncio.open_connection(*self._upstream)
        try:
            content = _onward(request, fault)
            part = content[: int(len(content) * fault.share)]
            up = tuple(one for one in fault.toxics if one.way == "upstream")
            await pour(part, writer, up, self._draw)
            _end("reset" if fault.share < 1 else "keep")
            answer = await reader.read(-1)
        except Reset:
            _reset(writer)
            raise
        finally:
            writer.close()
        told |= {"status": int(answer.split(b" ", 2)[1]) if answer else 0, "reached": True}
        return with_length(answer, request.method) if answer else answer

    def _note(self, request: Request, fault: Fault, told: dict[str, Any]) -> None:
        exchange = Exchange(
            number=request.number,
            method=request.method,
            path=request.path,
            write=bool(request.write),
            content=crc32(request.body),
            fault=fault.name,
            **told,
        )
        self.log.append(exchange)
        if self._file:
            with self._file.open("a") as file:
                file.write(json.dumps(asdict(exchange)) + "\n")


_NOTHING = Fault(name="")


@contextmanager
def open_proxy(upstream: str, *, log: Path | None = None, seed: int = 0) -> Iterator[ChaosProxy]:
    """Put a proxy before a server."""
    proxy = ChaosProxy(upstream, log=log, seed=seed)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()


def _onward(request: Request, fault: Fault) -> bytes:
    body = fault.alter(request.body) if fault.alter else request.body
    head, *lines = request.raw_head.decode("latin-1").strip().split("\r\n")
    left_out = PER_HOP | set(fault.without)
    kept = [one for one in lines if one.partition(":")[0].strip().lower() not in left_out]
    kept += [f"Content-Length: {len(body)}"] if body or request.method != "GET" else []
    return "\r\n".join([head, *kept, "Connection: close", "", ""]).encode("latin-1") + body


def _spared(content: bytes, fault: Fault) -> int:
    head = len(split_answer(content)[0]) + 4
    return {"": 0, "head": head, "most of the head": head - 20}[fault.spare]


def _end(how: End) -> None:
    if how == "close":
        raise Closed
    if how == "reset":
        raise Reset


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    writer.transport.abort()
