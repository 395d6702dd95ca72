"""Install a core once for each kind of database, and copy a site from what was installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from wp_sync.errors import SandboxError
from wp_sync.hashing import digest

from .database import DIRECTORY, serve_database
from .download import CORES, THEME, VERSION, VERSION_FILE, find_cache, find_core
from .php import COMPILED, SITE, run_php
from .processes import open_guard

if TYPE_CHECKING:
    from collections.abc import Collection

    from .php import Database

TEMPLATE_URL = "http://127.0.0.1:0"  # where nobody can listen
CORE_CURE = "run `make setup` or `python -m wp_sync.sandbox.download --all`"
# Ours on top of any core: both taken from the cached one.
DRIVER = "wp-content/plugins/sqlite-database-integration"
DROP_IN = "wp-content/db.php"
THEME_PATH = f"wp-content/themes/{THEME}"
# What nobody writes into, and most of what PHP compiles: short-lived sites share it.
SHARED = ("wp-includes", DRIVER)
OLDEST_ON_SQLITE = (6, 4)  # the driver's readme; 6.1 ends in a fatal error with it
KEPT_SECONDS = 7 * 86_400  # since a template's last use
DATABASES: dict[Database, str] = {"sqlite": "wordpress.sqlite", "mariadb": DIRECTORY}


def name_core(core: Path | str | None) -> Path:
    """Find a core by its minor version, or by the path of an unpacked one or its zip."""
    if core is None:
        return find_core()
    return find_core(core) if core in CORES else Path(core)


def copy_template(core: Path, database: Database, site: Path, *, is_brief: bool) -> None:
    """Lay a fresh site down, installed under TEMPLATE_URL.

    A brief one, which needs not outlive the template, shares directories and compiled code with it.
    """
    if (site / "www").exists():
        raise SandboxError(f"{site} holds half a WordPress", cure="remove it and start again")
    find_cache().mkdir(parents=True, exist_ok=True)
    with FileLock(find_cache() / "wordpress.lock"):
        template = _make_template(core, database)
    shared = {template / "www" / part for part in SHARED} if is_brief else set()
    _copy_but(template / "www", site / "www", shared)
    for directory in filter(Path.exists, shared):
        (site / directory.relative_to(template)).symlink_to(directory)
    if is_brief:
        _share_compiled(template, site)
    shutil.copy(template / "site.json", site / "site.json")
    stored = template / DATABASES[database]
    copy = shutil.copytree if stored.is_dir() else shutil.copy
    copy(stored, site / stored.name)


def put_below(site: Path, subdirectory: str, *, home_at_root: bool) -> None:
    """Give the server a root of which WordPress is only a directory.

    With `home_at_root` the front page is the root's all the same, as WordPress's handbook tells it
    under "Giving WordPress its own directory".
    """
    below = site / "root" / subdirectory.strip("/")
    below.parent.mkdir(parents=True)
    below.symlink_to(site / "www")
    settings = json.loads((site / "site.json").read_text("utf-8"))
    if home_at_root:
        front = f"<?php\nrequire __DIR__ . '{subdirectory}/index.php';\n"
        (site / "root/index.php").write_text(front, "utf-8")
        settings["below"] = subdirectory
    else:
        settings["url"] += subdirectory
    write_private(site / "site.json", json.dumps(settings))


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read."""
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")


def _copy_but(source: Path, target: Path, left_out: Collection[Path]) -> None:
    def ignore(directory: str, names: list[str]) -> list[str]:
        return [name for name in names if Path(directory, name) in left_out]

    shutil.copytree(source, target, copy_function=_link_or_copy, ignore=ignore)


def _share_compiled(template: Path, site: Path) -> None:
    """Let PHP find what it compiled of the template's files; what it compiles of the site's stays.

    It keeps a file's code in a directory of its version, under the file's whole path.
    """
    for version in (template / COMPILED).iterdir():
        shared = version / template.relative_to("/")
        place = site / COMPILED / version.name / template.relative_to("/")
        place.parent.mkdir(parents=True)
        place.symlink_to(shared)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def _make_template(core: Path, database: Database) -> Path:
    """Install a core once for all starts; once more when it, PHP or our scripts have changed.

    The one before stays for a while: sites of other processes may stand on it.
    """
    origin = core if core.is_file() else core / VERSION_FILE
    ours = (find_core() / part for part in (DRIVER, DROP_IN, THEME_PATH))
    for path in (origin, *ours):
        if not path.exists():
            raise SandboxError(f"no WordPress: {path} is missing", cure=CORE_CURE)
    scripts = [path.read_text("utf-8") for path in sorted(SITE.iterdir())]
    php = Path(shutil.which("php") or "php").stat().st_ctime_ns  # packages bring old times
    mark = [str(core.resolve()), database, origin.stat().st_ctime_ns, scripts, php]
    template = find_cache() / "templates" / digest(mark)
    whole = template / "whole"
    if not whole.is_file():
        shutil.rmtree(template, ignore_errors=True)
        _unpack(core, database, template)
        _install(database, template)
        whole.touch()
        _forget_old(template.parent)
    os.utime(template)
    return template


def _forget_old(templates: Path) -> None:
    for template in templates.iterdir():
        if template.stat().st_mtime < time.time() - KEPT_SECONDS:
            shutil.rmtree(template)


def _unpack(core: Path, database: Database, template: Path) -> None:
    www = template / "www"
    if core.is_file():
        shutil.unpack_archive(core, template / "unpacked", "zip")
        found = next((template / "unpacked").glob("**/wp-includes/version.php"))
        found.parent.parent.rename(www)
    else:
        shutil.copytree(core, www)
    for part in (DRIVER, THEME_PATH):
        shutil.rmtree(www / part, ignore_errors=True)
    shutil.copytree(find_core() / THEME_PATH, www / THEME_PATH)
    (www / DROP_IN).unlink(missing_ok=True)  # while it is there, it is the database
    if database == "sqlite":
        _check_age(www)
        shutil.copytree(find_core() / DRIVER, www / DRIVER)
        shutil.copy(find_core() / DROP_IN, www / DROP_IN)
    shutil.copy(SITE / "wp-config.php", www / "wp-config.php")


def _check_age(www: Path) -> None:
    found = re.search(VERSION, (www / VERSION_FILE).read_text("utf-8"))
    version = found[1] if found else "0"
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < OLDEST_ON_SQLITE:
        message = f"WordPress {version} is too old for SQLite: its driver needs 6.4"
        raise SandboxError(message, cure='take a newer core, or database="mariadb"')


def _install(database: Database, template: Path) -> None:
    settings = {"url": TEMPLATE_URL, "below": "", "salt": "", "database": database}
    write_private(template / "site.json", json.dumps(settings))
    (template / COMPILED).mkdir(mode=0o700)
    install = str(SITE / "install.php")
    if database == "sqlite":
        run_php(template, install)
        return
    with open_guard(None) as guard, serve_database(template, guard):
        run_php(template, install)
    (template / DIRECTORY / "socket").unlink(missing_ok=True)
