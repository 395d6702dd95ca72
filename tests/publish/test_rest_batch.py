"""RestTarget's batches and long lists before a server that answers as told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from stored import stored_row

from wp_sync.errors import (
    InDoubtError,
    PublishError,
    RejectedError,
    UnauthorizedError,
    UnreachableError,
)
from wp_sync.model import SitePost, Upload
from wp_sync.publish import rest_batch
from wp_sync.publish.discovery import ApiRoot
from wp_sync.publish.proof import made_nothing
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience

if TYPE_CHECKING:
    from collections.abc import Callable

    Serve = Callable[..., tuple[str, list[Any]]]

JSON = {"Content-Type": "application/json"}
BOTH = {"methods": ["POST"], "allow_batch": {"v1": True}}
POST = stored_row()
MADE = {"status": 201, "headers": {}, "body": POST}


def reply(data: object, status: int = 200, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return status, JSON | headers, json.dumps(data).encode()


def index(most: int = 25, endpoint: object = BOTH) -> tuple[int, dict[str, str], bytes]:
    batch = {"endpoints": [{"args": {"requests": {"maxItems": most}}}]}
    return reply({"routes": {"/batch/v1": batch, "/wp/v2/posts": {"endpoints": [endpoint]}}})


def answers(*rows: object) -> tuple[int, dict[str, str], bytes]:
    return reply({"responses": rows}, 207)


def open_target(url: str) -> RestTarget:
    api = RestApi(f"{url}/wp-json/", "editor", "abcd efgh", patience=Patience(sleep=lambda _: None))
    root = ApiRoot(root=api.root, home=url, url=url, name="", authentication_available=True)
    return RestTarget(api, root)


def error(status: int, code: str = "no") -> dict[str, Any]:
    body = {"code": code, "message": "No.", "data": {"status": status}}
    return {"status": status, "headers": [], "body": body}


@pytest.mark.parametrize(
    ("announced", "size"),
    [
        pytest.param(index(), 25, id="as core has it"),
        pytest.param(index(100), 100, id="raised by a plugin"),
        pytest.param(index(endpoint={"methods": ["POST"]}), 1, id="not for posts"),
        pytest.param(index(endpoint={**BOTH, "methods": ["GET"]}), 1, id="not for writing"),
        pytest.param(reply({"routes": {}}), 1, id="no batches"),
        pytest.param(reply([]), 1, id="an index without routes"),
        pytest.param(reply({}, 401), 1, id="an index that is closed"),
    ],
)
def test_size_is_what_the_site_announces(serve: Serve, announced: object, size: int) -> None:
    """It is asked once, in an answer of some hundred bytes."""
    url, asked = serve(announced)
    target = open_target(url)

    sizes = [target.batch_size, target.batch_size]

    assert sizes == [size, size]
    assert len(asked) == 1


def test_each_item_is_read_as_a_single_answer(serve: Serve) -> None:
    """Made, refused, refused with a 500 that is WordPress's word, and in doubt."""
    rows = (
        MADE,
        error(400),
        error(500, "db_insert_error"),
        error(500, "internal_server_error"),
        error(401),
        {**MADE, "body": {"id": "x"}},
        None,
    )
    url, asked = serve(index(), answers(*rows))

    results = open_target(url).create_posts([{"title": "Rain"}] * 7)

    kinds = [SitePost, RejectedError, RejectedError, InDoubtError, UnauthorizedError]
    assert [type(one) for one in results] == [*kinds, InDoubtError, InDoubtError]
    sent = json.loads(asked[1][3])["requests"]
    assert [(one["method"], one["body"]) for one in sent] == [("POST", {"title": "Rain"})] * 7
    assert all(one["path"].startswith("/wp/v2/posts?_fields=id,slug,") for one in sent)


@pytest.mark.parametrize(
    ("answer", "kind", "size"),
    [
        pytest.param(None, InDoubtError, 4, id="cut"),
        pytest.param((502, {}, b""), InDoubtError, 4, id="bad gateway"),
        pytest.param((207, {}, b"<html>"), InDoubtError, 4, id="no JSON"),
        pytest.param(answers(MADE), InDoubtError, 4, id="too few"),
        pytest.param((503, {"Retry-After": "9"}, b""), UnreachableError, 4, id="maintenance"),
        pytest.param(reply({}, 401), UnauthorizedError, 4, id="no login"),
    ],
)
def test_lost_batch_is_lost_for_all_and_sent_once(
    serve: Serve, answer: object, kind: type[Exception], size: int
) -> None:
    """The next one is half as large."""
    url, asked = serve(index(8), answer, answer)
    target = open_target(url)

    results = target.create_posts([{"title": "Rain"}] * 8)

    assert {type(one) for one in results} == {kind}
    assert target.batch_size == size
    assert len(asked) == 2


def test_slow_batch_is_halved_and_quick_ones_grow_again(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody tells in advance that a request is cut by a time limit."""
    url, _ = serve(index(8), answers(*[MADE] * 8), answers(*[MADE] * 4))
    target = open_target(url)
    monkeypatch.setattr(rest_batch, "SLOW", 0)
    target.create_posts([{"title": "Rain"}] * 8)
    slow = target.batch_size
    monkeypatch.undo()

    target.create_posts([{"title": "Rain"}] * 4)

    assert (slow, target.batch_size) == (4, 8)


def test_batch_that_a_firewall_dislikes_goes_in_halves(serve: Serve) -> None:
    """One post's text is the reason: that one is refused alone."""
    refused = (406, {"Content-Type": "text/html"}, b"no")
    one, none = reply(POST, 201), (200, JSON | {"X-WP-TotalPages": "0"}, b"[]")
    half = (answers(MADE, MADE), refused, none, one, refused)
    url, asked = serve(index(4), refused, none, *half)

    results = open_target(url).create_posts([{"title": "Rain", "slug": f"r{n}"} for n in range(4)])

    assert [type(one) for one in results] == [SitePost] * 3 + [RejectedError]
    assert len(asked) == 8


@pytest.mark.parametrize("status", [408, 460, 499])
def test_batch_on_which_a_server_in_front_gave_up_is_not_sent_again(
    serve: Serve, status: int
) -> None:
    """WordPress may still be at it."""
    url, asked = serve(index(4), (status, {"Content-Type": "text/html"}, b"no"))

    results = open_target(url).create_posts([{"title": "Rain", "slug": f"r{n}"} for n in range(4)])

    assert len(asked) == 2
    assert not any(made_nothing(one) for one in results if isinstance(one, PublishError))
    assert all(isinstance(one, PublishError) for one in results)


def test_lists_in_addresses_stay_short(serve: Serve) -> None:
    """Servers refuse an address of 8,000 characters."""
    found = (200, JSON | {"X-WP-TotalPages": "1", "X-WP-Total": "0"}, b"[]")
    url, asked = serve(found)
    target = open_target(url)

    target.find_posts([f"{number:03}-{'a-long-title-' * 13}" for number in range(100)])
    target.find_posts(["%d0%bf" * 33] * 50)
    target.find_media([f"{'x' * 180}-{number}.jpg" for number in range(100)])
    target.search_posts(["слово" * 10] * 100)
    target.search_posts(["rain"], range(9_000_000, 9_000_500))

    assert max(len(path) for _, path, *_ in asked) < 8_000
    assert len(asked) > 10


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param({"mime_type": "text/html"}, id="another kind"),
        pytest.param({"media_details": {"filesize": 0}}, id="empty"),
    ],
)
def test_upload_that_is_no_picture_any_more_is_refused(serve: Serve, kept: object) -> None:
    """What the site says that it keeps is compared with what was sent."""
    whole = {"id": 7, "mime_type": "image/webp", "media_details": {"filesize": 9}}
    url, _ = serve(reply(whole, 201), reply({**whole, **kept}, 201))  # type: ignore[dict-item]
    target = open_target(url)
    upload = Upload(content=b"x", mime="image/png", name="a.png", sha256="")

    wp_id = target.upload(upload)

    assert wp_id == 7
    with pytest.raises(RejectedError, match=r"keeps a\.png as"):
        target.upload(upload)
