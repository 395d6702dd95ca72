"""make_reversal: writes x receipts x what is there -> what takes a run back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from wp_sync.hashing import digest
from wp_sync.model import Amend, Change, Claim, ItemKey, Receipt, SitePost, Skip, Trash
from wp_sync.publish.merge import stored_hashes
from wp_sync.publish.reversal import Known, make_reversal

KEY = ItemKey("https://news.example/feed", "1")
VALUES: dict[str, Any] = {
    "title": "Rain",
    "body": "<p>Rain.</p>",
    "status": "publish",
    "date": "2026-05-04T12:00:00",
    "tags": (5, 7),
    "featured": 9,
}
THERE = SitePost(wp_id=3, slug="rain", status="publish", values=VALUES)
OURS = Receipt(key=KEY, wp_id=3, sent={"tags": "a", "featured": "b"}, stored=stored_hashes(THERE))


@dataclass(frozen=True, kw_only=True)
class Row:
    id: int
    run: str
    action: str = "update"
    field: str = "title"
    previous: Any = None
    value: Any = None
    key: ItemKey = KEY
    wp_id: int = 3


CREATE = (
    Row(id=1, run="r1", action="create", value="Rain"),
    Row(id=2, run="r1", action="create", field="tags", value=[7, 5]),
    Row(id=3, run="r1", action="create", field="featured", value=9),
)
UPDATE = (Row(id=5, run="r2", previous="Wind", value="Rain"),)
TRASH = (Row(id=8, run="u1", action="trash", field="status", previous="publish", value="trash"),)


def reverse(run: str, *rows: Row, **known: Any) -> tuple[Change, str]:  # noqa: ANN401
    """Return the change, and the item's state after it."""
    usual: dict[str, Any] = {"receipts": {KEY: OURS}, "posts": {3: THERE}}
    reversal = make_reversal(run, rows, Known(**usual | known))
    (change,) = reversal.changes
    return change, reversal.states.get(KEY, "")


def there(**values: Any) -> dict[int, SitePost]:  # noqa: ANN401
    return {3: replace(THERE, status=values.get("status", "publish"), values=VALUES | values)}


def test_what_the_run_made_goes_to_the_trash() -> None:
    """If it holds in every field what we know of it; the item waits for a person."""
    change, state = reverse("r1", *CREATE)

    assert isinstance(change, Trash)
    assert change.expected.keys() == VALUES.keys()
    assert state == "undone"


@pytest.mark.parametrize("name", VALUES)
def test_a_post_that_was_touched_is_left_and_the_field_named(name: str) -> None:
    """Whatever was changed, publishing and unpublishing included."""
    change, state = reverse("r1", *CREATE, posts=there(**{name: "private"}))

    assert isinstance(change, Skip)
    assert change.reason == f"left: changed on the site since: {name}"
    assert state == ""


def test_what_nobody_did_is_no_touch() -> None:
    """A lost answer, the date of a draft, the hour of a planned post."""
    planned = replace(OURS, stored=dict(OURS.stored) | {"status": digest("future")})
    draft = replace(OURS, stored=dict(OURS.stored) | {"status": digest("draft")})
    doubt = replace(OURS, pending={"title": (digest("Hail"),)})

    found = [
        reverse("r1", *CREATE, receipts={KEY: planned})[0],
        reverse("r1", *CREATE, receipts={KEY: draft}, posts=there(status="draft", date="x"))[0],
        reverse("r1", *CREATE, receipts={KEY: doubt}, posts=there(title="Hail"))[0],
    ]

    assert [type(change) for change in found] == [Trash, Trash, Trash]


def test_an_update_gets_the_former_value_back() -> None:
    """JSON's lists are tuples again."""
    tags = Row(id=6, run="r2", field="tags", previous=[5], value=[5, 7])

    change, state = reverse("r2", *CREATE, *UPDATE, tags)

    assert isinstance(change, Amend)
    assert change.values == {"title": "Wind", "tags": (5,)}
    assert state == "undone"


def test_of_an_update_only_what_still_holds_our_value_goes_back() -> None:
    """The touched field is named; when nothing is left there is nothing to do."""
    body = Row(id=6, run="r2", field="body", previous="<p>Wind.</p>", value="<p>Rain.</p>")

    some, _ = reverse("r2", *UPDATE, body, posts=there(title="An editor's"))
    none, state = reverse("r2", *UPDATE, posts=there(title="An editor's"))

    assert isinstance(some, Amend)
    assert some.values == {"body": "<p>Wind.</p>"}
    assert "left: title (changed on the site since)" in some.reason
    assert isinstance(none, Skip)
    assert none.reason == "left: title (changed on the site since)"
    assert state == ""


def test_what_a_later_run_changed_must_be_undone_first() -> None:
    """And when that was undone, it is no more in the way."""
    undone = Row(id=9, run="u2", action="undo", previous="Rain", value="Wind")
    wind = {KEY: replace(OURS, stored=dict(OURS.stored) | {"title": digest("Wind")})}

    first, _ = reverse("r1", *CREATE, *UPDATE)
    second, _ = reverse("r1", *CREATE, *UPDATE, undone, receipts=wind, posts=there(title="Wind"))
    field, _ = reverse("r2", *UPDATE, Row(id=7, run="r3", previous="Rain", value="Hail"))

    assert isinstance(first, Skip)
    assert "must be undone first: title (run r2)" in first.reason
    assert isinstance(second, Trash)
    assert isinstance(field, Skip)
    assert "title (changed by run r3, which must be undone first)" in field.reason


def test_what_is_back_already_gets_its_state_only() -> None:
    """An undo that was killed had written the post, and not yet the item."""
    update, told = reverse("r2", *UPDATE, posts=there(title="Wind"))
    made, said = reverse("r1", *CREATE, posts=there(status="trash"))
    idle, nothing = reverse("r1", *CREATE, posts=there(status="trash"), states={KEY: "undone"})

    assert [type(one) for one in (update, made, idle)] == [Skip, Skip, Skip]
    assert (told, said, nothing) == ("undone", "undone", "")


def test_what_an_undo_trashed_comes_back() -> None:
    """The item is followed again; a post that a person took out of the trash is left."""
    change, state = reverse("u1", *CREATE, *TRASH, posts=there(status="trash"))
    other, _ = reverse("u1", *CREATE, *TRASH, posts=there(status="private"))

    assert isinstance(change, Amend)
    assert change.values == {"status": "publish"}
    assert state == "published"
    assert isinstance(other, Skip)


def test_what_went_for_good_comes_with_the_next_sync() -> None:
    """The item is due, and what was sent of these fields is forgotten: nobody edited them."""
    known = {"posts": there(status="trash", featured=0), "deleted": frozenset({("upload", 9)})}

    change, state = reverse("u1", *CREATE, *TRASH, **known)

    assert isinstance(change, Amend)
    assert state == "new"
    assert change.receipt.sent == {"tags": "a"}
    assert change.receipt.stored["featured"] == digest(0)


def test_what_a_person_deleted_since_is_not_given_back() -> None:
    """Of terms what is left of them; a post is not left without any, nor a picture asked for."""
    tags = Row(id=5, run="r2", field="tags", previous=[3, 4], value=[5, 7])
    image = Row(id=6, run="r2", field="featured", previous=8, value=9)

    some, _ = reverse("r2", tags, image, gone=frozenset({("tags", 3), ("featured", 8)}))
    none, state = reverse("r2", tags, gone=frozenset({("tags", 3), ("tags", 4)}))

    assert isinstance(some, Amend)
    assert some.values == {"tags": (4,)}
    assert "left: featured (what it held before is gone from the site)" in some.reason
    assert isinstance(none, Skip)
    assert (none.reason, state) == ("left: tags (what it held before is gone from the site)", "")


def test_an_adopted_post_is_only_forgotten() -> None:
    """And remembered again when that is undone."""
    adopted = Row(id=1, run="r1", action="adopt", field="")
    kept = {"wp_id": 3, "channel": "news", "link": "", "sent": {}, "stored": {}, "pending": {}}
    forgot = Row(id=2, run="u1", action="undo", field="receipt", previous=kept)

    change, state = reverse("r1", adopted)
    again, followed = reverse("u1", adopted, forgot, receipts={})

    assert isinstance(change, Claim)
    assert (change.ours, state) == (False, "undone")
    assert isinstance(again, Claim)
    assert (again.ours, again.receipt.channel, followed) == (True, "news", "published")


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        pytest.param({"posts": {}}, "deleted on the site", id="deleted"),
        pytest.param({"receipts": {}}, "no post of ours", id="forgotten"),
        pytest.param(
            {"posts": {3: SitePost(wp_id=3, slug="", status="forbidden")}},
            "left: given to another author",
            id="given away",
        ),
    ],
)
def test_what_is_not_there_for_us_is_told(known: dict[str, Any], reason: str) -> None:
    """No change, and a reason."""
    change, _ = reverse("r1", *CREATE, **known)

    assert isinstance(change, Skip)
    assert reason in change.reason
