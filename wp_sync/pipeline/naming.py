"""Tags and authors of posts, from what their sources call them: by what the site has, and persons.

This comes between mapping and planning, for a run and for remap alike. A post that is there gets
what its labels mean by now when it is worked again: at its source's next change, or by remap.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.config.advice import find_advice
from wp_sync.mapping.authors import Choice, choose_author
from wp_sync.mapping.labels import names_in, settle_labels
from wp_sync.mapping.names import Names
from wp_sync.mapping.terms import Vocabulary, tags_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.config.channels import TermRules
    from wp_sync.model import Label, Post, Term

    from .build import Workshop
    from .visit import Visit

_MISSING = "the site has no such author (make the user in wp-admin with the role Author)"
_EDITOR = "give the user the role Editor: wp-admin, Users"
_BY_HAND = "make them in wp-admin with the role Author, and their posts follow"


class Naming:
    """One run's knowledge of names: the site's tags and users, and what persons said of labels."""

    def __init__(self, shop: Workshop, visit: Visit, *, keeps: bool = True) -> None:
        self._shop, self._visit, self._keeps = shop, visit, keeps
        self._terms: tuple[Term, ...] | None = None  # of which `_tags` were made
        self._tags = Names()
        self._made: dict[str, None] = {}  # tags that this run, or its rehearsal, makes
        self._spoken: dict[str, Label] | None = None
        self._stood_in: dict[tuple[str, str], None] = {}  # authors who can't be had, and why

    def name(self, posts: Sequence[Post]) -> list[Post]:
        """Give these posts their tags and authors."""
        labelled = [post for post in posts if post.labels]
        settled = {post.key: post for post in self._settle(labelled)} if labelled else {}
        return [self._with_author(settled.get(post.key, post)) for post in posts]

    @property
    def messages(self) -> list[str]:
        """What a person should know: whom the house byline stands in for, and why."""
        names: dict[str, list[str]] = {}
        for name, why in self._stood_in:
            names.setdefault(why, []).append(name)
        told = (f"the house byline is taken for {', '.join(names[why])}: {why}" for why in names)
        return [*told, *find_advice(self._shop.config)]

    def _settle(self, posts: Sequence[Post]) -> tuple[Post, ...]:
        ledger, rules = self._shop.ledger.terms, self._rules(posts)
        if self._spoken is None:
            self._spoken = ledger.spoken()
        tags = self._known_tags()
        names = names_in(posts, rules, Vocabulary(tags, self._spoken))
        known = Vocabulary(tags, ledger.get(names) | self._spoken)
        settled = settle_labels(posts, rules, known, self._shop.clock())
        for name in settled.made:
            self._made[name] = None
            tags.add(name)
        if self._keeps:  # in a rehearsal too: what a plan has shown, a sync must come to
            ledger.keep(settled.labels, settled.done)
        return settled.posts

    def _rules(self, posts: Sequence[Post]) -> dict[str, TermRules]:
        channels = self._shop.config.channels
        return {name: channels[name].post.terms for name in {post.channel for post in posts}}

    def _known_tags(self) -> Names:
        """Gather the names of tags: the site's come first, so that theirs is the spelling."""
        terms = self._visit.reader.tags()
        if terms is not self._terms:
            config = self._shop.config
            sources = [source.name for source in config.sources]
            own = tags_named(config.channels.values(), sources)
            self._tags = Names((*(term.name for term in terms), *own, *self._made))
            self._terms = terms
        return self._tags

    def _with_author(self, post: Post) -> Post:
        """Choose the author by the byline; one who can't be had keeps no article away."""
        if not post.byline:
            return post
        rules = self._shop.config.channels[post.channel].post.author
        house, users = rules.otherwise, self._visit.reader.authors()
        choice = choose_author(post.byline, rules, users)
        if choice.missing:
            self._stood_in[choice.missing, _MISSING] = None
        why = self._why_not(choice) if choice.author != house else ""
        if why:
            self._stood_in[choice.new or choice.author, why] = None
            choice = Choice(house)
        return replace(
            post,
            byline="",
            author=choice.author,
            new_author=choice.new,
            house=house if choice.new else "",
        )

    def _why_not(self, choice: Choice) -> str:
        """Say why posts can't be of an author other than the house's."""
        identity = self._visit.identity
        if "edit_others_posts" not in identity.capabilities:
            return f"{identity.login} may make no posts of others ({_EDITOR})"
        if choice.new and not self._keeps:
            return "remap makes no users"
        if choice.new and "create_users" not in identity.capabilities:
            return f"{identity.login} may make no users ({_BY_HAND})"
        return ""
