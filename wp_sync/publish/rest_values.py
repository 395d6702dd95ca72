"""WordPress's values and ours: how each is written to the API, and read from an answer."""

from __future__ import annotations

import html
import re
import secrets
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from wp_sync.errors import InDoubtError, RejectedError, SiteError, UnreachableError
from wp_sync.markup import WORD_JOINER
from wp_sync.model import SitePost, Term, User

from .importers import KEYS
from .moments import naive_utc
from .post_types import POST
from .target import Allowances, Revision, SiteIdentity

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answers import Json
    from .discovery import ApiRoot

T = TypeVar("T")

POST_FIELDS = (
    "id,slug,status,link,title.raw,content.raw,excerpt.raw,date_gmt,author,categories,tags,"
    "featured_media,comment_status,modified_gmt,type"
)
SAVES = "_links.version-history,_links.predecessor-version"  # a query a post

WAITING_FIELDS = "id,slug,status,link,title.raw,author,type"
# Their controller knows no parts of fields: title.raw would give none.
REVISION_FIELDS = "id,author,modified_gmt,title,content,excerpt"

LISTED_FIELDS = ",".join(
    (
        "id,slug,status,date_gmt,title.raw,title.rendered,guid.raw,guid.rendered,type",
        *(f"meta.{key}" for key in KEYS),  # on sites that register them for REST
    )
)

# Only what is broken here is put together again, so that it can be compared.
_ENTITY, _TAG = r"(?:#|[A-Za-z0-9]+;)", "[A-Za-z!/?]"
_TRAP = re.compile(rf"\[|&amp;(?={WORD_JOINER}*{_ENTITY})|&lt;(?={WORD_JOINER}*{_TAG})")
_DEFUSED = re.compile(
    rf"(\[|&amp;(?={WORD_JOINER}+{_ENTITY})|&lt;(?={WORD_JOINER}+{_TAG})){WORD_JOINER}"
)
_SIGNS = re.compile(r"[\[&<]")  # before which, or behind which, a joiner may stand


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
    send, and in every name (wp_kses_normalize_entities). The editor shows a title decoded, and
    saves what it shows: one entity less a save, until what was written like a tag would be one.
    """
    return _TRAP.sub(rf"\g<0>{WORD_JOINER}", markup)


def restore(markup: str) -> str:
    """Take off what `defuse` put in; an editor's own brackets have none."""
    return _DEFUSED.sub(r"\1", markup)


def term_values(name: str, parent: int) -> dict[str, Any]:
    """Write a new term."""
    values: dict[str, Any] = {"name": escape(name)}
    if parent:
        values["parent"] = parent
    if WORD_JOINER in values["name"]:  # else WordPress puts its bytes into the slug
        values["slug"] = _SIGNS.sub(" ", name)
    return values


# Our field -> WordPress's, and how its value is written.
WRITTEN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "title": ("title", escape),
    "body": ("content", str),
    "excerpt": ("excerpt", defuse),
    "slug": ("slug", str),
    "date": ("date_gmt", naive_utc),
    "status": ("status", str),
    "author": ("author", int),
    "categories": ("categories", list),
    "tags": ("tags", list),
    "featured": ("featured_media", int),
    "comments": ("comment_status", str),
}


def identity_of(me: Json, root: ApiRoot) -> SiteIdentity:
    home = root.home.rstrip("/")
    rights = me["capabilities"] or {}  # PHP's empty array is a list
    return SiteIdentity(
        address=home.partition("://")[2],
        home=home,
        user_id=number_of(me, "id"),
        login=me["username"],
        roles=tuple(me["roles"]),
        capabilities=frozenset(name for name, granted in rights.items() if granted),
        admin=f"{root.url.rstrip('/')}/wp-admin/",
        api=root.root,
        timezone=root.timezone,
        version=root.version,
        clock_ahead=root.clock_ahead or 0.0,
    )


def allowances_of(rows: Json) -> Allowances:
    """Read the newest post that we may edit.

    The link is there for who may write unfiltered HTML (get_available_actions), whatever a plugin,
    a constant or a network makes of it; the list of capabilities does not tell that.
    """
    if not rows:
        return Allowances()
    form = re.sub(r"\d+", "0", urlsplit(str(rows[0].get("permalink_template", ""))).path)
    names = [name if name in {"0", "%postname%", ""} else "*" for name in form.split("/")]
    return Allowances(
        unfiltered="wp:action-unfiltered-html" in rows[0]["_links"],
        permalinks="/".join(names) if "%postname%" in names else "plain",
    )


def site_post_of(row: Json) -> SitePost:
    """Take a post's values; the title as people read it, so that it may be written back."""
    kind = type_of(row)
    values = {
        **_texts_of(row, kind),
        "slug": row["slug"],
        "date": row["date_gmt"],
        "status": row["status"],
        **{
            name: read(row[key])
            for name, (key, read) in _READ.items()
            if key in row or kind == POST
        },
    }
    if "comment_status" in row or kind == POST:
        values["comments"] = row.get("comment_status", "")
    return SitePost(
        wp_id=number_of(row, "id"),
        slug=row["slug"],
        status=row["status"],
        link=row["link"],
        modified=str(row.get("modified_gmt") or ""),
        values=values,
        type=kind,
        **_saves_of(row),
    )


def type_of(row: Json) -> str:
    return str(row.get("type") or POST)


def _sorted_ids(ids: Json) -> tuple[int, ...]:
    return tuple(sorted(ids))


# Our field -> WordPress's, and how it is read; only posts of core's own type have all of them.
_READ: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "author": ("author", int),
    "categories": ("categories", _sorted_ids),
    "tags": ("tags", _sorted_ids),
    "featured": ("featured_media", int),
}
_READ_TEXTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "title": ("title", plain),
    "body": ("content", str),
    "excerpt": ("excerpt", restore),
}


def _texts_of(row: Json, kind: str) -> dict[str, str]:
    """Read the texts: a type that does not support one of them has none."""
    return {
        name: read(row[key]["raw"])
        for name, (key, read) in _READ_TEXTS.items()
        if key in row or kind == POST
    }


def _saves_of(row: Json) -> dict[str, Any]:
    """Take the number of revisions and the newest one's id, where the answer has them."""
    links = row.get("_links") or {}
    if not links.get("version-history"):
        return {}
    newest = links.get("predecessor-version") or ({"id": 0},)
    return {"revisions": int(links["version-history"][0]["count"]), "revision": newest[0]["id"]}


def revision_of(row: Json) -> Revision:
    # The rows do not tell of which type their post is.
    values = _texts_of(row, "") or _texts_of(row, POST)
    return Revision(
        wp_id=number_of(row, "id"),
        author=int(row["author"]),
        modified=row["modified_gmt"],
        values=values,
    )


def listed_of(row: Json) -> SitePost:
    meta = row.get("meta") or {}  # PHP's empty array is a list
    values = {
        "title": _raw(row["title"]),
        "date": row["date_gmt"],
        "guid": html.unescape(_raw(row["guid"])),
        "keys": {key: str(meta[key]) for key in KEYS if meta.get(key)},
    }
    wp_id, slug, status = number_of(row, "id"), row["slug"], row["status"]
    return SitePost(wp_id=wp_id, slug=slug, status=status, values=values, type=type_of(row))


def waiting_of(row: Json) -> SitePost:
    # The author is 0 of what a script or an import has made.
    author = {"author": int(row["author"])} if "author" in row or type_of(row) == POST else {}
    return SitePost(
        wp_id=number_of(row, "id"),
        slug=row["slug"],
        status=row["status"],
        link=row["link"],
        values={"title": row["title"]["raw"], **author},
        type=type_of(row),
    )


def _raw(text: Json) -> str:
    """Take a text as it is stored; visitors get it as it is shown."""
    return str(text.get("raw", text["rendered"]))


def term_of(row: Json) -> Term:
    name = plain(row["name"])
    return Term(
        wp_id=number_of(row, "id"), name=name, slug=row["slug"], parent=row.get("parent", 0)
    )


def user_of(row: Json) -> User:
    return User(wp_id=number_of(row, "id"), slug=row["slug"], name=html.unescape(row["name"]))


def user_values(login: str, name: str) -> dict[str, Any]:
    """Describe a new author: nobody knows the password, and the address leads nowhere (RFC 2606).

    WordPress wants both, and each address once; over REST it sends no mail.
    """
    return {
        "username": login,
        "name": name,
        "email": f"{login}@author.invalid",
        "password": secrets.token_urlsafe(32),
        "roles": ["author"],
    }


def upload_of(row: Json) -> tuple[int, str, int | None]:
    """Take an upload's id, kind, and size in bytes where the site tells it."""
    details = row.get("media_details") or {}  # PHP's empty array is a list
    size = details.get("filesize")
    return number_of(row, "id"), str(row["mime_type"]), None if size is None else int(size)


def number_of(row: Json, key: str) -> int:
    """Take an id, which a plugin may have turned into text."""
    value = int(row[key])
    if value <= 0:
        raise ValueError(f"a positive {key}")
    return value


def shaped(make: Callable[[Json], T], data: Json) -> T:
    """Make a value of an answer, whose shape plugins can change."""
    try:
        return make(data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"an answer of WordPress's lacks {error}"
        raise SiteError(message, cure="look for a plugin that changes REST answers") from error


def read_back(read: Callable[[int], T | None], wp_id: int) -> T:
    """Read what was just written: whatever is wrong now, the write is done."""
    try:
        found = read(wp_id)
    except (RejectedError, SiteError, UnreachableError) as error:
        message = f"{wp_id} was written, and can't be read back: {error.message}"
        raise InDoubtError(message, cure=error.cure) from error
    if found is None:
        raise InDoubtError(f"{wp_id} was written, and is gone since")
    return found


def written(make: Callable[[Json], T], data: Json) -> T:
    try:
        return shaped(make, data)
    except SiteError as error:
        raise InDoubtError(f"{error.message}; what was asked for is probably done") from error
