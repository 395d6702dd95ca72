"""Forty ways to take a feed over, of which none is published; forty honest moves pass unasked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import owners
import pytest
from owners import FEED, Issue, Piece, Watch

from wp_sync.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SPAM = "https://spam.example"
OURS = "https://www.harbour.example"
STRANGER = "https://stranger.example/rss"


def spam(count: int = 5, site: str = SPAM, text: str = owners.OTHER_ENGLISH) -> tuple[Piece, ...]:
    return tuple(
        Piece(
            guid=f"offer-{n}",
            title=f"Offer {n}",
            url=f"{site}/offer-{n}" if site else "",
            text=f"{text} {n}",
            author="admin",
        )
        for n in range(count)
    )


def mixed(watch: Watch, *pieces: Piece, days: float = 0, **values: Any) -> Issue:  # noqa: ANN401
    """Put pieces before the known articles, as who has an old copy of the feed can."""
    watch.go_on(days)
    old = watch.honest(new=0)
    return replace(old, pieces=(*pieces, *old.pieces)[:10], **values)


def altered(
    watch: Watch,
    change: Callable[[Piece], Piece],
    new: int = 0,
    **values: Any,  # noqa: ANN401
) -> Issue:
    issue = watch.honest(new=new)
    return replace(issue, pieces=tuple(map(change, issue.pieces)), **values)


def elsewhere(site: str) -> Callable[[Piece], Piece]:
    return lambda one: replace(one, url=one.url.replace(OURS, site))


def worded(text: str) -> Callable[[Piece], Piece]:
    return lambda one: replace(one, text=f"{text} {one.guid}")


def only(*pieces: Piece, days: float = 1, **values: Any) -> Callable[[Watch], Issue]:  # noqa: ANN401
    def script(watch: Watch) -> Issue:
        watch.go_on(days)
        return Issue(pieces=pieces, **values)

    return script


def own(text: str) -> tuple[Piece, ...]:
    """Write spam on the feed's own domain."""
    return spam(site=OURS, text=text)


CASINO = f"{owners.OTHER_ENGLISH} <a href='https://casino.example/'>Play</a>"
HTML = b"<!doctype html><html><head><title>Log in</title></head><body>Welcome</body></html>"

HIJACKS: dict[str, Callable[[Watch], Issue]] = {
    "spam, new title": only(*spam(), title="Best Offers", site=SPAM),
    "spam under the old title": only(*spam()),
    "one spam alone": only(*spam(1)),
    "spam linked by short links": only(*spam(site="https://bit.example")),
    "spam linked by number": only(*spam(site="http://203.0.113.7")),
    "a look-alike domain": only(*spam(site="https://www.harb0ur.example")),
    "a look-alike in other letters": only(*spam(site="https://xn--hrbour-5ua.example")),
    "another top level domain": only(*spam(site="https://www.harbour.test")),
    "the host's page: suspended": only(*spam(1, site="https://host.example"), title="Suspended"),
    "the domain is for sale": only(*spam(1, site="https://market.example"), title="For sale"),
    "own links, Spanish": only(*own(owners.SPANISH)),
    "own links, Indonesian": only(*own(owners.INDONESIAN)),
    "own links, Turkish": only(*own(owners.TURKISH)),
    "own links, Vietnamese": only(*own(owners.VIETNAMESE)),
    "own links, German": only(*own(owners.GERMAN)),
    "own links, Russian": only(*own(owners.RUSSIAN)),
    "own links, Chinese": only(*own(owners.CHINESE)),
    "own links, Arabic": only(*own(owners.ARABIC)),
    "no links at all, Russian": only(*spam(site="", text=owners.RUSSIAN)),
    "no links at all, new title": only(*spam(site="", text=CASINO), title="Best Offers"),
    "new owner, same domain, new title": only(*own(owners.OTHER_ENGLISH), title="Best Offers"),
    "new owner, same title, texts lead to a casino": only(*own(CASINO)),
    "another language declared": only(*own("12345"), language="tr"),
    "120 days of silence, then new articles alone": only(*own(owners.OTHER_ENGLISH), days=120),
    "two years of silence, then spam": only(*own(owners.OTHER_ENGLISH), days=730),
    "two years of silence, spam before known articles": lambda watch: mixed(
        watch, *own(owners.OTHER_ENGLISH), days=730
    ),
    "301 to a stranger": only(*spam(site="https://stranger.example"), location=STRANGER),
    "301 to a stranger who keeps our links": only(*own(owners.OTHER_ENGLISH), location=STRANGER),
    "301 to a stranger with one known article": lambda watch: replace(
        mixed(watch, *spam(9)), location=STRANGER
    ),
    "301 to a stranger with known articles, links to a third": lambda watch: mixed(
        watch, *spam(3), location=STRANGER
    ),
    "301 to a stranger with all articles, another title": lambda watch: altered(
        watch,
        elsewhere("https://stranger.example"),
        new=2,
        location=STRANGER,
        title="Stranger Things",
        site="https://stranger.example",
    ),
    "https becomes http": lambda watch: replace(
        watch.honest(), location=FEED.replace("https", "http")
    ),
    "https becomes http, and spam": only(*spam(), location=FEED.replace("https", "http")),
    "known ids, other articles": lambda watch: altered(
        watch, lambda one: replace(one, title=f"Buy {one.guid}", url=f"{SPAM}/{one.guid}")
    ),
    "known ids, other articles on the own domain": lambda watch: altered(
        watch,
        lambda one: replace(
            one, title=f"Buy {one.guid}", url=f"{OURS}/buy/{one.guid}", author="admin", text=CASINO
        ),
    ),
    "known ids and titles, links to a stranger": lambda watch: altered(
        watch, elsewhere("https://stranger.example"), new=1
    ),
    "known articles, texts in Indonesian": lambda watch: altered(watch, worded(owners.INDONESIAN)),
    "one spam before known articles": lambda watch: mixed(watch, *spam(1)),
    "three spams before known articles": lambda watch: mixed(watch, *spam(3)),
    "broken after the spam": only(*spam(), tail="<item><title>And"),
    "a captive portal": only(raw=HTML),
}


def pause(days: float, new: int) -> Callable[[Watch], Issue]:
    def script(watch: Watch) -> Issue:
        watch.go_on(days)
        return watch.honest(new=new)

    return script


def with_new(change: Callable[[Piece], Piece]) -> Callable[[Watch], Issue]:
    """Change the new articles alone."""

    def script(watch: Watch) -> Issue:
        issue = watch.honest(new=5)
        return replace(issue, pieces=(*map(change, issue.pieces[:5]), *issue.pieces[5:]))

    return script


def first_new(change: Callable[[Piece], Piece]) -> Callable[[Watch], Issue]:
    """Change one of five new articles."""

    def script(watch: Watch) -> Issue:
        issue = watch.honest(new=5)
        return replace(issue, pieces=(change(issue.pieces[0]), *issue.pieces[1:]))

    return script


def printed(**values: Any) -> Callable[[Watch], Issue]:  # noqa: ANN401
    """Change what stands around the articles."""
    return lambda watch: replace(watch.honest(new=2), **values)


def all_altered(change: Callable[[Piece], Piece], **values: Any) -> Callable[[Watch], Issue]:  # noqa: ANN401
    return lambda watch: altered(watch, change, new=2, **values)


def rekeyed(one: Piece) -> Piece:
    return replace(one, guid=f"{OURS}/?p={one.guid[5:]}")


def reshaped(one: Piece) -> Piece:
    return replace(rekeyed(one), url=f"{OURS}/news/{one.guid[5:]}.html")


def now_and_then(watch: Watch) -> Issue:
    """Link to others' articles, one of five at first, and then one alone."""
    for number in range(3):
        issue = watch.honest(new=5)
        first = replace(issue.pieces[0], url=f"https://other{number}.example/1")
        assert not watch.pull(replace(issue, pieces=(first, *issue.pieces[1:])))
        watch.go_on(5)
    issue = watch.honest()
    first = replace(issue.pieces[0], url="https://another.example/1")
    return replace(issue, pieces=(first, *issue.pieces[1:]))


NEW_HOME = "https://harbour-post.example"
MOVES: dict[str, Callable[[Watch], Issue]] = {
    "another day": printed(),
    "five new articles": pause(1, 5),
    "without www": printed(location="https://harbour.example/feed"),
    "another path": printed(location="https://www.harbour.example/rss.xml"),
    "a host of its own for feeds": printed(location="https://feeds.harbour.example/all"),
    "a port of its own": printed(location="https://www.harbour.example:8443/feed"),
    "through a CDN": printed(location="https://d1x.cloudfront.net/feed"),
    "through FeedBurner": printed(location="https://feeds.feedburner.com/harbour"),
    "links by FeedBurner": all_altered(elsewhere("http://feedproxy.google.com/~r/harbour")),
    "links by http": all_altered(elsewhere("http://www.harbour.example")),
    "links on a subdomain": all_altered(elsewhere("https://news.harbour.example")),
    "links that are counted": all_altered(
        lambda one: replace(one, url=f"{one.url}?utm_source=rss&utm_medium=feed")
    ),
    "links with slashes": all_altered(lambda one: replace(one, url=f"{one.url}/")),
    "a new CMS: new ids": all_altered(rekeyed),
    "a new CMS: new ids and addresses": all_altered(reshaped),
    "a new CMS: Atom": printed(format="atom"),
    "a new CMS: Atom and new ids": all_altered(rekeyed, format="atom"),
    "a new CMS, and a new name": all_altered(reshaped, title="Waterfront Daily"),
    "a new CMS: new articles have no author": with_new(lambda one: replace(one, author="")),
    "renamed": printed(title="Harbour News"),
    "renamed altogether": printed(title="Waterfront Daily"),
    "a motto behind the name": printed(title="The Harbour Post - all the news of the coast"),
    "the language with its country": printed(language="en-GB"),
    "no language declared": printed(language=""),
    "the wrong language declared": printed(language="de"),
    "a new author": with_new(lambda one: replace(one, author="Cy Young")),
    "one guest in French": first_new(
        lambda one: replace(
            one, text="Le pont est dans les mains des élus et une loi pour la ville est au vote."
        )
    ),
    "one article at the sister paper": first_new(
        lambda one: replace(one, url="https://sister.example/1")
    ),
    "articles elsewhere, now and then": now_and_then,
    "no text but the title": with_new(lambda one: replace(one, text="")),
    "a new footer": with_new(
        lambda one: replace(one, text=f"{one.text} <a href='https://bsky.app/us'>Follow us</a>")
    ),
    "an event that all write about": with_new(
        lambda one: replace(one, text=f"{one.text} <a href='https://games.example/'>Games</a>")
    ),
    "corrected articles": all_altered(worded(owners.ENGLISH)),
    "corrected titles": all_altered(lambda one: replace(one, title=f"{one.title} (updated)")),
    "ten days without us": pause(10, 10),
    "sixty days without us": pause(60, 60),
    "a long summer": pause(100, 3),
    "a new domain, announced, links too": all_altered(
        elsewhere(NEW_HOME), location=f"{NEW_HOME}/feed", site=NEW_HOME
    ),
    "a new domain, announced, links as before": printed(location=f"{NEW_HOME}/feed"),
    "a new country's domain, announced": all_altered(
        elsewhere("https://www.harbour.co.uk"),
        location="https://www.harbour.co.uk/feed",
        site="https://www.harbour.co.uk/",
    ),
    "a new domain, announced, new ids": all_altered(
        lambda one: elsewhere(NEW_HOME)(rekeyed(one)), location=f"{NEW_HOME}/feed", site=NEW_HOME
    ),
    "a new domain and a new name at once": all_altered(
        elsewhere(NEW_HOME), location=f"{NEW_HOME}/feed", site=NEW_HOME, title="Waterfront Daily"
    ),
}
ASKED = frozenset({"a new domain and a new name at once"})  # looks like a stranger with a copy


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Let forty honest days be learned, once."""
    place = tmp_path_factory.mktemp("lived")
    with open_ledger("sqlite:///l.db", place, clock=lambda: owners.START) as ledger:
        Watch(ledger).live()
    return (place / "l.db").read_bytes()


@pytest.fixture
def watch(lived: bytes, tmp_path: Path) -> Iterator[Watch]:
    (tmp_path / "l.db").write_bytes(lived)
    with open_ledger("sqlite:///l.db", tmp_path, clock=lambda: owners.START) as ledger:
        watch = Watch(ledger, number=40)
        watch.go_on(40)
        assert not ledger.health.held(FEED)
        yield watch


@pytest.mark.parametrize("script", HIJACKS)
def test_who_took_a_feed_over_is_not_published(script: str, watch: Watch) -> None:
    """Not that day, nor on the days after, until a person says so."""
    watch.passed.clear()

    issue = HIJACKS[script](watch)
    held = watch.pull(issue)
    watch.go_on(1)
    later = watch.pull(replace(issue, pieces=(*issue.pieces, *spam(1, OURS, owners.ENGLISH))))

    assert held
    assert later or issue.raw
    assert not watch.passed or issue.raw


@pytest.mark.parametrize("script", MOVES)
def test_an_honest_move_passes_unasked(script: str, watch: Watch) -> None:
    """And goes on to: what it changed is known from then on."""
    watch.go_on(1)

    issue = MOVES[script](watch)
    held = watch.pull(issue)

    assert held == (script in ASKED), watch.ledger.health.held(FEED)
