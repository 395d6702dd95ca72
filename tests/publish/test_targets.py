"""One suite for every Target: who we are, terms, authors, pictures and pages of ours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from targets import NOWHERE, by_xmlrpc, new_name, picture

from wp_sync.errors import RejectedError

if TYPE_CHECKING:
    from wp_sync.publish.target import Target


def test_login_is_named(target: Target) -> None:
    """Who we are, where, and what goes into the default category."""
    identity = target.identify()

    assert identity.login == "admin"
    assert identity.user_id == 1
    assert identity.home.endswith(identity.address)
    assert identity.default_category == (0 if by_xmlrpc(target) else 1)
    assert "manage_categories" in identity.capabilities


def test_term_is_made_once(target: Target) -> None:
    """The same name in another case is the same term, and an ampersand stays one."""
    name = f"Music & Piano {new_name()}"

    made = target.create_term("categories", name, 0)

    assert made.name == name
    assert target.create_term("categories", name.upper(), 0) == made
    assert made in target.read_terms("categories")


def test_term_names_are_plain_text(target: Target) -> None:
    """What looks like markup in a name is neither lost nor escaped twice."""
    name = f"R&B <live> [canary] &#91;canary] {new_name()}"

    made = target.create_term("tags", name, 0)

    assert made.name == name
    assert made.slug.isascii()
    assert "%" not in made.slug
    assert target.create_term("tags", name, 0) == made
    assert made in target.read_terms("tags")


def test_same_name_under_another_parent_is_another_term(target: Target) -> None:
    """A category is its path, not its name."""
    top = target.create_term("categories", new_name(), 0)
    name = new_name()

    first = target.create_term("categories", name, 0)
    second = target.create_term("categories", name, top.wp_id)

    assert (first.parent, second.parent) == (0, top.wp_id)
    assert first.wp_id != second.wp_id


def test_tags_have_no_parent(target: Target) -> None:
    """Tags and categories of one name are two terms."""
    name = new_name()

    assert target.create_term("tags", name, 0).parent == 0
    assert name not in {term.name for term in target.read_terms("categories")}


def test_authors_are_listed(target: Target) -> None:
    """Authors without posts are among them."""
    slugs = {user.slug: user.name for user in target.read_authors()}

    assert slugs["editor"] == "Editor"


def test_picture_is_found_by_its_name(target: Target) -> None:
    """After a lost answer the upload is looked for before it is repeated."""
    name = new_name()
    wp_id = target.upload(picture(name))

    found = target.find_media([f"{name}.png", f"{new_name()}.png"])

    assert found == {f"{name}.png": wp_id}


def test_first_of_two_equal_pictures_is_found(target: Target) -> None:
    """An upload that was made twice does not change which one is used."""
    upload = picture(new_name())
    first, second = target.upload(upload), target.upload(upload)

    assert first != second
    assert target.find_media([upload.name]) == {upload.name: first}


@pytest.mark.parametrize(
    ("name", "parent", "code"),
    [
        pytest.param("", 0, "empty_term_name", id="no name"),
        pytest.param("Rain", NOWHERE, "rest_term_invalid", id="no such parent"),
    ],
)
def test_bad_term_is_refused(target: Target, name: str, parent: int, code: str) -> None:
    """A refusal is an answer, whatever WordPress's status says."""
    with pytest.raises(RejectedError) as caught:
        target.create_term("categories", name, parent)

    assert caught.value.code == code


def test_a_page_of_ours_is_made_once_and_found_by_its_slug(target: Target) -> None:
    """By its id, and when that is forgotten by its slug; always private at first."""
    slug = new_name()

    made = target.write_page(0, slug=slug, title="Waiting", body="<p>One.</p>")
    by_id = target.write_page(made.wp_id, slug=slug, title="Waiting", body="<p>Two.</p>")
    by_slug = target.write_page(0, slug=slug, title="Waiting", body="<p>Three.</p>")
    lost = target.write_page(NOWHERE, slug=f"{slug}-b", title="Waiting", body="<p>Four.</p>")

    assert made.status == "private"
    assert made.wp_id == by_id.wp_id == by_slug.wp_id
    assert lost.wp_id not in {made.wp_id, NOWHERE}


def test_picture_is_found_under_another_title(target: Target) -> None:
    """One content is uploaded once, whatever article it comes with first."""
    mark = new_name().encode().hex()[-16:]
    upload = replace(picture("x"), name=f"harbour-opens-{mark}.png")
    wp_id = target.upload(upload)

    names = [f"日本-{mark}.webp", f"rain-{mark}.png"]
    assert target.find_media(names) == dict.fromkeys(names, wp_id)


def test_place_of_a_picture_is_told(target: Target) -> None:
    """Texts show it from there; what is gone has none."""
    name = new_name()
    wp_id = target.upload(picture(name))

    there = target.read_media([wp_id, wp_id + 10_000])

    assert list(there) == [wp_id]
    assert there[wp_id].url.startswith("http")
    assert there[wp_id].url.endswith(f"/{name}.png")
    assert there[wp_id].is_of(picture(name))
    assert not there[wp_id].is_of(picture(new_name()))
