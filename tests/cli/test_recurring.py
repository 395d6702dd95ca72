"""feeds recurring: what a feed repeats is left out, shown, and left to a person's word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from press import Kiosk, Story, rss

if TYPE_CHECKING:
    from desk import Desk

    from wp_sync.sandbox.wordpress import WordPress

PLEA = "<p>Readers keep this paper alive: donate today.</p>"
REFRAIN = "<p>And that is how it was.</p>"


def story(number: int) -> Story:
    """Write an article of its own words between what all have."""
    own = f"<p>Of the rain in street {number}.</p>" * 2 + f"<p>It stopped at {number}.</p>" * 3
    when = datetime.now(UTC) - timedelta(days=number % 9)
    return Story(number=number, body=PLEA + own + REFRAIN, date=format_datetime(when))


@pytest.fixture
def owner(desk: Desk, kiosk: Kiosk) -> Desk:
    """Sit down with a feed that repeats itself, already synced once."""
    kiosk.put("/feed", rss(*map(story, range(8))))
    desk.write(kiosk.source("Rain & Sons"))
    assert desk.sync("--allow", "first-run").totals == {"created": 8}
    return desk


def bodies(site: WordPress) -> list[str]:
    return [row["post_content"] for row in site.sql(
        "SELECT post_content FROM wp_posts WHERE post_type = 'post'"
        " AND post_content LIKE '%street%' ORDER BY ID"
    )]  # fmt: skip


def test_the_first_run_leaves_out_what_its_articles_repeat(
    owner: Desk, fresh_wordpress: WordPress
) -> None:
    """A new feed's first thirty articles must not bring the plea thirty times."""
    assert all("donate today" not in body for body in bodies(fresh_wordpress))
    assert all("how it was" in body for body in bodies(fresh_wordpress))

    listed = owner.run("feeds", "recurring", "--json").envelope["data"]["recurring"]

    assert {(one["text"], one["state"]) for one in listed} == {
        ("Readers keep this paper alive: donate today.", "left out"),
        ("And that is how it was.", "seen"),
    }
    assert "1 recurring paragraph left out, 1 recurring paragraph for you to look at" in (
        owner.run("feeds", "list").out
    )


def test_an_editors_word_decides(owner: Desk, kiosk: Kiosk, fresh_wordpress: WordPress) -> None:
    """What is the articles' own comes back with the next ones; what is not goes from them."""
    listed = owner.run("feeds", "recurring", "Rain & Sons", "--json").envelope["data"]["recurring"]
    marks = {one["state"]: one["mark"] for one in listed}

    told = owner.run("feeds", "recurring", "--keep", marks["left out"], "--remove", marks["seen"])
    kiosk.put("/feed", rss(*map(story, range(20, 22))))
    owner.sync()

    assert "kept: Readers keep this paper" in told.out
    assert all("donate today" in body for body in bodies(fresh_wordpress)[8:])
    assert all("how it was" not in body for body in bodies(fresh_wordpress)[8:])
    back = owner.run("remap", "--fields", "body", "--yes", "--json")
    assert back.code == 0
    assert all("donate today" in body for body in bodies(fresh_wordpress))


def test_a_wrong_mark_is_refused(owner: Desk) -> None:
    """Nothing is decided of what nobody named."""
    answer = owner.run("feeds", "recurring", "--keep", "r-000000000000", "--dry-run")

    assert answer.code == 2
    assert "no paragraph is called 'r-000000000000'" in answer.err
