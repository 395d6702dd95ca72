"""clean_item: an entry and its page become the article that the source's rights allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from wp_sync.clean import Traits, clean_item
from wp_sync.clean.batch import join_rules
from wp_sync.clean.item import clean_body
from wp_sync.config.channels import CleanRules
from wp_sync.model import Item, ItemKey, Page, Picture, Rights

KEY = ItemKey("https://paper.example/feed", "7")
BODY = (
    "<p>The tram runs again from Monday, a week sooner than the city had said. Repairs took less"
    " time.</p><p>Buses keep their timetable.</p>"
)
SUMMARY = "<p>The tram runs again from Monday, a week sooner than the city had said.</p>"
ITEM = Item(
    key=KEY,
    url="https://paper.example/2031/tram",
    title="Tram &amp; bus",
    summary_html=SUMMARY,
    body_html=BODY,
    authors=("By Ada <b>Example</b>", "Ben Sample"),
    labels=("News &amp; views", "", "News &amp; views"),
)
PAGE = Page(
    key=KEY,
    url="https://paper.example/2031/tram/",
    body_html="<p>All of it, from the page.</p>",
    byline="Ada Example",
    published=datetime(2031, 5, 1, tzinfo=UTC),
    language="en",
    lead_image="https://paper.example/lead.jpg",
)


@pytest.mark.parametrize(
    ("rights", "page", "body"),
    [
        ("title", None, ""),
        ("excerpt", None, SUMMARY),
        ("feed", None, BODY.replace("</p><p>", "</p>\n<p>")),
        ("full", PAGE, "<p>All of it, from the page.</p>"),
        ("full", None, BODY.replace("</p><p>", "</p>\n<p>")),
    ],
)
def test_body_is_what_the_rights_allow(rights: Rights, page: Page | None, body: str) -> None:
    """Nothing beyond the agreement reaches the site."""
    article = clean_item(ITEM, page, rights=rights, rules=CleanRules())

    assert article.body_html == body
    assert bool(article.text) == bool(body)


def test_title_rights_leave_no_excerpt() -> None:
    """The excerpt is the source's text as well."""
    assert clean_item(ITEM, None, rights="title", rules=CleanRules()).excerpt == ""


def test_names_are_plain_text() -> None:
    """Title, byline and labels come without tags, entities and doubles."""
    article = clean_item(ITEM, None, rights="feed", rules=CleanRules())

    assert article.title == "Tram & bus"
    assert article.byline == "Ada Example, Ben Sample"
    assert article.labels == ("News & views",)


def test_page_fills_what_the_feed_left_open() -> None:
    """The feed's own date and language win; the page's byline is the better one."""
    article = clean_item(ITEM, PAGE, rights="full", rules=CleanRules())

    assert (article.published, article.language) == (PAGE.published, "en")
    assert article.byline == "Ada Example"


def test_endless_title_is_cut_between_words() -> None:
    """A whole text in the title's place, or worse, is no headline."""
    item = replace(ITEM, title="Tram &amp; bus " * 10_000)
    article = clean_item(item, None, rights="feed", rules=CleanRules())

    assert article.title.endswith(("Tram…", "Tram &…", "bus…"))
    assert 490 <= len(article.title) <= 500


def test_entry_without_title_gets_the_first_words() -> None:
    """A post always has a title."""
    article = clean_item(replace(ITEM, title=" <b></b> "), None, rights="feed", rules=CleanRules())

    assert article.title == "The tram runs again from Monday, a week sooner than the city…"


@pytest.mark.parametrize("rights", ["title", "excerpt", "feed", "full"])
def test_entry_without_text_stays_an_article(rights: Rights) -> None:
    """A video's entry has a title, a picture and nothing else."""
    item = Item(key=KEY, title="A run", image_urls=("https://video.example/1.jpg",))
    article = clean_item(item, None, rights=rights, rules=CleanRules())

    assert (article.title, article.body_html, article.excerpt) == ("A run", "", "")
    assert article.pictures == (Picture(url="https://video.example/1.jpg"),)


def test_picture_inside_the_description_is_found() -> None:
    """A broadcaster's feed carries its picture there; the excerpt shows no trace of it."""
    summary = '<img src="/h.jpg" alt="A &amp; B" width="460"><p>The harbour stays closed today.</p>'
    item = replace(ITEM, summary_html=summary, body_html="")
    article = clean_item(item, None, rights="excerpt", rules=CleanRules())

    assert article.pictures == (Picture(url="https://paper.example/h.jpg", alt="A & B"),)
    assert article.body_html == "<p>The harbour stays closed today.</p>"


def test_pictures_come_best_first_and_once() -> None:
    """Named ones, then the page's, then those in the text; a known one takes its alt text along."""
    page = replace(PAGE, body_html='<p>x</p><img src="/b.jpg" alt="B"><img src="/c.jpg">')
    item = replace(ITEM, image_urls=("/b.jpg", "ftp://x.example/a", "https://paper.example/a.jpg"))
    article = clean_item(item, page, rights="full", rules=CleanRules())

    assert [picture.url[21:] for picture in article.pictures] == [
        "/b.jpg",
        "/a.jpg",
        "/lead.jpg",
        "/c.jpg",
    ]
    assert article.pictures[0].alt == "B"


def test_pictures_are_few() -> None:
    """A gallery of hundreds doesn't become hundreds of candidates."""
    body = "".join(f'<img src="/{number}.jpg">' for number in range(40))
    article = clean_item(replace(ITEM, body_html=body), None, rights="feed", rules=CleanRules())

    assert len(article.pictures) == 8


def test_selectors_of_a_channel_take_out_and_tell() -> None:
    """What a rule removed is reported with the rule."""
    body = BODY + "<p>Make us your preferred source.</p>"
    rules = CleanRules(remove=("p:-soup-contains('preferred source')",))
    article = clean_item(replace(ITEM, body_html=body), None, rights="feed", rules=rules)

    assert "preferred source" not in article.body_html
    (removal,) = article.removed
    assert removal.rule == "remove: p:-soup-contains('preferred source')"
    assert removal.text == "Make us your preferred source."


@pytest.mark.parametrize(
    ("summary", "excerpt"),
    [
        pytest.param("One two. " * 40, ("One two. " * 27).strip(), id="short sentences"),
        pytest.param("word " * 80, "word " * 54 + "word…", id="one long sentence"),
        pytest.param(
            "Mr. X of the U.S. team won. " * 9, "Mr. X of the U.S. team won. " * 7, id="abbr"
        ),
        pytest.param("<h2>Head</h2><p>Only prose counts.</p>", "Only prose counts.", id="heading"),
        pytest.param(
            "“Not now.” Then he left. " * 20, "“Not now.” Then he left. " * 11, id="quote"
        ),
        pytest.param(
            "“No,” he said and " * 40, "“No,” he said and " * 13 + "“No,” he said…", id="comma"
        ),
    ],
)
def test_excerpt_is_whole_sentences_of_at_most_55_words(summary: str, excerpt: str) -> None:
    """A teaser doesn't end in the middle of a sentence, where that can be helped."""
    item = replace(ITEM, summary_html=summary, body_html="")

    article = clean_item(item, None, rights="excerpt", rules=CleanRules())

    assert article.excerpt == excerpt.strip()


def test_excerpt_is_neutral_in_the_body() -> None:
    """An excerpt goes into the body as text: signs escaped, shortcodes broken."""
    item = replace(ITEM, summary_html="<p>Type &lt;b&gt; or [gallery] here now.</p>", body_html="")
    article = clean_item(item, None, rights="excerpt", rules=CleanRules())

    assert article.excerpt == "Type <b> or [gallery] here now."
    assert article.body_html == "<p>Type &lt;b&gt; or [\u2060gallery] here now.</p>"


@pytest.mark.parametrize("opening", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<blockquote>"])
@pytest.mark.timeout(60)
def test_deep_nesting_ends(opening: str) -> None:
    """A hundred thousand levels keep their text and take seconds, not minutes."""
    cleaned = clean_body(opening * 50_000 + "core", "https://paper.example/")

    assert cleaned.text == "core"


@pytest.mark.timeout(60)
def test_a_long_article_is_cleaned_in_linear_time() -> None:
    """A step that became quadratic would take minutes for this one."""
    body = "".join(
        f"<div><p>Paragraph {number} with <a href='/l{number}'>a link</a>, <b>bold</b> words"
        " and enough text to be like the real thing.</p></div>"
        for number in range(9_000)
    )

    cleaned = clean_body(body, "https://paper.example/")

    assert cleaned.html.count("https://paper.example/l") == 9_000


def test_title_loses_the_source_s_name() -> None:
    """The site shows the source in the credit and in a tag, not in every headline."""
    item = replace(ITEM, title="Tram &amp; bus | The Evening Paper")
    traits = Traits(names=("Evening Paper",))
    article = clean_item(item, None, rights="feed", rules=CleanRules(), traits=traits)

    assert article.title == "Tram & bus"


@pytest.mark.parametrize(
    ("authors", "byline"),
    [
        (("ada@paper.example (Ada Example)",), "Ada Example"),
        (("Ada Example <ada@paper.example>",), "Ada Example"),
        (("Von Ada Example",), "Ada Example"),
        (("Written by: Ada &amp;amp; Ben",), "Ada & Ben"),
        (("ada@paper.example",), ""),
    ],
)
def test_byline_is_a_name(authors: tuple[str, ...], byline: str) -> None:
    """RSS asks for an address of mail; readers are told who wrote."""
    item = replace(ITEM, authors=authors)

    assert clean_item(item, None, rights="feed", rules=CleanRules()).byline == byline


def test_excerpt_of_a_cut_summary_is_whole() -> None:
    """A teaser does not break off where the feed's own text goes on."""
    summary = "<p>The tram runs again from Monday, a week sooner [&#8230;]</p>"
    item = replace(ITEM, summary_html=summary)
    article = clean_item(item, None, rights="excerpt", rules=CleanRules())

    assert article.excerpt.startswith("The tram runs again from Monday, a week sooner than the")
    assert article.excerpt.endswith(".")


def test_addresses_of_embeds_are_no_text() -> None:
    """Words are counted, scored and compared: an address is none of the article's."""
    body = f'{BODY}<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>'
    article = clean_item(replace(ITEM, body_html=body), None, rights="feed", rules=CleanRules())

    assert 'data-embed="youtube"' in article.body_html
    assert "youtube" not in article.text


def test_what_became_a_post_of_another_site_is_told() -> None:
    """Its words are shown by that site from now on; the report keeps them."""
    quote = (
        '<blockquote class="twitter-tweet"><p>It rains.</p>'
        '<a href="https://twitter.com/poet/status/99">May 3</a></blockquote>'
    )
    (removal,) = clean_body(BODY + quote, "https://paper.example/").removed

    assert (removal.rule, removal.text) == ("embed: x", "It rains.May 3")


def test_a_source_is_cleaned_by_the_rules_of_all_its_channels() -> None:
    """Cleaning comes before routing: what any of them asks for is done."""
    one = CleanRules(remove=(".a",), rel=("nofollow",), headings=3)
    other = CleanRules(remove=(".b", ".a"), spare=("p",))

    joined = join_rules([one, other])

    assert joined == CleanRules(
        remove=(".a", ".b"), spare=("p",), rel=("nofollow", "noopener"), headings=3
    )
    assert join_rules([]) == CleanRules()


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        pytest.param("ada@paper.example (Ada Example)", "Ada Example", id="RSS"),
        pytest.param("Ada  Example <ada@paper.example>", "Ada Example", id="mail"),
        pytest.param(" " * 20_000 + "x", "x", id="spaces"),
        pytest.param("a." * 40_000, "a." * 40_000, id="no address"),
    ],
)
@pytest.mark.timeout(5)
def test_byline_has_no_address_and_takes_little_time(author: str, byline: str) -> None:
    """An author's name comes from a stranger, however long it is."""
    article = clean_item(replace(ITEM, authors=(author,)), None, rights="feed", rules=CleanRules())

    assert article.byline == byline
