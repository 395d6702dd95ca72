"""A plan in words: each change with its fields and its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wp_sync.model import Adopt, Amend, Claim, Create, Skip, Trash, Update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.model import Change, Discard, ItemKey, NewTerm, Plan, Post

_KINDS = {"categories": "category", "tags": "tag", "upload": "upload"}


def plan_lines(plan: Plan) -> Iterator[str]:
    """Tell line by line what a plan writes."""
    for new in plan.new_terms:
        yield new_term_line(new)
    for change in plan.changes:
        yield from change_lines(change)
    for one in plan.discards:
        yield f"{one.how:<7} {_KINDS[one.kind]} {one.name}"
        yield f"        why: {one.reason}"


def change_lines(change: Change) -> Iterator[str]:
    """Tell one change; what is skipped is told with the outcomes."""
    match change:
        case Create(post=post, reason=reason):
            yield f"create  {post.title}"
            yield from (f"        {line}" for line in _post_lines(post))
            yield f"        why: {reason}"
        case Update(post=post, wp_id=wp_id, fields=fields, reason=reason):
            yield f"update  {wp_id}: {post.title}"
            yield f"        fields: {', '.join(fields)}"
            yield f"        why: {reason}"
        case Adopt(post=post, found=found, reason=reason):
            yield f"adopt   {found.wp_id}: {post.title}"
            yield f"        why: {reason}"
        case Amend(receipt=receipt, values=values, reason=reason):
            yield f"{change.order:<7} {receipt.wp_id}: {change.title}"
            yield f"        fields: {', '.join(values)}"
            yield f"        why: {reason}"
        case Claim(receipt=receipt, ours=ours, reason=reason):
            word = "regain" if ours else "forget"
            yield f"{word}  {receipt.wp_id}: {change.title}"
            yield f"        why: {reason}"
        case Trash(wp_id=wp_id, reason=reason):
            yield f"trash   {wp_id}{f': {change.title}' if change.title else ''}"
            yield f"        why: {reason}"
        case Skip():  # told with the outcomes
            pass


def new_term_line(new: NewTerm) -> str:
    """Tell which term will be made, and ask when the site has a near one."""
    asked = f" - did you mean {new.near!r}, which the site has?" if new.near else ""
    kind = _KINDS.get(new.taxonomy) or f"term of {new.taxonomy.partition('.')[2]}"
    return f"make    {kind} {' > '.join(new.path)}{asked}"


def key_of(change: Change) -> ItemKey:
    """Return the identity of the item that a change is about."""
    match change:
        case Create() | Update() | Adopt():
            return change.post.key
        case Amend() | Claim():
            return change.receipt.key
        case Trash() | Skip():
            return change.key


def change_data(change: Change) -> dict[str, Any]:
    """Return a change as --json shows it."""
    data: dict[str, Any] = {
        "change": type(change).__name__.lower(),
        "reason": change.reason,
        "wp_id": getattr(change, "wp_id", None),
        "fields": list(getattr(change, "fields", ())),
    }
    if isinstance(change, Adopt):
        data["wp_id"] = change.found.wp_id
    if isinstance(change, Amend | Claim):
        data |= {"wp_id": change.receipt.wp_id, "fields": list(getattr(change, "values", ()))}
    post = getattr(change, "post", None)
    key = key_of(change)
    data |= {"feed": key.feed, "guid": key.guid}
    if post:
        data |= {
            "url": post.source_url,
            "title": post.title,
            "channel": post.channel,
            "status": post.status,
            "slug": post.slug,
            "date": post.date.isoformat() if post.date else None,
            "categories": [" > ".join(path) for path in post.categories],
            "tags": list(post.tags),
            "author": post.author,
            "new_author": post.new_author,
        }
    return data


def discard_data(one: Discard) -> dict[str, Any]:
    """Return what goes beside the posts as --json shows it."""
    return {
        "kind": one.kind,
        "wp_id": one.wp_id,
        "name": one.name,
        "how": one.how,
        "reason": one.reason,
    }


def _author_of(post: Post) -> str:
    made = f" (a new user: {post.new_author})" if post.new_author else ""
    return f"{post.author or 'the user who logs in'}{made}"


def _post_lines(post: Post) -> Iterator[str]:
    where = ", ".join(" > ".join(path) for path in post.categories) or "the default category"
    where = "no category" if "categories" in post.lacks else where
    date = f"{post.date:%Y-%m-%d %H:%M} UTC" if post.date else "dated when it is approved"
    status = post.status if post.type == "post" else f"{post.status} {post.type}"
    yield f"{status} in {where}, {date}, by {_author_of(post)}"
    yield f"slug: {post.slug}"
    if post.tags:
        yield f"tags: {', '.join(post.tags)}"
    for slug, paths in post.terms.items():
        if paths:
            yield f"{slug}: {', '.join(' > '.join(path) for path in paths)}"
    if told := [name for name, value in post.fields.items() if value]:
        yield f"custom fields: {', '.join(told)}"
    picture = post.pictures[0].url if post.pictures else "none"
    yield f"picture: {picture}"
