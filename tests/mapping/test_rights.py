"""The rights of a source, kept in make_post whatever an article holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wp_sync.config.channels import Channel, PostRules, Source
from wp_sync.config.rights import as_expired, describe_rights, mark_of
from wp_sync.mapping import make_post
from wp_sync.model import Article, ItemKey, Picture, Post, Verdict

NOW = datetime(2025, 9, 26, 12, tzinfo=UTC)
TEXT = " ".join(f"word{number}" for number in range(200))
FIGURE = (
    '<figure><img src="https://wire.example/b.jpg" alt="A &gt; b">'
    "<figcaption>Seen</figcaption></figure>"
)
ARTICLE = Article(
    key=ItemKey("https://wire.example/rss", "1"),
    url="https://wire.example/putt",
    title="A long putt",
    body_html=f"<p>{TEXT}</p>\n{FIGURE}\n<p>More <b>of it</b>.</p>",
    text=f"{TEXT}\nMore of it.",
    excerpt=TEXT,
    pictures=(Picture(url="https://wire.example/a.jpg"),),
)


def source_of(**values: Any) -> Source:  # noqa: ANN401
    usual = {"name": "The Wire", "feeds": ("https://wire.example/rss",), "licence": "a note"}
    return Source(**usual | values)


def post_of(article: Article = ARTICLE, attribution: str = "", **values: Any) -> Post:  # noqa: ANN401
    channel = Channel(name="golf", post=PostRules(attribution=attribution, format="html"))
    verdict = Verdict(key=article.key, decision="publish", channel="golf")
    return make_post(article, verdict, source_of(**values), channel, NOW)


@pytest.mark.parametrize(
    ("rights", "words"),
    [
        pytest.param({"rights": "title"}, 0, id="title"),
        pytest.param({"rights": "excerpt"}, 55, id="excerpt"),
        pytest.param({"rights": "excerpt", "words": 20}, 20, id="a short one"),
        pytest.param({"rights": "excerpt", "words": 100}, 100, id="a long one"),
    ],
)
def test_no_more_text_than_is_allowed(rights: dict[str, Any], words: int) -> None:
    """An article that was cleaned under other rights is cut here."""
    post = post_of(**rights)

    assert post.body.count("word") == post.excerpt.count("word") == words
    assert "<b>" not in post.body
    assert "<img" not in post.body


@pytest.mark.parametrize("rights", ["feed", "full"])
def test_licensed_text_is_whole(rights: str) -> None:
    """With its pictures."""
    post = post_of(rights=rights)

    assert post.body.count("word") == 200
    assert FIGURE.partition(" alt")[0] in post.body


@pytest.mark.parametrize(("pictures", "count"), [("all", 1), ("featured", 1), ("none", 0)])
def test_pictures_are_what_is_allowed(pictures: str, count: int) -> None:
    """A text loses them with their captions; its words stay."""
    post = post_of(rights="full", pictures=pictures)

    assert len(post.pictures) == count
    assert ("<img" in post.body) == ("Seen" in post.body) == (pictures == "all")
    assert post.body.count("word") == 200


@pytest.mark.parametrize(
    ("attribution", "count"),
    [
        pytest.param("", 1, id="nothing"),
        pytest.param("Read [more]({url})", 1, id="something else"),
        pytest.param("© {source.name}. [More]({url})", 1, id="the credit already"),
    ],
)
def test_the_credit_is_always_there_and_once(attribution: str, count: int) -> None:
    """Whatever the mapping's template says."""
    post = post_of(rights="title", credit="© {source.name}", attribution=attribution)

    assert post.body.count("© The Wire") == count


def test_hostile_names_are_no_markup_in_a_credit() -> None:
    """A source's name is text."""
    post = post_of(name="<b>[gallery]", credit="© {source.name}")

    assert "<b>" not in post.body
    assert "[gallery]" not in post.body


def test_posts_know_under_which_rights_they_were_made() -> None:
    """All that changes what is shown changes the mark; a time does not."""
    source = source_of(rights="full")
    others: list[dict[str, Any]] = [
        {"rights": "feed"},
        {"pictures": "none"},
        {"credit": "© us"},
        {"rights": "excerpt", "words": 60},
    ]
    marks = {mark_of(source_of(**{"rights": "full", **other})) for other in others}

    assert post_of(rights="full").rights == mark_of(source)
    assert len(marks | {mark_of(source)}) == 5
    assert mark_of(source_of(rights="full", expires="9d")) == mark_of(source)


def test_an_expired_copy_is_an_excerpt() -> None:
    """Until its rights are given anew, without a time."""
    source = source_of(rights="full", expires="90d", on_expiry="excerpt")

    assert as_expired(source).rights == "excerpt"
    assert as_expired(source.model_copy(update={"expires": None})).rights == "full"
    assert as_expired(source_of(rights="title", expires="90d")).rights == "title"


def test_rights_are_said_in_words() -> None:
    """As `feeds list` shows them."""
    source = source_of(rights="excerpt", words=60, pictures="featured", credit="© {source.name}")
    timed = source_of(rights="full", expires="90d", on_expiry="trash")

    assert describe_rights(source) == "an excerpt of 60 words, the featured picture, © The Wire"
    assert describe_rights(timed) == "the whole article, all pictures, for 90 days, then trashed"
    assert timed.expires == timedelta(days=90)


def test_an_excerpt_that_is_short_enough_stays_as_it_was_cleaned() -> None:
    """Addresses and brackets that were made harmless stay so."""
    body = "<p>See \u2060https://wire.example and [\u2060gallery].</p>"
    short = replace(ARTICLE, body_html=body, text="See", excerpt="See it.")

    assert post_of(short).body == body
