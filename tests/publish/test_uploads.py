"""Uploads whose answer was lost: they rest, are found, and are never made twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from office import make_post

from wp_sync.errors import InDoubtError, RejectedError
from wp_sync.ledger.journal import REFUSED_TYPE
from wp_sync.publish.media import Ready

if TYPE_CHECKING:
    from office import Office

POST = make_post()
URL = POST.pictures[0].url
LOST = InDoubtError("the line was cut")
REFUSED = RejectedError("WordPress answered 400: not this file type", status=400)


def test_upload_in_doubt_rests_and_is_found(office: Office) -> None:
    """A server that is still at it lands later: nothing is sent again, and the post completed."""
    twin = make_post(2)
    office.served = {URL: b"same", twin.pictures[0].url: b"same"}
    office.site.fail("upload", LOST)
    (lost,) = office.run(POST)
    (resting,) = office.run(twin)
    office.make_upload(office.files([POST])[POST.key][0].name)  # type: ignore[union-attr]
    (early,) = office.run(replace(POST, title="Sun"))
    office.settle()

    found = office.run(POST, twin)

    assert [one.again for one in (lost, resting, *found)] == [True, True, False, False]
    assert (early.status, [one.status for one in found]) == ("updated", ["updated"] * 2)
    assert len(office.site.writes("upload")) == 1
    assert {post.values["featured"] for post in office.site.posts.values()} == {3}


def test_upload_in_doubt_that_left_nothing_is_sent_again(office: Office) -> None:
    """After the rest the site is asked first."""
    office.site.fail("upload", LOST)
    office.run(POST)
    office.settle()

    (outcome,) = office.run(POST)

    assert (outcome.status, outcome.again) == ("updated", False)
    assert len(office.site.writes("upload")) == 2
    assert office.values(1)["featured"] == max(office.site._uploads)  # noqa: SLF001


def test_upload_whose_rest_ends_amid_the_others_is_not_sent_unasked(office: Office) -> None:
    """The site was asked for those that had rested by then; this one waits for the next run."""
    twin = make_post(2)
    office.site.fail("upload", LOST)
    office.run(POST)
    office.make_upload(office.files([POST])[POST.key][0].name)  # type: ignore[union-attr]
    office.site.watchers["upload"] = office.settle  # the other's takes long

    other, resting = office.run(twin, POST)
    office.site.watchers.clear()
    (found,) = office.run(POST)

    assert (other.status, resting.again) == ("created", True)
    assert (found.status, found.again) == ("updated", False)
    assert len(office.site.writes("upload")) == 2


def test_upload_rests_from_when_we_gave_up(office: Office) -> None:
    """A request that took long to be lost may land just as late as another."""
    office.site.watchers["upload"] = office.settle
    office.site.fail("upload", LOST)
    office.run(POST)
    office.site.watchers.clear()

    (outcome,) = office.run(POST)

    assert outcome.reason == "without picture: the answer to its upload was lost"
    assert len(office.site.writes("upload")) == 1


def test_upload_is_begun_in_the_ledger(office: Office) -> None:
    """A run that is killed in it leaves the name by which the file is found; it ends with it."""
    upload = office.files([POST])[POST.key][0]
    ages: list[object] = []
    assert upload
    office.site.watchers["upload"] = lambda: ages.append(office.journal.upload_age(upload))

    office.run(POST)

    assert ages == [timedelta()]
    assert office.journal.upload_age(upload) is None


@pytest.mark.parametrize(
    ("code", "status", "again"),
    [
        pytest.param("rest_cannot_create", 403, False, id="for good"),
        pytest.param("rest_upload_hash_mismatch", 412, True, id="damaged on the way"),
        pytest.param("rest_upload_unknown_error", 500, True, id="disk full"),
        pytest.param("", 413, True, id="too large for now"),
    ],
)
def test_refused_upload_may_come_again(
    office: Office, code: str, status: int, *, again: bool
) -> None:
    """What another try may mend is left to another run; nothing rests: it was before the row."""
    error = RejectedError("no", code=code, status=status)
    office.site.fail("upload", error)

    (outcome,) = office.run(POST)

    assert (outcome.status, outcome.again) == ("created", again)
    upload = office.files([POST])[POST.key][0]
    assert upload
    assert office.journal.upload_age(upload) is None


def test_upload_that_a_plugin_refuses_is_looked_for(office: Office) -> None:
    """It may be in the library all the same: it is not sent again before the site was asked."""
    office.site.fail("upload", REFUSED, after=True)

    (first,) = office.run(POST)
    office.settle()
    (later,) = office.run(POST)

    assert (first.status, first.again) == ("created", True)
    assert later.status == "updated"
    assert len(office.site.writes("upload")) == 1


def test_lost_answer_to_setting_a_renewed_picture_is_doubt(office: Office) -> None:
    """What it may have left on the post is not taken for an editor's choice."""
    twin = make_post(2)
    office.served = {URL: b"same", twin.pictures[0].url: b"same"}
    office.run(POST)

    def delete() -> None:
        """As an admin does, after we have seen that it is there."""
        office.site._uploads.discard(1)  # noqa: SLF001
        office.site.media.clear()

    office.site.watchers["create_post"] = delete
    office.site.fail("update_post", LOST, after=True)

    (outcome,) = office.run(twin)
    office.site.watchers.clear()
    office.run(twin)

    receipt = office.receipt(twin)
    assert outcome.again
    assert receipt
    assert receipt.pending == {}
    assert office.run(twin)[0].reason == "unchanged"


def test_a_picture_that_the_site_refused_is_not_sent_again_for_the_next_post(
    office: Office,
) -> None:
    """The attachment may be there all the same: refused by a plugin, or stored otherwise."""
    both = (POST, make_post(2, pictures=POST.pictures))
    office.site.fail("upload", RejectedError("no", status=403), after=True)

    outcomes = office.run(*both)

    assert [one.status for one in outcomes] == ["created", "created"]
    assert len(office.site.writes("upload")) == 1


@pytest.mark.parametrize("code", ["rest_upload_sideload_error", "xmlrpc_500"])
def test_site_that_does_not_take_webp_is_sent_another_kind(office: Office, code: str) -> None:
    """Over XML-RPC the refusal has no name of its own."""
    upload = office.files([POST])[POST.key][0]
    assert upload
    office.at_hand[POST.key] = Ready(replace(upload, mime="image/webp", name="a.webp"))
    office.site.fail("upload", RejectedError("no such kind", code=code, status=500))

    (outcome,) = office.run(POST)

    assert (outcome.status, outcome.again) == ("created", True)
    assert office.ledger.meta.get(f"{REFUSED_TYPE}image/webp:{office.address}")
