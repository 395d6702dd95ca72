"""A doubtful post is completed as it is at that moment: people may have been at it meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from office import HINT, NOON, changed, make_post

from wp_sync.errors import InDoubtError
from wp_sync.model import SitePost
from wp_sync.publish.target import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from office import Office

    from wp_sync.model import Outcome, Plan, SiteState

POST = make_post()
LOST = InDoubtError("the line was cut")
SAVED = "somebody has saved it, and may have taken out"
THEIRS = {"title": "Somebody's", "body": "<p>Own.</p>", "slug": "somebodys"}


@pytest.fixture
def half_made(office: Office) -> Office:
    """Have a create die after its row, and rest."""
    office.site.fail("create_post", LOST, after=True)
    office.run(POST)
    office.halve(2, categories=(1,), tags=(), featured=0)
    office.settle()
    return office


def apply(office: Office, plan: Plan, state: SiteState) -> Outcome:
    (outcome,) = office.apply(plan, state)
    return outcome


def on_first_update(office: Office, **values: object) -> None:
    """Let an editor save just before our first update arrives."""
    saves = [values]

    def save() -> None:
        if saves:
            office.edit(2, **saves.pop())

    office.site.watchers["update_post"] = save


def test_what_an_editor_changed_since_the_plan_stays(half_made: Office) -> None:
    """A text and a term that were set meanwhile, also at the source's next change."""
    plan, state = half_made.plan(changed(POST, "title"))
    editors = half_made.make_term("tags", "Editors")
    half_made.edit(2, title="An editor's", tags=(editors,))

    outcome = apply(half_made, plan, state)
    (later,) = half_made.run(replace(POST, title="Snow", tags=("Snow",)))

    assert outcome.reason.endswith(f"{SAVED}: categories, featured")
    assert half_made.site.writes("update_post") == []
    assert half_made.values(2)["title"] == "An editor's"
    assert half_made.values(2)["tags"] == (editors,)
    assert later.reason == f"edited on the site and kept: title, tags{HINT}"


@pytest.mark.parametrize("deleted", [False, True], ids=["trashed", "deleted"])
def test_post_that_went_since_the_plan_stays_gone(half_made: Office, *, deleted: bool) -> None:
    """It is remembered, so that no later run makes it again."""
    plan, state = half_made.plan(POST)
    half_made.trash(2)
    if deleted:
        del half_made.site.posts[2]

    outcome = apply(half_made, plan, state)
    half_made.settle()
    (later,) = half_made.run(changed(POST, "title"))

    assert (outcome.status, later.status) == ("unchanged", "unchanged")
    assert later.reason in outcome.reason
    assert half_made.site.writes("update_post") == []
    assert len(half_made.site.writes("create_post")) == 1


def test_post_that_was_given_away_since_the_plan_is_left_alone(half_made: Office) -> None:
    """The role Author may neither read nor write it any more."""
    plan, state = half_made.plan(POST)

    def read_posts(_: Sequence[int]) -> tuple[SitePost, ...]:
        return (SitePost(wp_id=2, slug="", status=FORBIDDEN),)

    half_made.site.read_posts = read_posts  # type: ignore[assignment,method-assign]
    outcome = apply(half_made, plan, state)

    assert outcome.status == "unchanged"
    assert "given to another author on the site" in outcome.reason
    assert half_made.site.writes("update_post") == []
    assert half_made.receipt(POST)


def test_post_of_another_under_the_number_is_left_alone(half_made: Office) -> None:
    """The site was put back from a backup: the article is looked for, and made, once more."""
    plan, state = half_made.plan(POST)
    half_made.edit(2, **THEIRS)

    outcome = apply(half_made, plan, state)
    (later,) = half_made.run(POST)

    assert outcome.status == "failed"
    assert "another post has its number" in outcome.reason
    assert half_made.site.writes("update_post") == []
    assert (later.status, later.wp_id != 2) == ("created", True)


@pytest.mark.parametrize("kept", [True, False], ids=["revisions", "no revisions"])
def test_what_an_editor_took_out_does_not_come_back(office: Office, *, kept: bool) -> None:
    """The create was whole, its answer was lost, and an editor was faster than the look-up."""
    office.site.keeps_revisions = kept
    office.site.fail("create_post", LOST, after=True)
    office.run(POST)
    office.edit(2, title="An editor's", tags=(), featured=0)
    office.settle()

    (outcome,) = office.run(POST)
    (later,) = office.run(changed(POST, "featured"))

    assert outcome.reason.endswith(f"{SAVED}: tags, featured")
    assert later.reason == f"edited on the site and kept: featured{HINT}"
    assert office.site.writes("update_post") == []


def test_a_save_at_the_same_moment_is_restored(half_made: Office) -> None:
    """The source has changed since the create, and an editor saves while we write."""
    on_first_update(half_made, title="An editor's")

    (outcome,) = half_made.run(changed(POST, "title"))

    told = "an editor (user 1) saved at the same moment: their title was restored"
    assert outcome.warning == told
    assert half_made.values(2)["title"] == "An editor's"
    assert half_made.values(2)["tags"]
    assert half_made.run(changed(POST, "title"))[0].status == "unchanged"


def test_a_locked_site_lets_the_completion_be_decided_anew(half_made: Office) -> None:
    """Nothing of the editor's is replaced, not for a moment."""
    half_made.site.locks = True
    on_first_update(half_made, categories=(half_made.make_term("categories", "Editors"),))
    save, minutes = half_made.site.watchers["update_post"], iter(range(2, 30))

    def save_and_wait() -> None:
        save()
        half_made.site._now = lambda: NOON + timedelta(hours=next(minutes))  # noqa: SLF001

    half_made.site.watchers["update_post"] = save_and_wait
    half_made.site._now = lambda: NOON + timedelta(minutes=90)  # noqa: SLF001

    (outcome,) = half_made.run(POST)

    written = [set(one) for one in half_made.site.writes("update_post")]
    assert written == [{"categories", "tags", "featured"}]  # which the site refused
    assert outcome.reason.endswith(f"{SAVED}: tags, featured")
    assert half_made.values(2)["categories"] != (half_made.terms("categories")["News"],)


@pytest.mark.parametrize("made", [False, True], ids=["not made", "made"])
def test_completion_whose_answer_is_lost_is_no_edit(half_made: Office, *, made: bool) -> None:
    """What it may have left is ours, though the source has changed once more."""
    half_made.site.fail("update_post", LOST, after=made)

    (lost,) = half_made.run(changed(POST, "title", "tags"))
    (outcome,) = half_made.run(replace(POST, title="Snow", tags=("Snow",)))

    assert (lost.status, outcome.status) == ("failed", "updated")
    assert half_made.values(2)["title"] == "Snow"
    assert half_made.values(2)["tags"] == (half_made.terms("tags")["Snow"],)
    assert half_made.values(2)["featured"]
