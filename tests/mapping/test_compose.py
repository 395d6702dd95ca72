"""make_post: an Article and its Verdict x the channel's rules -> a Post."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wp_sync.config.channels import Channel, PostRules, Source
from wp_sync.config.rights import mark_of
from wp_sync.errors import MappingError
from wp_sync.hashing import digest
from wp_sync.mapping import make_post
from wp_sync.model import Article, ItemKey, Mentions, Picture, Post, Verdict

NOW = datetime(2025, 9, 26, 12, tzinfo=UTC)
KEY = ItemKey("https://wire.example/rss", "1")
SOURCE = Source(name="The Wire", feeds=("https://wire.example/rss",), to=("golf",))
ARTICLE = Article(
    key=KEY,
    url="https://wire.example/putt",
    title="A long putt",
    body_html="<p>It fell.</p>",
    text="It fell.",
    excerpt="It fell.",
    byline="Ann Lee",
    published=NOW - timedelta(hours=3),
    pictures=(Picture(url="https://wire.example/a.jpg", alt="A green"),),
)


def post_of(article: Article = ARTICLE, source: Source = SOURCE, **rules: Any) -> Post:  # noqa: ANN401
    """Map an article with these rules in [post]."""
    channel = Channel(name="golf", post=PostRules(**rules))
    verdict = Verdict(key=article.key, decision="publish", channel="golf")
    return make_post(article, verdict, source, channel, NOW)


def test_post_is_what_the_article_and_the_channel_say() -> None:
    """All fields of a usual post."""
    post = post_of(category="Sports > Golf & more", author="tom-becker", status="publish")

    assert post == Post(
        key=KEY,
        source_url="https://wire.example/putt",
        channel="golf",
        title="A long putt",
        body=(
            "<!-- wp:paragraph -->\n<p>It fell.</p>\n<!-- /wp:paragraph -->\n\n"
            "<!-- wp:paragraph -->\n<p>By Ann Lee, The Wire. "
            '<a href="https://wire.example/putt" class="wp-sync-source" rel="noopener">'
            "Read Entire Article</a></p>\n<!-- /wp:paragraph -->"
        ),
        other_body=digest(post_of(category="Sports", format="html").body),
        excerpt="It fell.",
        slug=f"a-long-putt-{post.mark}",
        mark=post.mark,
        status="publish",
        date=NOW - timedelta(hours=3),
        author="tom-becker",
        categories=(("Sports", "Golf & more"),),
        tags=("The Wire",),
        pictures=ARTICLE.pictures,
        published=ARTICLE.published,
        rights=mark_of(SOURCE),
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://wire.example/putt",
        "https://www.wire.example/putt/",
        "https://WIRE.example/putt?utm_source=rss&utm_medium=feed",
        "https://wire.example:443/putt#comments",
    ],
)
def test_mark_is_the_same_however_the_address_is_written(url: str) -> None:
    """A second machine, a lost ledger, another feed: the same six characters."""
    other = replace(ARTICLE, url=url, key=ItemKey("https://other.example/rss", "77"))

    assert post_of(other).mark == post_of().mark


def test_mark_without_an_address_is_made_of_feed_and_guid() -> None:
    """What has no page of its own is still one item."""
    bare = replace(ARTICLE, url="")
    marks = {post_of(replace(bare, key=ItemKey(feed, guid))).mark for feed in "ab" for guid in "12"}

    assert len(marks) == 4
    assert post_of(bare).mark == "om2jri"  # another one would make the post unknown


@pytest.mark.parametrize(
    ("published", "rule", "date"),
    [
        (NOW - timedelta(days=2), "source", NOW - timedelta(days=2)),
        (NOW + timedelta(days=2), "source", NOW),
        (None, "source", None),
        (NOW - timedelta(days=2), "approval", None),
    ],
    ids=["as the source dates it", "never ahead of now", "unknown", "at approval"],
)
def test_date(published: datetime | None, rule: str, date: datetime | None) -> None:
    """A date ahead of now would make WordPress schedule the post; None lets WordPress date it."""
    assert post_of(replace(ARTICLE, published=published), date=rule).date == date


def test_tags_are_filled_and_each_stands_once() -> None:
    """Case does not make a second tag; what is not known makes none."""
    tags = ("{source.name}", "the WIRE", "{byline}", "By {byline}", "{channel}", " Golf   News ")

    post = post_of(replace(ARTICLE, byline=""), tags=tags)

    assert post.tags == ("The Wire", "golf", "Golf News")


@pytest.mark.parametrize(
    ("byline", "tag"),
    [
        pytest.param("a" * 200, "a" * 200, id="just short enough"),
        pytest.param("words " * 50, "words " * 32 + "words…", id="between words"),
        pytest.param("a" * 201, "a" * 199 + "…", id="one word"),
        pytest.param("a" * 190 + "<&>", "a" * 189 + "…", id="escaped"),
    ],
)
def test_tag_is_shortened_to_wordpress_column(byline: str, tag: str) -> None:
    """WordPress refuses a name beyond 200 characters, as it stores it: "&" is "&amp;"."""
    (made,) = post_of(replace(ARTICLE, byline=byline), tags=("{byline}",)).tags

    assert made == tag
    assert len(html.escape(made, quote=False)) <= 200


def test_no_category_is_wordpress_own_default() -> None:
    """An empty name is no category."""
    assert post_of().categories == ()


def test_post_without_attribution_is_the_body_alone() -> None:
    """An empty template adds nothing."""
    assert post_of(attribution="", format="html").body == "<p>It fell.</p>"


def test_format_decides_how_the_body_is_written() -> None:
    """Blocks for the block editor; HTML, and addresses of embeds, for the classic one."""
    video = "https://vimeo.com/1"
    embed = f'<figure data-embed="vimeo"><a href="{video}" rel="noopener">x</a></figure>'
    article = replace(ARTICLE, body_html=f"<p>It fell.</p>\n{embed}")

    ours = SOURCE.model_copy(update={"rights": "feed"})
    blocks, classic = (post_of(article, ours, format=name) for name in ("blocks", "html"))

    assert blocks.body.count("<!-- wp:") == 3
    assert f'<!-- wp:embed {{"url":"{video}"' in blocks.body
    assert classic.body.startswith(f"<p>It fell.</p>\n\n{video}\n<p>By Ann Lee, The Wire. <a ")
    assert (blocks.other_body, classic.other_body) == (digest(classic.body), digest(blocks.body))


def test_values_are_one_line() -> None:
    """WordPress embeds an address that stands alone on a line."""
    post = post_of(replace(ARTICLE, byline="Ann\nhttps://evil.example/video\nLee"))

    assert "By Ann https://evil.example/video Lee, The Wire." in post.body


@pytest.mark.parametrize(
    ("article", "rules", "message"),
    [
        (replace(ARTICLE, title=" "), {}, "https://wire.example/putt: no title"),
        (replace(ARTICLE, url="", title=""), {}, "1: no title"),
        (replace(ARTICLE, url=""), {"slug": "{title}"}, "could not be found again.*add {key}"),
    ],
    ids=["no title", "no title and no address", "no identity"],
)
def test_article_that_cannot_be_a_post_is_refused(
    article: Article, rules: dict[str, Any], message: str
) -> None:
    """By name, with the key for the ledger."""
    with pytest.raises(MappingError, match=message) as caught:
        post_of(article, **rules)

    assert caught.value.key == KEY


def test_verdict_that_does_not_publish_makes_no_post() -> None:
    """What was held or dropped never gets this far."""
    verdict = Verdict(key=KEY, decision="hold", channel="golf")

    with pytest.raises(MappingError, match="not meant for golf"):
        make_post(ARTICLE, verdict, SOURCE, Channel(name="golf"), NOW)


def test_custom_fields_are_filled_and_empty_where_a_value_is_unknown() -> None:
    """An empty one is kept: it takes away what stood there before."""
    rules = {"subtitle": "{source.name}: {title}", "writer": "{byline}", "url": "{url}"}

    post = post_of(replace(ARTICLE, byline=""), fields=rules, comments="closed")

    assert post.fields == {
        "subtitle": "The Wire: A long putt",
        "writer": "",
        "url": "https://wire.example/putt",
    }
    assert post.comments == "closed"


def test_a_lead_names_who_else_reports_it_after_the_credit() -> None:
    """With links, as a paragraph of its own; what a source is called is text, never markup."""
    sources = (
        ("CBC.ca", "https://cbc.example/a?b=1&c=2"),
        ('A <b>"bold"</b> [gallery] {title}', "https://bold.example/"),
        ("No address", "javascript:alert(1)"),
    )
    channel = Channel(name="golf", post=PostRules())
    verdict = Verdict(key=KEY, decision="publish", channel="golf")
    also = Mentions(words="Also reported by", sources=sources)

    post = make_post(ARTICLE, verdict, SOURCE, channel, NOW, also)

    assert post.body == (
        f"{post_of().body}\n\n<!-- wp:paragraph -->\n<p>Also reported by "
        '<a href="https://cbc.example/a?b=1&amp;c=2" class="wp-sync-also" rel="noopener">CBC.ca</a>'
        ', <a href="https://bold.example/" class="wp-sync-also" rel="noopener">A &lt;b&gt;"bold"'
        "&lt;/b&gt; [\u2060gallery] {title}</a>, No address.</p>\n<!-- /wp:paragraph -->"
    )


def test_a_lead_names_eight_at_most() -> None:
    """The first ones: a ninth changes nothing."""
    channel = Channel(name="golf", post=PostRules())
    verdict = Verdict(key=KEY, decision="publish", channel="golf")
    named = [(f"Source {number}", f"https://s{number}.example/") for number in range(9)]

    bodies = [
        make_post(
            ARTICLE, verdict, SOURCE, channel, NOW, Mentions(words="Also", sources=tuple(some))
        ).body
        for some in (named[:8], named)
    ]

    assert bodies[0] == bodies[1]
    assert bodies[0].count("wp-sync-also") == 8
