"""An update that was read back: what an editor saved after it is not what we wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from wp_sync.errors import SiteError
from wp_sync.model import ItemKey, Receipt, SitePost
from wp_sync.publish.target import Revision
from wp_sync.publish.verifying import Finding, find_own, find_slipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.publish.target import Target

BEFORE = {"title": "Rain", "body": "<p>It rains.</p>", "excerpt": ""}
OURS = {**BEFORE, "title": "Sun"}
EDITORS = {**BEFORE, "title": "An editor's"}
SENT = {"title": "Sun"}


class Saves:
    """A site that tells its revisions, newest first, and how often it was asked."""

    def __init__(self, *saves: tuple[int, dict[str, Any]], refuses: bool = False) -> None:
        self._saves, self._refuses = saves, refuses
        self.asked = 0

    def read_revisions(self, _: int, *, after: int = 0) -> Sequence[Revision]:
        self.asked += 1
        if self._refuses:
            raise SiteError("not shown")
        return [
            Revision(wp_id=wp_id, author=1, modified="", values=values)
            for wp_id, values in self._saves
            if wp_id > after
        ]


def post(values: dict[str, Any], revisions: int | None, revision: int) -> SitePost:
    return SitePost(
        wp_id=7,
        slug="rain",
        status="publish",
        revisions=revisions,
        revision=revision,
        values=values,
    )


def own(saves: Saves, there: SitePost, stored: SitePost) -> SitePost | None:
    return find_own(cast("Target", saves), there, stored, SENT)


def test_one_save_more_is_ours_and_costs_nothing() -> None:
    """The usual case: nobody came in between."""
    saves = Saves((11, OURS), (10, BEFORE))
    stored = post(OURS, 2, 11)

    assert own(saves, post(BEFORE, 1, 10), stored) == stored
    assert saves.asked == 0


def test_a_save_right_after_ours_is_not_taken_for_ours() -> None:
    """Else the next change at the source would replace it without a word."""
    saves = Saves((12, EDITORS), (11, OURS), (10, BEFORE))

    found = own(saves, post(BEFORE, 1, 10), post(EDITORS, 3, 12))

    assert found is not None
    assert found.values["title"] == "Sun"


def test_where_saves_have_no_numbers_their_texts_tell() -> None:
    """XML-RPC lists them all: the first one after what was read is ours."""
    saves = Saves((12, EDITORS), (11, OURS), (10, BEFORE))

    found = own(saves, post(BEFORE, None, 0), post(EDITORS, None, 0))

    assert found is not None
    assert found.values["title"] == "Sun"


@pytest.mark.parametrize("saves", [Saves(), Saves(refuses=True)])
def test_a_site_that_keeps_or_shows_no_saves_cannot_tell(saves: Saves) -> None:
    """It is said, and the answer's moment is not trusted."""
    assert own(saves, post(BEFORE, 0, 0), post(EDITORS, 2, 9)) is None


@pytest.mark.parametrize("count", [pytest.param(0, id="none"), pytest.param(3, id="older ones")])
def test_a_text_that_left_no_save_tells_of_nobodys(count: int) -> None:
    """Else what a person saves within the second of ours would pass for a plugin's rewriting."""
    before, after = post(BEFORE, count, count), post(OURS, count, count)
    target, receipt = cast("Target", Saves()), Receipt(key=ItemKey("f", "g"), wp_id=7)

    assert own(Saves(), before, after) is None
    assert own(Saves(), after, after) == after  # what we wrote was there
    assert find_slipped(target, before, after, SENT, receipt) == Finding(unverified=True)
