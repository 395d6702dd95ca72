"""Channels of post types that a magazine's theme registers, on a real WordPress, over both APIs."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from desk import Desk
from press import Kiosk, Story, picture, rss
from pressroom import Pressroom

from wp_sync.cli.checkup import examine
from wp_sync.cli.options import Face
from wp_sync.cli.output import Screen
from wp_sync.errors import RejectedError
from wp_sync.model import SitePost
from wp_sync.publish.discovery import discover
from wp_sync.publish.memory import MemoryTarget
from wp_sync.publish.post_types import PostType
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.xmlrpc_api import XmlRpcApi
from wp_sync.publish.xmlrpc_target import XmlRpcTarget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.confine import Confinement
    from wp_sync.model import Run
    from wp_sync.publish.target import Target
    from wp_sync.sandbox.wordpress import WordPress

THEME = Path(__file__).parent.parent / "support/theme"
OTHER = "<p>Quite another paragraph of some words.</p>"
MAPPING = """
[post]
type = "{type}"
status = "publish"
category = "World > Weather"
taxonomies = {{ desk = ["Foreign", "{{source.name}}"] }}
"""


@pytest.fixture(scope="module", autouse=True)
def magazine(site: WordPress) -> None:
    """Let the shared site wear the theme that registers the types."""
    shutil.copytree(THEME, site.directory / "www/wp-content/themes/magazine")
    site.run_php("switch_theme('magazine');")


@pytest.fixture
def desk(site: WordPress, tmp_path: Path) -> Iterator[Desk]:
    """Sit down before the site; what a test made is gone after it."""
    password = site.users["editor"].application_password
    yield Desk(directory=tmp_path, site=site.url, password=password)
    site.run_php(
        "foreach (get_posts(['post_type' => ['post', 'story', 'brief', 'notice'], 'numberposts' =>"
        " -1, 'post_status' => array_keys(get_post_stati())]) as $one)"
        " wp_delete_post($one->ID, true);"
    )


@pytest.fixture
def room(desk: Desk, confinement: Confinement) -> Pressroom:
    """Sync in this process, with every safety limit passed."""
    return Pressroom(desk=desk, confinement=confinement)


def posts(site: WordPress) -> dict[str, dict[str, Any]]:
    """Read type, status and more of all our posts, by title; a second one of a title is named."""
    told = site.run_php(
        """
        $found = [];
        foreach (get_posts(['post_type' => ['post', 'story', 'brief', 'notice'], 'orderby' => 'ID',
            'order' => 'ASC', 'numberposts' => -1,
            'post_status' => ['publish', 'draft', 'pending', 'trash']]) as $one) {
            $name = $one->post_title;
            if (isset($found[$name])) $name .= ' AGAIN';
            $how = ['fields' => 'names', 'orderby' => 'name'];
            $terms = fn($kind) => is_object_in_taxonomy($one->post_type, $kind)
                ? wp_get_post_terms($one->ID, $kind, $how) : [];
            $found[$name] = ['id' => $one->ID, 'type' => $one->post_type,
                'status' => $one->post_status, 'excerpt' => $one->post_excerpt,
                'categories' => $terms('category'), 'desks' => $terms('desk'),
                'tags' => wp_get_object_terms($one->ID, 'post_tag', ['fields' => 'names']),
                'picture' => (bool) get_post_thumbnail_id($one), 'body' => $one->post_content];
        }
        echo json_encode($found);
        """
    )
    return dict(json.loads(told) or {})


def types(site: WordPress) -> dict[str, str]:
    return {title: one["type"] for title, one in posts(site).items()}


def open_desk(desk: Desk, kiosk: Kiosk, kind: str, *stories: Story, more: str = "") -> None:
    kiosk.put("/feed", rss(*stories))
    desk.write(kiosk.source(), news=MAPPING.format(type=kind) + more)


def lose_ledger(desk: Desk) -> None:
    for file in desk.directory.glob("wp-sync.db*"):
        file.unlink()


def told(run: Run) -> str:
    return "\n".join(run.messages)


@pytest.mark.parametrize(("kind", "api"), [("story", "auto"), ("brief", "xmlrpc")])
def test_posts_of_a_type_live_as_posts_do(
    room: Pressroom, kiosk: Kiosk, site: WordPress, kind: str, api: str
) -> None:
    """Made once with its own terms; persons' edits and trash are theirs; a lost ledger, undo."""
    desk = room.desk = replace(room.desk, api=api)
    image = kiosk.put("/1.jpg", picture(1), "image/jpeg")
    one, two, three = (Story(number=n, picture=image if n == 1 else "") for n in (1, 2, 3))
    open_desk(desk, kiosk, kind, one, two, three)

    made = room.run()
    idle = room.run()
    first = posts(site)

    assert made.totals == {"created": 3}, made
    assert f"posts of the type {kind} go without tags" in told(made)
    assert set(idle.totals) <= {"unchanged"}
    assert {name: row["type"] for name, row in first.items()} == dict.fromkeys(
        ("Story 1", "Story 2", "Story 3"), kind
    )
    assert first["Story 1"] | {"id": 0, "body": ""} == {
        "id": 0,
        "type": kind,
        "status": "publish",
        "excerpt": "A paragraph of some words about the weather.",
        "categories": ["Weather"],
        "desks": ["Example News", "Foreign"],
        "tags": [],
        "picture": True,
        "body": "",
    }

    site.run_php(
        f"wp_update_post(['ID' => {first['Story 1']['id']}, 'post_title' => 'An editor']);"
        f"wp_set_post_terms({first['Story 1']['id']}, [], 'desk');"
        f"wp_trash_post({first['Story 3']['id']});"
    )
    kiosk.put("/feed", rss(*(Story(number=n, title=f"New {n}", body=OTHER) for n in (1, 2, 3))))
    changed = room.run()
    after = posts(site)

    assert {name: row["status"] for name, row in after.items()} == {
        "An editor": "publish",
        "New 2": "publish",
        "Story 3": "trash",
    }
    assert changed.totals["updated"] == 2, changed
    assert changed.totals["trashed"] == 1
    assert "another paragraph" in after["An editor"]["body"]
    assert after["An editor"]["desks"] == []

    lose_ledger(desk)
    again = room.run()

    assert "created" not in again.totals, again
    assert types(site) == dict.fromkeys(("An editor", "New 2", "Story 3"), kind)

    kiosk.put("/feed", rss(Story(number=4)))
    fourth = room.run()
    undone = desk.run("undo", fourth.id, "--yes")

    assert fourth.totals["created"] == 1
    assert undone.code == 0, undone.err
    assert posts(site)["Story 4"]["status"] == "trash"


def test_type_with_a_title_and_a_text_alone_gets_no_more(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """What it lacks is said once and never asked for; drafts are approved and rejected."""
    desk = room.desk
    image = kiosk.put("/1.jpg", picture(1), "image/jpeg")
    stories = [Story(number=n, picture=image) for n in (1, 2)]
    mapping = '[post]\ntype = "notice"\nstatus = "draft"\ncategory = "World"\n'
    kiosk.put("/feed", rss(*stories))
    desk.write(kiosk.source(), news=mapping)

    made = room.run()
    idle = room.run()
    rows = posts(site)
    waiting = {one["title"]: str(one["wp_id"]) for one in desk.waiting()}
    kiosk.put("/feed", rss(Story(number=1, body=OTHER, picture=image), stories[1]))
    changed = room.run()
    approved = desk.decide("approve", waiting["Story 1"])
    rejected = desk.decide("reject", waiting["Story 2"], "--yes")

    assert made.totals == {"created": 2}, made
    for name in ("excerpts", "featured images", "categories", "tags", "revisions"):
        assert name in told(made)
    assert set(idle.totals) <= {"unchanged"}, idle
    assert rows["Story 1"]["type"] == "notice"
    assert (rows["Story 1"]["excerpt"], rows["Story 1"]["picture"]) == ("", False)
    assert "/1.jpg" not in kiosk.asked
    assert changed.totals["updated"] == 1, changed
    assert (approved.code, rejected.code) == (0, 0), (approved.err, rejected.err)
    now = posts(site)
    assert (now["Story 1"]["status"], now["Story 2"]["status"]) == ("publish", "trash")
    assert "another paragraph" in now["Story 1"]["body"]


def test_posts_keep_their_type_when_a_channel_gets_another(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """What is there is updated in its own type, and found in it again; what is new has the new."""
    desk = room.desk
    open_desk(desk, kiosk, "story", Story(number=1), Story(number=2))
    room.run()
    mapping = desk.directory / "mappings/news.toml"
    mapping.write_text('[post]\nstatus = "publish"\n')
    kiosk.put("/feed", rss(Story(number=1, body=OTHER), Story(number=2), Story(number=3)))

    moved = room.run()
    idle = room.run()
    remapped = desk.run("remap", "--yes", "--json")
    rows = posts(site)

    assert moved.totals["updated"] == 1, moved
    assert moved.totals["created"] == 1
    assert "1 post stays of the type story, and not post" in told(moved)
    assert set(idle.totals) <= {"unchanged"}
    assert remapped.code == 0, remapped.err
    assert {name: one["type"] for name, one in rows.items()} == {
        "Story 1": "story",
        "Story 2": "story",
        "Story 3": "post",
    }
    assert "another paragraph" in rows["Story 1"]["body"]

    config = desk.directory / "config.toml"
    config.write_text(config.read_text().replace("[site]\n", '[site]\nformer_types = ["story"]\n'))
    lose_ledger(desk)
    again = room.run()

    assert "created" not in again.totals, again
    assert len(posts(site)) == 3


def test_new_channel_of_a_type_finds_what_others_put_there(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """Posts of the type are older than what the ledger has listed: they are listed all the same."""
    desk = room.desk
    site.run_php(
        "wp_insert_post(['post_type' => 'story', 'post_status' => 'publish', 'post_title' =>"
        " 'By hand', 'post_content' => '<p><a href=\"https://news.example/story-7\">It</a></p>']);"
        "foreach (range(1, 120) as $n) wp_insert_post(['post_title' => \"Note $n\","
        " 'post_status' => 'publish', 'post_content' => 'A note.']);"
    )
    kiosk.put("/feed", rss(Story(number=1)))
    desk.write(kiosk.source())
    room.run()
    kiosk.put("/feed", rss(Story(number=7, title="By hand"), Story(number=8)))
    (desk.directory / "mappings/news.toml").write_text(MAPPING.format(type="story"))

    found = room.run()

    assert found.totals["created"] == 1, found
    kinds = types(site)
    assert (kinds["By hand"], kinds["Story 8"]) == ("story", "story")
    assert "By hand AGAIN" not in kinds


def test_posts_of_a_type_that_is_gone_are_left_alone(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """A theme that is switched off takes its type along: that is nobody's decision."""
    desk = room.desk
    stories = Story(number=1), Story(number=2)
    open_desk(desk, kiosk, "story", *stories, more="[pacing]\nper_run = 9\n")
    mapping = desk.directory / "mappings/news.toml"
    mapping.write_text(mapping.read_text().replace('"publish"', '"draft"'))
    room.run()
    kiosk.put("/feed", rss(*(Story(number=n, title=f"New {n}", body=OTHER) for n in (1, 2))))
    hiding = site.add_mu_plugin(
        "hiding",
        "add_action('init', fn() => unregister_post_type('story'), 99);",
    )
    try:
        refused = room.desk.sync("--allow", "all")
        mapping.write_text('[post]\nstatus = "publish"\n')
        blind = room.run()
    finally:
        hiding.unlink()
    mapping.write_text(MAPPING.format(type="story").replace('"publish"', '"draft"'))
    kiosk.put("/feed", rss(*(Story(number=n, title=f"Last {n}", body=OTHER) for n in (1, 2))))
    back = room.run()

    assert refused.code == 3
    assert "news.toml:3: post.type: the site has no post type 'story'" in refused.out
    assert not {"trashed", "created"} & set(blind.totals), blind
    assert "shows no post type 'story' any more" in told(blind)
    assert back.totals == {"updated": 2}, back
    assert types(site) == {"Last 1": "story", "Last 2": "story"}


@pytest.mark.parametrize(
    ("kind", "cause", "cure"),
    [
        pytest.param("stroy", "no post type 'stroy', did you mean 'story'?", "", id="misspelt"),
        pytest.param("brief", "does not show the post type 'brief' in REST", "xmlrpc", id="hidden"),
        pytest.param("memo", "may not edit posts of the type 'memo'", "role", id="no right"),
    ],
)
def test_type_that_can_not_be_made_is_told_before_anything_is_written(
    desk: Desk, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, kind: str, cause: str, cure: str
) -> None:
    """By file, line and key: doctor says it with the cure, and a run ends with it."""
    open_desk(desk, kiosk, kind, Story(number=1))
    monkeypatch.setenv("WP_SYNC_PASSWORD", desk.password)

    result = examine(desk.directory / "config.toml", Screen(face=Face(json=True)))

    (rights,) = (one for one in result.data["checks"] if one["check"] == "rights")
    assert rights["state"] == "failed"
    assert "news.toml:3: post.type: " in rights["message"]
    assert cause in rights["message"]
    assert cure in rights["cure"]


def open_targets(site: WordPress) -> Iterator[Target]:
    """Open the site over each API with two types beside posts in use, and a twin in memory."""
    editor, types = site.users["editor"], ("story", "notice")
    root = discover(site.url)
    login = editor.login, editor.application_password
    yield RestTarget(RestApi(root.root, *login), root, types=types)
    yield XmlRpcTarget(XmlRpcApi(f"{site.url}/xmlrpc.php", *login), types=types)
    twin = MemoryTarget()
    bare = frozenset({"title", "editor"})
    twin.kinds |= {
        "story": PostType(name="story", taxonomies=frozenset({"category", "desk"})),
        "notice": PostType(name="notice", taxonomies=frozenset(), supports=bare),
    }
    yield twin


@pytest.mark.parametrize("number", range(3), ids=["rest", "xmlrpc", "memory"])
def test_targets_know_posts_of_all_types_in_use(
    site: WordPress,
    desk: Desk,  # noqa: ARG001 (which tidies up)
    number: int,
) -> None:
    """By id, slug, words, change and status; a post is written where it is, whatever is said."""
    target = list(open_targets(site))[number]
    identity = target.identify()
    texts = {"title": "Rain", "body": "<p>Hailstones.</p>", "slug": "rain", "status": "draft"}
    names = ("post", "story", "notice")
    begun = datetime.now(UTC) - timedelta(minutes=1)

    made = target.create_posts([{**texts, "type": name} for name in names])
    posts = [one for one in made if isinstance(one, SitePost)]
    ids = [one.wp_id for one in posts]
    again = list(open_targets(site))[number] if number < 2 else target
    again.identify()

    assert [one.type for one in posts] == [*names], made
    assert {one.type for one in again.find_posts(["rain"])} == {*names}
    assert {one.wp_id for one in again.find_posts(["rain"])} == {*ids}
    read = {one.wp_id: one for one in again.read_posts([*ids, 999_999])}
    assert {wp_id: one.type for wp_id, one in read.items()} == dict(zip(ids, names, strict=True))
    assert "excerpt" not in read[ids[2]].values
    assert "categories" not in read[ids[2]].values
    assert "tags" not in read[ids[1]].values
    listed = [one.wp_id for one in again.list_posts(ids[0] - 1)]
    assert listed == sorted(ids, reverse=True)
    assert {one.wp_id for one in again.read_waiting()} >= {*ids}
    assert again.waiting_ids() >= {*ids}
    assert {one.wp_id for one in again.search_posts(["hailstones"])} == {*ids}
    assert {one.wp_id for one in again.changed_since(begun)} >= {*ids}
    updated = again.update_post(ids[2], {"title": "Sun", "tags": (), "excerpt": "x"})
    assert (updated.type, updated.values["title"]) == ("notice", "Sun")
    assert again.read_revisions(ids[2]) == () or number == 2
    assert again.trash_post(ids[1]).status == "trash"
    kind = again.read_types()["notice"]
    assert {"excerpt", "featured", "categories", "tags"} <= set(kind.lacks)
    refused = again.create_posts([{**texts, "type": "stroy"}])
    assert isinstance(refused[0], RejectedError)
    assert identity.user_id
