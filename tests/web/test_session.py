"""The session: manners and messages, against servers that misbehave on real sockets."""

from __future__ import annotations

import socket
import ssl
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from scripted import answer, fetch

from wp_sync.errors import (
    BlockedAddressError,
    NetworkError,
    StatusError,
    WebError,
)
from wp_sync.model import Validators
from wp_sync.sandbox.processes import keep_port
from wp_sync.web import WebSession, make_user_agent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_not_found_names_address_cause_and_cure(start: Callable[..., Any], web: WebSession) -> None:
    """A 4xx is a StatusError in plain words, and not transient."""
    server = start(answer(status="404 <script>alert(1)</script>"))

    with pytest.raises(StatusError) as caught:
        fetch(web, server)
    assert str(caught.value) == f"{server.url} answered 404 Not Found: it has moved or is gone"
    assert (caught.value.status, caught.value.transient) == (404, False)


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        pytest.param("429 x", "Retry-After: 120\r\n", 120, id="seconds"),
        pytest.param(
            "503 x",
            "Date: Fri, 01 May 2026 10:00:00 GMT\r\nRetry-After: Fri, 01 May 2026 10:05:00 GMT\r\n",
            300,
            id="date, by the server's clock",
        ),
        pytest.param("503 x", "Retry-After: Fri, 01 May 2009 10:05:00 GMT\r\n", None, id="past"),
        pytest.param("429 x", "Retry-After: soon\r\n", None, id="words"),
        pytest.param("429 x", f"Retry-After: {'9' * 400}\r\n", 31 * 86_400, id="for ever"),
        pytest.param("500 x", "", None, id="none"),
    ],
)
def test_overloaded_server_is_transient_and_says_how_long(
    start: Callable[..., Any], web: WebSession, status: str, headers: str, wait: float | None
) -> None:
    """429 and 5xx are NetworkErrors that carry the server's Retry-After."""
    server = start(answer(status=status, headers=headers))

    with pytest.raises(NetworkError) as caught:
        fetch(web, server)
    assert caught.value.transient
    assert caught.value.retry_after == wait


def test_redirect_loop_ends(start: Callable[..., Any], web: WebSession) -> None:
    """Five redirects are followed, no more."""
    server = start(answer(status="302 x", headers="Location: /again\r\n"))

    with pytest.raises(BlockedAddressError, match="more than 5 redirects"):
        fetch(web, server)
    assert len(server.heads) == 6


def test_request_carries_no_traces(start: Callable[..., Any], web: WebSession) -> None:
    """No cookie, Referer or fragment is sent, also after a redirect that set a cookie."""

    def script(connection: socket.socket, head: bytes) -> None:
        first = head.startswith(b"GET / ")
        moved = answer(status="301 x", headers="Location: /b?x=1#two\r\nSet-Cookie: id=1\r\n")
        (moved if first else answer(b"ok", headers="Set-Cookie: id=2\r\n"))(connection, head)

    server = start(script)

    for _ in range(2):
        reply = web.get(server.url + "#one", allow_private=server.allowed)

    assert reply.url == server.url + "b?x=1"
    assert [head.split()[1] for head in server.heads] == [b"/", b"/b?x=1"] * 2
    sent = b"".join(server.heads).lower()
    assert b"cookie" not in sent
    assert b"referer" not in sent
    assert b"user-agent: wp-sync/1 (+editor@example.test; feeds=1)" in sent


def test_validators_go_to_their_own_address_only(
    start: Callable[..., Any], web: WebSession
) -> None:
    """After a redirect the validators of the final address are sent there, byte for byte."""

    def script(connection: socket.socket, head: bytes) -> None:
        moved = answer(status="302 x", headers="Location: /b\r\n")
        reply = answer(status="304 x", headers='ETag: W/"2"\r\n') if b"If-None" in head else moved
        (reply if head.startswith(b"GET /b ") else moved)(connection, head)

    server = start(script)
    last = Validators(url=server.url + "b", etag='W/"1 "', last_modified="yesterday, about noon")

    reply = fetch(web, server, validators=last)

    assert (reply.status, reply.url, reply.headers["etag"]) == (304, server.url + "b", 'W/"2"')
    assert b"If-" not in server.heads[0]
    assert b'\r\nIf-None-Match: W/"1 "\r\n' in server.heads[1]
    assert b"\r\nIf-Modified-Since: yesterday, about noon\r\n" in server.heads[1]


def test_not_modified_that_nobody_asked_for_is_an_error(
    start: Callable[..., Any], web: WebSession
) -> None:
    """A 304 without a condition would hide a feed for ever."""
    with pytest.raises(StatusError):
        fetch(web, start(answer(status="304 x")))


def test_part_that_nobody_asked_for_is_an_error(start: Callable[..., Any], web: WebSession) -> None:
    """Half a feed, taken for the whole, would lose the other half."""
    server = start(answer(b"<rss>", status="206 Partial Content"))

    with pytest.raises(NetworkError, match="only a part"):
        fetch(web, server)


def test_name_that_does_not_resolve_is_asked_once(
    web: WebSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dead image host costs one look-up a run, whatever the number of images."""
    asked: list[object] = []
    real = socket.getaddrinfo

    def counting(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        asked.append(args[0])
        return real(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", counting)

    for number in range(3):
        with pytest.raises(NetworkError, match=f"{number}.png: the name images.invalid does not"):
            web.get(f"http://images.invalid/{number}.png")
    assert asked == ["images.invalid"]


def test_host_that_refuses_is_asked_once(web: WebSession) -> None:
    """A host that refused is not tried again by this session, even if it comes up."""
    with keep_port() as host:
        place = f"127.0.0.1:{host.getsockname()[1]}"
        with pytest.raises(NetworkError, match="refuses connections"):
            web.get(f"http://{place}/", allow_private=frozenset({place}))

        host.listen()
        host.settimeout(0)
        with pytest.raises(NetworkError, match="refuses connections"):
            web.get(f"http://{place}/", allow_private=frozenset({place}))
        with pytest.raises(BlockingIOError):
            host.accept()


@pytest.mark.parametrize(
    "url", ["", "http://", "http://[", "http://a b/", "//x", "http://x:99999/", "http://①②⑦.①"]
)
def test_malformed_address_is_a_web_error(web: WebSession, url: str) -> None:
    """No spelling of an address ends in anything but a WebError."""
    with pytest.raises(WebError):
        web.get(url)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    """Make a certificate for "localhost" that signs itself."""
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    subprocess.run(  # noqa: S603
        (*command.split(), *names, "-keyout", key, "-out", certificate),
        check=True,
        capture_output=True,
    )
    return key, certificate


def test_tls_is_checked_by_name_and_against_the_trusted(
    start: Callable[..., Any],
    web: WebSession,
    certificate: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guard connects to an address, yet SNI and certificate are those of the name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server = start(answer(b"safe"), tls=context)
    url = f"https://localhost:{server.port}/"
    allowed = frozenset({f"localhost:{server.port}", *server.allowed})

    with pytest.raises(NetworkError, match=r"certificate is not trusted: self.signed"):
        web.get(url, allow_private=allowed)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", certificate[1])
    with WebSession(user_agent="x") as fresh:
        assert fresh.get(url, allow_private=allowed).body == b"safe"
        with pytest.raises(NetworkError, match="certificate"):
            fresh.get(server.url, allow_private=allowed)
    assert names[1] == "localhost"


def test_user_agent_says_who_asks() -> None:
    """The publisher can see who asks, for how many feeds, and whom to write to."""
    agent = make_user_agent("editor@example.test", 12)

    assert agent.startswith("wp-sync/")
    assert agent.endswith(" (+editor@example.test; feeds=12)")
