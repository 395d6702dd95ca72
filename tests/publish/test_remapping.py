"""What changed mappings make of a post: only what they govern, and nothing that a person edited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from office import Office, make_post

from wp_sync.model import Picture, Receipt, SiteState, Skip, Update
from wp_sync.publish.remapping import REMAPPED, remap_post, remapped_fields
from wp_sync.publish.target import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wp_sync.model import SitePost

POST = make_post(author="wp-sync")
CHANGED = replace(POST, categories=(("World",),), tags=("New",), author="tom-becker")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.run(POST)
    return office


def receipt(office: Office) -> Receipt:
    ours = office.receipt(POST)
    assert ours
    return ours


def state(office: Office) -> SiteState:
    _, known = office.plan(replace(CHANGED, title="Read the site"))
    return known


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        pytest.param({}, (), id="nothing"),
        pytest.param({"categories": (("World",),)}, ("categories",), id="category"),
        pytest.param({"author": "tom-becker"}, ("author",), id="author"),
        pytest.param({"comments": "closed"}, ("comments",), id="comments"),
        pytest.param({"body": "<p>Other credit.</p>"}, ("body",), id="attribution"),
        pytest.param({"slug": "x", "date": None, "status": "draft"}, (), id="what the site has"),
        pytest.param({"author": "", "categories": ()}, (), id="what is left to WordPress"),
        pytest.param({"pictures": (Picture(url="https://b/"),)}, ("featured",), id="picture"),
    ],
)
def test_a_mapping_governs_some_fields(
    office: Office, values: dict[str, Any], fields: tuple[str, ...]
) -> None:
    """Slug, date and status are the site's; what is not named stays what it is."""
    assert remapped_fields(replace(POST, **values), receipt(office), REMAPPED) == fields


def test_a_picture_that_could_not_be_had_is_no_changed_mapping(office: Office) -> None:
    """The next sync may bring it."""
    ours = receipt(office)
    lost = replace(ours, sent={k: v for k, v in ours.sent.items() if k != "featured"})

    assert remapped_fields(POST, lost, REMAPPED) == ()


def test_edited_fields_are_kept_and_named(office: Office) -> None:
    """The editor's tags stay, the rest follows the mapping; a channel's change is told."""
    ours = receipt(office)
    office.edit(ours.wp_id, tags=())

    found = remap_post(replace(CHANGED, channel="world"), ours, state(office), REMAPPED)

    assert found.locked == ("tags",)
    assert isinstance(found.change, Update)
    assert found.change.fields == ("categories", "author")
    assert found.change.reason == (
        "its mapping changed: categories, author; its channel is now world, and was news;"
        " edited on the site and kept: tags"
    )


@pytest.mark.parametrize(
    ("alter", "told"),
    [
        pytest.param(lambda _: None, "deleted on the site", id="deleted"),
        pytest.param(lambda post: replace(post, status="trash"), "in the trash", id="trashed"),
        pytest.param(lambda post: replace(post, status=FORBIDDEN), "given to", id="given away"),
    ],
)
def test_a_post_that_is_not_there_for_us_is_left(
    office: Office, alter: Callable[[SitePost], SitePost | None], told: str
) -> None:
    """A mapping brings nothing back, and takes nothing from anybody."""
    ours, known = receipt(office), state(office)
    there = alter(known.posts[ours.wp_id])
    known = replace(known, posts={ours.wp_id: there} if there else {})

    (change,) = (remap_post(CHANGED, ours, known, REMAPPED).change,)

    assert isinstance(change, Skip)
    assert told in change.reason


def test_an_author_whom_the_site_does_not_have_is_named(office: Office) -> None:
    """Before anything is written."""
    nobody = replace(POST, author="nobody")

    change = remap_post(nobody, receipt(office), state(office), REMAPPED).change

    assert isinstance(change, Skip)
    assert change.reason == "the site has no author 'nobody'"
