"""feeds: which there are and how they are, without a site."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from press import Story, rss
from terminal import open_terminal

from wp_sync.config import load_config
from wp_sync.ledger import open_ledger
from wp_sync.model import FeedHealth, Habit, Identity, Item, ItemKey, Pull

if TYPE_CHECKING:
    from pathlib import Path

    from desk import Answer, Desk
    from press import Kiosk

FEEDS = """
# The town.
[[sources]]   # ours since 2020
name = "Town News"
feeds = [
    "https://town.example/all",   # everything
    "https://town.example/sport", # but this
]
to = ["news"]

# Far away.
[[sources]]
name = "World"
feeds = ["https://world.example/rss"]
to = ["news"]
rights = "title"  # they asked for it
"""


@pytest.fixture
def office(tmp_path: Path) -> Desk:
    """Sit down at a desk whose site nobody asks for."""
    from desk import Desk

    desk = Desk(directory=tmp_path, site="http://127.0.0.1:9")
    desk.write(FEEDS, news="", hockey='[[sources]]\nname = "Ice"\nfeeds = ["https://ice.example"]')
    return desk


def text_of(desk: Desk, file: str = "config.toml") -> str:
    return (desk.directory / file).read_text()


def feeds_of(desk: Desk) -> dict[str, tuple[str, ...]]:
    config = load_config(desk.directory / "config.toml")
    return {source.name: source.feeds for source in config.sources}


def data_of(answer: Answer) -> Any:  # noqa: ANN401
    return answer.envelope["data"]


def test_the_list_tells_how_each_feed_is(office: Desk) -> None:
    """From what was learned, in columns and in the envelope; nobody is asked."""
    now = datetime.now(UTC)
    fast = "https://town.example/all"
    item = Item(key=ItemKey(fast, "1"), title="One", url="https://town.example/1")
    with open_ledger("sqlite:///wp-sync.db", office.directory, clock=lambda: now) as ledger:
        for address in (fast, "https://world.example/rss"):
            ledger.feeds.identify(address, "Town News")
        health = FeedHealth(
            feed=fast,
            identity=Identity(title="Town", items=30),
            last_item=now - timedelta(days=20),
            moments=tuple(int(now.timestamp()) - 86_400 * day for day in range(40, 20, -1)),
            gaps={f"2026-{week}": 86_400 for week in range(10, 14)},
            words=Habit(usual=(310,) * 30),
            pictures=Habit(usual=(100, 0) * 10),
            held="5 of 5 links lead to spam.example, and never did",
        )
        pull = Pull(feed=fast, format="rss20", items=(item,), hashes={"1": "a"})
        ledger.feeds.record_pull(pull, source="Town News", health=health)
        ledger.feeds.record_failure(
            "https://world.example/rss", source="World", reason="it answered 404"
        )

    shown, told = office.run("feeds", "list"), office.run("feeds", "list", "--json")
    status = office.run("status")

    states = {one["feed"]: one["state"] for one in data_of(told)["feeds"]}
    (town,) = [one for one in data_of(told)["feeds"] if one["feed"] == fast]
    assert states == {
        fast: "changed hands",
        "https://town.example/sport": "not read yet",
        "https://world.example/rss": "failing",
        "https://ice.example": "not read yet",
    }
    assert [one["state"] for one in town["troubles"]] == ["changed hands", "silent"]
    assert (town["rhythm"], town["words"], town["pictures"]) == ("every 24 h", 310, 50)
    assert town["next_poll"] > now.isoformat()
    assert "every 24 h" in shown.out
    assert "spam.example" in shown.out
    assert f"wp-sync feeds approve {fast}" in shown.out
    assert "it answered 404" in shown.out
    assert "seems to have changed hands" in status.out
    assert not (office.directory / ".wp-sync.lock").exists()


def test_a_check_asks_and_says_what_is_wrong(office: Desk, kiosk: Kiosk) -> None:
    """Conditionally, each feed once, whatever the others do; what came is not asked for again."""
    kiosk.has_etags = True
    good = kiosk.put("/good", rss(Story(number=1), Story(number=2)))
    page = kiosk.put("/page", "<!doctype html><title>Hi</title>", "text/html")
    gone = f"{kiosk.url}/gone"
    office.write(
        f'[[sources]]\nname = "Paper"\nto = ["news"]\nallow_private = ["{kiosk.place}"]\n'
        f'feeds = ["{good}", "{page}", "{gone}"]\n'
    )

    first = office.run("feeds", "check", "--json")
    second = office.run("feeds", "check", good, "--json")
    shown = office.run("feeds", "check", "Paper")
    wrong = office.run("feeds", "check", "Papre")

    feeds = {one["feed"]: one for one in data_of(first)["feeds"]}
    assert (first.code, first.envelope["status"]) == (1, "partial")
    assert (feeds[good]["new"], feeds[good]["state"]) == (2, "well")
    assert "a web page, not a feed" in feeds[page]["error"]
    assert "404" in feeds[gone]["error"]
    assert feeds[gone]["state"] == "failing"
    assert second.code == 0
    assert data_of(second)["feeds"][0]["answer"] == "not changed"
    assert "1 of 3 feeds well." in shown.out
    assert wrong.code == 2
    assert "did you mean 'Paper'" in wrong.err


def test_a_removed_feed_leaves_all_else_to_the_byte(office: Desk) -> None:
    """Comments, order, the other feed; what waits and what stays is told."""
    before = text_of(office)

    answer = office.run("feeds", "remove", "https://town.example/sport/", "--yes")

    assert answer.code == 0, answer.err
    assert "0 items that wait" in answer.out
    assert "Posts stay on the site" in answer.out
    assert feeds_of(office)["Town News"] == ("https://town.example/all",)
    lines = [line for line in before.splitlines() if "sport" not in line]
    kept = [line for line in text_of(office).splitlines() if "but this" not in line]
    assert kept == lines


def test_a_removed_source_goes_from_where_it_stands(office: Desk) -> None:
    """A whole source by its name; one of a mapping out of the mapping; comments stay."""
    before = text_of(office)

    world = office.run("feeds", "remove", "World", "--yes")
    ice = office.run("feeds", "remove", "https://ice.example", "--yes", "--json")

    assert (world.code, ice.code) == (0, 0), ice.out
    assert feeds_of(office).keys() == {"Town News"}
    assert text_of(office) == before[: before.index('[[sources]]\nname = "World"')]
    assert text_of(office).endswith("# Far away.\n")
    assert text_of(office, "mappings/hockey.toml") == ""
    assert data_of(ice)["removed"] is True


def test_nothing_is_removed_unasked(office: Desk) -> None:
    """Without a terminal it needs --yes, --dry-run only shows, and a no is a no."""
    before = text_of(office)

    unasked = office.run("feeds", "remove", "World")
    rehearsed = office.run("feeds", "remove", "World", "--dry-run")
    terminal = open_terminal(office.directory, "feeds", "remove", "World", more={})
    terminal.answer("Remove this", "n")

    assert terminal.end() == 0
    assert (unasked.code, rehearsed.code) == (2, 0)
    assert "Nothing was written." in rehearsed.out
    assert text_of(office) == before


def test_approving_takes_a_feed_as_it_is(office: Desk) -> None:
    """Who it is now is known from then on; a word for all is not asked of what is well."""
    address, now = "https://world.example/rss", datetime.now(UTC)
    with open_ledger("sqlite:///wp-sync.db", office.directory, clock=lambda: now) as ledger:
        ledger.feeds.identify(address, "World")
        known = Identity(title="World", items=30, hosts={"world.example": 30})
        other = Identity(title="Globe", items=5, hosts={"globe.example": 5})
        ledger.health.put(
            FeedHealth(
                feed=address, identity=known, candidate=other, held="its title", held_since=now
            )
        )

    rehearsed = office.run("feeds", "approve", "World", "--dry-run")
    approved = office.run("feeds", "approve", "World", "--json")
    again = office.run("feeds", "approve", address)

    with open_ledger("sqlite:///wp-sync.db", office.directory, clock=lambda: now) as ledger:
        health = ledger.health.get(address)
    assert "would be taken as it is now" in rehearsed.out
    assert data_of(approved)["approved"][0]["held"] == "its title"
    assert (health.held, health.candidate, health.identity.title) == ("", None, "Globe")
    assert health.identity.hosts["globe.example"] >= 30
    assert "nothing is held back" in again.out


OPML = """<?xml version="1.0"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Hockey"><outline text="NHL">
  <outline text="Puck" xmlUrl="https://puck.example/feed"/>
</outline></outline>
<outline text="Blogs">
  <outline text="A" xmlUrl="https://a.example/feed"/>
  <outline text="A" xmlUrl="https://other.example/feed"/>
  <outline text="A, comments" xmlUrl="http://www.a.example/feed/"/>
</outline>
<outline text="World again" xmlUrl="HTTPS://world.example/rss"/>
<outline text="Odd" xmlUrl="ftp://odd.example/feed"/>
<outline text="Secret" xmlUrl="https://me:pw@secret.example/feed"/>
<outline text="Reader" xmlUrl="feed://reader.example/rss"/>
</body></opml>
"""


def test_a_list_of_feeds_is_taken_in(office: Desk) -> None:
    """Folders that are channels go there; all that is wrong is told; comments stay."""
    (office.directory / "mine.opml").write_text(OPML)
    before = text_of(office)

    answer = office.run("feeds", "import", "mine.opml", "--to", "news", "--json")

    sources = load_config(office.directory / "config.toml").sources
    new = {one.name: (one.feeds, one.to, one.folder) for one in sources if one.name not in FEEDS}
    del new["Ice"]
    assert answer.code == 1
    assert text_of(office).startswith(before.rstrip())
    assert new == {
        "Puck": (("https://puck.example/feed",), ("hockey",), ("Hockey", "NHL")),
        "A": (("https://a.example/feed",), ("news",), ("Blogs",)),
        "A (https://other.example/feed)": (
            ("https://other.example/feed",),
            ("news",),
            ("Blogs",),
        ),
        "Reader": (("https://reader.example/rss",), ("news",), ()),
    }
    assert len(data_of(answer)["known"]) == 2
    problems = "\n".join(data_of(answer)["problems"])
    assert "line 12: ftp://odd.example/feed" in problems
    assert "has a login in it" in problems


def test_without_a_channel_nothing_is_guessed(office: Desk) -> None:
    """With several channels, a folder of another name needs --to; the others go in."""
    (office.directory / "mine.opml").write_text(OPML)

    wrong = office.run("feeds", "import", "mine.opml", "--to", "new")
    answer = office.run("feeds", "import", "mine.opml")

    assert wrong.code == 2
    assert "did you mean 'news'" in wrong.err
    assert answer.code == 1
    assert "name one with --to" in answer.err
    assert "Puck" in feeds_of(office)
    assert "A" not in feeds_of(office)


def test_out_and_in_and_out_again_is_the_same(office: Desk, tmp_path: Path) -> None:
    """Titles, folders in folders, sources of several feeds; a rehearsal writes nothing."""
    from desk import Desk

    (office.directory / "mine.opml").write_text(OPML)
    office.run("feeds", "import", "mine.opml", "--to", "news")
    out = office.run("feeds", "export", "one.opml")
    (tmp_path / "other").mkdir()
    other = Desk(directory=tmp_path / "other", site="http://127.0.0.1:9")
    other.write("", news="", hockey="")
    to = ("--to", "news")

    rehearsed = other.run("feeds", "import", "../one.opml", *to, "--dry-run", "--json")
    empty = feeds_of(other)
    taken = other.run("feeds", "import", "../one.opml", *to)
    again = other.run("feeds", "export", "two.opml")
    printed = other.run("feeds", "export")
    piped = other.run("feeds", "export", "-")
    nothing_new = other.run("feeds", "import", "-", *to, piped=text_of(office, "one.opml"))

    one, two = text_of(office, "one.opml"), text_of(other, "two.opml")
    assert (out.code, taken.code, again.code) == (0, 0, 0), taken.err
    assert one == two == printed.out == piped.out
    assert not (other.directory / "-").exists()
    assert "Nothing to add" in nothing_new.out
    assert "wp-sync:source" in one
    assert feeds_of(other) == feeds_of(office)
    assert empty == {}
    assert len(data_of(rehearsed)["sources"]) == len(feeds_of(office))


def test_hundreds_of_feeds_go_in_at_once(office: Desk) -> None:
    """One edit; a second time nothing is new."""
    lines = "".join(
        f'<outline text="Feed {n}" xmlUrl="https://{n}.example/feed"/>' for n in range(700)
    )
    (office.directory / "many.opml").write_text(f"<opml><body>{lines}</body></opml>")

    first = office.run("feeds", "import", "many.opml", "--to", "news", "--json")
    second = office.run("feeds", "import", "many.opml", "--to", "news", "--json")

    assert (first.code, second.code) == (0, 0)
    assert len(data_of(first)["sources"]) == 700
    assert len(feeds_of(office)) == 703
    assert data_of(second)["sources"] == []
    assert len(data_of(second)["known"]) == 700
    assert json.loads(second.out)["status"] == "success"
