"""Authors of a plan: found, made where a mapping allows it, else the house's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from office import make_post
from targets import by_xmlrpc, new_name

from wp_sync.errors import InDoubtError, RejectedError

if TYPE_CHECKING:
    from office import Office

    from wp_sync.model import User
    from wp_sync.publish.target import Target

NEW = make_post(author="ann-lee", new_author="Ann Lee", house="tom-becker")
REFUSED = RejectedError("WordPress answered 403: not allowed", cure="give the user more rights")


def refuse_users(office: Office, error: Exception) -> list[str]:
    """Let the site make no user; return what it is asked for."""
    asked: list[str] = []

    def create_user(login: str, name: str) -> User:  # noqa: ARG001
        asked.append(login)
        raise error

    office.site.create_user = create_user  # type: ignore[method-assign]
    return asked


def test_a_user_is_made_once(office: Office) -> None:
    """However many posts are theirs, and in whatever run."""
    office.run(NEW, replace(make_post(2), author="ann-lee", new_author="Ann Lee"))
    office.run(make_post(3, author="ann-lee", new_author="Ann Lee"))

    made = [user for user in office.site.users if user.slug == "ann-lee"]
    assert [user.name for user in made] == ["Ann Lee"]
    assert {one.values["author"] for one in office.site.posts.values()} == {made[0].wp_id}


@pytest.mark.parametrize("error", [REFUSED, InDoubtError("the answer was lost")])
def test_who_can_not_be_made_keeps_no_article_away(office: Office, error: Exception) -> None:
    """It is the house's, and nobody asks for each post again."""
    asked = refuse_users(office, error)

    first, second = office.run(NEW, make_post(2, author="ann-lee", new_author="Ann Lee"))

    assert (first.status, second.status) == ("created", "created")
    assert office.values(first.wp_id or 0)["author"] == 2
    assert office.values(second.wp_id or 0)["author"] == 1  # no house: the user who logs in
    assert asked == ["ann-lee"]
    assert "no user 'Ann Lee' was made (" in first.reason
    assert first.reason.endswith("by tom-becker")


def test_a_house_that_is_not_there_is_an_error(office: Office) -> None:
    """As for every author that a mapping names."""
    refuse_users(office, REFUSED)

    (failed,) = office.run(replace(NEW, house="nobody"))

    assert failed.status == "failed"
    assert "the site has no author 'nobody'" in failed.reason


@pytest.mark.parametrize("target", ["memory", "rest", "xmlrpc"], indirect=True)
def test_a_site_makes_users_over_rest_alone(target: Target) -> None:
    """A login is taken once; nobody is doubled."""
    login = new_name()
    if by_xmlrpc(target):
        with pytest.raises(RejectedError, match="XML-RPC makes no users"):
            target.create_user(login, "Ann Lee")
        return

    made = target.create_user(login, "Ann & Lee")

    assert (made.slug, made.name) == (login, "Ann & Lee")
    assert made in target.read_authors()
    with pytest.raises(RejectedError) as refused:
        target.create_user(login, "Ann & Lee")
    assert refused.value.code == "existing_user_login"
