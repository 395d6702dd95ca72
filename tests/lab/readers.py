"""Read a world for the checker: a WordPress's tables, the ledger's, the source farm's log.

The fake has WordPress's own tables, so one reader serves both: it takes a function that runs SQL.
"""

from __future__ import annotations

import hashlib
import html
import json
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from checker import (
    AttachmentRow,
    Delivered,
    ItemRow,
    LedgerRows,
    PostRow,
    TermRow,
    UserRow,
    World,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wp_sync.sandbox.wordpress import WordPress

    Sql = Callable[[str], list[dict[str, Any]]]

POSTS = """
    SELECT p.ID, p.post_name, p.post_status, p.post_title, p.post_content, p.post_excerpt,
        u.user_login,
        (SELECT max(m.meta_value) FROM wp_postmeta m
            WHERE m.post_id = p.ID AND m.meta_key = '_thumbnail_id') AS picture
    FROM wp_posts p LEFT JOIN wp_users u ON u.ID = p.post_author
    WHERE p.post_type = 'post' AND p.post_status != 'auto-draft'
"""
RELATIONS = """
    SELECT r.object_id, x.taxonomy, t.name FROM wp_term_relationships r
    JOIN wp_term_taxonomy x ON x.term_taxonomy_id = r.term_taxonomy_id
    JOIN wp_terms t ON t.term_id = x.term_id
"""
TERMS = """
    SELECT t.term_id, t.name, x.taxonomy, x.parent FROM wp_terms t
    JOIN wp_term_taxonomy x ON x.term_id = t.term_id
    WHERE x.taxonomy IN ('category', 'post_tag')
"""
UPLOADS = """
    SELECT p.ID, p.post_name,
        (SELECT max(m.meta_value) FROM wp_postmeta m
            WHERE m.post_id = p.ID AND m.meta_key = '_wp_attached_file') AS file,
        (SELECT max(m.meta_value) FROM wp_postmeta m
            WHERE m.post_id = p.ID AND m.meta_key = '_sha256') AS sha256
    FROM wp_posts p WHERE p.post_type = 'attachment'
"""
USERS = "SELECT ID, user_login, display_name FROM wp_users"


def run_sql(file: Path, query: str) -> list[dict[str, Any]]:
    """Read a SQLite file, which others may be writing."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query)]


def read_world(
    log: Path, ledger: Path, *, fake: Path | None = None, site: WordPress | None = None
) -> World:
    """Read what a fake's database or a real site holds, beside the log and the ledger."""
    if site:
        uploads = site.directory / "www/wp-content/uploads"
        rows = _read_site(site.sql, lambda name: (uploads / name).read_bytes())
    else:
        assert fake
        rows = _read_site(partial(run_sql, fake), lambda _: b"")
    posts, terms, attachments, users = rows
    return World(
        source_log=read_source_log(log),
        posts=posts,
        terms=terms,
        attachments=attachments,
        users=users,
        ledger=read_ledger(ledger),
    )


def _read_site(
    sql: Sql, file: Callable[[str], bytes]
) -> tuple[
    tuple[PostRow, ...], tuple[TermRow, ...], tuple[AttachmentRow, ...], tuple[UserRow, ...]
]:
    names: dict[tuple[int, str], set[str]] = {}
    for row in sql(RELATIONS):
        of = names.setdefault((int(row["object_id"]), str(row["taxonomy"])), set())
        of.add(html.unescape(str(row["name"])))
    posts = tuple(
        PostRow(
            wp_id=int(row["ID"]),
            slug=str(row["post_name"]),
            status=str(row["post_status"]),
            title=html.unescape(str(row["post_title"])),
            body=str(row["post_content"]),
            excerpt=str(row["post_excerpt"]),
            author=str(row["user_login"]),
            categories=frozenset(names.get((int(row["ID"]), "category"), ())),
            tags=frozenset(names.get((int(row["ID"]), "post_tag"), ())),
            picture=int(row["picture"] or 0),
        )
        for row in sql(POSTS)
    )
    terms = tuple(
        TermRow(
            wp_id=int(row["term_id"]),
            taxonomy=str(row["taxonomy"]),
            name=html.unescape(str(row["name"])),
            parent=int(row["parent"]),
        )
        for row in sql(TERMS)
    )
    attachments = tuple(
        AttachmentRow(
            wp_id=int(row["ID"]),
            slug=str(row["post_name"]),
            sha256=str(row["sha256"] or hashlib.sha256(file(str(row["file"]))).hexdigest()),
        )
        for row in sql(UPLOADS)
    )
    users = tuple(
        UserRow(wp_id=int(row["ID"]), login=row["user_login"], name=row["display_name"])
        for row in sql(USERS)
    )
    return posts, terms, attachments, users


def read_ledger(file: Path) -> LedgerRows:
    """Read items with their receipts, and the intents."""
    if not file.is_file():
        return LedgerRows()
    items = run_sql(
        file,
        "SELECT i.guid, i.state, i.reason, (SELECT max(r.wp_id) FROM receipts r"
        " WHERE r.feed = i.feed AND r.guid = i.guid) AS wp_id FROM items i",
    )
    return LedgerRows(
        items=tuple(
            ItemRow(
                guid=row["guid"],
                state=row["state"],
                reason=row["reason"],
                wp_id=int(row["wp_id"] or 0),
            )
            for row in items
        ),
        intents=tuple(row["guid"] for row in run_sql(file, "SELECT guid FROM intents")),
    )


def read_source_log(log: Path) -> tuple[Delivered, ...]:
    """List the items of all complete answers, each as it was delivered last."""
    items: dict[str, Delivered] = {}
    for told in read_requests(log):
        if told["status"] == 200 and told["whole"]:
            for guid, link, title, picture in told["items"]:
                items[guid] = Delivered(guid=guid, link=link, title=title, picture=picture)
    return tuple(items.values())


def read_requests(log: Path, after: float = 0) -> list[dict[str, Any]]:
    """List what the farm was asked after a moment."""
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return [told for told in lines if told["at"] > after]
