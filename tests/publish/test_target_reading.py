"""One suite for every Target: posts read, listed, searched, and found by what changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from targets import NOWHERE, PAST, by_xmlrpc, draft, new_name

if TYPE_CHECKING:
    from wp_sync.publish.target import Target


def test_posts_are_found_by_many_slugs(target: Target) -> None:
    """Hundreds of slugs are asked for in as many requests as addresses have room."""
    made = [target.create_post(draft(slug=f"{new_name()}-{'x' * 150}")) for _ in range(3)]
    strangers = [f"{new_name()}-{'y' * 150}" for _ in range(150)]

    found = target.find_posts([*strangers[:70], *(post.slug for post in made), *strangers[70:]])

    assert sorted(found, key=lambda post: post.wp_id) == made
    assert target.find_posts([]) == ()


def test_gone_posts_are_left_out(target: Target) -> None:
    """Reading by id tells what is there, in any status, from what is gone."""
    made = [target.create_post(draft(status=status)) for status in ("draft", "publish", "pending")]

    found = target.read_posts([NOWHERE, *(post.wp_id for post in made)])

    assert sorted(found, key=lambda post: post.wp_id) == made


def test_list_names_every_post(target: Target) -> None:
    """The list holds the trash too, and of the texts no more than the titles."""
    kept, gone = (target.create_post(draft()) for _ in range(2))
    target.trash_post(gone.wp_id)

    listed = {post.wp_id: post for post in target.list_posts()}

    assert listed[kept.wp_id].slug == kept.slug
    assert listed[gone.wp_id].status == "trash"
    assert set(listed[kept.wp_id].values) == {"title", "date", "guid", "keys"}
    assert listed[kept.wp_id].values["title"] == kept.values["title"]
    assert listed[kept.wp_id].values["date"] == kept.values["date"]


def test_list_begins_with_the_newest_and_ends_at_an_id(target: Target) -> None:
    """What was listed before is not asked for again."""
    first, second, third = (target.create_post(draft()).wp_id for _ in range(3))

    listed = target.list_posts(first)

    assert [post.wp_id for post in listed] == [third, second]
    assert target.list_posts(third) == ()


def test_posts_are_searched_by_what_is_in_their_texts(target: Target) -> None:
    """All words must be there, in any order; commas and leading signs mean nothing."""
    name = new_name()
    link = f'<p><a href="https://News.example/{name},x?b=2&amp;a=1">it</a></p>'
    made, other = (target.create_post(draft(body=body)) for body in (link, f"<p>{name}</p>"))
    trashed = target.trash_post(target.create_post(draft(body=link)).wp_id)

    found = target.search_posts(("a=1", f"news.example/{name},x"))
    among = target.search_posts((), [other.wp_id, made.wp_id, NOWHERE])

    assert sorted(found, key=lambda post: post.wp_id) == [made, trashed]
    assert sorted(among, key=lambda post: post.wp_id) == [made, other]
    assert target.search_posts((), ()) == ()


def test_what_waits_is_listed(target: Target) -> None:
    """Drafts and pending posts with their titles; nothing that is live or in the trash."""
    made = [target.create_post(draft(status=status)) for status in ("draft", "pending", "publish")]
    gone = target.trash_post(target.create_post(draft()).wp_id)

    waiting = {post.wp_id: post for post in target.read_waiting()}

    assert [post.wp_id in waiting for post in (*made, gone)] == [True, True, False, False]
    assert target.waiting_ids() == waiting.keys()
    assert waiting[made[0].wp_id].values["title"] == made[0].values["title"]
    assert waiting[made[0].wp_id].link == made[0].link


def test_what_was_changed_is_found_by_its_time(target: Target) -> None:
    """An edit and a trash after the moment; not what was made before, dated in the past."""
    quiet, edited, trashed = (
        target.create_post(draft(status="publish", date=PAST)) for _ in range(3)
    )
    moment = datetime.now(UTC) - timedelta(minutes=5)
    target.update_post(edited.wp_id, {"title": "Sun"})
    target.trash_post(trashed.wp_id)

    changed = {post.wp_id: post for post in target.changed_since(moment)}
    later = {post.wp_id for post in target.changed_since(moment + timedelta(minutes=10))}

    ids = [post.wp_id for post in (quiet, edited, trashed)]
    assert [wp_id in changed for wp_id in ids] == [by_xmlrpc(target), True, True]
    assert changed[edited.wp_id].values["title"] == "Sun"
    assert changed[trashed.wp_id].status == "trash"
    assert later.isdisjoint(ids)
