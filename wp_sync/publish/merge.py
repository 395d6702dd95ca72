"""Field-by-field differences between what we want, what we wrote, and what is there."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wp_sync.hashing import digest
from wp_sync.markup import block_form
from wp_sync.model import Conflict

from .custom import (
    GROUP,
    as_values,
    category_values,
    custom_names,
    is_custom,
    is_taxonomy,
    lost_values,
    taxonomy_name,
    value_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from wp_sync.model import Post, Receipt, SitePost

FIELDS = (
    "title",
    "body",
    "excerpt",
    "slug",
    "date",
    "status",
    "author",
    "categories",
    "tags",
    "featured",
    "comments",
)
# What a change at the source may change on the site. Slug, date, status and author belong to the
# site once the post is there.
FOLLOWED = ("title", "body", "excerpt", "categories", "tags", "featured")
OPTIONAL = frozenset({"comments"})  # empty: left to the site
TEXTS = ("title", "body", "excerpt")  # a save that changes one of them leaves a revision
FLOATING = {"auto-draft", "draft", "pending"}  # whose date may be that of the last change
_NO_DATE = digest(None)
EDITED = ""  # a stored hash that no value has: the field is somebody else's


def _stamp(moment: datetime | str) -> str:
    """Write a date as WordPress stores it: naive UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" if isinstance(moment, datetime) else moment


def _sorted(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(ids))


def _as_is(value: object) -> object:
    return value


# The form in which WordPress returns what we send.
_FORMS: dict[str, Callable[[Any], object]] = {
    "title": str.strip,
    "date": _stamp,
    "categories": _sorted,
    "tags": _sorted,
}


def _form_of(name: str) -> Callable[[Any], object]:
    return _sorted if is_taxonomy(name) else _FORMS.get(name, _as_is)


def fields_of(post: Post) -> tuple[str, ...]:
    """Name the fields of a post, its custom ones among them."""
    return (*(name for name in FIELDS if name not in post.lacks), *custom_names(post))


def wanted_values(post: Post) -> dict[str, Any]:
    """Return what we want, by field, in names, not ids; what is left to the site is absent."""
    values = {name: getattr(post, name) for name in FIELDS if name != "featured"}
    values |= {"featured": post.pictures[0].url if post.pictures else ""}
    left = {*post.lacks, *(name for name in OPTIONAL if not values[name])}
    kept = {name: value for name, value in values.items() if name not in left}
    terms = {taxonomy_name(slug): paths for slug, paths in post.terms.items()}
    return kept | as_values(post.fields) | terms


def with_ids(post: Post, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Return what we want, in the site's ids as far as these are told."""
    return wanted_values(post) | dict(ids) | category_values(post, ids.get("categories") or ())


def sent_hashes(post: Post) -> dict[str, str]:
    """Hash what we want, the form in which the ledger remembers it."""
    return {name: digest(value) for name, value in wanted_values(post).items()}


def written_hashes(
    post: Post,
    values: Mapping[str, Any],
    stored: SitePost | None = None,
    unfinished: Collection[str] = (),
) -> dict[str, str]:
    """Hash what these values bring; a picture that could not be had stays wanted, for later.

    `unfinished` names the fields that go without one for now.
    """
    hashes = {name: value for name, value in sent_hashes(post).items() if name not in unfinished}
    lost = stored is not None and "featured" in left_out(values, stored)
    if post.pictures and (lost or not values.get("featured")):
        hashes.pop("featured", None)
    for name in lost_fields(values, stored) if stored is not None else ():
        hashes.pop(name, None)
    return hashes


def lost_fields(values: Mapping[str, Any], stored: SitePost) -> tuple[str, ...]:
    """Name what WordPress left out and another run may bring, with terms that are made anew.

    A category that was deleted a moment before would leave the post in none, or in the site's
    default one, for good.
    """
    lost = left_out(values, stored)
    return tuple(name for name in lost if name in {"categories", "tags"} or is_custom(name))


def left_out(values: Mapping[str, Any], stored: SitePost) -> tuple[str, ...]:
    """Name the ids that WordPress left out without a word (unknown ones: posts controller).

    And custom fields that did not arrive. What is there in another form, as a plugin that checks
    its own fields makes it, did.
    """
    return (*_lost_ids(values, stored), *lost_values(values, stored))


def _lost_ids(values: Mapping[str, Any], stored: SitePost) -> tuple[str, ...]:
    return tuple(
        name
        for name in ("author", "categories", "tags", "featured")
        if values.get(name)
        and (
            not set(values[name]) <= set(stored.values.get(name, ()))
            if isinstance(values[name], tuple)
            else values[name] != stored.values.get(name)
        )
    )


def stored_hashes(site_post: SitePost) -> dict[str, str]:
    """Hash what WordPress answered: its filters may have rewritten what we sent."""
    return {name: held_hash(name, value) for name, value in site_post.values.items()}


def held_hash(name: str, value: object) -> str:
    """Hash what a field holds on the site: saved by the editor without a change, it is the same."""
    return digest(block_form(value) if name == "body" and isinstance(value, str) else value)


def pending_hashes(values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Hash what a request may leave on the site when its answer is lost, as `stored_hashes` do."""
    return {
        name: (held_hash(name, _form_of(name)(value)),)
        for name, value in values.items()
        if value is not None
    }


def stale_fields(post: Post, receipt: Receipt) -> tuple[str, ...]:
    """Name the fields whose wanted value is not the one we last sent, for all we know."""
    sent = sent_hashes(post)
    if receipt.sent.get("body") == post.other_body and "body" not in receipt.pending:
        sent.pop("body", None)  # a change of format is no change at the source: remap makes it
    if receipt.sent.get(GROUP) == digest(post.fields):  # as it was kept when they were one
        ones = frozenset(map(value_name, post.fields))
        sent = {name: value for name, value in sent.items() if name not in ones}
    return tuple(
        name
        for name in (*FOLLOWED, *custom_names(post))
        if name in sent and (receipt.sent.get(name) != sent[name] or name in receipt.pending)
    )


def edited_fields(
    receipt: Receipt, site_post: SitePost, post: Post, ids: Mapping[str, Any]
) -> frozenset[str]:
    """Name the fields that someone changed on the site since we wrote them.

    One that holds what we want now, or sent before, is none of them: the answer was lost.
    """
    wanted = with_ids(post, ids)
    touched = {*touched_fields(receipt, site_post), *_filled_before(receipt, site_post, post)}
    return frozenset(
        name for name in touched if not same_value(name, wanted.get(name), site_post.values[name])
    )


def _filled_before(receipt: Receipt, site_post: SitePost, post: Post) -> tuple[str, ...]:
    """Name the custom fields that a person filled in before they were ours to write."""
    return tuple(
        name
        for name in custom_names(post)
        if name not in receipt.stored and site_post.values.get(name)
    )


def touched_fields(receipt: Receipt, site_post: SitePost) -> frozenset[str]:
    """Name the fields that hold what a person wrote, as far as we know."""
    return _changed_fields(receipt, site_post) - rewritten_fields(receipt, site_post)


def rewritten_fields(receipt: Receipt, site_post: SitePost) -> frozenset[str]:
    """Name the texts that a plugin or an upgrade has changed since our last write, and no person.

    A person's save moves the date of the last change; and within the second of our own write it
    leaves a revision: where nobody tells of these, as over XML-RPC, what differs is a person's. So
    it is with terms and pictures, which leave none.
    """
    moved = receipt.modified != site_post.modified
    saved = site_post.revisions is None or site_post.revision != receipt.revision
    if moved or saved or not receipt.modified:
        return frozenset()
    known = (name for name in TEXTS if receipt.stored.get(name, EDITED) != EDITED)
    return _changed_fields(receipt, site_post) & frozenset(known) - frozenset(receipt.kept)


def _changed_fields(receipt: Receipt, site_post: SitePost) -> frozenset[str]:
    current = stored_hashes(site_post)
    # A draft without a date of its own shows that of its last save, and gets one when it is
    # published (posts controller, 1916): neither is an editor's.
    if site_post.status in FLOATING or receipt.sent.get("date") == _NO_DATE:
        current.pop("date", None)
    return frozenset(
        name
        for name, stored in receipt.stored.items()
        if current.get(name, stored) not in {stored, *receipt.pending.get(name, ())}
    )


def find_conflicts(
    post: Post, site_post: SitePost, fields: Iterable[str], edited: Collection[str]
) -> tuple[Conflict, ...]:
    """Name both values of the fields that the source and an editor want to be different."""
    wanted = wanted_values(post)
    return tuple(
        Conflict(
            key=post.key,
            wp_id=site_post.wp_id,
            field=name,
            ours=wanted[name],
            theirs=site_post.values[name],
        )
        for name in fields
        if name in edited
    )


def same_value(name: str, wanted: object, stored: object) -> bool:
    """Compare what we want with what the site holds, in the forms in which it returns it."""
    if name == "excerpt":  # stored as markup
        return html.unescape(str(stored)) == wanted
    if (name in {"categories", "tags"} or is_taxonomy(name)) and isinstance(stored, tuple):
        return isinstance(wanted, tuple) and set(wanted) == set(stored)
    if name == "featured":
        return not wanted and not stored
    if name == "date" and isinstance(wanted, datetime):
        return _stamp(wanted) == stored
    alike = name == "body" and held_hash(name, wanted) == held_hash(name, stored)
    return alike or bool(wanted == stored)
