"""Fill the cache with a WordPress, its SQLite driver and a classic theme, from packages alone.

Run once, in set-up: `python -m wp_sync.sandbox.download`. Nothing else here uses a network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from wp_sync.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WORDPRESS = "6.5.5"
CORE = f"wordpress-{WORDPRESS}"
DRIVER = "3.0.2"
THEME = "twentytwentyone"  # npm's WordPress has block themes only, whose lists lack bylines
THEMES = Path("usr/share/wordpress/wp-content/themes")  # of Debian's theme packages

BUILDS_PACKAGE = "@wp-playground/wordpress-builds@0.9.19"
DRIVER_PACKAGE = "@wp-playground/cli@3.1.56"
THEME_PACKAGE = f"wordpress-theme-{THEME}"

# The zip leaves out what a browser loads (wp-admin's CSS and JavaScript); the overlay has it.
CORE_ZIP = "package/src/wordpress/wp-6.5.zip"
OVERLAY = "package/public/wp-6.5/"
DRIVER_ZIP = "package/sqlite-database-integration.zip"

# What the zip brings of a site that somebody else installed.
LEFTOVERS = ("wp-config.php", "wp-content/database", "wordpress-remote-asset-paths")

# file -> (expression, expected version): what a complete core says of itself
VERSIONS = {
    "wp-includes/version.php": (r"\$wp_version = '([^']+)'", WORDPRESS),
    "wp-content/plugins/sqlite-database-integration/load.php": (r"Version: (\S+)", DRIVER),
    f"wp-content/themes/{THEME}/style.css": (r"Text Domain: (\S+)", THEME),
}
SOURCES_CURE = "the packages are not those we named: look where npm and apt get theirs"


def find_cache() -> Path:
    """Name the directory of what may be fetched again, as XDG wants it."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wp-sync"


def find_core() -> Path:
    """Name the directory of the cached WordPress, be it there or not."""
    return find_cache() / CORE


def fetch_wordpress(cache: Path, report: Callable[[str], object]) -> Path:
    """Return the cached WordPress, complete or not there at all; `report` gets a line a step."""
    core = cache / CORE
    scratch = core.with_suffix(".part")
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / "wordpress.lock"):
        if not core.is_dir():
            shutil.rmtree(scratch, ignore_errors=True)  # of a fetch that was killed
            scratch.mkdir()
            try:
                _build_core(scratch, report).rename(core)
            finally:
                shutil.rmtree(scratch)
    report(f"WordPress {WORDPRESS} is in {core}")
    return core


def _build_core(scratch: Path, report: Callable[[str], object]) -> Path:
    built = scratch / "wordpress"
    report(f"WordPress {WORDPRESS} from {BUILDS_PACKAGE} (158 MB)")
    _unpack_core(_pack(BUILDS_PACKAGE, scratch), built)
    report(f"SQLite driver {DRIVER} from {DRIVER_PACKAGE}")
    _unpack_driver(_pack(DRIVER_PACKAGE, scratch), built)
    report(f"theme {THEME} from {THEME_PACKAGE}")
    shutil.copytree(_find_theme(scratch), built / "wp-content/themes" / THEME)
    _check_versions(built)
    return built


def _pack(package: str, scratch: Path) -> Path:
    """Fetch an npm package's tarball, whose hash npm checks; npm's own cache keeps no copy."""
    into = scratch / package.split("/")[1]
    into.mkdir()
    cure = "install npm (Debian: apt-get install npm) and let it reach a package registry"
    cache = f"--cache={scratch / 'npm'}"
    _run(("npm", "pack", package, cache, f"--pack-destination={into}"), into, cure)
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


def _find_theme(scratch: Path) -> Path:
    """Take the theme that is installed, else what Debian's package of it holds."""
    installed = Path("/") / THEMES / THEME
    if installed.is_dir():
        return installed
    into = scratch / THEME
    into.mkdir()
    cure = f"install it: apt-get update && apt-get install {THEME_PACKAGE}"
    _run(("apt-get", "download", "-qq", THEME_PACKAGE), into, cure)
    _run(("dpkg-deb", "-x", str(next(into.glob("*.deb"))), "."), into, cure)
    return into / THEMES / THEME


def _run(command: Sequence[str], directory: Path, cure: str) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise SandboxError(f"{command[0]} is missing", cure=cure)
    done = subprocess.run(  # noqa: S603  the commands stand above
        (program, *command[1:]), cwd=directory, capture_output=True, text=True, check=False
    )
    if done.returncode:
        tail = " | ".join(done.stderr.strip().splitlines()[-3:])
        raise SandboxError(f"{' '.join(command[:3])} failed: {tail}", cure=cure)


def _check_versions(built: Path) -> None:
    for name, (expression, expected) in VERSIONS.items():
        path = built / name
        found = re.search(expression, path.read_text("utf-8")) if path.is_file() else None
        version = found[1] if found else "nothing"
        if version != expected:
            raise SandboxError(f"{name} is of {version}, not {expected}", cure=SOURCES_CURE)


if __name__ == "__main__":
    try:
        fetch_wordpress(find_cache(), lambda line: sys.stdout.write(f"{line}\n"))
    except SandboxError as error:
        sys.exit(str(error))
