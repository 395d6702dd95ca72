"""Fill the cache with WordPress, its SQLite driver and a classic theme, from packages alone.

Run once, in set-up: `python -m wp_sync.sandbox.download` for the demo, with `--all` for the tests.
Nothing else in the sandbox uses a network.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tarfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from wp_sync.errors import SandboxError

from .debian import SUITES, build_core, find_theme, run_program

if TYPE_CHECKING:
    from collections.abc import Callable

WORDPRESS = "6.5.5"
USUAL = "6.5"  # the core that the demo runs on, whose driver and theme all cores are given
DRIVER = "3.0.2"
THEME = "twentytwentyone"  # npm's WordPress has block themes only, whose lists lack bylines

BUILDS_PACKAGE = "@wp-playground/wordpress-builds@0.9.19"
DRIVER_PACKAGE = "@wp-playground/cli@3.1.56"

# The zip leaves out what a browser loads (wp-admin's CSS and JavaScript); the overlay has it.
CORE_ZIP = "package/src/wordpress/wp-6.5.zip"
OVERLAY = "package/public/wp-6.5/"
DRIVER_ZIP = "package/sqlite-database-integration.zip"

# What the zip brings of a site that somebody else installed.
LEFTOVERS = ("wp-config.php", "wp-content/database", "wordpress-remote-asset-paths")

VERSION_FILE = "wp-includes/version.php"
VERSION = r"\$wp_version = '([^']+)'"
# file -> (expression, expected version): what the complete core of the demo says of itself
VERSIONS = {
    VERSION_FILE: (VERSION, WORDPRESS),
    "wp-content/plugins/sqlite-database-integration/load.php": (r"Version: (\S+)", DRIVER),
    f"wp-content/themes/{THEME}/style.css": (r"Text Domain: (\S+)", THEME),
}
SOURCES_CURE = "the packages are not those we named: look where npm and apt get theirs"


def find_cache() -> Path:
    """Name the directory of what may be fetched again, as XDG wants it."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wp-sync"


def find_core(version: str = USUAL) -> Path:
    """Name the directory of a cached core, be it there or not."""
    return find_cache() / _directory(version)


def fetch_wordpress(cache: Path, report: Callable[[str], object], version: str = USUAL) -> Path:
    """Return a cached core, complete or not there at all; `report` gets a line a step."""
    core = cache / _directory(version)
    scratch = core.with_name(f"{core.name}.part")
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / "wordpress.lock"):
        if not core.is_dir():
            shutil.rmtree(scratch, ignore_errors=True)  # of a fetch that was killed
            scratch.mkdir()
            try:
                built = CORES[version](scratch, report)
                _check_version(built, VERSION_FILE, VERSION, version)
                built.rename(core)
            finally:
                shutil.rmtree(scratch)
    report(f"WordPress {WORDPRESS if version == USUAL else version} is in {core}")
    return core


def _directory(version: str) -> str:
    return f"wordpress-{WORDPRESS if version == USUAL else version}"


def _build_usual(scratch: Path, report: Callable[[str], object]) -> Path:
    built = scratch / "wordpress"
    report(f"WordPress {WORDPRESS} from {BUILDS_PACKAGE} (158 MB)")
    _unpack_core(_pack(BUILDS_PACKAGE, scratch), built)
    report(f"SQLite driver {DRIVER} from {DRIVER_PACKAGE}")
    _unpack_driver(_pack(DRIVER_PACKAGE, scratch), built)
    report(f"theme {THEME} from Debian's package of it")
    shutil.copytree(find_theme(THEME, scratch), built / "wp-content/themes" / THEME)
    for name, (expression, expected) in VERSIONS.items():
        _check_version(built, name, expression, expected)
    return built


CORES: dict[str, Callable[[Path, Callable[[str], object]], Path]] = {
    USUAL: _build_usual,
    **{version: partial(build_core, version) for version in SUITES},
}


def _pack(package: str, scratch: Path) -> Path:
    """Fetch an npm package's tarball, whose hash npm checks; npm's own cache keeps no copy."""
    into = scratch / package.split("/")[1]
    into.mkdir()
    cure = "install npm (Debian: apt-get install npm) and let it reach a package registry"
    cache = f"--cache={scratch / 'npm'}"
    run_program(("npm", "pack", package, cache, f"--pack-destination={into}"), into, cure)
    return next(into.glob("*.tgz"))


def _unpack_core(tarball: Path, built: Path) -> None:
    overlaid = []
    with tarfile.open(tarball) as tar:
        for member in tar:
            if member.name == CORE_ZIP:
                tar.extract(member, tarball.parent, filter="data")
            elif member.name.startswith(OVERLAY):
                member.name = member.name.removeprefix(OVERLAY)
                overlaid.append(member)
        shutil.unpack_archive(tarball.parent / CORE_ZIP, built)
        tar.extractall(built, members=overlaid, filter="data")
    for name in LEFTOVERS:
        path = built / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _unpack_driver(tarball: Path, built: Path) -> None:
    """Unpack the plugin and put its drop-in in place, which finds the plugin beside itself."""
    with tarfile.open(tarball) as tar:
        tar.extract(DRIVER_ZIP, tarball.parent, filter="data")
    shutil.unpack_archive(tarball.parent / DRIVER_ZIP, tarball.parent)
    plugin = built / "wp-content/plugins/sqlite-database-integration"
    (tarball.parent / "plugin-sqlite-database-integration").rename(plugin)
    shutil.copy(plugin / "db.copy", built / "wp-content/db.php")


def _check_version(built: Path, name: str, expression: str, expected: str) -> None:
    """Refuse what is of another version; a minor version stands for all its patches."""
    path = built / name
    found = re.search(expression, path.read_text("utf-8")) if path.is_file() else None
    version = found[1] if found else "nothing"
    if version != expected and not version.startswith(f"{expected}."):
        raise SandboxError(f"{name} is of {version}, not {expected}", cure=SOURCES_CURE)


def main(arguments: list[str]) -> None:
    """Fetch what is not cached yet: the demo's core, or with --all those of the tests too."""
    if arguments not in ([], ["--all"]):
        sys.exit("usage: python -m wp_sync.sandbox.download [--all]")
    for version in CORES if arguments else (USUAL,):
        fetch_wordpress(find_cache(), lambda line: sys.stdout.write(f"{line}\n"), version)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SandboxError as error:
        sys.exit(str(error))
