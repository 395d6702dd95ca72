"""The session's limits: what is slow, huge, packed or broken ends in one clear error."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from scripted import SHORT, answer, fetch, silent

from wp_sync.errors import NetworkError, TooLargeError, WebError
from wp_sync.web import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.web import WebSession


def drip_body(connection: socket.socket, _head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    drip(connection)


def drip_endless_body(connection: socket.socket, _head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    drip(connection)


def drip_headers(connection: socket.socket, _head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(connection)


def drip(connection: socket.socket) -> None:
    """Send byte after byte until the other side has hung up."""
    with suppress(OSError):
        while True:
            connection.sendall(b"x")
            time.sleep(0.1)


@pytest.mark.parametrize("script", [drip_body, drip_endless_body, drip_headers, silent])
def test_slow_exchange_ends_at_the_deadline(
    start: Callable[..., Any], web: WebSession, script: Callable[..., None]
) -> None:
    """A byte now and then keeps no exchange alive; of these servers none ends by itself."""
    server = start(script)

    with pytest.raises(NetworkError, match="took longer than 1 seconds"):
        fetch(web, server, SHORT)
    assert server.ended.wait(30)


def test_an_interrupt_is_not_told_as_a_slow_server(
    start: Callable[..., Any], web: WebSession
) -> None:
    """An editor who stops a run reads why, and no feed is blamed for it."""

    def stopped(connection: socket.socket, head: bytes) -> None:
        web.abort()
        silent(connection, head)

    with pytest.raises(NetworkError, match="cut, as the run ends"):
        fetch(web, start(stopped))


def test_slow_body_on_a_kept_connection_ends_too(
    start: Callable[..., Any], web: WebSession
) -> None:
    """The deadline of a later exchange holds on a connection made in an earlier one."""
    quick = answer(b"ok")

    def script(connection: socket.socket, head: bytes) -> None:
        (drip_body if len(server.heads) > 1 else quick)(connection, head)

    server = start(script)
    fetch(web, server)

    with pytest.raises(NetworkError, match="took longer"):
        fetch(web, server, SHORT)
    assert server.connections == 1


def test_huge_body_is_cut_off(start: Callable[..., Any], web: WebSession) -> None:
    """An endless body ends at the limit."""

    def pour(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        with suppress(OSError):
            while True:
                connection.sendall(b"x" * 65_536)

    with pytest.raises(TooLargeError, match="larger than 2,000,000 bytes"):
        fetch(web, start(pour))


@pytest.mark.parametrize(
    ("packed", "coding"),
    [
        pytest.param(gzip.compress(bytes(1_900_000)), "gzip", id="gzip"),
        pytest.param(zlib.compress(bytes(1_900_000)), "deflate", id="deflate"),
    ],
)
def test_compressed_bomb_is_refused(
    start: Callable[..., Any], web: WebSession, packed: bytes, coding: str
) -> None:
    """Past the first megabyte a body may not grow more than a hundred times."""
    server = start(answer(packed, headers=f"Content-Encoding: {coding}\r\n"))

    with pytest.raises(TooLargeError, match="grows more than 100 times"):
        fetch(web, server)


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "compress"])
def test_unasked_coding_is_refused(start: Callable[..., Any], web: WebSession, coding: str) -> None:
    """Only one gzip or deflate is taken: a chain, or another coding, may hide a bomb."""
    server = start(answer(b"x", headers=f"Content-Encoding: {coding}\r\n"))

    with pytest.raises(WebError, match="is packed as"):
        fetch(web, server)


def test_gzip_is_unpacked(start: Callable[..., Any], web: WebSession) -> None:
    """One gzip coding is asked for and decoded."""
    server = start(answer(gzip.compress(b"news" * 1000), headers="Content-Encoding: gzip\r\n"))

    assert fetch(web, server).body == b"news" * 1000
    assert b"\r\nAccept-Encoding: gzip\r\n" in server.heads[0]


def test_body_shorter_than_announced_is_an_error(
    start: Callable[..., Any], web: WebSession
) -> None:
    """Half a feed is not taken for a whole one."""

    def lie(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        connection.shutdown(socket.SHUT_RDWR)

    with pytest.raises(NetworkError, match="broke off before its announced end"):
        fetch(web, start(lie))


@pytest.mark.parametrize(
    ("sent", "cause"),
    [
        pytest.param(b"", "closed without an answer", id="nothing"),
        pytest.param(b"\0\xff garbage\r\n\r\n", "closed without an answer|not proper", id="noise"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "broke off|not proper",
            id="bad chunk",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nplain"[:-1],
            "compressed answer is damaged",
            id="not gzip",
        ),
    ],
)
def test_broken_answer_is_one_clear_error(
    start: Callable[..., Any], web: WebSession, sent: bytes, cause: str
) -> None:
    """Whatever the libraries call it, a person reads the address and the cause."""

    def script(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_RDWR)

    server = start(script)

    with pytest.raises(NetworkError, match=cause) as caught:
        fetch(web, server)
    assert str(caught.value).startswith(server.url)


def test_tls_handshake_is_bounded_too(start: Callable[..., Any], web: WebSession) -> None:
    """A server that accepts and then says nothing ends at the deadline."""
    server = start(silent)
    url = server.url.replace("http:", "https:")

    with pytest.raises(NetworkError, match="took longer"):
        web.get(url, allow_private=server.allowed, limit=Limits(seconds=0.5))
