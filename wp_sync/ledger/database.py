"""The connection to the ledger's database, its version, and its errors. No business words."""

from __future__ import annotations

import errno
import json
import os
import threading
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event, exc, inspect, make_url, or_, text
from sqlalchemy.pool import QueuePool

from wp_sync.batching import batched
from wp_sync.errors import DamagedLedgerError, LedgerError
from wp_sync.model import ItemKey

from .schema import VERSION_TABLE, VERSIONS, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import URL, Connection, Engine, Executable, RowMapping, Select, Table

T = TypeVar("T")

_PATIENCE = 5  # seconds to wait for another process's lock
_BEGIN = "wp_sync_begin"  # execution option: the statement that begins a transaction in SQLite
_CHUNK = 500  # values in one IN: far below the limits of SQLite and PostgreSQL

_MENDING = (
    "put a copy made by `wp-sync ledger backup` in its place, or let `wp-sync ledger rebuild` make"
    " a new one from the site"
)

# How an SQLite error's name, an SQLSTATE, an errno or a type's name begins; the cause; the cure.
_CAUSES = (
    ("SQLITE_BUSY 55P03", "another process holds it", "let it end, or end one that hangs"),
    (
        "SQLITE_READONLY EACCES EROFS",
        "it can't be written",
        "let this user write it and its folder",
    ),
    ("SQLITE_CANTOPEN", "it can't be opened", "check that it is a file which this user may read"),
    ("SQLITE_FULL ENOSPC", "the disk is full", "make room; nothing is half written"),
    ("SQLITE_IOERR", "the disk failed", "check the disk before the next run"),
    ("ENOENT ENOTDIR", "its directory does not exist", "make it, or correct [ledger] url"),
    ("ModuleNotFoundError", "the driver is missing", "pip install 'wp-sync[postgres]'"),
    ("ArgumentError NoSuchModuleError", "[ledger] url is no address", "try sqlite:///wp-sync.db"),
)
_DAMAGE = (
    (
        "SQLITE_NOTADB",
        "it is not an SQLite database, or damaged",
        f"correct [ledger] url; if it was the ledger, {_MENDING}",
    ),
    ("SQLITE_CORRUPT JSONDecodeError ValueError UnicodeDecodeError", "it is damaged", _MENDING),
    # Of the version that it says it has, it lacks a table or a column: SQLite has no better code.
    ("SQLITE_ERROR 42P01 42703", "it is damaged", _MENDING),
)
_FOREIGN = (
    exc.DBAPIError,
    exc.TimeoutError,
    exc.ArgumentError,
    OSError,
    ModuleNotFoundError,
    ValueError,  # of JSON, a moment or UTF-8 that can't be read: no code of ours raises it in here
)


class Database:
    """An open, up-to-date database. Safe among threads: with SQLite, one at a time has it."""

    def __init__(self, url: str, directory: Path, *, create: bool) -> None:
        self._name = "the ledger"
        with self._border():
            place = _resolve(url, directory, create=create)
            self._name = place.render_as_string(hide_password=True).removeprefix("sqlite:///")
            self._engine = _make_engine(place)
        self._writer = self._beginning("BEGIN IMMEDIATE")
        self._open = threading.local()  # .connection: the transaction of `together`
        try:
            self._prepare()
        except LedgerError:
            self.close()
            raise

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        if shared := getattr(self._open, "connection", None):
            yield shared
            return
        with self._border(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that holds the write lock from its beginning, and commit it."""
        if shared := getattr(self._open, "connection", None):
            yield shared
            return
        with self._border(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one commit of what this thread reads and writes in here: each costs a disk's time.

        All of it is kept, or nothing: what is inside must not be caught and gone on after.
        """
        with self.write() as connection:
            self._open.connection = connection
            try:
                yield
            finally:
                self._open.connection = None

    def rows(self, query: Select[Any]) -> Sequence[RowMapping]:
        """Read all rows."""
        with self.read() as connection:
            return connection.execute(query).mappings().all()

    def value(self, query: Select[Any]) -> Any:  # noqa: ANN401
        """Read the first column of the first row, or None."""
        with self.read() as connection:
            return connection.scalar(query)

    def _beginning(self, statement: str) -> Engine:
        """Make a view of the engine whose SQLite transactions begin with this statement."""
        return self._engine.execution_options(**{_BEGIN: statement})

    @contextmanager
    def _border(self) -> Iterator[None]:
        """Turn what database and driver raise into LedgerError."""
        try:
            yield
        except _FOREIGN as error:
            original = getattr(error, "orig", None) or error
            name = getattr(original, "filename", None) or self._name
            code = _code_of(original)
            for kind, causes in ((DamagedLedgerError, _DAMAGE), (LedgerError, _CAUSES)):
                for starts, cause, cure in causes:
                    if code.startswith(tuple(starts.split())):
                        raise kind(f"{name}: {cause}", cure=cure) from error
            first = str(original).strip().partition("\n")[0]
            raise LedgerError(f"{name}: {first}", cure="check [ledger] url") from error

    def _prepare(self) -> None:
        """Bring the tables up to date. Loads Alembic, 380 ms, only when they are behind."""
        self._check_pages()
        with self.read() as connection:
            version = self._version(connection)
        # With a write-ahead log, SQLite before 3.51.3 can lose commits, and a person may have
        # switched it on (https://sqlite.org/wal.html#walresetbug). Not possible in a transaction.
        with self._border(), self._beginning("PRAGMA journal_mode = DELETE").begin():
            pass
        if version != VERSIONS[-1]:
            with self.write() as connection:
                in_memory = self._engine.url.database == ":memory:"
                make = metadata.create_all if in_memory else _migrate
                make(connection)

    def _check_pages(self) -> None:
        """Refuse a damaged file: what it holds would be wrong, or missing."""
        if self._engine.url.get_backend_name() != "sqlite":
            return
        with self.read() as connection:  # 1 s a GB
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if found != "ok" or lost:
            first = str(found if found != "ok" else f"{lost[0]}: a row without its feed")  # type: ignore[index]
            told = first.strip().splitlines()[-1]
            raise DamagedLedgerError(f"{self._name}: it is damaged ({told})", cure=_MENDING)

    def _version(self, connection: Connection) -> str:
        """Return the version of the tables, "" when there are none; refuse what is not for us."""
        tables = inspect(connection).get_table_names()
        if VERSION_TABLE not in tables:
            if tables:
                raise LedgerError(
                    f"{self._name}: it holds the tables of something else",
                    cure="correct [ledger] url; nothing was changed",
                )
            return ""
        version = str(connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")))  # noqa: S608
        if version not in VERSIONS:
            raise LedgerError(
                f"{self._name}: a newer wp-sync made it: its version is {version}, "
                f"the newest known here is {VERSIONS[-1]}",
                cure="install a newer wp-sync; nothing was changed",
            )
        return version


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    update: Iterable[str] = (),
    when_changed: Sequence[str] = (),
) -> None:
    """Insert rows; one that is there gets the columns `update`, if one of `when_changed` differs.

    All rows have the same columns.
    """
    if rows:
        statement = _upsert(connection.dialect.name, table, tuple(update), tuple(when_changed))
        connection.execute(statement, rows)


@lru_cache
def _upsert(
    dialect: str, table: Table, update: tuple[str, ...], when_changed: tuple[str, ...]
) -> Executable:
    """Make the statement once: it takes longer than to carry it out."""
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
    values = {name: insert.excluded[name] for name in update}
    if values:
        differs = [table.c[name].is_distinct_from(insert.excluded[name]) for name in when_changed]
        where = or_(*differs) if differs else None
        made: Executable = insert.on_conflict_do_update(table.primary_key, set_=values, where=where)
    else:
        made = insert.on_conflict_do_nothing(table.primary_key)
    return made


def from_row(kind: type[T], row: Mapping[Any, Any]) -> T:
    """Make a dataclass of the columns that have its fields' names; `key` is feed and guid."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    there = row.keys()  # not all that a value tells is kept
    values = {name: row[name] for name in names if name in there}
    if "key" in names:
        values["key"] = ItemKey(row["feed"], row["guid"])
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut values into pieces that fit into one statement."""
    return batched(values, _CHUNK)


def _resolve(url: str, directory: Path, *, create: bool) -> URL:
    """Complete the path of an SQLite file; a missing one that must not be made is in memory."""
    place = make_url(url)
    if place.get_backend_name() != "sqlite" or place.database in {None, ":memory:"}:
        return place
    file = directory / str(place.database)
    if create:
        _claim(file)
    return place.set(database=str(file) if create or file.exists() else ":memory:")


def _claim(file: Path) -> None:
    """Make the file, for its owner alone; SQLite gives its journal the same mode."""
    # One that is there is not opened: its close() would drop the locks that this process holds on
    # it (POSIX), those of another connection too.
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    if not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))


def _make_engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, json_serializer=_to_json)
    engine = create_engine(
        url,
        json_serializer=_to_json,
        poolclass=QueuePool,  # of one connection: threads wait here and not for the file's lock
        pool_size=1,
        max_overflow=0,
        connect_args={"timeout": _PATIENCE, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401
    # The driver would begin transactions late and end them before DDL: we say BEGIN ourselves
    # (SQLAlchemy's documentation of pysqlite, "Serializable isolation / Savepoints").
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "wp_sync.ledger:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _code_of(error: BaseException) -> str:
    if str(error).startswith("Could not decode to UTF-8"):  # of the driver, which gives no code
        return "UnicodeDecodeError"
    for name in ("sqlite_errorname", "sqlstate"):
        if code := getattr(error, name, None):
            return str(code)
    return errno.errorcode.get(getattr(error, "errno", None) or 0, type(error).__name__)


def _to_json(value: object) -> str:
    # Pure ASCII: a lone surrogate, which feeds do carry, survives as an escape.
    return json.dumps(value, separators=(",", ":"), default=datetime.isoformat)
