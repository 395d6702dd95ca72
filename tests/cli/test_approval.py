"""login --browser: WordPress's own page, a real browser, and one answer to this machine."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from terminal import open_terminal
from wp_admin import log_in

from wp_sync.cli.approval import await_approval, open_mailbox, page_address
from wp_sync.cli.options import Face
from wp_sync.cli.output import Screen
from wp_sync.errors import UnauthorizedError
from wp_sync.publish.discovery import discover
from wp_sync.publish.login import answers_loopback

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from desk import Desk
    from selenium.webdriver import Chrome

    from wp_sync.cli.approval import Mailbox
    from wp_sync.sandbox.wordpress import WordPress

FILE = "wp-sync-password"
OPENER = '#!/bin/sh\nprintf %s "$1" > "{place}.draft" && mv "{place}.draft" "{place}"\n'
ANSWER = "?site_url=x&user_login=editor&password=abcdEFGH"


def start(desk: Desk) -> tuple[subprocess.Popen[str], str]:
    """Start the login; return it, and the address that it had the browser open."""
    place = desk.directory / "opened"
    opener = desk.directory / "opener"
    opener.write_text(OPENER.format(place=place))
    opener.chmod(0o755)
    desk.environ["BROWSER"] = str(opener)
    process = desk.start("login", "--browser")
    end = time.monotonic() + 60
    while not place.exists():
        assert time.monotonic() < end
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    return process, place.read_text()


def press(browser: Chrome, button: str, until: str) -> None:
    """Press a button of WordPress's page, and wait for ours."""
    browser.find_element(By.ID, button).click()
    WebDriverWait(browser, 30).until(lambda page: page.title == f"wp-sync: {until}")


def test_approved_in_the_browser_it_is_stored_and_works(
    browser: Chrome, wordpress: WordPress, newcomer: Desk
) -> None:
    """The page that is left shows no secret, nor does its address, the opened one or the output."""
    log_in(browser, wordpress, "editor")
    process, address = start(newcomer)
    browser.get(address)
    press(browser, "approve", "Received")

    out, err = process.communicate(timeout=60)

    password = (newcomer.directory / FILE).read_text().strip()
    history = browser.execute_script("return document.referrer + ' ' + location.href")
    assert process.returncode == 0, err
    assert "as editor (editor)" in out
    assert urlsplit(browser.current_url)[2:4] == ("/received", "")
    shown = out + err + address + history + browser.page_source
    assert password not in shown
    assert newcomer.run("doctor").code == 0
    assert re.match(r"wp-sync on .+, \d{4}-", parse_qs(urlsplit(address).query)["app_name"][0])


def test_declined_in_the_browser_nothing_is_stored(
    browser: Chrome, wordpress: WordPress, newcomer: Desk
) -> None:
    """Exit 3 and one word."""
    log_in(browser, wordpress, "editor")
    process, address = start(newcomer)
    browser.get(address)
    press(browser, "reject", "Declined")

    _, err = process.communicate(timeout=60)

    assert process.returncode == 3
    assert "declined in the browser" in err
    assert not (newcomer.directory / FILE).exists()


def test_approved_as_somebody_else_it_is_taken_back(
    browser: Chrome, wordpress: WordPress, newcomer: Desk
) -> None:
    """Nothing is stored, and no password is left on the site."""
    log_in(browser, wordpress, "author")
    process, address = start(newcomer)
    browser.get(address)
    press(browser, "approve", "Received")

    _, err = process.communicate(timeout=60)

    left = wordpress.run_php(
        "foreach (WP_Application_Passwords::get_user_application_passwords("
        "get_user_by('login', 'author')->ID) as $one) echo $one['name'], '|';"
    )
    assert process.returncode == 3
    assert "approved as 'author', and [site] username is 'editor'" in err
    assert not (newcomer.directory / FILE).exists()
    assert "wp-sync on" not in left


def test_without_a_browser_the_address_is_told_and_the_password_pasted(
    newcomer: Desk, spare: str
) -> None:
    """The address holds no secret and no answer to this machine, which nobody could reach."""
    environ = {"WP_SYNC_PASSWORD": "", "PATH": "/nowhere", "BROWSER": "", "DISPLAY": ""}
    terminal = open_terminal(newcomer.directory, "login", "--browser", more=environ)
    terminal.await_text("no browser here")
    terminal.answer("The application password of editor", spare, hidden=True)

    code = terminal.end()

    assert code == 0
    assert "authorize-application.php?app_name=wp-sync" in terminal.shown
    assert "127.0.0.1%3A" not in terminal.shown
    assert (newcomer.directory / FILE).read_text() == f"{spare}\n"


def test_a_site_without_the_page_says_so(newcomer: Desk, wordpress: WordPress) -> None:
    """Application passwords may be switched off."""
    off = "add_filter('wp_is_application_passwords_available', '__return_false');"
    plugin = wordpress.add_mu_plugin("off", off)
    try:
        answer = newcomer.run("login", "--browser")
    finally:
        plugin.unlink()

    assert answer.code == 3
    assert "no page of its own" in answer.err


def test_a_page_on_another_host_is_not_opened(newcomer: Desk, wordpress: WordPress) -> None:
    """People type their wp-admin password there."""
    elsewhere = (
        "add_filter('rest_index', function ($r) { $d = $r->get_data();"
        "$d['authentication']['application-passwords']['endpoints']['authorization'] ="
        "'https://evil.example/wp-admin/'; $r->set_data($d); return $r; }, 99);"
    )
    plugin = wordpress.add_mu_plugin("elsewhere", elsewhere)
    try:
        answer = newcomer.run("login", "--browser")
    finally:
        plugin.unlink()

    assert answer.code == 3
    assert "evil" not in answer.out + answer.err


@pytest.fixture
def mailbox() -> object:
    """Open one for an answer."""
    with open_mailbox() as mailbox:
        yield mailbox


def ask(address: str, method: str = "GET", **headers: str) -> requests.Response:
    return requests.request(method, address, headers=headers, allow_redirects=False, timeout=10)


def test_an_answer_is_taken_once(mailbox: Mailbox) -> None:
    """The browser is sent on to a clean address; a second answer changes nothing."""
    first = ask(mailbox.address("yes") + ANSWER)
    second = ask(mailbox.address("yes") + ANSWER.replace("abcd", "wxyz"))

    assert first.status_code == 303
    assert first.headers["Location"] == "/received"
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert second.status_code == 404
    assert mailbox.approval
    assert mailbox.approval.password.reveal() == "abcdEFGH"


@pytest.mark.parametrize(
    "ask_it",
    [
        pytest.param(lambda m: ask(m.address("yes") + ANSWER, "HEAD"), id="HEAD"),
        pytest.param(lambda m: ask(m.address("yes") + ANSWER, "POST"), id="POST"),
        pytest.param(lambda m: ask(m.address("yes")), id="no answer in it"),
        pytest.param(lambda m: ask(f"{m.address('yes')}?user_login=e&password="), id="empty"),
        pytest.param(lambda m: ask(f"{m.address('yes')}{ANSWER}{'x' * 2000}"), id="too long"),
        pytest.param(lambda m: ask(m.address("yes")[:-8] + "yes" + ANSWER), id="a wrong secret"),
        pytest.param(lambda m: ask(f"http://127.0.0.1:{m.port}/favicon.ico"), id="an icon"),
        pytest.param(lambda m: ask(f"http://127.0.0.1:{m.port}/yes{ANSWER}"), id="no secret"),
        pytest.param(
            lambda m: ask(m.address("yes") + ANSWER, Host="evil.example"), id="another host"
        ),
    ],
)
def test_what_is_no_answer_is_ignored(
    ask_it: Callable[[Mailbox], requests.Response], mailbox: Mailbox
) -> None:
    """The real one is still taken after it."""
    stranger = ask_it(mailbox)
    waiting = not mailbox.answered.is_set()
    ask(mailbox.address("yes") + ANSWER)

    assert stranger.status_code >= 400
    assert waiting
    assert mailbox.approval


def test_a_silent_connection_does_not_stand_in_the_way(mailbox: Mailbox) -> None:
    """Browsers open connections in advance."""
    import socket

    with socket.create_connection(("127.0.0.1", mailbox.port)):
        answer = ask(mailbox.address("no"))

    assert answer.headers["Location"] == "/declined"


def test_nobody_waits_for_ever(wordpress: WordPress, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cause and a cure; the port is closed again."""
    monkeypatch.setenv("BROWSER", "/bin/true")
    root = discover(wordpress.url)  # which starts the thread that ends exchanges
    threads = set(threading.enumerate())  # those of the tests before may end meanwhile

    with pytest.raises(UnauthorizedError, match="no answer came"):
        await_approval(root, Screen(Face(quiet=True)), wait=0.1)

    assert set(threading.enumerate()) <= threads


@pytest.mark.parametrize(
    ("told", "answers"), [("6.5.5", False), ("7.0", True), ("10.1-alpha", True), ("", False)]
)
def test_a_core_tells_its_version_on_its_page(
    wordpress: WordPress,
    told: str,
    answers: bool,  # noqa: FBT001
) -> None:
    """With https only newer ones answer to loopback; who does not tell is asked for a paste."""
    generator = f'<meta name="generator" content="WordPress {told}" />' if told else ""
    plugin = wordpress.add_mu_plugin("told", f"add_filter('the_generator', fn() => '{generator}');")
    root = discover(wordpress.url)
    plugin.unlink()

    assert root.version == told
    assert answers_loopback(replace(root, home="https://example.news")) is answers


def test_a_local_site_answers_to_loopback(wordpress: WordPress) -> None:
    """Without https there are application passwords in the environment "local" only."""
    root = discover(wordpress.url)

    assert answers_loopback(root)
    assert root.version == "6.5.5"
    assert root.authorize_url == f"{wordpress.url}/wp-admin/authorize-application.php"
    assert page_address(root).startswith(f"{root.authorize_url}?app_name=wp-sync+on+")
