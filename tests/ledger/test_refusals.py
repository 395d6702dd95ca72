"""What is no ledger, or may not be one now, is refused with a reason and left alone."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from processes import run_python

from wp_sync.errors import LedgerError
from wp_sync.ledger import Ledger, open_ledger
from wp_sync.ledger.schema import VERSION_TABLE, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

URL = "sqlite:///wp-sync.db"


@pytest.mark.usefixtures("ledger")
def test_a_newer_ledger_is_refused_and_left_alone(
    tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    """An older wp-sync names the file, both versions and the cure, and changes no byte."""
    file = tmp_path / "wp-sync.db"
    with sqlite3.connect(file) as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9001'")  # noqa: S608
    connection.close()
    before = file.read_bytes()

    with pytest.raises(LedgerError) as caught:
        open_ledger(URL, tmp_path, clock=clock)

    message = str(caught.value)
    assert all(part in message for part in (str(file), "9001", VERSIONS[-1], "install a newer"))
    assert file.read_bytes() == before


def test_the_database_of_something_else_is_refused_and_left_alone(
    tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    """A wrong path in the configuration does not put our tables among theirs."""
    file = tmp_path / "wp-sync.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    connection.close()
    before = file.read_bytes()

    with pytest.raises(LedgerError, match="tables of something else"):
        open_ledger(URL, tmp_path, clock=clock)

    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("sqlite:///text.txt", "not an SQLite database", id="not a database"),
        pytest.param("sqlite:///damaged.db", "damaged", id="damaged"),
        pytest.param("sqlite:///missing/x.db", "directory does not exist", id="no directory"),
        pytest.param("sqlite:///text.txt/x.db", "directory does not exist", id="file as directory"),
        pytest.param("sqlite:///folder", "can't be opened", id="a directory"),
        pytest.param("mongodb://x", "no address", id="unknown database"),
        pytest.param("wp-sync.db", "no address", id="not a URL"),
    ],
)
@pytest.mark.usefixtures("ledger")
def test_what_cannot_be_opened_says_why(
    tmp_path: Path, clock: Callable[[], datetime], url: str, reason: str
) -> None:
    """Each failure is a LedgerError with its cause and a cure, not a driver's exception."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.txt").write_text("not a database, but long enough to be one\n" * 100)
    damaged = bytearray((tmp_path / "wp-sync.db").read_bytes())
    damaged[100:4096] = b"\xff" * 3996
    (tmp_path / "damaged.db").write_bytes(damaged)

    with pytest.raises(LedgerError, match=reason) as caught:
        open_ledger(url, tmp_path, clock=clock)

    assert caught.value.cure


def test_a_password_in_the_address_is_not_shown(
    tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    """The error of a server that can't be reached, or a driver that is missing, hides it."""
    with pytest.raises(LedgerError) as caught:
        open_ledger("postgresql+psycopg://me:s3cret@127.0.0.1:1/x", tmp_path, clock=clock)

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("what", ["file", "directory"])
def test_a_ledger_that_may_not_be_written_is_refused_at_the_start(what: str) -> None:
    """A run must not find out after it has read the feeds; reading alone is still possible."""
    code = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from wp_sync.errors import LedgerError
from wp_sync.ledger import open_ledger
directory, clock = Path(sys.argv[1]), lambda: datetime.now(UTC)
open_ledger("sqlite://", directory, clock=clock).close()  # loads what nobody may not read
if os.geteuid() == 0:
    os.setuid(65534)
with open_ledger("sqlite:///wp-sync.db", directory, clock=clock, create=False) as ledger:
    print(ledger.items.counts())
try:
    open_ledger("sqlite:///wp-sync.db", directory, clock=clock)
except LedgerError as error:
    print(error)
"""
    # Below pytest's own directory, which only its owner may enter.
    directory = Path(tempfile.mkdtemp())
    try:
        open_ledger(URL, directory, clock=lambda: pytest.fail("no time is needed")).close()
        directory.chmod(0o777 if what == "file" else 0o555)
        (directory / "wp-sync.db").chmod(0o444 if what == "file" else 0o666)
        told = run_python(code, str(directory))
    finally:
        directory.chmod(0o700)
        shutil.rmtree(directory)

    assert told.startswith("{}\n")
    assert "can't be written (let this user write" in told


@pytest.fixture
def other_process(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Let another process begin a transaction and keep it."""
    running: list[subprocess.Popen[str]] = []

    def hold(begin: str) -> None:
        code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        code += "c.execute(sys.argv[2]); print('held', flush=True); sys.stdin.read()"
        arguments = [sys.executable, "-c", code, str(tmp_path / "wp-sync.db"), begin]
        process = subprocess.Popen(  # noqa: S603
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout
        assert process.stdout.readline() == "held\n"

    yield hold
    for process in running:
        process.communicate()


def test_a_second_process_is_told_that_the_first_holds_the_ledger(
    tmp_path: Path,
    ledger: Ledger,
    clock: Callable[[], datetime],
    other_process: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Waiting ends with a clear reason; reading goes on beside a writer that has not committed."""
    ledger.close()
    monkeypatch.setattr("wp_sync.ledger.database._PATIENCE", 0.2)
    other_process("BEGIN IMMEDIATE")

    with open_ledger(URL, tmp_path, clock=clock) as ours:
        counts = ours.items.counts()
        with pytest.raises(LedgerError, match="another process holds it"):
            ours.meta.set("a", "b")

    assert counts == {}
