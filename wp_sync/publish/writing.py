"""What all writes of one plan share: ids for names, pictures, receipts."""

from __future__ import annotations

import html
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wp_sync.errors import InDoubtError, PublishError, RejectedError
from wp_sync.model import Receipt

from .authors import AuthorDirectory, author_id
from .custom import as_values, category_values, is_custom, taxonomy_name, value_name
from .journal import Write
from .media import Pictures
from .merge import held_hash, left_out, lost_fields, pending_hashes
from .terms import TermDirectory, known_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Adopt, Create, ItemKey, Post, SitePost, SiteState, Update

    from .journal import Action, Journal
    from .target import Target

# Why a post waits for a person that nobody doubted.
_LEFT = {"draft": "its channel makes drafts", "pending": "its channel makes pending posts"}


class Writing:
    """One plan's writes: terms, authors and pictures looked up once."""

    def __init__(self, target: Target, journal: Journal, site: SiteState) -> None:
        self.target, self.journal, self.site = target, journal, site
        self.directory = TermDirectory(target, journal, site.terms)
        self._authors = AuthorDirectory(target, site.users)
        self.pictures = Pictures(target, journal, site.settle)
        self._users = {user.wp_id: user for user in site.users}
        self._has_asked_users = False
        self._notes: dict[str, None] = {}  # on the change at hand
        self._doubts: dict[ItemKey, dict[str, tuple[str, ...]]] = {}  # as Receipt.pending

    def begin_change(self) -> None:
        """Forget what was noted on the change before."""
        self._notes.clear()

    def take_notes(self) -> tuple[str, ...]:
        """Return what was noted on the change at hand, for one that is told of later."""
        notes = tuple(self._notes)
        self._notes.clear()
        return notes

    def known_ids(self, post: Post) -> dict[str, Any]:
        """Look up ids without making anything; 0 is what the site does not have."""
        return known_ids(post, self.site.terms) | author_id(post, self.site.users)

    def name_of(self, wp_id: int) -> str:
        """Name a user as people know them; asked once a plan, should nobody have asked before."""
        if wp_id not in self._users and not self._has_asked_users:
            self._has_asked_users = True
            with suppress(PublishError):
                self._users |= {user.wp_id: user for user in self.target.read_authors()}
        user = self._users.get(wp_id)
        return user.name if user and user.name else f"user {wp_id}"

    def values(self, post: Post, fields: Sequence[str]) -> dict[str, Any]:
        """Turn a post's fields into what the target takes: ids for names."""
        values: dict[str, Any] = {
            name: getattr(post, name)
            for name in fields
            if name not in {"author", "featured"} and not is_custom(name)
        }
        if not values.get("comments", True):  # left to the site
            del values["comments"]
        values |= {name: self._as_markup(post, name) for name in {"body", "excerpt"} & set(fields)}
        if "author" in fields and post.author:
            values["author"], note = self._authors.find(post)
            self._notes |= dict.fromkeys([note] if note else ())
            if not values["author"]:  # the user who logs in
                del values["author"]
        for taxonomy in {"categories", "tags"} & values.keys():
            values[taxonomy], refused = self.directory.term_ids(post, taxonomy)
            self._notes |= dict.fromkeys(refused)
        if not values.get("categories", True):  # WordPress chooses its default one
            del values["categories"]
        if "featured" in fields:
            values["featured"] = self.pictures.id_of(post)
        return values | self._custom_values(post, fields)

    def _custom_values(self, post: Post, fields: Sequence[str]) -> dict[str, Any]:
        """Return the custom ones among these; a category that a field names is sent as its id."""
        values: dict[str, Any] = {
            name: one for name, one in as_values(post.fields).items() if name in fields
        }
        for name in filter(fields.__contains__, map(taxonomy_name, post.terms)):
            values[name], refused = self.directory.term_ids(post, name)
            self._notes |= dict.fromkeys(refused)
        if any(name in values for name in map(value_name, post.primary)):
            ids, _ = self.directory.term_ids(post, "categories")
            named = category_values(post, ids)
            values |= {name: named[name] for name in named if name in values}
        return values

    def with_picture(self, post: Post, values: dict[str, Any], stored: SitePost) -> SitePost:
        """Replace, once, a picture that was deleted from the library: its id was left out."""
        if "featured" not in left_out(values, stored) or not (again := self.pictures.renew(post)):
            return stored
        values["featured"] = again
        try:
            return self.target.update_post(stored.wp_id, {"featured": again})
        except RejectedError:  # the answer to the post itself we have
            return stored
        except PublishError as error:
            self.pictures.put_off(post)
            if isinstance(error, InDoubtError):
                self._doubts[post.key] = pending_hashes({"featured": again})
            return stored

    def without_lost_pictures(
        self, post: Post, fields: tuple[str, ...], there: SitePost
    ) -> tuple[str, ...]:
        """Leave as they are the fields whose wanted pictures can't be had, or not yet."""
        featured = self.pictures.id_of(post)
        same = self.pictures.is_makeshift(post) and there.values.get("featured") == featured
        left = {"featured"} if post.pictures and (not featured or same) else set()
        if self.pictures.body_note(post) or self._body_waits(post):
            ours = held_hash("body", self.pictures.body_of(post))
            if held_hash("body", there.values.get("body")) == ours:
                left.add("body")
        return tuple(name for name in fields if name not in left)

    def unfinished(self, post: Post) -> frozenset[str]:
        """Name the fields that are written and still wanted: another run may bring a picture."""
        waits = {
            "body": self._body_waits(post),
            "featured": self.pictures.is_makeshift(post),
        }
        return frozenset(name for name, is_waiting in waits.items() if is_waiting)

    def _body_waits(self, post: Post) -> bool:
        """Tell whether a text may be another one when the pictures are there.

        One that the post goes without may be its featured image, which its text does not repeat.
        """
        late = self.pictures.comes_again(post) and self.pictures.shows_any(post)
        return late or self.pictures.body_comes_again(post)

    def lacks(self, post: Post, values: Mapping[str, Any], stored: SitePost) -> bool:
        """Tell whether a post goes without something that another run may bring."""
        picture = self.pictures.comes_again(post) or bool(self.unfinished(post))
        return picture or bool(lost_fields(values, stored))

    def tell(
        self,
        change: Create | Update | Adopt,
        values: Mapping[str, Any],
        stored: SitePost,
        more: Sequence[str] = (),
    ) -> str:
        """Give the reason, and what went otherwise than planned."""
        pictures = (self.pictures.note_of(change.post), self.pictures.body_note(change.post))
        dropped = (f"WordPress left out: {name}" for name in left_out(values, stored))
        notes = [change.reason, *more, *dropped, *pictures, *self._notes]
        return "; ".join(filter(None, notes))

    def write_of(
        self,
        action: Action,
        receipt: Receipt,
        post: Post,
        values: Mapping[str, Any],
        previous: Mapping[str, Any],
    ) -> Write:
        """Make what the journal records: the receipt, and what the site held before."""
        doubt = self._doubts.pop(post.key, None)
        return Write(
            action=action,
            receipt=replace(receipt, pending={**receipt.pending, **doubt}) if doubt else receipt,
            source_url=post.source_url,
            values=values,
            previous=previous,
        )

    def record(
        self,
        action: Action,
        receipt: Receipt,
        post: Post,
        values: Mapping[str, Any],
        previous: Mapping[str, Any],
    ) -> None:
        """Keep the receipt, and what the site held before."""
        self.journal.record(self.write_of(action, receipt, post, values, previous))

    def _as_markup(self, post: Post, name: str) -> str:
        """Write what is markup on the site: the text's pictures from there, the excerpt escaped."""
        if name == "body":
            return self.pictures.body_of(post)
        return html.escape(post.excerpt, quote=False)


def receipt_of(
    post: Post, stored: SitePost, sent: Mapping[str, str], held: Mapping[str, str]
) -> Receipt:
    """Remember what we asked for and what WordPress answered."""
    return Receipt(
        key=post.key,
        wp_id=stored.wp_id,
        channel=post.channel,
        link=stored.link,
        sent=dict(sent),
        stored=dict(held),
        modified=stored.modified,
        revision=stored.revision,
        status=stored.status,
        doubt=post.doubt or _LEFT.get(post.status, ""),
        type=stored.type,
    )
