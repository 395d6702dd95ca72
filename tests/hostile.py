"""The whole programme against hostile feeds: every field on its own, with figures.

    python tests/hostile.py [--attacks 300] [--fields body,title] [--core 6.5] [--mutants 10000]

Each field gets a site of its own, to which the real command publishes the attacks as an
administrator. A real browser then reads it, lists it, edits it and reads it again.
`--attacks` is how many of the collection are taken beside all of the libraries' own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "support")]

from attack_browser import STAGE, open_watched, play  # noqa: E402
from attack_site import PLACES, AttackedSite  # noqa: E402
from attack_views import Visitors, find_culprits, look_everywhere  # noqa: E402
from attacks import Attack, choose_attacks, read_attacks  # noqa: E402
from desk import Desk  # noqa: E402
from press import open_kiosk  # noqa: E402
from wordpress_attacks import TRAPS  # noqa: E402

from wp_sync.sandbox.wordpress import start_wordpress  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attack_views import Seen

    from wp_sync.sandbox.php import Database

ALONE = 100  # articles that are opened each for itself; all stand in the archive
PICTURES = 40
MUTATING = (sys.executable, "-m", "pytest", "-q", str(HERE / "attacks/test_mutants.py"))


def main() -> int:
    options = _parse(sys.argv[1:])
    attacks = choose_attacks(read_attacks(), options.attacks)
    own = tuple(Attack(f"wordpress {place}", trap.markup) for place, trap in enumerate(TRAPS))
    _show_control(attacks)
    is_clean = True
    for name in options.fields.split(","):
        started = time.monotonic()
        seen, posts, culprits = _try_field(name, (*own, *attacks), options.core)
        is_clean = is_clean and not culprits
        _tell(name, posts, seen, time.monotonic() - started)
        for culprit in culprits:
            print(f"  {culprit}", flush=True)  # noqa: T201
    if options.mutants:
        environ = {**os.environ, "WP_SYNC_MUTANTS": str(options.mutants)}
        is_clean = not subprocess.call((*MUTATING, "--timeout=7200"), env=environ) and is_clean  # noqa: S603
    return 0 if is_clean else 1


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--attacks", type=int, default=300, help="of the collection's 2,373")
    parser.add_argument("--fields", default=",".join(PLACES))
    parser.add_argument("--core", default=None, help="6.1, 6.5 or 6.8")
    parser.add_argument("--mutants", type=int, default=10_000)
    return parser.parse_args(arguments)


def _show_control(attacks: Sequence[Attack]) -> None:
    with open_kiosk() as kiosk, tempfile.TemporaryDirectory() as profile:
        stage = kiosk.put("/stage", STAGE, "text/html; charset=utf-8")
        with open_watched(Path(profile), [kiosk.place]) as watched:
            ran = {one.attack for one in play(watched, stage, attacks)}
            left = len(watched.what_left())
    known = {one.name for one in attacks}
    print(  # noqa: T201
        f"as they are: {len(ran & known)} of {len(known)} attacks run, {left} requests to others",
        flush=True,
    )


def _try_field(
    name: str, attacks: Sequence[Attack], core: str | None
) -> tuple[dict[str, Seen], int, list[str]]:
    database: Database = "mariadb" if core == "6.1" else "sqlite"
    with (
        start_wordpress(core=core, database=database, empty=True) as site,
        open_kiosk() as kiosk,
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as profile,
    ):
        password = site.users["admin"].application_password
        desk = Desk(directory=Path(folder), site=site.url, username="admin", password=password)
        at = AttackedSite(site=site, kiosk=kiosk, desk=desk)
        at.arm()
        answer = at.publish(attacks, {name: PLACES[name]}, PICTURES)
        if answer.code:
            raise SystemExit(answer.err or answer.out)
        posts = at.posts()
        with open_watched(Path(profile), (urlsplit(site.url).netloc, kiosk.place)) as watched:
            visitors = Visitors(watched=watched, at=at)
            alone = posts[:: max(len(posts) // ALONE, 1)]
            seen = look_everywhere(visitors, alone, at.gather(posts))
            unclean = not all(one.is_clean for one in seen.values())
            return seen, len(posts), find_culprits(visitors, posts) if unclean else []


def _tell(name: str, posts: int, seen: dict[str, Seen], seconds: float) -> None:
    ran, left, trapped = (
        sum(len(getattr(one, what)) for one in seen.values()) for what in ("ran", "left", "trapped")
    )
    pages = sum(one.pages for one in seen.values())
    print(  # noqa: T201
        f"{name}: {posts} articles, {pages} pages in {len(seen)} views: {ran} ran, {left} requests"
        f" to others, {trapped} deeds of WordPress's ({seconds:.0f} s)",
        flush=True,
    )
    for one in seen.values():
        for what in (*one.ran[:3], *one.left[:3], *one.trapped[:3]):
            print(f"  {one.view}: {what}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
