"""What is made to exhaust its reader: one feed that fails by name, and the next one is read."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from wp_sync.errors import FeedError, ParseError
from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wp_sync.model import Pull

SECRET = "nobody may read this"  # noqa: S105 (to be looked for)


def rss(entry: str = "", dtd: str = "", title: str = "News") -> str:
    return (
        f'<?xml version="1.0"?>{dtd}<rss version="2.0"><channel><title>{title}</title>'
        f"<item><guid>1</guid><title>Ferry</title>{entry}</item></channel></rss>"
    )


def with_entities(declared: str, used: str) -> str:
    return rss(f"<description>{used}</description>", f"<!DOCTYPE rss [{declared}]>")


def chain(*names: str) -> str:
    """Declare entities of which each is ten of the one before."""
    pairs = pairwise(names)
    more = "".join(f'<!ENTITY {one} "{f"&{before};" * 10}">' for before, one in pairs)
    return f'<!ENTITY {names[0]} "lollollollol">{more}'


ATTRIBUTES = " ".join(map('a{}="1"'.format, range(100_000)))
ENTITY, COMPLEX = "is an entity bomb", "is too complex"
BOMBS = {
    "entities in entities": (with_entities(chain(*"abcdefghij"), "&j;"), ENTITY),
    "entities in the title": (
        rss(dtd=f"<!DOCTYPE rss [{chain(*'abcdefghij')}]>", title="&j;"),
        ENTITY,
    ),
    "one large entity": (with_entities(f'<!ENTITY a "{"x" * 50_000}">', "&a;" * 20_000), ENTITY),
    "an entity in itself": (with_entities('<!ENTITY a "&b;x"><!ENTITY b "&a;y">', "&a;"), ENTITY),
    "a long chain": (
        with_entities(
            "".join(f"<!ENTITY e{n} '&e{n + 1};&e{n + 1};'>" for n in range(5_000)), "&e0;"
        ),
        ENTITY,
    ),
    "100,000 levels": (rss("<x>" * 100_000 + "</x>" * 100_000), f"{COMPLEX}: its tags are nested"),
    "100,000 levels, open": (rss("<x>" * 100_000), f"{COMPLEX}: its tags are nested"),
    "100,000 attributes": (
        rss(f"<x {ATTRIBUTES}/>"),
        f"{COMPLEX}: one tag has 100,000 attributes",
    ),
    "an author of 200 kB": (rss(f"<author>{'a' * 200_000}</author>"), f"{COMPLEX}: the name"),
    "an author in CDATA": (
        rss(f"<author><![CDATA[{'a' * 200_000}]]></author>"),
        f"{COMPLEX}: the name",
    ),
    "JSON, 100,000 levels": (
        f'{{"version":"https://jsonfeed.org/version/1.1","items":{"[" * 100_000}',
        f"{COMPLEX}: it is nested too deep",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_fails_by_name(read: Callable[..., Pull], name: str) -> None:
    """Refused before a parser sees it: no memory and no time is lost."""
    feed, words = BOMBS[name]

    with pytest.raises(ParseError, match=words):
        read(feed)
    assert len(read(rss()).items) == 1


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        pytest.param(
            "<x " + "a" * 9_000_000, "more than 512 MB|more than 1 s", id="a tag without an end"
        ),
        pytest.param(
            f"<description>{'&' * 800_000}", "took more than 1 s of CPU", id="a slow way of errors"
        ),
    ],
)
def test_what_is_not_foreseen_ends_at_the_limits(
    read: Callable[..., Pull], monkeypatch: pytest.MonkeyPatch, entry: str, words: str
) -> None:
    """The child ends, this feed fails, and it is said at which limit."""
    monkeypatch.setattr("wp_sync.sources.pull._CPU_SECONDS", 1)
    monkeypatch.setattr("wp_sync.confine.confinement._BUSY_MACHINE", 200)  # not at the clock's

    with pytest.raises(ParseError, match=words):
        read(rss(entry))


def test_large_feeds_are_read_up_to_their_limits(read: Callable[..., Pull]) -> None:
    """50,000 items: the first 2,000, and a word; a title of 9 MB: a megabyte; 20 MB: refused."""
    item = "<item><guid>{}</guid><title>t</title></item>"
    many = read(rss().replace("<item>", "".join(map(item.format, range(2, 50_000))) + "<item>"))
    long = read(rss().replace("Ferry", "t" * 9_000_000))

    assert len(many.items) == 2_000
    assert "more than 2,000 entries" in many.notes[0]
    assert len(long.items[0].title) == 1_000_000
    with pytest.raises(FeedError, match="larger than 10,000,000 bytes"):
        read(rss(title="t" * 20_000_000))


def test_deep_markup_in_a_text_is_only_text(read: Callable[..., Pull]) -> None:
    """The feed is read; the article's own cleaning has limits of its own."""
    (item,) = read(rss(f"<description><![CDATA[{'<div>' * 100_000}rain]]></description>")).items

    assert item.summary_html.startswith("<div><div>")


def test_long_inline_picture_is_no_bomb(read: Callable[..., Pull]) -> None:
    """A tag of half a megabyte may be a picture."""
    picture = f'<img alt="rain" src="data:image/png;base64,{"A" * 500_000}">'

    (item,) = read(rss(f"<description><![CDATA[{picture}]]></description>")).items

    assert len(item.summary_html) > 500_000


def test_few_entities_of_a_feed_are_read(read: Callable[..., Pull]) -> None:
    """A DTD is no crime."""
    (item,) = read(with_entities('<!ENTITY town "Ottawa">', "Rain in &town;.")).items

    assert plain_text(item.summary_html) == "Rain in Ottawa."


@pytest.mark.parametrize("kind", ["general", "parameter", "doctype"])
@pytest.mark.parametrize("place", ["file", "address"])
def test_entities_and_dtds_elsewhere_are_not_fetched(
    put: Callable[..., str],
    pull: Callable[..., Pull],
    asked: list[tuple[str, dict[str, str]]],
    tmp_path: Path,
    kind: str,
    place: str,
) -> None:
    """Neither a file of this machine nor a server in its network is opened."""
    secret = tmp_path / "secret"
    secret.write_text(f'<!ENTITY a "{SECRET}">' if kind != "general" else SECRET)
    there = secret.as_uri() if place == "file" else put("/secret", secret.read_bytes())
    dtd = {
        "general": f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{there}">]>',
        "parameter": f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{there}"> %p;]>',
        "doctype": f'<!DOCTYPE rss SYSTEM "{there}">',
    }[kind]

    answer = pull(put("/feed", rss("<description>[&a;]</description>", dtd).encode()))

    assert SECRET not in str(answer)
    assert [path for path, _ in asked] == ["/feed"]
