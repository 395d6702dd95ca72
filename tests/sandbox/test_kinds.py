"""Sites of every kind: other versions, MariaDB, directories; and what is refused, with its cure."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from processes import find_processes
from wp_admin import open_block_editor

from wp_sync.errors import SandboxError
from wp_sync.publish.discovery import discover
from wp_sync.sandbox.download import find_core
from wp_sync.sandbox.processes import keep_port
from wp_sync.sandbox.wordpress import WordPress, start_wordpress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

STARTER = """
import time
from wp_sync.sandbox.wordpress import start_wordpress
print(start_wordpress(database="mariadb").directory, flush=True)
time.sleep(60)
"""
TITLES = "SELECT ID, post_title FROM wp_posts WHERE post_type = 'post' ORDER BY ID"


@pytest.fixture(scope="module")
def on_mariadb() -> Iterator[WordPress]:
    """Share one site on MariaDB, of the newest version, in a directory."""
    with start_wordpress(core="6.8", database="mariadb", subdirectory="/blog") as site:
        yield site


def test_mariadb_is_read_as_sqlite_is(on_mariadb: WordPress, wordpress: WordPress) -> None:
    """The same query gives the same rows, numbers as numbers."""
    rows = on_mariadb.sql(TITLES)

    assert rows == [{"ID": 1, "post_title": "Hello world!"}]
    assert rows == wordpress.sql(TITLES)[:1]  # others may have made more on the shared one
    assert "MariaDB" in on_mariadb.sql("SELECT VERSION() AS v")[0]["v"]


@pytest.mark.parametrize("query", ["DELETE FROM wp_posts", "DROP TABLE wp_posts"])
def test_checkers_cannot_write_to_mariadb(on_mariadb: WordPress, query: str) -> None:
    """Reading a site does not change it."""
    with pytest.raises(SandboxError, match="READ ONLY"):
        on_mariadb.sql(query)


def test_mariadb_listens_on_no_network(on_mariadb: WordPress) -> None:
    """Only who may enter the site's directory reaches the database."""
    (port,) = on_mariadb.sql("SELECT @@skip_networking AS off")

    assert port == {"off": 1}
    assert (on_mariadb.directory / "mariadb").stat().st_mode & 0o077 == 0


def test_site_in_a_directory_is_all_below_it(on_mariadb: WordPress) -> None:
    """Its pages, its API and wp-admin; beside it the server has nothing."""
    (hello,) = requests.get(f"{on_mariadb.url}/wp-json/wp/v2/posts", timeout=30).json()
    above = on_mariadb.url.removesuffix("/blog")

    assert on_mariadb.url.endswith("/blog")
    assert re.fullmatch(rf"{on_mariadb.url}/\d+/\d+/\d+/hello-world/", hello["link"])
    assert "Hello world!" in requests.get(hello["link"], timeout=30).text
    assert requests.get(f"{on_mariadb.url}/wp-admin", timeout=30).url.startswith(
        f"{on_mariadb.url}/wp-login.php"
    )
    assert requests.get(f"{above}/wp-json/", timeout=30).status_code == 404
    assert on_mariadb.php_log == ""


def test_block_editor_opens_in_a_directory(browser: Chrome, on_mariadb: WordPress) -> None:
    """Debian's core has all scripts of wp-admin, and finds them below its directory."""
    assert open_block_editor(browser, on_mariadb)
    assert on_mariadb.php_log == ""


def test_front_page_may_stand_above_wordpress() -> None:
    """Discovery finds the API at the root, and wp-admin in the directory."""
    with start_wordpress(subdirectory="/wp", home_at_root=True) as site:
        root = discover(site.url)
        login = requests.get(f"{root.url}/wp-login.php", timeout=30)
        front = requests.get(f"{site.url}/", timeout=30)

    assert (root.root, root.home) == (f"{site.url}/wp-json/", site.url)
    assert root.url == f"{site.url}/wp"
    assert login.status_code == 200
    assert "Hello world!" in front.text


def test_resumed_site_keeps_its_database_and_its_place(tmp_path: Path) -> None:
    """What a directory holds is opened again as it was, whatever is asked for now."""
    place, below = tmp_path / "site", "/blog"
    with keep_port() as kept:  # else another may have it by then
        port = kept.getsockname()[1]
        with start_wordpress(place, port=port, database="mariadb", subdirectory=below) as first:
            first.run_php("wp_insert_post(['post_title' => 'Kept', 'post_status' => 'publish']);")
        with start_wordpress(place) as second:
            titles = [row["post_title"] for row in second.sql(TITLES)]

    assert (second.url, second.database) == (first.url, "mariadb")
    assert titles == ["Hello world!", "Kept"]
    assert find_processes(tmp_path) == []


def test_mariadb_of_a_killed_process_ends_too() -> None:
    """Even SIGKILL leaves neither servers nor directory."""
    with subprocess.Popen((sys.executable, "-c", STARTER), stdout=subprocess.PIPE) as starter:  # noqa: S603
        assert starter.stdout
        directory = Path(starter.stdout.readline().decode().strip())
        running = find_processes(directory)
        starter.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (directory.exists() or find_processes(directory)):
        time.sleep(0.05)

    assert len(running) >= 4
    assert find_processes(directory) == []
    assert not directory.exists()


def test_old_wordpress_on_sqlite_is_refused() -> None:
    """6.1 ends in a fatal error on the SQLite driver: the message says so instead."""
    with pytest.raises(SandboxError, match=r"WordPress 6\.1\.\d+ is too old for SQLite"):
        start_wordpress(core="6.1")


def test_missing_mariadb_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without the server the message is a command to paste."""
    monkeypatch.setattr("wp_sync.sandbox.database.PROGRAM", "mariadbd-that-nobody-has")

    with pytest.raises(SandboxError, match="apt-get install mariadb-server-core php-mysql"):
        start_wordpress(tmp_path / "site", database="mariadb")


def test_long_directory_is_refused_for_its_socket(tmp_path: Path) -> None:
    """A socket's address has 107 bytes: told, and not a puzzle in a log."""
    with pytest.raises(SandboxError, match="take a shorter directory"):
        start_wordpress(tmp_path / ("long" * 20), database="mariadb")


@pytest.mark.parametrize("version", ["6.1", "6.8"])
def test_debian_cores_are_whole(version: str) -> None:
    """All that their links led to is in its place, and nothing of Debian's own set-up."""
    core = find_core(version)
    told = (core / "wp-includes/version.php").read_text("utf-8")

    assert f"$wp_version = '{version}." in told
    assert [path for path in core.rglob("*") if path.is_symlink()] == []
    assert (core / "wp-includes/ID3/getid3.php").is_file()
    assert (core / "wp-includes/js/underscore.min.js").is_file()
    assert not (core / "wp-config.php").exists()
