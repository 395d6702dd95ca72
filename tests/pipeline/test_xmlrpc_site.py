"""A site whose REST API can't be used: everything goes over XML-RPC, once a person says so."""

from pathlib import Path

import pytest
from breaking import ask_doctor, expect
from desk import Desk
from press import Kiosk, Story, picture, rss

from wp_sync.sandbox.wordpress import WordPress

# As a web server that does not hand the header on to PHP.
STRIPPED = (
    "unset($_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW'], $_SERVER['HTTP_AUTHORIZATION']);"
)
CLOSED = (
    "add_filter('rest_authentication_errors', fn() =>"
    " new WP_Error('rest_disabled', 'The REST API is disabled.', ['status' => 403]));"
)
OFFER = 'put api = "xmlrpc" into [site]'


@pytest.fixture
def desk(fresh_wordpress: WordPress, tmp_path: Path) -> Desk:
    """Sit down before a fresh site."""
    password = fresh_wordpress.users["editor"].application_password
    return Desk(directory=tmp_path, site=fresh_wordpress.url, password=password, api="xmlrpc")


@pytest.mark.parametrize(
    ("code", "check"),
    [pytest.param(STRIPPED, "login", id="stripped"), pytest.param(CLOSED, "site", id="closed")],
)
def test_doctor_offers_xmlrpc_with_the_reason(
    desk: Desk, fresh_wordpress: WordPress, code: str, check: str
) -> None:
    """Nothing is switched without a word; the cure is one line, and with it doctor passes."""
    fresh_wordpress.add_mu_plugin("odd", code)
    rest = Desk(directory=desk.directory, site=desk.site, password=desk.password)

    refused = ask_doctor(rest)
    passed = ask_doctor(desk, "--write")

    expect(refused, check, "failed", "", OFFER)
    assert passed.code == 0
    assert {one["state"] for one in passed.checks.values()} == {"ok"}
    left = "SELECT ID FROM wp_posts WHERE post_title LIKE '%doctor%' AND post_type != 'revision'"
    assert fresh_wordpress.sql(left) == []


def test_login_is_proven_over_xmlrpc(desk: Desk, fresh_wordpress: WordPress) -> None:
    """A wrong password is not kept; the right one is."""
    fresh_wordpress.add_mu_plugin("odd", CLOSED)
    desk.write("")

    wrong = desk.run("login", "--stdin", piped="abcd EFGH 1234 ijkl MNOP 5678")
    right = desk.run("login", "--stdin", piped=desk.password)

    assert wrong.code == 3
    assert "does not accept the login" in wrong.err
    assert right.code == 0
    assert "Logged in to" in right.out + right.err


def test_a_run_over_xmlrpc_publishes_once_updates_and_is_undone(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """New posts with terms and picture; the next run writes nothing; an editor's change stays."""
    site = fresh_wordpress
    site.add_mu_plugin("odd", CLOSED)
    image = kiosk.put("/1.jpg", picture(1), "image/jpeg")
    first, second = Story(number=1, picture=image), Story(number=2)
    kiosk.put("/feed", rss(first, second))
    mapping = '[post]\nstatus = "publish"\ncategory = "Sports > Running"\nauthor = "tom-becker"\n'
    desk.write(kiosk.source(), news=mapping)

    made = desk.sync("--allow", "all")
    again = desk.sync("--allow", "all")

    assert made.totals == {"created": 2}, made.err
    assert set(again.totals) <= {"unchanged"}
    posts = {one["title"]: one["wp_id"] for one in made.outcomes("created")}
    row = site.run_php(
        f"$p = get_post({posts['Story 1']}); echo json_encode([$p->post_status, $p->comment_status,"
        " get_the_author_meta('user_nicename', $p->post_author), has_post_thumbnail($p),"
        " wp_get_post_categories($p->ID, ['fields' => 'names']),"
        " wp_get_post_tags($p->ID, ['fields' => 'names'])]);"
    )
    assert row == '["publish","open","tom-becker",true,["Running"],["Example News"]]'

    site.run_php(f"wp_update_post(['ID' => {posts['Story 2']}, 'post_title' => 'An editor']);")
    bodies = "<p>Quite another paragraph of some words.</p>"
    stories = (Story(number=n, title=f"New {n}", body=bodies, picture=image) for n in (1, 2))
    kiosk.put("/feed", rss(*stories))
    changed = desk.sync("--allow", "all")

    assert changed.totals == {"updated": 2}, changed.err
    titles = site.sql("SELECT post_title FROM wp_posts WHERE post_type = 'post' ORDER BY ID")
    assert [one["post_title"] for one in titles[-2:]] == ["New 1", "An editor"]

    undone = desk.run("undo", made.envelope["data"]["run"], "--yes")

    assert undone.code == 0, undone.err
    assert "kept: " in undone.err + undone.out
    assert "over XML-RPC nobody can tell" in undone.err + undone.out


def test_lost_ledger_finds_the_posts_again(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Without a look-up by slug, nothing is made twice."""
    fresh_wordpress.add_mu_plugin("odd", CLOSED)
    kiosk.put("/feed", rss(*(Story(number=n) for n in range(3))))
    desk.write(kiosk.source())
    made = desk.sync("--allow", "all")
    for file in desk.directory.glob("wp-sync.db*"):
        file.unlink()

    again = desk.sync("--allow", "all")

    assert made.totals == {"created": 3}
    assert again.totals.get("created", 0) == 0
    rows = fresh_wordpress.sql(
        "SELECT ID FROM wp_posts WHERE post_title LIKE 'Story%' AND post_type = 'post'"
    )
    assert len(rows) == 3
