"""A first sync of a site that others have filled: nothing twice, nothing of theirs changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from importers import (
    IMPORTED,
    LATER_COLUMN,
    MENTIONED,
    NEW,
    RETITLED,
    SAME_DAY_COLUMN,
    fill_site,
)
from press import Kiosk, Story, rss

if TYPE_CHECKING:
    from desk import Answer, Desk
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

TABLES = (
    "SELECT * FROM wp_posts WHERE ID <= {last} ORDER BY ID",
    "SELECT * FROM wp_postmeta WHERE post_id <= {last} ORDER BY meta_id",
    "SELECT * FROM wp_term_relationships WHERE object_id <= {last} ORDER BY 1, 2",
)
ALL_IMPORTED = [one for stories in IMPORTED.values() for one in stories]
NO_XMLRPC = "add_filter('xmlrpc_enabled', '__return_false');"
SOURCE = '[[sources]]\nname = "{name}"\nto = ["news"]\nrights = "feed"\nlicence = "ours"\n'
NEWS = '[post]\nstatus = "publish"\ncategory = "News"\ntags = ["{source.name}"]\n'


def write(desk: Desk, kiosk: Kiosk, **feeds: list[Story]) -> None:
    """Configure a source a feed; each goes to the one channel."""
    tables = "".join(
        f'{SOURCE.format(name=name)}feeds = ["{kiosk.put(f"/{name}", rss(*stories))}"]\n'
        f'allow_private = ["{kiosk.place}"]\n'
        for name, stories in feeds.items()
    )
    desk.write(tables, news=NEWS)


def dump(site: WordPress, last: int) -> list[Any]:
    """Read all that belongs to the posts up to an id."""
    return [site.sql(query.format(last=last)) for query in TABLES]


def last_id(site: WordPress) -> int:
    return int(site.sql("SELECT MAX(ID) AS last FROM wp_posts")[0]["last"])


def guids(answer: Answer, status: str) -> set[str]:
    return {one["guid"] for one in answer.outcomes(status)}


def named(*stories: Story) -> set[str]:
    return {one.guid for one in stories}


@pytest.fixture
def filled(fresh_wordpress: WordPress) -> WordPress:
    """Open a site with what five importers left, and 500 posts by hand."""
    fill_site(fresh_wordpress)
    return fresh_wordpress


def test_a_first_sync_makes_nothing_twice_and_changes_nothing_of_theirs(
    desk: Desk, kiosk: Kiosk, filled: WordPress, traffic: Traffic
) -> None:
    """Careful first run, then all: what is there is recognised, the rest is made once."""
    fresh = [*NEW, LATER_COLUMN]
    doubtful = [SAME_DAY_COLUMN, MENTIONED]
    half = len(ALL_IMPORTED) // 2
    write(
        desk,
        kiosk,
        One=[*ALL_IMPORTED[:half], *fresh[:4], *doubtful],
        Two=[*ALL_IMPORTED[half:], *fresh[4:]],
    )
    last = last_id(filled)
    before = dump(filled, last)

    careful = desk.sync()
    asked = list(traffic.seen)
    whole = desk.sync("--allow", "all")
    traffic.seen.clear()
    again = desk.sync("--allow", "all")

    adopted = {one["guid"]: one["reason"] for one in careful.outcomes("unchanged")}
    assert set(adopted) == named(*ALL_IMPORTED)
    assert all("already on the site as post" in reason for reason in adopted.values())
    for name, one in RETITLED.items():
        assert name == "FeedWordPress" or "own key" in adopted[one.guid]
    assert "guid" in adopted[RETITLED["FeedWordPress"].guid]
    assert guids(careful, "created") | guids(whole, "created") == named(*fresh)
    assert len(careful.outcomes("created")) == 5
    assert guids(whole, "held") == guids(again, "held") == named(*doubtful)
    reasons = " ".join(one["reason"] for one in whole.outcomes("held"))
    assert f"wp-sync adopt --pair {MENTIONED.address}=" in reasons
    assert "going by title, date and text" in reasons
    assert dump(filled, last) == before
    assert traffic.writes == []
    print_cost(asked)


def print_cost(asked: list[tuple[str, str, float]]) -> None:
    """Tell what the first run's look-ups cost; shown with pytest -s."""
    looked = [one for one in asked if one[0] == "GET" or "xmlrpc" in one[1]]
    spent = asked[-1][2] - asked[0][2]
    print(f"\n{len(looked)} look-ups, {len(asked)} requests, {spent:.1f} s in all")  # noqa: T201


def test_without_xmlrpc_link_title_and_date_decide(
    desk: Desk, kiosk: Kiosk, filled: WordPress
) -> None:
    """One message tells what it means; nothing is made twice where the title is the source's."""
    filled.add_mu_plugin("closed", NO_XMLRPC)
    feed = [one for one in ALL_IMPORTED if one not in RETITLED.values()]
    write(desk, kiosk, One=[*feed, NEW[0]], Two=[NEW[1]])
    last = last_id(filled)
    before = dump(filled, last)

    answer = desk.sync("--allow", "all")

    told = [one for one in answer.envelope["messages"] if "XML-RPC" in one]
    assert len(told) == 1
    assert "link, title and date alone" in told[0]
    assert guids(answer, "created") == named(*NEW[:2])
    assert guids(answer, "unchanged") | guids(answer, "held") == named(*feed)
    assert guids(answer, "unchanged") >= named(*feed[:3])
    assert dump(filled, last) == before
