"""Updates whose answer was lost: what they may have left on the site is not a person's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from office import CHANGES, HINT, changed, make_post

from wp_sync.errors import InDoubtError, RejectedError
from wp_sync.model import Picture

if TYPE_CHECKING:
    from office import Office

POST = make_post()
LOST = InDoubtError("the line was cut")
REFUSED = RejectedError("WordPress answered 400: no", code="rest_invalid_param", status=400)
fields_that_follow = pytest.mark.parametrize("field", CHANGES)


@fields_that_follow
def test_update_whose_answer_was_lost_is_no_edit(office: Office, field: str) -> None:
    """The field goes on following its source."""
    office.run(POST)
    office.site.fail("update_post", LOST, after=True)

    (failed,) = office.run(changed(POST, field))
    (again,) = office.run(changed(POST, field))
    (back,) = office.run(POST)

    assert [one.status for one in (failed, again, back)] == ["failed", "updated", "updated"]


LATER: dict[str, dict[str, Any]] = {
    "title": {"title": "Snow"},
    "body": {"body": "<p>Snow.</p>"},
    "excerpt": {"excerpt": "Snow"},
    "categories": {"categories": (("Snow",),)},
    "tags": {"tags": ("Snow",)},
    "featured": {"pictures": (Picture(url="https://news.example/snow.jpg"),)},
}


@pytest.mark.parametrize("made", [False, True], ids=["not made", "made"])
@fields_that_follow
def test_update_in_doubt_is_no_edit_when_the_source_has_changed_again(
    office: Office, field: str, *, made: bool
) -> None:
    """Neither the value of before nor the one in doubt was written by a person."""
    office.run(POST)
    office.site.fail("update_post", LOST, after=made)
    office.run(changed(POST, field))
    later = replace(POST, **LATER[field])

    outcomes = office.run(later) + office.run(later)

    assert [one.status for one in outcomes] == ["updated", "unchanged"]
    receipt = office.receipt(later)
    assert receipt
    assert receipt.pending == {}


@fields_that_follow
def test_source_that_takes_a_change_in_doubt_back_is_followed(office: Office, field: str) -> None:
    """The receipt still tells the value of before; the site holds the one in doubt."""
    office.run(POST)
    before = office.values(2)
    office.site.fail("update_post", LOST, after=True)
    office.run(changed(POST, field))

    (outcome,) = office.run(POST)

    assert outcome.status == "updated"
    assert office.values(2) == before


def test_updates_in_doubt_add_up(office: Office) -> None:
    """Any of them may be what the site holds."""
    office.run(POST)
    office.site.fail("update_post", LOST, after=True)
    office.run(replace(POST, title="Sun"))
    office.site.fail("update_post", LOST)
    office.run(replace(POST, title="Snow"))

    (outcome,) = office.run(replace(POST, title="Hail"))

    assert (outcome.status, office.values(2)["title"]) == ("updated", "Hail")


def test_edit_after_an_update_in_doubt_is_kept(office: Office) -> None:
    """Doubt covers what we sent, and nothing else."""
    office.run(POST)
    office.site.fail("update_post", LOST, after=True)
    office.run(changed(POST, "title"))
    office.edit(2, title="An editor's")

    (outcome,) = office.run(replace(POST, title="Snow"))

    assert outcome.reason == f"edited on the site and kept: title{HINT}"


def test_what_may_be_written_is_committed_before_the_update(office: Office) -> None:
    """A run that is killed meanwhile leaves the doubt; a refusal takes it back."""
    office.run(POST)
    seen: list[Any] = []
    office.site.watchers["update_post"] = lambda: seen.append(office.receipt(POST))
    office.site.fail("update_post", REFUSED)

    office.run(changed(POST, "title"))

    receipt = office.receipt(POST)
    assert receipt
    assert [set(one.pending) for one in seen] == [{"title"}]
    assert receipt.pending == {}
