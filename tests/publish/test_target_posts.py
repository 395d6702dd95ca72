"""One suite for every Target: writing posts, and what WordPress makes of their fields."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from targets import NOWHERE, PAST, by_xmlrpc, draft, new_name, picture

from wp_sync.errors import RejectedError

if TYPE_CHECKING:
    from wp_sync.publish.target import Target


def test_created_post_is_what_was_asked_for(target: Target) -> None:
    """Every field comes back in our own names, and reading it again gives the same."""
    category = target.create_term("categories", new_name(), 0)
    tags = [target.create_term("tags", new_name(), 0).wp_id for _ in range(2)]
    featured = target.upload(picture(new_name()))
    values = draft(
        excerpt="Wet.",
        date=PAST,
        status="publish",
        author=2,
        categories=(category.wp_id,),
        tags=tuple(tags),
        featured=featured,
        comments="closed",
    )

    made = target.create_post(values)

    expected = values | {"date": "2026-01-05T18:30:15", "tags": tuple(sorted(tags))}
    assert made.values == expected
    assert (made.slug, made.status) == (values["slug"], "publish")
    assert target.read_posts([made.wp_id]) == (made,)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Piano \U0001f3b9 night", id="four-byte emoji"),
        pytest.param("Music & Piano", id="ampersand"),
        pytest.param("1 < 2 & 3 > 0", id="less and greater"),
        pytest.param("How to write &amp; in HTML", id="literal entity"),
        pytest.param("""It's "quoted\"""", id="quotes"),
        pytest.param(r"back\slash \\ \' \u0041", id="backslashes"),
        pytest.param("100%25 of 50%d %s", id="percent"),
        pytest.param("<b>bold</b> [gallery]", id="markup as text"),
        pytest.param("[a] [[b]] [/c] [ [\u2060d]", id="brackets"),
        pytest.param("&#91;a] &amp;#91;b] &#x5b;c] &\u2060#91;d]", id="entities of brackets"),
    ],
)
def test_text_survives(target: Target, text: str) -> None:
    """Titles are plain text; bodies are HTML and kept to the byte."""
    body = f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>"

    made = target.create_post(draft(title=text, body=body, excerpt=body))

    assert made.values["title"] == text
    assert made.values["body"] == body
    assert made.values["excerpt"] == body


def test_title_that_was_read_can_be_written_back(target: Target) -> None:
    """Taking a change back must not turn & into &amp; before everybody's eyes."""
    made = target.create_post(draft(title="Golf & Hockey <live>"))

    again = target.update_post(made.wp_id, {"title": made.values["title"]})

    assert again.values["title"] == "Golf & Hockey <live>"


def test_blanks_around_a_title_go(target: Target) -> None:
    """WordPress trims titles."""
    assert target.create_post(draft(title="  Rain ")).values["title"] == "Rain"


def test_post_without_category_gets_the_default_one(target: Target) -> None:
    """Leaving the field out is not the same as naming none."""
    assert target.create_post(draft()).values["categories"] == (1,)
    assert target.create_post(draft(categories=())).values["categories"] == ()


def test_unknown_ids_are_dropped_without_a_word(target: Target) -> None:
    """Only comparing tells that a category, tag or picture was left out."""
    made = target.create_post(draft(categories=(NOWHERE,), tags=(NOWHERE,), featured=NOWHERE))

    assert made.values["categories"] == ()
    assert made.values["tags"] == ()
    assert made.values["featured"] == 0


def test_unknown_picture_leaves_the_old_one(target: Target) -> None:
    """An id that is no upload changes nothing; 0 takes the picture away."""
    featured = target.upload(picture(new_name()))
    made = target.create_post(draft(featured=featured))

    assert target.update_post(made.wp_id, {"featured": NOWHERE}).values["featured"] == featured
    assert target.update_post(made.wp_id, {"featured": 0}).values["featured"] == 0


def test_taken_slug_is_numbered(target: Target) -> None:
    """Drafts and published posts share one set of slugs."""
    slug = new_name()

    slugs = [
        target.create_post(draft(slug=slug, status=status)).slug
        for status in ("draft", "publish", "draft")
    ]

    assert slugs == [slug, f"{slug}-2", slug if by_xmlrpc(target) else f"{slug}-3"]


def test_slug_is_made_of_the_title_when_published(target: Target) -> None:
    """A draft may do without a slug."""
    title = f"Rain & {new_name()}"

    made = target.create_post({"title": title, "status": "draft"})
    published = target.update_post(made.wp_id, {"status": "publish"})

    assert made.slug == ""
    assert published.slug == title.lower().replace(" & ", "-")


def test_trashed_post_gives_its_slug_away_and_is_found_by_it(target: Target) -> None:
    """The slug of a trashed post is free again, and still leads to it."""
    values = draft(status="publish")
    made = target.create_post(values)

    trashed = target.trash_post(made.wp_id)
    again = target.create_post(values)

    assert (trashed.status, trashed.slug) == ("trash", f"{made.slug}__trashed")
    assert again.slug == made.slug
    found = target.find_posts([made.slug])
    assert {post.wp_id for post in found} == {made.wp_id, again.wp_id}
    assert target.read_posts([made.wp_id]) == (trashed,)


def test_trashing_twice_is_fine(target: Target) -> None:
    """An answer that was lost may be asked for again."""
    made = target.create_post(draft())

    assert target.trash_post(made.wp_id) == target.trash_post(made.wp_id)


def test_second_post_in_the_trash_is_numbered(target: Target) -> None:
    """Two posts that had the same slug one after the other lie in the trash under two."""
    values = draft(status="publish")

    slugs = [target.trash_post(target.create_post(values).wp_id).slug for _ in range(2)]

    assert slugs == [f"{values['slug']}__trashed", f"{values['slug']}__trashed-2"]


def test_draft_without_a_date_floats(target: Target) -> None:
    """Its date is the moment of its last change, until it is published."""
    made = target.create_post(draft(date=None, status="draft"))
    time.sleep(1.1)

    changed = target.update_post(made.wp_id, {"excerpt": "Wet."})

    assert changed.values["date"] > made.values["date"]


def test_draft_with_a_date_keeps_it(target: Target) -> None:
    """The source's date lasts through edits and approval."""
    made = target.create_post(draft(date=PAST, status="draft"))

    assert target.update_post(made.wp_id, {"title": "Sun"}).values["date"] == "2026-01-05T18:30:15"
    published = target.update_post(made.wp_id, {"status": "publish"})
    assert published.values["date"] == "2026-01-05T18:30:15"


def test_floating_draft_can_be_dated(target: Target) -> None:
    """Once given, the date stays."""
    made = target.create_post(draft(date=None, status="draft"))

    dated = target.update_post(made.wp_id, {"date": PAST})
    changed = target.update_post(made.wp_id, {"title": "Sun"})

    assert dated.values["date"] == changed.values["date"] == "2026-01-05T18:30:15"


def test_date_is_the_moment_and_not_its_spelling(target: Target) -> None:
    """Dates of any zone become UTC; a date that was read may be written back."""
    there = PAST.astimezone(timezone(timedelta(hours=-5)))

    made = target.create_post(draft(date=there))
    again = target.update_post(made.wp_id, {"date": made.values["date"]})

    assert made.values["date"] == again.values["date"] == "2026-01-05T18:30:15"


def test_publishing_with_a_date_to_come_waits(target: Target) -> None:
    """WordPress plans what is dated ahead."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    assert target.create_post(draft(date=tomorrow, status="publish")).status == "future"


def test_update_writes_the_given_fields_only(target: Target) -> None:
    """What is not named stays as an editor left it."""
    tag = target.create_term("tags", new_name(), 0).wp_id
    made = target.create_post(draft(date=PAST, tags=(tag,), excerpt="Wet."))

    changed = target.update_post(made.wp_id, {"title": "Sun"})

    assert changed.values == {**made.values, "title": "Sun"}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"title": "  "}, "empty_content", id="nothing to show"),
        pytest.param({"title": "Rain", "author": NOWHERE}, "rest_invalid_author", id="author"),
    ],
)
def test_bad_post_is_refused(target: Target, values: dict[str, Any], code: str) -> None:
    """WordPress's own code tells why."""
    with pytest.raises(RejectedError) as caught:
        target.create_post(values)

    assert caught.value.code == code


def test_writing_to_a_post_that_is_gone_is_refused(target: Target) -> None:
    """Updates and trashing both say so."""
    with pytest.raises(RejectedError) as updating:
        target.update_post(NOWHERE, {})
    with pytest.raises(RejectedError) as trashing:
        target.trash_post(NOWHERE)

    for caught in (updating, trashing):
        assert (caught.value.code, caught.value.status) == ("rest_post_invalid_id", 404)
