"""What of posts a site takes, by their types: the rest is left out, and told once a run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.publish.custom import taxonomy_name
from wp_sync.publish.post_types import PLAIN, POST, as_taken, lacking_notes
from wp_sync.publish.registering import fields_note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import ItemKey, Post, Receipt
    from wp_sync.publish.post_types import PostType
    from wp_sync.publish.target import Target


class Settling:
    """Fits posts to the types that one site has."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._untaken: dict[str, set[str]] = defaultdict(set)  # custom fields, by type
        self._types: dict[str, PostType] = {}  # that posts of this run have
        self._stay: dict[tuple[str, str, str], set[ItemKey]] = defaultdict(set)

    def settle(self, posts: Sequence[Post], receipts: Mapping[ItemKey, Receipt]) -> list[Post]:
        """Give each post the type in which it is there, and leave out what that has no place for.

        WordPress has no change of type over its APIs: what is there keeps its own.
        """
        placed = [self._place(post, receipts.get(post.key)) for post in posts]
        kinds = dict.fromkeys(post.type for post in placed)
        taken = {name: self._find_taken(name, placed) for name in kinds}
        return [_without(post, taken[post.type]) for post in placed]

    @property
    def messages(self) -> tuple[str, ...]:
        """What a person should know of it."""
        stay = (
            f"{channel}: {_counted(len(keys))} of the type {old}, and not {new}: WordPress changes"
            " no post's type, so what is there is updated as it is (former_types of [site] names"
            " such a type for a ledger that is lost)"
            for (channel, old, new), keys in self._stay.items()
        )
        lacks = (note for kind in self._types.values() for note in lacking_notes(kind))
        fields = (fields_note(keys, name) for name, keys in self._untaken.items() if keys)
        return (*stay, *lacks, *fields)

    def _place(self, post: Post, ours: Receipt | None) -> Post:
        name = ours.type if ours and ours.type else post.type
        if name != post.type:
            self._stay[post.channel, name, post.type].add(post.key)
        if name == POST:
            return replace(post, type=POST) if post.type != POST else post
        kind = self._target.read_types().get(name) or PLAIN
        self._types.setdefault(name, kind)
        return replace(as_taken(post, kind), type=name)

    def _find_taken(self, name: str, posts: Sequence[Post]) -> frozenset[str]:
        """Tell which of these posts' custom fields, and own taxonomies, the site takes."""
        ours = [post for post in posts if post.type == name]
        keys = {key for post in ours for key in post.fields}
        keys |= {taxonomy_name(slug) for post in ours for slug in post.terms}
        if not keys:
            return frozenset()
        taken = self._target.writable_fields(sorted(keys), name)
        self._untaken[name] |= keys - taken
        return taken


def _without(post: Post, taken: frozenset[str]) -> Post:
    if not (post.fields or post.terms):
        return post
    return replace(
        post,
        fields={key: post.fields[key] for key in post.fields if key in taken},
        terms={slug: post.terms[slug] for slug in post.terms if taxonomy_name(slug) in taken},
        primary=tuple(key for key in post.primary if key in taken),
    )


def _counted(number: int) -> str:
    return f"{number:,} {'post stays' if number == 1 else 'posts stay'}"
