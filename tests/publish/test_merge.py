"""Field by field: what we want, what we wrote, and what is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from office import make_post
from rain import IDS, POST, RECEIPT, SENT, SUBTITLE, VALUES, there

from wp_sync.hashing import digest
from wp_sync.model import Picture, Receipt, SitePost
from wp_sync.publish.merge import (
    FIELDS,
    FOLLOWED,
    edited_fields,
    find_conflicts,
    held_hash,
    left_out,
    pending_hashes,
    rewritten_fields,
    sent_hashes,
    stale_fields,
    touched_fields,
    written_hashes,
)
from wp_sync.publish.merge_found import unfinished_fields

NOTE, GENRE = "fields.note", "taxonomies.genre"


def edited(post: SitePost, wanted: object = POST) -> set[str]:
    return set(edited_fields(RECEIPT, post, wanted, IDS))  # type: ignore[arg-type]


def test_hashes_cover_every_field() -> None:
    """A field without a hash would never be compared."""
    assert set(sent_hashes(POST)) == {*FIELDS, SUBTITLE}
    assert set(FOLLOWED) <= set(FIELDS)


def test_only_the_best_picture_counts() -> None:
    """Another candidate of second choice is no change."""
    more = replace(POST, pictures=(*POST.pictures, Picture(url="https://news.example/b.jpg")))
    described = replace(POST, pictures=(replace(POST.pictures[0], alt="Rain"),))

    assert stale_fields(more, RECEIPT) == stale_fields(described, RECEIPT) == ()
    assert stale_fields(replace(POST, pictures=more.pictures[1:]), RECEIPT) == ("featured",)


def test_another_format_of_the_body_is_no_change_at_the_source() -> None:
    """Posts made before the format changed are not rewritten; a lost answer is sent again."""
    sent = dict(RECEIPT.sent) | {"body": "as the other format has it"}
    before = replace(RECEIPT, sent=sent)
    now = replace(POST, other_body=sent["body"])

    assert stale_fields(now, before) == ()
    assert stale_fields(replace(now, other_body="another"), before) == ("body",)
    assert stale_fields(now, replace(before, pending={"body": ("?",)})) == ("body",)


def test_body_that_the_editor_only_saved_is_nobodys_edit() -> None:
    """WordPress 6.1 takes the class of our headings for a person's, and says so."""
    ours = '<!-- wp:heading -->\n<h2 class="wp-block-heading">x</h2>\n<!-- /wp:heading -->'
    saved = ours.replace("heading -->", 'heading {"className":"wp-block-heading"} -->', 1)

    assert held_hash("body", saved) == held_hash("body", ours)
    assert held_hash("title", saved) != held_hash("title", ours)
    assert held_hash("body", saved.replace(">x<", ">y<")) != held_hash("body", ours)


def test_field_that_the_ledger_never_heard_of_is_stale() -> None:
    """A receipt of an older version lacks it."""
    older = {name: value for name, value in RECEIPT.sent.items() if name != "tags"}

    assert stale_fields(POST, replace(RECEIPT, sent=older)) == ("tags",)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Rain &amp; wind, part 1"),
        ("body", "<p>Mine.</p>"),
        ("excerpt", ""),
        ("categories", (5, 8)),
        ("tags", ()),
        ("featured", 0),
    ],
)
def test_edit_is_seen(field: str, value: object) -> None:
    """Emptying a field is an edit like any other."""
    assert edited(there(**{field: value})) == {field}


def test_untouched_post_is_not_edited() -> None:
    """Compared is what WordPress answered and not what we sent."""
    assert edited(there()) == set()


def test_field_that_an_answer_lacks_is_no_edit() -> None:
    """A plugin that leaves a field out did not change it."""
    values = {name: value for name, value in VALUES.items() if name != "tags"}

    assert edited(replace(there(), values=values)) == set()


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        pytest.param({"title": "Sun & < heat"}, {"title": "Sun & < heat"}, id="title"),
        pytest.param({"excerpt": "1 < 2 & 3"}, {"excerpt": "1 &lt; 2 &amp; 3"}, id="excerpt"),
        pytest.param({"pictures": ()}, {"featured": 0}, id="no picture"),
    ],
)
def test_what_we_want_anyway_is_no_edit(wanted: dict[str, Any], value: dict[str, Any]) -> None:
    """An update whose answer was lost left it so."""
    assert edited(there(**value), replace(POST, **wanted)) == set()


def test_terms_that_we_want_are_no_edit() -> None:
    """They are compared by their ids, in any order; one that the site lacks is never the same."""
    post = there(categories=(8,), tags=(4, 3))

    def edited_with(**ids: tuple[int, ...]) -> frozenset[str]:
        return edited_fields(RECEIPT, post, POST, ids)

    assert edited_with(categories=(8,), tags=(3, 4)) == set()
    assert edited_with(categories=(8, 0), tags=(3,)) == {"categories", "tags"}


def test_what_an_update_in_doubt_left_is_no_edit() -> None:
    """Whatever the source wants by now: compared is the form in which WordPress returns values."""
    older = replace(RECEIPT, stored=dict.fromkeys(FIELDS, "older"))
    later = make_post(2, date=None, status="draft")

    doubtful = replace(older, pending=pending_hashes(SENT))
    assert edited_fields(doubtful, there(), later, {}) == set()
    assert edited_fields(older, there(), later, {}) >= {"title", "body", "date", "tags"}
    assert edited_fields(doubtful, there(title="Mine"), later, {}) == {"title"}


def test_field_in_doubt_is_stale() -> None:
    """The source may be back at what the receipt tells, and the site not."""
    doubtful = replace(RECEIPT, pending=pending_hashes({"title": "Sun"}))

    assert stale_fields(POST, RECEIPT) == ()
    assert stale_fields(POST, doubtful) == ("title",)


def test_what_was_not_sent_is_not_pending() -> None:
    """A date of None leaves the site's."""
    assert pending_hashes({"date": None}) == {}


WROTE = "2026-05-04T12:00:00"  # when, as WordPress told


def written(revision: int = 12, **values: Any) -> Receipt:  # noqa: ANN401
    return replace(RECEIPT, modified=WROTE, revision=revision, **values)


def saved(modified: str = WROTE, revision: int = 12, **values: object) -> SitePost:
    return replace(there(**values), modified=modified, revisions=3, revision=revision)


@pytest.mark.parametrize("field", ["title", "body", "excerpt"])
def test_what_changed_without_a_save_is_nobodys_edit(field: str) -> None:
    """An upgrade or a plugin gives texts out anew; the date of the last change stays."""
    post = saved(**{field: "Rewritten"})  # type: ignore[arg-type]

    assert rewritten_fields(written(), post) == {field}
    assert edited_fields(written(), post, POST, IDS) == set()


@pytest.mark.parametrize(
    ("receipt", "post"),
    [
        pytest.param(written(), saved("2026-05-04T12:00:01", title="Mine"), id="saved later"),
        pytest.param(written(), saved(revision=13, title="Mine"), id="saved in our second"),
        pytest.param(
            written(revision=0),
            replace(saved(revision=0, title="Mine"), revisions=None),
            id="saved in our second, of which nobody tells",
        ),
        pytest.param(written(kept=("title",)), saved(title="Mine"), id="kept by our write"),
        pytest.param(replace(RECEIPT, revision=12), saved("", title="Mine"), id="unknown dates"),
        pytest.param(
            written(stored=dict(RECEIPT.stored) | {"title": ""}), saved(title="Mine"), id="adopted"
        ),
    ],
)
def test_what_a_person_saved_is_their_edit(receipt: Receipt, post: SitePost) -> None:
    """Also within the second of our own write, which the date does not tell apart."""
    assert edited_fields(receipt, post, POST, IDS) == {"title"}


@pytest.mark.parametrize(
    ("field", "value"), [("categories", (9,)), ("tags", ()), ("featured", 0), ("status", "draft")]
)
def test_what_leaves_no_revision_is_a_persons(field: str, value: object) -> None:
    """A deleted term moves no date, and a person deleted it."""
    post = saved(**{field: value})  # type: ignore[arg-type]

    assert edited_fields(written(), post, POST, IDS) == {field}


def test_a_conflict_has_both_values() -> None:
    """The source's in names, the site's in ids."""
    post = saved("2026-05-05T12:00:00", tags=(9,), title="Mine")

    found = find_conflicts(POST, post, ("title", "body", "tags"), {"title", "tags"})

    assert [(one.field, one.ours, one.theirs) for one in found] == [
        ("title", POST.title, "Mine"),
        ("tags", POST.tags, (9,)),
    ]


def test_custom_fields_are_compared_key_by_key() -> None:
    """Fields of others do not make a post look edited; a changed key of ours does, alone."""
    wanted = replace(POST, fields={"subtitle": "Snow", "note": "Cold"})
    older = replace(RECEIPT, sent=sent_hashes(wanted), stored={**RECEIPT.stored, NOTE: digest("")})
    post = there(**{SUBTITLE: "Dry", NOTE: "", "fields.rating": "5"})

    assert edited(post) == {SUBTITLE}
    assert edited_fields(older, post, wanted, IDS) == {SUBTITLE}


def test_custom_fields_that_did_not_arrive_stay_wanted() -> None:
    """Where they can't be read, nothing is said of them; another form of theirs did arrive."""
    values = {SUBTITLE: "Wet", NOTE: ""}
    unreadable = SitePost(wp_id=7, slug="", status="")
    refused = replace(there(**{SUBTITLE: "Old"}), refused=(SUBTITLE,))

    assert left_out(values, there(**{SUBTITLE: ""})) == left_out(values, refused) == (SUBTITLE,)
    assert left_out(values, there()) == left_out(values, unreadable) == ()
    assert left_out(values, there(**{SUBTITLE: "wet"})) == ()
    assert SUBTITLE not in written_hashes(POST, values, there(**{SUBTITLE: ""}))
    assert SUBTITLE in written_hashes(POST, values, there())
    assert unfinished_fields(POST, there(**{SUBTITLE: ""}), 1) == (SUBTITLE,)
    assert unfinished_fields(POST, there(), 1) == ()


def test_custom_field_that_was_filled_in_before_it_was_ours_stays() -> None:
    """The mapping names it later than an editor did."""
    before = {name: value for name, value in RECEIPT.stored.items() if name != SUBTITLE}
    older = replace(RECEIPT, stored=before)

    assert SUBTITLE in edited_fields(older, there(**{SUBTITLE: "Mine"}), POST, IDS)
    assert SUBTITLE not in edited_fields(older, there(), POST, IDS)
    assert SUBTITLE not in edited_fields(older, there(**{SUBTITLE: ""}), POST, IDS)


def test_fields_that_were_kept_as_one_are_not_written_again() -> None:
    """A receipt of before knows their hash together; a changed one is stale."""
    sent = {name: value for name, value in RECEIPT.sent.items() if name != SUBTITLE}
    older = replace(RECEIPT, sent=sent | {"fields": digest(POST.fields)})

    assert stale_fields(POST, older) == ()
    assert stale_fields(replace(POST, fields={"subtitle": "Dry"}), older) == (SUBTITLE,)


def test_the_first_category_is_compared_by_its_id() -> None:
    """It is wanted by name, and sent and stored as an id."""
    post = replace(POST, fields={"primary": "News"}, primary=("primary",))
    receipt = replace(RECEIPT, stored={**RECEIPT.stored, "fields.primary": digest("4")})

    assert edited_fields(receipt, there(**{"fields.primary": "5"}), post, IDS) == set()
    assert edited_fields(receipt, there(**{"fields.primary": "9"}), post, IDS) == {"fields.primary"}


def test_terms_of_own_taxonomies_are_compared_as_tags_are() -> None:
    """In any order, by id; a person's choice stays, and so does one made before it was ours."""
    post = replace(POST, terms={"genre": (("Opera",), ("Jazz",))})
    ids = IDS | {GENRE: (3, 4)}
    ours = replace(RECEIPT, sent=sent_hashes(post), stored={**RECEIPT.stored, GENRE: digest((3,))})

    assert stale_fields(post, RECEIPT) == (GENRE,)
    assert stale_fields(post, ours) == ()
    assert GENRE not in edited_fields(ours, there(**{GENRE: (4, 3)}), post, ids)
    assert GENRE in edited_fields(ours, there(**{GENRE: (9,)}), post, ids)
    assert GENRE in edited_fields(RECEIPT, there(**{GENRE: (9,)}), post, ids)
    assert left_out({GENRE: (3, 4)}, there(**{GENRE: (3,)})) == (GENRE,)


LATER = "2026-06-01T09:00:00"


@pytest.mark.parametrize(
    ("sent", "status", "touched"),
    [
        pytest.param(None, "draft", set(), id="a floating draft that was saved"),
        pytest.param(None, "publish", set(), id="that was published, and got its date"),
        pytest.param(POST.date, "pending", set(), id="a draft with a date of ours"),
        pytest.param(POST.date, "publish", {"date"}, id="a live post that was dated back"),
    ],
)
def test_a_date_that_wordpress_gives_is_nobodys_edit(
    sent: object, status: str, touched: set[str]
) -> None:
    """A draft without a date shows that of its last save, until it is published."""
    ours = replace(RECEIPT, sent=dict(RECEIPT.sent) | sent_hashes(replace(POST, date=sent)))  # type: ignore[arg-type]

    assert touched_fields(ours, replace(there(date=LATER), status=status)) == touched
