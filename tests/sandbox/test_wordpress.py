"""The sandbox is a WordPress as its users know it, and leaves nothing behind."""

from __future__ import annotations

import errno
import re
import signal
import socket
import subprocess
import sys
import time
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from processes import find_processes
from wp_admin import open_block_editor

from wp_sync.errors import SandboxError
from wp_sync.sandbox.processes import keep_port, serve_site
from wp_sync.sandbox.wordpress import WordPress, start_wordpress

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from selenium.webdriver import Chrome

    from wp_sync.sandbox.processes import Guard

ROLES = {
    "admin": "administrator",
    "editor": "editor",
    "author": "author",
    "contributor": "contributor",
    "subscriber": "subscriber",
    "sarah-taylor": "author",
}
STARTER = """
import time
from wp_sync.sandbox.wordpress import start_wordpress
print(start_wordpress().directory, flush=True)
time.sleep(60)
"""


def get(site: WordPress, path: str, login: str = "") -> requests.Response:
    auth = (login, site.users[login].application_password) if login else None
    return requests.get(f"{site.url}{path}", auth=auth, timeout=30)


def create(site: WordPress, **post: object) -> dict[str, Any]:
    auth = ("editor", site.users["editor"].application_password)
    answer = requests.post(f"{site.url}/wp-json/wp/v2/posts", json=post, auth=auth, timeout=30)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("login", "role"), ROLES.items(), ids=ROLES)
def test_every_user_logs_in_with_an_application_password(
    wordpress: WordPress, login: str, role: str
) -> None:
    """REST knows each user of the sandbox, in the role that the sandbox says."""
    me = get(wordpress, "/wp-json/wp/v2/users/me?context=edit", login).json()

    assert me["roles"] == [role] == [wordpress.users[login].role]
    assert me["slug"] == wordpress.users[login].slug


def test_house_author_has_a_byline_and_a_biography(wordpress: WordPress) -> None:
    """House authors look like people."""
    me = get(wordpress, "/wp-json/wp/v2/users/me?context=edit", "marc-lavoie").json()

    assert me["name"] == "Marc Lavoie"
    assert "hockey" in me["description"]


def test_home_page_is_styled_by_the_theme(wordpress: WordPress) -> None:
    """A visitor sees the sample post in Twenty Twenty-One, with its style sheet."""
    page = get(wordpress, "/").text
    style = get(wordpress, "/wp-content/themes/twentytwentyone/style.css")

    assert "Hello world!" in page
    assert "Curated news" in page
    assert "/themes/twentytwentyone/style.css" in page
    assert style.headers["Content-Type"].startswith("text/css")


def test_pretty_permalink_leads_to_its_post(wordpress: WordPress) -> None:
    """The link that REST gives is the link that works, and it names this site."""
    (post,) = get(wordpress, "/wp-json/wp/v2/posts?slug=hello-world").json()
    page = requests.get(post["link"], timeout=30)

    assert re.fullmatch(rf"{wordpress.url}/\d+/\d+/\d+/hello-world/", post["link"])
    assert page.status_code == 200
    assert "Hello world!" in page.text


def test_plain_permalinks_answer_by_query(tmp_path: Path) -> None:
    """With plain permalinks /wp-json/ is no REST root, and ?rest_route= is."""
    with start_wordpress(tmp_path / "site", permalinks="plain", empty=True) as site:
        pretty = get(site, "/wp-json/")
        me = get(site, "/?rest_route=/wp/v2/users/me&context=edit", "editor").json()
        posts = get(site, "/?rest_route=/wp/v2/posts&status=any", "editor").json()

    assert "json" not in pretty.headers["Content-Type"]
    assert me["roles"] == ["editor"]
    assert posts == []


def test_login_page_has_its_styles(wordpress: WordPress) -> None:
    """wp-admin is complete: its style sheet is there and is CSS."""
    page = get(wordpress, "/wp-login.php").text
    (sheet,) = re.findall(r"<link rel='stylesheet' href='([^']+)'", page)
    answer = requests.get(unescape(sheet), timeout=30)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/css")
    assert ".login form" in answer.text


@pytest.mark.parametrize("path", ["/.htaccess", "/%2e%2e/users.json", "/wordpress.sqlite"])
def test_private_files_are_not_served(wordpress: WordPress, path: str) -> None:
    """Passwords and the database stand outside of what the server gives out."""
    assert get(wordpress, path).status_code in {400, 403, 404}


def test_directory_without_its_slash_redirects(wordpress: WordPress) -> None:
    """/wp-admin leads to /wp-admin/, as it does under Apache, and on to the login page."""
    answer = get(wordpress, "/wp-admin")

    assert answer.history[0].headers["Location"] == "/wp-admin/"
    assert answer.url.startswith(f"{wordpress.url}/wp-login.php")


def test_passwords_stay_out_of_repr(wordpress: WordPress) -> None:
    """Printing a site tells nobody how to log in."""
    shown = repr(wordpress)

    assert "sarah-taylor" in shown
    assert wordpress.users["admin"].password not in shown
    assert wordpress.users["admin"].application_password not in shown


def test_checkers_see_the_database_and_run_php(fresh_wordpress: WordPress) -> None:
    """What REST wrote can be read by SQL and by PHP, and nothing was complained about."""
    post = create(fresh_wordpress, title="Rain", status="publish")
    rows = fresh_wordpress.sql(f"SELECT post_title FROM wp_posts WHERE ID = {post['id']}")  # noqa: S608
    title = fresh_wordpress.run_php(f"echo get_the_title( {post['id']} );")

    assert rows == [{"post_title": "Rain"}]
    assert title == "Rain"
    assert fresh_wordpress.php_log == ""


def test_mu_plugin_changes_later_answers(fresh_wordpress: WordPress) -> None:
    """A fault can be planted, changed and taken out while the site runs."""
    plugin = fresh_wordpress.add_mu_plugin("fault", "http_response_code( 503 ); exit;")
    broken = get(fresh_wordpress, "/wp-json/").status_code
    fresh_wordpress.add_mu_plugin("fault", "http_response_code( 429 ); exit;")
    changed = get(fresh_wordpress, "/wp-json/").status_code
    plugin.unlink()

    assert (broken, changed) == (503, 429)
    assert get(fresh_wordpress, "/wp-json/").status_code == 200


def test_failing_php_is_an_error_with_its_reason(wordpress: WordPress) -> None:
    """A checker with a fault in it does not pass for an empty answer, nor for the site's fault."""
    before = wordpress.php_log

    with pytest.raises(SandboxError, match="undefined function no_such_function"):
        wordpress.run_php("no_such_function();")
    assert wordpress.php_log == before


def test_sites_do_not_share_posts(wordpress: WordPress, fresh_wordpress: WordPress) -> None:
    """Two sites out of one template are two sites."""
    create(fresh_wordpress, title="Only here", slug="only-here", status="publish")

    assert get(wordpress, "/wp-json/wp/v2/posts?slug=only-here").json() == []


def test_site_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    """The message holds PHP's own complaint, and no server stays behind."""
    with start_wordpress(tmp_path / "site") as site:
        site.add_mu_plugin("fault", "no_such_function();")

    with pytest.raises(SandboxError, match="undefined function no_such_function"):
        start_wordpress(tmp_path / "site")
    assert find_processes(tmp_path) == []


def test_stop_leaves_no_process_and_no_directory() -> None:
    """PHP's workers, which outlive their parent, end as well; a second stop is harmless."""
    site = start_wordpress()
    running = find_processes(site.directory)
    site.stop()
    site.stop()

    assert len(running) >= 3
    assert find_processes(site.directory) == []
    assert not site.directory.exists()


def test_site_of_a_killed_process_ends_too() -> None:
    """Even SIGKILL leaves neither server nor directory."""
    with subprocess.Popen((sys.executable, "-c", STARTER), stdout=subprocess.PIPE) as starter:  # noqa: S603
        assert starter.stdout
        directory = Path(starter.stdout.readline().decode().strip())
        running = find_processes(directory)
        starter.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (directory.exists() or find_processes(directory)):
        time.sleep(0.05)

    assert len(running) >= 3
    assert find_processes(directory) == []
    assert not directory.exists()


def test_resumed_site_keeps_posts_passwords_and_address(tmp_path: Path) -> None:
    """A directory that was given outlives its server, and can be opened again."""
    with keep_port() as kept:  # else another may have it by then
        with start_wordpress(tmp_path / "site", port=kept.getsockname()[1]) as first:
            post = create(first, title="Still here", status="publish")
        with start_wordpress(tmp_path / "site") as second:
            page = get(second, f"/?p={post['id']}")

    assert (second.url, second.users) == (first.url, first.users)
    assert page.url == post["link"]
    assert "Still here" in page.text


def test_a_kept_site_stands_without_the_cache(tmp_path: Path) -> None:
    """It may outlive what it was copied from: nothing in it leads there."""
    with start_wordpress(tmp_path / "site") as kept:
        get(kept, "/")

    assert [path for path in kept.directory.rglob("*") if path.is_symlink()] == []
    assert not (kept.directory / "compiled").exists()


def test_brief_sites_share_the_compiled_core_and_nothing_else(wordpress: WordPress) -> None:
    """What PHP compiles of the core goes to the cache, and of a site's own files to the site."""
    get(wordpress, "/")

    own = {path.name for path in (wordpress.directory / "compiled").rglob("*.bin")}
    template = (wordpress.directory / "www/wp-includes").resolve().parents[1]
    shared = list((template / "compiled").rglob("*.bin"))
    assert {"wp-config.php.bin", "wp-settings.php.bin"} <= own
    assert "post.php.bin" in {path.name for path in shared}
    assert [path for path in shared if wordpress.directory.name in path.parts] == []


def test_a_port_is_kept_until_its_server_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds pass until then, in which others on this machine ask for any port that is free."""
    refused: list[int] = []

    def serve(site: Path, guard: Guard, url: str) -> AbstractContextManager[None]:
        with socket.socket() as other, pytest.raises(OSError, match="in use") as caught:
            other.bind(("127.0.0.1", int(url.rpartition(":")[2])))
        refused.append(caught.value.errno or 0)
        return serve_site(site, guard, url)

    monkeypatch.setattr("wp_sync.sandbox.wordpress.serve_site", serve)
    with start_wordpress() as site:
        assert get(site, "/").ok

    assert refused == [errno.EADDRINUSE]


def test_taken_port_is_refused(wordpress: WordPress) -> None:
    """A port that somebody listens on is named, not silently replaced."""
    port = int(wordpress.url.rpartition(":")[2])

    with pytest.raises(SandboxError, match=f"port {port} is taken"):
        start_wordpress(port=port)


def test_missing_php_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PHP the message is a command to paste."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SandboxError, match=r"apt-get install php-cli .*php-sqlite3"):
        start_wordpress()


def test_missing_core_says_how_to_fetch_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With an empty cache the message names the set-up, and nothing is left in the directory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    with pytest.raises(SandboxError, match="make setup"):
        start_wordpress(tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_block_editor_opens(browser: Chrome, wordpress: WordPress) -> None:
    """An admin can log in and write: wp-admin's scripts are all there."""
    before = wordpress.php_log

    assert open_block_editor(browser, wordpress)
    assert wordpress.php_log == before
