"""A run whose feeds bring nothing asks the site for nothing; one that may matter looks once."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from desk import Desk
from press import Kiosk, Story, rss
from watching_proxy import Traffic


def set_up(desk: Desk, kiosk: Kiosk, *stories: Story, status: str = "publish") -> None:
    feed = kiosk.put("/feed", rss(*stories))
    source = kiosk.source("Example News", feed)
    desk.write(source, news=f'[post]\nstatus = "{status}"\ncategory = "News"\n')


@pytest.fixture(autouse=True)
def _etags(kiosk: Kiosk) -> None:
    kiosk.has_etags = True


def test_what_is_not_modified_costs_the_site_nothing(
    desk: Desk, kiosk: Kiosk, traffic: Traffic
) -> None:
    """A timer asks every hour: a site whose feeds are silent is left alone."""
    set_up(desk, kiosk, *(Story(number=number) for number in range(5)))
    desk.sync("--allow", "all")
    traffic.seen.clear()

    answer = desk.sync("--allow", "all")

    assert (answer.code, answer.totals) == (0, {})
    assert answer.envelope["data"]["feeds"][0]["status"] == "unchanged"
    assert traffic.seen == []


def test_known_items_cost_the_site_a_few_reads(desk: Desk, kiosk: Kiosk, traffic: Traffic) -> None:
    """The feed answers 200 again, with other bytes and the same items."""
    stories = [Story(number=number) for number in range(5)]
    set_up(desk, kiosk, *stories)
    desk.sync("--allow", "all")
    traffic.seen.clear()
    kiosk.put("/feed", rss(*stories) + "<!-- later -->")

    answer = desk.sync("--allow", "all")

    assert (answer.code, answer.totals) == (0, {})
    assert answer.envelope["data"]["feeds"][0]["items"] == 5
    assert len(traffic.reads) <= 4
    assert traffic.writes == []


def test_while_posts_wait_persons_are_heard(desk: Desk, kiosk: Kiosk, traffic: Traffic) -> None:
    """A draft may be published or trashed in wp-admin at any time."""
    set_up(desk, kiosk, Story(number=1), status="draft")
    desk.sync("--allow", "all")
    traffic.seen.clear()

    answer = desk.sync("--allow", "all")

    assert (answer.code, answer.totals) == (0, {})
    assert any("modified_after" in path for path in traffic.reads)
    assert len(traffic.reads) <= 5
    assert traffic.writes == []


def test_the_site_is_looked_at_once_a_day(desk: Desk, kiosk: Kiosk, traffic: Traffic) -> None:
    """Else a login that was taken away would be noticed by the next article only."""
    set_up(desk, kiosk, Story(number=1))
    desk.sync("--allow", "all")
    _look_back(desk, timedelta(hours=25))
    traffic.seen.clear()

    answer = desk.sync("--allow", "all")
    looked = len(traffic.reads)
    desk.sync("--allow", "all")

    assert (answer.code, answer.totals) == (0, {})
    assert 1 <= looked <= 4
    assert len(traffic.reads) == looked


def test_a_refused_login_is_told_when_it_is_needed(desk: Desk, kiosk: Kiosk) -> None:
    """What the feed brought waits in the ledger, and goes when the login is right again."""
    set_up(desk, kiosk, Story(number=1))
    desk.sync("--allow", "all")
    set_up(desk, kiosk, Story(number=1), Story(number=2))
    right = dict(desk.environ)
    desk.environ["WP_SYNC_PASSWORD"] = "wrong wrong wrong wrong"  # noqa: S105

    refused = desk.sync("--allow", "all")
    desk.environ.clear()
    desk.environ.update(right)
    later = desk.sync("--allow", "all")

    assert refused.code == 3
    assert re.search("password", " ".join(refused.envelope["messages"]))
    assert later.totals == {"created": 1}


def _look_back(desk: Desk, by: timedelta) -> None:
    """Make the last look at the site older."""
    moment = (datetime.now(UTC) - by).isoformat()
    with sqlite3.connect(desk.directory / "wp-sync.db") as database:
        asked = "UPDATE meta SET value = ? WHERE key LIKE 'observed:%'"
        assert database.execute(asked, (moment,)).rowcount == 1
    database.close()
