"""Bylines of sources x a channel's rules x the users of a site -> authors."""

from __future__ import annotations

from typing import Any

import pytest

from wp_sync.config.channels import PostRules
from wp_sync.mapping.authors import Choice, choose_author, login_of, split_byline
from wp_sync.model import User

USERS = (
    User(wp_id=1, slug="admin", name="Admin"),
    User(wp_id=2, slug="tom-becker", name="Tom Becker"),
    User(wp_id=3, slug="jd", name="Jane Döe"),
    User(wp_id=4, slug="sam-one", name="Sam Smith"),
    User(wp_id=5, slug="sam-two", name="Sam Smith"),
)


def choose(byline: str, **rules: Any) -> Choice:  # noqa: ANN401
    """Choose by a table in [post]."""
    author = {"from": "byline", "otherwise": "tom-becker", **rules}
    return choose_author(byline, PostRules.model_validate({"author": author}).author, USERS)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Ann Lee", ("Ann Lee",)),
        ("By Ann Lee and Bo Roe, CP", ("Ann Lee and Bo Roe, CP", "Ann Lee", "Bo Roe", "CP")),
        ("Ann Lee; ann lee", ("Ann Lee; ann lee", "Ann Lee")),
        ("  ", ()),
        ("The Canadian Press", ("The Canadian Press",)),
    ],
)
def test_a_byline_is_taken_apart(byline: str, names: tuple[str, ...]) -> None:
    """The whole comes first: it may stand in a table."""
    assert split_byline(byline) == names


def test_a_hostile_byline_is_cut() -> None:
    """Of thousands of names a few are looked at."""
    assert len(split_byline(", ".join(f"N{number}" for number in range(9_999)))) <= 11


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        pytest.param("Jane Roe", "jd", id="table"),
        pytest.param("BY JANE  ROE", "jd", id="table, folded"),
        pytest.param("Somebody and Jane Roe, CP", "jd", id="the first that fits"),
        pytest.param("Zoe Zed", "77", id="an id, whoever may be listed"),
        pytest.param("Wire Staff", "tom-becker", id="a user whom the site lacks"),
        pytest.param("Jane Doe", "jd", id="a user's name, without its accents"),
        pytest.param("Tom Becker", "tom-becker", id="a user's name"),
        pytest.param("Admin", "tom-becker", id="one word is nobody's name"),
        pytest.param("Sam Smith", "tom-becker", id="two users of the name"),
        pytest.param("Nobody Known", "tom-becker", id="the house"),
        pytest.param("", "tom-becker", id="no byline"),
    ],
)
def test_an_author_is_chosen(byline: str, author: str) -> None:
    """By the table, then by the users' names, else the house's."""
    table = {"Jane Roe": "jd", "Zoe Zed": "77", "Wire Staff": "wire"}

    assert choose(byline, table=table).author == author


def test_a_user_of_the_table_whom_the_site_lacks_is_told() -> None:
    """A person finds out by it that the table is wrong."""
    assert choose("Wire Staff", table={"Wire Staff": "wire"}) == Choice("tom-becker", "", "wire")


def test_users_are_made_by_an_allow_list_alone() -> None:
    """Whoever is there already is taken first."""
    allowed = ("Ann Lee", "Tom Becker")

    assert choose("ann lee", create=allowed) == Choice("ann-lee", "Ann Lee")
    assert choose("Bo Roe", create=allowed) == Choice("tom-becker")
    assert choose("Ann Lee and Tom Becker", create=allowed) == Choice("tom-becker")


def test_names_of_users_may_be_left_alone() -> None:
    """Then only the table and the list count."""
    assert choose("Jane Doe", match=False, table={"x": "jd"}).author == "tom-becker"


def test_a_house_byline_alone_reads_no_byline() -> None:
    """As channels have it that name one user."""
    rules = PostRules.model_validate({"author": "tom-becker"}).author

    assert not rules.reads_byline
    assert choose_author("Jane Doe", rules, USERS) == Choice("tom-becker")


def test_a_login_is_what_wordpress_takes() -> None:
    """ASCII, and at most sixty characters."""
    assert login_of("Zoë Łuk-Smith") == "zoe-luk-smith"
    assert len(login_of("Anna " * 40)) <= 60
