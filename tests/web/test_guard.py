"""The guard: which addresses are public, and that nothing else is ever connected to."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from wp_sync.errors import BlockedAddressError
from wp_sync.web import WebSession, is_public

if TYPE_CHECKING:
    from collections.abc import Callable


def ok(connection: socket.socket, _head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.19.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fe80::1",
        "fe80::1%lo",
        "2606:4700::1%lo",
        "fec0::1",
        "ff02::1",
        "not an address",
        "",
    ],
)
def test_special_address_is_not_public(address: str) -> None:
    """Private, reserved and multicast ranges, whatever form they hide in, and what is unknown."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public_address_is_public(address: str) -> None:
    """The guard does not shut out the Internet, also behind NAT64."""
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fec0::1]",
        "[ff02::1]",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "168.63.129.16",
    ],
)
def test_spelling_does_not_pass_the_guard(web: WebSession, host: str) -> None:
    """What counts is the address that the system makes of a host."""
    with pytest.raises(BlockedAddressError, match="no public address"):
        web.get(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.test/",
        "gopher://example.test/",
        "http://user:secret@example.test/",
        "http://example.test:22/",
        "http://example.test:6379/",
    ],
)
def test_other_schemes_ports_and_logins_are_refused(web: WebSession, url: str) -> None:
    """Only http and https, on the web's ports, without a login."""
    with pytest.raises(BlockedAddressError):
        web.get(url)


def test_allowed_entry_opens_exactly_its_host_and_port(
    start: Callable[..., Any], web: WebSession
) -> None:
    """One private host and port is opened; its other names and its neighbours stay shut."""
    server, neighbour = start(ok), start(ok)

    assert web.get(server.url, allow_private=server.allowed).body == b"ok"
    for url in (f"http://localhost:{server.port}/", neighbour.url):
        with pytest.raises(BlockedAddressError):
            web.get(url, allow_private=server.allowed)
    assert neighbour.connections == 0


def test_kept_connection_is_not_lent_to_another_source(
    start: Callable[..., Any], web: WebSession
) -> None:
    """A connection that one source may open stays shut for a source that may not."""
    server = start(ok)
    web.get(server.url, allow_private=server.allowed)

    with pytest.raises(BlockedAddressError):
        web.get(server.url)


def test_connection_is_kept_for_the_same_source(start: Callable[..., Any], web: WebSession) -> None:
    """Several requests of one thread to one host share a connection."""
    server = start(ok)

    for _ in range(3):
        web.get(server.url, allow_private=server.allowed)

    assert (server.connections, len(server.heads)) == (1, 3)


@pytest.mark.parametrize("inside", [b"http://127.0.0.1/", b"file:///etc/passwd", b"//[::1]/"])
def test_redirect_inside_is_blocked(
    start: Callable[..., Any], web: WebSession, inside: bytes
) -> None:
    """Each hop is checked like the first."""

    def redirect(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: %b\r\n\r\n" % inside)

    server = start(redirect)

    with pytest.raises(BlockedAddressError):
        web.get(server.url, allow_private=server.allowed)


def test_redirect_to_a_private_server_never_connects(
    start: Callable[..., Any], web: WebSession
) -> None:
    """The private server does not even see a connection."""
    canary = start(ok)

    def redirect(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 301 x\r\nLocation: %b\r\n\r\n" % canary.url.encode())

    server = start(redirect)

    with pytest.raises(BlockedAddressError):
        web.get(server.url, allow_private=server.allowed)
    assert canary.connections == 0


def test_address_that_was_checked_is_the_one_connected_to(
    start: Callable[..., Any], web: WebSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is looked up once, so that a second answer (DNS rebinding) has no chance."""
    server = start(ok)
    looked_up: list[str] = []

    def rebinding(host: str, port: int, **_: Any) -> list[Any]:  # noqa: ANN401
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{len(looked_up)}", port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)

    answer = web.get(
        f"http://rebind.test:{server.port}/",
        allow_private=frozenset({f"rebind.test:{server.port}"}),
    )

    assert (answer.body, looked_up) == (b"ok", ["rebind.test"])


def test_one_private_answer_among_public_ones_blocks_the_name(
    web: WebSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that also leads inside is not asked at its public address either."""

    def mixed(_host: str, port: int, **_: Any) -> list[Any]:  # noqa: ANN401
        found = [(socket.AF_INET, ("203.0.114.1", port)), (socket.AF_INET6, ("::1", port, 0, 0))]
        return [(family, socket.SOCK_STREAM, 6, "", address) for family, address in found]

    monkeypatch.setattr(socket, "getaddrinfo", mixed)

    with pytest.raises(BlockedAddressError, match="::1, which is no public address"):
        web.get("http://mixed.test/")
