"""Posts of a plan, each with its original: made ready for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.batching import batched
from wp_sync.clean.original import show_originals
from wp_sync.errors import ConfinedError
from wp_sync.model import Adopt, Create, Exhibit, Original, Update
from wp_sync.publish.authors import find_author
from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wp_sync.config.channels import Source
    from wp_sync.confine import Confinement
    from wp_sync.model import Article, Item, ItemKey, Page, Plan, Post, Removal, User

_BATCH = 25  # articles made safe in one child
_Part = tuple[str, str, str]  # label, markup, base address
_UNSHOWN = "<p>It can't be shown: reading it takes too much.</p>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a post was made of."""

    item: Item
    page: Page | None  # None: the feed's own text was taken
    article: Article

    def parts(self) -> Iterator[_Part]:
        """List what the source gave of it."""
        item, base_url = self.item, self.item.base_url or self.item.url
        if self.page:
            yield "The article's page", self.page.body_html, self.page.url
            return
        if item.summary_html:
            yield "Summary in the feed", item.summary_html, base_url
        if item.body_html and item.body_html != item.summary_html:
            yield "Text in the feed", item.body_html, base_url


def make_exhibits(
    plan: Plan,
    given: Mapping[ItemKey, Given],
    source: Source,
    users: Sequence[User],
    confinement: Confinement,
) -> list[Exhibit]:
    """Put beside each post of a feed's plan what it was made of."""
    shown: list[Exhibit] = []
    changes = [one for one in plan.changes if isinstance(one, Create | Update | Adopt)]
    for some in batched([one for one in changes if one.post.key in given], _BATCH):
        parts = [
            (number, part)
            for number, change in enumerate(some)
            for part in given[change.post.key].parts()
        ]
        texts = [
            (markup, base_url, given[some[number].post.key].article.removed)
            for number, (_, markup, base_url) in parts
        ]
        safe = _make_safe(texts, confinement)
        for number, change in enumerate(some):
            of_it = tuple(
                (label, markup)
                for (at, (label, _, _)), markup in zip(parts, safe, strict=True)
                if at == number
            )
            original = _original(given[change.post.key], source, of_it)
            shown.append(
                Exhibit(change=change, author=_author(change.post, users), original=original)
            )
    return shown


def _make_safe(
    texts: Sequence[tuple[str, str, Sequence[Removal]]], confinement: Confinement
) -> list[str]:
    """Make them safe in one child; where one breaks it, each alone."""
    if not texts:
        return []
    try:
        return confinement.run(show_originals, texts)
    except ConfinedError:
        if len(texts) == 1:
            return [_UNSHOWN]
        return [safe for one in texts for safe in _make_safe([one], confinement)]


def _original(given: Given, source: Source, parts: tuple[tuple[str, str], ...]) -> Original:
    return Original(
        source=source.name,
        byline=plain_text(given.article.byline),
        language=given.article.language,
        found_by=given.page.found_by if given.page else "",
        parts=parts,
        removed=given.article.removed,
    )


def _author(post: Post, users: Sequence[User]) -> str:
    """Name the post's author as the site does; else by the slug's words."""
    known = find_author(users, post.author) if post.author else None
    return (known.name if known else "") or post.author.replace("-", " ").title()
