"""Categories and tags: found as WordPress compares names, made once, refused for their posts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from office import make_post

from wp_sync.errors import InDoubtError, RejectedError, UnreachableError, WpSyncError
from wp_sync.model import NewTerm, Term
from wp_sync.publish.terms import find_term, known_ids, missing_terms

if TYPE_CHECKING:
    from office import Office

    from wp_sync.model import Taxonomy, TermPath

TERMS = (
    Term(wp_id=2, name="Sports"),
    Term(wp_id=3, name="Running & fitness", parent=2),
    Term(wp_id=4, name="Running & fitness"),
    Term(wp_id=9, name="Café"),
    Term(wp_id=8, name="café"),
    Term(wp_id=10, name="Climate", slug="wetter-klima"),
)
REFUSED = RejectedError("WordPress answered 403: not allowed", cure="give the user more rights")


def speak_as_mysql(office: Office) -> None:
    """Let the site take "Café" for the "Cafe" that it has."""
    create = office.site.create_term

    def create_term(taxonomy: Taxonomy, name: str, parent: int) -> Term:
        return create(taxonomy, name.replace("é", "e"), parent)

    office.site.create_term = create_term  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("path", "wp_id"),
    [
        pytest.param(("Sports",), 2, id="at the top"),
        pytest.param(("Sports", "Running & fitness"), 3, id="below"),
        pytest.param(("Running & fitness",), 4, id="the one at the top"),
        pytest.param(("SPORTS", " running  & FITNESS "), 3, id="case and blanks"),
        pytest.param(("CAFÉ",), 8, id="the first of two"),
        pytest.param(("Cafe",), None, id="unknown"),
        pytest.param(("Sports", "Café"), None, id="known at the top only"),
        pytest.param(("Café", "Running & fitness"), None, id="below another"),
    ],
)
def test_term_is_found_by_its_path(path: TermPath, wp_id: int | None) -> None:
    """Names are compared without case, below their parents."""
    found = find_term(TERMS, path)

    assert (found and found.wp_id) == wp_id


def test_ids_of_known_terms_are_told() -> None:
    """A term that the site lacks has none: it can't be what a post there has."""
    post = make_post(categories=(("sports",), ("Golf",)), tags=("Café",))

    ids = known_ids(post, {"categories": TERMS, "tags": TERMS})

    assert ids == {"categories": (2, 0), "tags": (8,)}


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Running and fitness", "Running & fitness"),
        ("sport", "Sports"),
        ("Golf", ""),
        ("Wetter & Klima", "Climate"),
        ("天気", ""),
    ],
)
def test_missing_term_names_its_neighbour(name: str, near: str) -> None:
    """One that differs by a slip is asked about, and one that was renamed: its slug stays."""
    (new,) = missing_terms([("categories", (name,))], {"categories": TERMS})

    assert new == NewTerm(taxonomy="categories", path=(name,), near=near)


def test_missing_term_is_named_once_in_each_taxonomy() -> None:
    """Spelled as it came first."""
    wanted: list[tuple[Taxonomy, TermPath]] = [
        ("categories", ("Golf",)),
        ("categories", ("GOLF",)),
        ("tags", ("Golf",)),
        ("categories", ("Sports", "Golf")),
    ]

    missing = missing_terms(wanted, {"categories": TERMS})

    assert [(new.taxonomy, new.path) for new in missing] == [
        ("categories", ("Golf",)),
        ("tags", ("Golf",)),
        ("categories", ("Sports", "Golf")),
    ]


def test_nested_categories_are_made_in_order_and_once(office: Office) -> None:
    """Parents come first, and two posts of different cousins share them."""
    office.run(
        make_post(1, categories=(("Sports", "Running", "Trail"),)),
        make_post(2, categories=(("sports", "running", "Track"),)),
        make_post(3, categories=(("Sports", "Running", "trail"),), tags=("EXAMPLE news",)),
    )

    ids = office.terms("categories")
    assert [given for given in office.site.writes("create_term") if given[0] == "categories"] == [
        ("categories", "Sports", 0),
        ("categories", "Running", ids["Sports"]),
        ("categories", "Trail", ids["Running"]),
        ("categories", "Track", ids["Running"]),
    ]
    assert list(office.terms("tags")) == ["Example News"]
    posts = [post.values["categories"] for post in office.site.posts.values()]
    assert posts == [(ids["Trail"],), (ids["Track"],), (ids["Trail"],)]


def test_known_terms_are_not_asked_for(office: Office) -> None:
    """A second run makes none, in whatever case its names are."""
    office.run(make_post(1))

    office.run(make_post(2, categories=(("NEWS",),), tags=("example  news",)))

    assert len(office.site.writes("create_term")) == 2
    assert office.values(4)["categories"] == office.values(2)["categories"]


def test_two_spellings_of_one_term_are_one(office: Office) -> None:
    """A post that names both has it once."""
    office.run(make_post(1, tags=("Rain", "RAIN"), pictures=()))

    assert office.values(1)["tags"] == (office.terms("tags")["Rain"],)


LOST = InDoubtError("the line was cut")


@pytest.mark.parametrize(
    ("field", "error"),
    [
        pytest.param("categories", REFUSED, id="refused category"),
        pytest.param("categories", LOST, id="lost category"),
        pytest.param("tags", LOST, id="lost tag"),
    ],
)
def test_term_that_was_not_made_fails_its_posts_only(
    office: Office, field: str, error: WpSyncError
) -> None:
    """WordPress's reason is theirs, in whatever case they name it; the next run tries again."""
    office.run(make_post(9))
    odd = [("Odd",), ("ODD",)] if field == "categories" else ["Odd", "ODD"]
    first, second = (make_post(n, **{field: (odd[n - 1],)}) for n in (1, 2))
    office.site.fail("create_term", error)

    *failed, created = office.run(first, second, make_post(3))
    again = office.run(first, second)

    kind = "category" if field == "categories" else "tag"
    for outcome in failed:
        assert outcome.status == "failed"
        assert f"did not make the {kind} " in outcome.reason
        assert error.message in outcome.reason
    assert REFUSED.cure in failed[0].reason or error is not REFUSED
    assert created.status == "created"
    assert {outcome.status for outcome in again} == {"created"}
    assert office.intents == ()


def test_refused_tag_is_a_note(office: Office) -> None:
    """A name that is too long keeps no article away, and neither the other tags."""
    office.run(make_post(9))
    office.site.fail("create_term", REFUSED)

    created, other = office.run(make_post(1, tags=("Odd", "Rain")), make_post(2))

    assert created.status == other.status == "created"
    assert created.reason == f"new; WordPress did not make the tag 'Odd': {REFUSED.message}"
    assert other.reason == "new"
    assert office.values(created.wp_id or 0)["tags"] == (office.terms("tags")["Rain"],)
    assert office.run(make_post(1, tags=("Odd", "Rain")))[0].reason == "unchanged"


def test_refused_parent_fails_the_posts_of_its_children(office: Office) -> None:
    """A child is not made at the top instead."""
    office.site.fail("create_term", REFUSED)

    (outcome,) = office.run(make_post(1, categories=(("Sports", "Running"),)))

    assert "the category 'Sports > Running': WordPress answered 403" in outcome.reason
    assert "Running" not in office.terms("categories")


def test_site_that_does_not_answer_stops_the_run(office: Office) -> None:
    """No post was begun."""
    office.site.fail("create_term", UnreachableError("no line"))

    with pytest.raises(UnreachableError):
        office.run(make_post())

    assert office.site.posts == {}


def test_term_that_the_site_spells_otherwise_is_taken(office: Office) -> None:
    """To MySQL an accent makes no other name: asked for "Café", WordPress gives its "Cafe"."""
    cafe = office.make_term("categories", "Cafe")
    below = office.make_term("categories", "Rain", cafe)
    speak_as_mysql(office)

    office.run(
        make_post(1, categories=(("Café",),), tags=(), pictures=()),
        make_post(2, categories=(("Café", "Rain"),), tags=(), pictures=()),
    )

    assert [office.values(n)["categories"] for n in (1, 2)] == [(cafe,), (below,)]
    assert len(office.terms("categories")) == 3


def test_only_terms_that_were_made_are_remembered_as_ours(office: Office) -> None:
    """Taking a run back must not take a category of somebody else's along."""
    office.make_term("categories", "Cafe")
    speak_as_mysql(office)

    office.run(make_post(1, categories=(("Café",), ("New",)), tags=()))

    with closing(sqlite3.connect(office.folder / "ledger-0.db")) as connection:
        assert connection.execute("SELECT name FROM terms").fetchall() == [("New",)]
