"""The connections to a site: nothing is repeated behind our back, and all keep a pause."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from requests.adapters import HTTPAdapter

from wp_sync.errors import UnreachableError
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience

if TYPE_CHECKING:
    from collections.abc import Callable

    Serve = Callable[..., tuple[str, list[Any]]]

OK = (200, {"Content-Type": "application/json"}, b'{"id": 7}')


def connect(url: str, waits: list[float]) -> RestApi:
    return RestApi(f"{url}/wp-json/", "editor", "abcd efgh", patience=Patience(sleep=waits.append))


def test_no_connection_repeats_by_itself(serve: Serve) -> None:
    """What may be repeated is decided here, and not in urllib3."""
    url, _ = serve(OK)
    api = connect(url, [])
    api.get("wp/v2/posts/7")

    with api._sessions.lend(5) as session:  # noqa: SLF001 (no answer tells it)
        adapter = session.get_adapter(url)

    assert isinstance(adapter, HTTPAdapter)
    assert (adapter.max_retries.total, adapter.max_retries.read) == (0, False)


def test_pause_of_one_answer_is_kept_by_the_next_request(serve: Serve) -> None:
    """A write is not repeated after 503, and whatever else is asked waits as told."""
    url, _ = serve((503, {"Retry-After": "9"}, b""), OK)
    waits: list[float] = []
    api = connect(url, waits)

    with pytest.raises(UnreachableError):
        api.write("POST", "wp/v2/posts", json={"title": "Rain"})
    api.get("wp/v2/posts")

    assert [round(wait) for wait in waits] == [9]


def test_headers_that_drip_end_in_time() -> None:
    """A time-out of each read would never pass: a byte comes in time, and another one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        sent: list[bytes] = []
        dripping = threading.Thread(target=_drip, args=(server, sent), daemon=True)
        dripping.start()
        patience = Patience(read=60, total=2, attempts=1)
        api = RestApi(f"http://127.0.0.1:{server.getsockname()[1]}/", patience=patience)
        with pytest.raises(UnreachableError, match="the time ran out"):
            api.get("wp/v2/posts")
        dripping.join(60)

    assert len(sent) > 1  # reads that each came in time
    assert not dripping.is_alive()  # we hung up; the server never would


def _drip(server: socket.socket, sent: list[bytes]) -> None:
    """Send byte after byte until the other side has hung up."""
    wire, _ = server.accept()
    with wire, suppress(OSError):
        wire.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            wire.sendall(b"a")
            sent.append(b"a")
            time.sleep(0.02)
