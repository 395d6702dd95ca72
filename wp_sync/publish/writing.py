"""What all writes of one plan share: ids for names, pictures, receipts."""

from __future__ import annotations

import html
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wp_sync.errors import InDoubtError, RejectedError
from wp_sync.model import Receipt

from .journal import Write
from .media import Pictures
from .merge import left_out
from .terms import TermDirectory, known_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Adopt, Create, Post, SitePost, SiteState, Update, User

    from .journal import Action, Journal
    from .target import Target

# Why a post waits for a person that nobody doubted.
_LEFT = {"draft": "its channel makes drafts", "pending": "its channel makes pending posts"}


class Writing:
    """One plan's writes: terms, authors and pictures looked up once."""

    def __init__(self, target: Target, journal: Journal, site: SiteState) -> None:
        self.target, self.journal, self.site = target, journal, site
        self.directory = TermDirectory(target, journal, site.terms)
        self.pictures = Pictures(target, journal)
        self._notes: dict[str, None] = {}  # on the change at hand

    def begin_change(self) -> None:
        """Forget what was noted on the change before."""
        self._notes.clear()

    def known_ids(self, post: Post) -> dict[str, Any]:
        """Look up ids without making anything; 0 is what the site does not have."""
        named = (user.wp_id for user in self.site.users if post.author in _names_of(user))
        author = {"author": next(named, 0)} if post.author else {}
        return known_ids(post, self.site.terms) | author

    def values(self, post: Post, fields: Sequence[str]) -> dict[str, Any]:
        """Turn a post's fields into what the target takes: ids for names."""
        values: dict[str, Any] = {
            name: getattr(post, name) for name in fields if name not in {"author", "featured"}
        }
        for name in {"comments", "fields"} & values.keys():
            if not values[name]:  # left to the site
                del values[name]
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

    def with_picture(self, post: Post, values: dict[str, Any], stored: SitePost) -> SitePost:
        """Replace, once, a picture that was deleted from the library: its id was left out."""
        if "featured" in left_out(values, stored) and (again := self.pictures.renew(post)):
            values["featured"] = again
            with suppress(RejectedError, InDoubtError):  # the answer to the post itself we have
                return self.target.update_post(stored.wp_id, {"featured": again})
        return stored

    def without_lost_picture(self, post: Post, fields: tuple[str, ...]) -> tuple[str, ...]:
        """Leave the featured image as it is when the wanted one can't be had."""
        lost = bool(post.pictures) and not self.pictures.id_of(post)
        return tuple(name for name in fields if not (lost and name == "featured"))

    def tell(
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

    def record(
        self,
        action: Action,
        receipt: Receipt,
        post: Post,
        values: Mapping[str, Any],
        previous: Mapping[str, Any],
    ) -> None:
        """Keep the receipt, and what the site held before."""
        write = Write(
            action=action,
            receipt=receipt,
            source_url=post.source_url,
            values=values,
            previous=previous,
        )
        self.journal.record(write)

    def _author_id(self, post: Post) -> int:
        for user in self.site.users:
            if post.author in _names_of(user):
                return user.wp_id
        raise RejectedError(
            f"the site has no author {post.author!r} (mappings/{post.channel}.toml: post.author)",
            cure="make the user in wp-admin with the role Author, or name another",
        )


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
    )


def _names_of(user: User) -> frozenset[str]:
    return frozenset({user.slug, str(user.wp_id)})
