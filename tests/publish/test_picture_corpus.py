"""Pillow's own test pictures, those that once crashed or froze it among them: none harms us.

`make setup` fetches them (.ci/corpus.sh). All of the others with WP_SYNC_CORPUS=all.
"""

from __future__ import annotations

import os
import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from wp_sync.errors import ConfinedError, ImageError
from wp_sync.publish.pictures import Wanted, prepare_picture
from wp_sync.sandbox.download import find_cache

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.confine import Confinement

CORPUS = find_cache() / "pillow-13.0.0" / "Tests" / "images"
HOSTILE = re.compile(r"crash|bomb|timeout|oom|oob|overflow")
OTHERS = 1 if os.environ.get("WP_SYNC_CORPUS") == "all" else 25  # one in so many


def list_files() -> list[Path]:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file())
    assert len(files) > 1_000, f"{CORPUS} is not complete: make setup fetches it"
    hostile = [path for path in files if HOSTILE.search(path.name)]
    return [*hostile, *[path for path in files if path not in hostile][::OTHERS]]


def test_no_picture_of_the_corpus_harms_us(confinement: Confinement) -> None:
    """Each comes back as a picture of ours, or is refused by name; the process lives on."""
    files = list_files()
    made: dict[str, Image.Image] = {}
    refused: dict[str, str] = {}

    for path in files:
        name = str(path.relative_to(CORPUS))
        try:
            prepared = confinement.run(
                prepare_picture, path.read_bytes(), Wanted(webp=True), memory_mb=768
            )
        except (ImageError, ConfinedError) as error:
            refused[name] = str(error)
            continue
        with Image.open(BytesIO(prepared.content), formats=("JPEG", "PNG", "WEBP")) as image:
            image.load()
            made[name] = image

    hostile = [str(path.relative_to(CORPUS)) for path in files if HOSTILE.search(path.name)]
    assert len(hostile) >= 41
    assert len(made) + len(refused) == len(files)
    assert made
    assert not [name for name in hostile if name in made and "gif" not in name]
    assert all(refused.values())
    assert confinement.run(len, b"alive") == 5


@pytest.mark.parametrize("step", [1_000])
def test_a_picture_cut_anywhere_is_refused(confinement: Confinement, step: int) -> None:
    """Also in the child, and quickly: it is asked for again another time."""
    body = (CORPUS / "hopper.jpg").read_bytes()

    for end in range(0, len(body) - 64, step):
        with pytest.raises((ImageError, ConfinedError)):
            confinement.run(prepare_picture, body[:end])
