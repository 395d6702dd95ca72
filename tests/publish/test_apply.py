"""apply_plan: intents before requests, receipts after them, and a person always wins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from office import CHANGES, HINT, NOON, changed, make_post

from wp_sync.errors import (
    InDoubtError,
    RejectedError,
    SiteError,
    UnauthorizedError,
    UnreachableError,
    WpSyncError,
)
from wp_sync.model import Create, Plan, SitePost, Skip, Trash
from wp_sync.publish.memory import MemoryTarget
from wp_sync.publish.target import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from office import Office

POST = make_post()
LOST = InDoubtError("the line was cut")
REFUSED = RejectedError("WordPress answered 400: no", code="rest_invalid_param", status=400)
fields_that_follow = pytest.mark.parametrize("field", CHANGES)


def test_intent_is_committed_before_the_request_and_ends_with_the_answer(office: Office) -> None:
    """A run that is killed meanwhile leaves the slug by which the post can be found."""
    seen: list[Any] = []
    office.site.watchers["create_post"] = lambda: seen.extend(office.intents)

    (outcome,) = office.run(POST)

    assert [(intent.key, intent.slug, intent.begun) for intent in seen] == [
        (POST.key, POST.slug, NOON)
    ]
    assert (outcome.status, outcome.wp_id) == ("created", 2)
    assert office.intents == ()


def test_created_post_has_every_field(office: Office) -> None:
    """Names become ids; the plain excerpt becomes markup."""
    office.run(replace(POST, author="tom-becker"))

    assert office.values(2) == {
        "title": "Rain & wind, part 1",
        "body": POST.body,
        "excerpt": "Wind &lt; rain &amp; hail",
        "slug": POST.slug,
        "date": "2026-05-04T12:00:00",
        "status": "publish",
        "author": 2,
        "categories": (office.terms("categories")["News"],),
        "tags": (office.terms("tags")["Example News"],),
        "featured": 1,
        "comments": "open",
    }


def test_second_run_writes_nothing(office: Office) -> None:
    """The receipt tells that all is as it should be."""
    office.run(POST)
    office.site.asked.clear()

    (outcome,) = office.run(POST)

    assert outcome.status == "unchanged"
    assert office.site.asked == []


def test_refused_post_fails_alone_and_leaves_no_intent(office: Office) -> None:
    """WordPress's reason is told, and the next post goes."""
    office.site.fail("create_post", REFUSED)

    refused, created = office.run(POST, make_post(2))

    assert (refused.status, created.status) == ("failed", "created")
    assert REFUSED.message in refused.reason
    assert office.intents == ()
    assert office.receipt(POST) is None


@pytest.mark.parametrize("made", [False, True], ids=["not made", "made"])
@pytest.mark.parametrize("error", [LOST, SiteError("a web page")], ids=["lost", "unreadable"])
def test_lost_answer_keeps_the_intent_and_makes_no_second_post(
    office: Office, error: WpSyncError, *, made: bool
) -> None:
    """Until it is settled nothing is repeated; then the site is asked, and it is known."""
    office.site.fail("create_post", error, after=made)

    (failed,) = office.run(POST)
    kept = office.intents
    (resting,) = office.run(POST)
    office.settle()
    (settled,) = office.run(POST)

    assert (failed.status, resting.status) == ("failed", "held")
    assert [intent.key for intent in kept] == [POST.key]
    assert settled.status == ("unchanged" if made else "created")
    assert len(office.site.posts) == 1
    assert office.intents == ()


def test_two_lost_answers_in_a_row_stop_the_run(office: Office) -> None:
    """A site that is down is left alone; both intents stay."""
    office.site.fail("create_post", LOST, LOST)

    with pytest.raises(UnreachableError, match="2 times in a row"):
        office.run(POST, make_post(2), make_post(3))

    assert [intent.key.guid for intent in office.intents] == ["1", "2"]
    assert len(office.site.writes("create_post")) == 2


def test_an_answer_between_two_lost_ones_lets_the_run_go_on(office: Office) -> None:
    """Only answers that are lost one after the other tell that a site is down."""
    office.site.fail("create_post", LOST, None, LOST)

    outcomes = office.run(POST, make_post(2), make_post(3))

    assert [outcome.status for outcome in outcomes] == ["failed", "created", "failed"]


def test_a_skipped_post_is_no_answer_of_the_site(office: Office) -> None:
    """What was not asked can't tell that the site is well."""
    office.site.fail("create_post", LOST, LOST)
    creates = [Create(post=post, reason="new") for post in (POST, make_post(2))]
    skip = Skip(key=make_post(3).key, reason="unchanged")
    plan, state = office.plan(POST, make_post(2))

    with pytest.raises(UnreachableError):
        office.apply(replace(plan, changes=(creates[0], skip, creates[1])), state)


def test_answer_that_says_when_to_come_back_keeps_the_intent(office: Office) -> None:
    """The request arrived: a plugin may have said so after the row was written."""
    busy = UnreachableError("503", arrived=True)
    office.site.fail("create_post", busy, after=True)

    with pytest.raises(UnreachableError):
        office.run(POST)
    office.halve(2, categories=(1,))
    office.settle()
    (outcome,) = office.run(POST)

    assert outcome.reason.endswith("completed: categories")
    assert len(office.site.posts) == 1


@pytest.mark.parametrize("error", [UnauthorizedError("no login"), UnreachableError("no line")])
def test_run_stops_and_forgets_what_certainly_made_nothing(
    office: Office, error: WpSyncError
) -> None:
    """The post goes with the next run, without a wait."""
    office.site.fail("create_post", error)

    with pytest.raises(type(error)):
        office.run(POST, make_post(2))

    assert office.intents == ()
    assert [outcome.status for outcome in office.run(POST)] == ["created"]


@fields_that_follow
def test_update_writes_only_what_changed(office: Office, field: str) -> None:
    """The values from before are kept, so that it can be taken back."""
    office.run(POST)
    before = dict(office.values(2))

    (outcome,) = office.run(changed(POST, field))

    after = office.values(2)
    assert outcome.status == "updated"
    assert [set(given) for given in office.site.writes("update_post")] == [{field}]
    assert {name for name in after if after[name] != before[name]} == {field}
    story = office.ledger.story("2")
    assert story
    (write,) = (write for write in story.writes if write.action == "update")
    assert (write.field, write.previous) == (field, before[field])
    assert office.run(changed(POST, field))[0].reason == "unchanged"


@fields_that_follow
def test_edit_of_a_field_that_was_not_written_is_seen_at_its_next_change(
    office: Office, field: str
) -> None:
    """An update of one field must not take an editor's change of another one for ours."""
    other = "body" if field == "title" else "title"
    editors = CHANGES[field][1]
    office.run(POST)
    office.edit(2, **{field: editors})

    (first,) = office.run(changed(POST, other))
    (second,) = office.run(changed(POST, other, field))

    assert (first.status, second.status) == ("updated", "unchanged")
    assert second.reason == f"edited on the site and kept: {field}{HINT}"
    assert office.values(2)[field] == editors


@fields_that_follow
def test_edit_between_plan_and_write_is_kept(office: Office, field: str) -> None:
    """A post is read just before it is written."""
    office.run(POST)
    plan, state = office.plan(changed(POST, field))
    office.edit(2, **{field: CHANGES[field][1]})

    (outcome,) = office.apply(plan, state)

    assert outcome.status == "unchanged"
    assert outcome.reason == f"meanwhile edited on the site and kept: {field}{HINT}"
    assert office.site.writes("update_post") == []


def test_edit_between_plan_and_write_leaves_the_other_fields(office: Office) -> None:
    """What nobody touched still arrives, and the edit is known afterwards."""
    office.run(POST)
    plan, state = office.plan(changed(POST, "title", "body"))
    office.edit(2, title="An editor's")

    office.apply(plan, state)
    (outcome,) = office.run(replace(changed(POST, "body"), title="Snow"))

    assert [set(given) for given in office.site.writes("update_post")] == [{"body"}]
    assert outcome.reason == f"edited on the site and kept: title{HINT}"
    assert office.values(2)["title"] == "An editor's"


@pytest.mark.parametrize("deleted", [False, True], ids=["trashed", "deleted"])
def test_post_that_went_between_plan_and_write_stays_gone(office: Office, *, deleted: bool) -> None:
    """A person's decision is as good a second before the write as a day."""
    office.run(POST)
    plan, state = office.plan(changed(POST, "title"))
    office.trash(2)
    if deleted:
        del office.site.posts[2]

    (outcome,) = office.apply(plan, state)

    assert outcome.status == "unchanged"
    assert outcome.reason.startswith("deleted on the site" if deleted else "in the trash")
    assert office.site.writes("update_post") == []


def test_post_that_was_given_to_another_author_is_left_alone(office: Office) -> None:
    """The role Author may not read it any more; the others are updated."""
    first, second = (make_post(number, pictures=()) for number in (1, 2))
    office.run(first, second)
    plan, state = office.plan(changed(first, "title"))
    read = office.site.read_posts

    def read_posts(wp_ids: Sequence[int]) -> tuple[SitePost, ...]:
        gone = SitePost(wp_id=1, slug="", status=FORBIDDEN)
        return tuple(gone if one.wp_id == 1 else one for one in read(wp_ids))

    office.site.read_posts = read_posts  # type: ignore[method-assign]
    (meanwhile,) = office.apply(plan, state)
    before, other = office.run(changed(first, "title"), changed(second, "title"))

    assert meanwhile.status == "unchanged"
    assert meanwhile.reason == before.reason
    assert before.reason == "given to another author on the site: stays as it is"
    assert other.status == "updated"


def test_tags_that_the_source_took_away_go(office: Office) -> None:
    """No tags are a value too."""
    office.run(POST)

    office.run(replace(POST, tags=()))

    assert office.values(2)["tags"] == ()


def test_post_without_category_is_left_to_the_site(office: Office) -> None:
    """WordPress chooses its default category; naming none would leave it in none."""
    office.run(replace(POST, categories=()))

    assert office.values(2)["categories"] == (1,)


@pytest.mark.parametrize("author", ["tom-becker", "2"], ids=["slug", "id"])
def test_author_is_found(office: Office, author: str) -> None:
    """A mapping names the author by slug or id."""
    office.run(replace(POST, author=author))

    assert office.values(2)["author"] == 2


def test_missing_author_names_the_key_to_mend(office: Office) -> None:
    """Nothing is asked of the site for this post, and the others go."""
    lost, made = office.run(replace(POST, author="nobody"), make_post(2))

    assert (lost.status, made.status) == ("failed", "created")
    assert "'nobody' (mappings/news.toml: post.author)" in lost.reason
    assert office.intents == ()


def test_a_category_that_was_deleted_meanwhile_is_made_again(office: Office) -> None:
    """Else the post would stay in none, or in the site's default one, and nobody would know."""
    office.run(POST)
    plan, state = office.plan(make_post(2))
    del office.site.terms["categories"][office.terms("categories")["News"]]
    del office.site.terms["tags"][office.terms("tags")["Example News"]]

    (created,) = office.apply(plan, state)
    (mended,) = office.run(make_post(2))

    assert (created.status, created.again) == ("created", True)
    assert (mended.status, mended.again) == ("updated", False)
    there = office.values(created.wp_id or 0)
    assert there["categories"] == (office.terms("categories")["News"],)
    assert there["tags"] == (office.terms("tags")["Example News"],)


def test_ids_that_wordpress_left_out_are_told(office: Office) -> None:
    """It says nothing itself: a term that was deleted after it was read is just not there."""
    office.run(POST, make_post(2))
    plan, state = office.plan(make_post(3), replace(POST, tags=("Example News", "Hail")))
    del office.site.terms["categories"][office.terms("categories")["News"]]
    del office.site.terms["tags"][office.terms("tags")["Example News"]]

    created, updated = office.apply(plan, state)

    assert "left out: categories; WordPress left out: tags" in created.reason
    assert updated.reason.endswith("WordPress left out: tags")


def test_trashing_is_recorded(office: Office) -> None:
    """The receipt stays, so that the post is not made again."""
    office.run(POST)
    trash = Trash(key=POST.key, wp_id=2, reason="rejected")

    (outcome,) = office.apply(Plan(changes=(trash,)), office.plan()[1])

    assert outcome.status == "trashed"
    assert office.site.posts[2].status == "trash"
    assert office.run(changed(POST, "title"))[0].reason == "in the trash of the site: stays there"


def test_a_slug_that_was_taken_meanwhile_is_told(office: Office) -> None:
    """A number behind the mark means that another post of this article may stand somewhere."""
    twin = {"title": "Somebody's", "body": "", "slug": POST.slug, "status": "private"}
    office.site.watchers["create_post"] = lambda: MemoryTarget.create_post(office.site, twin)

    (outcome,) = office.run(POST)

    assert outcome.status == "created"
    assert "is there another post of this article?" in outcome.reason
