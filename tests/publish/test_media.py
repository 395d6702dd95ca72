"""Featured images: uploaded once a content, and never a reason to go without the post."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from office import make_post

from wp_sync.errors import InDoubtError, RejectedError, UnreachableError, WpSyncError
from wp_sync.model import Picture

if TYPE_CHECKING:
    from office import Office

POST = make_post()
URL = POST.pictures[0].url
NEW = replace(POST, pictures=(Picture(url="https://news.example/new.jpg"),))
LOST = InDoubtError("the line was cut")
REFUSED = RejectedError("WordPress answered 400: not this file type", status=400)


def test_one_content_is_uploaded_once_in_a_run(office: Office) -> None:
    """An agency's picture stands in several articles, under several addresses."""
    twin = make_post(2)
    office.served = {URL: b"same", twin.pictures[0].url: b"same"}

    office.run(POST, twin)

    assert len(office.site.writes("upload")) == 1
    assert [office.values(wp_id)["featured"] for wp_id in (2, 3)] == [1, 1]


def test_one_content_is_uploaded_once_across_runs(office: Office) -> None:
    """The ledger remembers it by its hash; the site is not asked."""
    twin = make_post(2)
    office.served = {URL: b"same", twin.pictures[0].url: b"same"}
    office.run(POST)
    office.site.asked.clear()

    office.run(twin)

    assert office.site.writes("upload") == office.site.writes("find_media") == []
    assert office.values(3)["featured"] == 1


def test_one_content_is_uploaded_once_across_ledgers(office: Office) -> None:
    """Without a ledger the site is asked by the file's name, and the answer remembered."""
    twin, third = make_post(2), make_post(3)
    office.served = dict.fromkeys((post.pictures[0].url for post in (POST, twin, third)), b"same")
    office.run(POST)
    office.lose_ledger()

    office.run(twin)
    office.run(third)

    assert len(office.site.writes("upload")) == 1
    assert len(office.site.writes("find_media")) == 2
    assert [office.values(wp_id)["featured"] for wp_id in (2, 3, 4)] == [1, 1, 1]


def test_upload_whose_answer_was_lost_is_found(office: Office) -> None:
    """It is not repeated, and the post has its picture."""
    office.site.fail("upload", LOST, after=True)

    (outcome,) = office.run(POST)

    assert (outcome.status, outcome.reason) == ("created", "new")
    assert len(office.site.media) == len(office.site.writes("upload")) == 1
    assert office.values(2)["featured"] == 1
    assert office.journal.media_id(office.files([POST])[POST.key][0].sha256) == 1  # type: ignore[union-attr]


def test_upload_that_left_nothing_leaves_the_post_without(office: Office) -> None:
    """One lost answer of a picture is no reason to wait with the article."""
    office.site.fail("upload", LOST)

    (outcome,) = office.run(POST)

    assert outcome.status == "created"
    assert outcome.reason == "new; without picture: the answer to its upload was lost"
    assert office.values(1)["featured"] == 0


@pytest.mark.parametrize("call", ["upload", "find_media"])
def test_refused_picture_leaves_the_post_without(office: Office, call: str) -> None:
    """The reason is told; the next post has its picture, if it may."""
    office.site.fail(call, REFUSED)

    (outcome,) = office.run(POST)
    office.run(make_post(2))

    assert outcome.status == "created"
    assert outcome.reason == f"new; without picture: {REFUSED.message}"
    assert office.values(1)["featured"] == 0
    assert office.values(3)["featured"] == 2


def test_refused_search_leaves_known_pictures(office: Office) -> None:
    """What the ledger knows needs no search."""
    office.run(POST)
    office.served = {"https://news.example/2.jpg": URL.encode()}
    office.site.fail("find_media", REFUSED)

    known, unknown = office.run(make_post(2), make_post(3))

    assert (known.reason, office.values(3)["featured"]) == ("new", 1)
    assert "without picture" in unknown.reason


def test_picture_that_the_source_lacks_leaves_the_post_without(office: Office) -> None:
    """The reason comes from the fetch."""
    office.served[URL] = None

    (outcome,) = office.run(POST)

    assert outcome.reason == "new; without picture: the source has it no more"


def test_new_picture_takes_the_old_ones_place(office: Office) -> None:
    """A change at the source arrives."""
    office.run(POST)

    office.run(NEW)

    assert office.values(2)["featured"] == 3


def test_picture_that_the_source_took_away_goes(office: Office) -> None:
    """A post without candidates has no featured image."""
    office.run(POST)

    office.run(replace(POST, pictures=()))

    assert office.values(2)["featured"] == 0


def test_new_picture_that_fails_leaves_the_old_one(office: Office) -> None:
    """A post does not lose its picture because the next one can't be had."""
    office.run(POST)
    office.served[NEW.pictures[0].url] = None

    (alone,) = office.run(NEW)
    (with_title,) = office.run(replace(NEW, title="Sun"))

    assert alone.status == "unchanged"
    assert alone.reason.startswith("the old picture stays: without picture")
    assert with_title.status == "updated"
    assert "without picture" in with_title.reason
    assert office.values(2)["featured"] == 1


def test_new_picture_that_failed_comes_with_a_later_change(office: Office) -> None:
    """What was not written is still wanted."""
    office.run(POST)
    office.served[NEW.pictures[0].url] = None
    office.run(replace(NEW, title="Sun"))
    del office.served[NEW.pictures[0].url]

    office.run(replace(NEW, title="Snow"))

    assert office.values(2)["featured"] == 3


def test_picture_that_could_not_be_had_comes_with_the_next_change(office: Office) -> None:
    """The receipt does not tell of a picture that was never sent."""
    office.served[URL] = None
    office.run(POST)
    (still,) = office.run(POST)
    del office.served[URL]

    (outcome,) = office.run(replace(POST, title="Sun"))

    assert still.reason == "without picture: the source has it no more"
    assert outcome.reason == "changed: title, featured"
    assert office.values(1)["featured"] == 2


def delete_media(office: Office, wp_id: int) -> None:
    """Delete an upload from the library, as an admin does."""
    office.site._uploads.discard(wp_id)  # noqa: SLF001 (an admin's hand)
    office.site.media = {name: one for name, one in office.site.media.items() if one != wp_id}


def test_picture_that_was_deleted_from_the_library_is_uploaded_again_once(office: Office) -> None:
    """The ledger knows its old id, which WordPress leaves out; all posts get the new one."""
    posts = [make_post(number) for number in (1, 2, 3, 4)]
    office.served = dict.fromkeys((post.pictures[0].url for post in posts), b"same")
    office.run(posts[0])
    delete_media(office, 1)

    second, third = office.run(*posts[1:3])
    office.run(posts[3])

    assert len(office.site.writes("upload")) == 2
    assert (second.reason, third.reason) == ("new", "new")
    featured = [office.values(wp_id)["featured"] for wp_id in sorted(office.site.posts)[1:]]
    assert featured == [max(office.site._uploads)] * 3  # noqa: SLF001
    assert office.run(posts[1])[0].reason == "unchanged"


def test_a_number_that_another_picture_has_got_is_not_shown(office: Office) -> None:
    """A site that was put back from a backup gives numbers away again: a stranger's photograph."""
    office.run(POST)
    (ours,) = (name for name, wp_id in office.site.media.items() if wp_id == 1)
    del office.site.media[ours]
    office.site.media["somebodys-holiday.png"] = 1
    twin = replace(make_post(2), pictures=POST.pictures)

    (outcome,) = office.run(twin)

    assert office.values(outcome.wp_id or 0)["featured"] == office.site.media[ours] != 1
    assert len(office.site.writes("upload")) == 2


def test_changed_picture_that_was_deleted_is_uploaded_again(office: Office) -> None:
    """An update finds it out as well."""
    office.run(POST, replace(make_post(2), pictures=NEW.pictures))
    delete_media(office, office.values(4)["featured"])

    (outcome,) = office.run(NEW)

    assert outcome.reason == "changed: featured"
    assert office.values(3)["featured"] == max(office.site._uploads)  # noqa: SLF001
    assert office.run(NEW)[0].reason == "unchanged"


@pytest.mark.parametrize("call", ["upload", "find_media", "update_post"])
@pytest.mark.parametrize("error", [LOST, REFUSED], ids=["lost", "refused"])
def test_deleted_picture_that_cannot_be_replaced_leaves_the_post_without(
    office: Office, call: str, error: WpSyncError
) -> None:
    """The post is there and remembered; its picture comes with the source's next change."""
    twin = make_post(2)
    office.served = {URL: b"same", twin.pictures[0].url: b"same"}
    office.run(POST)
    # After we have seen that it is there.
    office.site.watchers["create_post"] = lambda: delete_media(office, 1)
    office.site.fail(call, error)

    (outcome,) = office.run(twin)

    assert outcome.status == "created"
    assert "WordPress left out: featured" in outcome.reason
    assert office.intents == ()
    office.settle()
    office.run(replace(twin, title="Sun"))
    assert office.values(outcome.wp_id or 0)["featured"] == max(office.site._uploads)  # noqa: SLF001


def test_pictures_are_fetched_only_for_changes_that_write_them(office: Office) -> None:
    """Neither an unchanged post nor a new title costs a fetch."""
    office.run(POST, make_post(2))
    office.fetched.clear()

    office.run(POST, replace(make_post(2), title="Sun"), make_post(3))

    assert office.fetched == ["https://news.example/3.jpg"]


def test_site_that_does_not_answer_stops_the_run(office: Office) -> None:
    """Nothing was begun: no intent is left."""
    office.site.fail("upload", UnreachableError("no line"))

    with pytest.raises(UnreachableError):
        office.run(POST)

    assert office.intents == ()


def test_pictures_of_a_long_plan_are_fetched_in_chunks(office: Office) -> None:
    """Ten posts' pictures are in memory at a time, and a run that dies has made its first ten."""
    fetched: list[int] = []
    office.site.watchers["create_post"] = lambda: fetched.append(len(office.fetched))

    outcomes = office.run(*map(make_post, range(1, 13)))

    assert fetched == [10] * 10 + [12] * 2
    assert {outcome.status for outcome in outcomes} == {"created"}
