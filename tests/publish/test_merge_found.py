"""Field by field: which of a post that was found are ours, and what a dead create left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from office import make_post
from rain import IDS, POST, RECEIPT, SENT, SUBTITLE, there

from wp_sync.model import Intent, Receipt, SitePost
from wp_sync.publish.merge import (
    FIELDS,
    edited_fields,
    pending_hashes,
    sent_hashes,
    stale_fields,
    stored_hashes,
)
from wp_sync.publish.merge_found import adopted_hashes, unfinished_fields


def ours(post: SitePost, **wanted: Any) -> set[str]:  # noqa: ANN401
    """Name the fields of a found post that go on following the source."""
    _, held = adopted_hashes(replace(POST, **wanted), post, IDS)
    return {name for name, value in stored_hashes(post).items() if held[name] == value}


def test_found_post_is_compared_with_what_its_create_sent() -> None:
    """The source may have been corrected since: what was sent then is ours, and is stale."""
    begun = Intent(
        key=POST.key,
        slug=POST.slug,
        begun=datetime(2026, 5, 4, tzinfo=UTC),
        sent=sent_hashes(POST),
        pending=pending_hashes(SENT),
    )
    now = replace(POST, title="Corrected", tags=("Sun",))

    sent, held = adopted_hashes(now, there(excerpt="Mine"), IDS | {"tags": (8,)}, begun)

    assert stale_fields(now, replace(RECEIPT, sent=sent)) == ("title", "tags")
    assert held == stored_hashes(there()) | {"excerpt": ""}


def test_found_post_as_we_would_have_sent_it_is_ours() -> None:
    """But for its picture, of which only the id is known."""
    assert ours(there()) == {*FIELDS, SUBTITLE} - {"featured"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Rain &amp; wind, part 1"),
        ("body", f"{POST.body} "),
        ("excerpt", "Wind &lt; rain"),
        ("slug", "rain"),
        ("date", "2026-05-04T12:00:01"),
        ("status", "draft"),
        ("author", 1),
        ("categories", (5, 1)),
        ("tags", (6,)),
    ],
)
def test_found_field_that_differs_is_a_persons(field: str, value: object) -> None:
    """It is hashed to what no value has, so that it always looks edited."""
    post = there(**{field: value})

    assert ours(post) == {*FIELDS, SUBTITLE} - {"featured", field}
    held = Receipt(key=POST.key, wp_id=7, stored=adopted_hashes(POST, post, IDS)[1])
    assert field in edited_fields(held, post, make_post(2, date=None, status="pending"), {})


def test_tags_are_the_same_in_any_order() -> None:
    """WordPress sorts them by its own lights."""
    assert "tags" in ours(there(tags=(7, 6)))


def test_a_literal_entity_is_not_taken_for_its_character() -> None:
    """An article about HTML has the excerpt "&amp;", stored as "&amp;amp;"."""
    assert "excerpt" in ours(there(excerpt="&amp;amp;"), excerpt="&amp;")
    assert "excerpt" not in ours(there(excerpt="&amp;"), excerpt="&amp;")


def test_no_picture_where_none_is_wanted_is_ours() -> None:
    """And where one is wanted, somebody took it away."""
    assert "featured" in ours(there(featured=0), pictures=())
    assert "featured" not in ours(there(featured=0))
    assert "featured" not in ours(there(), pictures=())


def test_date_is_compared_as_a_moment() -> None:
    """The site's is naive UTC, exact to the second."""
    there_five = datetime(2026, 5, 4, 7, 0, 0, 999, tzinfo=timezone(timedelta(hours=-5)))

    assert "date" in ours(there(), date=there_five)
    assert "date" not in ours(there(), date=datetime(2026, 5, 4, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    ("edits", "missing"),
    [
        pytest.param({}, (), id="nothing"),
        pytest.param({"categories": ()}, ("categories",), id="no category"),
        pytest.param({"categories": (1,)}, ("categories",), id="the default category"),
        pytest.param({"categories": (2,)}, (), id="a person's category"),
        pytest.param({"categories": (1, 2)}, (), id="the default category and a person's"),
        pytest.param({"tags": ()}, ("tags",), id="no tags"),
        pytest.param({"tags": (99,)}, (), id="a person's tag"),
        pytest.param({"featured": 0}, ("featured",), id="no picture"),
        pytest.param({"title": "", "excerpt": ""}, (), id="texts come with the row"),
    ],
)
def test_what_a_dead_create_left_out_is_named(
    edits: dict[str, Any], missing: tuple[str, ...]
) -> None:
    """WordPress writes terms and picture after the row."""
    assert unfinished_fields(POST, there(**edits), 1) == missing


def test_nothing_is_missing_where_nothing_is_wanted() -> None:
    """A post without terms and picture is whole."""
    bare = replace(POST, categories=(), tags=(), pictures=())

    assert unfinished_fields(bare, there(categories=(), tags=(), featured=0), 1) == ()
