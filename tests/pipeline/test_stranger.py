"""A feed that changes hands: nothing of it reaches the site until a person says so, or ever."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from press import Kiosk, Story, rss

if TYPE_CHECKING:
    from desk import Desk

    from wp_sync.sandbox.wordpress import WordPress

TITLES = (
    "SELECT post_title FROM wp_posts WHERE post_type = 'post'"
    " AND post_status NOT IN ('inherit', 'auto-draft') ORDER BY ID"
)

SOLD = "SELECT ID FROM wp_posts WHERE post_type = 'post' AND post_content LIKE '%casino%'"


def stories(first: int, last: int, site: str = "https://paper.example") -> list[Story]:
    return [
        Story(number=n, title=f"Tale {n} of the town", link=f"{site}/{n}")
        for n in range(first, last + 1)
    ]


def open_source(desk: Desk, kiosk: Kiosk, *more: str) -> str:
    feed = kiosk.put("/feed", rss(*stories(1, 10), title="The Paper"))
    other = kiosk.put("/other", rss(*stories(101, 102, "https://other.example"), title="Other"))
    desk.write(
        f'[[sources]]\nname = "Daily News"\nto = ["news"]\nfeeds = ["{feed}"]\n'
        f'allow_private = ["{kiosk.place}", "{kiosk.place.replace("127.0.0.1", "localhost")}"]\n'
        f"{''.join(more)}\n"
        f'[[sources]]\nname = "Other"\nto = ["news"]\nfeeds = ["{other}"]\n'
        f'allow_private = ["{kiosk.place}"]\n'
    )
    return feed


def test_a_stranger_is_held_until_approved(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """New posts, and changes of old ones; no page is read; other feeds go on; nothing is lost."""
    open_source(desk, kiosk)
    first = desk.sync("--allow", "first-run")
    feed = open_source(desk, kiosk, 'rights = "full"\nlicence = "agreed"')
    before = fresh_wordpress.sql(TITLES)
    for n in range(50, 53):
        kiosk.put(f"/page-{n}", "<!doctype html><p>Buy", "text/html")
    stranger = kiosk.url.replace("127.0.0.1", "localhost")
    spam = [Story(number=n, title=f"Offer {n}", link=f"{stranger}/page-{n}") for n in (50, 51, 52)]
    spam.append(replace(stories(1, 1)[0], body="<p>Buy what is sold at the casino.</p>"))
    kiosk.put("/feed", rss(*spam, title="Best Offers"))
    kiosk.put("/other", rss(*stories(101, 103, "https://other.example"), title="Other"))
    kiosk.asked.clear()

    rehearsed = desk.run("plan", "--json")
    held = [desk.sync(), desk.sync("--allow", "flood:Daily News")]
    asked = [path for path in kiosk.asked if path.startswith("/page")]
    alone = fresh_wordpress.sql(TITLES)
    waiting = desk.waiting()
    (desk.directory / "mappings/news.toml").write_text(
        '[post]\nstatus = "publish"\ntags = ["Town"]\n'
    )
    remapped = desk.run("remap", "--yes", "--json")
    sold = fresh_wordpress.sql(SOLD)
    open_source(desk, kiosk)  # excerpts again
    kiosk.put("/feed", rss(*spam, title="Best Offers"))
    approved = desk.run("feeds", "approve", feed)
    passed = desk.sync()

    assert first.totals["created"] == 12
    assert rehearsed.totals["held"] == 4
    assert held[0].totals == {"created": 1, "held": 4}
    assert held[1].totals == {"held": 4}
    (reason,) = {one["reason"] for one in held[1].outcomes("held")}
    assert reason.startswith("the feed seems to have changed hands: 3 of 3 links lead to localhost")
    assert "its title is 'Best Offers', and was 'The Paper'" in reason
    assert reason.endswith(f"wp-sync feeds approve {feed} (or --allow 'changed-hands:Daily News')")
    assert asked == []
    assert alone[:-1] == before
    assert len(waiting) == 4
    assert remapped.totals["updated"] > 9
    assert "seems to have changed hands" in remapped.out
    assert sold == []
    assert approved.code == 0
    # The changed one, and the others, whose rights and mapping have changed.
    assert passed.totals == {"created": 3, "updated": 10}
    assert desk.sync().totals == {}


def test_one_run_may_let_it_pass(desk: Desk, kiosk: Kiosk) -> None:
    """By the flag that the reason names; a rehearsal with it decides nothing."""
    open_source(desk, kiosk)
    desk.sync("--allow", "first-run")
    kiosk.put("/feed", rss(*stories(20, 22, "https://moved.example"), title="Moved"))

    word = ("--allow", "changed-hands:Daily News")
    held = desk.sync()
    rehearsed = desk.run("plan", "--json", *word)
    still = desk.sync()
    passed = desk.sync(*word)
    kiosk.put("/feed", rss(*stories(20, 25, "https://moved.example"), title="Moved"))
    later = desk.sync()

    assert held.totals == still.totals == {"held": 3}
    assert rehearsed.totals == {"created": 3}
    assert (passed.totals, later.totals) == ({"created": 3}, {"created": 3})
