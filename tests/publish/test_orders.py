"""Orders for posts that are there: set, trash, claim; what somebody changed since stays."""

from dataclasses import replace
from typing import Any

import pytest
from office import Office, make_post

from wp_sync.errors import InDoubtError, RejectedError
from wp_sync.model import Amend, Claim, Outcome, Plan, Receipt, SiteState, Trash
from wp_sync.publish.merge import stored_hashes

POST = make_post()


def receipt_of(office: Office) -> Receipt:
    (outcome,) = office.run(POST)
    ours = office.receipt(POST)
    assert outcome.status == "created"
    assert ours
    return ours


def obey(office: Office, change: Amend | Claim | Trash) -> Outcome:
    (outcome,) = office.apply(Plan(changes=(change,)), SiteState())
    return outcome


def amend(ours: Receipt, values: dict[str, Any]) -> Amend:
    expected = {name: (ours.stored[name],) for name in values}
    return Amend(receipt=ours, values=values, expected=expected, order="undo", reason="why")


def test_values_are_set_and_the_former_ones_kept(office: Office) -> None:
    """The ledger can take this back, too."""
    ours = receipt_of(office)

    outcome = obey(office, amend(ours, {"title": "Sun", "status": "draft"}))

    rows = office.ledger.history.writes(office.address, "run-1")
    undone = {row.field: (row.previous, row.value) for row in rows if row.action == "undo"}
    assert outcome.status == "updated"
    assert office.values(ours.wp_id)["title"] == "Sun"
    assert undone == {"title": (POST.title, "Sun"), "status": ("publish", "draft")}
    now = office.receipt(POST)
    assert now
    assert (now.status, now.sent) == ("draft", ours.sent)
    assert now.stored["title"] == stored_hashes(office.site.posts[ours.wp_id])["title"]


def test_a_field_that_somebody_changed_since_the_plan_stays(office: Office) -> None:
    """The others are set all the same."""
    ours = receipt_of(office)
    office.edit(ours.wp_id, title="An editor's")

    outcome = obey(office, amend(ours, {"title": "Sun", "excerpt": "Warm"}))

    assert outcome.reason == "why; changed on the site since, and kept: title"
    assert office.values(ours.wp_id)["title"] == "An editor's"
    assert office.values(ours.wp_id)["excerpt"] == "Warm"
    assert obey(office, amend(ours, {"title": "Sun"})).status == "unchanged"


@pytest.mark.parametrize("error", [RejectedError("no"), InDoubtError("lost")])
def test_what_a_lost_answer_may_have_left_is_remembered(office: Office, error: Any) -> None:  # noqa: ANN401
    """A refusal leaves nothing; only a lost answer leaves a doubt."""
    ours = receipt_of(office)
    office.site.fail("update_post", error)

    outcome = obey(office, amend(ours, {"title": "Sun"}))

    now = office.receipt(POST)
    assert now
    assert outcome.status == "failed"
    assert bool(now.pending) == isinstance(error, InDoubtError)


def test_a_term_that_is_gone_is_told(office: Office) -> None:
    """WordPress leaves out unknown ids without a word."""
    ours = receipt_of(office)

    outcome = obey(office, amend(ours, {"tags": (987,)}))

    assert outcome.reason == "why; WordPress left out: tags"


def test_a_post_in_the_trash_stays_there_unless_it_is_brought_back(office: Office) -> None:
    """Setting the status is the way out, and gives the slug back."""
    ours = receipt_of(office)
    office.trash(ours.wp_id)

    stays = obey(office, amend(ours, {"title": "Sun"}))
    back = Amend(receipt=ours, values={"status": "publish"}, order="undo", reason="why")

    assert stays.reason == "in the trash of the site: stays there"
    assert obey(office, back).status == "updated"
    assert office.site.posts[ours.wp_id].slug == POST.slug


def test_trash_remembers_the_status_and_spares_what_is_touched(office: Office) -> None:
    """What was stored stays known, so that a post from the trash is as it was before."""
    ours = receipt_of(office)
    expected = {name: (value,) for name, value in ours.stored.items()}
    trash = Trash(key=POST.key, wp_id=ours.wp_id, reason="why", expected=expected)
    office.edit(ours.wp_id, tags=())

    spared = obey(office, trash)
    office.edit(ours.wp_id, tags=(office.terms("tags")["Example News"],))
    gone = obey(office, trash)

    rows = office.ledger.history.writes(office.address, "run-1")
    now = office.receipt(POST)
    assert spared.reason == "left: changed on the site since: tags"
    assert gone.status == "trashed"
    assert [(row.previous, row.value) for row in rows if row.action == "trash"] == [
        ("publish", "trash")
    ]
    assert now
    assert (now.status, now.stored) == ("trash", ours.stored)
    assert obey(office, trash).status == "unchanged"


def test_a_post_can_be_disowned_and_claimed_again(office: Office) -> None:
    """Nothing on the site changes; the receipt goes and comes back as it was."""
    ours = receipt_of(office)
    there = office.site.posts[ours.wp_id]
    claim = {"receipt": ours, "order": "undo", "reason": "why", "url": POST.source_url}

    obey(office, Claim(ours=False, **claim))  # type: ignore[arg-type]
    forgotten = office.receipt(POST)
    obey(office, Claim(ours=True, **claim))  # type: ignore[arg-type]

    assert forgotten is None
    assert office.receipt(POST) == ours
    assert office.ledger.posts.seen(office.address).owner("news.example/rain-1") == POST.key
    assert office.site.posts[ours.wp_id] == there


def test_an_order_is_verified_too(office: Office) -> None:
    """What a person ordered does not replace what another saved at that moment."""
    ours = receipt_of(office)
    office.save_first(title="An editor's")

    outcome = obey(office, amend(ours, {"title": "Sun", "excerpt": "Warm"}))

    assert "their title was restored" in outcome.reason
    assert outcome.warning
    assert (office.values(2)["title"], office.values(2)["excerpt"]) == ("An editor's", "Warm")


def test_what_an_upgrade_rewrote_can_be_taken_back(office: Office) -> None:
    """An order finds nobody's change in it."""
    ours = receipt_of(office)
    there = office.site.posts[ours.wp_id]
    values = dict(there.values) | {"body": "as an upgrade gives it out"}
    office.site.posts[ours.wp_id] = replace(there, values=values)

    outcome = obey(office, amend(ours, {"body": "<p>Before.</p>"}))

    assert outcome.reason == "why"
    assert office.values(ours.wp_id)["body"] == "<p>Before.</p>"
