"""make_plan: what we want x what we wrote x what is there -> a Plan."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from office import HINT

from wp_sync.model import (
    Adopt,
    Create,
    Intent,
    ItemKey,
    NewTerm,
    Picture,
    Post,
    Receipt,
    SitePost,
    SiteState,
    Skip,
    Term,
    Update,
)
from wp_sync.publish.merge import sent_hashes, stored_hashes
from wp_sync.publish.plan import make_plan
from wp_sync.publish.signs import address_words, links_to, marks_of, slug_note
from wp_sync.publish.target import FORBIDDEN

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
POST = Post(
    key=ItemKey("https://news.example/feed", "1"),
    source_url="https://news.example/rain?a=1&b=2",
    channel="news",
    title="Rain & wind",
    body="<p>It rains.</p>",
    excerpt="It rains.",
    slug="rain-wind-abc234",
    mark="abc234",
    status="publish",
    date=NOW,
    categories=(("News",),),
    tags=("Example News",),
    pictures=(Picture(url="https://news.example/rain.jpg"),),
)
VALUES: Mapping[str, Any] = {
    "title": "Rain & wind",
    "body": "<p>It rains.</p>",
    "excerpt": "It rains.",
    "slug": POST.slug,
    "date": "2026-05-04T12:00:00",
    "status": "publish",
    "author": 2,
    "categories": (5,),
    "tags": (6,),
    "featured": 9,
}
TERMS = {
    "categories": (Term(wp_id=5, name="News"),),
    "tags": (Term(wp_id=6, name="Example News"),),
}


def there(wp_id: int = 7, *, status: str = "publish", slug: str = "", **edits: object) -> SitePost:
    return SitePost(wp_id=wp_id, slug=slug or POST.slug, status=status, values={**VALUES, **edits})


RECEIPT = {
    POST.key: Receipt(key=POST.key, wp_id=7, sent=sent_hashes(POST), stored=stored_hashes(there()))
}


def site(post: SitePost | None = None, **more: Any) -> SiteState:  # noqa: ANN401
    posts = {post.wp_id: post} if post else {}
    return SiteState(posts=posts, terms=TERMS, **more)


def test_new_post_is_created() -> None:
    """A post that neither the ledger nor the site knows becomes a Create."""
    (change,) = make_plan([POST], {}, site()).changes

    assert change == Create(post=POST, reason="new")


def test_unchanged_post_is_skipped() -> None:
    """Running twice plans nothing the second time, and needs no look at the site."""
    plan = make_plan([POST], RECEIPT, SiteState())

    assert plan.counts == {"Skip": 1}
    assert plan.new_terms == ()


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        pytest.param(replace(POST, title="Sun"), ("title",), id="title"),
        pytest.param(replace(POST, tags=("sky",)), ("tags",), id="tags"),
        pytest.param(replace(POST, body="<p>Sun.</p>"), ("body",), id="body"),
        pytest.param(replace(POST, pictures=()), ("featured",), id="picture"),
        pytest.param(
            replace(POST, title="Sun", excerpt="Sun."), ("title", "excerpt"), id="two fields"
        ),
    ],
)
def test_update_sends_only_what_changed(wanted: Post, fields: tuple[str, ...]) -> None:
    """An Update names the fields that differ and no others."""
    (change,) = make_plan([wanted], RECEIPT, site(there())).changes

    assert isinstance(change, Update)
    assert change.fields == fields


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(replace(POST, status="draft"), id="status"),
        pytest.param(replace(POST, slug="sun-abc234"), id="slug"),
        pytest.param(replace(POST, author="tom-becker"), id="author"),
        pytest.param(replace(POST, date=None), id="date"),
    ],
)
def test_fields_that_belong_to_the_site_are_not_followed(wanted: Post) -> None:
    """Status, slug, author and date stay as they are once a post is there."""
    plan = make_plan([wanted], RECEIPT, site(there()))

    assert plan.counts == {"Skip": 1}


def test_field_edited_on_the_site_is_left_alone() -> None:
    """An editor's change wins over the source's, and the other fields still arrive."""
    wanted = replace(POST, title="Sun", excerpt="Sun.")

    (change,) = make_plan([wanted], RECEIPT, site(there(title="an editor's title"))).changes

    assert isinstance(change, Update)
    assert change.fields == ("excerpt",)
    assert "kept: title" in change.reason


def test_post_whose_every_stale_field_was_edited_is_skipped() -> None:
    """Nothing is written when an editor changed all that the source changed."""
    wanted = replace(POST, title="Sun")

    (change,) = make_plan([wanted], RECEIPT, site(there(title="an editor's title"))).changes

    assert isinstance(change, Skip)
    assert change.reason == f"edited on the site and kept: title{HINT}"


@pytest.mark.parametrize(
    "gone", [pytest.param(None, id="deleted"), pytest.param(there(status="trash"), id="trashed")]
)
def test_deleted_post_stays_deleted(gone: SitePost | None) -> None:
    """A post that is gone from the site, or in its trash, is not made again."""
    (change,) = make_plan([replace(POST, title="Sun")], RECEIPT, site(gone)).changes

    assert isinstance(change, Skip)
    assert "stays" in change.reason


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(there(), id="same slug"),
        pytest.param(there(slug=f"{POST.slug}-2"), id="slug with a number"),
        pytest.param(there(slug=f"{POST.slug}__trashed", status="trash"), id="in the trash"),
        pytest.param(there(slug=f"sun-{POST.mark}-2__trashed-3"), id="the mark with another title"),
        pytest.param(
            there(
                slug="an-editors-slug",
                title="Sun",
                body='<a href="https://other.example/">x</a>'
                '<a href="https://news.example/rain?a=1&#038;b=2" class="wp-sync-source">y</a>',
            ),
            id="credits the source",
        ),
        pytest.param(
            there(
                slug="an-editors-slug",
                body='<p><a href="http://www.news.example/rain?b=2&amp;a=1&amp;utm_source=x">x</a>',
            ),
            id="links to the source",
        ),
    ],
)
def test_post_found_on_the_site_is_adopted(found: SitePost) -> None:
    """A lost ledger makes no second post."""
    (change,) = make_plan([POST], {}, site(found={POST.key: (found,)})).changes

    assert isinstance(change, Adopt)
    assert not change.doubtful


def test_lowest_id_of_several_is_adopted() -> None:
    """Parallel creates may have left two rows with one slug."""
    found = (there(12), there(8))

    (change,) = make_plan([POST], {}, site(found={POST.key: found})).changes

    assert isinstance(change, Adopt)
    assert change.found.wp_id == 8


def test_a_post_that_we_may_not_edit_is_held() -> None:
    """An editor gave it to another author: it is neither ours to adopt nor to be made again."""
    hidden = SitePost(wp_id=0, slug=POST.slug, status=FORBIDDEN)

    (change,) = make_plan([POST], {}, site(found={POST.key: (hidden,)})).changes

    assert isinstance(change, Skip)
    assert change.status == "held"
    assert "given to another author?" in change.reason


def test_strangers_post_with_the_slug_is_held() -> None:
    """With a slug of the title alone, a post without our link is somebody else's."""
    wanted = replace(POST, slug="rain-wind")
    found = there(slug="rain-wind")

    (change,) = make_plan([wanted], {}, site(found={POST.key: (found,)})).changes

    assert isinstance(change, Skip)
    assert change.status == "held"
    assert "7" in change.reason


def test_young_intent_is_left_to_rest() -> None:
    """A create whose answer is missing is not repeated while the site may still be at it."""
    intent = Intent(key=POST.key, slug=POST.slug, begun=NOW)

    (change,) = make_plan([POST], {}, site(resting={POST.key: intent})).changes

    assert isinstance(change, Skip)
    assert change.status == "held"


def test_doubtful_intent_that_left_nothing_is_created_again() -> None:
    """After the settle window and a look at the site the create is due once more."""
    intent = Intent(key=POST.key, slug=POST.slug, begun=NOW)

    (change,) = make_plan([POST], {}, site(doubtful={POST.key: intent})).changes

    assert isinstance(change, Create)
    assert change.post == POST


def test_two_items_of_one_article_become_one_post() -> None:
    """The second item with an article's mark waits; the next run knows its owner."""
    twin = replace(POST, key=ItemKey("https://other.example/feed", "9"))

    first, second = make_plan([POST, twin], {}, site()).changes

    assert isinstance(first, Create)
    assert isinstance(second, Skip)
    assert second.status == "held"


def test_missing_terms_are_planned_once() -> None:
    """A term that two posts need is named once, beside the site's nearest name."""
    twin = replace(POST, key=ItemKey("f", "2"), mark="zzz222", categories=(("new",), ("Newss",)))
    post = replace(POST, categories=(("Newss",),))

    plan = make_plan([post, twin], {}, site())

    assert plan.new_terms == (
        NewTerm(taxonomy="categories", path=("Newss",), near="News"),
        NewTerm(taxonomy="categories", path=("new",), near="News"),
    )


def test_a_link_is_found_however_its_address_is_written() -> None:
    """Scheme, www, tracking and the order of parameters make no other article."""
    body = '<p>See <a class="x" href="http://www.news.example/rain/?b=2&amp;a=1#top">it</a>.</p>'

    assert links_to(body, "https://news.example/rain?a=1&b=2")
    assert not links_to(body, "https://news.example/rain?a=1&b=3")


def test_a_post_that_credits_another_source_is_another_article() -> None:
    """Our posts link to each other's sources in their texts."""
    body = f'<a href="{POST.source_url}">x</a> <a class="wp-sync-source" href="https://x.example/">'

    assert not links_to(body, POST.source_url)
    assert links_to(body, "https://x.example")


def test_a_text_that_mentions_the_article_waits_for_a_person() -> None:
    """A link in a post with another title may be the article's, and may be a remark."""
    found = there(slug="our-view", title="Our view", body=f"<a href='{POST.source_url}'>x</a>")

    (change,) = make_plan([POST], {}, site(found={POST.key: (found,)})).changes

    assert isinstance(change, Skip)
    assert change.status == "held"
    assert change.reason.startswith(f"post 7 on the site links to {POST.source_url}")


@pytest.mark.parametrize(
    ("slug", "marks"),
    [
        ("rain-abc234", {"abc234"}),
        ("rain-abc234-2", {"abc234"}),
        ("rain-abc234__trashed-12", {"abc234"}),
        ("rain-234567", {"234567"}),
        ("rain-canada-234567", {"canada", "234567"}),
        ("rain-abc189", set()),
        ("", set()),
    ],
)
def test_marks_are_read_from_slugs(slug: str, marks: set[str]) -> None:
    """WordPress numbers slugs and marks the trash; a mark may be a number itself."""
    assert marks_of(slug) == marks


def test_words_of_an_address_stand_in_every_spelling() -> None:
    """Escapes, "&" and names in other scripts are written in more than one way."""
    words = address_words("news.example/caf%C3%A9-rain/it's~here?a=1&id=22")

    assert set(words) == {"news.example/caf", "rain/it", "here", "a=1", "id=22"}
    assert address_words("xn--caf-dma.example/rain-1") == ("rain-1",)


@pytest.mark.parametrize(
    ("wanted", "given", "told"),
    [
        pytest.param(POST, POST.slug, False, id="as asked"),
        pytest.param(POST, f"{POST.slug}-2", True, id="numbered"),
        pytest.param(replace(POST, slug="rain"), "rain-2", False, id="without a mark"),
    ],
)
def test_a_numbered_mark_is_told(wanted: Post, given: str, told: bool) -> None:  # noqa: FBT001
    """Only a second post of the same article can have taken a slug with its mark."""
    assert (given in slug_note(wanted, there(slug=given))) is told
