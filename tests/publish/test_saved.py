"""Whether somebody has saved a post since it was made; busy answers that come after the row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from office import make_post
from targets import draft

from wp_sync.errors import PublishError
from wp_sync.model import Intent, SitePost
from wp_sync.publish.discovery import discover
from wp_sync.publish.merge_found import landed_hashes, was_saved
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience
from wp_sync.publish.xmlrpc import find_endpoint
from wp_sync.publish.xmlrpc_api import XmlRpcApi
from wp_sync.publish.xmlrpc_target import XmlRpcTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.publish.target import Target
    from wp_sync.sandbox.wordpress import WordPress

PAST = datetime(2026, 1, 5, tzinfo=UTC)
QUIET = Patience(sleep=lambda _: None)
NO_REVISIONS = "add_filter('wp_revisions_to_keep', '__return_zero');"


def by_xmlrpc(site: WordPress) -> XmlRpcTarget:
    user, (url, _) = site.users["editor"], find_endpoint(site.url, Patience())
    return XmlRpcTarget(XmlRpcApi(url, user.login, user.application_password, patience=QUIET))


def by_rest(site: WordPress) -> RestTarget:
    user, root = site.users["editor"], discover(site.url)
    return RestTarget(
        RestApi(root.root, user.login, user.application_password, patience=QUIET), root
    )


def read(target: Target, wp_id: int) -> SitePost:
    (there,) = target.read_posts([wp_id])
    return there


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=30)


BOTH = pytest.mark.parametrize("log_in", [by_xmlrpc, by_rest], ids=["xmlrpc", "rest"])


@BOTH
def test_fresh_post_was_not_saved(
    wordpress: WordPress, log_in: Callable[[WordPress], Target]
) -> None:
    """wp.newPost updates an auto-draft, and so moves `modified`: nobody else was there."""
    target = log_in(wordpress)

    made = target.create_post(draft(status="publish", date=PAST))

    assert not was_saved(read(target, made.wp_id), soon())


def test_scheduled_post_that_came_due_was_not_saved(wordpress: WordPress) -> None:
    """From 6.4 on wp_publish_post, which cron calls, leaves a revision."""
    target = by_rest(wordpress)
    ahead = datetime.now(UTC) + timedelta(days=9)
    made = target.create_post(draft(status="publish", date=ahead))
    before = was_saved(read(target, made.wp_id), soon())

    wordpress.run_php(f"wp_publish_post({made.wp_id});")

    assert not before
    assert not was_saved(read(target, made.wp_id), soon())


@BOTH
def test_draft_without_a_date_that_an_editor_saved_was_saved(
    wordpress: WordPress, log_in: Callable[[WordPress], Target]
) -> None:
    """Its date moves with `modified` (wp_update_post), and a site may keep no revisions."""
    plugin = wordpress.add_mu_plugin("none", NO_REVISIONS)
    target = log_in(wordpress)
    try:
        made = target.create_post(draft(status="draft"))
        landed = datetime.now(UTC)
        wordpress.run_php(f"sleep(3); wp_update_post(['ID' => {made.wp_id}, 'post_title' => 'x']);")
        there = read(target, made.wp_id)
    finally:
        plugin.unlink()

    assert was_saved(there, landed)


def test_what_an_editor_took_out_of_an_unwanted_create_is_the_editors() -> None:
    """Found by keep_unanswered, it is completed when the rules want the article again."""
    begun = Intent(
        key=make_post().key,
        slug="rain",
        begun=PAST,
        sent={"title": "t", "tags": "sent"},
        pending={"title": ("t",), "tags": ("stored",)},
    )
    there = SitePost(
        wp_id=2,
        slug="rain",
        status="publish",
        modified="2026-01-06T10:00:00",
        revisions=1,
        values={"title": "Rain", "tags": (), "date": "2026-01-05T00:00:00"},
    )

    sent, _ = landed_hashes(begun, there, 1, PAST)

    assert sent["tags"] == "sent"


@BOTH
def test_busy_answer_after_the_row_makes_no_second_post(
    wordpress: WordPress, log_in: Callable[[WordPress], Target]
) -> None:
    """A 429 that is no proof when we give up is none before it, either."""
    plugin = wordpress.add_mu_plugin(
        "busy",
        "add_action('save_post_post', function ($id, $post) {"
        " if ($post->post_status !== 'publish' || get_option('was_busy')) { return; }"
        " update_option('was_busy', 1); status_header(429); exit; }, 10, 2);",
    )
    values = draft(status="publish", date=PAST)
    try:
        target = log_in(wordpress)
        (got,) = target.create_posts([values])
    finally:
        plugin.unlink()
        wordpress.run_php("delete_option('was_busy');")

    made = wordpress.sql(f"SELECT ID FROM wp_posts WHERE post_name LIKE '{values['slug']}%'")  # noqa: S608 (our own slug)
    assert len(made) == 1, got
    assert isinstance(got, PublishError)
