"""XML-RPC beside REST keeps the same pace, on as many threads as write, by the same rules."""

from __future__ import annotations

import secrets
import socket
import threading
import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from watching_proxy import watch
from wordpress_xmlrpc.methods.media import UploadFile
from wordpress_xmlrpc.methods.posts import NewPost

from wp_sync.errors import InDoubtError, PublishError, RejectedError, UnreachableError
from wp_sync.model import SitePost
from wp_sync.publish import wire
from wp_sync.publish.discovery import ApiRoot, discover
from wp_sync.publish.pace import UPLOAD, Pace
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience
from wp_sync.publish.xmlrpc_api import XmlRpcApi
from wp_sync.publish.xmlrpc_beside import Beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wp_sync.sandbox.wordpress import WordPress

    Serve = Callable[..., tuple[str, list[Any]]]

JSON = (200, {"Content-Type": "application/json"}, b"{}")
WRITE = NewPost({"post_title": "Rain"})
MAINTENANCE = (200, {"Retry-After": "9"}, b"")


def answer(value: Any) -> tuple[int, dict[str, str], bytes]:  # noqa: ANN401
    return 200, {}, xmlrpc.client.dumps((value,), methodresponse=True).encode()


METHODS = answer(["wp.newPost", "wp.uploadFile", "wp.getUsersBlogs"])


def connect(url: str, waits: list[float], pace: Pace | None = None) -> tuple[RestApi, XmlRpcApi]:
    """Log in by REST, and beside it by XML-RPC."""
    patience = Patience(sleep=waits.append)
    rest = RestApi(f"{url}/wp-json/", "editor", "abcd efgh", patience=patience, pace=pace)
    return rest, XmlRpcApi.beside(rest, f"{url}/xmlrpc.php")


@pytest.mark.parametrize(
    "reply", [(503, {"Retry-After": "9"}, b"busy"), MAINTENANCE], ids=["503", "maintenance"]
)
def test_pause_told_over_xmlrpc_holds_for_rest(serve: Serve, reply: Any) -> None:  # noqa: ANN401
    """It is one site, and it has asked for rest."""
    url, _ = serve(METHODS, reply, JSON)
    waits: list[float] = []
    rest, beside = connect(url, waits)

    with pytest.raises(UnreachableError):
        beside.write(WRITE)
    rest.get("wp/v2/posts")

    assert [round(wait) for wait in waits] == [9]


def test_pause_told_over_rest_holds_for_xmlrpc(serve: Serve) -> None:
    """The other way round."""
    url, _ = serve((503, {"Retry-After": "7"}, b"busy"), METHODS, answer("9"))
    waits: list[float] = []
    rest, beside = connect(url, waits)

    with pytest.raises(UnreachableError):
        rest.write("POST", "wp/v2/posts", json={})
    made = beside.write(WRITE)

    assert made == "9"
    assert {round(wait) for wait in waits} == {7}


def test_no_more_calls_at_once_than_the_pace_allows(wordpress: WordPress) -> None:
    """Custom fields of posts that several threads make: one call at a time, none mixed up."""
    user = wordpress.users["editor"]
    with watch(wordpress) as traffic:
        root = discover(traffic.url)
        rest = RestApi(root.root, user.login, user.application_password, pace=Pace(1))
        target = RestTarget(rest, root, fields=["subtitle"])

        def make(number: int) -> SitePost | PublishError:
            slug = f"rain-{secrets.token_hex(4)}"
            field = {"fields.subtitle": f"number {number}"}
            (made,) = target.create_posts([{"title": "Rain", "slug": slug, **field}])
            return made

        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(make, range(4)))

    told = [one.values["fields.subtitle"] for one in made if isinstance(one, SitePost)]
    assert told == [f"number {number}" for number in range(4)]
    assert traffic.at_once == 1


def test_whether_it_works_is_asked_once(serve: Serve) -> None:
    """Threads that begin together wait for one answer."""
    url, asked = serve(METHODS, answer([]))
    rest, _ = connect(url, [])
    root = ApiRoot(root=rest.root, home=url, url=url, name="", authentication_available=True)
    beside = Beside(rest, root, str)

    with ThreadPoolExecutor(8) as pool:
        works = list(pool.map(lambda _: beside.works, range(8)))

    assert works == [True] * 8
    assert [b"getUsersBlogs" in body for _, _, _, body in asked] == [False, True]


def test_upload_takes_the_place_of_two(serve: Serve) -> None:
    """Pictures are resized within the request, by either API."""
    weights: list[int] = []

    class Watched(Pace):
        @contextmanager
        def turn(self, sleep: Callable[[float], None], weight: int = 1) -> Iterator[None]:
            weights.append(weight)
            with super().turn(sleep, weight):
                yield

    url, _ = serve(METHODS, answer({"id": "9"}))
    _, beside = connect(url, [], Watched())

    beside.write(UploadFile({"name": "a.jpg", "type": "image/jpeg", "bits": b""}))

    assert weights == [1, UPLOAD]


def test_trouble_with_a_write_halves_the_connections(serve: Serve) -> None:
    """Readers come first, whichever API slows them down."""
    url, _ = serve(METHODS, (502, {}, b""))
    rest, beside = connect(url, [], Pace(4))

    with pytest.raises(InDoubtError):
        beside.write(WRITE)

    assert rest.pace.allowed == 2


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        pytest.param(MAINTENANCE, "remove the file .maintenance", id="maintenance"),
        pytest.param((413, {"Server": "nginx"}, b""), "client_max_body_size 32m", id="too large"),
        pytest.param((503, {"Retry-After": "9"}, b"x"), "asks for 9 seconds", id="overloaded"),
    ],
)
def test_causes_and_cures_are_those_of_rest(serve: Serve, reply: Any, words: str) -> None:  # noqa: ANN401
    """A person mends the same thing, whichever API found it."""
    url, _ = serve(METHODS, reply)
    _, beside = connect(url, [])

    with pytest.raises((UnreachableError, RejectedError)) as caught:
        beside.write(WRITE)

    assert words in str(caught.value)


def test_endless_answer_to_a_write_leaves_a_doubt(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for is done, however long the answer is."""
    url, _ = serve(METHODS, answer("9" * 2_000))
    _, beside = connect(url, [])
    monkeypatch.setattr(wire, "LONGEST_ANSWER", 1_000)

    with pytest.raises(InDoubtError, match="longer"):
        beside.write(WRITE)


def test_headers_that_drip_end_in_time() -> None:
    """No byte comes too late for a time-out, and the whole would never end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=_drip, args=(server,), daemon=True)
        dripping.start()
        patience = Patience(read=60, total=0.5, attempts=1)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/xmlrpc.php"
        with pytest.raises(UnreachableError, match="the time ran out"):
            XmlRpcApi(url, "editor", "abcd efgh", patience=patience).read(WRITE)
        dripping.join(60)

    assert not dripping.is_alive()  # we hung up; the server never would


def _drip(server: socket.socket) -> None:
    """Send byte after byte until the other side has hung up."""
    wire, _ = server.accept()
    with wire, suppress(OSError):
        wire.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            wire.sendall(b"a")
            time.sleep(0.05)


def test_xmlrpc_of_a_site_behind_https_is_reached_so() -> None:
    """A WordPress that does not know of its proxy names itself without; the password never is."""
    root = ApiRoot(
        root="https://example.news/wp-json/",
        home="http://example.news",
        url="http://example.news/wp/",
        name="",
        authentication_available=True,
    )

    assert root.xmlrpc == "https://example.news/wp/xmlrpc.php"
