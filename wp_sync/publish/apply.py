"""Carry out a plan: the only writer to WordPress. Intents before requests, receipts after them."""

from __future__ import annotations

import html
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wp_sync.errors import (
    InDoubtError,
    RejectedError,
    SiteError,
    UnreachableError,
)
from wp_sync.model import Adopt, Amend, Claim, Create, Outcome, Receipt, Skip, Trash, Update

from .journal import Write
from .media import Pictures
from .merge import (
    FIELDS,
    adopted_hashes,
    edited_fields,
    left_out,
    pending_hashes,
    stale_fields,
    stored_hashes,
    unfinished_fields,
    written_hashes,
)
from .plan import slug_note
from .target import FORBIDDEN
from .terms import TermDirectory, known_ids
from .updates import REFUSED, made_nothing, obey, send_update

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wp_sync.model import Change, Plan, Post, SitePost, SiteState, User

    from .journal import Journal
    from .media import Files
    from .target import Target

_AT_ONCE = 10  # changes whose pictures are held in memory together
# Why a post waits for a person that nobody doubted.
_LEFT = {"draft": "its channel makes drafts", "pending": "its channel makes pending posts"}
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
        self._notes: dict[str, None] = {}  # on the change at hand
        self.directory = TermDirectory(target, journal, site.terms)
        self.pictures = Pictures(target, journal)

    def write(self, change: Change) -> Outcome:
        """Carry out one change; what concerns this post alone becomes its outcome."""
        self._notes.clear()
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
            case Amend() | Claim() | Trash():
                return obey(change, self._target, self._journal)
            case Skip():
                return _skipped(change)

    def _create(self, change: Create) -> Outcome:
        post = change.post
        values = self._values(post, FIELDS)
        self._journal.begin(post, written_hashes(post, values), pending_hashes(values))
        try:
            stored = self._target.create_post(values)
        except REFUSED as error:
            if made_nothing(error):
                self._journal.forget(post)
            raise
        except SiteError as error:
            # An answer that can't be read says nothing about the post: the intent stays.
            raise InDoubtError(error.message, cure=error.cure) from error
        stored = self._with_picture(post, values, stored)
        receipt = _receipt(
            post, stored, written_hashes(post, values, stored), stored_hashes(stored)
        )
        self._record("create", receipt, post, values, {})
        told = self._tell(change, values, stored, (slug_note(post, stored),))
        return _outcome(change, "created", told, stored)

    def _update(self, change: Update) -> Outcome:
        ours, post = change.receipt, change.post
        now_there = next(iter(self._target.read_posts([change.wp_id])), None)
        if now_there is None or now_there.status == "trash":
            return _outcome(change, "unchanged", "deleted on the site meanwhile: stays deleted")
        if now_there.status == FORBIDDEN:
            return _outcome(change, "unchanged", "given to another author meanwhile")
        edited = edited_fields(ours, now_there, post, known_ids(post, self._site.terms))
        fields = tuple(name for name in change.fields if name not in edited)
        if not fields:
            return _outcome(change, "unchanged", "edited on the site meanwhile", now_there)
        fields = self._without_lost_picture(post, fields)
        if not fields:
            kept = "the old picture stays: " if now_there.values.get("featured") else ""
            return _outcome(change, "unchanged", kept + self.pictures.note_of(post), now_there)
        values = self._values(post, fields)
        answer = send_update(self._target, self._journal, ours, values)
        stored = self._with_picture(post, values, answer)
        sent, got = written_hashes(post, values, stored), stored_hashes(stored)
        # Fields that were not written keep their old receipt, or an editor's change would be ours.
        receipt = replace(
            _receipt(
                post,
                stored,
                dict(ours.sent) | {name: sent[name] for name in fields if name in sent},
                dict(ours.stored) | {name: got[name] for name in fields if name in got},
            ),
            pending={name: ours.pending[name] for name in ours.pending if name not in fields},
        )
        before = {name: now_there.values.get(name) for name in fields}
        self._record("update", receipt, post, values, before)
        return _outcome(change, "updated", self._tell(change, values, stored), stored)

    def _adopt(self, change: Adopt) -> Outcome:
        post, found = change.post, change.found
        ids: Mapping[str, Any] = self._known_ids(post)
        if change.doubtful:
            ids = self._values(post, ("author", "categories", "tags"))
        begun = self._site.doubtful.get(post.key)
        sent, held = adopted_hashes(post, found, ids, begun)
        missing: tuple[str, ...] = ()
        stale: tuple[str, ...] = ()
        if change.doubtful and found.status != "trash":
            if found.values.get("featured") in {0, self.pictures.id_of(post)}:
                held["featured"] = stored_hashes(found)["featured"]
            missing = unfinished_fields(post, found, self._site.default_category)
            stale = stale_fields(post, Receipt(key=post.key, wp_id=found.wp_id, sent=sent))
            missing = self._without_lost_picture(post, missing)
            stale = self._without_lost_picture(post, stale)
        fields = tuple(dict.fromkeys((*missing, *stale)))
        values = self._values(post, fields)
        stored, before = found, {name: found.values.get(name) for name in fields}
        if fields:
            stored = self._target.update_post(found.wp_id, values)
            stored = self._with_picture(post, values, stored)
            got, wanted = stored_hashes(stored), written_hashes(post, values, stored)
            held |= {name: got[name] for name in fields if name in got}
            sent |= {name: wanted[name] for name in fields if name in wanted}
        if change.doubtful and post.pictures and not stored.values.get("featured"):
            del sent["featured"]
        receipt = _receipt(post, stored, sent, held)
        self._record("adopt", receipt, post, values, before)
        since = tuple(name for name in stale if name not in missing)
        told = [("completed", missing), ("changed at the source since", since)]
        notes = [f"{what}: {', '.join(names)}" for what, names in told if names]
        status = "updated" if fields else "unchanged"
        return _outcome(change, status, self._tell(change, values, stored, notes), stored)

    def _known_ids(self, post: Post) -> dict[str, Any]:
        """Look up ids without making anything; 0 is what the site does not have."""
        named = (user.wp_id for user in self._site.users if post.author in _names_of(user))
        author = {"author": next(named, 0)} if post.author else {}
        return known_ids(post, self._site.terms) | author

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
            values[taxonomy], refused = self.directory.term_ids(post, taxonomy)
            self._notes |= dict.fromkeys(refused)
        if not values.get("categories", True):  # WordPress chooses its default one
            del values["categories"]
        if "featured" in fields:
            values["featured"] = self.pictures.id_of(post)
        return values

    def _with_picture(self, post: Post, values: dict[str, Any], stored: SitePost) -> SitePost:
        """Replace, once, a picture that was deleted from the library: its id was left out."""
        if "featured" in left_out(values, stored) and (again := self.pictures.renew(post)):
            values["featured"] = again
            with suppress(RejectedError, InDoubtError):  # the answer to the post itself we have
                return self._target.update_post(stored.wp_id, {"featured": again})
        return stored

    def _tell(
        self,
        change: Create | Update | Adopt,
        values: Mapping[str, Any],
        stored: SitePost,
        more: Sequence[str] = (),
    ) -> str:
        """Give the reason, and what went otherwise than planned."""
        picture = self.pictures.note_of(change.post)
        dropped = (f"WordPress left out: {name}" for name in left_out(values, stored))
        notes = [change.reason, *more, *dropped, picture, *self._notes]
        return "; ".join(filter(None, notes))

    def _without_lost_picture(self, post: Post, fields: tuple[str, ...]) -> tuple[str, ...]:
        """Leave the featured image as it is when the wanted one can't be had."""
        lost = bool(post.pictures) and not self.pictures.id_of(post)
        return tuple(name for name in fields if not (lost and name == "featured"))

    def _author_id(self, post: Post) -> int:
        for user in self._site.users:
            if post.author in _names_of(user):
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


def _names_of(user: User) -> frozenset[str]:
    return frozenset({user.slug, str(user.wp_id)})


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
        status=stored.status,
        doubt=post.doubt or _LEFT.get(post.status, ""),
    )


def _skipped(change: Skip) -> Outcome:
    return Outcome(
        key=change.key,
        status=change.status,
        stage="publish",
        reason=change.reason,
        url=change.url,
        title=change.title,
        wp_id=change.wp_id,
    )


def _outcome(
    change: Change,
    status: Any,  # noqa: ANN401
    reason: str,
    stored: SitePost | None = None,
) -> Outcome:
    if isinstance(change, Amend | Claim | Trash | Skip):
        ours = change.receipt if isinstance(change, Amend | Claim) else change
        return Outcome(
            key=ours.key,
            status=status,
            stage="publish",
            reason=reason,
            url=change.url,
            title=change.title,
            wp_id=ours.wp_id,
        )
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
