"""Decide what a site needs. Values in, a value out: no session, no ledger, no clock."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.hashing import digest
from wp_sync.model import Adopt, Create, Plan, Skip, Update
from wp_sync.text import normalise_address

from .likeness import fold_title
from .merge import FIELDS, edited_fields, find_conflicts, stale_fields
from .target import FORBIDDEN
from .terms import known_ids, missing_terms, term_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wp_sync.model import (
        Change,
        Conflict,
        ItemKey,
        Post,
        Receipt,
        SitePost,
        SiteState,
        Taxonomy,
        TermPath,
    )

CREDIT = "wp-sync-source"  # the class of the link in the attribution: mapping.templates

_TRASHED = re.compile(r"__trashed(?:-\d+)?$")  # post.php, wp_add_trashed_suffix_to_post_name
_MARK = re.compile(r"[a-z2-7]{6}")
_LINK = re.compile(r"""<a\s[^<>]*?\bhref\s*=\s*["']([^"'<>]+)["'][^<>]*>""", re.IGNORECASE)
# What another spelling of an address may change: its escapes, and the signs that HTML escapes.
_UNSURE = re.compile(r"%[0-9A-F]{2}|[^a-zA-Z0-9./:=_-]+")
_WORDS = 9  # more, and WordPress takes them for one sentence (WP_Query::parse_search)


def make_plan(posts: Iterable[Post], receipts: Mapping[ItemKey, Receipt], site: SiteState) -> Plan:
    """Compare what we want with what we wrote and with what is there now."""
    changes: list[Change] = []
    first_of: dict[str | int, Post] = {}  # by mark, and by the post that is taken over
    for post in posts:
        first = first_of.setdefault(post.mark, post)
        change = _change_for(post, receipts, site)
        if first is post and isinstance(change, Adopt):
            first = first_of.setdefault(change.found.wp_id, post)
        if first is not post:
            reason = f"the same article as {first.source_url or first.title} in this run"
            change = Skip(key=post.key, reason=reason, status="held")
        changes.append(change)
    return with_terms(Plan(changes=tuple(changes)), site)


def with_terms(plan: Plan, site: SiteState) -> Plan:
    """Name the terms that a plan needs and the site does not have; what is held needs none."""
    return replace(plan, new_terms=missing_terms(_wanted(plan.changes), site.terms))


def _change_for(post: Post, receipts: Mapping[ItemKey, Receipt], site: SiteState) -> Change:
    ours = receipts.get(post.key)
    if ours is not None:
        return _update_for(post, ours, site)
    if post.key in site.resting:
        begun = site.resting[post.key].begun
        reason = (
            f"a create begun at {begun:%H:%M:%S} UTC got no answer: looked up when it is settled"
        )
        return Skip(key=post.key, reason=reason, status="held")
    if post.key in site.repeats and not post.approved:
        return site.repeats[post.key]
    found = site.found.get(post.key, ())
    if not found:
        again = post.key in site.doubtful
        reason = "an earlier attempt left nothing on the site" if again else "new"
        if post.doubt:
            reason += f"; a draft: {post.doubt}"
        return Create(post=post, reason=reason)
    return _adoption_for(post, found, site)


def _update_for(post: Post, ours: Receipt, site: SiteState) -> Change:
    stale = stale_fields(post, ours)
    if not stale:
        return Skip(key=post.key, reason="unchanged", wp_id=ours.wp_id, conflicts=())

    # A post that an editor deleted stays deleted: bringing it back would fight a person.
    theirs = site.posts.get(ours.wp_id)
    if theirs is None:
        reason = "deleted on the site: stays deleted"
        return Skip(key=post.key, reason=reason, wp_id=ours.wp_id, conflicts=())
    if theirs.status == "trash":
        reason = "in the trash of the site: stays there"
        return Skip(key=post.key, reason=reason, wp_id=ours.wp_id, conflicts=())
    if theirs.status == FORBIDDEN:
        reason = "given to another author on the site: stays as it is"
        return Skip(key=post.key, reason=reason, wp_id=ours.wp_id)

    edited = edited_fields(ours, theirs, post, known_ids(post, site.terms))
    fields = tuple(name for name in stale if name not in edited)
    conflicts = find_conflicts(post, theirs, stale, edited)
    kept = kept_note(conflicts, site)
    if not fields:
        return Skip(key=post.key, reason=kept, wp_id=ours.wp_id, conflicts=conflicts)
    reason = "; ".join(filter(None, (f"changed at the source: {', '.join(fields)}", kept)))
    return Update(
        post=post,
        wp_id=ours.wp_id,
        fields=fields,
        receipt=ours,
        reason=reason,
        conflicts=conflicts,
    )


def kept_note(conflicts: Sequence[Conflict], site: SiteState) -> str:
    """Say which fields stay as an editor left them, and that a person may settle it."""
    if not conflicts:
        return ""
    note = f"edited on the site and kept: {', '.join(one.field for one in conflicts)}"
    is_settled = all(
        (one.field, digest(one.ours)) in site.settled.get(one.key, ()) for one in conflicts
    )
    return note if is_settled else f"{note} (a conflict: wp-sync review list)"


def _adoption_for(post: Post, found: tuple[SitePost, ...], site: SiteState) -> Change:
    signs = {
        one.wp_id: site.signs.get(post.key, {}).get(one.wp_id) or sign_of(post, one)
        for one in found
        if one.status != FORBIDDEN
    }
    # Of several what is in use: an importer's double may have been thrown away.
    ours = sorted(
        (one for one in found if signs.get(one.wp_id)),
        key=lambda one: (one.status == "trash", one.wp_id),
    )
    hidden = [one for one in found if one.status == FORBIDDEN]
    if hidden and not (ours or post.approved):
        named = next((f"post {one.wp_id} on the site" for one in hidden if one.wp_id), "a post")
        reason = f"it may be {named} that we may not edit: given to another author?"
        return Skip(key=post.key, reason=reason, status="held")
    if not ours:
        return _ambiguity_for(post, found)
    doubtful, wp_id = post.key in site.doubtful, ours[0].wp_id
    reason = f"already on the site as post {wp_id}: {signs[wp_id]}"
    if doubtful:
        reason = "made by an attempt whose answer was lost"
    if ours[0].status == "trash":
        reason += ", in the trash: stays there"
    return Adopt(post=post, found=ours[0], doubtful=doubtful, reason=reason)


def _ambiguity_for(post: Post, found: tuple[SitePost, ...]) -> Change:
    """Hold what may be on the site already, unless a person said that it is not."""
    noun = "posts" if found[1:] else "post"
    named = (
        f"{noun} {', '.join(str(one.wp_id) for one in sorted(found, key=lambda one: one.wp_id))}"
    )
    if post.approved:
        return Create(post=post, reason=f"new, and not {named}, as a person said")
    verb = "link" if found[1:] else "links"
    if any(_body_links_to(one, post) for one in found):
        reason = f"{named} on the site {verb} to {post.source_url}: the same article or not?"
    elif any(post.slug in _bare_slugs(one.slug) for one in found):
        reason = f"{named} on the site has this slug but does not link to {post.source_url}:"
        reason += " the same article or not?"
    else:
        reason = f"{named} on the site may be this article, going by title, date and text:"
        reason += " is it?"
    return Skip(key=post.key, reason=f"{reason} {how_to_decide(post, found)}", status="held")


def how_to_decide(post: Post, found: Iterable[SitePost]) -> str:
    """Tell which commands settle what title, link or slug left open."""
    article, first = post.source_url or post.key.guid, min(one.wp_id for one in found)
    return f"(if so: wp-sync adopt --pair {article}={first}; if not: wp-sync review approve)"


def is_ours(post: Post, found: SitePost) -> bool:
    """Tell whether a found post is certainly this article's, by its slug or its body."""
    return bool(sign_of(post, found))


def sign_of(post: Post, found: SitePost) -> str:
    """Tell by what a found post is this article's: the mark in its slug, or its source link; "".

    A link that is no credit may stand in a text about something else: it counts in a post that has
    our slug or our title.
    """
    same_slug = post.slug in _bare_slugs(found.slug)
    if post.slug.endswith(post.mark) and (same_slug or post.mark in marks_of(found.slug)):
        return "our key in its slug"
    if not _body_links_to(found, post):
        return ""
    credited = CREDIT in str(found.values.get("body", ""))
    same_title = fold_title(str(found.values.get("title", ""))) == fold_title(post.title)
    return "its link to the source" if credited or same_slug or same_title else ""


def marks_of(slug: str) -> frozenset[str]:
    """Take what may be a mark from the end of a slug of the site."""
    ends = (name.rpartition("-")[2] for name in _bare_slugs(slug))
    return frozenset(end for end in ends if _MARK.fullmatch(end))


def slug_note(post: Post, stored: SitePost) -> str:
    """Say that a created post did not get the slug with its mark: another post has it."""
    numbered = stored.slug != post.slug and post.slug in _bare_slugs(stored.slug)
    if not (numbered and post.slug.endswith(post.mark)):
        return ""
    return f"WordPress gave it the slug {stored.slug}: is there another post of this article?"


def links_to(body: str, url: str) -> bool:
    """Tell whether a body links to an article, however its address is written."""
    return normalise_address(url) in linked_addresses(body)


def linked_addresses(body: str) -> frozenset[str]:
    """Normalise the addresses that a body credits; all that it links to when it credits none."""
    links = list(_LINK.finditer(body))
    credits_ = [link for link in links if CREDIT in link[0]]
    found = {normalise_address(html.unescape(link[1])) for link in credits_ or links}
    return frozenset(found - {""})


def address_words(address: str) -> tuple[str, ...]:
    """Take the words of a normalised address that are in it however it is written: the longest."""
    host, _, rest = address.partition("/")
    known = rest if "xn--" in host else f"{host}/{rest}"  # which stands in texts as people read it
    # A word that begins with "-" would be one that must not be there.
    words = {word.strip("./:-") for word in _UNSURE.split(known)}
    longest = sorted((word for word in words if len(word) > 1), key=lambda word: (-len(word), word))
    return tuple(longest[:_WORDS])


def _body_links_to(found: SitePost, post: Post) -> bool:
    return links_to(str(found.values.get("body", "")), post.source_url)


def bare_slug(slug: str) -> str:
    """Take off what the trash appends."""
    return _TRASHED.sub("", slug)


def _bare_slugs(slug: str) -> tuple[str, str]:
    """Take off what WordPress appends: __trashed, and -2 to a slug that is taken, or is none."""
    slug = bare_slug(slug)
    stem, _, number = slug.rpartition("-")
    return slug, stem if number.isdigit() else slug


def _wanted(changes: Iterable[Change]) -> Iterator[tuple[Taxonomy, TermPath]]:
    for change in changes:
        # What is merely taken over gets no terms of ours.
        if isinstance(change, Create) or (isinstance(change, Adopt) and change.doubtful):
            yield from term_paths(change.post, FIELDS)
        elif isinstance(change, Update):
            yield from term_paths(change.post, change.fields)
