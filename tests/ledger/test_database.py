"""Opening the ledger: made once, up to date, never half written."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from processes import run_python
from sqlalchemy import create_engine

from wp_sync.ledger import Ledger, open_ledger
from wp_sync.ledger.schema import VERSION_TABLE, VERSIONS, metadata

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from wp_sync.model import Pull

URL = "sqlite:///wp-sync.db"

# Opens a ledger, pulls a feed, and is killed before statement 1, before statement 2 and so on, up
# to the first child that lives; prints how many were killed.
KILL = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import alembic.command
from sqlalchemy import Engine, event
from wp_sync.ledger import open_ledger
from wp_sync.model import Item, ItemKey, Pull, Validators

phase, root = sys.argv[1], Path(sys.argv[2])
pull = Pull(
    feed="f",
    items=tuple(Item(key=ItemKey("f", str(n)), body_html="x" * 9000) for n in range(300)),
    hashes={str(n): "h" for n in range(300)},
    validators=Validators(url="f", etag="e"),
)

def child(directory, fatal):
    directory.mkdir()
    count = 0

    def tick(*_):
        nonlocal count
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def listen():
        event.listen(Engine, "before_cursor_execute", tick)
        event.listen(Engine, "commit", tick)

    if phase == "open":
        listen()
    ledger = open_ledger("sqlite:///wp-sync.db", directory, clock=lambda: datetime.now(UTC))
    if phase == "pull":
        listen()
    ledger.feeds.record_pull(pull, source="s")
    os._exit(0)

for fatal in range(1, 199):
    pid = os.fork()
    if not pid:
        child(root / str(fatal), fatal)
    if os.WIFEXITED(os.waitpid(pid, 0)[1]):
        print(fatal - 1)
        break
"""


def read(file: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_a_new_ledger_is_for_its_owner_alone(ledger: Ledger, tmp_path: Path) -> None:
    """The file has mode 0600 whatever the umask says."""
    mode = stat.S_IMODE((tmp_path / "wp-sync.db").stat().st_mode)

    assert ledger.runs.last(1) == ()
    assert mode == 0o600


@pytest.mark.usefixtures("ledger")
def test_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    """An empty file that went through every revision is what schema.py describes."""
    engine = create_engine(f"sqlite:///{tmp_path / 'wp-sync.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "target_metadata": metadata}
        )
        difference = compare_metadata(context, metadata)
    engine.dispose()

    assert difference == []


def test_the_versions_known_without_alembic_are_its_revisions() -> None:
    """VERSIONS lists every revision, oldest first, so that none is forgotten at the start."""
    config = Config()
    config.set_main_option("script_location", "wp_sync.ledger:migrations")
    script = ScriptDirectory.from_config(config)
    revisions = [revision.revision for revision in script.walk_revisions()]

    assert tuple(reversed(revisions)) == VERSIONS


def test_a_first_ledger_is_brought_up_to_date_with_its_rows(
    tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    """What an older wp-sync remembered is there, its new columns empty."""
    engine = create_engine(f"sqlite:///{tmp_path / 'wp-sync.db'}")
    config = Config()
    config.set_main_option("script_location", "wp_sync.ledger:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO receipts VALUES ('s', 'f', 'g', 7, '', 'news', 'l', '{}', '{}', '{}',"
            " 'r', 'r', '2026-11-23T12:00:00', '2026-11-23T12:00:00')"
        )
    engine.dispose()

    with open_ledger(URL, tmp_path, clock=clock) as ledger:
        receipts = ledger.posts.by_wp_ids("s", [7])

    assert (receipts[7].link, receipts[7].status, receipts[7].doubt) == ("l", "", "")


@pytest.mark.usefixtures("ledger")
def test_an_up_to_date_ledger_opens_without_alembic(tmp_path: Path) -> None:
    """Alembic takes longer to load than `status` takes altogether."""
    code = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from wp_sync.ledger import open_ledger
with open_ledger("sqlite:///wp-sync.db", Path(sys.argv[1]), clock=lambda: datetime.now(UTC)) as it:
    it.items.counts()
print([name for name in ("alembic", "sqlalchemy.orm", "psycopg") if name in sys.modules])
"""
    loaded = run_python(code, str(tmp_path))

    assert loaded.strip() == "[]"


def test_sqlite_is_set_up_to_lose_nothing(ledger: Ledger) -> None:
    """Rollback journal (no WAL), full synchronisation, foreign keys, patience."""
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with ledger.meta.database.read() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert values == ["delete", 2, 1, 5000]


@pytest.mark.usefixtures("ledger")
def test_a_write_ahead_log_is_switched_off(tmp_path: Path, clock: Callable[[], datetime]) -> None:
    """A person may have switched it on; with it, older SQLite versions lose commits."""
    file = tmp_path / "wp-sync.db"
    before = read(file, "PRAGMA journal_mode = WAL")
    open_ledger(URL, tmp_path, clock=clock).close()

    assert before == [("wal",)]
    assert read(file, "PRAGMA journal_mode") == [("delete",)]


def test_a_missing_ledger_is_empty_when_nothing_may_be_made(
    tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    """`status` before the first run shows nothing and leaves no file behind."""
    with open_ledger(URL, tmp_path, clock=clock, create=False) as ledger:
        counts, story = ledger.items.counts(), ledger.story("7")

    assert (counts, story) == ({}, None)
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_together_make_one_ledger(tmp_path: Path) -> None:
    """The second waits for the first one's migration and finds nothing left to do."""
    code = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from wp_sync.ledger import open_ledger
sys.stdin.readline()
with open_ledger("sqlite:///wp-sync.db", Path(sys.argv[1]), clock=lambda: datetime.now(UTC)) as it:
    it.meta.set(sys.argv[2], "x")
"""
    processes = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", code, str(tmp_path), str(number)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    errors = [process.communicate("go\n")[1] for process in processes]

    assert errors == ["", "", ""]
    assert read(tmp_path / "wp-sync.db", "SELECT count(*) FROM meta") == [(3,)]


def test_a_pull_that_is_killed_leaves_all_or_nothing(tmp_path: Path) -> None:
    """Validators without their items would lose these for ever: the next answer is 304."""
    killed = int(run_python(KILL, "pull", str(tmp_path)))

    states = [
        read(
            tmp_path / str(number) / "wp-sync.db",
            "SELECT (SELECT count(*) FROM feeds WHERE etag = 'e'), (SELECT count(*) FROM items)",
        )
        for number in range(1, killed + 2)
    ]
    assert killed >= 4
    assert states == [[(0, 0)]] * killed + [[(1, 300)]]


def test_a_migration_that_is_killed_is_done_anew(
    tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    """Its tables come in one transaction: the next start finds an empty file."""
    killed = int(run_python(KILL, "open", str(tmp_path)))

    for number in range(1, killed + 1):
        with open_ledger(URL, tmp_path / str(number), clock=clock) as ledger:
            ledger.meta.set("a", "b")
    assert killed > len(metadata.tables)


def test_threads_share_a_ledger(
    ledger: Ledger, make_pull: Callable[..., Pull], tmp_path: Path
) -> None:
    """Calls of several threads queue up; none is lost or refused."""
    with ThreadPoolExecutor(8) as pool:
        pulls = [make_pull("a", "b", feed=f"https://feed.example/{n}") for n in range(24)]
        list(pool.map(lambda pull: ledger.feeds.record_pull(pull, source="News"), pulls))

    assert ledger.items.counts() == {"new": 48}
    assert read(tmp_path / "wp-sync.db", "PRAGMA integrity_check") == [("ok",)]


def test_two_ledgers_that_read_and_write_lose_nothing(
    ledger: Ledger, tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    """A transaction that writes has the lock before it reads what it builds on."""
    with open_ledger(URL, tmp_path, clock=clock) as other, ThreadPoolExecutor(2) as pool:
        calls = [
            pool.submit(one.feeds.record_failure, "f", source="s", reason="r")
            for one in (ledger, other) * 20
        ]
        for call in calls:
            call.result()

    assert ledger.feeds.all()[0].failures == 40
