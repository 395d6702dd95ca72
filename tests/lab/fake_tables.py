"""The tables of the small fake WordPress, and the forms in which WordPress keeps values."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import count
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS wp_posts (ID INTEGER PRIMARY KEY AUTOINCREMENT,
    post_author INTEGER, post_date TEXT, post_date_gmt TEXT, post_content TEXT DEFAULT '',
    post_title TEXT DEFAULT '', post_excerpt TEXT DEFAULT '', post_status TEXT,
    comment_status TEXT DEFAULT 'open', ping_status TEXT DEFAULT 'open',
    post_password TEXT DEFAULT '', post_name TEXT DEFAULT '', post_modified_gmt TEXT,
    post_parent INTEGER DEFAULT 0, post_type TEXT DEFAULT 'post', menu_order INTEGER DEFAULT 0,
    post_mime_type TEXT DEFAULT '');
CREATE INDEX IF NOT EXISTS by_name ON wp_posts (post_name);
CREATE INDEX IF NOT EXISTS by_parent ON wp_posts (post_parent, post_type);
CREATE TABLE IF NOT EXISTS wp_postmeta (meta_id INTEGER PRIMARY KEY, post_id INTEGER,
    meta_key TEXT, meta_value TEXT);
CREATE INDEX IF NOT EXISTS by_post ON wp_postmeta (post_id);
CREATE TABLE IF NOT EXISTS wp_terms (term_id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT,
    slug TEXT);
CREATE TABLE IF NOT EXISTS wp_term_taxonomy (term_taxonomy_id INTEGER PRIMARY KEY,
    term_id INTEGER, taxonomy TEXT, description TEXT DEFAULT '', parent INTEGER DEFAULT 0,
    count INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS wp_term_relationships (object_id INTEGER, term_taxonomy_id INTEGER,
    PRIMARY KEY (object_id, term_taxonomy_id));
CREATE TABLE IF NOT EXISTS wp_users (ID INTEGER PRIMARY KEY, user_login TEXT,
    user_nicename TEXT, user_email TEXT, display_name TEXT, role TEXT);
"""
USERS = (
    (1, "admin", "administrator", "admin"),
    (2, "editor", "editor", "Editor"),
    (3, "author", "author", "Author"),
    (4, "tom-becker", "author", "Tom Becker"),
    (5, "sarah-taylor", "author", "Sarah Taylor"),
)
TAXONOMIES = {"categories": "category", "tags": "post_tag"}
FLOATING = "0000-00-00 00:00:00"  # the date of a draft that has none yet
WAITING = frozenset({"draft", "pending"})
TRASHED = "__trashed"
COLUMNS = {
    "title": "post_title",
    "content": "post_content",
    "excerpt": "post_excerpt",
    "status": "post_status",
    "slug": "post_name",
    "author": "post_author",
    "comment_status": "comment_status",
    "ping_status": "ping_status",
    "password": "post_password",
}
TEXTS = ("post_title", "post_content", "post_excerpt")


class RefusalError(Exception):
    """What WordPress says no to."""

    def __init__(self, status: int, code: str, message: str = "", **more: object) -> None:
        super().__init__(code)
        self.status = status
        self.body: dict[str, object] = {
            "code": code,
            "message": message or code.replace("_", " "),
            "data": {"status": status, **more},
        }
        if code == "term_exists":
            self.body["additional_data"] = [more["term_id"], more["term_id"]]


def no_pause(_: str) -> None:
    """Go on."""


def make_slug(text: str) -> str:
    """Do what sanitize_title does to Latin text."""
    text = re.sub(r"<[^>]*>", "", text).lower()
    text = re.sub(r"&[^;\s]+;", "", text).encode("ascii", "ignore").decode()
    text = re.sub(r"[^%a-z0-9 _-]", "", text.replace(".", "-"))
    return re.sub(r"-+", "-", re.sub(r"\s+", "-", text)).strip("-")[:200]


def unique(slug: str, taken: set[str]) -> str:
    numbered = (slug if number == 1 else f"{slug}-{number}" for number in count(1))
    return next(name for name in numbered if name not in taken)


def encode_name(name: str) -> str:
    """Store a term's name as WordPress does: without tags, HTML-encoded."""
    name = " ".join(re.sub(r"<[^>]*>?", "", name).split())
    name = re.sub(r"&(?!(?:#\d+|#x[0-9a-fA-F]+|\w+);)", "&amp;", name)
    return re.sub(r"&amp;(#\d+;)", r"&\1", name).replace(">", "&gt;")


def text_of(value: Any) -> Any:  # noqa: ANN401
    """Take a text, which may also come as {"raw": …}."""
    return value.get("raw", "") if isinstance(value, dict) else value


def read_date(text: str) -> datetime:
    try:
        date = datetime.fromisoformat(text)
    except ValueError as error:
        raise RefusalError(400, "rest_invalid_param", "Invalid parameter(s): date") from error
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


def stamp(moment: datetime | None = None) -> str:
    return f"{(moment or datetime.now(UTC)).astimezone(UTC):%Y-%m-%d %H:%M:%S}"
