"""demo without PHP: the posts of the sample sources as pages, for a model site in memory."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import wp_sync
from wp_sync.config import load_config
from wp_sync.model import User
from wp_sync.pipeline.build import open_workshop, utc_now
from wp_sync.pipeline.options import SyncOptions
from wp_sync.pipeline.sync import sync
from wp_sync.publish.memory import MemoryTarget
from wp_sync.sandbox.samples import draw_picture, sample_config, serve_samples

from .output import Result
from .paging import keep_pages
from .planning import pages_line
from .running import exit_code_of, heed_signals, messages_of, run_data, status_of, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.errors import SandboxError
    from wp_sync.pipeline.options import SyncResult

    from .output import Screen

_HOME = "https://model-site.example"  # nobody asks it
_NAMES = ("Sarah Taylor", "Marc Lavoie", "Priya Nair", "Tom Becker")
_USERS = (
    User(wp_id=1, slug="editor", name="Editor"),
    *(
        User(wp_id=number, slug=name.lower().replace(" ", "-"), name=name)
        for number, name in enumerate(_NAMES, 2)
    ),
)
_PICTURES = "pictures"  # the directory beside the pages
_SOURCE = re.compile(r'<img [^>]*?src="([^"]+)"')


def show_pages(missing: SandboxError, screen: Screen) -> Result:
    """Plan the sample sources' posts, and leave the pages that show them."""
    directory = Path(tempfile.mkdtemp(prefix="wp-sync-demo-"))
    screen.say(f"No WordPress here: {missing}. The posts are shown as pages instead.")
    try:
        with tempfile.TemporaryDirectory(prefix="wp-sync-demo-") as desk:
            result, index, signalled = _plan(Path(desk), directory)
    except BaseException:  # also an interrupt: what is left would be half of it
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return Result(
        command="demo",
        status=status_of(result),
        exit_code=exit_code_of(result, signalled),
        data={
            "address": "",
            "missing": str(missing),
            "pages": str(index),
            "sync": run_data(result.run),
        },
        messages=messages_of(result, screen.face),
        text=(summary(result.run, rehearsal=True), pages_line(index)),
    )


def write_config(directory: Path, text: str) -> Path:
    """Write the demo's configuration, with the model site's mappings."""
    path = directory / "config.toml"
    path.write_text(text)
    shutil.copytree(_mappings(), directory / "mappings")
    return path


def _mappings() -> Path:
    """Find the model site's mappings: packaged in a wheel, in the root of a checkout."""
    package = Path(wp_sync.__file__).parent
    packaged = package / "sandbox" / "model_site" / "mappings"
    return packaged if packaged.is_dir() else package.parent / "mappings"


def _plan(desk: Path, directory: Path) -> tuple[SyncResult, Path, int]:
    """Rehearse a sync to a site in memory; return it, the pages' index, and the signal or 0."""
    with serve_samples(utc_now()) as sources, heed_signals() as (stop, received):
        config = load_config(write_config(desk, sample_config(sources, _HOME, "editor")))
        environ = {"WP_SYNC_PASSWORD": "no site asks for it"}
        with open_workshop(config, environ, stop) as shop:
            ours = replace(shop, open_site=lambda: MemoryTarget(home=_HOME, users=_USERS))
            result = sync(ours, SyncOptions(command="demo", dry_run=True, exhibits=True))
        local = dict(_keep_pictures(result, sources.url, directory / _PICTURES))
    return result, keep_pages(config, directory, result, local), next(iter(received), 0)


def _keep_pictures(result: SyncResult, root: str, directory: Path) -> Iterator[tuple[str, str]]:
    """Draw the pictures anew beside the pages: their server ends with the demo."""
    directory.mkdir()
    for url in dict.fromkeys(_addresses(result)):
        name = url.rpartition("/")[2]
        drawn = draw_picture(name) if url.startswith(root) else b""
        if drawn:
            (directory / name).write_bytes(drawn)
            yield url, f"{_PICTURES}/{name}"


def _addresses(result: SyncResult) -> Iterator[str]:
    for one in result.exhibits:
        yield from (picture.url for picture in one.change.post.pictures[:1])
        yield from map(unescape, _SOURCE.findall(one.change.post.body))
