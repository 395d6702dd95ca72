"""A real application password goes through every command, and is found nowhere afterwards."""

from __future__ import annotations

import base64
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from desk import Desk, make_password
from oracle import echoes_key, moves_to, no_http, open_oracle, says
from press import Kiosk, Story, picture, rss

from wp_sync.sandbox.wordpress import start_wordpress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.sandbox.wordpress import WordPress

VARIABLE = "WP_SYNC_PASSWORD"
FACES = (("--verbose",), ("--json",))
REDIRECT = """
if (str_contains($_SERVER['REQUEST_URI'], 'wp/v2')) {
    header('Location: http://localhost:9/elsewhere'); http_response_code(302); exit;
}
"""
ECHO_PAGE = """
if (str_contains($_SERVER['REQUEST_URI'], 'users/me')) {
    $sent = $_SERVER['HTTP_AUTHORIZATION'] ?? '';
    http_response_code(500);
    exit('<html><title>' . $sent . base64_decode(substr($sent, 6)) . '</title></html>');
}
"""
ECHO_JSON = """
if (str_contains($_SERVER['REQUEST_URI'], 'users/me')) {
    $sent = $_SERVER['HTTP_AUTHORIZATION'] ?? '';
    http_response_code(403); header('Content-Type: application/json');
    exit(json_encode(['code' => 'no', 'message' => $sent . base64_decode(substr($sent, 6))]));
}
"""
# In the place of a bug: what a crash shows is the stack, and values that were printed for it.
CRASH = """
from wp_sync.publish import rest
def identify(self):
    raise ZeroDivisionError(self, self._api, self._root)
rest.RestTarget.identify = identify
"""


@pytest.fixture(scope="module")
def house() -> Iterator[WordPress]:
    """Share one site: its posts do not matter here."""
    with start_wordpress() as site:
        yield site


@pytest.fixture
def canary(house: WordPress) -> str:
    """Make a password, in the form in which wp-admin shows it."""
    password = make_password(house)
    return " ".join(password[at : at + 4] for at in range(0, len(password), 4))


@pytest.fixture
def mine(house: WordPress, kiosk: Kiosk, tmp_path: Path) -> Desk:
    """Sit down before a fresh site, with one source."""
    photo = kiosk.put("/a.jpg", picture(5), "image/jpeg")
    feed = kiosk.put("/feed", rss(*(Story(number=n, picture=photo) for n in range(9))))
    desk = Desk(directory=tmp_path, site=house.url)
    desk.write(
        f'[[sources]]\nname = "Paper"\nfeeds = ["{feed}"]\nto = ["news"]\n'
        f'allow_private = ["{kiosk.place}"]\n'
    )
    return desk


def forms_of(canary: str) -> tuple[bytes, ...]:
    """List how a password may look on its way."""
    joined = canary.replace(" ", "")
    logins = [base64.b64encode(f"editor:{one}".encode()).decode() for one in (canary, joined)]
    forms = (canary, joined, quote(canary), quote_plus(canary), *logins, joined[:12], canary[:14])
    return tuple(form.encode() for form in forms)


def traces_in(content: bytes | str, canary: str) -> list[bytes]:
    content = content.encode() if isinstance(content, str) else content
    return [form for form in forms_of(canary) if form in content]


def test_no_command_lets_it_out(mine: Desk, canary: str) -> None:
    """Not in text, envelopes or messages; nor in any file but the one that is for it."""
    commands: list[tuple[str, ...]] = [("login",), ("plan",), ("sync", "--allow", "all")]
    commands += [("sync",), ("doctor",), ("status",), ("why", "1"), ("why", "https://none.test")]
    shown = ""
    for command in commands:
        for face in FACES:
            answer = mine.run(*command, *face, piped=canary if command == ("login",) else "")
            assert answer.code in {0, 1}, answer.err
            shown += answer.out + answer.err
    files = {path.name: path.read_bytes() for path in mine.directory.rglob("*") if path.is_file()}
    holders = [name for name, content in files.items() if traces_in(content, canary)]
    ledger = [name for name in files if name.startswith("wp-sync.db")]
    last = mine.run("logout", "--revoke", "--verbose")

    assert "Story 8" in shown
    assert traces_in(shown + last.out + last.err, canary) == []
    assert holders == ["wp-sync-password"]
    assert ledger
    assert last.code == 0
    assert not (mine.directory / "wp-sync-password").exists()


@pytest.mark.parametrize(
    "plugin", [REDIRECT, ECHO_PAGE, ECHO_JSON], ids=["a redirect", "an echo", "an echo in JSON"]
)
@pytest.mark.parametrize("command", ["login", "doctor", "sync"])
def test_no_error_lets_it_out(
    command: str, plugin: str, mine: Desk, canary: str, house: WordPress
) -> None:
    """A site that misbehaves is told of in words that hold nothing of it."""
    if command != "login":
        mine.environ[VARIABLE] = canary

    bad = house.add_mu_plugin("bad", plugin)
    try:
        answers = [mine.run(command, *face, piped=canary) for face in FACES]
    finally:
        bad.unlink()

    shown = "".join(one.out + one.err for one in answers)
    assert all(one.code in {1, 3} for one in answers), shown
    assert traces_in(shown, canary) == []


@pytest.mark.parametrize("command", ["login", "sync"])
def test_no_crash_lets_it_out(command: str, mine: Desk, canary: str) -> None:
    """A traceback shows the stack, and no password."""
    (mine.directory / "sitecustomize.py").write_text(CRASH)
    mine.environ["PYTHONPATH"] = str(mine.directory)
    if command != "login":
        mine.environ[VARIABLE] = canary

    shown, data = (mine.run(command, *face, piped=canary) for face in FACES)

    assert "Traceback" in shown.err
    assert "ZeroDivisionError" in data.out
    whole = "".join(one.out + one.err for one in (shown, data))
    assert traces_in(whole, canary) == []
    assert not (mine.directory / "wp-sync-password").exists()


def test_the_key_of_the_model_is_let_out_nowhere(mine: Desk, canary: str) -> None:
    """Whatever a model's server does with it: not shown, not kept, not sent elsewhere."""
    key = "sk-canary-0Kx7mQ9vTzW2"
    forms = (key, quote(key), base64.b64encode(key.encode()).decode(), key[:12], key[-12:])
    mine.environ[VARIABLE] = canary
    config, shown = mine.directory / "config.toml", ""
    (mine.directory / "key").write_text(key)
    (mine.directory / "key").chmod(0o600)
    with open_oracle(says("no JSON")) as oracle, open_oracle(says("")) as other:
        section = f'[assistant]\nurl = "{oracle.url}"\nmodel = "m"\ntimeout = "60s"\n'
        config.write_text(f'{section}key_file = "key"\n{config.read_text()}')
        moves = moves_to(other.url, 307)
        for behave, *command in (
            (echoes_key, "doctor", "--json"),
            (echoes_key, "plan", "--verbose"),
            (moves, "plan", "--verbose"),
            (no_http, "sync", "--json", "--allow", "all", "--limit", "2"),
        ):
            oracle.behave = behave
            answer = mine.run(*command)
            shown += answer.out + answer.err
        config.write_text(config.read_text().replace('key_file = "key"\n', ""))
        (mine.directory / "key").unlink()
        mine.environ["WP_SYNC_ASSISTANT_KEY"] = key
        oracle.behave = echoes_key
        last = mine.run("sync", "--verbose", "--allow", "all")
        sent = [one.get("Authorization") for one in oracle.headers]
    files = {path.name: path.read_bytes() for path in mine.directory.rglob("*") if path.is_file()}

    assert last.code == 0
    assert set(sent) == {f"Bearer {key}"}
    assert (other.asked, other.others) == ([], [])
    assert "does not accept the key" in shown
    assert [form for form in forms if form in shown + last.out + last.err] == []
    assert [name for name, kept in files.items() if any(f.encode() in kept for f in forms)] == []


def family_of(root: int) -> dict[int, tuple[bytes, bytes]]:
    """Read command line and environment of a process and of all that came of it."""
    family = {root}
    found: dict[int, tuple[bytes, bytes]] = {}
    for entry in sorted(Path("/proc").glob("[0-9]*"), key=lambda one: int(one.name)):
        with suppress(OSError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if int(entry.name) in family or parent in family:
                family.add(int(entry.name))
                command, environ = (entry / "cmdline"), (entry / "environ")
                found[int(entry.name)] = command.read_bytes(), environ.read_bytes()
    return found


def test_no_process_shows_it(mine: Desk, canary: str, kiosk: Kiosk) -> None:
    """No command line has it; the children that parse have it in no environment either."""
    # So long that the children can't have come and gone between two looks at them.
    text = "".join(f"<p>It <b>rains</b> in street {number}.</p>" for number in range(300))
    kiosk.put("/feed", rss(*(Story(number=number, body=text) for number in range(9))))
    mine.environ[VARIABLE] = canary
    process = mine.start("sync", "--allow", "all")
    seen: dict[tuple[int, bytes], bytes] = {}
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        for pid, (command, environ) in family_of(process.pid).items():
            seen[pid, command] = environ
        time.sleep(0.002)
    out, err = process.communicate(timeout=60)

    children = {key: environ for key, environ in seen.items() if b"confine.server" in key[1]}
    assert process.returncode == 0, err
    assert len(children) > 1  # the one that forks, and those that parse
    assert [key for key in seen if traces_in(key[1], canary)] == []
    assert [key for key, environ in children.items() if traces_in(environ, canary)] == []
    assert traces_in(out + err, canary) == []


def test_a_pipe_into_login_shows_it_to_no_process(mine: Desk, canary: str) -> None:
    """Neither its arguments nor its environment hold it, from its beginning to its end."""
    process = mine.start("login", stdin=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(canary)
    process.stdin.close()
    process.stdin = None
    seen: set[tuple[bytes, bytes]] = set()
    while process.poll() is None:
        seen.update(family_of(process.pid).values())
        time.sleep(0.002)
    process.communicate(timeout=60)

    assert process.returncode == 0
    assert any(b"login" in command for command, _ in seen)
    assert [pair for pair in seen if traces_in(pair[0] + pair[1], canary)] == []
