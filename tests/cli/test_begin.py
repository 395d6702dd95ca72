"""init: from a few answers to a configuration that works, against a real WordPress."""

import stat
from pathlib import Path

import pytest
from desk import Answer, Desk
from press import Kiosk, Story, rss
from terminal import open_terminal

from wp_sync.cli.reading import place_of
from wp_sync.config import load_config


def begin(desk: Desk, *feeds: str, more: tuple[str, ...] = (), site: str = "") -> Answer:
    flags = ("--site", site or desk.site, "--username", "editor", "--contact", "me@example.test")
    sources = [part for feed in feeds for part in ("--source", feed)]
    return desk.run("init", *flags, *sources, *more)


def files_in(directory: Path) -> list[str]:
    return sorted(
        str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()
    )


def test_flags_are_enough_for_a_configuration_that_works(guest: Desk, kiosk: Kiosk) -> None:
    """What init writes, doctor finds well, and plan makes posts of."""
    feed = kiosk.put("/feed", rss(Story(number=1), Story(number=2), title="The &amp; Paper"))

    begun = begin(guest, feed)

    written = files_in(guest.directory)
    planned = guest.run("plan", "--json")
    assert begun.code == 0
    assert "A source: The & Paper, 2 items" in begun.out
    assert written == ["config.toml", "mappings/news.toml"]
    assert guest.run("doctor").code == 0
    assert sum(planned.totals.values()) == 2


def test_a_feed_on_a_private_network_is_opened_by_name(guest: Desk, kiosk: Kiosk) -> None:
    """Host and port of the feed stand in allow_private, and no others."""
    begin(guest, kiosk.put("/feed", rss(Story(number=1))))

    (source,) = load_config(guest.directory / "config.toml").sources
    assert source.allow_private == (kiosk.place,)


def test_a_path_is_kept_whole(guest: Desk, tmp_path: Path) -> None:
    """A path is typed relative to where one stands, and read relative to the configuration."""
    (tmp_path / "feed.xml").write_text(rss(Story(number=1)))

    begun = begin(guest, "feed.xml", more=("--config", "elsewhere/config.toml"))

    (source,) = load_config(tmp_path / "elsewhere" / "config.toml").sources
    assert begun.code == 0
    assert source.feeds == (str(tmp_path / "feed.xml"),)
    assert source.allow_private == ()


def test_feeds_of_one_title_become_two_sources(guest: Desk, kiosk: Kiosk) -> None:
    """Each source has a name of its own; an address given twice is one source."""
    first = kiosk.put("/1", rss(Story(number=1), title="News"))
    second = kiosk.put("/2", rss(Story(number=2), title="News"))

    begin(guest, first, second, first)

    names = [one.name for one in load_config(guest.directory / "config.toml").sources]
    assert names == ["News", f"News ({second})"]


def test_json_is_one_envelope(guest: Desk, kiosk: Kiosk) -> None:
    """The files, the site and the sources, for programmes."""
    feed = kiosk.put("/feed", rss(Story(number=1), title="News"))

    answer = begin(guest, feed, more=("--json",))

    assert len(answer.out.splitlines()) == 1
    assert answer.envelope["data"] == {
        "config": "config.toml",
        "mapping": "mappings/news.toml",
        "site": guest.site,
        "sources": {feed: "News"},
    }


@pytest.mark.parametrize("there", ["config.toml", "mappings/news.toml"])
def test_nothing_is_written_over(there: str, guest: Desk) -> None:
    """A file that is there stays as it is; exit 2."""
    file = guest.directory / there
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine")

    answer = begin(guest)

    assert answer.code == 2
    assert f"{there}: is there already" in answer.err
    assert files_in(guest.directory) == [there]
    assert file.read_text() == "mine"


def test_where_nobody_can_be_asked_the_flags_are_named(guest: Desk) -> None:
    """No question waits for ever in a script; exit 2."""
    answer = guest.run("init", "--username", "editor")

    assert answer.code == 2
    assert "--site, --contact" in answer.err
    assert files_in(guest.directory) == []


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        pytest.param("/none", "", "404", id="gone"),
        pytest.param("/page", "<!DOCTYPE html><p>Hello", "names no feed", id="a page"),
    ],
)
def test_a_feed_that_is_none_leaves_nothing_behind(
    path: str, body: str, word: str, guest: Desk, kiosk: Kiosk
) -> None:
    """Exit 1, the address and the cause in one message, no file."""
    address = kiosk.put(path, body) if body else f"{kiosk.url}{path}"

    answer = begin(guest, address)

    assert answer.code == 1
    assert address in answer.err
    assert word in answer.err
    assert files_in(guest.directory) == []


def test_a_site_that_is_no_wordpress_leaves_nothing_behind(guest: Desk, kiosk: Kiosk) -> None:
    """Exit 3, and what was found there."""
    kiosk.put("/", "<html><title>My shop</title></html>", "text/html")

    answer = begin(guest, site=kiosk.url)

    assert answer.code == 3
    assert "My shop" in answer.err
    assert files_in(guest.directory) == []


def test_an_answer_that_the_configuration_refuses_leaves_nothing_behind(guest: Desk) -> None:
    """What cannot be read back is not kept; exit 2."""
    answer = guest.run(
        *("init", "--site", guest.site, "--username", "two\nlines", "--contact", "me@example.test")
    )

    assert answer.code == 2
    assert "site.username" in answer.err
    assert files_in(guest.directory) == []


def test_a_conversation_on_a_terminal(guest: Desk, kiosk: Kiosk) -> None:
    """A wrong answer is asked again; the password is not shown, and its file is private."""
    feed = kiosk.put("/feed", rss(Story(number=1), title="News"))
    terminal = open_terminal(guest.directory, "init", more={})
    terminal.answer("The site's address", "ftp://nothing.test")
    terminal.await_text("not an address")
    terminal.answer("The site's address", guest.site)
    terminal.answer("The user wp-sync logs in as", "editor")
    terminal.answer("Your e-mail address", "nobody")
    terminal.await_text("neither an e-mail address")
    terminal.answer("Your e-mail address", "me@example.test")
    terminal.answer("A source, by the address", f"{kiosk.url}/none")
    terminal.await_text("answered 404")
    terminal.answer("A source, by the address", feed)
    terminal.await_text("A source: News, 1 item")
    terminal.answer("A source, by the address", "")
    terminal.answer("The application password of editor", "not the one", hidden=True)
    terminal.await_text("wrong user name or password")
    terminal.answer("The application password of editor", guest.password, hidden=True)

    code = terminal.end()

    file = guest.directory / "wp-sync-password"
    assert code == 0
    assert "Next: wp-sync plan" in terminal.shown
    assert guest.password not in terminal.shown
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == f"{guest.password}\n"
    assert load_config(guest.directory / "config.toml").sources[0].name == "News"


def test_an_interrupted_conversation_leaves_nothing_behind(guest: Desk) -> None:
    """Ctrl-C at a question ends with 130 and one word."""
    terminal = open_terminal(guest.directory, "init", more={})
    terminal.await_text("The site's address")

    code = terminal.interrupt()

    assert code == 130
    assert terminal.shown.splitlines()[-1] == "interrupted"
    assert files_in(guest.directory) == []


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("http://one.test/feed", "one.test:80"),
        ("https://one.test/feed", "one.test:443"),
        ("HTTPS://One.Test:8443/feed", "one.test:8443"),
        ("http://[::1]/feed", "[::1]:80"),
        ("http://one.test:99999/", ""),
        ("http://[::1/", ""),
        ("feeds/one.xml", ""),
        ("-", ""),
    ],
)
def test_a_place_is_written_as_allow_private_wants_it(address: str, place: str) -> None:
    """Host and port, the port of the scheme where none is named; "" for what is no address."""
    assert place_of(address) == place
