"""Terms and uploads over XML-RPC: looked up by reading, for faults do not name what is there."""

from __future__ import annotations

import xmlrpc.client
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wordpress_xmlrpc.methods.media import GetMediaItem, UploadFile
from wordpress_xmlrpc.methods.posts import DeletePost, GetPosts
from wordpress_xmlrpc.methods.taxonomies import GetTerm, GetTerms, NewTerm

from wp_sync.errors import InDoubtError, RejectedError

from .custom import is_taxonomy, slug_of
from .rest_media import KEPT, PICTURE
from .rest_values import number_of, read_back, shaped, term_values, written
from .target import Shown, find_namesake, mark_of
from .xmlrpc_listing import NEWEST_FIRST, PAGE
from .xmlrpc_values import TAXONOMIES, term_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Taxonomy, Term, Upload

    from .xmlrpc_api import XmlRpcApi

NAMESAKES = 100  # uploads of one name that are looked through
_WORDS = (
    2  # of a title: one alone stands in many, and of more than two one may be spelled otherwise
)


def _slug(taxonomy: Taxonomy) -> str:
    return TAXONOMIES.get(taxonomy) or slug_of(taxonomy)


def read_terms(api: XmlRpcApi, taxonomy: Taxonomy) -> tuple[Term, ...]:
    """Read a whole taxonomy."""
    terms: dict[int, Term] = {}
    while True:
        page = {"number": PAGE, "offset": len(terms), "orderby": "term_id"}
        rows = api.read(GetTerms(_slug(taxonomy), page, results_class=None))
        new = {term.wp_id: term for term in (shaped(term_of, row) for row in rows)}
        is_last = len(rows) < PAGE or new.keys() <= terms.keys()
        terms |= new
        if is_last:
            return tuple(terms.values())


def create_term(api: XmlRpcApi, taxonomy: Taxonomy, name: str, parent: int) -> Term:
    """Make a term, or find the one that has this name."""
    if not name.strip():
        raise RejectedError("a term needs a name", code="empty_term_name", status=500)
    values = {"taxonomy": _slug(taxonomy), **term_values(name, parent)}
    try:
        made = int(api.write(NewTerm(values)))
    except RejectedError as error:
        return _find_refused(read_terms(api, taxonomy), name, parent, error)

    def read(wp_id: int) -> Term:
        row = api.read(GetTerm(_slug(taxonomy), wp_id, results_class=None))
        return shaped(term_of, row)

    return read_back(read, made)


def _find_refused(terms: Sequence[Term], name: str, parent: int, error: RejectedError) -> Term:
    """Find why a term was refused: the fault does not tell which one is there."""
    if there := find_namesake(terms, name, parent):
        return there
    if parent and parent not in {term.wp_id for term in terms}:
        raise RejectedError(error.message, code="rest_term_invalid", status=400) from None
    raise error


def keep_known(api: XmlRpcApi, values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out of a post the terms and the picture that the site does not have."""
    known = dict(values)
    for name in ("categories", "tags", *filter(is_taxonomy, values)):
        if ids := values.get(name):
            there = {term.wp_id for term in read_terms(api, name)}
            known[name] = tuple(wp_id for wp_id in ids if wp_id in there)
    if picture := values.get("featured"):
        (answer,) = api.read_many([GetMediaItem(picture, results_class=None)])
        if isinstance(answer, RejectedError):
            del known["featured"]
    return known


def find_media(api: XmlRpcApi, names: Sequence[str]) -> dict[str, int]:
    """Find uploads by the name of their file, which is the title of those made by XML-RPC.

    Those made by REST have the article's title, and the mark in their slug, which no filter of
    wp.getPosts asks for: they are looked for by words of the title.
    """
    found = _find_by_words(api, {name: f'"{mark_of(name)}"' for name in names})
    titles = {name: " ".join(_title_words(name)) for name in names if name not in found}
    return found | _find_by_words(api, {name: words for name, words in titles.items() if words})


def _title_words(name: str) -> list[str]:
    """Choose what of a title tells it best: its longest words, as they stand in the file's name."""
    words = name.rpartition(mark_of(name))[0].strip("-").split("-")
    return sorted(words, key=len, reverse=True)[:_WORDS]


def _find_by_words(api: XmlRpcApi, words: Mapping[str, str]) -> dict[str, int]:
    """Find uploads by name; `words` are those by which WordPress searches for each."""
    asked = {"post_type": "attachment", "post_status": KEPT, "number": NAMESAKES}
    searches = [
        GetPosts(
            {**asked, **NEWEST_FIRST, "s": text},
            ["post_title", "post_name", "post_mime_type"],
            results_class=None,
        )
        for text in words.values()
    ]
    found: dict[str, int] = {}
    for name, rows in zip(words, api.read_many(searches), strict=True):
        if isinstance(rows, RejectedError):
            raise rows
        for row in rows:  # newest first, so that the first upload wins
            is_picture = str(row.get("post_mime_type")).startswith(PICTURE)
            if is_picture and mark_of(name) in {mark_of(row["post_title"]), row["post_name"]}:
                found[name] = shaped(lambda row: number_of(row, "post_id"), row)
    return found


def read_media(api: XmlRpcApi, wp_ids: Sequence[int]) -> dict[int, Shown]:
    """Read pictures by their ids; one that is gone is left out."""
    answers = api.read_many([GetMediaItem(wp_id, results_class=None) for wp_id in wp_ids])
    return {
        wp_id: Shown(
            url=url if (url := str(row["link"])).startswith("http") else "", name=str(row["title"])
        )
        for wp_id, row in zip(wp_ids, answers, strict=True)
        if not isinstance(row, RejectedError) and str(row.get("type", "")).startswith(PICTURE)
    }


def upload_file(api: XmlRpcApi, upload: Upload) -> int:
    """Upload a file under its name; one that arrived otherwise than it was sent is taken back."""
    bits = xmlrpc.client.Binary(upload.content)
    sent = UploadFile({"name": upload.name, "type": upload.mime, "bits": bits})
    answer = api.write(sent, lambda: not find_media(api, [upload.name]))
    wp_id = written(lambda row: number_of(row, "attachment_id"), answer)
    # The size of the file is told from 6.0 on.
    size = dict(answer.get("metadata") or {}).get("filesize", len(upload.content))
    if (answer.get("type"), size) != (upload.mime, len(upload.content)):
        with suppress(RejectedError, InDoubtError):
            api.write(DeletePost(wp_id))  # of an upload: for good
        raise RejectedError(f"{upload.name}: WordPress stored something else than was sent")
    return wp_id
