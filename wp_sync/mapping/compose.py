"""Map an article onto a post, as its channel tells. Values in, a value out."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.config.rights import mark_of
from wp_sync.config.values import LABELS
from wp_sync.errors import MappingError
from wp_sync.hashing import digest, short_mark
from wp_sync.markup import write_addresses, write_blocks
from wp_sync.model import Mentions, Picture, Post
from wp_sync.text import limit_text, normalise_address

from .dates import date_post
from .fields import make_fields
from .rights import as_allowed, credit_lines
from .templates import fill_slug, fill_whole, write_mentions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from wp_sync.config.channels import Channel, Source
    from wp_sync.model import Article, ItemKey, TermPath, Verdict

_NOBODY = Mentions()
_LONGEST_TAG = 200  # characters: wp_terms.name (wp-admin/includes/schema.php)


def make_post(
    article: Article,
    verdict: Verdict,
    source: Source,
    channel: Channel,
    now: datetime,
    also: Mentions = _NOBODY,
) -> Post:
    """Make the post as it should be on the site. Raises MappingError when it cannot be one.

    `also` names who else reports the story.
    """
    rules = channel.post
    article = as_allowed(article, source)
    mark = make_mark(article.url, article.key)
    raw = {
        "source.name": source.name,
        "byline": _byline(article, source),
        "title": article.title,
        "url": article.url,
        "key": mark,
        "channel": channel.label,
    }
    # On one line: WordPress embeds an address that stands alone on a line (WP_Embed::autoembed).
    values = {name: " ".join(value.split()) for name, value in raw.items()}
    _check(article, verdict, channel)
    doubtful = verdict.decision == "draft"
    date, date_note = date_post(article, rules, now)
    credit = credit_lines(rules.attribution, source, values)
    parts = (article.body_html, credit, write_mentions(also))
    markup = "\n".join(part for part in parts if part)
    bodies = {"blocks": write_blocks(markup), "html": write_addresses(markup)}
    body = bodies.pop(rules.format)
    categories = _categories(rules.category)
    fields, primary = make_fields(rules, values, article, source, categories)
    return Post(
        key=article.key,
        source_url=article.url,
        channel=verdict.channel,
        title=article.title,
        body=body,
        other_body=digest(*bodies.values()),
        excerpt=article.excerpt,
        slug=fill_slug(rules.slug, values),
        mark=mark,
        status="draft" if doubtful else rules.status,
        date=date,
        date_note=date_note,
        author=rules.author.otherwise,
        categories=categories,
        tags=_tags(rules.tags, values),
        pictures=_pictures(article, source, rules.fallback_picture),
        comments=rules.comments,
        fields=fields,
        terms={slug: _paths(some, values) for slug, some in rules.taxonomies.items()},
        primary=primary,
        doubt="; ".join(verdict.reasons) if doubtful else "",
        published=article.published,
        labels=article.labels if channel.takes_labels else (),
        byline=article.byline if rules.author.reads_byline else "",
        rights=mark_of(source),
        type=rules.type,
    )


def _byline(article: Article, source: Source) -> str:
    """Name the authors; a source that names itself is credited once."""
    same = article.byline.casefold().split() == source.name.casefold().split()
    return "" if same else article.byline


def make_mark(url: str, key: ItemKey) -> str:
    """Make the six characters that tell an article on the site, on whatever machine."""
    return short_mark(normalise_address(url) or f"{key.feed}\n{key.guid}")


def with_own_mark(post: Post) -> Post:
    """Mark a post by its item alone: it shares its address with the post of another article."""
    mark = short_mark(f"{post.key.feed}\n{post.key.guid}")
    slug = post.slug.removesuffix(post.mark) + mark if post.slug.endswith(post.mark) else post.slug
    return replace(post, mark=mark, slug=slug)


def _check(article: Article, verdict: Verdict, channel: Channel) -> None:
    name = article.url or article.key.guid
    if verdict.decision not in {"publish", "draft"} or verdict.channel != channel.name:
        raise MappingError(f"{name}: not meant for {channel.label}", key=article.key)
    if not article.title.strip():
        raise MappingError(f"{name}: no title to make a post of", key=article.key)
    if "{key}" not in channel.post.slug and not normalise_address(article.url):
        raise MappingError(
            f"{name}: without an address and without {{key}} its post could not be found again",
            key=article.key,
            cure=f"add {{key}} to post.slug of {channel.name}",
        )


def _pictures(article: Article, source: Source, fallback: str) -> tuple[Picture, ...]:
    """Name the candidates that the source's rights allow; the channel's own one comes last."""
    own = () if source.pictures == "none" else article.pictures
    spare = (Picture(url=fallback, spare=True),) if fallback else ()
    return (*own, *spare)


def _categories(path: str) -> tuple[TermPath, ...]:
    names = tuple(name.strip() for name in path.split(">"))
    return (names,) if any(names) else ()


def _paths(templates: Iterable[str], values: Mapping[str, str]) -> tuple[TermPath, ...]:
    """Fill the terms of an own taxonomy; "Music > Classical" is a path, and no value makes one."""
    paths: dict[str, TermPath] = {}
    for template in templates:
        names = tuple(_limit_tag(fill_whole(part, values)) for part in template.split(">"))
        if all(names):
            paths.setdefault(" > ".join(names).casefold(), names)
    return tuple(paths.values())


def _tags(templates: Iterable[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """Fill the tags. WordPress holds names equal without regard to case."""
    tags: dict[str, str] = {}
    for template in templates:
        if template == LABELS:  # settled when the site's tags are known
            continue
        if tag := _limit_tag(fill_whole(template, values)):
            tags.setdefault(tag.casefold(), tag)
    return tuple(tags.values())


def _limit_tag(tag: str) -> str:
    """Shorten a tag to what WordPress's column can hold, in which "&" is five characters."""
    short = limit_text(tag, _LONGEST_TAG)
    # The filters of pre_term_name end with _wp_specialchars (default-filters.php).
    extra = len(html.escape(short, quote=False)) - _LONGEST_TAG
    return limit_text(short, len(short) - max(extra, 0))
