"""Title, date and text: what is the same article, what may be, what is another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from office import NOON, make_post

from wp_sync.model import ItemKey, Post, SitePost
from wp_sync.publish.likeness import fold_title, judge_likeness, match_titles
from wp_sync.publish.target import FORBIDDEN

LONG, SHORT = "Council votes on the new bridge", "Morning briefing"
TEXT = "bridge harbour ferry tunnel railway station platform carriage conductor timetable"
OTHER_TEXT = "orchard apple harvest cider blossom ladder basket frost pollen beehive"


def article(title: str = LONG, text: str = TEXT, hours: float | None = 0, number: int = 1) -> Post:
    published = None if hours is None else NOON + timedelta(hours=hours)
    return make_post(number, title=title, body=f"<p>{text}</p>", published=published)


def found(hours: float = 0, wp_id: int = 7, status: str = "publish", **values: Any) -> SitePost:  # noqa: ANN401
    date = f"{NOON + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}"
    usual = {"title": LONG, "body": f"<p>{TEXT}</p>", "date": date}
    return SitePost(wp_id=wp_id, slug="x", status=status, values=usual | values)


@pytest.mark.parametrize(
    "title",
    [
        "Council\u2019s &#8220;new&#8221; bridge \u2013 opened&hellip;",
        "council's  \u00abNEW\u00bb bridge - opened...",
        'Council\'s <em>"new"</em> bridge \u2014 opened\u2026',
        'Council&amp;#8217;s "new" bridge -- opened...',
    ],
)
def test_ways_to_write_a_title_are_one(title: str) -> None:
    """Entities, quotes, dashes, case, blanks, markup."""
    assert fold_title(title) == 'council\'s "new" bridge - opened...'


@pytest.mark.parametrize(
    "title", [f"Update: {LONG}", LONG.removesuffix(" bridge"), f"{LONG[:20]}\u2026"]
)
def test_a_part_of_a_title_is_another_title(title: str) -> None:
    """A prefix, or a cut, makes another article of it."""
    assert fold_title(title) != fold_title(LONG)


@pytest.mark.parametrize(
    ("post", "one", "unique", "judged"),
    [
        pytest.param(article(SHORT), found(body=OTHER_TEXT), False, "same", id="the very minute"),
        pytest.param(article(), found(47), False, "same", id="near, long title, same text"),
        pytest.param(article(), found(-47, body=""), False, "same", id="near, long, no text"),
        pytest.param(article(), found(20, body=OTHER_TEXT), True, "doubt", id="near, other text"),
        pytest.param(article(SHORT), found(6), False, "same", id="near, short, same text"),
        pytest.param(article(SHORT), found(6, body=""), True, "doubt", id="near, short, no text"),
        pytest.param(article(SHORT), found(24, body=OTHER_TEXT), True, "doubt", id="daily column"),
        pytest.param(article(SHORT), found(168, body=OTHER_TEXT), True, "other", id="next week's"),
        pytest.param(article(), found(168, body=OTHER_TEXT), True, "other", id="late, other text"),
        pytest.param(article(), found(168, body=""), True, "doubt", id="late, long and unique"),
        pytest.param(article(), found(168, body=""), False, "other", id="late, one of several"),
        pytest.param(article(), found(-168, body=""), True, "other", id="before it was written"),
        pytest.param(article(SHORT), found(-168), False, "doubt", id="re-dated by its source"),
        pytest.param(article(hours=None), found(body=""), True, "same", id="no date, unique"),
        pytest.param(article(hours=None), found(body=""), False, "other", id="no date, several"),
        pytest.param(
            article(SHORT, hours=None), found(body=""), True, "other", id="no date, short"
        ),
        pytest.param(article(SHORT, hours=None), found(), True, "doubt", id="no date, same text"),
        pytest.param(article(), found(status=FORBIDDEN), True, "doubt", id="not ours to read"),
    ],
)
def test_title_date_and_text_decide(
    post: Post, one: SitePost, judged: str, *, unique: bool
) -> None:
    """What is certain is taken over, what is possible waits for a person."""
    assert judge_likeness(post, one, one.values["date"], unique=unique) == judged


def matched(posts: list[Post], *ones: SitePost) -> dict[ItemKey, tuple[int, list[int]]]:
    """Match all with all; return for each the certain post, or 0, and the possible ones."""
    among = {one.wp_id: len(ones) for one in ones}
    matches = match_titles(posts, {post.key: ones for post in posts}, among)
    return {
        key: (match.sure.wp_id if match.sure else 0, [one.wp_id for one in match.possible])
        for key, match in matches.items()
    }


def test_of_two_posts_the_one_with_the_very_date_is_the_article() -> None:
    """An importer copies the source's date."""
    post = article()

    assert matched([post], found(5, wp_id=7), found(0, wp_id=8)) == {post.key: (8, [])}


def test_two_posts_that_are_alike_wait_for_a_person() -> None:
    """Both are named."""
    post = article()

    assert matched([post], found(5, wp_id=7), found(6, wp_id=8)) == {post.key: (0, [7, 8])}


def test_of_two_posts_the_one_that_is_not_in_the_trash_is_the_article() -> None:
    """Somebody threw a double away."""
    post = article()

    assert matched([post], found(5, wp_id=7, status="trash"), found(6, wp_id=8))[post.key][0] == 8


def test_one_post_is_not_two_articles() -> None:
    """A column of two days, of which the site has the first; with two alike nobody can tell."""
    first, second = article(number=1), article(hours=24, number=2)

    assert matched([first, second], found()) == {first.key: (7, []), second.key: (0, [])}
    late = replace(first, published=NOON + timedelta(hours=1))
    assert matched([late, second], found()) == {late.key: (0, [7]), second.key: (0, [7])}
