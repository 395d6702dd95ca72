"""expire_posts: posts whose time is over x what is there -> what is taken back, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rain import POST, RECEIPT, there

from wp_sync.config.schema import SafetySection
from wp_sync.errors import UnsafePlanError
from wp_sync.model import Amend, ItemKey, Plan, Skip, Trash
from wp_sync.publish.expiry import Expiry, expire_posts
from wp_sync.publish.safety import check_safety, hold_changes

WHY = "its time is over"
SHOWN = {7: replace(there(), status="publish")}


def expire(posts: object = SHOWN, how: str = "draft") -> Expiry:
    articles = {POST.key: (POST.title, POST.source_url)}
    return expire_posts([RECEIPT], posts, articles, how, WHY)  # type: ignore[arg-type]


def test_a_post_becomes_a_draft_that_says_why() -> None:
    """Unless somebody touches it before the write."""
    (change,) = expire().changes

    assert isinstance(change, Amend)
    assert (change.values, change.order, change.reason) == ({"status": "draft"}, "expiry", WHY)
    assert change.receipt.doubt == WHY
    assert {"title", "body", "status"} <= change.expected.keys()


def test_a_post_is_trashed_only_as_we_left_it() -> None:
    """All that an editor may have worked on is expected to be as it was."""
    (change,) = expire(how="trash").changes

    assert isinstance(change, Trash)
    assert {"title", "body", "tags", "fields.subtitle"} <= change.expected.keys()


@pytest.mark.parametrize("how", ["draft", "trash"])
@pytest.mark.parametrize("field", ["title", "body", "tags", "fields.subtitle"])
def test_what_an_editor_changed_is_told_and_left(field: str, how: str) -> None:
    """Their work is no matter of a licence's date."""
    edited = {7: there(**{field: "An editor's"})}

    assert expire(edited, how) == Expiry(edited=(RECEIPT,))


@pytest.mark.parametrize("status", ["draft", "pending", "trash", "forbidden"])
def test_what_is_not_shown_needs_nothing(status: str) -> None:
    """Neither does a post that is gone."""
    hidden = {7: replace(there(), status=status)}

    assert expire(hidden) == expire({}) == Expiry(over=(POST.key,))


def test_expiry_stays_within_the_limits_of_a_run() -> None:
    """As updates do: held, visibly, until a person lets it pass."""
    (change,) = expire().changes
    assert isinstance(change, Amend)
    keys = [ItemKey("feed", str(number)) for number in range(12)]
    many = tuple(replace(change, receipt=replace(change.receipt, key=key)) for key in keys)
    limits = SafetySection(changes=10)

    with pytest.raises(UnsafePlanError, match="12 posts"):
        check_safety(Plan(changes=many), limits, (), ours=100, touched=0)

    held = hold_changes(Plan(changes=many), "too many").changes
    assert all(isinstance(one, Skip) and one.status == "held" for one in held)
    check_safety(Plan(changes=many), limits, ("changes",), ours=100, touched=0)
