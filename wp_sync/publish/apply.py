"""Carry out a plan: the only writer to WordPress. Intents before requests, receipts after them."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from wp_sync.errors import (
    InDoubtError,
    RejectedError,
    SiteError,
    UnauthorizedError,
    UnreachableError,
)
from wp_sync.model import Adopt, Create, Outcome, Receipt, Skip, Trash, Update

from .journal import Write
from .media import Pictures
from .merge import (
    FIELDS,
    adopted_hashes,
    edited_fields,
    sent_hashes,
    stored_hashes,
    unfinished_fields,
)
from .terms import TermDirectory, known_ids, term_paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wp_sync.model import Change, Plan, Post, SitePost, SiteState

    from .journal import Journal
    from .media import Files
    from .target import Target

_AT_ONCE = 10  # changes whose pictures are held in memory together
_DOUBTS = 2  # lost answers in a row after which the site is taken for down


def apply_plan(
    plan: Plan, target: Target, journal: Journal, files: Files, site: SiteState
) -> Iterator[Outcome]:
    """Write a plan to the site, and tell each change's outcome as it lands.

    A refused post fails alone. UnauthorizedError, UnreachableError and SiteError stop the run.
    """
    if all(isinstance(change, Skip) for change in plan.changes):
        yield from (_skipped(change) for change in plan.changes if isinstance(change, Skip))
        return
    writer = _Writer(target, journal, site)
    for new in plan.new_terms:
        writer.directory.make(new)
    for start in range(0, len(plan.changes), _AT_ONCE):
        chunk = plan.changes[start : start + _AT_ONCE]
        writer.pictures.prepare(chunk, files)
        for change in chunk:
            yield writer.write(change)


class _Writer:
    """One plan's writes: ids looked up once, one write at a time."""

    def __init__(self, target: Target, journal: Journal, site: SiteState) -> None:
        self._target, self._journal, self._site = target, journal, site
        self._doubts = 0
        self.directory = TermDirectory(target, journal, site.terms)
        self.pictures = Pictures(target, journal)

    def write(self, change: Change) -> Outcome:
        """Carry out one change; what concerns this post alone becomes its outcome."""
        try:
            outcome = self._dispatch(change)
        except RejectedError as error:
            return _outcome(change, "failed", str(error))
        except InDoubtError as error:
            self._doubts += 1
            if self._doubts >= _DOUBTS:
                message = f"{error.message}, {self._doubts} times in a row: the site is not well"
                raise UnreachableError(message, cure=error.cure) from error
            return _outcome(change, "failed", str(error))
        if not isinstance(change, Skip):  # which asks the site nothing
            self._doubts = 0
        return outcome

    def _dispatch(self, change: Change) -> Outcome:
        match change:
            case Create():
                return self._create(change)
            case Update():
                return self._update(change)
            case Adopt():
                return self._adopt(change)
            case Trash():
                return self._trash(change)
            case Skip():
                return _skipped(change)

    def _create(self, change: Create) -> Outcome:
        post = change.post
        values = self._values(post, FIELDS)
        self._journal.begin((post,))
        try:
            stored = self._target.create_post(values)
        except (RejectedError, UnauthorizedError, UnreachableError):
            self._journal.forget(post)
            raise
        except SiteError as error:
            # An answer that can't be read says nothing about the post: the intent stays.
            raise InDoubtError(error.message, cure=error.cure) from error
        receipt = _receipt(post, stored, sent_hashes(post), stored_hashes(stored))
        self._record("create", receipt, post, values, {})
        notes = [change.reason, *_dropped(values, stored), self.pictures.note_of(post)]
        return _outcome(change, "created", "; ".join(filter(None, notes)), stored)

    def _update(self, change: Update) -> Outcome:
        ours = change.receipt
        now_there = next(iter(self._target.read_posts([change.wp_id])), None)
        if now_there is None or now_there.status == "trash":
            return _outcome(change, "unchanged", "deleted on the site meanwhile: stays deleted")
        ids = known_ids(change.post, self._site.terms)
        edited = edited_fields(ours, now_there, change.post, ids)
        fields = tuple(name for name in change.fields if name not in edited)
        if not fields:
            return _outcome(change, "unchanged", "edited on the site meanwhile", now_there)
        fields = self._without_lost_picture(change.post, fields)
        if not fields:
            reason = f"the old picture stays: {self.pictures.note_of(change.post)}"
            return _outcome(change, "unchanged", reason, now_there)
        values = self._values(change.post, fields)
        stored = self._target.update_post(change.wp_id, values)
        sent, got = sent_hashes(change.post), stored_hashes(stored)
        # Fields that were not written keep their old receipt, or an editor's change would be ours.
        receipt = _receipt(
            change.post,
            stored,
            dict(ours.sent) | {name: sent[name] for name in fields},
            dict(ours.stored) | {name: got[name] for name in fields if name in got},
        )
        before = {name: now_there.values.get(name) for name in fields}
        self._record("update", receipt, change.post, values, before)
        notes = [change.reason, *_dropped(values, stored), self.pictures.note_of(change.post)]
        return _outcome(change, "updated", "; ".join(filter(None, notes)), stored)

    def _adopt(self, change: Adopt) -> Outcome:
        post, found = change.post, change.found
        ids = self._values(post, ("author", "categories", "tags"))
        held = adopted_hashes(post, found, ids)
        fields: tuple[str, ...] = ()
        if change.doubtful and found.status != "trash":
            fields = unfinished_fields(post, found, self._site.default_category)
            if found.values.get("featured") in {0, self.pictures.id_of(post)}:
                held["featured"] = stored_hashes(found)["featured"]
        fields = self._without_lost_picture(post, fields)
        values = self._values(post, fields)
        stored, before = found, {name: found.values.get(name) for name in fields}
        if fields:
            stored = self._target.update_post(found.wp_id, values)
            got = stored_hashes(stored)
            held |= {name: got[name] for name in fields if name in got}
        receipt = _receipt(post, stored, sent_hashes(post), held)
        self._record("adopt", receipt, post, values, before)
        notes = [change.reason, *_dropped(values, stored), self.pictures.note_of(post)]
        if fields:
            notes.insert(1, f"completed: {', '.join(fields)}")
        status = "updated" if fields else "unchanged"
        return _outcome(change, status, "; ".join(filter(None, notes)), stored)

    def _trash(self, change: Trash) -> Outcome:
        stored = self._target.trash_post(change.wp_id)
        receipt = Receipt(key=change.key, wp_id=change.wp_id, stored=stored_hashes(stored))
        self._journal.record(Write(action="trash", receipt=receipt))
        return _outcome(change, "trashed", change.reason, stored)

    def _values(self, post: Post, fields: Sequence[str]) -> dict[str, Any]:
        """Turn a post's fields into what the target takes: ids for names."""
        values: dict[str, Any] = {
            name: getattr(post, name) for name in fields if name not in {"author", "featured"}
        }
        if "excerpt" in values:  # an excerpt is markup on the site, and plain text here
            values["excerpt"] = html.escape(post.excerpt, quote=False)
        if "author" in fields and post.author:
            values["author"] = self._author_id(post)
        for taxonomy in {"categories", "tags"} & values.keys():
            ids = (self.directory.term_id(*path) for path in term_paths(post, (taxonomy,)))
            values[taxonomy] = tuple(dict.fromkeys(ids))
        if not values.get("categories", True):  # WordPress chooses its default one
            del values["categories"]
        if "featured" in fields:
            values["featured"] = self.pictures.id_of(post)
        return values

    def _without_lost_picture(self, post: Post, fields: tuple[str, ...]) -> tuple[str, ...]:
        """Leave the featured image as it is when the wanted one can't be had."""
        lost = bool(post.pictures) and not self.pictures.id_of(post)
        return tuple(name for name in fields if not (lost and name == "featured"))

    def _author_id(self, post: Post) -> int:
        for user in self._site.users:
            if post.author in {user.slug, str(user.wp_id)}:
                return user.wp_id
        raise RejectedError(
            f"the site has no author {post.author!r} (mappings/{post.channel}.toml: post.author)",
            cure="make the user in wp-admin with the role Author, or name another",
        )

    def _record(
        self,
        action: str,
        receipt: Receipt,
        post: Post,
        values: Mapping[str, Any],
        previous: Mapping[str, Any],
    ) -> None:
        write = Write(
            action=action,  # type: ignore[arg-type]
            receipt=receipt,
            source_url=post.source_url,
            values=values,
            previous=previous,
        )
        self._journal.record(write)


def _receipt(
    post: Post, stored: SitePost, sent: Mapping[str, str], held: Mapping[str, str]
) -> Receipt:
    return Receipt(
        key=post.key,
        wp_id=stored.wp_id,
        channel=post.channel,
        link=stored.link,
        sent=dict(sent),
        stored=dict(held),
    )


def _dropped(values: Mapping[str, Any], stored: SitePost) -> list[str]:
    """Name the ids that WordPress left out without a word (unknown ones: posts controller)."""
    return [
        f"WordPress left out: {name}"
        for name in ("author", "categories", "tags", "featured")
        if values.get(name)
        and (
            not set(values[name]) <= set(stored.values.get(name, ()))
            if isinstance(values[name], tuple)
            else values[name] != stored.values.get(name)
        )
    ]


def _skipped(change: Skip) -> Outcome:
    return Outcome(
        key=change.key,
        status=change.status,
        stage="publish",
        reason=change.reason,
        wp_id=change.wp_id,
    )


def _outcome(
    change: Create | Update | Adopt | Trash | Skip,
    status: Any,  # noqa: ANN401
    reason: str,
    stored: SitePost | None = None,
) -> Outcome:
    if isinstance(change, Trash | Skip):
        return Outcome(key=change.key, status=status, stage="publish", reason=reason)
    post = change.post
    return Outcome(
        key=post.key,
        status=status,
        stage="publish",
        reason=reason,
        url=post.source_url,
        title=post.title,
        channel=post.channel,
        wp_id=stored.wp_id if stored else getattr(change, "wp_id", None),
        link=stored.link if stored else "",
    )
