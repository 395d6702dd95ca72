"""make_fields: presets and templates x an article and its source -> custom fields."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from wp_sync.config.channels import Channel, PostRules, Source
from wp_sync.mapping import make_post
from wp_sync.model import Article, ItemKey, Post, Verdict

NOW = datetime(2025, 9, 26, 12, tzinfo=UTC)
URL = "https://wire.example/putt?a=1&b=2"
ARTICLE = Article(
    key=ItemKey("https://wire.example/rss", "1"),
    url=URL,
    title="A long putt",
    body_html="<p>It fell.</p>",
    text="It fell.",
    excerpt="It fell < slowly.",
)


def post_of(rights: str = "full", article: Article = ARTICLE, **rules: Any) -> Post:  # noqa: ANN401
    source = Source(
        name="The Wire",
        feeds=("https://wire.example/rss",),
        to=("golf",),
        rights=rights,  # type: ignore[arg-type]
        licence="a note",
    )
    channel = Channel(name="golf", post=PostRules(category="Sports > Golf", **rules))
    verdict = Verdict(key=article.key, decision="publish", channel="golf")
    return make_post(article, verdict, source, channel, NOW)


def test_presets_fill_the_fields_that_themes_read() -> None:
    """A licensed copy names its source, its category, and the original's address."""
    post = post_of(presets=("jnews", "yoast"), copies=("canonical", "noindex"))

    assert post.fields == {
        "jnews_primary_category[id]": "Sports > Golf",
        "jnews_single_post[source_name]": "The Wire",
        "jnews_single_post[source_url]": URL,
        "post_subtitle": "It fell &lt; slowly.",
        "_yoast_wpseo_primary_category": "Sports > Golf",
        "_yoast_wpseo_canonical": URL,
        "_yoast_wpseo_meta-robots-noindex": "1",
    }
    assert post.primary == ("jnews_primary_category[id]", "_yoast_wpseo_primary_category")


def test_an_excerpt_is_no_copy() -> None:
    """It is found under its own address: emptied, should the rights have been more before."""
    fields = post_of("excerpt", presets=("jnews", "yoast")).fields

    assert fields["_yoast_wpseo_canonical"] == fields["post_subtitle"] == ""
    assert "_yoast_wpseo_meta-robots-noindex" not in fields  # nobody asked for it
    assert fields["jnews_single_post[source_name]"] == "The Wire"


@pytest.mark.parametrize("preset", ["jnews", "newspaper", "rank-math", "seopress", "yoast"])
def test_own_templates_win_over_presets(preset: str) -> None:
    """A field that a mapping names is the mapping's, with its value as it stands."""
    name = next(iter(post_of(presets=(preset,)).fields))

    post = post_of(presets=(preset,), fields={name: "7"})

    assert post.fields[name] == "7"
    assert name not in post.primary


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param("{title}", "&lt;script&gt; {{ 7*7 }}", id="plain"),
        pytest.param("{{ title }}", "&lt;script&gt; {{ 7*7 }}", id="Jinja2"),
        pytest.param("{{ url }}", "", id="no web address"),
    ],
)
def test_hostile_values_are_text(template: str, expected: str) -> None:
    """Themes print fields as they are: a title is no tag there, and no template here."""
    article = replace(ARTICLE, title="<script> {{ 7*7 }}", url="javascript:alert(1)")

    assert post_of(article=article, fields={"x": template}).fields == {"x": expected}


def test_addresses_cannot_leave_their_attribute() -> None:
    """Themes write them into href without escaping them."""
    article = replace(ARTICLE, url="https://wire.example/?a=\"'><script>")

    made = post_of(article=article, fields={"x": "{url}"}).fields["x"]

    assert not set("\"'<>").intersection(made)
