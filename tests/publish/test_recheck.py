"""A change that was decided on earlier: when it still holds, and why it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from office import Office, changed, make_post

from wp_sync.model import (
    Adopt,
    Create,
    Entry,
    NewTerm,
    Receipt,
    SitePost,
    SiteState,
    Skip,
    Update,
)
from wp_sync.publish.merge import sent_hashes
from wp_sync.publish.recheck import Article, is_done, seen_of, why_moved, why_not_ours

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.model import Change

POST = make_post()
OURS = Receipt(key=POST.key, wp_id=7, sent=sent_hashes(POST), stored={"title": "t"})
THERE = SitePost(
    wp_id=7, slug="s", status="publish", modified="2026-05-04T12:00:00", values={"title": "Rain"}
)
NEW = Create(post=POST, reason="new")
CHANGED = Update(
    post=changed(POST, "title"), wp_id=7, fields=("title",), receipt=OURS, reason="changed"
)
FOUND = Adopt(post=POST, found=THERE, doubtful=False, reason="found")
AS_IT_WAS = Article(state="new", item="hash", receipt=OURS)
NOTHING = Article(state="new", item="hash")
SITE = SiteState(posts={7: THERE})


def entry(change: Create | Update | Adopt) -> Entry:
    seen = None if isinstance(change, Create) else seen_of(THERE)
    return Entry(change=change, item="hash", seen=seen)


@pytest.mark.parametrize(
    ("change", "now", "told"),
    [
        pytest.param(NEW, NOTHING, "", id="nothing moved"),
        pytest.param(CHANGED, AS_IT_WAS, "", id="an update, and nothing moved"),
        pytest.param(FOUND, NOTHING, "", id="a find, and nothing moved"),
        pytest.param(NEW, Article(), "does not know", id="no such item"),
        pytest.param(NEW, replace(NOTHING, item="other"), "its source changed it", id="source"),
        pytest.param(NEW, replace(NOTHING, state="rejected"), "a person rejected", id="rejected"),
        pytest.param(NEW, replace(NOTHING, state="undone"), "taken back", id="undone"),
        pytest.param(NEW, replace(NOTHING, state="approved"), "a person approved", id="approved"),
        pytest.param(
            NEW, replace(NOTHING, state="dropped", reason="old"), "plan: old", id="dropped"
        ),
        pytest.param(NEW, replace(NOTHING, buried="rejected as b"), "rejected as b", id="buried"),
        pytest.param(NEW, AS_IT_WAS, "made or took over post 7", id="made meanwhile"),
        pytest.param(FOUND, AS_IT_WAS, "made or took over post 7", id="taken over meanwhile"),
        pytest.param(CHANGED, NOTHING, "not its post any more", id="forgotten meanwhile"),
        pytest.param(
            CHANGED,
            replace(AS_IT_WAS, receipt=replace(OURS, stored={"title": "u"})),
            "another run wrote post 7",
            id="written meanwhile",
        ),
        pytest.param(
            CHANGED,
            replace(AS_IT_WAS, receipt=replace(OURS, pending={"title": ("u",)})),
            "another run wrote post 7",
            id="written, perhaps, meanwhile",
        ),
        pytest.param(
            CHANGED,
            replace(AS_IT_WAS, receipt=replace(OURS, status="draft", channel="other")),
            "",
            id="only looked at meanwhile",
        ),
    ],
)
def test_the_ledger_tells_what_must_not_be_done_any_more(
    change: Create | Update | Adopt, now: Article, told: str
) -> None:
    """A person's word, the source's correction and another run's write are newer than the plan."""
    found = why_not_ours(entry(change), now)

    assert told in found
    assert bool(found) == bool(told)


def test_what_a_person_approved_before_the_plan_is_done() -> None:
    """The plan holds it because they approved it."""
    approved = replace(NEW, post=replace(POST, approved=True))
    now = replace(NOTHING, state="approved", buried="rejected once")

    assert why_not_ours(entry(approved), now) == ""


@pytest.mark.parametrize(
    ("change", "today", "site", "told"),
    [
        pytest.param(NEW, NEW, SITE, "", id="nothing moved"),
        pytest.param(CHANGED, CHANGED, SITE, "", id="an update, and nothing moved"),
        pytest.param(FOUND, FOUND, SITE, "", id="a find, and nothing moved"),
        pytest.param(
            CHANGED,
            CHANGED,
            SiteState(posts={7: replace(THERE, modified="2026-05-05T01:02:03")}),
            "",
            id="saved without a change",
        ),
        pytest.param(
            CHANGED,
            CHANGED,
            SiteState(
                posts={7: replace(THERE, modified="2026-05-05T01:02:03", values={"title": "Sun"})}
            ),
            "post 7 was changed at 2026-05-05 01:02:03 UTC, since the plan: title",
            id="edited",
        ),
        pytest.param(
            FOUND,
            replace(FOUND, found=replace(THERE, status="trash")),
            SITE,
            "since the plan: status",
            id="found in the trash",
        ),
        pytest.param(
            CHANGED, Skip(key=POST.key, reason="given away"), SITE, "given away", id="given away"
        ),
        pytest.param(NEW, FOUND, SITE, "another case: found", id="on the site meanwhile"),
    ],
)
def test_the_site_tells_what_must_not_be_done_any_more(
    change: Create | Update | Adopt, today: Change, site: SiteState, told: str
) -> None:
    """By what the posts hold: a save that changes nothing is no reason."""
    planned = (
        NewTerm(taxonomy="categories", path=("News",)),
        NewTerm(taxonomy="tags", path=("Example News",)),
    )

    found = why_moved(entry(change), today, site, planned)

    assert told in found
    assert bool(found) == bool(told)


def test_a_term_that_the_plan_does_not_make_is_not_made() -> None:
    """A category that was deleted since would come back without a person's word."""
    planned = (NewTerm(taxonomy="tags", path=("Example News",)),)

    told = why_moved(entry(NEW), NEW, SITE, planned)

    assert told == "it needs 'News', which is gone from the site since"


def test_what_an_earlier_run_did_is_done(tmp_path: Path) -> None:
    """The same plan twice: by the receipts that the first run left."""
    office = Office(tmp_path)
    plan, state = office.plan(POST)
    (create,) = plan.changes
    assert isinstance(create, Create)
    assert not is_done(create, office.receipt(POST))
    office.apply(plan, state)
    plan, state = office.plan(changed(POST, "title", "featured"))
    (update,) = plan.changes
    assert isinstance(update, Update)

    before = is_done(create, office.receipt(POST)), is_done(update, office.receipt(POST))
    office.apply(plan, state)
    after = is_done(update, office.receipt(POST))

    assert before == (True, False)
    assert after
    assert not is_done(replace(update, wp_id=99), office.receipt(POST))
