"""carry_out and propose_undo on a site in memory: states, stops, doubts, what stays in use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from office import SETTLE, Office, make_post

from wp_sync.config import load_config
from wp_sync.errors import InDoubtError, RejectedError, SiteError, UnreachableError
from wp_sync.model import (
    Amend,
    Claim,
    Create,
    Discard,
    Item,
    Outcome,
    Plan,
    Pull,
    SiteState,
    Skip,
    Tombstone,
    Trash,
)
from wp_sync.pipeline.orders import Office as Bench
from wp_sync.pipeline.orders import carry_out
from wp_sync.pipeline.review import plan_rejection, refresh_page
from wp_sync.pipeline.stop import Stop
from wp_sync.pipeline.undo import find_run, propose_undo
from wp_sync.pipeline.waiting import find_decided
from wp_sync.publish.lock import SiteLock
from wp_sync.publish.memory_upkeep import MemoryUpkeep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wp_sync.model import Post, Receipt

POSTS = tuple(make_post(number) for number in (1, 2, 3))


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An office with three posts of its run-1, and the bench at which orders are carried out."""

    office: Office
    bench: Bench

    def receipt(self, post: Post) -> Receipt:
        ours = self.office.receipt(post)
        assert ours
        return ours

    def states(self) -> dict[str, str]:
        found = self.office.ledger.history.items([post.key for post in POSTS])
        return {key.guid: item.state for key, item in found.items()}

    def trash(self, post: Post) -> Trash:
        return Trash(key=post.key, wp_id=self.receipt(post).wp_id, reason="why")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "config.toml").write_text(
        '[site]\nurl = "https://memory.example"\nusername = "a"\n[fetch]\ncontact = "a@b.example"\n'
    )
    office = Office(tmp_path)
    keep_items(office)
    bench = Bench(
        config=load_config(tmp_path / "config.toml"),
        ledger=office.ledger,
        target=office.site,
        upkeep=MemoryUpkeep(office.site),
        identity=office.site.identify(),
        clock=lambda: office.now,
        stop=Stop(),
        lock=SiteLock(office.site.markers, "aa", "wp-sync: aa", remember=lambda _: ()),
    )
    office.ledger.items.settle(office.run(*POSTS), "run-1")
    yield Desk(office=office, bench=bench)
    office.ledger.close()


def keep_items(office: Office, title: str = "Rain") -> None:
    """Let the feed bring the three articles."""
    feed = POSTS[0].key.feed
    office.ledger.feeds.identify(feed, "News")
    items = tuple(Item(key=one.key, url=one.source_url, title=title) for one in POSTS)
    hashes = {one.key.guid: f"{title} {one.key.guid}" for one in POSTS}
    office.ledger.feeds.record_pull(Pull(feed=feed, items=items, hashes=hashes), source="News")


def test_each_item_gets_its_state_as_its_change_lands(desk: Desk) -> None:
    """The site going away in the middle loses nothing of what was done before."""
    first, second, third = POSTS
    desk.office.site.fail("trash_post", None, UnreachableError("away"))
    plan = Plan(changes=tuple(desk.trash(post) for post in POSTS))

    result = carry_out(
        desk.bench, plan, "undo", states=dict.fromkeys((p.key for p in POSTS), "undone")
    )

    assert isinstance(result.error, UnreachableError)
    assert result.run.stopped == "away"
    assert desk.states() == {"1": "undone", "2": "published", "3": "published"}
    assert [desk.receipt(post).status for post in (first, second, third)] == [
        "trash",
        "publish",
        "publish",
    ]
    assert desk.office.ledger.runs.last(1)[0].status == "stopped"


def test_a_refused_or_kept_change_leaves_the_state(desk: Desk) -> None:
    """An order that fails must not make an item due; one that leaves a post says nothing of it."""
    refused, kept, skipped = POSTS
    desk.office.site.fail("trash_post", RejectedError("no"))
    held = Amend(
        receipt=desk.receipt(kept),
        values={"title": "Sun"},
        expected={"title": ("another",)},
        order="undo",
        reason="why",
    )
    plan = Plan(
        changes=(desk.trash(refused), held, Skip(key=skipped.key, reason="in the trash already"))
    )

    result = carry_out(
        desk.bench, plan, "undo", states=dict.fromkeys((p.key for p in POSTS), "undone")
    )

    assert result.run.totals == {"failed": 1, "unchanged": 2}
    assert desk.states() == {"1": "published", "2": "published", "3": "undone"}


def test_a_wish_to_stop_is_heard_between_two_writes(desk: Desk) -> None:
    """What comes after the posts is left for the next time."""
    plan = Plan(
        changes=tuple(desk.trash(post) for post in POSTS),
        discards=(discard_of(desk.office, "Example News"),),
    )

    def ask(_: Outcome) -> None:
        desk.bench.stop.ask()

    result = carry_out(desk.bench, plan, "undo", watch=ask)

    assert result.run.stopped == "interrupted"
    assert result.run.totals == {"trashed": 1}
    assert "Example News" in desk.office.terms("tags")


def discard_of(office: Office, name: str, **values: Any) -> Discard:  # noqa: ANN401
    usual: dict[str, Any] = {"kind": "tags", "how": "delete", "order": "undo", "reason": "why"}
    return Discard(wp_id=office.terms("tags")[name], name=name, **usual | values)


def test_a_term_of_a_post_that_stayed_after_all_is_kept(desk: Desk) -> None:
    """The plan counted on the post's going; at the moment of deleting that counts no more."""
    ids = frozenset(desk.office.site.posts)
    plan = Plan(
        changes=tuple(
            replace(desk.trash(post), expected={"title": ("another",)} if post is POSTS[2] else {})
            for post in POSTS
        ),
        discards=(discard_of(desk.office, "Example News", beside=ids),),
    )

    result = carry_out(desk.bench, plan, "undo")

    stays = desk.receipt(POSTS[2]).wp_id
    assert result.run.messages == (f"kept: tag Example News: post {stays} has it",)
    assert "Example News" in desk.office.terms("tags")


@pytest.mark.parametrize("state", ["undone", "rejected", "approved"])
def test_what_a_person_decided_is_not_changed_by_the_source(desk: Desk, state: str) -> None:
    """A correction is kept, and makes nothing due; changed rules neither."""
    plan = Plan(changes=(desk.trash(POSTS[0]),))
    carry_out(desk.bench, plan, "undo", states={POSTS[0].key: state})

    keep_items(desk.office, title="Rain, corrected")

    due = desk.office.ledger.items.due(POSTS[0].key.feed, dropped_too=True)
    found = desk.office.ledger.history.items([POSTS[0].key])[POSTS[0].key]
    assert desk.states() == {"1": state, "2": "new", "3": "new"}
    assert found.title == "Rain, corrected"
    assert {one.item.key.guid for one in due if one.state != "approved"} == {"2", "3"}


def test_a_create_without_an_answer_is_looked_up_and_taken_back(desk: Desk) -> None:
    """Not before it has settled; a post that holds something else by now is somebody's."""
    lost = [make_post(number) for number in (4, 5)]
    desk.office.site.fail("create_post", InDoubtError("lost"), after=True)
    desk.office.run(lost[0])
    desk.office.site.fail("create_post", InDoubtError("lost"), after=True)
    desk.office.run(lost[1])
    run = start_run(desk)
    desk.office.edit(max(desk.office.site.posts), title="An editor's")

    with pytest.raises(SiteError, match="2 creates of run run-1 have no answer yet"):
        propose_undo(desk.bench, run)
    desk.office.now += SETTLE
    proposal = propose_undo(desk.bench, run)

    carry_out(desk.bench, proposal.plan, "undo", states=proposal.states)
    statuses = [post.status for post in desk.office.site.posts.values()]
    assert statuses == ["trash"] * 4 + ["publish"]
    assert [one.key for one in desk.office.intents] == [lost[1].key]


def start_run(desk: Desk) -> str:
    """Put the office's run among the runs: it has none of its own."""
    from sqlalchemy import insert

    from wp_sync.ledger import schema

    row = {"id": "run-1", "started": desk.office.now, "command": "sync", "status": "done"}
    with desk.office.ledger.history.database.write() as connection:
        connection.execute(insert(schema.runs), row | {"totals": {}, "messages": []})
    return "run-1"


def test_terms_and_uploads_of_the_run_go_with_its_posts(desk: Desk) -> None:
    """A tag that another's post has stays, and is named."""
    run = start_run(desk)
    tags = (desk.office.terms("tags")["Example News"],)
    desk.office.site.create_post({"title": "Somebody's", "body": "x", "tags": tags})

    proposal = propose_undo(desk.bench, run)
    result = carry_out(desk.bench, proposal.plan, f"undo {run}", states=proposal.states)

    assert [one.name for one in proposal.plan.discards if one.kind != "upload"] == ["News"]
    assert len([one for one in proposal.plan.discards if one.kind == "upload"]) == 3
    assert any(note.startswith("kept: tag Example News: post ") for note in proposal.notes)
    assert "deleted: category News" in result.run.messages
    assert desk.office.site.media == {}
    assert desk.states() == {"1": "undone", "2": "undone", "3": "undone"}
    assert propose_undo(desk.bench, run).is_idle


def test_the_last_run_is_the_last_that_wrote_and_is_no_undo(desk: Desk) -> None:
    """So that `undo last` twice does not do again what it undid."""
    run = start_run(desk)
    proposal = propose_undo(desk.bench, run)
    carry_out(desk.bench, proposal.plan, f"undo {run}", states=proposal.states)

    assert find_run(desk.office.ledger, "last").id == run
    assert find_run(desk.office.ledger, "run").id == run


def test_an_order_is_told_whatever_becomes_of_the_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer is lost, or the site is away: what was ordered is done all the same."""
    file = desk.bench.config.path
    file.write_text(f"{file.read_text()}[review]\npage = true\n")
    bench = replace(desk.bench, config=load_config(file))
    told = []
    for error in (InDoubtError("lost"), UnreachableError("away")):

        def fail(*_: object, error: Exception = error, **__: object) -> None:
            raise error

        monkeypatch.setattr(desk.office.site, "write_page", fail)
        told.append(refresh_page(bench, bench.identity))

    assert told == [f"the review page was not written: {word}" for word in ("lost", "away")]


def test_a_rejection_without_a_post_is_the_last_run_too(desk: Desk) -> None:
    """Else `undo last` would take back the sync before it."""
    start_run(desk)
    desk.office.now += SETTLE
    run = desk.office.ledger.runs.start("review reject")
    desk.office.ledger.decisions.bury(desk.office.address, [Tombstone(key=POSTS[0].key)], run)

    assert find_run(desk.office.ledger, "last").id == run


def test_a_rejection_takes_back_what_an_unanswered_create_made(desk: Desk) -> None:
    """Nobody would look for it any more; not before it has settled."""
    post = POSTS[0]
    desk.office.ledger.posts.journal(desk.office.address, "run-1").claim(
        Claim(receipt=desk.receipt(post), ours=False, order="undo", reason="why")
    )
    bare: dict[str, Any] = {"categories": (), "tags": (), "pictures": ()}
    lost = replace(post, slug="rain-again", title="Rain again", **bare)
    desk.office.site.fail("create_post", InDoubtError("lost"), after=True)
    desk.office.apply(Plan(changes=(Create(post=lost, reason="new"),)), SiteState())
    chosen = find_decided(desk.office.ledger, desk.bench.identity, post.source_url)

    with pytest.raises(SiteError, match="1 creates of these articles have no answer yet"):
        plan_rejection(desk.bench, chosen)
    desk.office.settle()
    plan = plan_rejection(desk.bench, chosen)
    result = carry_out(desk.bench, plan, "review reject", states={post.key: "rejected"})

    assert result.run.totals == {"trashed": 1}
    assert desk.office.site.posts[max(desk.office.site.posts)].status == "trash"
    assert desk.states()["1"] == "rejected"
