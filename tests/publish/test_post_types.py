"""Post types: what a site has no place for is left out, and told once; what is there stays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from office import CHANGES, MoodySite, Office, make_post

from wp_sync.config import load_config
from wp_sync.errors import InDoubtError, SiteError
from wp_sync.model import Plan, Receipt, SiteState, Trash
from wp_sync.pipeline.settling import Settling
from wp_sync.pipeline.site import SiteReader
from wp_sync.pipeline.type_checks import check_types
from wp_sync.publish.merge import sent_hashes, wanted_values
from wp_sync.publish.plan import make_plan
from wp_sync.publish.post_types import PLAIN, PostType, as_taken, lacking_notes
from wp_sync.publish.registering import fields_note, registering_lines

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.model import Outcome, Post
    from wp_sync.publish.target import SiteIdentity

BARE = PostType(
    name="notice", supports=frozenset({"title", "editor"}), taxonomies=frozenset({"desk"})
)
STORY = PostType(name="story", taxonomies=frozenset({"category", "desk"}))
FIELDS = {"main": "News", "subtitle": "Wind"}


def run(office: Office, settling: Settling, *posts: Post) -> list[Outcome]:
    """Plan these posts as a run does, by the types that the site has, and apply the plan."""
    reader = SiteReader(office.site, office.site.identify(), office.ledger, office.now - office.now)
    receipts = office.ledger.posts.receipts(office.address, [post.key for post in posts])
    taken = settling.settle(posts, receipts)
    state = reader.read(taken, receipts, office.now)
    return office.apply(make_plan(taken, receipts, state), state)


def test_post_without_what_its_type_lacks_asks_for_none_of_it() -> None:
    """Neither hashed nor sent: such a field would be wanted for ever."""
    post = make_post(fields=FIELDS, primary=("main",), author="tom-becker", comments="closed")

    taken = as_taken(post, BARE)

    assert taken.type == "notice"
    assert not {"excerpt", "author", "featured", "categories", "tags", "comments"} & set(
        wanted_values(taken)
    )
    assert wanted_values(taken)["fields.subtitle"] == "Wind"
    assert "fields.main" not in wanted_values(taken)  # it would hold the category's id
    assert as_taken(post, replace(PLAIN, name="story")) == replace(post, type="story")


def test_what_is_not_told_of_a_type_is_no_reason_to_leave_out() -> None:
    """WordPress tells what a type supports only to those who may edit its posts."""
    assert replace(BARE, supports=None).lacks == ("categories", "tags")
    assert lacking_notes(PLAIN) == ()


def test_notes_name_the_type_and_all_that_it_lacks() -> None:
    """Each once, and what it means that no revisions are kept."""
    told, revisions = lacking_notes(BARE)

    assert told == (
        "posts of the type notice go without excerpts, authors, featured images, categories, tags:"
        " the site has none for it"
    )
    assert revisions.startswith("the type notice: it keeps no revisions")


def test_posts_of_a_type_are_made_updated_and_found_again(office: Office) -> None:
    """In memory as on a real site: once, with what the type has, whatever the ledger knows."""
    office.site.kinds["notice"] = BARE
    settling, post = Settling(office.site), make_post(type="notice")

    (made,) = run(office, settling, post)
    (idle,) = run(office, settling, post)
    (changed,) = run(office, settling, replace(post, **CHANGES["title"][0]))
    receipt = office.receipt(post)
    office.lose_ledger()
    (found,) = run(office, settling, replace(post, **CHANGES["title"][0]))

    assert (made.status, idle.status, changed.status) == ("created", "unchanged", "updated")
    assert receipt
    assert receipt.type == "notice"
    assert found.wp_id == made.wp_id
    assert found.status == "unchanged"
    assert len(office.site.posts) == 1
    assert set(office.values(made.wp_id or 0)) == {"title", "body", "slug", "date", "status"}
    assert len(settling.messages) == 2


@pytest.mark.parametrize(("old", "new"), [("post", "notice"), ("notice", "post")])
def test_post_stays_of_its_type_when_its_channel_changes(
    office: Office, old: str, new: str
) -> None:
    """It is updated with all that its own type has, and that is told once."""
    office.site.kinds["notice"] = BARE
    settling, post = Settling(office.site), make_post(type=old)
    (made,) = run(office, settling, post)
    later = replace(post, type=new, **CHANGES["title"][0], **CHANGES["excerpt"][0])

    (changed,) = run(office, settling, later)
    (idle,) = run(office, settling, later)

    there = office.site.posts[made.wp_id or 0]
    assert (changed.status, idle.status) == ("updated", "unchanged")
    assert there.type == old
    assert ("excerpt" in there.values) == (old == "post")
    assert len(office.site.posts) == 1
    stays = [one for one in settling.messages if f"of the type {old}, and not {new}" in one]
    assert len(stays) == 1
    assert "1 post stays" in stays[0]


def test_lost_create_is_looked_up_in_all_types(office: Office) -> None:
    """The channel has another type by now: its post is found where it was made."""
    office.site.kinds["story"] = STORY
    settling, post = Settling(office.site), make_post(type="story")
    office.site.fail("create_post", InDoubtError("no answer"), after=True)
    (lost,) = run(office, settling, post)
    (intent,) = office.intents
    office.settle()

    (found,) = run(office, settling, replace(post, type="post"))

    assert lost.status == "failed"
    assert intent.type == "story"
    assert found.status in {"unchanged", "updated"}
    assert len(office.site.posts) == 1
    assert office.ledger.posts.types() == {"story"}


def test_lost_create_rests_while_its_type_is_not_shown(office: Office) -> None:
    """Nobody can look whether it landed: made as another type, it might be there twice."""
    office.site.kinds["story"] = STORY
    settling, post = Settling(office.site), make_post(type="story")
    office.site.fail("create_post", InDoubtError("no answer"), after=True)
    run(office, settling, post)
    office.settle()
    office.site.kinds["story"] = replace(STORY, editable=False)

    (held,) = run(office, settling, replace(post, type="post"))

    assert held.status == "held"
    assert len(office.site.posts) == 1
    assert office.intents


def test_lessened_type_takes_nothing_back(office: Office) -> None:
    """A type that loses its excerpts leaves the receipt of the old one as it is."""
    office.site.kinds["story"] = STORY
    settling, post = Settling(office.site), make_post(type="story")
    run(office, settling, post)
    office.site.kinds["story"] = replace(STORY, supports=frozenset({"title", "editor"}))

    (idle,) = run(office, Settling(office.site), replace(post, **CHANGES["excerpt"][0]))

    assert idle.status == "unchanged"
    receipt = office.receipt(post)
    assert receipt
    assert receipt.sent["excerpt"] == sent_hashes(post)["excerpt"]


def test_trash_keeps_the_type_of_the_receipt(office: Office) -> None:
    """A ledger that forgot it would ask for the post among posts."""
    office.site.kinds["story"] = STORY
    post = make_post(type="story")
    (made,) = run(office, Settling(office.site), post)
    change = Trash(key=post.key, wp_id=made.wp_id or 0, reason="asked for")

    office.apply(Plan(changes=(change,)), SiteState())

    receipt = office.receipt(post)
    assert receipt
    assert (receipt.status, receipt.type) == ("trash", "story")


def test_receipts_from_before_are_of_posts() -> None:
    """As undo reads them back out of the journal of writes."""
    assert Receipt(key=make_post().key, wp_id=1).type == "post"


def test_cure_for_fields_registers_them_for_their_type() -> None:
    """A type of the site's own needs the support of custom fields, too."""
    lines = registering_lines(["_seo"], "story")

    assert "register_post_meta( 'story', '_seo'" in lines
    assert "add_post_type_support( 'story', 'custom-fields' )" in lines
    assert "wp-sync-fields-story.php" in lines
    assert "add_post_type_support" not in registering_lines(["_seo"])
    assert fields_note(["_seo"], "story").startswith("posts of the type story go without")


def editor_of(site: MoodySite, *rights: str) -> SiteIdentity:
    capabilities = frozenset({"edit_posts", "publish_posts", *rights})
    return replace(site.identify(), api="https://site.example/wp-json/", capabilities=capabilities)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        pytest.param(None, "the site has no post type 'story'", id="not there"),
        pytest.param(replace(STORY, editable=False), "may not edit posts of", id="not ours"),
        pytest.param(replace(STORY, supports=frozenset({"title"})), "have no text", id="no text"),
        pytest.param(
            replace(STORY, rights={"publish_posts": "publish_stories"}),
            "the right publish_stories is missing",
            id="not to publish",
        ),
        pytest.param(
            replace(STORY, rights={"create_posts": "do_not_allow"}),
            "the right do_not_allow is missing",
            id="not to make",
        ),
    ],
)
def test_type_of_the_defaults_is_told_by_its_line(
    tmp_path: Path, office: Office, kind: PostType | None, told: str
) -> None:
    """One line of config.toml, named for each channel that takes it from there."""
    path = tmp_path / "config.toml"
    site = '[site]\nurl = "https://site.example"\nusername = "desk"\n'
    path.write_text(f'{site}[fetch]\ncontact = "a@b.test"\n[defaults]\ntype = "story"\n')
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/golf.toml").write_text('[post]\nstatus = "publish"\n')
    office.site.kinds |= {"story": kind} if kind else {"other": STORY}

    with pytest.raises(SiteError) as caught:
        check_types(load_config(path), office.site, editor_of(office.site))

    assert caught.value.message.startswith(f"{path}:7: defaults.type: ")
    assert told in caught.value.message
    assert caught.value.cure


def test_rights_to_a_types_own_posts_are_enough(tmp_path: Path, office: Office) -> None:
    """Each under the name that the type gives it; types that are gone are only told."""
    path = tmp_path / "config.toml"
    site = '[site]\nurl = "https://site.example"\nusername = "desk"\n'
    path.write_text(f'{site}[fetch]\ncontact = "a@b.test"\n')
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/golf.toml").write_text('[post]\ntype = "story"\nstatus = "publish"\n')
    rights = {"edit_posts": "edit_stories", "publish_posts": "publish_stories"}
    office.site.kinds["story"] = replace(STORY, rights=rights)
    office.site.kinds["gone"] = replace(STORY, name="gone", editable=False)
    identity = editor_of(office.site, "edit_stories", "publish_stories")

    (note,) = check_types(load_config(path), office.site, identity)

    assert "shows no post type 'gone' any more" in note
