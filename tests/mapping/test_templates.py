"""Slugs and attributions: templates x values -> what stands on the site."""
# ruff: noqa: RUF001 (dashes and quotation marks as articles have them)

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wp_sync.mapping.templates import LONGEST_SLUG, fill_attribution, fill_slug
from wp_sync.text import slugify

VALUES = {
    "source.name": "Ludwig & Co",
    "byline": "Ann Lee",
    "title": "A title",
    "url": "https://a.example/x?a=1&b=2",
    "key": "abc234",
    "channel": "Music & Piano",
}
DEFAULT = "By {byline}, {source.name}. [Read Entire Article]({url})"
LINK = (
    '<a href="https://a.example/x?a=1&amp;b=2" class="wp-sync-source" rel="noopener">'
    "Read Entire Article</a>"
)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Rain, again", "rain-again-abc234"),
        ("  Don’t panic — it's fine…  ", "dont-panic-its-fine-abc234"),
        ("Émile’s crème brûlée à Łódź", "emiles-creme-brulee-a-lodz-abc234"),
        ("Straße, Ærø, œuvre, þing", "strasse-aero-oeuvre-thing-abc234"),
        ("ﬁne ① ½", "fine-1-1-2-abc234"),
        ("東京マラソン", "item-abc234"),
        ("東京 2025", "2025-abc234"),
        ("", "item-abc234"),
        ("<script>alert(1)</script>", "script-alert-1-script-abc234"),
        ("../../etc/passwd%00", "etc-passwd-00-abc234"),
    ],
)
def test_slug_is_plain_ascii_and_ends_in_the_mark(title: str, slug: str) -> None:
    """Accents folded, words joined; other scripts fall back to the mark."""
    assert fill_slug("{title}-{key}", VALUES | {"title": title}) == slug


@pytest.mark.parametrize(
    ("template", "title", "slug"),
    [
        ("{title}", "Rain, again", "rain-again"),
        ("{title}", "東京", "item-abc234"),
        ("{key}", "Rain", "abc234"),
        ("{source.name} {title} {key}", "Rain", "ludwig-co-rain-abc234"),
        ("news-{title}{key}", "Rain", "news-rainabc234"),
    ],
)
def test_slug_follows_its_template(template: str, title: str, slug: str) -> None:
    """Whatever stands between the placeholders becomes a part of the slug."""
    assert fill_slug(template, VALUES | {"title": title}) == slug


def test_long_title_is_cut_at_a_word() -> None:
    """The mark is never cut, a word only when it is longer than the slug."""
    words = fill_slug("{title}-{key}", VALUES | {"title": "seventeen letters " * 30})
    word = fill_slug("{title}-{key}", VALUES | {"title": "x" * 500})

    assert re.fullmatch(r"(?:seventeen-letters-)+(?:seventeen-)?abc234", words)
    assert LONGEST_SLUG - 20 < len(words) <= LONGEST_SLUG
    assert word == "x" * (len(word) - 7) + "-abc234"
    assert LONGEST_SLUG - 2 <= len(word) <= LONGEST_SLUG


def test_endless_name_leaves_the_mark() -> None:
    """A slug is cut at its front when the title was not what made it long."""
    slug = fill_slug("{source.name}-{title}-{key}", VALUES | {"source.name": "wire " * 100})

    assert len(slug) <= LONGEST_SLUG
    assert slug.endswith("wire-abc234")


@given(
    st.text(max_size=400),
    st.text(max_size=400),
    st.sampled_from(["{title}-{key}", "{key}", "{source.name}{title}{key}", "x {title} {key}"]),
    st.from_regex(r"[a-z2-7]{6}", fullmatch=True),
)
def test_slug_is_always_one(title: str, name: str, template: str, mark: str) -> None:
    """Whatever a source calls its articles and itself."""
    slug = fill_slug(template, VALUES | {"title": title, "source.name": name, "key": mark})

    assert re.fullmatch(r"[a-z0-9-]+", slug)
    assert len(slug) <= LONGEST_SLUG
    assert slug.endswith(mark)
    assert "--" not in slug
    assert slug == slugify(slug)


@pytest.mark.parametrize(
    ("template", "known", "unknown"),
    [
        (DEFAULT, f"By Ann Lee, Ludwig &amp; Co. {LINK}", f"Ludwig &amp; Co. {LINK}"),
        ("{source.name}, by {byline}. [Read Entire Article]({url})",
         f"Ludwig &amp; Co, by Ann Lee. {LINK}", f"Ludwig &amp; Co. {LINK}"),
        ("From {source.name} by {byline}. [Read Entire Article]({url})",
         f"From Ludwig &amp; Co by Ann Lee. {LINK}", f"From Ludwig &amp; Co. {LINK}"),
        ("{source.name}. By {byline}. [Read Entire Article]({url})",
         f"Ludwig &amp; Co. By Ann Lee. {LINK}", f"Ludwig &amp; Co. {LINK}"),
        ("{title} – {byline}", "A title – Ann Lee", "A title"),
        ("By {byline}", "By Ann Lee", ""),
        ("{channel}: {key}", "Music &amp; Piano: abc234", "Music &amp; Piano: abc234"),
        ("a < b & [c] {title}", "a &lt; b &amp; [\u2060c] A title",
         "a &lt; b &amp; [\u2060c] A title"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_attribution_leaves_an_unknown_byline_out(template: str, known: str, unknown: str) -> None:
    """With the words about it, up to what separates them from the rest."""
    told = [fill_attribution(template, VALUES | {"byline": name}) for name in ("Ann Lee", " ")]

    assert told == [f"<p>{text}</p>" if text else "" for text in (known, unknown)]


def test_attribution_without_an_address_has_no_link() -> None:
    """A link to nowhere is worse than none."""
    assert fill_attribution(DEFAULT, VALUES | {"url": ""}) == "<p>By Ann Lee, Ludwig &amp; Co.</p>"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", " https://a.example/", "//a.example/", "HTTPS:x"],
)
def test_address_of_another_kind_is_no_link(url: str) -> None:
    """Nothing but the web is linked."""
    assert "<a" not in fill_attribution(DEFAULT, VALUES | {"url": url})


class _Reader(HTMLParser):
    """Lists the tags of a piece of HTML with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))


HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "[x](javascript:alert(1))",
            "[gallery ids='1']",
            "{url}",
            "</p><!-- wp:html -->",
            "https://a.example/[embed]?\"'<>",
        ]
    ),
)


@given(name=HOSTILE, byline=HOSTILE, title=HOSTILE, web=st.booleans())
def test_values_cannot_break_out_of_the_attribution(
    name: str, byline: str, title: str, *, web: bool
) -> None:
    """A name, a byline, a title and an address stay text: one paragraph, at most one link."""
    url = f"https://a.example/{title}" if web else title
    values = VALUES | {"source.name": name, "byline": byline, "title": title, "url": url}

    paragraph = fill_attribution("{byline}, {title}, {source.name} [{title}]({url})", values)

    reader = _Reader()
    reader.feed(paragraph)
    assert reader.tags in ([("p", ()), ("a", ("href", "class", "rel"))], [("p", ())], [])
    assert not re.search(r"\[[^\u2060]", paragraph)
    assert "<!--" not in paragraph


def test_an_address_in_the_attribution_holds_no_markup() -> None:
    """A browser may write "<" in attributes as it is, and WordPress finds blocks there."""
    values = VALUES | {"url": "https://paper.example/?q=<!--[x]-->"}

    credit = fill_attribution("[Source]({url})", values)

    assert 'href="https://paper.example/?q=%3C!--%5Bx%5D--%3E"' in credit
