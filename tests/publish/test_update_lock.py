"""The lock: an update by wp.editPost leaves the row that one by REST leaves, or nothing at all."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any

import pytest
from watching_proxy import watch

from wp_sync.errors import ChangedError
from wp_sync.publish.discovery import discover
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.sandbox.wordpress import start_wordpress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.sandbox.php import Database
    from wp_sync.sandbox.wordpress import WordPress

PAST = datetime(2026, 1, 5, 18, 30, 15, tzinfo=UTC)
RACES = int(os.environ.get("WP_SYNC_RACES", "4"))  # on all cores together, and rounded up
BLOCKS = (
    '<!-- wp:heading {"level":3} -->\n<h3 class="wp-block-heading">Rain</h3>\n<!-- /wp:heading -->'
    "\n\n<!-- wp:paragraph -->\n<p>It rains &amp; pours.</p>\n<!-- /wp:paragraph -->"
)
TEXTS = {
    "plain": "It rains.",
    "slashes": r"back\slash \\ \' \u0041 C:\new",
    "ampersand": "R&B & <live> &amp; &#91;a]",
    "less": "1 < 2 > 0",
    "emoji": "Piano \U0001f3b9 night",
    "lines": "  one\r\ntwo\rthree\n ",
    "blocks": BLOCKS,
    "kses": '<p onclick="a()">x</p><iframe src="https://a.example"></iframe><a href="#">y</a>',
}
# What differs for no reason of ours: numbers of rows, and the moment.
OWN = {"ID", "guid", "post_modified", "post_modified_gmt", "post_name"}


CORES: dict[str, Database] = {"6.1": "mariadb", "6.5": "sqlite", "6.8": "sqlite"}
KINDS: tuple[dict[str, Any], ...] = (
    {"status": "publish", "date": PAST, "comments": "closed"},
    {"status": "draft"},  # floats
    {"status": "draft", "date": PAST},
)


@pytest.fixture(scope="module", params=CORES)
def site(request: pytest.FixtureRequest) -> Iterator[WordPress]:
    with start_wordpress(core=request.param, database=CORES[request.param]) as site:
        yield site


def log_in(site: WordPress, name: str, url: str = "", *, lock: bool = True) -> RestTarget:
    """Log in, past the proxy where the site has another address."""
    user, root = site.users[name], discover(url or site.url)
    past = root.root if lock else root.root.replace(url, site.url)
    return RestTarget(RestApi(past, user.login, user.application_password), root, lock=lock)


def row_of(site: WordPress, wp_id: int) -> dict[str, Any]:
    """Read all that WordPress holds of a post, the format among its terms."""
    (row,) = site.sql(f"SELECT * FROM wp_posts WHERE ID = {wp_id}")  # noqa: S608
    meta = site.sql(f"SELECT meta_key, meta_value FROM wp_postmeta WHERE post_id = {wp_id}")  # noqa: S608
    terms = site.sql(
        f"SELECT term_taxonomy_id FROM wp_term_relationships WHERE object_id = {wp_id}"  # noqa: S608
    )
    (sticky,) = site.sql("SELECT option_value FROM wp_options WHERE option_name = 'sticky_posts'")
    kept = {name: value for name, value in row.items() if name not in OWN}
    return kept | {
        "meta": sorted((one["meta_key"], one["meta_value"]) for one in meta),
        "terms": sorted(one["term_taxonomy_id"] for one in terms),
        "sticky": f"i:{wp_id};" in sticky["option_value"],
        "name": str(row["post_name"])[:5],
    }


def begin(target: RestTarget, **values: Any) -> int:  # noqa: ANN401
    slug = f"rain-{secrets.token_hex(4)}"
    made = target.create_post({"title": "Rain", "body": "<p>It rains.</p>", "slug": slug, **values})
    return made.wp_id


def save(target: RestTarget, wp_id: int, values: dict[str, Any], _: int) -> None:
    """Save a post while the write of another waits."""
    target.update_post(wp_id, values)


def test_author_s_update_with_the_lock_leaves_the_same_row(site: WordPress) -> None:
    """Texts that WordPress filters, terms, dates, format: nobody can tell which way it came."""
    compare_rows(site, "author")


def test_editor_s_update_with_the_lock_leaves_the_same_row(wordpress: WordPress) -> None:
    """Texts to the byte, from which nothing is filtered."""
    compare_rows(wordpress, "editor")


def compare_rows(site: WordPress, name: str) -> None:
    """Update one of two equal posts each way, and compare all that WordPress holds of them."""
    with watch(site) as traffic:
        plain, locked = (log_in(site, name, traffic.url, lock=lock) for lock in (False, True))
        tag = plain.create_term("tags", secrets.token_hex(4), 0).wp_id
        pairs = [tuple(begin(plain, **kind) for _ in range(2)) for kind in KINDS]
        dress = "stick_post({0}); set_post_format({0}, 'aside');"
        site.run_php("".join(dress.format(wp_id) for pair in pairs for wp_id in pair))
        for number, (what, text) in enumerate(TEXTS.items()):
            ours, theirs = pairs[number % len(pairs)]
            values = {"title": f"{number} {text}", "body": text, "excerpt": text, "tags": (tag,)}
            (before,) = plain.read_posts([ours])

            plain.update_post(theirs, values)
            answer = locked.update_post(ours, values, unless_changed_since=before.modified)

            one, other = row_of(site, ours), row_of(site, theirs)
            floats = "date" not in KINDS[number % len(pairs)]
            for row in (one, other) if floats else ():
                del row["post_date"]  # the moment of the change
            assert one == other, what
            assert answer == plain.read_posts([ours])[0]
            assert (one["post_date_gmt"] == "0000-00-00 00:00:00") is floats
            assert one["sticky"]

    written = [path for method, path in traffic.writes]
    assert written == ["/xmlrpc.php"] * len(TEXTS)


def test_what_an_admin_saves_in_between_is_not_overwritten(site: WordPress) -> None:
    """The save falls between our read and our write, as close as a proxy can put it."""
    with watch(site) as traffic:
        admin = log_in(site, "admin", traffic.url, lock=False)
        ours = log_in(site, "editor", traffic.url)
        for number in range(ceil(RACES / len(CORES))):
            # Back-dated, so that its last change lies before the admin's by more than a second.
            wp_id = begin(admin, status="publish", date=PAST)
            (before,) = ours.read_posts([wp_id])
            saved = {"title": f"Admin's {number}", "body": "<p>Admin's.</p>", "excerpt": "Admin's."}
            traffic.on_write = partial(save, admin, wp_id, saved)

            with pytest.raises(ChangedError):
                ours.update_post(wp_id, {"title": "Ours"}, unless_changed_since=before.modified)

            (after,) = admin.read_posts([wp_id])
            assert {name: after.values[name] for name in saved} == saved


def test_post_whose_local_date_would_move_goes_by_rest(site: WordPress) -> None:
    """XML-RPC makes the local date anew, and with it the address, in the zone of now."""
    target = log_in(site, "admin")
    date = "SELECT post_date FROM wp_posts WHERE ID = 1"  # made before the site got its zone
    (before,), local = target.read_posts([1]), site.sql(date)

    answer = target.update_post(1, {"title": "x"}, unless_changed_since=before.modified)

    assert answer.values["title"] == "x"
    assert answer.values["date"] == before.values["date"]
    assert site.sql(date) == local


def test_site_without_xmlrpc_is_written_to_by_rest(site: WordPress) -> None:
    """The lock is a gain where it is to be had, and no condition."""
    plugin = site.add_mu_plugin("closed", "add_filter('xmlrpc_enabled', '__return_false');")
    target = log_in(site, "editor")
    wp_id = begin(target)
    (before,) = target.read_posts([wp_id])
    try:
        answer = target.update_post(wp_id, {"title": "x"}, unless_changed_since=before.modified)
    finally:
        plugin.unlink()

    assert answer.values["title"] == "x"
