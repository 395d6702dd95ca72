"""What the small fake WordPress holds, and how it is written.

A post's row, its picture and its terms are separate commits, as in WordPress; between them stands
`pause`, at which a fault may strike. The facts are those of a real install, and the target suite
runs against both.
"""

from __future__ import annotations

import hashlib
import html
import re
import sqlite3
import threading
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fake_tables import (
    COLUMNS,
    FLOATING,
    TABLES,
    TAXONOMIES,
    TEXTS,
    TRASHED,
    USERS,
    WAITING,
    RefusalError,
    encode_name,
    make_slug,
    read_date,
    stamp,
    text_of,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Row = dict[str, Any]
Pause = Callable[[str], None]  # gets the stage that is reached


class Site:
    """One site in a SQLite file. Every `commit` block is a transaction of its own."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA journal_mode = MEMORY")
        self._db.executescript(TABLES)
        if not self.rows("SELECT ID FROM wp_users"):
            self.reset()

    def reset(self) -> None:
        """Begin anew: users, and the default category."""
        with self.commit() as run:
            for table in re.findall(r"TABLE IF NOT EXISTS (\w+)", TABLES):
                run(f"DELETE FROM {table}")  # noqa: S608 (our own names)
            run("DELETE FROM sqlite_sequence")
            for wp_id, login, role, name in USERS:
                row = (wp_id, login, login, f"{login}@example.test", name, role)
                run("INSERT INTO wp_users VALUES (?, ?, ?, ?, ?, ?)", *row)
            run("INSERT INTO wp_terms VALUES (1, 'Uncategorized', 'uncategorized')")
            run("INSERT INTO wp_term_taxonomy VALUES (1, 1, 'category', '', 0, 0)")

    @contextmanager
    def commit(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """Give a function that runs SQL; commit what it did."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield lambda sql, *values: self._db.execute(sql, values)
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[Row]:  # noqa: ANN401
        with self._lock:
            return [dict(row) for row in self._db.execute(sql, values)]

    def row(self, wp_id: int, kind: str) -> Row:
        """Return a post, page or attachment; refuse an unknown one."""
        found = self.rows("SELECT * FROM wp_posts WHERE ID = ? AND post_type = ?", wp_id, kind)
        if not found:
            raise RefusalError(404, "rest_post_invalid_id", "Invalid post ID.")
        return found[0]

    def create(self, given: Mapping[str, Any], user: int, kind: str, pause: Pause) -> int:
        """Make a post as wp_insert_post does, then its picture and its terms."""
        now = stamp()
        texts = [str(text_of(given.get(name, ""))).strip() for name in ("title", "content")]
        if not any((*texts, str(text_of(given.get("excerpt", ""))).strip())):
            raise RefusalError(400, "empty_content", "Content, title, and excerpt are empty.")
        row: Row = {
            "post_type": kind,
            "post_status": "draft",
            "post_author": user,
            "post_name": "",
            "post_title": "",
            "post_date": now,
            "post_date_gmt": FLOATING,
        }
        dated = self._apply(row, given)
        row["post_modified_gmt"] = row["post_date_gmt"] if dated else now
        self._settle_status(row, now)
        row["post_name"] = self._slug_for(0, row)
        pause("before row")
        marks = ", ".join("?" * len(row))
        with self.commit() as run:
            sql = f"INSERT INTO wp_posts ({', '.join(row)}) VALUES ({marks})"  # noqa: S608
            wp_id = int(run(sql, *row.values()).lastrowid or 0)
            if not row["post_name"] and row["post_status"] not in WAITING:
                run("UPDATE wp_posts SET post_name = ? WHERE ID = ?", str(wp_id), wp_id)
            if kind == "post":
                run("INSERT INTO wp_term_relationships VALUES (?, 1)", wp_id)
        pause("after row")
        self._relate(wp_id, given, pause)
        return wp_id

    def update(
        self, wp_id: int, given: Mapping[str, Any], user: int, kind: str, pause: Pause
    ) -> None:
        """Change the given fields; any change moves the moment of modification."""
        pause("before row")
        with self.commit() as run:
            row = self.row(wp_id, kind)
            before = dict(row)
            now = stamp()
            self._apply(row, given)
            if before["post_status"] == "trash" != row["post_status"]:
                row["post_name"] = row["post_name"].removesuffix(TRASHED)
            row["post_modified_gmt"] = now
            self._settle_status(row, now)
            row["post_name"] = self._slug_for(wp_id, row)
            names = ", ".join(f"{name} = ?" for name in row)
            run(f"UPDATE wp_posts SET {names} WHERE ID = ?", *row.values(), wp_id)  # noqa: S608
            if any(before[name] != row[name] for name in TEXTS):
                kept = [row[name] for name in TEXTS]
                run(
                    "INSERT INTO wp_posts (post_title, post_content, post_excerpt, post_author,"
                    " post_modified_gmt, post_date, post_date_gmt, post_parent, post_type,"
                    " post_status, post_name)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'revision', 'inherit', ?)",
                    *(*kept, user, now, now, now, wp_id, f"{wp_id}-revision-v1"),
                )
        pause("after row")
        self._relate(wp_id, given, pause)

    def trash(self, wp_id: int, kind: str) -> None:
        with self.commit() as run:
            row = self.row(wp_id, kind)
            if row["post_status"] == "trash":
                message = "The post has already been deleted."
                raise RefusalError(410, "rest_already_trashed", message)
            row["post_status"] = "trash"
            if row["post_name"]:
                row["post_name"] += TRASHED
            slug = self._slug_for(wp_id, row)
            run(
                "UPDATE wp_posts SET post_status = 'trash', post_name = ?, post_modified_gmt = ?"
                " WHERE ID = ?",
                *(slug, stamp(), wp_id),
            )

    def delete(self, wp_id: int, kind: str) -> None:
        self.row(wp_id, kind)
        with self.commit() as run:
            run("DELETE FROM wp_posts WHERE ID = ?", wp_id)
            run("DELETE FROM wp_posts WHERE post_parent = ? AND post_type = 'revision'", wp_id)
            run("DELETE FROM wp_postmeta WHERE post_id = ?", wp_id)
            run("DELETE FROM wp_term_relationships WHERE object_id = ?", wp_id)

    def upload(self, content: bytes, name: str, given: Mapping[str, str], user: int) -> int:
        """Keep an attachment; of its file the hash alone."""
        now, mime = stamp(), "image/png" if name.endswith(".png") else "image/jpeg"
        stem = name.rpartition(".")[0]
        with self.commit() as run:
            wanted = make_slug(given.get("slug") or stem)
            taken = {row["post_name"] for row in self.rows("SELECT post_name FROM wp_posts")}
            wp_id = int(
                run(
                    "INSERT INTO wp_posts (post_title, post_name, post_author, post_date,"
                    " post_date_gmt, post_modified_gmt, post_status, post_type, post_mime_type)"
                    " VALUES (?, ?, ?, ?, ?, ?, 'inherit', 'attachment', ?)",
                    *(given.get("title") or stem, unique(wanted, taken), user, now, now, now, mime),
                ).lastrowid
                or 0
            )
            meta = {
                "_wp_attached_file": name,
                "_wp_attachment_image_alt": given.get("alt_text", ""),
                "_sha256": hashlib.sha256(content).hexdigest(),
            }
            for key, value in meta.items():
                run("INSERT INTO wp_postmeta VALUES (NULL, ?, ?, ?)", wp_id, key, value)
        return wp_id

    def create_term(self, taxonomy: str, given: Mapping[str, Any]) -> int:
        """Make a term; refuse one whose name its parent has already."""
        name, parent = encode_name(str(given["name"])), int(given.get("parent") or 0)
        if not name:
            raise RefusalError(500, "empty_term_name", "A name is required for this term.")
        with self.commit() as run:
            known = self.terms(taxonomy)
            above = next((one for one in known if one["term_id"] == parent), None)
            if parent and not above:
                raise RefusalError(400, "rest_term_invalid", "Parent term does not exist.")
            taken = {one["slug"] for one in known}
            slug = make_slug(str(given.get("slug") or "")) or make_slug(html.unescape(name))
            same = (one for one in known if one["name"].casefold() == name.casefold())
            twin = next((one for one in same if one["parent"] == parent), None)
            if twin and (not given.get("slug") or slug in taken):
                raise RefusalError(400, "term_exists", term_id=twin["term_id"])
            if above and slug in taken:
                slug = f"{slug}-{above['slug']}"
            row = (name, unique(slug, taken))
            made = run("INSERT INTO wp_terms (name, slug) VALUES (?, ?)", *row).lastrowid or 0
            run(
                "INSERT INTO wp_term_taxonomy (term_taxonomy_id, term_id, taxonomy, parent)"
                " VALUES (?, ?, ?, ?)",
                *(made, made, taxonomy, parent),
            )
        return int(made)

    def terms(self, taxonomy: str) -> list[Row]:
        return self.rows(
            "SELECT t.term_id, t.name, t.slug, x.parent, x.count FROM wp_terms t"
            " JOIN wp_term_taxonomy x ON x.term_id = t.term_id WHERE x.taxonomy = ?"
            " ORDER BY t.term_id",
            taxonomy,
        )

    def term_ids(self, wp_id: int, taxonomy: str) -> list[int]:
        rows = self.rows(
            "SELECT x.term_id FROM wp_term_relationships r JOIN wp_term_taxonomy x"
            " ON x.term_taxonomy_id = r.term_taxonomy_id"
            " WHERE r.object_id = ? AND x.taxonomy = ? ORDER BY x.term_id",
            *(wp_id, taxonomy),
        )
        return [row["term_id"] for row in rows]

    def meta(self, wp_id: int, key: str) -> str:
        rows = self.rows(
            "SELECT meta_value FROM wp_postmeta WHERE post_id = ? AND meta_key = ?", wp_id, key
        )
        return str(rows[0]["meta_value"]) if rows else ""

    def _apply(self, row: Row, given: Mapping[str, Any]) -> bool:
        """Put the given values into a row; tell whether they date it."""
        for name, column in COLUMNS.items():
            if name in given:
                row[column] = text_of(given[name])
        row["post_title"] = row["post_title"].strip()
        known = {one[0] for one in USERS}
        if row["post_author"] not in known:
            raise RefusalError(400, "rest_invalid_author", "Invalid author ID.")
        if row["post_status"] not in {*WAITING, "publish", "future", "private", "trash"}:
            raise RefusalError(400, "rest_invalid_param", "Invalid parameter(s): status")
        for name in ("date_gmt", "date"):  # of both, `date` wins
            if name in given:
                date = stamp(read_date(given[name])) if given[name] else FLOATING
                row["post_date_gmt"] = date
                row["post_date"] = stamp() if date == FLOATING else date
        return bool(row["post_date_gmt"] != FLOATING)

    def _settle_status(self, row: Row, now: str) -> None:
        if row["post_date_gmt"] == FLOATING:
            row["post_date"] = now
            if row["post_status"] not in WAITING:
                row["post_date_gmt"] = now
        ahead = row["post_date_gmt"] > now
        if row["post_status"] in {"publish", "future"}:
            row["post_status"] = "future" if ahead else "publish"

    def _slug_for(self, wp_id: int, row: Mapping[str, Any]) -> str:
        slug = make_slug(str(row["post_name"]))
        if not slug and row["post_status"] not in WAITING:
            slug = make_slug(str(row["post_title"])) or (str(wp_id) if wp_id else "")
        others = self.rows(
            "SELECT post_name FROM wp_posts WHERE post_type = ? AND ID != ? AND post_name LIKE ?",
            *(row["post_type"], wp_id, f"{slug}%"),
        )
        return unique(slug, {one["post_name"] for one in others}) if slug else ""

    def _relate(self, wp_id: int, given: Mapping[str, Any], pause: Pause) -> None:
        """Write picture and terms; ids that are not there are left out without a word."""
        if "featured_media" in given:
            self._set_picture(wp_id, int(given["featured_media"]))
            pause("after picture")
        for field, taxonomy in TAXONOMIES.items():
            if field in given:
                ours = {one["term_id"] for one in self.terms(taxonomy)}
                with self.commit() as run:
                    run(
                        "DELETE FROM wp_term_relationships WHERE object_id = ? AND term_taxonomy_id"
                        " IN (SELECT term_taxonomy_id FROM wp_term_taxonomy WHERE taxonomy = ?)",
                        *(wp_id, taxonomy),
                    )
                    for term_id in ours & set(given[field]):
                        run("INSERT INTO wp_term_relationships VALUES (?, ?)", wp_id, term_id)
                pause(f"after {field}")

    def _set_picture(self, wp_id: int, picture: int) -> None:
        is_there = "SELECT ID FROM wp_posts WHERE ID = ? AND post_type = 'attachment'"
        if picture and not self.rows(is_there, picture):
            return
        with self.commit() as run:
            ours = "post_id = ? AND meta_key = '_thumbnail_id'"
            run(f"DELETE FROM wp_postmeta WHERE {ours}", wp_id)  # noqa: S608 (our own words)
            if picture:
                key = "_thumbnail_id"
                run("INSERT INTO wp_postmeta VALUES (NULL, ?, ?, ?)", wp_id, key, str(picture))
