"""Ids of ours that are another's by now: after a restored backup nothing of his is touched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from office import make_post

from wp_sync.model import Picture, Receipt, SitePost
from wp_sync.publish.belonging import is_still_ours
from wp_sync.publish.merge import stored_hashes

if TYPE_CHECKING:
    from office import Office

POST = make_post(pictures=())
PICTURED = replace(POST, pictures=(Picture(url="https://news.example/late.jpg"),))
THEIRS = {"title": "Somebody's", "body": "<p>Own.</p>", "slug": "somebodys", "featured": 0}


def test_post_of_another_under_our_id_is_left_alone(office: Office) -> None:
    """The site was put back from a backup, and gave the id of a post of ours away."""
    office.run(POST)
    office.edit(1, **THEIRS)

    (outcome,) = office.run(PICTURED)

    assert (outcome.status, outcome.reason) == ("unchanged", "deleted on the site: stays deleted")
    assert office.values(1)["featured"] == 0


@pytest.mark.parametrize("kept", ["title", "body", "slug"])
def test_edited_post_stays_ours(office: Office, kept: str) -> None:
    """An editor who changes nearly all of a post does not take it from its source."""
    office.run(POST)
    office.edit(1, **{name: value for name, value in THEIRS.items() if name != kept})

    (outcome,) = office.run(PICTURED)

    assert outcome.status == "updated"
    assert office.values(1)["featured"]


def test_link_or_mark_tell_a_rewritten_post() -> None:
    """Title, text and slug may all be an editor's: the credit names the article still."""
    before = SitePost(wp_id=2, slug=POST.slug, status="publish", values={"title": "Rain"})
    ours = Receipt(key=POST.key, wp_id=2, stored=stored_hashes(before))
    now = replace(before, values={"title": "Sun", "body": POST.body})

    assert is_still_ours(ours, now, POST)
    assert is_still_ours(ours, replace(now, values={"title": "Sun"}), POST)  # by the slug's mark
    assert not is_still_ours(ours, replace(now, slug="sun", values={"title": "Sun"}), POST)


def test_post_whose_values_were_never_ours_is_believed() -> None:
    """What was taken over has no value by which it could be told."""
    ours = Receipt(key=POST.key, wp_id=2, stored={"title": "", "body": "", "slug": ""})
    there = SitePost(wp_id=2, slug="any", status="publish", values={"title": "Any"})

    assert is_still_ours(ours, there, POST)


def test_rewritten_post_in_the_trash_is_still_ours(office: Office) -> None:
    """The trash gives it another slug; else its deletion would decide nothing."""
    office.run(POST)
    ours = office.receipt(POST)
    office.edit(1, title=THEIRS["title"], body=THEIRS["body"])
    office.trash(1)

    (there,) = office.site.read_posts([1])

    assert there.slug.endswith("__trashed")
    assert ours is not None
    assert is_still_ours(ours, there)
