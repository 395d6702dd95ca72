"""What WordPress, a plugin or an upgrade makes of our texts is no editor's: one write, no loop."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from office import NOON, Office, make_post
from track import Track, open_target, open_track

from wp_sync.sandbox.wordpress import WordPress, start_wordpress

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.model import Outcome, Post

RUNS = 10
# An author's text loses these on its way (kses); blocks are given out and written anew (6.8).
MARKUP = '<p style="position:fixed">It rains & pours.</p><iframe src="https://a.example/"></iframe>'
BLOCKS = (
    '<!-- wp:embed {"url":"https://a.example/?a=1&b=2"}  -->\n<figure>Rain</figure>\n'
    "<!-- /wp:embed -->\n\n<!-- wp:paragraph --><p>It rains.</p>"
)
REWRITING = """
add_filter('rest_prepare_post', function ($answer) {
    $data = $answer->get_data();
    if (isset($data['content']['raw'])) { $data['content']['raw'] .= "\\n<!-- seen -->"; }
    if (isset($data['title']['raw'])) { $data['title']['raw'] .= '!'; }
    $answer->set_data($data);
    return $answer;
});
"""


def simple(number: int, **values: str) -> Post:
    usual = {"body": BLOCKS, "title": f'Rain "and" {number} < 2{"!" * number}'} | values
    when = NOON + timedelta(days=3 * number)  # else one were taken for another
    return make_post(number, date=when, pictures=(), categories=(), tags=(), **usual)


def runs(track: Track, post: Post, times: int = RUNS) -> list[str]:
    """Run as often, and tell what was written and how the runs ended."""
    before = len(track.traffic.writes)
    outcomes = [track.office.run(post)[0].status for _ in range(times)]
    return [f"{len(track.traffic.writes) - before} writes", *dict.fromkeys(outcomes)]


def changed_at_the_source(track: Track, post: Post) -> Outcome:
    later = replace(post, body=f"<p>Later.</p>{post.body}", excerpt="Later")
    (outcome,) = track.office.run(later)
    (again,) = track.office.run(later)
    assert again.status == "unchanged"
    return outcome


@pytest.mark.parametrize(
    ("number", "login", "body"),
    [
        pytest.param(1, "author", MARKUP, id="an author's markup"),
        pytest.param(2, "author", BLOCKS, id="an author's blocks"),
        pytest.param(3, "editor", BLOCKS, id="blocks"),
    ],
)
def test_what_wordpress_made_of_a_text_is_no_edit(
    wordpress: WordPress, tmp_path: Path, number: int, login: str, body: str
) -> None:
    """Ten runs write once; then the source's change arrives, and is written once."""
    with open_track(wordpress, tmp_path, login) as track:
        post = simple(number, body=body)
        made = runs(track, post)
        outcome = changed_at_the_source(track, post)

    assert made == ["1 writes", "created", "unchanged"]
    assert (outcome.status, outcome.warning, outcome.conflicts) == ("updated", "", ())


def test_a_plugin_that_begins_to_rewrite_is_no_editor(
    fresh_wordpress: WordPress, tmp_path: Path
) -> None:
    """Title and text come back otherwise than when we wrote them; nobody has saved."""
    with open_track(fresh_wordpress, tmp_path) as track:
        post = simple(1)
        track.office.run(post)
        track.site.add_mu_plugin("rewriting", REWRITING)
        same = runs(track, post, 3)
        outcome = changed_at_the_source(track, post)
        track.save(outcome.wp_id or 0, title="An editor's")
        (kept,) = track.office.run(replace(post, title="Snow", body="<p>Snow.</p>"))

    assert same == ["0 writes", "unchanged"]
    assert (outcome.status, outcome.conflicts) == ("updated", ())
    assert [one.field for one in kept.conflicts or ()] == ["title"]
    assert track.texts(outcome.wp_id)["body"] == "<p>Snow.</p>"


def test_an_upgrade_of_wordpress_is_no_editor(tmp_path: Path) -> None:
    """From 6.8 on blocks are given out as they would be written anew: the database is the same."""
    old, new, post = tmp_path / "old", tmp_path / "new", simple(1)
    with start_wordpress(new, core="6.8", empty=True):
        pass
    with start_wordpress(old, core="6.5", empty=True) as site:
        office = Office(tmp_path, site=open_target(site))  # type: ignore[arg-type]
        (made,) = office.run(post)
        (before,) = office.site.read_posts([made.wp_id or 0])
    for name in ("wordpress.sqlite", "users.json", "site.json"):
        shutil.copy(old / name, new / name)
    with start_wordpress(new) as site:
        site.run_php("require ABSPATH . 'wp-admin/includes/upgrade.php'; wp_upgrade();")
        office.site = open_target(site)  # type: ignore[assignment]
        (after,) = office.site.read_posts([before.wp_id])
        (same,) = office.run(post)
        (outcome,) = office.run(replace(post, body="<p>Later.</p>"))
        (later,) = office.site.read_posts([before.wp_id])
    office.ledger.close()

    assert after.values["body"] != before.values["body"]
    assert after.modified == before.modified
    assert same.status == "unchanged"
    assert (outcome.status, outcome.conflicts) == ("updated", ())
    assert later.values["body"] == "<p>Later.</p>"
