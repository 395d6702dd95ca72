"""Decide what a site needs. Values in, a value out: no session, no ledger, no clock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.hashing import digest
from wp_sync.model import Adopt, Create, Plan, Skip, Update

from .belonging import why_left
from .merge import edited_fields, fields_of, find_conflicts, stale_fields
from .signs import bare_slugs, is_linked, sign_of
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
        if post.date_note:
            reason += f"; {post.date_note}"
        return Create(post=post, reason=reason)
    return _adoption_for(post, found, site)


def _update_for(post: Post, ours: Receipt, site: SiteState) -> Change:
    stale = stale_fields(post, ours)
    if not stale:
        return Skip(key=post.key, reason="unchanged", wp_id=ours.wp_id, conflicts=())

    # A post that an editor deleted stays deleted: bringing it back would fight a person.
    theirs = site.posts.get(ours.wp_id)
    why = why_left(ours, theirs, post)
    if theirs is None or why:
        unseen = theirs and theirs.status == FORBIDDEN
        looked = None if unseen else ()
        return Skip(key=post.key, reason=why, wp_id=ours.wp_id, conflicts=looked)

    edited = edited_fields(ours, theirs, post, known_ids(post, site.terms))
    fields = tuple(name for name in stale if name not in edited)
    conflicts = find_conflicts(post, theirs, stale, edited)
    kept = kept_note(conflicts, site)
    if not fields:
        return Skip(key=post.key, reason=kept, wp_id=ours.wp_id, conflicts=conflicts)
    reason = "; ".join(filter(None, (f"changed: {', '.join(fields)}", kept)))
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
    if any(is_linked(one, post) for one in found):
        reason = f"{named} on the site {verb} to {post.source_url}: the same article or not?"
    elif any(post.slug in bare_slugs(one.slug) for one in found):
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


def _wanted(changes: Iterable[Change]) -> Iterator[tuple[Taxonomy, TermPath]]:
    for change in changes:
        # What is merely taken over gets no terms of ours.
        if isinstance(change, Create) or (isinstance(change, Adopt) and change.doubtful):
            yield from term_paths(change.post, fields_of(change.post))
        elif isinstance(change, Update):
            yield from term_paths(change.post, change.fields)
