"""feedparser's own corpus: one file in sixteen, or with WP_SYNC_CORPUS=all every one."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from desk import WP_SYNC
from feed_corpus import CorpusFile, Reading, list_files, read_files, serve_corpus

from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wp_sync.confine import Confinement

EVERY = 1 if os.environ.get("WP_SYNC_CORPUS") == "all" else 16
AT_ONCE = 60  # files a child
# A title that is a whole HTML page: what is left of it depends on the sanitiser.
NO_TITLE = {"wellformed/sanitize/entry_title_crazy.xml"}
# An id that is a word, and not an address: feedparser makes an address of it.
NO_LINK = {
    "wellformed/node_precedence/atom10_id.xml",
    "wellformed/atom10/entry_id_with_attributes.xml",
    "wellformed/lang/http_content_language_entry_title_inherit_2.xml",
}
# Entries with the same id and text, or with neither: one item.
REPEATED = {
    "wellformed/lang/entry_content_xml_lang_blank_3.xml",
    "wellformed/node_precedence/atom10_arbitrary_element.xml",
    "wellformed/node_precedence/atom10_id.xml",
    "wellformed/node_precedence/atom10_title.xml",
}


def cut(files: Sequence[CorpusFile]) -> Iterator[Sequence[CorpusFile]]:
    for start in range(0, len(files), AT_ONCE):
        yield files[start : start + AT_ONCE]


def read_all(files: Sequence[CorpusFile], root: str, confinement: Confinement) -> list[Reading]:
    plain = [[tuple(one) for one in some] for some in cut(files)]
    return [
        Reading._make(one)
        for some in plain
        for one in confinement.run(read_files, some, root, memory_mb=900, cpu_seconds=100)
    ]


@pytest.fixture(scope="module")
def files() -> list[CorpusFile]:
    return list_files(EVERY)


def test_every_file_is_read_or_refused_within_limits(
    files: list[CorpusFile], confinement: Confinement
) -> None:
    """No crash and no hang, two seconds of CPU, 300 MB; and the same file again is nothing new."""
    readings = read_all(files, "http://news.example/", confinement)

    assert len(readings) == len(files)
    assert [one.name for one in readings if one.seconds > 2 or one.megabytes > 300] == []
    assert [(one.name, one.changes) for one in readings if one.changes] == []


@pytest.mark.timeout(3_600)  # all of them, on a busy machine
def test_inspect_feed_finds_what_feedparser_finds(
    files: list[CorpusFile], confinement: Confinement, tmp_path: Path
) -> None:
    """The items, titles and links of every well-formed file, as it is served."""
    found: list[dict[str, Any]] = []
    with serve_corpus(files) as root:
        for some in cut(files):
            command = [*WP_SYNC, "inspect", "feed", "--json", *(root + one.name for one in some)]
            done = subprocess.run(  # noqa: S603 (our own command)
                command, cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert done.returncode in {0, 1}, done.stderr
            found += [json.loads(line) for line in done.stdout.splitlines()]
    theirs = read_all(files, root, confinement)

    assert len(found) == len(files)
    wrong = [
        (one.name, *told)
        for answer, one in zip(found, theirs, strict=True)
        for told in differences(answer, one)
    ]
    assert wrong == []


def differences(answer: dict[str, Any], theirs: Reading) -> Iterator[tuple[object, ...]]:
    """Name what one file lacks."""
    if answer["status"] == "error" and not answer["messages"][0]:
        yield ("an error without a word",)
    if not theirs.is_well_formed or theirs.name.startswith(("http/", "compression/")):
        return
    items = answer["data"].get("items", ())
    if len(items) != len(theirs.theirs) and theirs.name not in REPEATED:
        yield "items", len(items), len(theirs.theirs)
    for item, (title, link) in zip(items, theirs.theirs, strict=False):
        if plain_text(item["title"]) != title and theirs.name not in NO_TITLE:
            yield "title", item["title"], title
        if link and item["url"] != link and theirs.name not in NO_LINK:
            yield "link", item["url"], link
