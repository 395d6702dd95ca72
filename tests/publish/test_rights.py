"""What a user may not do: told by user, role, channel, right and cure, before anything is tried."""

from __future__ import annotations

from typing import Any

import pytest

from wp_sync.config.bylines import AuthorRules
from wp_sync.config.channels import Channel, PostRules
from wp_sync.errors import SiteError
from wp_sync.model import Term, User
from wp_sync.publish.memory import MemoryTarget
from wp_sync.publish.rights import Lacks, check_rights, find_lacks, rights_of
from wp_sync.publish.target import SiteIdentity

SUBSCRIBER: frozenset[str] = frozenset()
CONTRIBUTOR = frozenset({"edit_posts"})
AUTHOR = CONTRIBUTOR | {"publish_posts", "edit_published_posts", "upload_files"}
EDITOR = AUTHOR | {"edit_others_posts", "manage_categories"}
CATEGORIES = (
    Term(wp_id=1, name="News & views"),
    Term(wp_id=2, name="Sports"),
    Term(wp_id=3, name="Running", parent=2),
)
USERS = (User(wp_id=7, slug="pat-doe"), User(wp_id=8, slug="sarah-taylor"))


def channel(**rules: Any) -> Channel:  # noqa: ANN401
    return Channel(name="news", post=PostRules(**rules))


def lacks(rights: frozenset[str], *channels: Channel) -> Lacks:
    identity = SiteIdentity(
        address="", home="", user_id=7, login="pat", roles=("desk",), capabilities=rights
    )
    return find_lacks(identity, channels, categories=lambda: CATEGORIES, users=lambda: USERS)


@pytest.mark.parametrize(
    ("rights", "rules", "missing"),
    [
        pytest.param(SUBSCRIBER, {"status": "publish"}, ["edit_posts"], id="no posts at all"),
        pytest.param(CONTRIBUTOR, {"status": "publish"}, ["publish_posts"], id="not live"),
        pytest.param(CONTRIBUTOR, {"status": "pending"}, [], id="for review"),
        pytest.param(AUTHOR, {"author": "sarah-taylor"}, ["edit_others_posts"], id="another"),
        pytest.param(AUTHOR, {"author": "pat-doe"}, [], id="itself by slug"),
        pytest.param(AUTHOR, {"author": "7"}, [], id="itself by id"),
        pytest.param(AUTHOR, {"category": "Golf"}, ["manage_categories"], id="no such category"),
        pytest.param(AUTHOR, {"category": "Running"}, ["manage_categories"], id="elsewhere"),
        pytest.param(AUTHOR, {"category": "sports > Running"}, [], id="a path that is there"),
        pytest.param(AUTHOR, {"category": "News & views"}, [], id="a category that is there"),
        pytest.param(EDITOR, {"author": "sarah-taylor", "category": "Golf"}, [], id="an editor"),
    ],
)
def test_what_fails_is_named_by_its_right(
    rights: frozenset[str], rules: dict[str, Any], missing: list[str]
) -> None:
    """Each rule of a channel asks for its own right, and only when the site makes it matter."""
    found = lacks(rights, channel(**rules))

    assert [lack.right for lack in found.failing] == missing


def test_every_channel_is_told_of() -> None:
    """Whoever mends one mapping need not run again to hear of the next."""
    other = Channel(
        name="golf", post=PostRules(category="Golf", author=AuthorRules(otherwise="sarah-taylor"))
    )
    found = lacks(AUTHOR, channel(author="sarah-taylor"), other)

    assert [lack.right for lack in found.failing] == [
        "edit_others_posts",
        "edit_others_posts",
        "manage_categories",
    ]
    assert "mappings/news.toml" in found.failing[0].cure
    assert "mappings/golf.toml" in found.failing[1].cure


def test_what_is_only_poorer_stops_nothing() -> None:
    """Without uploads posts go without pictures; an author lacks nothing of that kind."""
    assert [lack.right for lack in lacks(CONTRIBUTOR, channel()).poorer] == [
        "upload_files",
        "edit_published_posts",
    ]
    assert lacks(AUTHOR, channel()).poorer == ()


def test_nothing_is_read_that_does_not_matter() -> None:
    """An editor's check costs no request."""

    def fail() -> tuple[()]:
        pytest.fail("the site was asked")

    identity = SiteIdentity(address="", home="", user_id=7, login="pat", capabilities=EDITOR)
    asked = channel(author="sarah-taylor", category="Golf", status="publish")

    assert find_lacks(identity, [asked], categories=fail, users=fail) == Lacks()


def test_the_message_names_user_role_channel_right_and_cure() -> None:
    """A person reads what is wrong and what to do."""
    site = MemoryTarget()
    identity = SiteIdentity(
        address="", home="", user_id=7, login="pat", roles=("author",), capabilities=AUTHOR
    )

    with pytest.raises(SiteError) as caught:
        check_rights(site, identity, [channel(category="Golf")])

    message = str(caught.value)
    assert caught.value.exit_code == 3
    for part in ("pat", "author", "news", "manage_categories", "role Editor", "wp-admin"):
        assert part in message


def test_an_administrator_may_all() -> None:
    """The twin in memory is an administrator's, and is told of nothing."""
    site = MemoryTarget()

    assert site.identify().capabilities == rights_of(("administrator",))
    assert check_rights(site, site.identify(), [channel(category="Golf", author="x")]) == ()
