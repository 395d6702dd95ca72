"""The demo where there is no PHP: it ends in pages that show what its manifest promises."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from wp_sync.sandbox.samples import load_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = load_manifest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How the demo ended."""

    code: int
    said: str
    index: Path
    place: Path  # of its temporary files


def run_demo(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it on a machine without PHP, and with its temporary files in one place."""
    environ = {**os.environ, "PATH": str(tmp_path), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "wp_sync", "demo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ)  # noqa: S603


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Run the demo once."""
    place = tmp_path_factory.mktemp("demo")
    done = run_demo(place)
    index = unquote(done.stdout.rpartition("file://")[2].strip())
    yield Told(code=done.returncode, said=done.stdout, index=Path(index), place=place)
    shutil.rmtree(place)


def read(index: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((index.parent / name).read_text(), "lxml")


def test_six_channel_pages_link_every_post(told: Told) -> None:
    """What would stand on the site stands on the pages, each in its channel."""
    index = told.index

    found = {
        channel: {one.text for one in read(index, f"channel-{channel}.html").select("h2 a")}
        for channel in MANIFEST.articles
    }

    assert len(found) == 6
    assert found == {channel: set(titles) for channel, titles in MANIFEST.articles.items()}
    assert told.code == 0


def test_posts_are_free_of_furniture_and_the_originals_are_not(told: Told) -> None:
    """What was taken out is seen beside the post, and not in it."""
    posts = [*(told.index.parent / "posts").iterdir()]
    pages = [BeautifulSoup(post.read_text(), "lxml") for post in posts]
    bodies = "\n".join(one.text for page in pages for one in page.select("#post .body"))
    listed = "\n".join(one.text for page in pages for one in page.select("#taken q"))

    assert [phrase for _, phrase in MANIFEST.furniture if phrase in bodies] == []
    assert sum(phrase in listed for _, phrase in MANIFEST.furniture) >= 5


def test_every_picture_lies_beside_the_pages(told: Told) -> None:
    """Their server ended with the demo."""
    index = told.index
    images = [
        (post.parent / str(image["src"])).resolve()
        for post in (index.parent / "posts").iterdir()
        for image in BeautifulSoup(post.read_text(), "lxml").select("img")
    ]

    assert len(set(images)) >= 20
    assert all(image.is_file() for image in images)


def test_nothing_but_the_pages_stays(told: Told) -> None:
    """The configuration and the ledger of the demo are gone."""
    index = told.index

    assert [*told.place.iterdir()] == [index.parent]


def test_it_says_what_is_missing_and_where_the_pages_are(told: Told) -> None:
    """Who wanted a WordPress learns how to get one."""
    assert "No WordPress here: there is no PHP on the PATH (Debian: apt-get install" in told.said
    assert f"The pages are in {told.index.parent}: file://" in told.said


def test_a_wordpress_that_was_asked_for_is_not_replaced(tmp_path: Path) -> None:
    """Who names one wants to see that one, and hears why not."""
    done = run_demo(tmp_path, "--core", "6.8")

    assert done.returncode == 2
    assert "there is no PHP on the PATH" in done.stderr
