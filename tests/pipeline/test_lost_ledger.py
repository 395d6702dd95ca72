"""A ledger that was lost or put back from an old copy: nothing twice, and no word of an editor."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from press import Story, picture, rss
from site_dump import differences, dump

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk import Desk
    from press import Kiosk
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

ITEMS = 12
STORIES = range(ITEMS)


def set_up(desk: Desk, kiosk: Kiosk, numbers: Sequence[int] = STORIES) -> None:
    write_feed(kiosk, numbers)
    desk.write(
        kiosk.source(),
        news='[post]\nstatus = "publish"\ncategory = "News"\nauthor = "tom-becker"\n'
        'tags = ["{source.name}"]\ndraft_if = { words_below = 9 }\n',
    )


def write_feed(kiosk: Kiosk, numbers: Sequence[int], **titles: str) -> None:
    """Serve these stories; every third has a picture, and number 5 is too short to go live."""
    stories = [
        Story(
            number=number,
            title=titles.get(f"n{number}", ""),
            body="<p>Short.</p>"
            if number == 5
            else "<p>Some more words about the weather, and about its moods.</p>",
            picture=kiosk.put(f"/{number}.jpg", picture(number * 20), "image/jpeg")
            if number % 3 == 0
            else "",
        )
        for number in numbers
    ]
    kiosk.put("/feed", rss(*stories))


def meddle(site: WordPress) -> None:
    """Change one title, and trash one post, as an editor does."""
    site.run_php(
        "[$two] = get_posts(['title' => 'Story 2']); [$four] = get_posts(['title' => 'Story 4']);"
        "wp_update_post(['ID' => $two->ID, 'post_title' => 'An editor wrote this']);"
        "wp_trash_post($four->ID);"
    )


def ids_of(site: WordPress) -> dict[str, int]:
    """Name every article's post, the trash included."""
    rows = site.sql("SELECT ID, post_title FROM wp_posts WHERE post_type = 'post' ORDER BY ID")
    ours = [row for row in rows if "Hello" not in row["post_title"]]
    ids = {row["post_title"]: row["ID"] for row in ours}
    assert len(ids) == len(ours), "an article has two posts"
    return ids


def assert_settled(desk: Desk, traffic: Traffic) -> None:
    """Sync once more: there is nothing to write, to whatever."""
    traffic.seen.clear()
    answer = desk.sync("--allow", "all")
    assert (answer.code, traffic.writes) == (0, [])


def test_a_deleted_ledger_makes_nothing_twice(
    desk: Desk, kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """Posts, terms, pictures and authors are those of before; an editor's words stay."""
    set_up(desk, kiosk)
    assert desk.sync("--allow", "all").totals == {"created": ITEMS}
    meddle(fresh_wordpress)
    ids, before = ids_of(fresh_wordpress), dump(fresh_wordpress)
    (desk.directory / "wp-sync.db").unlink()

    answer = desk.sync("--allow", "all")

    assert answer.totals == {"unchanged": ITEMS}
    assert ids_of(fresh_wordpress) == ids
    assert differences(before, dump(fresh_wordpress)) == {}
    assert_settled(desk, traffic)


def test_an_old_copy_of_the_ledger_makes_nothing_twice(
    desk: Desk, kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """What the last run made and changed is found again, as are an editor's words since."""
    set_up(desk, kiosk, STORIES[:6])
    assert desk.sync("--allow", "all").totals == {"created": 6}
    assert desk.run("ledger", "backup", "old.db").code == 0
    write_feed(kiosk, STORIES, n1="Story 1, corrected")
    assert desk.sync("--allow", "all").totals == {"created": 6, "updated": 1}
    meddle(fresh_wordpress)
    ids, before = ids_of(fresh_wordpress), dump(fresh_wordpress)
    shutil.copy(desk.directory / "old.db", desk.directory / "wp-sync.db")

    assert desk.sync("--allow", "all").code == 0

    assert ids_of(fresh_wordpress) == ids
    assert differences(before, dump(fresh_wordpress)) == {}
    assert_settled(desk, traffic)


def test_a_damaged_ledger_is_rebuilt_from_the_site(
    desk: Desk, kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """Articles that have left the feed keep their posts; when they come again it is the same."""
    set_up(desk, kiosk)
    desk.sync("--allow", "all")
    meddle(fresh_wordpress)
    ids, ledger = ids_of(fresh_wordpress), desk.directory / "wp-sync.db"
    write_feed(kiosk, STORIES[6:])
    ledger.write_bytes(ledger.read_bytes()[:20_000])
    assert "wp-sync ledger rebuild" in desk.run("sync").err
    assert "wp-sync ledger backup" in desk.run("ledger", "check").err
    traffic.seen.clear()

    answer = desk.run("ledger", "rebuild", "--yes", "--json")

    posts = answer.envelope["data"]["posts"]
    assert answer.code == 0
    assert {one["wp_id"] for one in posts} == set(ids.values())
    assert sorted(one["status"] for one in posts) == ["draft", *["publish"] * 10, "trash"]
    assert sum(bool(one["feed"]) for one in posts) == 6
    assert traffic.writes == []
    assert_settled(desk, traffic)
    assert "6 on the site" in desk.run("status").out
    assert [one["title"] for one in desk.waiting()] == ["Story 5"]
    assert "no run has written to the site yet" in desk.run("undo", "last", "--yes").err
    assert desk.run("ledger", "check").code == 0
    assert desk.run("ledger", "rebuild", "--yes", "--json").envelope["data"]["posts"] == []

    write_feed(kiosk, STORIES, n1="Story 1, corrected", n3="Rewritten wholly", n4="Trashed, new")
    again = desk.sync("--allow", "all")

    changed = {title: wp_id for title, wp_id in ids_of(fresh_wordpress).items() if title in ids}
    assert again.totals.keys() <= {"unchanged", "updated", "dropped"}
    assert sorted(ids_of(fresh_wordpress).values()) == sorted(ids.values())
    assert changed.items() <= ids.items()
    assert_settled(desk, traffic)
