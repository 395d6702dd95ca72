"""Paragraphs that recur across a feed's articles go; an article's own words never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wp_sync.clean import Traits, clean_item
from wp_sync.clean.recurring import RECENT, learn, make_edge, marks_of
from wp_sync.config.channels import CleanRules
from wp_sync.model import Article, Item, ItemKey, Recurrences

FEED = "https://paper.example/feed"
NOW = datetime(2031, 5, 20, tzinfo=UTC)
PLEA = '<p>Readers keep this paper alive: <a href="/give">donate five dollars</a> today.</p>'
LINK = '<p>The weather where you are stands <a href="/weather">on its own page</a>.</p>'
RULES = CleanRules()


def own(number: int, part: int = 0) -> str:
    return f"<p>Article {number} tells of its own matters, and so does its paragraph {part}.</p>"


def article(
    number: int, body: str, recurring: frozenset[str] = frozenset(), *, day: float | None = None
) -> Article:
    """Clean one article of the feed; by default a day older than the one before."""
    item = Item(
        key=ItemKey(FEED, str(number)),
        url=f"https://paper.example/{number}",
        title=f"Article {number}",
        body_html=body,
        published=NOW - timedelta(days=number if day is None else day),
    )
    return clean_item(item, None, rights="feed", rules=RULES, traits=Traits(recurring=recurring))


def framed(number: int, before: str = "", behind: str = "", within: str = "") -> str:
    """Write a body of eight paragraphs of its own, with something around and in it."""
    first = "".join(own(number, part) for part in range(4))
    rest = "".join(own(number, part) for part in range(4, 8))
    return f"{before}{first}{within}{rest}{behind}"


def learned(bodies: dict[int, str], known: Recurrences | None = None) -> Recurrences:
    articles = [article(number, body) for number, body in bodies.items()]
    return learn(known or Recurrences(feed=FEED), articles, NOW)


@pytest.mark.parametrize("at_start", [True, False], ids=["start", "end"])
@pytest.mark.parametrize(
    ("paragraph", "count"),
    [
        pytest.param(PLEA, 6, id="plea"),
        pytest.param("<p>Make us a preferred source in your search engine.</p>", 6, id="no link"),
        pytest.param("<p>© Paper Example. Alle Rechte vorbehalten.</p>", 6, id="law"),
        pytest.param("<div>Abonnez-vous à notre infolettre !</div>", 6, id="other language"),
        pytest.param(LINK, 12, id="link alone"),
    ],
)
def test_what_the_source_repeats_goes(paragraph: str, count: int, *, at_start: bool) -> None:
    """The first paragraph of each article was the source's plea: readers came for the article."""
    before, behind = (paragraph, "") if at_start else ("", paragraph)
    known = learned({n: framed(n, before, behind) for n in range(count)})

    cleaned = article(99, framed(99, before, behind), marks_of(known))

    assert cleaned.body_html == article(99, framed(99)).body_html
    assert [one.rule for one in cleaned.removed] == ["recurring"]


@pytest.mark.parametrize(
    "bodies",
    [
        pytest.param(
            {n: framed(n, '<p>“Sign up for life,” <a href="/she">she</a> said.</p>')
             for n in range(12)},
            id="a quotation",
        ),
        pytest.param(
            {n: framed(n, "<blockquote><p>Sign up, they said.</p></blockquote>")
             for n in range(12)},
            id="a quotation in its element",
        ),
        pytest.param(
            {n: framed(n, behind="<p>And that is the way it is.</p>") for n in range(40)},
            id="a refrain",
        ),
        pytest.param(
            {n: framed(n, "<h2>Join us on the morning train</h2>") for n in range(40)},
            id="a title",
        ),
        pytest.param(
            {n: framed(n, '<p><a href="/rivers">Rivers of the north</a></p>') for n in range(40)},
            id="a series' linked title",
        ),
        pytest.param(
            {n: framed(n, '<p>From our series <a href="/rivers">Rivers</a>. Subscribe to it.</p>')
             for n in range(40)},
            id="a series",
        ),
        pytest.param(
            {n: framed(n, "<ul><li>Subscribe to the rain</li></ul>") for n in range(12)},
            id="a list",
        ),
        pytest.param(
            {n: framed(n, within=PLEA) for n in range(12)}, id="the middle of an article"
        ),
        pytest.param(
            {n: framed(n, f"<p>{'Subscribe to what follows, as it goes on. ' * 12}</p>")
             for n in range(12)},
            id="too long",
        ),
        pytest.param({n: framed(n, PLEA) for n in range(4)}, id="too few articles"),
        pytest.param(
            {n: framed(n, PLEA if n % 5 == 0 else "") for n in range(40)}, id="too few of all"
        ),
        pytest.param(
            {n: framed(n, LINK if n % 2 else "") for n in range(40)}, id="a link in every other"
        ),
        pytest.param({n: framed(n, LINK) for n in range(9)}, id="a link in too few"),
        pytest.param(
            {n: framed(n, f'<p>Subscribe to letter {n} <a href="/{n}">here</a>.</p>')
             for n in range(12)},
            id="not the same to the letter",
        ),
        pytest.param({n: framed(1, PLEA) for n in range(12)}, id="one article under many ids"),
    ],
)  # fmt: skip
def test_what_may_be_an_articles_own_stays(bodies: dict[int, str]) -> None:
    """An editor must be able to trust it: what is in doubt is shown, and never eaten."""
    known = learned(bodies)

    for number, body in bodies.items():
        cleaned = article(number, body, marks_of(known))
        assert cleaned.body_html == article(number, body).body_html
        assert cleaned.removed == ()


def test_what_comes_in_one_day_is_not_learned() -> None:
    """An election night's ten updates share their call for tips; tomorrow nobody asks any more."""
    updates = [article(n, framed(n, PLEA), day=n / 10) for n in range(12)]

    known = learn(Recurrences(feed=FEED), updates, NOW)

    assert marks_of(known) == frozenset()


def test_an_article_that_comes_again_counts_once() -> None:
    """Updates and retries are no further evidence."""
    known = Recurrences(feed=FEED)
    for _ in range(5):
        known = learned({n: framed(n, PLEA) + own(n, 9) for n in range(3)}, known)

    assert known.articles == 3
    assert marks_of(known) == frozenset()


def test_nothing_goes_that_is_all_there_is() -> None:
    """An entry of one sentence is better than an empty post."""
    known = learned({n: framed(n, behind=PLEA) for n in range(8)})

    cleaned = article(99, PLEA, marks_of(known))

    assert "donate five dollars" in cleaned.text


def test_it_goes_at_the_end_where_it_was_learned() -> None:
    """An article may begin with what others end with, as one about the plea itself does."""
    known = learned({n: framed(n, behind=PLEA) for n in range(8)})

    cleaned = article(99, framed(99, before=PLEA), marks_of(known))

    assert cleaned.text.startswith("Readers keep")


def test_what_was_learned_stays_learned() -> None:
    """Else an old article that its source touches would get the plea back."""
    known = learned({n: framed(n, PLEA) for n in range(8)})
    later = learned({n: framed(n) for n in range(100, 400)}, known)

    assert marks_of(later) == marks_of(known) != frozenset()


@pytest.mark.parametrize(("verdict", "goes"), [("keep", False), ("remove", True), ("", True)])
def test_a_persons_word_comes_first(verdict: Literal["keep", "remove", ""], *, goes: bool) -> None:
    """Who knows the source knows better than any count."""
    known = learned({n: framed(n, PLEA) for n in range(8)})
    found = {mark: replace(one, verdict=verdict) for mark, one in known.found.items()}

    marks = marks_of(replace(known, found=found))

    assert any(known.found[mark].text.startswith("Readers") for mark in marks) == goes


def test_little_is_kept() -> None:
    """The ledger of a feed that runs for years must not grow with it."""
    plea = make_edge("Subscribe to the paper.", "end", has_link=True)
    articles = [
        Article(
            key=ItemKey(FEED, str(number)),
            url="",
            title="",
            body_html="",
            text=f"Article {number}",
            excerpt="",
            published=NOW - timedelta(days=number),
            edges=(*(make_edge(f"{number} {n}", "start", has_link=False) for n in range(9)), plea),
        )
        for number in range(1500)
    ]
    known = learn(Recurrences(feed=FEED), articles, NOW)

    assert len(known.found) <= 600
    assert len(known.recent) <= RECENT
    assert marks_of(known) == {plea.mark}


words = st.sampled_from("rain Readers donate to the newsletter 雨 مطر « the © . ? ! series".split())  # noqa: SIM905
paragraphs = st.lists(words, min_size=3, max_size=12).map(" ".join)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.lists(paragraphs, min_size=1, max_size=6), min_size=6, max_size=9))
def test_no_paragraph_of_one_article_alone_is_lost(articles: list[list[str]]) -> None:
    """Whatever else it holds: what one article says and no other is its own."""
    bodies = {
        number: "".join(
            f"<p>{text}{'' if at % 2 else f' {number}'}</p>" for at, text in enumerate(texts)
        )
        + PLEA
        for number, texts in enumerate(articles)
    }
    marks = marks_of(learned(bodies))

    for number, texts in enumerate(articles):
        cleaned = article(number, bodies[number], marks)
        for text in texts[::2]:
            assert " ".join(f"{text} {number}".split()) in cleaned.text
