"""The site behind the REST API: routes, parameters, and what an answer must hold."""

from __future__ import annotations

import hashlib
import html
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, TypeVar

from wp_sync.errors import InDoubtError, RejectedError, SiteError
from wp_sync.markup import WORD_JOINER
from wp_sync.model import SitePost, Term, User

from .target import FORBIDDEN, SiteIdentity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from wp_sync.model import Taxonomy, Upload

    from .answers import Json
    from .discovery import ApiRoot
    from .rest_api import Params, RestApi

T = TypeVar("T")

POSTS, MEDIA, USERS = "wp/v2/posts", "wp/v2/media", "wp/v2/users"
PAGE = 100  # the most that WordPress gives
SLUGS_LENGTH = 3_000  # characters of slugs in one address; servers refuse from 8,000 on
LONGEST_ALT = 300  # characters; it travels in the address
IDS_AT_ONCE = 50  # posts with their bodies in one answer
EVERYWHERE = {"status": "any,trash"}  # "any" is all but the trash
POST_FIELDS = (
    "id,slug,status,link,title.raw,content.raw,excerpt.raw,date_gmt,author,categories,tags,"
    "featured_media"
)


# Only what is broken here is put together again, so that it can be compared.
_TRAP = re.compile(rf"\[|&amp;(?={WORD_JOINER}*#)")
_DEFUSED = re.compile(rf"(\[|&amp;(?={WORD_JOINER}+#)){WORD_JOINER}")


def escape(text: str) -> str:
    """Write plain text as HTML: WordPress takes what looks like a tag out of authors' titles."""
    return defuse(html.escape(text, quote=False))


def plain(markup: str) -> str:
    """Read as plain text what `escape` or an editor wrote."""
    return html.unescape(restore(markup))


def defuse(markup: str) -> str:
    """Keep WordPress from reading shortcodes in a text, and from decoding "&amp;#91;" to one.

    Core's blocks for latest posts, queries and tags put titles, excerpts, alternative texts and
    names into content over which do_shortcode runs; kses takes "&amp;#" for "&#" in what authors
    send, and in every name (wp_kses_normalize_entities).
    """
    return _TRAP.sub(rf"\g<0>{WORD_JOINER}", markup)


def restore(markup: str) -> str:
    """Take off what `defuse` put in; an editor's own brackets have none."""
    return _DEFUSED.sub(r"\1", markup)


def _utc(value: datetime | str) -> str:
    """Write a date as date_gmt takes it: naive UTC, exact to the second."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return value


# Our field -> WordPress's, and how its value is written.
WRITTEN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "title": ("title", escape),
    "body": ("content", str),
    "excerpt": ("excerpt", defuse),
    "slug": ("slug", str),
    "date": ("date_gmt", _utc),
    "status": ("status", str),
    "author": ("author", int),
    "categories": ("categories", list),
    "tags": ("tags", list),
    "featured": ("featured_media", int),
}


class RestTarget:
    """A WordPress written to over its REST API: what `target.Target` asks for."""

    def __init__(self, api: RestApi, root: ApiRoot) -> None:
        self._api, self._root = api, root

    def identify(self) -> SiteIdentity:
        # A wrong password makes the request an anonymous one, and only this route tells.
        fields = {"context": "edit", "_fields": "id,username,roles,capabilities"}
        answer = self._api.read(f"{USERS}/me", fields)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            from .xmlrpc import explain_refusal  # loaded only when a login fails

            raise explain_refusal(answer, self._api, self._root)
        me = self._api.accept(answer, write=False)
        identity = _shaped(lambda row: _identity(row, self._root.home.rstrip("/")), me)
        if "manage_options" not in identity.capabilities:
            return identity
        settings, _ = self._api.get("wp/v2/settings", {"_fields": "default_category"})
        default = _shaped(lambda row: _number(row, "default_category"), settings)
        return replace(identity, default_category=default)

    def find_posts(self, slugs: Sequence[str]) -> tuple[SitePost, ...]:
        both = [name for slug in slugs for name in (slug, f"{slug}__trashed")]
        return tuple(
            post
            for chunk in _chunks(both)
            for post in self._posts({"slug": ",".join(chunk)})
            if post.slug in both  # a site that ignores the parameter gives every post
        )

    def read_posts(self, wp_ids: Sequence[int]) -> tuple[SitePost, ...]:
        found: dict[int, SitePost] = {}
        for start in range(0, len(wp_ids), IDS_AT_ONCE):
            asked = wp_ids[start : start + IDS_AT_ONCE]
            listed = self._posts({"include": ",".join(map(str, asked))})
            found |= {post.wp_id: post for post in listed if post.wp_id in asked}
            # A list leaves out what we may not see, too: only its own 404 says that it is gone.
            alone = (self._read_alone(wp_id) for wp_id in asked if wp_id not in found)
            found |= {post.wp_id: post for post in alone if post}
        return tuple(found.values())

    def list_posts(self, after: int = 0) -> tuple[SitePost, ...]:
        order = {"orderby": "id", "order": "desc", "_fields": "id,slug,status"}
        rows = (_shaped(_listed, row) for row in self._pages(POSTS, EVERYWHERE | order))
        return tuple(takewhile(lambda post: post.wp_id > after, rows))

    def search_posts(
        self, words: Sequence[str], among: Sequence[int] | None = None
    ) -> tuple[SitePost, ...]:
        # In quotes a comma or a plus is no border between words (WP_Query::parse_search).
        asked = {"search": " ".join(f'"{word}"' for word in words)} if words else {}
        if among is None:
            return tuple(islice(self._posts(asked), PAGE))
        chunks = (among[at : at + IDS_AT_ONCE] for at in range(0, len(among), IDS_AT_ONCE))
        some = ({**asked, "include": ",".join(map(str, chunk))} for chunk in chunks)
        return tuple(post for params in some for post in self._posts(params))

    def read_terms(self, taxonomy: Taxonomy) -> tuple[Term, ...]:
        params = {"orderby": "id", "_fields": "id,name,slug,parent"}
        rows = self._pages(f"wp/v2/{taxonomy}", params)
        return tuple(_shaped(_term, row) for row in rows)

    def read_authors(self) -> tuple[User, ...]:
        fields = {"_fields": "id,slug,name"}
        with suppress(RejectedError):
            # who=authors is deprecated, and the only list that editors may see whole.
            rows = self._pages(USERS, {"who": "authors", **fields})
            return tuple(_shaped(_user, row) for row in rows)
        return (_shaped(_user, self._api.get(f"{USERS}/me", fields)[0]),)

    def create_term(self, taxonomy: Taxonomy, name: str, parent: int) -> Term:
        route = f"wp/v2/{taxonomy}"
        values: dict[str, Any] = {"name": escape(name)}
        if parent:
            values["parent"] = parent
        if "[" in name:  # else WordPress puts the joiner's bytes into the slug
            values["slug"] = name.replace("[", " ")
        answer = self._api.send("POST", route, json=values)
        if answer.code == "term_exists":
            wp_id = _shaped(lambda data: _number(data, "term_id"), answer.error.get("data"))
            return _shaped(_term, self._api.get(f"{route}/{wp_id}")[0])
        return _written(_term, self._api.accept(answer))

    def create_post(self, values: Mapping[str, Any]) -> SitePost:
        return self._write_post("POST", POSTS, values)

    def update_post(self, wp_id: int, values: Mapping[str, Any]) -> SitePost:
        return self._write_post("POST", f"{POSTS}/{wp_id}", values)

    def trash_post(self, wp_id: int) -> SitePost:
        try:
            return self._write_post("DELETE", f"{POSTS}/{wp_id}", {})
        except RejectedError as error:
            if error.code != "rest_already_trashed":
                raise
        return self.read_posts([wp_id])[0]

    def find_media(self, names: Sequence[str]) -> Mapping[str, int]:
        by_slug = {_stem(name): name for name in names}
        found: dict[str, int] = {}
        for chunk in _chunks(by_slug):
            params = {"slug": ",".join(chunk), "orderby": "id", "_fields": "id,slug"}
            for row in self._pages(MEDIA, params):  # newest first, so that the first upload wins
                if row["slug"] in by_slug:
                    found[by_slug[row["slug"]]] = _shaped(lambda row: _number(row, "id"), row)
        return found

    def upload(self, upload: Upload) -> int:
        # The slug by which find_media looks is in the attachment's row from its first moment.
        params = {
            "slug": _stem(upload.name),
            "title": escape(upload.title or _stem(upload.name)),
            "alt_text": escape(upload.alt[:LONGEST_ALT]),
            "_fields": "id,slug",
        }
        headers = {
            "Content-Disposition": f'attachment; filename="{upload.name}"',
            "Content-Type": upload.mime,
            # WordPress compares it with what arrived, and takes the hexadecimal form only.
            "Content-MD5": hashlib.md5(upload.content, usedforsecurity=False).hexdigest(),
        }
        data = self._api.write("POST", MEDIA, params, data=upload.content, headers=headers)
        return _written(lambda row: _number(row, "id"), data)

    def _write_post(self, method: str, route: str, values: Mapping[str, Any]) -> SitePost:
        sent = {
            WRITTEN[name][0]: WRITTEN[name][1](value)
            for name, value in values.items()
            if value is not None
        }
        content = {"json": sent} if sent else {}  # a DELETE with a body is refused by some proxies
        data = self._api.write(method, route, {"_fields": POST_FIELDS}, **content)
        return _written(_site_post, data)

    def _posts(self, params: Params) -> Iterator[SitePost]:
        whole = EVERYWHERE | {"context": "edit", "_fields": POST_FIELDS}
        return (_shaped(_site_post, row) for row in self._pages(POSTS, {**whole, **params}))

    def _read_alone(self, wp_id: int) -> SitePost | None:
        try:
            row, _ = self._api.get(f"{POSTS}/{wp_id}", {"context": "edit", "_fields": POST_FIELDS})
        except RejectedError as error:
            if error.code == "rest_post_invalid_id":
                return None
            if error.code == "rest_forbidden_context":  # may not be edited: somebody else's now
                return SitePost(wp_id=wp_id, slug="", status=FORBIDDEN)
            raise
        return _shaped(_site_post, row)

    def _pages(self, route: str, params: Params) -> Iterator[Json]:
        """Go by the number of pages: rows that we may not see are cut out of a page."""
        page = pages = 1
        while page <= pages:
            rows, headers = self._api.get(route, {**params, "per_page": PAGE, "page": page})
            total = headers.get("X-WP-TotalPages", "")
            if not (isinstance(rows, list) and total.isdigit()):
                message = f"GET {route}: no list, or no header X-WP-TotalPages"
                cure = "let the proxy pass X-WP-TotalPages on; switch PHP's display_errors off"
                raise SiteError(message, cure=cure)
            yield from rows
            pages, page = int(total), page + 1


def _identity(me: Json, home: str) -> SiteIdentity:
    rights = me["capabilities"] or {}  # PHP's empty array is a list
    return SiteIdentity(
        address=home.partition("://")[2],
        home=home,
        user_id=_number(me, "id"),
        login=me["username"],
        roles=tuple(me["roles"]),
        capabilities=frozenset(name for name, granted in rights.items() if granted),
    )


def _site_post(row: Json) -> SitePost:
    """Take a post's values; the title as people read it, so that it may be written back."""
    values = {
        "title": plain(row["title"]["raw"]),
        "body": row["content"]["raw"],
        "excerpt": restore(row["excerpt"]["raw"]),
        "slug": row["slug"],
        "date": row["date_gmt"],
        "status": row["status"],
        "author": int(row["author"]),
        "categories": tuple(sorted(row["categories"])),
        "tags": tuple(sorted(row["tags"])),
        "featured": int(row["featured_media"]),
    }
    return SitePost(
        wp_id=_number(row, "id"),
        slug=row["slug"],
        status=row["status"],
        link=row["link"],
        values=values,
    )


def _listed(row: Json) -> SitePost:
    return SitePost(wp_id=_number(row, "id"), slug=row["slug"], status=row["status"])


def _term(row: Json) -> Term:
    name = plain(row["name"])
    return Term(wp_id=_number(row, "id"), name=name, slug=row["slug"], parent=row.get("parent", 0))


def _user(row: Json) -> User:
    return User(wp_id=_number(row, "id"), slug=row["slug"], name=html.unescape(row["name"]))


def _number(row: Json, key: str) -> int:
    """Take an id, which a plugin may have turned into text."""
    value = int(row[key])
    if value <= 0:
        raise ValueError(f"a positive {key}")
    return value


def _shaped(make: Callable[[Json], T], data: Json) -> T:
    """Make a value of an answer, whose shape plugins can change."""
    try:
        return make(data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"an answer of WordPress's lacks {error}"
        raise SiteError(message, cure="look for a plugin that changes REST answers") from error


def _written(make: Callable[[Json], T], data: Json) -> T:
    try:
        return _shaped(make, data)
    except SiteError as error:
        raise InDoubtError(f"{error.message}; what was asked for is probably done") from error


def _chunks(slugs: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for slug in slugs:
        if chunk and (len(chunk) == PAGE or sum(map(len, chunk)) + len(slug) > SLUGS_LENGTH):
            yield chunk
            chunk = []
        chunk.append(slug)
    if chunk:
        yield chunk


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
