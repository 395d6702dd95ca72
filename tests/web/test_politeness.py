"""What servers see of our manners: spaced requests, one connection, rest when they ask for it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from scripted import answer
from town import clock, hasty, lead_to

from wp_sync.errors import DisallowedError, NetworkError, RestingError, StatusError
from wp_sync.web import MOST_NAMES, Politeness, WebSession, fresh_for

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

AGENT = "wp-sync/1 (+editor@example.test; feeds=1)"
Times = list[tuple[float, str]]


@pytest.fixture
def polite() -> Iterator[WebSession]:
    """Give a polite session, in a time that runs faster."""
    with WebSession(user_agent=AGENT, polite=hasty()) as session:
        yield session


def host_in(head: bytes) -> str:
    return next(line[6:] for line in head.decode().split("\r\n") if line.startswith("Host: "))


def path_in(head: bytes) -> str:
    return head.split()[1].decode()


@pytest.fixture
def seen(start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Start a server that all names lead to."""
    seen = Seen()
    seen.server = start(seen.script)
    lead_to(seen.server.port, monkeypatch)
    return seen


class Seen:
    """A server's view: when what came; and what it answers, by path."""

    server: Any

    def __init__(self) -> None:
        self.times: Times = []
        self.at_once: list[int] = []
        self.replies: dict[str, Callable[..., None]] = {}
        self._open = 0
        self._lock = threading.Lock()

    def script(self, connection: socket.socket, head: bytes) -> None:
        with self._lock:
            self._open += 1
            self.at_once.append(self._open)
            self.times.append((clock(), host_in(head) + path_in(head)))
        with self._lock:
            self._open -= 1
        self.replies.get(path_in(head), answer(b"ok"))(connection, head)

    @property
    def asked(self) -> list[str]:
        return [address for _, address in self.times]

    @property
    def gaps(self) -> list[float]:
        times = [at for at, _ in self.times]
        return [after - before for before, after in pairwise(times)]


def test_a_hosts_requests_are_spaced_and_share_a_connection(seen: Seen, polite: WebSession) -> None:
    """From eight threads: one by one, a second apart, one handshake (E24, E25)."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: polite.get(f"http://a.test/{n}", purpose="feed"), range(5)))

    assert len(seen.asked) == 5
    assert min(seen.gaps) >= 1
    assert max(seen.at_once) == 1
    assert seen.server.connections == 1


def test_pages_are_spaced_wider(seen: Seen, polite: WebSession) -> None:
    """Two seconds between pages and pictures, also after another kind of request (E24)."""
    seen.replies["/robots.txt"] = answer(status="404 x")
    for purpose in ("page", "picture", "feed", "page"):
        polite.get(f"http://a.test/{purpose}", purpose=purpose)

    robots_to_page, to_picture, to_feed, to_page = seen.gaps
    assert min(robots_to_page, to_picture, to_page) >= 2
    assert to_feed >= 1


def test_another_host_is_not_delayed(seen: Seen, polite: WebSession) -> None:
    """Each has its own turns: while one is answering, the other is asked."""
    inside, go_on = threading.Event(), threading.Event()

    def slow(connection: socket.socket, head: bytes) -> None:
        inside.set()
        go_on.wait(10)
        answer(b"slow")(connection, head)

    seen.replies["/slow"] = slow
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(polite.get, "http://slow.test/slow", purpose="feed")
        assert inside.wait(10)
        assert polite.get("http://quick.test/", purpose="feed").body == b"ok"
        assert not first.done()
        go_on.set()
        assert first.result().body == b"slow"


def test_many_names_at_one_address_are_one_host(seen: Seen, polite: WebSession) -> None:
    """Twenty blogs of one machine are twenty hosts; one more, and they are one (E24)."""
    assert polite.polite
    names = [f"n{number}.test" for number in range(MOST_NAMES + 1)]
    for name in names[:-1]:
        polite.polite.learn(name, "203.0.113.1")
    assert polite.polite.place(f"http://{names[0]}/") == names[0]
    polite.polite.learn(names[-1], "203.0.113.1")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: polite.get(f"http://{name}/", purpose="feed"), names[:4]))

    assert min(seen.gaps) >= 1


def test_a_private_host_is_the_owners_and_is_not_spaced(
    start: Callable[..., Any],
) -> None:
    """Nothing rests or waits there, and no robots.txt is asked for."""
    waits: list[float] = []
    server = start(answer(b"ok"))
    with WebSession(user_agent=AGENT, polite=Politeness(wait=waits.append)) as web:
        for _ in range(3):
            web.get(server.url, allow_private=server.allowed)

    assert waits == []
    assert [path_in(head) for head in server.heads] == ["/"] * 3


def test_too_many_requests_gives_the_whole_host_rest(seen: Seen, polite: WebSession) -> None:
    """Retry-After of a 429 binds all of the host, and no other (E12)."""
    seen.replies["/a"] = answer(status="429 x", headers="Retry-After: 7200\r\n")
    with pytest.raises(NetworkError):
        polite.get("http://a.test/a", purpose="feed")

    with pytest.raises(RestingError, match=r"a\.test is to be left alone until"):
        polite.get("http://a.test/b", purpose="feed")
    polite.get("http://b.test/b", purpose="feed")

    assert seen.asked == ["a.test/a", "b.test/b"]
    assert polite.polite
    (rest,) = polite.polite.take_news()
    assert (rest.host, rest.asked, rest.refusals) == ("a.test", True, 0)


def test_whoever_waits_for_a_turn_heeds_the_rest_too(seen: Seen, polite: WebSession) -> None:
    """Another feed may be led to the host by a redirect, and wait, when the host says enough."""
    asked, go = threading.Event(), threading.Event()

    def refuse(connection: socket.socket, head: bytes) -> None:
        asked.set()
        go.wait(10)
        answer(status="429 x", headers="Retry-After: 3600\r\n")(connection, head)

    seen.replies["/one"] = refuse
    seen.replies["/two"] = answer(status="302 x", headers="Location: http://a.test/three\r\n")
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(polite.get, "http://a.test/one", purpose="feed")
        asked.wait(10)
        two = threads.submit(polite.get, "http://b.test/two", purpose="feed")
        while "b.test/two" not in seen.asked:
            threading.Event().wait(0.01)
        threading.Event().wait(0.3)  # until it waits for its turn at the other host
        go.set()
        with pytest.raises(NetworkError):
            one.result()
        with pytest.raises(RestingError):
            two.result()
    assert "a.test/three" not in seen.asked


def test_overload_with_a_time_concerns_the_feed_alone(seen: Seen, polite: WebSession) -> None:
    """Retry-After of a 503 leaves the host's other feeds as they are (E12)."""
    seen.replies["/a"] = answer(status="503 x", headers="Retry-After: 7200\r\n")
    with pytest.raises(NetworkError):
        polite.get("http://a.test/a", purpose="feed")

    assert polite.get("http://a.test/b", purpose="feed").status == 200


@pytest.mark.parametrize("status", ["429", "503"])
def test_refusals_without_a_time_double_the_rest(
    seen: Seen, polite: WebSession, status: str
) -> None:
    """One hour, two, four; a success, and it begins anew (E13)."""
    seen.replies["/a"] = answer(status=f"{status} x")
    manners = polite.polite
    assert manners
    hours = []
    for _ in range(7):
        with pytest.raises(NetworkError):
            polite.get("http://a.test/a", purpose="feed")
        (rest,) = manners.take_news()
        assert rest.until
        assert not rest.asked
        hours.append(round((rest.until - manners._now()).total_seconds() / 3_600))  # noqa: SLF001
        manners._rests[rest.host] = type(rest)(host=rest.host, refusals=rest.refusals)  # noqa: SLF001

    polite.get("http://a.test/b", purpose="feed")

    assert hours == [1, 2, 4, 8, 16, 24, 24]
    assert [(one.refusals, one.until) for one in manners.take_news()] == [(0, None)]


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        (("301",), True),
        (("308", "301"), True),
        (("302",), False),
        (("303",), False),
        (("307",), False),
        (("301", "302"), False),
        (("302", "301"), False),
    ],
)
def test_only_permanent_redirects_tell_of_a_move(
    seen: Seen, polite: WebSession, statuses: tuple[str, ...], *, moved: bool
) -> None:
    """One temporary hop, and where it ends is for today (E16, E17)."""
    for number, status in enumerate(statuses):
        target = f"Location: http://b.test/{number + 1}\r\n"
        seen.replies[f"/{number}"] = answer(status=f"{status} x", headers=target)

    reply = polite.get("http://a.test/0", purpose="feed")

    assert reply.url == f"http://b.test/{len(statuses)}"
    assert reply.moved_to == (reply.url if moved else "")


def test_robots_txt_is_for_pages_and_pictures(seen: Seen, polite: WebSession) -> None:
    """A person entered the feed's address; asked once, and what it forbids is not asked (E27)."""
    rules = b"User-agent: wp-sync\nDisallow: /private\nCrawl-delay: 4\n"
    seen.replies["/robots.txt"] = answer(rules)

    polite.get("http://a.test/private/feed", purpose="feed")
    polite.get("http://a.test/page", purpose="page")
    polite.get("http://a.test/picture", purpose="picture")
    for purpose in ("page", "picture"):
        with pytest.raises(DisallowedError, match=r"robots\.txt keeps programmes out"):
            polite.get("http://a.test/private/page", purpose=purpose)

    paths = [address.removeprefix("a.test") for address in seen.asked]
    assert paths == ["/private/feed", "/robots.txt", "/page", "/picture"]
    assert min(seen.gaps[1:]) >= 4


@pytest.mark.parametrize(
    ("status", "allowed"), [("404", True), ("403", True), ("500", False), ("503", False)]
)
def test_no_robots_txt_allows_all_and_a_broken_one_nothing(
    seen: Seen, polite: WebSession, status: str, *, allowed: bool
) -> None:
    """4xx: there is none; 5xx: nobody knows, and later is soon enough (E27)."""
    seen.replies["/robots.txt"] = answer(status=f"{status} x")
    if allowed:
        assert polite.get("http://a.test/page").body == b"ok"
        return
    with pytest.raises(NetworkError, match="not asked"):
        polite.get("http://a.test/page")
    assert seen.asked == ["a.test/robots.txt"]


def test_a_redirect_to_what_is_forbidden_ends_there(seen: Seen, polite: WebSession) -> None:
    """Each hop is asked for by its own robots.txt (E27)."""
    seen.replies["/a"] = answer(status="302 x", headers="Location: http://b.test/no\r\n")
    seen.replies["/robots.txt"] = answer(b"User-agent: *\nDisallow: /no\n")

    with pytest.raises(DisallowedError):
        polite.get("http://a.test/a")
    assert seen.asked == ["a.test/robots.txt", "a.test/a", "b.test/robots.txt"]


def test_robots_txt_is_cut_and_not_refused_when_it_is_long(seen: Seen, polite: WebSession) -> None:
    """500 kB are read; what stands behind them says nothing (E27)."""
    first = b"User-agent: *\nDisallow: /no\n"
    seen.replies["/robots.txt"] = answer(first + b"#" * 600_000 + b"\nDisallow: /\n")

    polite.get("http://a.test/yes")
    with pytest.raises(DisallowedError):
        polite.get("http://a.test/no")


def test_feeds_may_be_put_under_robots_txt_too(seen: Seen) -> None:
    """A switch, for who wants it (E27)."""
    seen.replies["/robots.txt"] = answer(b"User-agent: *\nDisallow: /\n")
    with (
        WebSession(user_agent=AGENT, polite=hasty(), feeds_too=True) as web,
        pytest.raises(DisallowedError),
    ):
        web.get("http://a.test/feed", purpose="feed")


def test_requests_are_plain_gets(seen: Seen, polite: WebSession) -> None:
    """No HEAD, no Range, gzip alone, nothing added to the address (E21, E22, E28)."""
    seen.replies["/gone"] = answer(status="404 x")
    seen.replies["/robots.txt"] = answer(status="404 x")
    polite.get("http://a.test/feed#part", purpose="feed")
    with pytest.raises(StatusError):
        polite.get("http://a.test/gone", purpose="picture")

    heads = [head.decode().lower() for head in seen.server.heads]
    assert all(head.startswith("get /") for head in heads)
    assert all("accept-encoding: gzip\r\n" in head for head in heads)
    sent = "".join(heads)
    assert not any(word in sent for word in ("range:", "cookie", "referer", "?", "#", "a-im"))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "9000"}, 0),
        ({"cache-control": "max-age=600, s-maxage=9"}, 600),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=600, no-cache"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"expires": "Fri, 01 May 2026 11:00:00 GMT"}, 3_600),
        ({"expires": "Fri, 01 May 2026 11:00:00 GMT", "cache-control": "max-age=60"}, 60),
        ({"expires": "Fri, 01 May 2026 09:00:00 GMT"}, 0),
        ({"expires": "0"}, None),
        ({}, None),
    ],
)
def test_cache_headers_say_how_long_an_answer_is_fresh(
    headers: dict[str, str], seconds: float | None
) -> None:
    """max-age beats Expires, Age is taken off, s-maxage is for others (E10)."""
    assert fresh_for({"date": "Fri, 01 May 2026 10:00:00 GMT", **headers}) == seconds
