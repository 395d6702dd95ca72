"""Feeds that give their articles new ids, or move: nothing is repeated, on a real WordPress."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from press import Kiosk, Story, rss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk import Desk

    from wp_sync.sandbox.wordpress import WordPress

POSTS = (
    "SELECT ID, post_title FROM wp_posts WHERE post_type = 'post' AND post_title LIKE 'Tale %'"
    " AND post_status = 'publish' ORDER BY ID"
)
NEWS = '[post]\nstatus = "publish"\n'
TALES = tuple(
    Story(number=n, title=f"Tale {n}", body=f"<p>Once, and {n} times, it rained.</p>", guid=f"g{n}")
    for n in range(1, 9)
)


def configure(desk: Desk, kiosk: Kiosk, path: str = "/feed", name: str = "Example News") -> None:
    desk.write(kiosk.source(name, f"{kiosk.url}{path}"), news=NEWS)


def put(kiosk: Kiosk, stories: Sequence[Story], path: str = "/feed") -> None:
    kiosk.put(path, rss(*stories))


def titles_of(site: WordPress) -> dict[int, str]:
    return {int(row["ID"]): row["post_title"] for row in site.sql(POSTS)}


NEW_IDS = [
    pytest.param({"guid": "{guid}-new"}, id="all ids are new"),
    pytest.param({"guid": "https://NEWS.example/{guid}?utm_source=x"}, id="ids became addresses"),
    pytest.param({"guid": "new-{guid}", "link": "https://x.news.example/{guid}"}, id="and links"),
]


@pytest.mark.parametrize("new", NEW_IDS)
def test_a_feed_that_changes_all_its_ids_repeats_nothing(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, new: dict[str, str]
) -> None:
    """Nothing is held either; and what the source changes later arrives under the new ids."""
    put(kiosk, TALES)
    configure(desk, kiosk)
    desk.sync("--allow", "all")
    before = titles_of(fresh_wordpress)

    renamed = [
        replace(
            one,
            guid=new["guid"].format(guid=one.guid),
            link=new.get("link", "").format(guid=one.guid),
        )
        for one in TALES
    ]
    put(kiosk, renamed)
    rekeyed = desk.sync()
    put(kiosk, [replace(renamed[0], title="Tale 1, corrected"), *renamed[1:]])
    later = desk.sync()

    assert set(rekeyed.totals) <= {"unchanged", "updated"}
    assert later.totals == {"updated": 1}
    assert titles_of(fresh_wordpress) == before | {min(before): "Tale 1, corrected"}
    assert desk.sync().totals == {}


def test_new_ids_and_links_to_another_domain_are_held(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """A thief copies the articles, too; once a person has said that it is none, nothing repeats."""
    put(kiosk, TALES)
    configure(desk, kiosk)
    desk.sync("--allow", "all")
    before = titles_of(fresh_wordpress)

    put(
        kiosk,
        [
            replace(one, guid=f"new-{one.guid}", link=f"https://moved.example/{one.guid}")
            for one in TALES
        ],
    )
    held = desk.sync()
    passed = desk.sync("--allow", "changed-hands:Example News")

    assert held.totals == {"held": len(TALES)}
    assert set(passed.totals) <= {"unchanged", "updated"}
    assert titles_of(fresh_wordpress) == before


def test_ids_that_change_at_every_fetch_repeat_nothing(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """A session's token in each id and each link: title and time tell the articles."""
    configure(desk, kiosk)
    for fetch in range(3):
        stories = [
            replace(
                one, guid=f"{one.guid};s={fetch}", link=f"https://news.example/{fetch}/{one.guid}"
            )
            for one in TALES
        ]
        put(kiosk, stories)
        totals = desk.sync("--allow", "all").totals

    assert "created" not in totals
    assert list(titles_of(fresh_wordpress).values()) == [one.title for one in TALES]


def test_a_feed_at_a_new_address_is_the_same(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Also under another name, and with a new article; corrections still arrive."""
    put(kiosk, TALES)
    configure(desk, kiosk)
    desk.sync("--allow", "all")
    before = titles_of(fresh_wordpress)
    new = Story(number=9, title="Tale 9", body="<p>And once more.</p>")
    corrected = replace(TALES[0], title="Tale 1, corrected")

    put(kiosk, [new, corrected, *TALES[1:]], "/elsewhere")
    configure(desk, kiosk, "/elsewhere", "Another Name")
    moved = desk.sync()

    assert moved.totals.get("created") == 1
    assert "dropped" not in moved.totals
    told = f"Another Name: {kiosk.url}/feed has moved to {kiosk.url}/elsewhere"
    assert told in moved.envelope["messages"]
    now = titles_of(fresh_wordpress)
    assert {wp_id: now[wp_id] for wp_id in before} == before | {min(before): corrected.title}
    assert len(now) == len(before) + 1
    assert set(desk.sync().totals) <= {"unchanged"}  # read once more, under the known id
    assert desk.sync().totals == {}
    (feed,) = desk.run("status", "--json").envelope["data"]["feeds"]
    assert feed["feed"] == f"{kiosk.url}/elsewhere"


def test_a_second_feed_of_the_same_articles_is_none_that_moved(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The first is still in the configuration: the other one's items are repeats."""
    put(kiosk, TALES)
    put(kiosk, TALES, "/copy")
    configure(desk, kiosk)
    desk.sync("--allow", "all")
    desk.write(kiosk.source("Both", f"{kiosk.url}/feed", f"{kiosk.url}/copy"), news=NEWS)

    both = desk.sync()

    assert both.totals == {"dropped": len(TALES)}
    assert len(titles_of(fresh_wordpress)) == len(TALES)
