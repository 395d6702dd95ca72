"""Rights that change or end, through runs, a real WordPress, and editors' work."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from press import Kiosk, Story, rss
from sqlalchemy import create_engine, update

from wp_sync.ledger import open_ledger, schema
from wp_sync.pipeline.build import utc_now

if TYPE_CHECKING:
    from desk import Answer, Desk

    from wp_sync.sandbox.wordpress import WordPress

TEXT = " ".join(f"word{number}" for number in range(120))
MAPPING = '[post]\nstatus = "publish"\n'


def set_up(desk: Desk, kiosk: Kiosk, more: str = "", rights: str = "feed") -> None:
    feed = kiosk.put(
        "/feed", rss(*(Story(number=n, body=f"<p>{TEXT}</p><p>End {n}.</p>") for n in range(1, 4)))
    )
    desk.write(
        f'[[sources]]\nname = "Paper"\nto = ["news"]\nfeeds = ["{feed}"]\nrights = "{rights}"\n'
        f'licence = "ours"\nallow_private = ["{kiosk.place}"]\n{more}',
        news=MAPPING,
    )


def posts(site: WordPress) -> dict[str, tuple[str, int]]:
    """Read title -> status and number of words of our text."""
    rows = site.sql(
        "SELECT post_title, post_status, post_content FROM wp_posts"
        " WHERE post_title LIKE 'Story%' AND post_type = 'post'"
    )
    return {
        row["post_title"]: (row["post_status"], row["post_content"].count("word")) for row in rows
    }


def move_clock(desk: Desk, days: int) -> None:
    """Have all posts made so long ago."""
    engine = create_engine(f"sqlite:///{desk.directory / 'wp-sync.db'}")
    with engine.begin() as connection:
        made = datetime.now(UTC) - timedelta(days=days)
        connection.execute(update(schema.receipts).values(created_at=made))
    engine.dispose()


def edit(site: WordPress, title: str) -> None:
    site.run_php(
        f"[$post] = get_posts(['title' => '{title}', 'post_status' => 'any']); sleep(1);"
        "wp_update_post(['ID' => $post->ID, 'post_content' => '<p>An editor. word</p>']);"
    )


def test_fewer_rights_reach_posts_that_are_there(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """By the next sync and by no saved plan: text, credit, words; an editor's text stays."""
    set_up(desk, kiosk)
    assert desk.sync("--allow", "all").totals == {"created": 3}
    assert {words for _, words in posts(fresh_wordpress).values()} == {120}
    edit(fresh_wordpress, "Story 3")
    kiosk.put("/feed", rss(Story(number=4, body=f"<p>{TEXT}</p>")))
    saved = desk.run("plan", "--json", "--out", "plan.json", "--allow", "all")
    assert saved.code == 0, saved.err
    set_up(desk, kiosk, 'words = 20\ncredit = "© {source.name}"\n', rights="excerpt")

    old = desk.sync("--plan", "plan.json", "--allow", "all")
    since = posts(fresh_wordpress)
    seen = desk.run("plan", "--json")
    changed = desk.sync("--allow", "all")
    again = desk.sync("--allow", "all")

    assert "rights of Paper have changed since the plan" in json.dumps(old.envelope)
    assert "Story 4" not in since
    assert "its rights have changed: 3 posts made anew" in json.dumps(seen.envelope)
    assert changed.totals["updated"] == 3, changed.envelope  # of one its excerpt alone
    assert set(again.totals) <= {"unchanged"}
    shown = posts(fresh_wordpress)
    assert shown["Story 1"] == shown["Story 2"] == ("publish", 20)
    assert shown["Story 3"] == ("publish", 1)
    credits_ = fresh_wordpress.sql(
        "SELECT ID FROM wp_posts WHERE post_content LIKE '%© Paper%' AND post_type = 'post'"
    )
    assert len(credits_) == 3  # the new one, too
    (listed,) = desk.run("feeds", "list", "--json").envelope["data"]["feeds"]
    assert listed["rights"] == "an excerpt of 20 words, all pictures, © Paper"


def test_posts_are_taken_back_when_their_time_is_over(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Planned, once, within the limits, and not where an editor worked; undo brings them back."""
    set_up(desk, kiosk, 'expires = "90d"\n')
    desk.sync("--allow", "all")
    edit(fresh_wordpress, "Story 3")
    move_clock(desk, 89)
    early = desk.sync("--allow", "all")
    assert set(early.totals) <= {"unchanged"}
    move_clock(desk, 91)

    planned = desk.run("plan", "--json")
    held, nights = limited(desk), [limited(desk), limited(desk)]
    taken = desk.sync()
    after = posts(fresh_wordpress)
    told = json.dumps(taken.envelope)
    fresh_wordpress.run_php(
        "wp_publish_post(get_posts(['title' => 'Story 1', 'post_status' => 'any'])[0]);"
    )
    quiet = desk.sync()
    person = posts(fresh_wordpress)
    undone = desk.run("undo", taken.envelope["data"]["run"], "--yes", "--json")

    assert planned.totals["updated"] == 2, planned.envelope
    assert held.totals.get("held") == 2, held.envelope
    assert taken.totals["updated"] == 2, told
    assert after["Story 1"] == after["Story 2"] == ("draft", 120)
    assert after["Story 3"] == ("publish", 1)
    assert "editors have changed them: they stay" in json.dumps(held.envelope)
    assert "editors have changed them" not in told
    assert "its time is over: Paper allows 90 days" in told
    assert set(quiet.totals) <= {"unchanged"}
    assert person["Story 1"] == ("publish", 120)
    assert person["Story 2"] == ("draft", 120)
    assert undone.code == 0, undone.envelope
    assert "The time of 2 posts was over in that run" in json.dumps(undone.envelope)
    assert posts(fresh_wordpress)["Story 2"] == ("publish", 120)
    assert {one.totals["held"] for one in nights} == {2}
    story = desk.run("why", "https://news.example/story-2", "--json")
    assert story.out.count("more than safety.changes") == 1, story.out


def test_copies_of_a_held_feed_are_cut_as_they_came_before(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Who took it over neither keeps a whole text up, nor brings words into one."""
    set_up(desk, kiosk, 'expires = "90d"\non_expiry = "excerpt"\n')
    desk.sync("--allow", "all")
    move_clock(desk, 91)
    hold_feed(desk)
    spam = "Casino " * 20
    kiosk.put("/feed", rss(Story(number=2, body=f"<p>{spam}</p>"), Story(number=7, body=spam)))

    planned = desk.run("plan", "--json", "--allow", "changes")
    cut = desk.sync("--allow", "changes")
    shown = posts(fresh_wordpress)
    again = desk.sync()
    approved = desk.run("feeds", "approve", f"{kiosk.url}/feed")
    after = desk.sync("--allow", "changes")
    last = posts(fresh_wordpress)
    undone = desk.run("undo", cut.envelope["data"]["run"], "--yes", "--json")
    stays = desk.sync("--allow", "changes")

    assert planned.totals == cut.totals == {"updated": 2, "held": 2}, cut.envelope
    assert [shown[f"Story {n}"] for n in (1, 2, 3)] == [
        ("publish", 55),
        ("publish", 120),
        ("publish", 55),
    ]
    assert "their feed is held, which has changed them" in json.dumps(again.envelope)
    assert again.totals == {"held": 2}
    assert approved.code == 0, approved.err
    assert after.totals == {"updated": 1, "created": 1}, after.envelope
    assert last["Story 2"] == ("publish", 0)
    assert "The time of 2 posts was over in that run" in json.dumps(undone.envelope)
    assert set(stays.totals) <= {"unchanged"}, "a person's undo stands"
    assert posts(fresh_wordpress)["Story 1"] == ("publish", 120)


def hold_feed(desk: Desk) -> None:
    """Have the feed in other hands."""
    with open_ledger("sqlite:///wp-sync.db", desk.directory, clock=utc_now) as ledger:
        (row,) = ledger.feeds.all()
        held = replace(ledger.health.get(row.id), held="another publisher")
        ledger.health.put(replace(held, held_since=datetime.now(UTC)))


def limited(desk: Desk) -> Answer:
    """Sync where a run may change one post alone, and put the limits back."""
    config = desk.directory / "config.toml"
    text = config.read_text()
    config.write_text(f"{text}\n[safety]\nchanges = 1\n")
    answer = desk.sync()
    config.write_text(text)
    return answer


def test_copies_are_cut_to_their_excerpt(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The text goes for good: what the source changes, then or later, brings none of it back."""
    set_up(desk, kiosk, 'expires = "90d"\non_expiry = "excerpt"\n')
    desk.sync("--allow", "all")
    move_clock(desk, 91)
    kiosk.put("/feed", rss(Story(number=2, body=f"<p>{TEXT} other</p><p>End 2.</p>")))

    cut = desk.sync("--allow", "all")
    first = posts(fresh_wordpress)
    kiosk.put("/feed", rss(Story(number=1, body=f"<p>New {TEXT}</p><p>End.</p>")))
    later = desk.sync("--allow", "all")
    remapped = desk.run("remap", "--yes", "--json")

    assert cut.totals["updated"] == 3, cut.envelope
    assert set(first.values()) == {("publish", 55)}
    assert later.totals.get("updated") == 1, later.envelope
    assert posts(fresh_wordpress)["Story 1"] == ("publish", 54)
    assert remapped.totals == {}, remapped.envelope


def test_posts_are_trashed_where_that_is_asked(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """By a saved plan too, but for what was changed since it; and not made again."""
    set_up(desk, kiosk, 'expires = "90d"\non_expiry = "trash"\n')
    desk.sync("--allow", "all")
    move_clock(desk, 91)
    planned = desk.run("plan", "--json", "--out", "plan.json", "--allow", "all")
    edit(fresh_wordpress, "Story 3")
    set_up(desk, kiosk, 'expires = "99d"\non_expiry = "trash"\n')
    longer = desk.sync("--plan", "plan.json", "--allow", "all")
    whole = posts(fresh_wordpress)
    set_up(desk, kiosk, 'expires = "90d"\non_expiry = "trash"\n')

    gone = desk.sync("--plan", "plan.json", "--allow", "all")
    twice = desk.sync("--plan", "plan.json", "--allow", "all")
    again = desk.sync("--allow", "all")

    assert planned.totals == {"trashed": 3}, planned.envelope
    assert longer.totals == {"failed": 3}, longer.envelope
    assert "the rights of Paper, or the post, have changed since" in json.dumps(longer.envelope)
    assert {status for status, _ in whole.values()} == {"publish"}
    assert gone.totals == {"trashed": 2, "failed": 1}, gone.envelope
    (left,) = gone.outcomes("failed")
    assert left["title"] == "Story 3"
    assert "was changed, or taken back by hand, since the plan" in left["reason"]
    shown = posts(fresh_wordpress)
    assert [shown[f"Story {n}"][0] for n in (1, 2, 3)] == ["trash", "trash", "publish"]
    assert twice.totals == {"unchanged": 2, "failed": 1}, twice.envelope
    assert set(again.totals) <= {"unchanged"}, again.envelope
