"""RestApi: what is repeated, what is in doubt, and what odd answers mean."""

from __future__ import annotations

import base64
import json
import re
import socket
from collections.abc import Callable
from contextlib import closing
from threading import Thread
from typing import Any

import pytest

from wp_sync.errors import (
    InDoubtError,
    PublishError,
    RejectedError,
    SiteError,
    UnauthorizedError,
    UnreachableError,
)
from wp_sync.publish import wire
from wp_sync.publish.answers import find_json
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience
from wp_sync.sandbox.processes import keep_port

Reply = tuple[int, dict[str, str], bytes]
Serve = Callable[..., tuple[str, list[Any]]]

JSON = {"Content-Type": "application/json"}
HALF = JSON | {"Content-Length": "99", "Connection": "close"}
HTML = {"Content-Type": "text/html"}
OK: Reply = (200, JSON, b'{"id": 7}')
PASSWORD = "abcd EFGH 1234"  # noqa: S105


def error(status: int, code: str, message: str = "No.", **data: object) -> Reply:
    body = {"code": code, "message": message, "data": {"status": status, **data}}
    return status, JSON, json.dumps(body).encode()


def connect(url: str, waits: list[float] | None = None, **patience: Any) -> RestApi:  # noqa: ANN401
    settings = Patience(sleep=(waits if waits is not None else []).append, **patience)
    return RestApi(f"{url}/wp-json/", "editor", PASSWORD, patience=settings)


def post(api: RestApi) -> object:
    return api.write("POST", "wp/v2/posts", json={"title": "Rain"})


@pytest.mark.parametrize(
    "away",
    [
        pytest.param((503, HTML, b"<html>Briefly unavailable"), id="maintenance"),
        pytest.param((429, JSON, b"{}"), id="too many requests"),
        pytest.param((502, HTML, b""), id="bad gateway"),
        pytest.param((504, HTML, b""), id="gateway time-out"),
        pytest.param(None, id="cut"),
    ],
)
def test_reads_are_repeated(serve: Serve, away: Reply | None) -> None:
    """A site that is away for a moment does not fail a run."""
    url, asked = serve(away, away, OK)

    data, _ = connect(url).get("wp/v2/posts/7")

    assert data == {"id": 7}
    assert len(asked) == 3


def test_reads_give_up_in_the_end(serve: Serve) -> None:
    """Four tries, with growing waits between them."""
    url, asked = serve((503, HTML, b""))
    waits: list[float] = []

    with pytest.raises(UnreachableError, match="503"):
        connect(url, waits).get("wp/v2/posts")

    assert len(asked) == 4
    assert len(waits) == 3
    assert all(0 <= wait <= 2**number for number, wait in enumerate(waits))


@pytest.mark.parametrize(
    ("told", "waited"),
    [
        pytest.param({"Retry-After": "7"}, 7, id="seconds"),
        pytest.param({"Retry-After": "600"}, 120, id="no longer than two minutes"),
        pytest.param(
            {
                "Date": "Mon, 05 Jan 2026 10:00:00 GMT",
                "Retry-After": "Mon, 05 Jan 2026 10:00:09 GMT",
            },
            9,
            id="a date by the server's clock",
        ),
    ],
)
def test_retry_after_is_kept(serve: Serve, told: dict[str, str], waited: float) -> None:
    """Readers come first: the site says when it has time again."""
    url, _ = serve((429, told, b""), OK)
    waits: list[float] = []

    connect(url, waits).get("wp/v2/posts")

    assert waits == [waited]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        pytest.param(None, InDoubtError, id="cut"),
        pytest.param((200, HALF, b'{"id"'), InDoubtError, id="half"),
        pytest.param((200, HTML, b"<!DOCTYPE html><title>Hi</title>"), InDoubtError, id="page"),
        pytest.param((500, HTML, b"critical error"), InDoubtError, id="fatal page"),
        pytest.param(error(500, "internal_server_error"), InDoubtError, id="fatal"),
        pytest.param((502, HTML, b""), InDoubtError, id="bad gateway"),
        pytest.param((503, HTML, b"guru meditation"), InDoubtError, id="a proxy's 503"),
        pytest.param((504, HTML, b""), InDoubtError, id="gateway time-out"),
        pytest.param((503, {"Retry-After": "600"}, b""), UnreachableError, id="maintenance"),
        pytest.param(error(500, "db_insert_error"), RejectedError, id="database says no"),
        pytest.param(error(500, "rest_upload_sideload_error"), RejectedError, id="bad file"),
        pytest.param(error(400, "rest_invalid_param"), RejectedError, id="bad field"),
        pytest.param((413, HTML, b"<html>too large"), RejectedError, id="too large"),
        pytest.param(error(401, "rest_cannot_create"), UnauthorizedError, id="not logged in"),
        pytest.param((301, {"Location": "https://example.test/"}, b""), SiteError, id="moved"),
    ],
)
def test_writes_are_never_repeated(
    serve: Serve, reply: Reply | None, kind: type[PublishError]
) -> None:
    """A lost answer may hide a post that was made; the error says whether that can be."""
    url, asked = serve(reply)

    with pytest.raises(kind) as caught:
        post(connect(url))

    assert isinstance(caught.value, kind)
    assert [method for method, *_ in asked] == ["POST"]
    assert PASSWORD not in f"{caught.value!r} {caught.value}"


def test_writes_that_were_not_looked_at_are_repeated(serve: Serve) -> None:
    """429 means that the request was turned away unread."""
    url, asked = serve((429, {"Retry-After": "1"}, b""), OK)

    assert post(connect(url)) == {"id": 7}
    assert len(asked) == 2


def test_stale_connection_does_not_replay_a_write(serve: Serve) -> None:
    """A kept connection that the server closes on a POST leaves it in doubt, and sent once."""
    url, asked = serve(OK, None, OK)
    api = connect(url)
    api.get("wp/v2/posts/7")

    with pytest.raises(InDoubtError):
        post(api)

    assert [method for method, *_ in asked] == ["GET", "POST"]


def test_refused_connection_is_tried_again() -> None:
    """Nothing was sent, so that nothing can be doubled."""
    waits: list[float] = []

    with keep_port() as closed, pytest.raises(UnreachableError, match="refuses connections"):
        post(connect(f"http://127.0.0.1:{closed.getsockname()[1]}", waits))

    assert len(waits) == 3


def test_dripping_answer_ends_at_the_deadline() -> None:
    """A byte now and then keeps every single read alive, but not the whole exchange."""

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with closing(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[")
            try:
                while connection.send(b" " * 2):
                    connection.settimeout(0.05)
                    try:
                        connection.recv(1_000)
                    except TimeoutError:
                        continue
            except OSError:
                return

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        Thread(target=drip, args=(listener,), daemon=True).start()
        api = connect(f"http://127.0.0.1:{listener.getsockname()[1]}", total=0.3, attempts=1)

        with pytest.raises(UnreachableError, match="the time ran out"):
            api.get("wp/v2/posts")


def test_endless_answer_is_refused(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is not read without an end."""
    monkeypatch.setattr(wire, "LONGEST_ANSWER", 1_000)
    url, _ = serve((200, JSON, b"[" + b" " * 2_000 + b"]"))

    with pytest.raises(SiteError, match="longer"):
        connect(url).get("wp/v2/posts")
    with pytest.raises(InDoubtError, match="longer"):
        connect(url).write("POST", "wp/v2/posts", json={})


def test_refusal_names_the_fields(serve: Serve) -> None:
    """WordPress's message and the field it means come through, without tags and entities."""
    params = {"status": "status is not one of publish, draft."}
    url, _ = serve(error(400, "rest_invalid_param", "Bad <b>value</b> &amp; more", params=params))

    with pytest.raises(RejectedError) as caught:
        post(connect(url))

    assert "Bad value & more status: status is not one of publish, draft." in str(caught.value)
    assert (caught.value.code, caught.value.status) == ("rest_invalid_param", 400)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        pytest.param(
            (403, HTML, b"<html><title>Blocked &amp; logged</title>"),
            'a firewall or the web server answered 403 with a web page ("Blocked & logged")',
            id="firewall",
        ),
        pytest.param(error(403, "wp_die"), "a security plugin or WordPress answered", id="wp_die"),
        pytest.param(error(403, "rest_cannot_create"), "editor's role", id="rights"),
        pytest.param((413, HTML, b""), "client_max_body_size", id="too large"),
        pytest.param(
            (302, {"Location": "/wp-login.php?redirect_to=x"}, b""), "login page", id="closed site"
        ),
        pytest.param(
            (301, {"Location": "https://www.example.test/wp-json/?a=b"}, b""),
            "redirects to https://www.example.test/wp-json/, and a login is not sent there",
            id="moved",
        ),
        pytest.param(
            (200, HTML, b"<!doctype html><title>Home</title>{}"),
            'answers with text/html ("Home") instead of JSON',
            id="page cache",
        ),
        pytest.param((200, JSON, b" "), "/wp/v2/posts answers with nothing", id="PHP ended"),
        pytest.param((200, JSON, b'[{"id"'), "answers with broken JSON", id="cut off"),
    ],
)
def test_errors_say_who_answered_and_what_to_do(serve: Serve, reply: Reply, words: str) -> None:
    """A person can mend what the message names."""
    url, _ = serve(reply)

    with pytest.raises(PublishError, match=re.escape(words)):
        connect(url).get("wp/v2/posts")


@pytest.mark.parametrize(
    ("printed", "warning"),
    [
        pytest.param("\ufeff", "", id="BOM"),
        pytest.param(
            "<br />\n<b>Warning</b>:  Undefined key [x] {y} in <b>a.php</b> on line 3<br />\n",
            "Warning : Undefined key [x] {y} in a.php on line 3",
            id="PHP warning",
        ),
        pytest.param("\n\nNotice: [1] in a.php\n", "Notice: [1] in a.php", id="plain notice"),
    ],
)
def test_what_php_prints_before_the_answer_is_kept_apart(
    serve: Serve, printed: str, warning: str
) -> None:
    """A careless plugin does not stop a sync; its words are remembered."""
    url, _ = serve((200, JSON, printed.encode() + b'[{"id": 7}]'))
    api = connect(url)

    data, _ = api.get("wp/v2/posts")

    assert data == [{"id": 7}]
    assert api.warnings == ([warning] if warning else [])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('[{"id": 1}, {"id": ', id="list"),
        pytest.param('{"title": {"raw": "<p>[1]"}', id="object"),
        pytest.param('<br />\n[{"raw": "<p>[1] and', id="list after a warning"),
        pytest.param("", id="nothing"),
        pytest.param("<html><body>\n{}", id="page"),
    ],
)
def test_part_of_an_answer_does_not_pass_for_the_whole(text: str) -> None:
    """PHP's own server sends no length, so that only the syntax tells."""
    assert find_json(text) == (None, "")


@pytest.mark.parametrize(
    ("root", "address"),
    [
        pytest.param(
            "https://a.test/blog/wp-json/",
            "https://a.test/blog/wp-json/wp/v2/posts?slug=a,b%26c&page=2",
            id="pretty",
        ),
        pytest.param(
            "https://a.test/index.php?rest_route=/",
            "https://a.test/index.php?rest_route=/wp/v2/posts&slug=a,b%26c&page=2",
            id="plain",
        ),
        pytest.param(
            "https://a.test/?lang=en&rest_route=/",
            "https://a.test/?lang=en&rest_route=/wp/v2/posts&slug=a,b%26c&page=2",
            id="plain with more",
        ),
    ],
)
def test_addresses_fit_the_root(root: str, address: str) -> None:
    """Both kinds of permalinks work, in a directory too."""
    assert RestApi(root).url_for("wp/v2/posts", {"slug": "a,b&c", "page": 2}) == address


def test_password_does_not_travel_in_the_open() -> None:
    """Without https only this machine may be spoken to."""
    with pytest.raises(SiteError, match="without https"):
        RestApi("http://example.test/wp-json/", "editor", PASSWORD)

    RestApi("http://example.test/wp-json/")
    for root in ("https://example.test/wp-json/", "http://[::1]:81/wp-json/", "http://localhost/"):
        assert PASSWORD not in repr(RestApi(root, "editor", lambda: PASSWORD))


def test_login_is_sent_as_utf_8(serve: Serve) -> None:
    """WordPress compares UTF-8, whatever a library takes for its default."""
    url, asked = serve(OK)

    RestApi(f"{url}/wp-json/", "zoë", "päß").get("")

    scheme, _, login = asked[0][2]["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(login).decode()) == ("Basic", "zoë:päß")
    assert asked[0][2]["Accept"] == "application/json"
    assert asked[0][2]["User-Agent"].startswith("wp-sync")
