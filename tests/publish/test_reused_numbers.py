"""A post's number that another's post has got between the plan and the write: nothing is touched.

A site that was put back from a backup gives the numbers of the posts that it lost away again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from office import changed, make_post

from wp_sync.model import Amend, Change, Plan, Receipt, SiteState, Trash
from wp_sync.publish.belonging import NOT_OURS

if TYPE_CHECKING:
    from collections.abc import Callable

    from office import Office

POST = make_post(pictures=())
THEIRS = {"title": "Somebody's", "body": "<p>Own.</p>", "slug": "somebodys", "excerpt": "Own"}


def test_an_update_leaves_the_post_of_another(office: Office) -> None:
    """It was ours when the plan was made: the read before the write tells that it is no more."""
    office.run(POST)
    plan, state = office.plan(changed(POST, "body"))
    office.edit(1, **THEIRS)
    before = dict(office.values(1))

    (outcome,) = office.apply(plan, state)

    assert (outcome.status, outcome.reason) == ("unchanged", NOT_OURS)
    assert office.values(1) == before


def amend(ours: Receipt) -> Change:
    return Amend(receipt=ours, values={"comments": "open"}, expected={}, order="undo", reason="why")


def trash(ours: Receipt) -> Change:
    return Trash(key=ours.key, wp_id=ours.wp_id, reason="why", receipt=ours)


@pytest.mark.parametrize("order", [amend, trash])
def test_an_order_leaves_the_post_of_another(
    office: Office, order: Callable[[Receipt], Change]
) -> None:
    """Undo, review and takedown go by the number that the ledger knows."""
    office.run(POST)
    ours = office.receipt(POST)
    assert ours
    office.edit(1, **THEIRS)
    before = dict(office.values(1))

    (outcome,) = office.apply(Plan(changes=(order(ours),)), SiteState())

    assert (outcome.status, outcome.reason) == ("unchanged", NOT_OURS)
    assert office.values(1) == before
