"""WordPress's values and ours, as XML-RPC writes and reads them: the same as REST's, if it can.

What is not the same, for WordPress itself differs (class-wp-xmlrpc-server.php, 6.1 to 6.8):

- A post that waits for its date is told as published: here it is `future` when its date is ahead.
- Bodies come as they are stored; from 6.8 on REST gives blocks written anew. Well-formed blocks
  without "&" in their attributes are equal to the byte.
- XML has no control characters: those that REST let in are not told.
- A draft keeps a slug that another post has; it is numbered when it is published.
- A post has the moment of its creation as its last change, whatever its date.
- An edit makes the local date anew from the other, in the site's time zone of now.
- The time zone has no name: its hours from UTC are those of now, which summer time changes.
- Rights are not told: they are those that WordPress gives a role. The default category is not
  told either.
- Users have the name for their login where their own name in addresses is not told.
- Uploads can't have an alternative text, and their slug is made of the whole file name.
"""

from __future__ import annotations

import html
import re
import xmlrpc.client
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wp_sync.errors import RejectedError
from wp_sync.model import SitePost, Term, User

from .custom import base_of, is_taxonomy, part_of, slug_of, taxonomies_among
from .moments import naive_utc
from .php_values import is_array, part_text, read_array
from .post_types import PLAIN
from .rest_values import defuse, escape, number_of, plain, restore
from .target import Revision

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from .post_types import PostType

Row = Any  # what XML-RPC answers: a struct

POST_FIELDS = [
    "post_name",
    "post_status",
    "post_type",
    "link",
    "post_title",
    "post_content",
    "post_excerpt",
    "post_date_gmt",
    "post_author",
    "post_thumbnail",
    "comment_status",
    "post_modified_gmt",
    "terms",
]
LISTED_FIELDS = ["post_name", "post_status", "post_title", "post_date_gmt", "guid"]
REVISION_FIELDS = [
    "post_author",
    "post_modified_gmt",
    "post_title",
    "post_content",
    "post_excerpt",
]
TAXONOMIES = {"categories": "category", "tags": "post_tag"}

_FLOATS = "00000000"
# WordPress's XML-RPC trims texts (IXR_Message), and XML has no control characters.
_LOST = re.compile(r"^[ \t\n\r\0\x0b]|[ \t\n\r\0\x0b]$|[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def exact(text: str) -> str | xmlrpc.client.Binary:
    """Write a text so that it arrives to the byte."""
    return xmlrpc.client.Binary(text.encode()) if _LOST.search(text) else text


def date_of(moment: datetime | str) -> xmlrpc.client.DateTime:
    """Write a moment, or what `stamp_of` read, as naive UTC."""
    return xmlrpc.client.DateTime(re.sub("[-]", "", naive_utc(moment)))


def stamp_of(value: object) -> str:
    """Read a moment as REST writes it; "" for none."""
    text = str(value)[:17]
    if text.startswith(_FLOATS):
        return ""
    return naive_utc(datetime.strptime(text, "%Y%m%dT%H:%M:%S").replace(tzinfo=UTC))


# Our field -> WordPress's, and how its value is written.
WRITTEN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "title": ("post_title", lambda text: exact(escape(text))),
    "body": ("post_content", exact),
    "excerpt": ("post_excerpt", lambda text: exact(defuse(text))),
    "slug": ("post_name", str),
    "date": ("post_date_gmt", date_of),
    "status": ("post_status", str),
    "author": ("post_author", int),
    "featured": ("post_thumbnail", int),
    "comments": ("comment_status", str),
    "type": ("post_type", str),
}


def struct_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write a post's values as wp.newPost and wp.editPost take them."""
    given = {name: value for name, value in values.items() if value is not None}
    struct = {
        WRITTEN[name][0]: WRITTEN[name][1](value)
        for name, value in given.items()
        if name in WRITTEN
    }
    terms = {kind: list(given[name]) for name, kind in TAXONOMIES.items() if name in given}
    terms |= {slug: list(ids) for slug, ids in taxonomies_among(given).items()}
    return struct | ({"terms": terms} if terms else {})


def site_post_of(row: Row, now: datetime, kind: PostType = PLAIN) -> SitePost:
    """Take a post's values, in the form in which REST gives them.

    XML-RPC tells all of them of every type, also what the type has no place for.
    """
    date, status = stamp_of(row["post_date_gmt"]), row["post_status"]
    if status == "publish" and date > naive_utc(now):
        status = "future"
    values = {
        "title": plain(row["post_title"]),
        "body": row["post_content"],
        "excerpt": restore(row["post_excerpt"]),
        "slug": row["post_name"],
        "date": date,
        "status": status,
        "author": int(row["post_author"]),
        "categories": _ids(row, "category"),
        "tags": _ids(row, "post_tag"),
        "featured": _picture(row["post_thumbnail"]),
        "comments": row["comment_status"],
    }
    return SitePost(
        wp_id=number_of(row, "post_id"),
        slug=row["post_name"],
        status=status,
        link=row["link"],
        modified=stamp_of(row["post_modified_gmt"]),
        values={name: value for name, value in values.items() if name not in kind.lacks},
        type=kind.name,
    )


def listed_of(row: Row) -> SitePost:
    values = {
        "title": str(row["post_title"]),
        "date": stamp_of(row["post_date_gmt"]),
        "guid": html.unescape(str(row["guid"])),
        "keys": {},
    }
    wp_id, slug, status = number_of(row, "post_id"), row["post_name"], row["post_status"]
    return SitePost(wp_id=wp_id, slug=slug, status=status, values=values)


def revision_of(row: Row) -> Revision:
    return Revision(
        wp_id=number_of(row, "post_id"),
        author=int(row["post_author"]),
        modified=stamp_of(row["post_modified_gmt"]),
        values={
            "title": plain(row["post_title"]),
            "body": row["post_content"],
            "excerpt": restore(row["post_excerpt"]),
        },
    )


def term_of(row: Row) -> Term:
    wp_id, parent = number_of(row, "term_id"), int(row["parent"])
    return Term(wp_id=wp_id, name=plain(row["name"]), slug=row["slug"], parent=parent)


def user_of(row: Row) -> User:
    # Without list_users only the login is told, of which WordPress makes the name in addresses.
    slug = re.sub(r"[^a-z0-9_]+", "-", str(row["user_login"]).lower()).strip("-")
    name = html.unescape(str(row["display_name"]))
    return User(wp_id=number_of(row, "user_id"), slug=slug, name=name)


def terms_among(row: Row, names: Collection[str]) -> dict[str, tuple[int, ...]]:
    """Read the terms of these taxonomies of the site's own."""
    return {name: _ids(row, slug_of(name)) for name in names if is_taxonomy(name)}


def fields_of(row: Row) -> dict[str, tuple[int, str]]:
    """Read the custom fields of a post: key -> the id of its first row, and the value."""
    found: dict[str, tuple[int, str]] = {}
    for one in row.get("custom_fields") or ():
        found.setdefault(str(one["key"]), (int(one["id"]), str(one["value"])))
    return found


def asked_fields(row: Row, asked: Collection[str]) -> dict[str, str]:
    """Read the custom fields that we are asked to write: "" for one that is not there.

    A part of what is no array can't be known, and is left out.
    """
    there = fields_of(row)
    found: dict[str, str] = {}
    for key in asked:
        _, text = there.get(base_of(key), (0, ""))
        if not part_of(key):
            found[key] = text
        elif not text or is_array(text):
            with suppress(ValueError):
                found[key] = part_text(read_array(text), part_of(key))
    return found


def struct_of_fields(
    wanted: Mapping[str, str], there: Mapping[str, tuple[int, str]]
) -> list[dict[str, Any]]:
    """Write custom fields; without the id of a row WordPress adds a second one of the key.

    Raises RejectedError for a part of something that is no array.
    """
    whole: dict[str, Any] = {key: value for key, value in wanted.items() if not part_of(key)}
    changed = {key: exact(one) for key, one in whole.items() if there.get(key, (0, ""))[1] != one}
    for base in dict.fromkeys(base_of(key) for key in wanted if part_of(key)):
        try:
            before = read_array(there.get(base, (0, ""))[1])
        except ValueError as error:
            raise RejectedError(f"{base} holds something else on the site than an array") from error
        parts = {part_of(key): value for key, value in wanted.items() if base_of(key) == base}
        if any(part_text(before, part) != value for part, value in parts.items()):
            changed[base] = _sendable({**before, **parts})
    return [
        ({"id": there[key][0]} if key in there else {}) | {"key": key, "value": value}
        for key, value in changed.items()
    ]


def _sendable(value: Any) -> Any:  # noqa: ANN401
    """Write an array for XML-RPC, which has no null; PHP makes an array of a struct."""
    if isinstance(value, dict):
        return {key: _sendable(one) for key, one in value.items()}
    if isinstance(value, str):
        return exact(value)
    is_large = type(value) is int and abs(value) > xmlrpc.client.MAXINT
    return str(value) if is_large else "" if value is None else value


def hours_of(offset: str) -> float | None:
    """Read the option gmt_offset: of a zone with a name, its hours from UTC at this moment."""
    with suppress(ValueError):
        return float(offset)
    return None


def _ids(row: Row, taxonomy: str) -> tuple[int, ...]:
    of_kind = (term for term in row["terms"] if term["taxonomy"] == taxonomy)
    return tuple(sorted(number_of(term, "term_id") for term in of_kind))


def _picture(item: Row) -> int:
    return number_of(item, "attachment_id") if item else 0  # PHP's empty array is a list
