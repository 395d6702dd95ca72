"""Adopt changes: a post that is there already is remembered, and completed if half made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from office import CHANGES, HINT, changed, make_post

from wp_sync.errors import InDoubtError
from wp_sync.model import Adopt

if TYPE_CHECKING:
    from office import Office

POST = make_post()
LOST = InDoubtError("the line was cut")
fields_that_follow = pytest.mark.parametrize("field", CHANGES)


class TestDoubtful:
    """A create whose answer was lost, and which may have died before terms and picture."""

    @pytest.fixture
    def half_made(self, office: Office) -> Office:
        office.site.fail("create_post", LOST, after=True)
        office.run(POST)
        office.halve(2, categories=(1,), tags=(), featured=0)
        office.settle()
        return office

    def test_what_is_missing_is_completed(self, half_made: Office) -> None:
        """Categories, tags and picture, and nothing else is written."""
        (outcome,) = half_made.run(POST)

        assert outcome.reason.endswith("completed: categories, tags, featured")
        (given,) = half_made.site.writes("update_post")
        assert set(given) == {"categories", "tags", "featured"}
        assert half_made.values(2)["featured"] == 1
        assert half_made.values(2)["categories"] == (half_made.terms("categories")["News"],)
        assert half_made.values(2)["tags"] == (half_made.terms("tags")["Example News"],)
        assert half_made.run(POST)[0].reason == "unchanged"

    @pytest.mark.parametrize("left", [{}, {"subtitle": "A person's"}])
    def test_missing_custom_fields_are_completed(
        self, office: Office, left: dict[str, str]
    ) -> None:
        """They come after the row; where one is there the create did not die before them."""
        post = replace(POST, fields={"subtitle": "Wet"})
        office.site.fail("create_post", LOST, after=True)
        office.run(post)
        office.halve(2, **{"fields.subtitle": left.get("subtitle", "")})
        office.settle()

        (outcome,) = office.run(post)

        assert outcome.reason.endswith("completed: fields.subtitle") == (not left)
        assert office.values(2)["fields.subtitle"] == left.get("subtitle", "Wet")

    @pytest.mark.parametrize("field", ["categories", "tags", "featured"])
    def test_what_a_person_set_stays(self, half_made: Office, field: str) -> None:
        """It was set while nobody knew of the post; it stays at the source's next change too."""
        editors: Any = half_made.make_upload("editors.png")
        if field != "featured":
            editors = (half_made.make_term(field, "Editors"),)
        half_made.edit(2, **{field: editors})

        (outcome,) = half_made.run(POST)
        (later,) = half_made.run(changed(POST, field))

        assert outcome.status == "unchanged"
        assert half_made.site.writes("update_post") == []
        assert later.reason == f"edited on the site and kept: {field}{HINT}"
        assert half_made.values(2)[field] == editors

    def test_text_that_a_person_set_stays(self, half_made: Office) -> None:
        """Texts are written with the row: one that differs is somebody's."""
        half_made.edit(2, title="An editor's")

        half_made.run(POST)

        assert half_made.values(2)["title"] == "An editor's"
        assert (
            half_made.run(changed(POST, "title"))[0].reason
            == f"edited on the site and kept: title{HINT}"
        )

    @fields_that_follow
    def test_what_was_completed_follows_the_source(self, half_made: Office, field: str) -> None:
        """All of it is ours again."""
        half_made.run(POST)

        (outcome,) = half_made.run(changed(POST, field))

        assert outcome.status == "updated"

    @pytest.mark.parametrize("field", CHANGES)
    def test_correction_that_came_meanwhile_arrives_at_once(
        self, half_made: Office, field: str
    ) -> None:
        """What the create sent is ours, though the source wants something else by now."""
        whole = make_post(2)
        half_made.site.fail("create_post", LOST, after=True)
        half_made.run(whole)
        wp_id = max(half_made.site.posts)
        half_made.settle()

        (outcome,) = half_made.run(changed(whole, field))

        assert outcome.reason.endswith(f"changed at the source since: {field}")
        assert [set(given) for given in half_made.site.writes("update_post")] == [{field}]
        half_made.edit(wp_id, **{field: CHANGES[field][1]})
        assert half_made.run(whole)[0].reason == f"edited on the site and kept: {field}{HINT}"

    def test_edit_beside_a_correction_stays(self, half_made: Office) -> None:
        """A person's title is neither what we sent nor what we want."""
        half_made.edit(2, title="An editor's")

        half_made.run(changed(POST, "title", "body"))

        assert half_made.values(2)["title"] == "An editor's"
        assert half_made.values(2)["body"] == changed(POST, "body").body

    def test_previous_values_are_kept(self, half_made: Office) -> None:
        """Completing can be taken back as well."""
        half_made.run(POST)

        story = half_made.ledger.story("2")
        assert story
        previous = {one.field: one.previous for one in story.writes if one.action == "update"}
        assert previous == {"categories": (1,), "tags": (), "featured": 0}

    def test_picture_that_is_gone_is_not_waited_for(self, half_made: Office) -> None:
        """The rest is completed, and the reason tells."""
        half_made.served[POST.pictures[0].url] = None

        (outcome,) = half_made.run(POST)

        assert "completed: categories, tags; without picture" in outcome.reason
        assert half_made.values(2)["featured"] == 0

    def test_trashed_post_is_remembered_and_left_alone(self, half_made: Office) -> None:
        """Somebody threw it away before its answer was looked up."""
        half_made.trash(2)
        half_made.fetched.clear()

        (outcome,) = half_made.run(POST)

        assert (outcome.status, half_made.fetched) == ("unchanged", [])
        assert half_made.site.writes("update_post") == []
        assert half_made.intents == ()
        assert len(half_made.site.posts) == 1

    def test_post_is_found_by_the_title_of_then(self, half_made: Office) -> None:
        """Its slug was made of a title that the source has changed since."""
        (outcome,) = half_made.run(replace(POST, title="Sun", slug=f"sun-{POST.mark}"))

        assert outcome.wp_id == 2
        assert len(half_made.site.posts) == 1


class TestLostLedger:
    """Our posts on a site, and no memory of them."""

    @pytest.fixture
    def forgotten(self, office: Office) -> Office:
        office.run(POST)
        office.lose_ledger()
        return office

    def test_post_is_remembered_without_a_write(self, forgotten: Office) -> None:
        """Nothing changes on the site, and no picture is fetched."""
        before, asked = dict(forgotten.site.posts), len(forgotten.site.asked)

        plan, state = forgotten.plan(POST)
        (outcome,) = forgotten.apply(plan, state)

        assert isinstance(plan.changes[0], Adopt)
        assert (outcome.status, outcome.wp_id) == ("unchanged", 2)
        assert forgotten.site.posts == before
        assert len(forgotten.site.asked) == asked
        assert forgotten.run(POST)[0].reason == "unchanged"

    @pytest.mark.parametrize("field", [name for name in CHANGES if name != "featured"])
    def test_what_is_as_we_would_have_sent_it_is_ours(self, forgotten: Office, field: str) -> None:
        """The source's next change arrives."""
        forgotten.run(POST)

        (outcome,) = forgotten.run(changed(POST, field))

        assert outcome.status == "updated"

    @fields_that_follow
    def test_what_differs_is_a_persons(self, forgotten: Office, field: str) -> None:
        """The source's next change leaves it."""
        forgotten.edit(2, **{field: CHANGES[field][1]})
        forgotten.run(POST)

        (outcome,) = forgotten.run(changed(POST, field))

        assert outcome.reason == f"edited on the site and kept: {field}{HINT}"
        assert forgotten.values(2)[field] == CHANGES[field][1]

    def test_picture_that_is_there_is_taken_for_a_persons(self, forgotten: Office) -> None:
        """Whose it is only a fetch of every picture could tell; a person's is not lost for that."""
        forgotten.run(POST)

        (outcome,) = forgotten.run(changed(POST, "featured"))

        assert outcome.reason == f"edited on the site and kept: featured{HINT}"

    def test_no_picture_where_none_was_wanted_is_ours(self, office: Office) -> None:
        """A picture that the source brings later arrives."""
        bare = replace(POST, pictures=())
        office.run(bare)
        office.lose_ledger()
        office.run(bare)

        office.run(POST)

        assert office.values(1)["featured"] == 2
