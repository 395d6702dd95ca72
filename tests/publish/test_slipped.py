"""A save that we replaced without changing anything ourselves: found, restored and told."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from office import make_post
from track import EDITORS, open_track

from wp_sync.hashing import short_mark
from wp_sync.model import Amend, Plan, SiteState

if TYPE_CHECKING:
    from pathlib import Path

    from office import Office

    from wp_sync.model import Post
    from wp_sync.sandbox.wordpress import WordPress

POST = make_post(pictures=())
MARKS = count(7_000)
BODY = "<p>It rains.</p>"
# What KSES takes away from an author's text, or what stays as it is.
STRIPPED = BODY + "<svg><path d='M0 0'/></svg>"


def make_article() -> Post:
    mark = short_mark(str(next(MARKS)))
    usual: dict[str, Any] = {"categories": (), "tags": (), "pictures": (), "body": BODY}
    return make_post(mark=mark, slug=f"rain-{mark}", title=f"Rain {mark}", **usual)


@pytest.mark.parametrize("keeps", [True, False], ids=["revisions", "no revisions"])
def test_a_save_between_is_found_though_we_wrote_what_was_there(
    office: Office, *, keeps: bool
) -> None:
    """An order sets the title that the post has; an editor has another one by then."""
    office.site.keeps_revisions = keeps
    office.run(POST)
    office.edit(1, excerpt="Warm")  # the post has a history
    ours = office.receipt(POST)
    assert ours
    office.site.watchers["update_post"] = lambda: office.edit(1, title="An editor's")
    change = Amend(receipt=ours, values={"title": POST.title}, order="undo", reason="why")

    (outcome,) = office.apply(Plan(changes=(change,)), SiteState())

    told = "an editor (user 1) saved at the same moment: their title was restored"
    assert outcome.warning == (told if keeps else "")
    assert outcome.unverified != keeps
    assert office.values(1)["title"] == ("An editor's" if keeps else POST.title)


@pytest.mark.parametrize("saved", [("body",), ("title", "body")], ids=["text", "title and text"])
def test_a_save_between_is_found_though_wordpress_stored_what_was_there(
    fresh_wordpress: WordPress, tmp_path: Path, saved: tuple[str, ...]
) -> None:
    """The source changed what WordPress takes away: our update put the old text back."""
    fresh_wordpress.run_php("wp_update_user(['ID' => 1, 'display_name' => 'Ada Admin']);")
    post = make_article()
    with open_track(fresh_wordpress, tmp_path, "author") as track:
        (made,) = track.office.run(post)
        wanted = replace(post, body=STRIPPED)
        with track.holding(lambda: track.save_texts(saved, made.wp_id or 0)):
            (outcome,) = track.office.run(wanted)
        texts = track.texts(made.wp_id)
        (after,) = track.office.run(wanted)

    told = "an editor (Ada Admin) saved at the same moment: their body was restored"
    assert outcome.warning == told
    assert texts["body"] == EDITORS["body"]
    assert texts["title"] == (EDITORS["title"] if "title" in saved else post.title)
    assert after.status == "unchanged"


def test_an_update_that_changes_nothing_is_verified_quietly(
    fresh_wordpress: WordPress, tmp_path: Path
) -> None:
    """Nobody came in between: no warning, and no doubt."""
    post = make_article()
    with open_track(fresh_wordpress, tmp_path, "author") as track:
        track.office.run(post)
        (first,) = track.office.run(replace(post, body=STRIPPED))
        (second,) = track.office.run(replace(post, body=STRIPPED + "<svg></svg>"))

    assert [(one.status, one.warning, one.unverified) for one in (first, second)] == [
        ("updated", "", False)
    ] * 2
