"""The checker sees every kind of broken world, and nothing in a whole one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from checker import (
    AttachmentRow,
    Delivered,
    ItemRow,
    LedgerRows,
    PostRow,
    RunSeen,
    TermRow,
    UserRow,
    Violation,
    Wanted,
    World,
    check_edits,
    check_quiet,
)

if TYPE_CHECKING:
    from collections.abc import Callable

WANTED = Wanted(categories=frozenset({"News"}), tags=frozenset({"Rain"}), author="tom")
LINK = "https://news.example/1?a=1&b=2"
POST = PostRow(
    wp_id=7,
    slug="rain-2-abcdef",
    status="publish",
    title="Rain 2",
    body='<p>It rains. <a href="https://news.example/1?a=1&amp;b=2">Read it</a></p>',
    excerpt="It rains.",
    author="tom",
    categories=frozenset({"News"}),
    tags=frozenset({"Rain"}),
    picture=5,
)
UPLOAD = AttachmentRow(wp_id=5, slug="0123456789abcdef", sha256="aa")
TERMS = (
    TermRow(wp_id=2, taxonomy="category", name="News"),
    TermRow(wp_id=3, taxonomy="category", name="News", parent=2),
    TermRow(wp_id=4, taxonomy="post_tag", name="News"),
)
PUBLISHED = ItemRow(guid="1", state="published", wp_id=7)
WHOLE = World(
    source_log=(Delivered(guid="1", link=LINK, title="Rain 2", picture="https://x/1.jpg"),),
    posts=(POST,),
    terms=TERMS,
    attachments=(UPLOAD,),
    users=(UserRow(wp_id=1, login="tom", name="Tom"),),
    ledger=LedgerRows(items=(PUBLISHED,)),
)


def kinds(found: list[Violation]) -> list[str]:
    return sorted({one.kind for one in found})


def with_posts(*posts: PostRow) -> World:
    return replace(WHOLE, posts=posts)


def with_items(*items: ItemRow) -> World:
    return replace(WHOLE, ledger=LedgerRows(items=items))


def test_whole_world_has_no_violation() -> None:
    """A checker that cries at everything would prove as little as one that sleeps."""
    assert WHOLE.check(WANTED) == []
    assert check_quiet([RunSeen(code=0, writes=("POST",)), RunSeen(code=0)]) == []


@pytest.mark.parametrize(
    ("world", "kind", "word"),
    [
        pytest.param(with_posts(), "lost", "item 1", id="no post"),
        pytest.param(
            replace(WHOLE, ledger=LedgerRows()), "lost", "does not know", id="item forgotten"
        ),
        pytest.param(
            with_posts(POST, replace(POST, wp_id=8, slug="other-abcdeg")),
            "doubled",
            "is 2 posts",
            id="two posts of one item",
        ),
        pytest.param(
            with_posts(POST, replace(POST, wp_id=8, slug="other-abcdeg", status="trash")),
            "doubled",
            "is 2 posts",
            id="the second one in the trash",
        ),
        pytest.param(
            with_posts(replace(POST, slug="rain-2-abcdef-2")),
            "doubled",
            "numbered slug",
            id="numbered slug",
        ),
        pytest.param(
            with_posts(POST, replace(POST, wp_id=8, body="")), "doubled", "slug", id="equal slugs"
        ),
        pytest.param(
            replace(WHOLE, attachments=(UPLOAD, replace(UPLOAD, wp_id=6))),
            "doubled",
            "upload aa",
            id="upload twice",
        ),
        pytest.param(
            replace(WHOLE, terms=(*TERMS, TermRow(wp_id=9, taxonomy="post_tag", name="NEWS"))),
            "doubled",
            "term",
            id="term twice",
        ),
        pytest.param(
            replace(WHOLE, users=(*WHOLE.users, UserRow(wp_id=2, login="tom-2", name="Tom"))),
            "doubled",
            "user",
            id="user twice",
        ),
        pytest.param(
            replace(WHOLE, attachments=(UPLOAD, AttachmentRow(wp_id=6, slug="f" * 16, sha256="b"))),
            "other",
            "orphan",
            id="orphan upload",
        ),
        pytest.param(
            with_items(replace(PUBLISHED, state="failed", reason="500")),
            "not converged",
            "failed",
            id="still failed",
        ),
        pytest.param(
            with_items(replace(PUBLISHED, wp_id=8)), "lost", "not there", id="receipt of nothing"
        ),
        pytest.param(
            replace(WHOLE, ledger=LedgerRows(items=(PUBLISHED,), intents=("1",))),
            "not converged",
            "intent",
            id="intent without an answer",
        ),
    ],
)
def test_broken_world_is_seen(world: World, kind: str, word: str) -> None:
    """Each way in which faults could break a site or a ledger."""
    found = world.check(WANTED)

    assert kind in kinds(found)
    assert any(word in one.what for one in found if one.kind == kind), found


@pytest.mark.parametrize(
    "lacking",
    [
        pytest.param({"categories": frozenset({"Uncategorized"})}, id="default category"),
        pytest.param({"tags": frozenset()}, id="tags"),
        pytest.param({"author": "wp-sync"}, id="author"),
        pytest.param({"picture": 0}, id="picture"),
        pytest.param({"excerpt": ""}, id="excerpt"),
        pytest.param({"title": "Rai"}, id="title"),
    ],
)
def test_half_made_post_is_seen(lacking: dict[str, object]) -> None:
    """What WordPress writes after the row may be missing without a word."""
    found = with_posts(replace(POST, **lacking)).check(WANTED)  # type: ignore[arg-type]

    assert "half made" in kinds(found)


def test_dropped_item_is_not_lost_when_it_says_why() -> None:
    """A final reason is an end; a bare state is none."""
    dropped = ItemRow(guid="1", state="dropped", reason="older than 14 days")
    world = replace(WHOLE, posts=(), attachments=())

    def ledger_of(item: ItemRow) -> World:
        return replace(world, ledger=LedgerRows(items=(item,)))

    assert ledger_of(dropped).check(WANTED) == []
    assert kinds(ledger_of(replace(dropped, reason="")).check(WANTED)) == ["lost"]


@pytest.mark.parametrize(
    ("runs", "kind"),
    [
        pytest.param([RunSeen(code=1), RunSeen(code=0)], "not converged", id="next run fails"),
        pytest.param(
            [RunSeen(code=0), RunSeen(code=0, writes=("POST /wp/v2/posts/7",))],
            "not converged",
            id="the run after writes",
        ),
        pytest.param(
            [RunSeen(code=0), RunSeen(code=0, unconditional=("/feed",))],
            "other",
            id="the run after asks without validators",
        ),
    ],
)
def test_unquiet_runs_are_seen(runs: list[RunSeen], kind: str) -> None:
    """One more run converges, and the one after that has nothing to do."""
    assert kinds(check_quiet(runs)) == [kind]


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(lambda: check_edits([POST], {7: {"title": "An editor's"}}), id="overwritten"),
        pytest.param(lambda: check_edits([], {7: {"title": "Rain 2"}}), id="deleted by us"),
        pytest.param(lambda: check_edits([POST], {}, ["1"], WHOLE.source_log), id="came back"),
    ],
)
def test_lost_work_of_a_person_is_seen(check: Callable[[], list[Violation]]) -> None:
    """An editor's value stays, and what was deleted stays away."""
    assert kinds(check()) == ["overwritten"]


def test_kept_work_of_a_person_is_fine() -> None:
    """A post in the trash has not come back."""
    trashed = replace(POST, status="trash")

    assert check_edits([POST], {7: {"title": "Rain 2"}}) == []
    assert check_edits([trashed], {}, ["1"], WHOLE.source_log) == []
