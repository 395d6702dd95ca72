"""An editor saves between our read and our write: found in the revisions, restored and told.

`WP_SYNC_RACES=100` runs that many; every run of the suite has some of each kind.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
import requests
from bs4 import BeautifulSoup
from track import EDITORS, Track, open_track

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wp_sync.sandbox.wordpress import WordPress

RACES = int(os.environ.get("WP_SYNC_RACES", "6"))
SAVED = (("title",), ("body",), ("excerpt",), ("title", "body", "excerpt"), ("title", "excerpt"))


def save_by_form(site: WordPress, wp_id: int) -> None:
    """Save by the classic form of wp-admin, which sends all it shows."""
    admin, session = site.users["admin"], requests.Session()
    login = {"log": admin.login, "pwd": admin.password}
    session.post(f"{site.url}/wp-login.php", login, allow_redirects=False, timeout=30)
    page = session.get(f"{site.url}/wp-admin/post.php?post={wp_id}&action=edit", timeout=30)
    form = BeautifulSoup(page.text, "lxml").select_one("form#post")
    assert form
    sent = {
        str(one["name"]): str(one.get("value") or one.text)
        for one in form.select("input[name], textarea[name]")
        if one.get("type") not in {"checkbox", "radio", "submit", "button"}
    }
    assert sent["action"] == "editpost"
    sent |= {"post_title": EDITORS["title"], "post_status": "publish", "save": "Update"}
    answer = session.post(f"{site.url}/wp-admin/post.php", sent, allow_redirects=False, timeout=30)
    assert answer.status_code == 302


@pytest.fixture
def track(site: WordPress, tmp_path: Path) -> Iterator[Track]:
    with open_track(site, tmp_path) as track:
        yield track


def expected(saved: tuple[str, ...]) -> dict[str, str]:
    """Tell what a post must hold: what was saved, and of the rest what the source wants."""
    ours = {"title": "Sun", "body": "<p>Sun.</p>", "excerpt": "Sun"}
    return ours | {name: EDITORS[name] for name in saved}


@pytest.mark.parametrize("number", range(RACES))
def test_every_race_is_found_and_what_was_saved_restored(track: Track, number: int) -> None:
    """Whatever field was saved; our other fields arrive, and the next run writes nothing."""
    saved = SAVED[number % len(SAVED)]

    wanted, outcome = track.race(partial(track.save_texts, saved))
    (after,) = track.office.run(wanted)

    told = f"saved at the same moment: their {', '.join(saved)} was restored"
    assert track.texts(outcome.wp_id) == expected(saved)
    assert told in outcome.warning
    assert {one.field for one in outcome.conflicts or ()} == set(saved)
    assert after.status == "unchanged"


def test_a_save_by_the_classic_form_is_restored(track: Track) -> None:
    """Which sends the texts that it does not change, too."""
    track.site.add_mu_plugin(
        "classic", "add_filter('use_block_editor_for_post', '__return_false');"
    )

    _, outcome = track.race(lambda wp_id: save_by_form(track.site, wp_id))

    assert "their title was restored" in outcome.warning
    assert track.texts(outcome.wp_id) == expected(("title",))


def test_a_save_of_terms_alone_is_no_slip(track: Track) -> None:
    """It makes the first revision of a post, in which no text is other than what we read."""
    _, outcome = track.race(lambda wp_id: track.save(wp_id, categories=[1]))

    assert (outcome.status, outcome.warning) == ("updated", "")
    assert track.texts(outcome.wp_id) == expected(())


def test_an_autosave_is_not_restored(track: Track) -> None:
    """An editor has the post open, and has not saved it."""

    def autosave(wp_id: int) -> None:
        track.save(f"{wp_id}/autosaves", content="<p>Half a thought</p>")  # type: ignore[arg-type]

    _, outcome = track.race(autosave)

    assert (outcome.status, outcome.warning) == ("updated", "")
    assert track.texts(outcome.wp_id) == expected(())


def test_the_restored_field_stays_the_editors(track: Track) -> None:
    """Until they set it back to what was there: then it follows its source again."""
    wanted, outcome = track.race(lambda wp_id: track.save(wp_id, title=EDITORS["title"]))
    wp_id = outcome.wp_id or 0

    (kept,) = track.office.run(replace(wanted, title="Snow", body="<p>Snow.</p>"))
    track.save(wp_id, title=f"Rain {wanted.mark}")
    (follows,) = track.office.run(replace(wanted, title="Hail", body="<p>Snow.</p>"))

    assert kept.status == "updated"
    assert "edited on the site and kept: title" in kept.reason
    assert follows.status == "updated"
    assert track.texts(wp_id)["title"] == "Hail"


@pytest.mark.parametrize("keep", [0, 1])
def test_a_site_that_keeps_no_revisions_is_told(
    fresh_wordpress: WordPress, tmp_path: Path, keep: int
) -> None:
    """Nobody could say what slipped between; one revision is our own."""
    fresh_wordpress.add_mu_plugin("few", f"add_filter('wp_revisions_to_keep', fn() => {keep});")
    with open_track(fresh_wordpress, tmp_path) as track:
        wanted, first = track.race(lambda _: None)
        (second,) = track.office.run(replace(wanted, title="Snow"))

    assert (first.status, second.status) == ("updated", "updated")
    assert second.unverified
    assert first.unverified == (keep == 0)


def test_a_race_is_found_where_few_revisions_are_kept(
    fresh_wordpress: WordPress, tmp_path: Path
) -> None:
    """The number of revisions does not grow there: their ids tell."""
    fresh_wordpress.add_mu_plugin("few", "add_filter('wp_revisions_to_keep', fn() => 2);")
    with open_track(fresh_wordpress, tmp_path) as track:
        wanted, first = track.race(lambda wp_id: track.save(wp_id, title=EDITORS["title"]))
        wp_id = first.wp_id or 0
        with track.holding(lambda: track.save(wp_id, content="<p>Mine</p>")):
            (second,) = track.office.run(replace(wanted, body="<p>Hail.</p>"))
        texts = track.texts(first.wp_id)

    assert "their title was restored" in first.warning
    assert "their body was restored" in second.warning
    assert texts == {"title": EDITORS["title"], "body": "<p>Mine</p>", "excerpt": "Sun"}
