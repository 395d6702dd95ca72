"""The same story from several sources: one post leads, the others wait or are named in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from press import Story, rss
from rewording import Writer, Written

if TYPE_CHECKING:
    from desk import Desk
    from press import Kiosk
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

WRITER = Writer(20)
FIRST = WRITER.article(subject="council")
AGAIN, THIRD = (WRITER.reworded(FIRST, 0.2) for _ in range(2))
TODAY = datetime.now(UTC)
STRANGER = WRITER.article(subject="council")
POSTS = (
    "SELECT ID, post_title, post_content FROM wp_posts WHERE post_type = 'post' AND post_status"
    " = 'publish' AND post_name NOT LIKE 'hello-world%' ORDER BY ID"
)


def posts_of(site: WordPress) -> list[dict[str, Any]]:
    return site.sql(POSTS)


def story(written: Written, number: int, name: str) -> Story:
    """Publish an article today, at an address of the source's own."""
    date = TODAY - timedelta(hours=number)
    return Story(
        number=number,
        title=written.title,
        body=f"<p>{written.text}</p>",
        link=f"https://{name.lower()}.example/{number}",
        date=f"{date:%a, %d %b %Y %H:%M:%S} GMT",
    )


def set_up(desk: Desk, kiosk: Kiosk, more: str = "", **told: Written) -> None:
    """Write a source for each of these articles, in this order, and a bystander for all."""
    sources = []
    for number, (name, written) in enumerate(told.items(), 1):
        feed = kiosk.put(
            f"/{name}", rss(story(written, number, name), story(STRANGER, 9, "Bystander"))
        )
        sources.append(kiosk.source(name, feed))
    desk.write("".join(sources), more)


def test_a_story_of_two_sources_is_one_post_until_a_person_wants_both(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, traffic: Traffic
) -> None:
    """In one run, and over runs; the reason names post, source and likeness; a word is kept."""
    set_up(desk, kiosk, Wire=FIRST, Herald=AGAIN)

    at_once = desk.sync("--allow", "all")
    first_posts = posts_of(fresh_wordpress)
    set_up(desk, kiosk, Wire=FIRST, Herald=AGAIN, Gazette=THIRD)
    later = desk.sync("--allow", "all")
    late = next(one for one in later.outcomes("held") if "gazette" in one["url"])
    named = next(one for one in desk.waiting() if one["source"] == "Gazette")
    shown = desk.run("review", "show", named["id"]).out
    told = desk.run("why", late["url"]).out
    approved = desk.decide("approve", named["id"])
    traffic.seen.clear()
    settled = desk.sync("--allow", "all")

    lead = next(one for one in first_posts if one["post_title"] != STRANGER.title)
    assert at_once.totals == {"created": 2, "held": 1, "dropped": 1}  # the bystander comes twice
    assert later.totals == {"held": 2, "dropped": 2}  # another source: all is judged again
    assert re.search(
        rf'near text of ".+" \(\d\d %\), published as post {lead["ID"]} by (Wire|Herald): https://',
        late["reason"],
    )
    assert late["reason"] in shown
    assert late["reason"] in told
    assert approved.totals == {"created": 1}
    assert len(posts_of(fresh_wordpress)) == 3
    assert settled.totals == {}
    assert traffic.writes == []


def test_a_lead_names_who_else_reports_its_story(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, traffic: Traffic
) -> None:
    """By an update in the same run, once for all: no run changes it again."""
    set_up(desk, kiosk, '[duplicates]\nsame = "list"\n', Wire=FIRST)
    desk.sync("--allow", "all")

    set_up(desk, kiosk, '[duplicates]\nsame = "list"\n', Wire=FIRST, Herald=AGAIN)
    second = desk.sync("--allow", "all")
    (lead,) = (one for one in posts_of(fresh_wordpress) if one["post_title"] == FIRST.title)
    traffic.seen.clear()
    third = desk.sync("--allow", "all")
    mapped = desk.run("remap", "--json", "--dry-run")

    assert second.totals == {"dropped": 2, "updated": 1}
    assert lead["post_content"].endswith(
        "<!-- wp:paragraph -->\n<p>Also reported by "
        '<a href="https://herald.example/2" class="wp-sync-also" rel="noopener">Herald</a>.</p>\n'
        "<!-- /wp:paragraph -->"
    )
    assert third.totals == {}
    assert traffic.writes == []
    assert mapped.totals.get("updated", 0) == 0


def test_an_editors_text_is_not_touched_to_name_others(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """A person wins: what the lead's text says by then stays."""
    set_up(desk, kiosk, '[duplicates]\nsame = "list"\n', Wire=FIRST)
    desk.sync("--allow", "all")
    (lead,) = (one for one in posts_of(fresh_wordpress) if one["post_title"] == FIRST.title)
    edit = f"['ID' => {lead['ID']}, 'post_content' => '<p>An editor was here.</p>']"
    fresh_wordpress.run_php(f"wp_update_post({edit});")

    set_up(desk, kiosk, '[duplicates]\nsame = "list"\n', Wire=FIRST, Herald=AGAIN)
    desk.sync("--allow", "all")

    now = next(one for one in posts_of(fresh_wordpress) if one["ID"] == lead["ID"])
    assert now["post_content"] == "<p>An editor was here.</p>"


def test_a_lost_ledger_doubles_no_story(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Though the repeat comes first: the site's own posts of late are read for their texts."""
    set_up(desk, kiosk, '[duplicates]\nsame = "list"\n', Wire=FIRST)
    desk.sync("--allow", "all")
    set_up(desk, kiosk, '[duplicates]\nsame = "list"\n', Wire=FIRST, Herald=AGAIN)
    desk.sync("--allow", "all")
    before = posts_of(fresh_wordpress)
    (desk.directory / "wp-sync.db").unlink()
    set_up(desk, kiosk, '[duplicates]\nsame = "list"\n', Herald=AGAIN)

    alone = desk.sync("--allow", "all")
    set_up(desk, kiosk, '[duplicates]\nsame = "list"\n', Herald=AGAIN, Wire=FIRST)
    both = desk.sync("--allow", "all")

    assert alone.totals == {"held": 1, "unchanged": 1}  # the post of the story is nobody's yet
    assert both.outcomes("created") == []
    assert posts_of(fresh_wordpress) == before
