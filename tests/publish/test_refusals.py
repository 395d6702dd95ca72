"""A refusal that came after the row: it proves nothing, and nothing is made twice for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from office import Office, make_post
from stored import stored_row
from watching_proxy import watch

from wp_sync.errors import ChangedError, InDoubtError, RejectedError
from wp_sync.hashing import short_mark
from wp_sync.model import SitePost
from wp_sync.publish.discovery import ApiRoot, discover
from wp_sync.publish.proof import made_nothing
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from watching_proxy import Traffic

    from wp_sync.model import Post
    from wp_sync.sandbox.wordpress import WordPress

    Serve = Callable[..., tuple[str, list[Any]]]

POST = make_post()
DIES = "add_action('save_post_post', function ($id, $post) {{ if ({when}) {{ {die} }} }}, 10, 2);"
NOT_DRAFT = "'auto-draft' !== $post->post_status && !str_starts_with($post->post_name, 'wp-sync-')"
WAYS = {
    "wp_die": "wp_die('No.', '', ['response' => 403]);",
    "bare": "status_header(400); echo '<html>no</html>'; exit;",
    "in its own words": "wp_send_json(['code' => 'no', 'message' => 'No.'], 422);",
}
INDEX = {
    "routes": {
        "/batch/v1": {"endpoints": [{"args": {"requests": {"maxItems": 25}}}]},
        "/wp/v2/posts": {"endpoints": [{"methods": ["POST"], "allow_batch": {"v1": True}}]},
    }
}
CODES = [
    pytest.param("rest_invalid_param", 400, True, id="parameters"),
    pytest.param("rest_cannot_create", 403, True, id="rights"),
    pytest.param("rest_no_route", 404, True, id="no route"),
    pytest.param("empty_content", 400, True, id="empty"),
    pytest.param("db_insert_error", 500, False, id="database: the row, or its terms"),
    pytest.param("", 413, True, id="too large"),
    pytest.param("xmlrpc_401", 401, True, id="XML-RPC: rights"),
    pytest.param("rest_cannot_update", 403, False, id="meta, after the row"),
    pytest.param("wp_die", 403, False, id="a plugin"),
    pytest.param("", 403, False, id="a web page"),
    pytest.param("", 404, False, id="another web page"),
    pytest.param("xmlrpc_403", 403, False, id="XML-RPC: a plugin or a term"),
    pytest.param("xmlrpc_500", 500, False, id="XML-RPC: anything"),
]


@pytest.mark.parametrize(("code", "status", "proves"), CODES)
def test_only_what_comes_before_the_row_proves_that_nothing_was_made(
    office: Office, code: str, status: int, *, proves: bool
) -> None:
    """Everything else keeps the intent: the post is looked up before it is sent again."""
    error = RejectedError("no", code=code, status=status)
    office.site.fail("create_post", error, after=not proves)

    (failed,) = office.run(POST)
    kept = len(office.intents)
    office.settle()
    (outcome,) = office.run(POST)

    assert made_nothing(error) is proves
    assert (failed.status, kept) == ("failed", 0 if proves else 1)
    assert outcome.status == ("created" if proves else "unchanged")
    assert len(office.site.posts) == 1


def test_refused_posts_in_a_row_do_not_stop_the_run(office: Office) -> None:
    """The site has answered: it is well."""
    error = RejectedError("no", status=406)
    office.site.fail("create_post", error, error, error)

    outcomes = office.run(*(make_post(number) for number in range(1, 5)))

    assert [one.status for one in outcomes] == ["failed"] * 3 + ["created"]


@pytest.mark.parametrize("made", [False, True], ids=["not made", "made"])
def test_update_that_a_plugin_refuses_is_in_doubt(office: Office, *, made: bool) -> None:
    """It may have been written before the plugin was asked: it is nobody's edit."""
    office.run(POST)
    office.site.fail("update_post", RejectedError("no", code="wp_die", status=403), after=made)

    (failed,) = office.run(make_post(title="Sun"))
    (outcome,) = office.run(make_post(title="Snow"))

    assert (failed.status, outcome.status) == ("failed", "updated")
    assert office.values(2)["title"] == "Snow"


def test_a_lock_that_refuses_has_written_nothing() -> None:
    """It is asked before the row."""
    assert made_nothing(ChangedError("no", code="xmlrpc_409", status=409))


@pytest.fixture
def traffic(fresh_wordpress: WordPress) -> Iterator[Traffic]:
    with watch(fresh_wordpress) as traffic:
        yield traffic


@pytest.mark.parametrize(("which", "way"), [("all", "wp_die"), *(("third", way) for way in WAYS)])
def test_batch_that_a_plugin_refuses_after_a_row_is_not_made_twice(
    fresh_wordpress: WordPress, traffic: Traffic, tmp_path: Path, which: str, way: str
) -> None:
    """The plugin ends the request in which some rows are made: those rest, and are found."""
    site, posts = fresh_wordpress, articles(6)
    when = NOT_DRAFT
    if which == "third":
        when += f" && '{posts[2].slug}' === $post->post_name"
    plugin = site.add_mu_plugin("no", DIES.format(when=when, die=WAYS[way]))
    office = Office(tmp_path, site=open_target(site, traffic))  # type: ignore[arg-type]

    first = office.run(*posts)
    plugin.unlink()
    resting = len(office.intents)
    office.settle()
    again = office.run(*posts)
    office.ledger.close()

    unsure = 6 if which == "all" else 3  # with the first two, of which nobody heard
    assert [one.status for one in first] == ["failed"] * unsure + ["created"] * (6 - unsure)
    assert resting == unsure
    assert {one.status for one in again} <= {"updated", "unchanged"}
    assert slugs(site) == sorted(post.slug for post in posts)


def test_post_that_a_plugin_refuses_after_its_row_is_not_made_twice(
    fresh_wordpress: WordPress, traffic: Traffic, tmp_path: Path
) -> None:
    """A single request; its terms and its picture, which the plugin kept away, are completed."""
    site, (post,) = fresh_wordpress, articles(1, tags=("Storm",))
    plugin = site.add_mu_plugin("no", DIES.format(when=NOT_DRAFT, die=WAYS["wp_die"]))
    office = Office(tmp_path, site=open_target(site, traffic))  # type: ignore[arg-type]

    (failed,) = office.run(post)
    plugin.unlink()
    kept = len(office.intents)
    office.settle()
    (outcome,) = office.run(post)
    office.ledger.close()

    assert (failed.status, kept) == ("failed", 1)
    assert outcome.reason.endswith("completed: tags")
    assert slugs(site) == [post.slug]


class TestLookUp:
    """What is asked after a batch that was refused as a whole."""

    def test_what_is_there_is_in_doubt_and_the_rest_is_sent(self, serve: Serve) -> None:
        """Also under the number that WordPress gives to a slug that is taken."""
        there = [stored_row(7, "r0"), stored_row(8, "r2-2")]
        url, asked = serve(
            reply(INDEX), reply({}, 403), reply(there), reply(stored_row(9, "r1"), 201)
        )

        results = serving(url).create_posts([{"title": "x", "slug": f"r{n}"} for n in range(3)])

        assert [type(one) for one in results] == [InDoubtError, SitePost, InDoubtError]
        assert [(method, path.partition("?")[0][-8:]) for method, path, *_ in asked[1:]] == [
            ("POST", "batch/v1"),
            ("GET", "v2/posts"),
            ("POST", "v2/posts"),
        ]

    @pytest.mark.parametrize("code", ["rest_no_route", "rest_invalid_param"])
    def test_what_proves_that_nothing_was_made_costs_no_look(self, serve: Serve, code: str) -> None:
        """WordPress says it before it looks at any post."""
        refused = reply({"code": code, "message": "No."}, 404 if "route" in code else 400)
        one = reply(stored_row(9, "r1"), 201)
        url, asked = serve(reply(INDEX), refused, one, one)

        results = serving(url).create_posts([{"title": "x", "slug": f"r{n}"} for n in range(2)])

        assert {type(one) for one in results} == {SitePost}
        assert [method for method, *_ in asked] == ["GET", "POST", "POST", "POST"]

    @pytest.mark.parametrize("answer", [(500, {}, b""), (403, {}, b"")], ids=["error", "refused"])
    def test_site_that_cannot_be_asked_leaves_all_in_doubt(
        self, serve: Serve, answer: object
    ) -> None:
        """Nothing is sent again."""
        url, asked = serve(reply(INDEX), reply({}, 403), answer)

        results = serving(url).create_posts([{"title": "x", "slug": f"r{n}"} for n in range(3)])

        assert {type(one) for one in results} == {InDoubtError}
        assert [method for method, *_ in asked].count("POST") == 1


def articles(number: int, **values: Any) -> list[Post]:  # noqa: ANN401
    usual = {"pictures": (), "categories": (), "tags": (), **values}
    marks = [short_mark(f"refusal {one}") for one in range(number)]
    return [
        make_post(one, mark=mark, slug=f"rain-{mark}", title=f"Rain {mark}", **usual)
        for one, mark in enumerate(marks, 1)
    ]


def slugs(site: WordPress) -> list[str]:
    rows = site.sql("SELECT post_name FROM wp_posts WHERE post_type = 'post'")
    return sorted(row["post_name"] for row in rows if str(row["post_name"]).startswith("rain-"))


def open_target(site: WordPress, traffic: Traffic) -> RestTarget:
    user, root = site.users["editor"], discover(traffic.url)
    patience = Patience(sleep=lambda _: None)
    api = RestApi(root.root, user.login, user.application_password, patience=patience)
    return RestTarget(api, root, lock=False)


def serving(url: str) -> RestTarget:
    api = RestApi(f"{url}/wp-json/", "editor", "abcd efgh", patience=Patience(sleep=lambda _: None))
    root = ApiRoot(root=api.root, home=url, url=url, name="", authentication_available=True)
    return RestTarget(api, root)


def reply(data: object, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    headers = {"Content-Type": "application/json", "X-WP-TotalPages": "1"}
    return status, headers, json.dumps(data).encode()
