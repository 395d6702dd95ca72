"""Posts in batches on a real WordPress: each has its own end, and none is made twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from office import make_post
from watching_proxy import watch

from wp_sync.errors import UnauthorizedError, UnreachableError
from wp_sync.ledger import Ledger, open_ledger
from wp_sync.pipeline.site import SiteReader
from wp_sync.publish.apply import apply_plan
from wp_sync.publish.discovery import discover
from wp_sync.publish.media import no_files
from wp_sync.publish.pace import Pace
from wp_sync.publish.plan import make_plan, with_terms
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from watching_proxy import Traffic

    from wp_sync.model import Outcome, Post
    from wp_sync.sandbox.wordpress import WordPress

SETTLE = timedelta(minutes=2)
NO_ROUTE = """add_filter('rest_endpoints', function ($routes) {
    unset($routes['/batch/v1']);
    return $routes;
});"""
NO_WAY = """add_filter('rest_pre_dispatch', function ($result, $server, $request) {
    $no = new WP_Error('no', 'No.', ['status' => 403]);
    return '/batch/v1' === $request->get_route() ? $no : $result;
}, 10, 3);"""
REVOKED = """add_filter('rest_pre_insert_post',
    fn() => new WP_Error('rest_cannot_create', 'No.', ['status' => 401]));"""
numbers = count(1)


@pytest.fixture
def traffic(site: WordPress) -> Iterator[Traffic]:
    with watch(site) as traffic:
        yield traffic


@pytest.fixture
def press(site: WordPress, traffic: Traffic, tmp_path: Path) -> Iterator[Press]:
    one = Press(site, traffic)
    with open_ledger("sqlite:///l.db", tmp_path, clock=lambda: one.now) as one.ledger:
        yield one


class Press:
    """Publishes on the site through the proxy, as a run does."""

    ledger: Ledger

    def __init__(self, site: WordPress, traffic: Traffic) -> None:
        self.site, self.traffic = site, traffic
        self.now = datetime(2026, 5, 4, 12, tzinfo=UTC)
        self.password = site.users["editor"].application_password
        self.waits: list[float] = []
        self.stopped = False

    def run(self, *posts: Post, connections: int = 2) -> list[Outcome]:
        """Plan these posts and apply the plan."""
        patience = Patience(sleep=self.waits.append, read=30)
        root = discover(self.traffic.url, "editor", self.password, patience=patience)
        pace = Pace(connections)
        api = RestApi(root.root, "editor", self.password, patience=patience, pace=pace)
        target = RestTarget(api, root)
        identity = target.identify()
        receipts = self.ledger.posts.receipts(identity.address, [post.key for post in posts])
        state = SiteReader(target, identity, self.ledger, SETTLE).read(posts, receipts, self.now)
        plan = with_terms(make_plan(posts, receipts, state), state)
        journal = self.ledger.posts.journal(identity.address, "run")
        self.traffic.seen.clear()
        self.traffic.at_once = 0
        found = apply_plan(plan, target, journal, no_files, state, lambda: self.stopped)
        return list(found)

    @property
    def intents(self) -> int:
        address = self.traffic.url.partition("://")[2]
        return len(self.ledger.posts.intents(address))

    def batches(self) -> list[str]:
        """List the writes of posts, in batches and alone."""
        return [path.partition("?")[0].partition("/wp-json/")[2] for _, path in self.traffic.writes]

    def slugs(self, posts: list[Post]) -> list[str]:
        """List what the site has of these articles, repeats included."""
        rows = self.site.sql("SELECT post_name FROM wp_posts WHERE post_type = 'post'")
        wanted = {post.mark for post in posts}
        return sorted(row["post_name"] for row in rows if row["post_name"][5:11] in wanted)


def articles(number: int, **values: Any) -> list[Post]:  # noqa: ANN401
    """Make articles that no other test has."""
    made = []
    for one in [next(numbers) for _ in range(number)]:
        digits = "".join(chr(ord("a") + int(digit)) for digit in f"{one:06}")
        slug = f"rain-{digits}"
        usual = {"mark": digits, "slug": slug, "title": f"Rain {digits}", "pictures": ()}
        usual |= {"categories": (), "tags": ()}
        post = make_post(one, **usual | values)
        made.append(replace(post, source_url=f"https://news.example/{digits}", body=f"<p>{digits}"))
    return made


def test_twenty_five_go_in_one_request(press: Press) -> None:
    """Each is as it was asked for, and remembered; the ledger has no doubts left."""
    posts = articles(25, tags=("Storm",), categories=(("News", "Rain"),))

    outcomes = press.run(*posts)
    again = press.run(*posts)

    assert [one.key for one in outcomes] == [post.key for post in posts]
    assert {(one.status, one.reason) for one in outcomes} == {("created", "new")}
    assert {one.status for one in again} == {"unchanged"}
    assert press.slugs(posts) == sorted(post.slug for post in posts)
    assert press.intents == 0
    found = press.site.run_php(
        f"$p = get_page_by_path('{posts[7].slug}', OBJECT, 'post'); echo $p->post_title, '|',"
        " $p->post_date_gmt, '|', implode(',', wp_get_post_tags($p->ID, ['fields' => 'names'])),"
        " '|', implode(',', wp_get_post_categories($p->ID, ['fields' => 'names']));"
    )
    assert found == f"{posts[7].title}|2026-05-04 12:00:00|Storm|Rain"


def test_sixty_go_in_three_requests_two_at_once(press: Press) -> None:
    """The site is asked by two connections at most, and the outcomes keep the plan's order."""
    posts = articles(60)

    outcomes = press.run(*posts)

    assert [one.key for one in outcomes] == [post.key for post in posts]
    assert press.batches() == ["batch/v1"] * 3
    assert press.traffic.at_once <= 2
    assert press.slugs(posts) == sorted(post.slug for post in posts)


def test_one_is_refused_alone(press: Press) -> None:
    """WordPress's reason is told, no intent stays, and the others are there."""
    first, bad, last = articles(3)
    bad = replace(bad, title=" ", body="", excerpt="")

    outcomes = press.run(first, bad, last)

    assert [one.status for one in outcomes] == ["created", "failed", "created"]
    assert "empty_content" in outcomes[1].reason
    assert press.batches() == ["batch/v1"]
    assert press.intents == 0


def test_lost_batch_is_adopted_whole(press: Press) -> None:
    """Every post may have been made: none is made again, and all are found after the rest."""
    posts = articles(25)
    press.traffic.lost = frozenset({1})

    lost = press.run(*posts)
    press.traffic.lost = frozenset()
    resting = press.run(*posts)
    press.now += SETTLE
    settled = press.run(*posts)

    assert {one.status for one in lost} == {"failed"}
    assert all("may or may not have been made" in one.reason for one in lost)
    assert {one.status for one in resting} == {"held"}
    assert {one.status for one in settled} == {"unchanged"}
    assert press.slugs(posts) == sorted(post.slug for post in posts)
    assert press.intents == 0


def test_two_lost_batches_stop_the_run(press: Press) -> None:
    """A site that is down is left alone; what was lost rests, and the one in line is the last."""
    posts = articles(100)
    press.traffic.lost = frozenset({1, 2})

    with pytest.raises(UnreachableError, match="2 times in a row"):
        press.run(*posts)

    landed = len(press.batches()) - 2  # of the one that was in line, when it went in time
    assert landed in {0, 1}
    assert len(press.slugs(posts)) == 50 + landed * 25
    assert press.intents == 50


def test_lost_batch_makes_the_next_smaller(press: Press) -> None:
    """It may have been cut by a time limit."""
    posts = articles(60)
    press.traffic.lost = frozenset({1})
    begun: list[int] = []
    press.traffic.on_write = lambda _: begun.append(press.intents)

    outcomes = press.run(*posts, connections=1)

    assert [one.status for one in outcomes] == ["failed"] * 25 + ["created"] * 35
    assert begun == [25, 25 + 12, 25 + 23]  # and what was quick lets it grow again


@pytest.mark.parametrize("plugin", [NO_ROUTE, NO_WAY], ids=["not there", "forbidden"])
def test_site_without_batches_gets_single_requests(press: Press, plugin: str) -> None:
    """Nothing is lost, nothing is asked of a batch route twice."""
    file = press.site.add_mu_plugin("no-batch", plugin)
    posts = articles(5)

    outcomes = press.run(*posts)
    file.unlink()

    assert {one.status for one in outcomes} == {"created"}
    assert press.batches().count("wp/v2/posts") == 5
    assert press.batches().count("batch/v1") == (plugin is NO_WAY)
    assert press.slugs(posts) == sorted(post.slug for post in posts)


def test_batch_that_is_too_large_is_halved(press: Press) -> None:
    """Many servers take one megabyte; one post that is larger than that fails alone."""
    posts = articles(8)
    posts[5] = replace(posts[5], body="long " * 2_000)
    press.traffic.longest = 4_000

    outcomes = press.run(*posts)

    statuses = [one.status for one in outcomes]
    assert statuses == ["created"] * 5 + ["failed"] + ["created"] * 2
    assert "413" in outcomes[5].reason
    assert press.slugs(posts) == sorted(post.slug for post in posts if post is not posts[5])
    assert press.intents == 0


def test_wrong_password_stops_the_run_and_leaves_no_intent(press: Press) -> None:
    """WordPress answers 207, and 401 for each post of the batch."""
    file = press.site.add_mu_plugin("revoked", REVOKED)
    posts = articles(3)

    with pytest.raises(UnauthorizedError):
        press.run(*posts)

    file.unlink()
    assert press.intents == 0
    assert press.slugs(posts) == []


def test_wish_to_stop_is_heard_between_batches(press: Press) -> None:
    """What landed is recorded and told; what was not begun is not."""
    posts = articles(100)
    press.traffic.on_write = lambda _: setattr(press, "stopped", True)

    outcomes = press.run(*posts)

    made = [one for one in outcomes if one.status == "created"]
    assert len(made) == len(outcomes) == len(press.slugs(posts)) in {25, 50}
    assert press.intents == 0
