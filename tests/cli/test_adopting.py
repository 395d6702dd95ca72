"""adopt: shows what the site has already, asks, and writes to the ledger alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from press import Kiosk, Story, rss
from terminal import open_terminal

if TYPE_CHECKING:
    from desk import Desk

    from wp_sync.sandbox.wordpress import WordPress

KNOWN = Story(number=1, title="Council votes on the new bridge")
TAGGED = Story(number=2, title="Ferry leaves the harbour for good")
DOUBTFUL = Story(number=3, title="Morning briefing", date="Mon, 04 May 2026 18:00:00 GMT")
NEW = Story(number=4, title="Orchards report a late frost again")
ALL = (KNOWN, TAGGED, DOUBTFUL, NEW)
SEED = """
foreach ([[%r, ''], ['A new headline', %r], [%r, '']] as [$title, $url]) {
    $id = wp_insert_post(['post_title' => $title, 'post_content' => '<p>Of ours.</p>',
        'post_status' => 'publish', 'post_date_gmt' => '2026-05-04 12:00:00']);
    if ($url) add_post_meta($id, 'feedzy_item_url', "$url?utm_source=x");
    echo "$id ";
}
"""
POSTS = "SELECT * FROM wp_posts WHERE post_type = 'post' ORDER BY ID"
TERMS = "SELECT * FROM wp_terms"


@pytest.fixture
def ids(desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress) -> list[int]:
    """Seed three posts of others, and configure a feed of their articles and a new one."""
    write(desk, kiosk, *ALL)
    seeded = fresh_wordpress.run_php(SEED % (KNOWN.title, TAGGED.address, DOUBTFUL.title))
    return [int(wp_id) for wp_id in seeded.split()]


def write(desk: Desk, kiosk: Kiosk, *stories: Story, name: str = "Paper") -> None:
    feed = kiosk.put("/feed", rss(*stories))
    desk.write(
        f'[[sources]]\nname = "{name}"\nfeeds = ["{feed}"]\nto = ["news"]\n'
        f'allow_private = ["{kiosk.place}"]\n',
        news='[post]\nstatus = "publish"\ncategory = "Brand new"\ntags = ["Never seen"]\n',
    )


def everything(site: WordPress) -> list[Any]:
    return [site.sql(POSTS), site.sql(TERMS)]


def test_a_rehearsal_changes_nothing(
    desk: Desk, ids: list[int], fresh_wordpress: WordPress
) -> None:
    """It tells what is recognised and how, what is to be decided, and how much would be new."""
    before = everything(fresh_wordpress)

    shown = desk.run("adopt", "--dry-run", "--json")
    again = desk.run("adopt", "--dry-run", "--json")
    people = desk.run("adopt", "--dry-run")

    data = shown.envelope["data"]
    assert shown.code == 0
    assert [(one["wp_id"], one["adopted"]) for one in data["adoptions"]] == [
        (ids[0], False),
        (ids[1], False),
    ]
    assert "same title and date" in data["adoptions"][0]["reason"]
    assert "Feedzy's own key" in data["adoptions"][1]["reason"]
    assert [one["title"] for one in data["undecided"]] == [DOUBTFUL.title]
    assert data["new"] == 1
    assert again.envelope["data"]["adoptions"] == data["adoptions"]
    assert people.out.splitlines()[-1].startswith("2 posts recognised, 0 taken over; 1 to be dec")
    assert everything(fresh_wordpress) == before


def test_what_is_taken_over_is_known_and_the_rest_is_due(
    desk: Desk, ids: list[int], fresh_wordpress: WordPress
) -> None:
    """Not even a term is made; the next sync makes what is new, and asks again what is unsure."""
    before = everything(fresh_wordpress)

    adopted = desk.run("adopt", "--yes", "--json")
    after = everything(fresh_wordpress)
    synced = desk.sync("--allow", "all")

    assert adopted.code == 0
    assert [one["adopted"] for one in adopted.envelope["data"]["adoptions"]] == [True, True]
    assert after == before
    assert [one["title"] for one in synced.outcomes("created")] == [NEW.title]
    assert [one["title"] for one in synced.outcomes("held")] == [DOUBTFUL.title]
    assert synced.totals == {"created": 1, "held": 1}
    assert everything(fresh_wordpress)[0][: len(before[0])] == before[0]
    assert f"{ids[0]}" in desk.run("why", str(ids[0])).out


def test_a_pair_is_a_persons_word(desk: Desk, ids: list[int], fresh_wordpress: WordPress) -> None:
    """It settles what is unsure; the address is known however it is written."""
    before = everything(fresh_wordpress)
    pair = f"{DOUBTFUL.address}/?utm_source=x={ids[2]}"

    answer = desk.run("adopt", "--yes", "--json", "--pair", pair)
    synced = desk.sync("--allow", "all")

    adoptions = {one["wp_id"]: one for one in answer.envelope["data"]["adoptions"]}
    assert answer.code == 0
    assert "as you said" in adoptions[ids[2]]["reason"]
    assert answer.envelope["data"]["undecided"] == []
    assert everything(fresh_wordpress)[0][: len(before[0])] == before[0]
    assert synced.totals == {"created": 1}


def test_a_pair_that_cannot_be_is_refused(desk: Desk, ids: list[int]) -> None:
    """A post that is not there, one that is an article's already, an article that nobody has."""
    desk.run("adopt", "--yes", "--source", "Paper")

    missing = desk.run("adopt", "--yes", "--pair", f"{DOUBTFUL.address}=99999")
    owned = desk.run("adopt", "--yes", "--pair", f"{DOUBTFUL.address}={ids[0]}")
    unknown = desk.run("adopt", "--yes", "--pair", f"https://nobody.example/x={ids[2]}")
    malformed = desk.run("adopt", "--yes", "--pair", "12")
    free = f"={ids[2]}"
    twice = desk.run("adopt", "--yes", "--pair", f"{DOUBTFUL.address}{free}", "--pair", f"1{free}")

    assert (missing.code, owned.code, malformed.code, twice.code) == (2, 2, 2, 2)
    assert f"post {ids[2]} is given to several articles" in twice.err
    assert "the site has no post 99999" in missing.err
    assert f"post {ids[0]} is known as the article {KNOWN.title!r}" in owned.err
    assert "ARTICLE=POST" in malformed.err
    assert unknown.code == 1
    assert "no article that waits has this address" in unknown.err


def test_it_asks_before_it_takes_over(desk: Desk, ids: list[int]) -> None:
    """The table first; no is no, yes is yes; without a terminal --yes is needed."""
    nobody = desk.run("adopt")
    for answer, line in (("n", "0 taken over"), ("y", "2 taken over")):
        terminal = open_terminal(desk.directory, "adopt", more={"WP_SYNC_PASSWORD": desk.password})
        terminal.await_text(KNOWN.title[:20])
        terminal.answer("Take over 2 posts?", answer)
        assert terminal.end() == 0
        assert line in terminal.shown

    assert (nobody.code, "--yes" in nobody.err) == (2, True)
    assert len(ids) == 3


def test_one_article_in_two_feeds_takes_one_post_over(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The first adopts, the second is a repeat: by its address, by its guid, by title and date."""
    one = [
        Story(number=n, title=f"Council votes on bridge {n} again", guid=f"urn:x:{n}")
        for n in (1, 2, 3)
    ]
    two = [
        Story(number=1, title=one[0].title, guid="urn:y:1"),
        Story(number=2, title="Other words", guid="urn:x:2", link="https://two.example/2"),
        Story(number=3, title=one[2].title, guid="urn:y:3", link="https://two.example/3"),
    ]
    fresh_wordpress.run_php(
        "foreach ([1, 2, 3] as $n) wp_insert_post(['guid' => \"urn:x:$n\","
        " 'post_title' => \"Council votes on bridge $n again\", 'post_content' => '<p>It did.</p>',"
        " 'post_status' => 'publish', 'post_date_gmt' => '2026-05-04 12:00:00']);"
    )
    before = everything(fresh_wordpress)
    feeds = {"One": kiosk.put("/one", rss(*one)), "Two": kiosk.put("/two", rss(*two))}
    desk.write(
        "".join(
            f'[[sources]]\nname = "{name}"\nfeeds = ["{feed}"]\nto = ["news"]\n'
            f'allow_private = ["{kiosk.place}"]\n'
            for name, feed in feeds.items()
        )
    )

    shown = desk.run("adopt", "--dry-run", "--json")
    first = desk.sync("--allow", "all", "--source", "One")
    second = desk.sync("--allow", "all", "--source", "Two")
    third = desk.sync("--allow", "all")

    assert len({post["wp_id"] for post in shown.envelope["data"]["adoptions"]}) == 3
    assert first.totals == {"unchanged": 3}
    assert second.totals == {"dropped": 2, "held": 1}
    assert third.totals == {"dropped": 2, "held": 1}  # judged again: the first whole run
    assert everything(fresh_wordpress) == before
