"""add: from a site's or a feed's address to one more source that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from press import Story, rss
from terminal import open_terminal

from wp_sync.config import load_config

if TYPE_CHECKING:
    from pathlib import Path

    from desk import Answer, Desk
    from press import Kiosk

    from wp_sync.config.channels import Source

HTML = "text/html; charset=utf-8"


@pytest.fixture
def office(tmp_path: Path) -> Desk:
    """Sit down at a desk whose site nobody asks for."""
    from desk import Desk

    desk = Desk(directory=tmp_path, site="http://127.0.0.1:9")
    desk.write("# sources: none yet")
    return desk


def sources_of(desk: Desk) -> tuple[Source, ...]:
    return load_config(desk.directory / "config.toml").sources


def text_of(desk: Desk) -> str:
    return (desk.directory / "config.toml").read_text()


def page(*links: str) -> str:
    head = "".join(f'<link rel="alternate" type="application/rss+xml" {link}>' for link in links)
    return f"<!doctype html><head><title>A site</title>{head}</head><body>Hello"


def add(desk: Desk, address: str, *flags: str) -> Answer:
    return desk.run("add", address, *flags)


def test_a_site_leads_to_its_feed(office: Desk, kiosk: Kiosk) -> None:
    """Not to that of its comments; name, feed, items and the next command are told."""
    feed = kiosk.put("/feed/", rss(Story(number=1), Story(number=2), title="The &amp; Paper"))
    links = ('title="Comments" href="/comments/feed/"', 'title="Paper" href="/feed/"')
    site = kiosk.put("/", page(*links), HTML)
    before = text_of(office)

    answer = add(office, site)

    (source,) = sources_of(office)
    assert answer.code == 0, answer.err
    assert f"The & Paper, 2 items, at {feed}" in answer.out
    assert "Next: wp-sync plan --source 'The & Paper'" in answer.out
    assert f"open to it: {kiosk.place}" in answer.out
    assert "comments" not in answer.out
    assert answer.out.splitlines()[-1].startswith("Next:")
    assert (source.name, source.feeds, source.to) == ("The & Paper", (feed,), ("news",))
    assert source.rights == "excerpt"
    assert source.allow_private == (kiosk.place,)
    assert text_of(office).startswith(before.rstrip())
    assert kiosk.asked == ["/", "/feed/"]


def test_a_feed_is_read_once(office: Desk, kiosk: Kiosk) -> None:
    """What came is used."""
    answer = add(office, kiosk.put("/feed.xml", rss(Story(number=1))))

    assert answer.code == 0
    assert kiosk.asked == ["/feed.xml"]


def test_without_a_link_the_usual_places_are_tried(office: Desk, kiosk: Kiosk) -> None:
    """In order, each once, until one is a feed; a page that says 200 is none."""
    site = kiosk.put("/blog/", page(), HTML)
    kiosk.put("/feed/", page(), HTML)
    feed = kiosk.put("/rss.xml", rss(Story(number=1)))
    kiosk.put("/atom.xml", rss(Story(number=1)))

    answer = add(office, site)

    assert answer.code == 0
    assert sources_of(office)[0].feeds == (feed,)
    assert kiosk.asked == ["/blog/", "/blog/feed/", "/feed/", "/rss.xml"]


def test_a_site_without_a_feed_changes_nothing(office: Desk, kiosk: Kiosk) -> None:
    """Few places are asked; exit 1 with what to do."""
    before = text_of(office)

    answer = add(office, kiosk.put("/", page(), HTML))

    assert answer.code == 1
    assert "names no feed" in answer.err
    assert "RSS link" in answer.err
    assert len(kiosk.asked) <= 8
    assert text_of(office) == before


def test_a_site_that_asks_for_rest_is_left_alone(office: Desk, kiosk: Kiosk) -> None:
    """At the first 429 nothing more is tried."""
    kiosk.put("/feed/", "", HTML, status=429)

    answer = add(office, kiosk.put("/", page(), HTML))

    assert answer.code == 1
    assert kiosk.asked == ["/", "/feed/"]


def test_on_a_terminal_it_is_asked_which(office: Desk, kiosk: Kiosk) -> None:
    """Of several main feeds; the number is that of the list."""
    first = kiosk.put("/all", rss(Story(number=1), title="All"))
    second = kiosk.put("/sport", rss(Story(number=2), title="Sport"))
    site = kiosk.put("/", page('title="All" href="/all"', 'title="Sport" href="/sport"'), HTML)
    terminal = open_terminal(office.directory, "add", site, more={})
    terminal.await_text("Sport")
    terminal.answer("Which feed", "7")
    terminal.answer("Which feed", "2")

    code = terminal.end()

    assert code == 0
    assert sources_of(office)[0].feeds == (second,)
    assert first in terminal.shown


def test_where_nobody_is_asked_the_first_is_taken_and_the_others_told(
    office: Desk, kiosk: Kiosk
) -> None:
    """A script goes on, and its owner can choose again."""
    feed = kiosk.put("/all", rss(Story(number=1), title="All"))
    links = ('title="All" href="/all"', 'title="Sport" href="/sport"')

    answer = add(office, kiosk.put("/", page(*links), HTML))

    assert sources_of(office)[0].feeds == (feed,)
    assert f"other feeds too: {kiosk.url}/sport (Sport)" in answer.out


def test_json_is_one_envelope(office: Desk, kiosk: Kiosk) -> None:
    """What was found, for programmes."""
    feed = kiosk.put("/all", rss(Story(number=1), title="All"))
    links = ('title="All" href="/all"', 'title="Sport" href="/sport"')

    answer = add(office, kiosk.put("/", page(*links), HTML), "--json", "--name", "Mine")

    assert len(answer.out.splitlines()) == 1
    assert answer.envelope["data"] == {
        "config": "config.toml",
        "source": "Mine",
        "feed": feed,
        "to": ["news"],
        "items": 1,
        "others": [f"{kiosk.url}/sport"],
    }


def test_flags_are_written_down(office: Desk, kiosk: Kiosk) -> None:
    """Name, rights and licence."""
    feed = kiosk.put("/feed", rss(Story(number=1)))

    add(
        office, feed, "--name", "Mine", "--rights", "feed", "--licence", "agreement", "--to", "news"
    )

    (source,) = sources_of(office)
    assert (source.name, source.rights, source.licence) == ("Mine", "feed", "agreement")


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        pytest.param(("--to", "nevs"), "did you mean 'news'?", id="channel"),
        pytest.param(("--rights", "feed"), "needs a licence", id="licence"),
        pytest.param(("--rights", "excerpts"), "did you mean 'excerpt'?", id="rights"),
        pytest.param(("--name", "two\nlines"), "one line", id="name"),
    ],
)
def test_what_the_configuration_refuses_is_not_kept(
    flags: tuple[str, ...], word: str, office: Desk, kiosk: Kiosk
) -> None:
    """Exit 2, and the file is as it was."""
    before = text_of(office)

    answer = add(office, kiosk.put("/feed", rss(Story(number=1))), *flags)

    assert answer.code == 2
    assert word in answer.err
    assert text_of(office) == before


def test_of_several_channels_one_must_be_named(office: Desk, kiosk: Kiosk) -> None:
    """Exit 2 with their names, before anything is asked for."""
    (office.directory / "mappings/golf.toml").write_text("")

    answer = add(office, kiosk.put("/feed", rss(Story(number=1))))

    assert answer.code == 2
    assert "golf, news" in answer.err
    assert kiosk.asked == []


def test_a_feed_that_is_there_is_refused(office: Desk, kiosk: Kiosk) -> None:
    """By its own address and by its site's; the source that has it is named."""
    feed = kiosk.put("/feed", rss(Story(number=1), title="News"))
    site = kiosk.put("/", page('href="/feed"'), HTML)
    add(office, feed)
    asked = len(kiosk.asked)

    again, by_site = add(office, feed), add(office, site)

    assert (again.code, by_site.code) == (2, 2)
    assert "a feed of 'News' already" in again.err
    assert "a feed of 'News' already" in by_site.err
    assert kiosk.asked[asked:] == ["/", "/feed"]
    assert len(sources_of(office)) == 1


def test_two_feeds_of_one_title_have_two_names(office: Desk, kiosk: Kiosk) -> None:
    """The second carries its address."""
    for path in ("/1", "/2"):
        add(office, kiosk.put(path, rss(Story(number=1), title="News")))

    assert [one.name for one in sources_of(office)] == ["News", f"News ({kiosk.url}/2)"]


def test_a_path_is_kept_whole(office: Desk) -> None:
    """Files are read where one stands."""
    (office.directory / "own.xml").write_text(rss(Story(number=1)))

    answer = add(office, "own.xml")

    assert answer.code == 0
    assert sources_of(office)[0].feeds == (str(office.directory / "own.xml"),)


def test_a_page_does_not_open_another_private_host(office: Desk, kiosk: Kiosk) -> None:
    """What was typed may be opened; where it leads to may not."""
    site = kiosk.put("/", page('href="http://127.0.0.1:9/feed"'), HTML)

    answer = add(office, site)

    assert answer.code == 1
    assert "127.0.0.1" in answer.err
    assert sources_of(office) == ()


def test_a_login_in_an_address_is_refused(office: Desk) -> None:
    """And not shown."""
    answer = add(office, "https://me:hush@source.example/feed")

    assert answer.code == 1
    assert "login in it" in answer.err
    assert "hush" not in answer.out + answer.err


def test_init_takes_a_sites_address_too(guest: Desk, kiosk: Kiosk) -> None:
    """By the same code."""
    feed = kiosk.put("/feed/", rss(Story(number=1), title="News"))
    site = kiosk.put("/", page('href="/feed/"'), HTML)
    flags = ("--site", guest.site, "--username", "editor", "--contact", "me@example.test")

    answer = guest.run("init", *flags, "--source", site)

    assert answer.code == 0
    assert sources_of(guest)[0].feeds == (feed,)


def test_a_feed_that_is_known_by_another_address_is_not_added_again(
    office: Desk, kiosk: Kiosk
) -> None:
    """An old address that leads to it: each post would come twice."""
    feed = kiosk.put("/feed.xml", rss(Story(number=1)))
    assert add(office, f"feed:{feed}", "--name", "Paper").code == 0  # as old links have it
    before = text_of(office)
    kiosk.moved["/old"] = feed

    answer = add(office, f"{kiosk.url}/old")

    assert answer.code == 2
    assert "is a feed of 'Paper' already" in answer.err
    assert f"where {kiosk.url}/old leads to" in answer.err
    assert text_of(office) == before
