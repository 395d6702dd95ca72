"""Intents are as young as the request that may land, however long it waited before it left."""

from __future__ import annotations

import json
import xmlrpc.client
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from office import NOON, MoodySite, Office, make_post
from stored import stored_row

from wp_sync.errors import LedgerError
from wp_sync.model import Upload
from wp_sync.publish.apply import apply_plan
from wp_sync.publish.attempts import about_to_send, told_before
from wp_sync.publish.discovery import ApiRoot
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience
from wp_sync.publish.xmlrpc_api import XmlRpcApi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wp_sync.model import SitePost
    from wp_sync.publish.journal import Begun, Journal

    Serve = Callable[..., tuple[str, list[Any]]]

POST = make_post()
KILL = LedgerError("the run ends here")
BUSY = (429, {"Retry-After": "60"}, b"")
JSON = {"Content-Type": "application/json"}
MADE = stored_row()
NONE = (200, JSON | {"X-WP-TotalPages": "0", "X-WP-Total": "0"}, b"[]")
LATE = timedelta(minutes=10)


def wait_long(office: Office) -> None:
    """Let a request wait before it leaves."""
    office.now += LATE


def test_create_that_waited_rests_from_when_it_left(office: Office) -> None:
    """Killed after that, the next run must not look for the post before it is settled."""
    office.site.watchers["create_post"] = lambda: wait_long(office)
    office.site.fail("create_post", KILL, after=True)

    with pytest.raises(LedgerError):
        office.run(POST)

    assert [intent.begun for intent in office.intents] == [NOON + LATE]
    assert office.run(POST)[0].status == "held"


def test_upload_that_waited_rests_from_when_it_left(office: Office) -> None:
    """Else the same picture would be sent once more while the first one lands."""
    upload = office.files([POST])[POST.key][0]
    assert upload
    office.site.watchers["upload"] = lambda: wait_long(office)
    office.site.fail("upload", KILL)
    office.site.fail("upload", KILL, after=True)
    with pytest.raises(LedgerError):
        office.run(POST)
    before = office.journal.upload_age(upload)

    with pytest.raises(LedgerError):
        office.run(POST)

    assert before == LATE  # it never left
    assert office.journal.upload_age(upload) == timedelta()


def test_every_attempt_over_rest_is_told(serve: Serve) -> None:
    """After each pause that the site asked for, right before the request; reads are none."""
    made = (201, JSON, dump(MADE))
    url, asked = serve((200, JSON, b'{"routes": {}}'), BUSY, NONE, BUSY, NONE, made)
    waits: list[float] = []
    seen: list[tuple[int, int]] = []
    target = open_target(url, waits)

    with told_before(lambda: seen.append((len(waits), len(asked)))):
        assert target.batch_size == 1
        target.create_posts([{"title": "Rain", "slug": "rain"}])

    assert seen == [(0, 1), (1, 3), (2, 5)]


def test_every_attempt_of_an_upload_is_told(serve: Serve) -> None:
    """A 429 with Retry-After makes it land minutes later."""
    made = {"id": 9, "mime_type": "image/png", "media_details": {"filesize": 3}}
    url, asked = serve(BUSY, NONE, BUSY, NONE, BUSY, NONE, (201, JSON, dump(made)))
    seen: list[int] = []

    with told_before(lambda: seen.append(len(asked))):
        open_target(url, []).upload(
            Upload(content=b"abc", mime="image/png", name="a.png", sha256="a")
        )

    assert seen == [0, 2, 4, 6]


def test_every_attempt_over_xmlrpc_is_told(serve: Serve) -> None:
    """It has one connection always, and waits as long."""
    from wordpress_xmlrpc.methods.posts import DeletePost

    methods = xmlrpc.client.dumps((["wp.deletePost"],), methodresponse=True).encode()
    done = xmlrpc.client.dumps((True,), methodresponse=True).encode()
    url, asked = serve((200, {}, methods), BUSY, BUSY, (200, {}, done))
    api = XmlRpcApi(f"{url}/xmlrpc.php", "editor", "abcd", patience=patient([]))
    seen: list[int] = []

    with told_before(lambda: seen.append(len(asked))):
        api.write(DeletePost(7))

    assert seen == [1, 2, 3]


def test_who_refuses_keeps_a_request_from_leaving(serve: Serve) -> None:
    """The ledger can't be written, or the run has ended."""
    url, asked = serve((201, JSON, dump(MADE)))

    def refuse() -> None:
        raise KILL

    with told_before(refuse), pytest.raises(LedgerError):
        open_target(url, []).create_post({"title": "Rain"})

    assert asked == []


class SlowSite(MoodySite):
    """A site that takes its time for a post, until it is let go."""

    def __init__(self, connections: int) -> None:
        super().__init__()
        self._connections = connections
        self.go = Event()

    @property
    def connections(self) -> int:
        return self._connections

    def create_post(self, values: Mapping[str, Any]) -> SitePost:
        about_to_send()
        self.go.wait(60)
        return super().create_post(values)


class CountingJournal:
    """A journal that lets the site go once each intent was renewed while it was under way."""

    def __init__(self, journal: Journal, site: SlowSite) -> None:
        self._journal, self._site = journal, site
        self.begun: Counter[str] = Counter()

    def begin(self, *begun: Begun) -> None:
        self._journal.begin(*begun)
        self.begun.update(one.post.key.guid for one in begun)
        # Before it is sent, when it is sent, and meanwhile.
        if len(self.begun) == self._site.connections and min(self.begun.values()) > 2:
            self._site.go.set()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._journal, name)


@pytest.mark.parametrize("connections", [1, 2])
def test_intents_stay_young_while_the_site_takes_its_time(tmp_path: Path, connections: int) -> None:
    """Killed in the midst, the next run must wait for what a slow server may still make."""
    site = SlowSite(connections)
    office = Office(tmp_path, site=site)
    posts = [make_post(number, pictures=()) for number in range(1, connections + 1)]
    plan, state = office.plan(*posts)
    state = replace(state, settle=timedelta(seconds=0.1))
    journal = CountingJournal(office.journal, site)

    outcomes = list(apply_plan(plan, site, journal, office.files, state))
    office.ledger.close()

    assert site.go.is_set()
    assert min(journal.begun.values()) > 2
    assert [one.status for one in outcomes] == ["created"] * connections


def dump(data: object) -> bytes:
    return json.dumps(data).encode()


def patient(waits: list[float]) -> Patience:
    return Patience(sleep=waits.append)


def open_target(url: str, waits: list[float]) -> RestTarget:
    api = RestApi(f"{url}/wp-json/", "editor", "abcd efgh", patience=patient(waits))
    root = ApiRoot(root=api.root, home=url, url=url, name="", authentication_available=True)
    return RestTarget(api, root)
