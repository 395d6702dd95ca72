"""doctor --write: what reading can't show, found with one draft and one picture that go again."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from breaking import ask_doctor, expect, plugin
from striking import Strike
from watching_proxy import watch

from wp_sync.publish.probe import NAME, TITLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from desk import Desk

    from wp_sync.sandbox.wordpress import WordPress

NO_JPEG = """
add_filter('upload_mimes', fn($types) => array_diff($types, ['image/jpeg']));
"""
OWN_SLUGS = "add_filter('wp_unique_post_slug', fn($slug) => \"own-$slug\");"
ADDS = "add_filter('content_save_pre', fn($body) => $body . '<div><b>Subscribe!</b></div>');"
NO_THUMBNAILS = """
add_filter('rest_pre_insert_post', function ($post, $request) {
    $request['featured_media'] = 0;
    return $post;
}, 10, 2);
"""
KEEPS = "add_filter('pre_delete_post', '__return_false');"
DIES = "add_action('rest_insert_post', fn() => no_such_function());"


def traces(site: WordPress) -> list[str]:
    """Name everything that the site holds in rows and in files."""
    rows = site.sql("SELECT 'post ' || ID || post_type AS row FROM wp_posts")
    rows += site.sql("SELECT 'meta ' || meta_key || post_id AS row FROM wp_postmeta")
    rows += site.sql("SELECT 'term ' || term_id AS row FROM wp_terms")
    uploads = site.directory / "www/wp-content/uploads"
    files = [str(path) for path in uploads.rglob("*") if path.is_file()]
    return sorted([row["row"] for row in rows] + files)


def probes(site: WordPress) -> list[dict[str, Any]]:
    """Read what a probe has left."""
    rows = site.sql(
        "SELECT post_title, post_status FROM wp_posts WHERE post_type IN ('attachment', 'post')"
    )
    return [row for row in rows if row["post_title"].startswith(TITLE)]


def test_nothing_is_left(desk: Desk, wordpress: WordPress) -> None:
    """A healthy site is told so, and holds afterwards what it held before."""
    before = traces(wordpress)

    said = ask_doctor(desk, "--write")

    expect(said, "writing", "ok", "deleted for good", "")
    assert traces(wordpress) == before


def test_doctor_writes_only_when_asked(desk: Desk, wordpress: WordPress) -> None:
    """Without the flag nothing is sent but questions."""
    with watch(wordpress) as traffic:
        said = ask_doctor(desk, url=traffic.url)
        written = traffic.writes.copy()
        ask_doctor(desk, "--write", url=traffic.url)

    assert "writing" not in said.checks
    assert written == []
    assert len(traffic.writes) > 1


def test_what_an_author_may_not_write_is_named(desk: Desk, wordpress: WordPress) -> None:
    """WordPress takes tags out of what users write who lack unfiltered_html."""
    password = wordpress.users["author"].application_password
    before = traces(wordpress)

    said = ask_doctor(desk, "--write", user="author", password=password)

    expect(said, "writing", "warning", "takes out of what is written: time", "role Editor")
    assert traces(wordpress) == before


@pytest.mark.parametrize(
    ("code", "state", "cause", "cure"),
    [
        pytest.param(NO_JPEG, "failed", "refuses JPEG pictures", "upload_mimes", id="type"),
        pytest.param(OWN_SLUGS, "warning", "changes slugs", "slugs of its own", id="slug"),
        pytest.param(
            ADDS, "warning", "puts into what is written: b, div", "adds to the body", id="body"
        ),
        pytest.param(
            NO_THUMBNAILS, "warning", "drops featured images", "post thumbnails", id="featured"
        ),
        pytest.param(DIES, "failed", "fatal error in the mu-plugin odd.php", "off", id="fatal"),
    ],
)
def test_what_goes_wrong_with_writing_is_told(
    code: str, state: str, cause: str, cure: str, desk: Desk, wordpress: WordPress
) -> None:
    """The cause and the cure, and no trace."""
    before = traces(wordpress)

    with plugin(wordpress, code):
        said = ask_doctor(desk, "--write")

    expect(said, "writing", state, cause, cure)
    assert traces(wordpress) == before


def test_an_unwritable_uploads_directory_is_told(desk: Desk, wordpress: WordPress) -> None:
    """Nothing is written, and who must own the directory is said."""
    with without_uploads(wordpress):
        said = ask_doctor(desk, "--write")

    expect(said, "writing", "failed", "can't write into its uploads directory", "chown -R www-data")


def test_a_test_that_stays_is_told(desk: Desk, wordpress: WordPress) -> None:
    """A plugin that forbids deleting leaves the draft, with a name that explains itself."""
    with plugin(wordpress, KEEPS):
        said = ask_doctor(desk, "--write")
    ask_doctor(desk, "--write")

    expect(said, "writing", "failed", "the test can't be deleted (wp/v2/", TITLE)
    assert probes(wordpress) == []


@pytest.mark.parametrize(("write", "made"), [(2, 1), (3, 2), (4, 2), (5, 1)])
def test_a_killed_probe_is_cleared_away_by_the_next(
    write: int, made: int, desk: Desk, wordpress: WordPress
) -> None:
    """At most one draft and one picture stay, both with a clear name, and only until then."""
    before = traces(wordpress)
    with watch(wordpress) as traffic:
        cut = replace(desk, site=traffic.url)
        cut.write("")
        strike = Strike(traffic, write)  # the write in hand goes through to the site
        strike.end(running := cut.start("doctor", "--write"))
        left = probes(wordpress)

    said = ask_doctor(desk, "--write")

    assert running.returncode == -9
    assert len(left) == made
    assert {row["post_status"] for row in left} <= {"draft", "inherit"}
    expect(said, "writing", "ok", "deleted for good", "")
    assert traces(wordpress) == before


def test_a_namesake_of_a_person_stays(desk: Desk, wordpress: WordPress) -> None:
    """A post of the same slug and another title is somebody's own."""
    wp_id = wordpress.run_php(f"""
        echo wp_insert_post(['post_title' => 'Mine', 'post_name' => '{NAME}',
            'post_content' => '{TITLE}', 'post_status' => 'publish']);
    """)

    said = ask_doctor(desk, "--write")

    titles = [row["post_title"] for row in wordpress.sql("SELECT post_title FROM wp_posts")]
    wordpress.run_php(f"wp_delete_post({wp_id}, true);")
    assert "Mine" in titles
    expect(said, "writing", "warning", "changes slugs", "slugs of its own")


@contextmanager
def without_uploads(site: WordPress) -> Iterator[None]:
    """Put a file where the directory should be: the tests' user may write everywhere."""
    uploads: Path = site.directory / "www/wp-content/uploads"
    kept = uploads.with_name("uploads.kept")
    if uploads.exists():
        uploads.rename(kept)
    uploads.write_text("")
    try:
        yield
    finally:
        uploads.unlink()
        if kept.exists():
            kept.rename(uploads)
