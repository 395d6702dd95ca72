"""What a site allows: what counts as a change, and what stops a night."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wp_sync.config.bylines import AuthorRules
from wp_sync.config.channels import Channel, PostRules
from wp_sync.model import Term, User
from wp_sync.publish.contract import (
    Contract,
    compare,
    contract_lines,
    merge_contracts,
    of_channels,
    read_contract,
    survey,
    with_names,
    write_contract,
)
from wp_sync.publish.target import Allowances, SiteIdentity

IDENTITY = SiteIdentity(
    address="example.news",
    home="https://example.news",
    user_id=5,
    login="wp-sync",
    roles=("editor",),
    capabilities=frozenset({"edit_posts", "publish_posts", "moderate_comments"}),
    api="https://example.news/wp-json/",
    timezone="UTC+0",
    version="6.8.1",
)
CHANNELS = (
    Channel(
        name="hockey",
        post=PostRules(category="Sports > Hockey", author=AuthorRules(otherwise="tom")),
    ),
    Channel(name="golf", post=PostRules(category="Golf")),
)
TERMS = (
    Term(wp_id=2, name="Sports"),
    Term(wp_id=3, name="Hockey", parent=2),
    Term(wp_id=4, name="Golf"),
)
USERS = (User(wp_id=9, slug="tom"),)
ALLOWED = Allowances(unfiltered=True, permalinks="/0/0/%postname%/")
KNOWN = replace(
    with_names(survey(IDENTITY), CHANNELS, TERMS, USERS, ALLOWED),
    removed=("table",),
    mime_types=("image/jpeg",),
)


def now(
    terms: tuple[Term, ...] = TERMS,
    users: tuple[User, ...] = USERS,
    **values: Any,  # noqa: ANN401
) -> list[tuple[str, bool]]:
    found = with_names(survey(IDENTITY), CHANNELS, terms, users, ALLOWED)
    changed = replace(found, **values)
    return [(one.told, one.matters) for one in compare(KNOWN, changed, terms, users)]


def test_a_site_that_is_as_it_was_has_not_drifted() -> None:
    """Nothing is told; what is unknown today is no change."""
    assert now() == []
    assert now(version="", timezone="", unfiltered=None, removed=None) == []
    assert compare(KNOWN, survey(IDENTITY)) == ()


@pytest.mark.parametrize(
    ("values", "told", "matters"),
    [
        pytest.param({"user": 6, "login": "pat"}, "wp-sync (id 5) -> pat (id 6)", True, id="user"),
        pytest.param(
            {"rights": ("edit_posts",), "roles": ("author",)},
            "wp-sync has lost the rights publish_posts (role editor -> author)",
            True,
            id="rights",
        ),
        pytest.param({"roles": ("writer",)}, "role editor -> writer", False, id="role alone"),
        pytest.param({"api": "https://a/"}, "wp-json/ -> https://a/", True, id="API"),
        pytest.param({"timezone": "Europe/Rome"}, "UTC+0 -> Europe/Rome", True, id="time zone"),
        pytest.param({"version": "6.8.2"}, "WordPress: 6.8.1 -> 6.8.2", False, id="minor"),
        pytest.param({"version": "6.9"}, "WordPress: 6.8.1 -> 6.9", True, id="major"),
        pytest.param({"unfiltered": False}, "stored unfiltered -> filtered", True, id="filter"),
        pytest.param({"removed": ("table", "td")}, "table -> table, td", True, id="takes more"),
        pytest.param({"removed": ()}, "table -> nothing", False, id="takes less"),
        pytest.param({"permalinks": "plain"}, "-> plain", False, id="permalinks"),
    ],
)
def test_each_change_is_told_from_what_to_what(
    values: dict[str, Any],
    told: str,
    matters: bool,  # noqa: FBT001
) -> None:
    """What makes posts go wrong stops a night; the rest is only told."""
    ((found, does_matter),) = now(**values)

    assert told in found
    assert does_matter is matters


def test_a_category_that_would_be_made_again_matters() -> None:
    """Renamed, moved or gone; made anew under the same name it is only another."""
    renamed = (replace(TERMS[0], name="Sport"), *TERMS[1:])
    gone = TERMS[:2]
    moved = (TERMS[0], replace(TERMS[1], parent=0), TERMS[2])
    again = (*TERMS[:2], replace(TERMS[2], wp_id=8))

    assert now(terms=renamed) == [("the category 'Sports > Hockey' (id 3) -> another place", True)]
    assert now(terms=gone) == [("the category 'Golf' (id 4) -> gone", True)]
    assert now(terms=moved) == [("the category 'Sports > Hockey' (id 3) -> another place", True)]
    assert now(terms=again) == [("the category 'Golf' is another: id 4 -> 8", False)]


def test_an_author_who_is_gone_matters() -> None:
    """Posts would fail one by one."""
    assert now(users=()) == [("the author tom (id 9) -> gone", True)]


def test_what_no_channel_names_any_more_is_not_compared() -> None:
    """A person changed the mapping, and then the site."""
    left = of_channels(KNOWN, CHANNELS[1:])

    assert (dict(left.categories), dict(left.authors)) == ({"Golf": (4, "Golf")}, {})


def test_a_contract_is_remembered_whole() -> None:
    """What is unknown today stays known; one of another form is none."""
    today = replace(survey(IDENTITY), rights=(), version="", timezone="Europe/Rome")

    merged = merge_contracts(KNOWN, today)

    assert read_contract(write_contract(KNOWN)) == KNOWN
    assert read_contract("") is None
    assert read_contract('{"form": 99}') is None
    assert merged == replace(KNOWN, rights=(), timezone="Europe/Rome")
    assert merge_contracts(None, today) == today
    assert merge_contracts(KNOWN, replace(today, removed=())).removed == ()


def test_a_contract_is_told() -> None:
    """Doctor shows all that is known."""
    lines = "\n".join(contract_lines(KNOWN))

    for word in ("wp-sync (editor)", "unfiltered", "table", "6.8.1", "Hockey (3)", "tom (9)"):
        assert word in lines
    assert isinstance(KNOWN, Contract)


def test_a_type_that_takes_less_than_before_matters() -> None:
    """Posts would go without it, silently; what it takes now, too, is only told."""
    stories = (Channel(name="golf", post=PostRules(type="story")),)
    had = ("title", "body", "excerpt")
    before = replace(KNOWN, types={"story": had, "brief": had})
    less = replace(KNOWN, types={"story": ("title", "body", "tags")})

    found = compare(of_channels(before, stories), less)

    assert [(one.told, one.matters) for one in found] == [
        ("the post type 'story' has lost excerpt", True),
        ("the post type 'story' has got tags", False),
    ]
    assert compare(before, KNOWN) == ()  # a type that is gone is told of by the check of types
    assert read_contract(write_contract(before)) == before
    assert merge_contracts(before, less).types == {**before.types, **less.types}
