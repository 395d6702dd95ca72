"""Pictures made ready, beside sending the originals: `make bench`.

One WordPress (MariaDB, two PHP workers, 15 image sizes) and one machine for both: the whole command
with 100 articles, each with a picture of 4,000 pixels. `--count` for another number of them.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent / "support"))

from bench_site import EMPTY, judge, say
from desk import Desk
from original_pictures import leave_as_it_is
from PIL import Image, ImageDraw
from press import Kiosk, Story, open_kiosk, rss

from wp_sync.cli.options import Face
from wp_sync.cli.output import Screen
from wp_sync.cli.running import run_pipeline
from wp_sync.pipeline import pictures
from wp_sync.pipeline.options import SyncOptions
from wp_sync.publish.pictures import prepare_picture
from wp_sync.sandbox.wordpress import start_wordpress

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.sandbox.wordpress import WordPress

TWICE = 2.0  # the limit
SIZE = (4000, 3000)
# Beside the six of WordPress's own, as a magazine's theme has them.
SIZES = """
add_action('after_setup_theme', function () {
    $sizes = [[1920, 1080], [1280, 720], [1140, 570], [1000, 600], [750, 536], [680, 450],
        [360, 504], [350, 250]];
    foreach ($sizes as $i => $size) {
        add_image_size("theme-$i", $size[0], $size[1], true);
    }
});
"""
COUNT_SIZES = "echo count(wp_get_registered_image_subsizes());"
STORED = """
    SELECT COUNT(*) AS uploads, COUNT(DISTINCT post_name) AS names
    FROM wp_posts WHERE post_type = 'attachment'
"""
SHOWN = "SELECT COUNT(DISTINCT meta_value) AS n FROM wp_postmeta WHERE meta_key = '_thumbnail_id'"


def photograph(number: int) -> bytes:
    """Draw a scene with grain, of about the size that a camera's file has."""
    chance = random.Random(number)  # noqa: S311 (variety)
    grain = Image.effect_noise((1000, 750), 40).resize(SIZE, Image.Resampling.BILINEAR)
    image = Image.merge("RGB", (grain, grain.point(lambda value: 255 - value), grain))
    pen = ImageDraw.Draw(image)
    for _ in range(30):
        x, y, radius = chance.randrange(SIZE[0]), chance.randrange(SIZE[1]), chance.randrange(400)
        colour = tuple(chance.randrange(256) for _ in range(3))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def publish(kiosk: Kiosk, count: int) -> None:
    stories = []
    for number in range(count):
        address = kiosk.put(f"/{number}.jpg", photograph(number), "image/jpeg")
        stories.append(Story(number=number, title=f"Picture {number}", picture=address))
    sizes = [len(kiosk.pages[f"/{number}.jpg"][2]) for number in range(count)]
    say(f"{count} pictures of {SIZE[0]}x{SIZE[1]}, {sum(sizes) / count / 1e6:.1f} MB each")
    kiosk.put("/feed", rss(*stories))


def sync(site: WordPress, kiosk: Kiosk, count: int, prepare: Callable[..., object]) -> float:
    """Run the whole command; return its seconds."""
    site.run_php(EMPTY)
    editor = site.users["editor"].application_password
    with tempfile.TemporaryDirectory() as place:
        desk = Desk(directory=Path(place), site=site.url, password=editor)
        desk.write(kiosk.source(), f"[safety]\nnew_per_feed = {count}\nfirst_run = {count}")
        os.environ["WP_SYNC_PASSWORD"] = editor
        vars(pictures)["prepare_picture"] = prepare  # as the darkroom finds it
        begun = time.perf_counter()
        options = SyncOptions(allowed=frozenset({"all"}))
        result, _ = run_pipeline(desk.directory / "config.toml", options, Screen(Face(quiet=True)))
        seconds = time.perf_counter() - begun
    (stored,), (shown,) = site.sql(STORED), site.sql(SHOWN)
    say(f"  {result.run.totals}, {stored['uploads']} uploads, {shown['n']} shown")
    if not int(stored["uploads"]) == int(stored["names"]) == int(shown["n"]) == count:
        raise SystemExit("not each picture once")
    return seconds


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--count", type=int, default=100)
    count = asked.parse_args().count
    with start_wordpress(database="mariadb", empty=True) as site, open_kiosk() as kiosk:
        site.add_mu_plugin("sizes", SIZES)
        say(f"{site.run_php(COUNT_SIZES)} image sizes")
        publish(kiosk, count)
        ready = sync(site, kiosk, count, prepare_picture)
        say(f"made ready: {ready:.0f} s, {count / ready:.2f} articles/s")
        originals = sync(site, kiosk, count, leave_as_it_is)
        say(f"originals: {originals:.0f} s, {count / originals:.2f} articles/s")
    holds = judge("made ready, of the originals", originals / ready, TWICE, at_least=True)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
