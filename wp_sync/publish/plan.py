"""Decide what a site needs. Values in, a value out: no session, no ledger, no clock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.model import Adopt, Create, Plan, Skip, Update
from wp_sync.text import normalise_address

from .merge import FIELDS, edited_fields, stale_fields
from .terms import known_ids, missing_terms, term_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wp_sync.model import (
        Change,
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
    first_of: dict[str, Post] = {}
    for post in posts:
        first = first_of.setdefault(post.mark, post)
        if first is post:
            changes.append(_change_for(post, receipts, site))
        else:
            reason = f"the same article as {first.source_url or first.title} in this run"
            changes.append(Skip(key=post.key, reason=reason, status="held"))
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
        return Skip(key=post.key, reason="unchanged", wp_id=ours.wp_id)

    # A post that an editor deleted stays deleted: bringing it back would fight a person.
    theirs = site.posts.get(ours.wp_id)
    if theirs is None:
        return Skip(key=post.key, reason="deleted on the site: stays deleted", wp_id=ours.wp_id)
    if theirs.status == "trash":
        reason = "in the trash of the site: stays there"
        return Skip(key=post.key, reason=reason, wp_id=ours.wp_id)

    edited = edited_fields(ours, theirs, post, known_ids(post, site.terms))
    fields = tuple(name for name in stale if name not in edited)
    kept = ", ".join(name for name in stale if name in edited)
    if not fields:
        return Skip(key=post.key, reason=f"edited on the site: {kept}", wp_id=ours.wp_id)
    reason = f"changed at the source: {', '.join(fields)}"
    if kept:
        reason += f"; edited on the site and kept: {kept}"
    return Update(post=post, wp_id=ours.wp_id, fields=fields, receipt=ours, reason=reason)


def _adoption_for(post: Post, found: tuple[SitePost, ...], site: SiteState) -> Change:
    ours = sorted((one for one in found if is_ours(post, one)), key=lambda one: one.wp_id)
    if not ours:
        ids = ", ".join(str(one.wp_id) for one in found)
        reason = f"post {ids} on the site has this slug but does not link to {post.source_url}"
        return Skip(key=post.key, reason=reason, status="held")
    doubtful = post.key in site.doubtful
    reason = "made by an attempt whose answer was lost" if doubtful else "already on the site"
    if ours[0].status == "trash":
        reason += ", in the trash: stays there"
    return Adopt(post=post, found=ours[0], doubtful=doubtful, reason=reason)


def is_ours(post: Post, found: SitePost) -> bool:
    """Tell whether a found post is this article's: by the mark in its slug, or by its source link.

    WordPress appends -2 to a slug that is taken, and __trashed to one in the trash.
    """
    slug = found.slug.removesuffix("__trashed")
    stem = slug.rpartition("-")[0] if slug.rpartition("-")[2].isdigit() else slug
    marked = post.slug.endswith(post.mark)
    if marked and post.slug in {slug, stem}:
        return True
    return bool(post.source_url) and links_to(str(found.values.get("body", "")), post.source_url)


def links_to(body: str, url: str) -> bool:
    """Tell whether a body links to an article, however its address is written."""
    wanted = normalise_address(url)
    targets = (part.partition('"')[0] for part in body.split('href="')[1:])
    return any(normalise_address(target.replace("&amp;", "&")) == wanted for target in targets)


def _wanted(changes: Iterable[Change]) -> Iterator[tuple[Taxonomy, TermPath]]:
    for change in changes:
        if isinstance(change, Create | Adopt):
            yield from term_paths(change.post, FIELDS)
        elif isinstance(change, Update):
            yield from term_paths(change.post, change.fields)
