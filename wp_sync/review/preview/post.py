"""The page of one post: as the theme would show it, beside its original and what was taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.model import Adopt, Create, Update

from .writing import address, bare, body, language, link, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wp_sync.model import Original, Post

    from .cards import Card
    from .frame import Frame

_UP = "../"
_RELATED = 3


def post_page(frame: Frame, card: Card, others: Sequence[Card]) -> str:
    """Write the page of one of a channel's posts, `others` being all of them, in order."""
    taken = len(card.exhibit.original.removed)
    ways = (
        '<nav class="ways" aria-label="On this page"><a href="#post">Post</a>'
        f'<a href="#plan">Plan</a><a href="#taken">Taken out ({taken})</a>'
        '<a href="#original">Original</a></nav>'
    )
    main = (
        f'<div class="wide">\n{_crumbs(card)}\n{ways}\n<div class="desk">\n'
        f'<div class="post">\n{_article(card)}\n</div>\n<aside aria-label="About this post">\n'
        f"{_plan(card)}\n{_taken(card.exhibit.original)}\n"
        f"{_original(card)}\n</aside>\n</div>\n{_neighbours(card, others)}\n</div>"
    )
    return frame.page(title=card.post.title, main=main, up=_UP, here=card.place)


def _crumbs(card: Card) -> str:
    return (
        f'<nav class="crumbs" aria-label="Breadcrumb"><ol><li><a href="{_UP}index.html">Home</a>'
        f'</li><li><a href="{_UP}{card.place.file}">{text(card.place.label)}</a></li></ol></nav>'
    )


def _article(card: Card) -> str:
    post = card.post
    where = ", ".join(text(" > ".join(path)) for path in post.categories)
    filed = f' <span class="dot">·</span> in {where}' if where else ""
    tags = "".join(f"<li>{text(tag)}</li>" for tag in post.tags)
    told = f'<ul class="tags" aria-label="Tags">{tags}</ul>' if tags else ""
    initials = "".join(word[0] for word in card.author.split()[:2] if word[0].isalnum()).upper()
    local = {url: f"{_UP}{file}" for url, file in card.pictures.items()}
    facts = card.facts().replace("</p>", f"{filed}</p>")
    return (
        f'<article id="post"{language(card.exhibit.original.language)}>\n<header>\n'
        f'<h1 dir="auto">{bare(post.title)}</h1>\n<div class="signed">'
        f'<span class="portrait" aria-hidden="true">{bare(initials)}</span>{facts}</div>\n</header>'
        f"\n{card.picture(_UP, alt=True)}\n"
        f'<div class="body" dir="auto">\n{body(post.body, local)}\n</div>\n{told}\n</article>'
    )


def _plan(card: Card) -> str:
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _facts(card) if value)
    return (
        '<section class="panel" id="plan" aria-labelledby="plan-title">'
        f'<h2 id="plan-title">Plan <span class="deed">{bare(card.deed)}</span></h2>'
        f"<dl>{rows}</dl></section>"
    )


def _facts(card: Card) -> Iterator[tuple[str, str]]:
    post, change = card.post, card.exhibit.change
    if isinstance(change, Update):
        yield "Post", str(change.wp_id)
        yield "Changes", text(", ".join(change.fields))
    if isinstance(change, Adopt):
        yield "Post", link(change.found.link, str(change.found.wp_id))
    yield "Why", text(change.reason)
    yield "In doubt", text(post.doubt)
    yield "Status", bare(post.status) if isinstance(change, Create) else ""
    yield "Slug", f"<code>{text(post.slug)}</code>"
    yield "Excerpt", f'<div dir="auto">{bare(post.excerpt)}</div>' if post.excerpt else ""
    yield "Source", _source(post, card.exhibit.original)
    yield "Picture", _picture(post)
    yield "Comments", bare(post.comments)
    for name, value in post.fields.items():
        yield text(name), text(value)


def _source(post: Post, original: Original) -> str:
    byline = f", by {text(original.byline)}" if original.byline else ""
    where = f"<br>{link(post.source_url, address(post.source_url))}" if post.source_url else ""
    page = f"<br>text of its page, found by {bare(original.found_by)}" if original.found_by else ""
    return f"{text(original.source)}{byline}{where}{page}"


def _picture(post: Post) -> str:
    if not post.pictures:
        return "none"
    more = len(post.pictures) - 1
    told = f" and {more} more to choose from" if more else ""
    return f"{link(post.pictures[0].url, address(post.pictures[0].url))}{told}"


def _taken(original: Original) -> str:
    rows = "".join(
        f'<li><span class="rule">{bare(one.rule)}</span> <q dir="auto">{bare(one.text)}</q></li>'
        for one in original.removed
    )
    listed = f"<ol>{rows}</ol>" if rows else "<p>Nothing but markup.</p>"
    return (
        '<section class="panel taken" id="taken" aria-labelledby="taken-title">'
        f'<h2 id="taken-title">Taken out <span class="count">{len(original.removed)}</span></h2>'
        f"{listed}</section>"
    )


def _original(card: Card) -> str:
    original = card.exhibit.original
    kind = f'class="source" dir="auto"{language(original.language)} tabindex="0" role="region"'
    parts = "".join(
        f'<h3>{bare(label)}</h3><div {kind} aria-label="{bare(label)}">{markup}</div>'
        for label, markup in original.parts
    )
    return (
        '<section class="panel original" id="original" aria-labelledby="original-title">'
        '<h2 id="original-title">Original</h2>'
        '<p class="note">As it came, made safe. Pictures are named and not loaded; what was taken'
        f" out is struck through where it could be found again.</p>{parts}</section>"
    )


def _neighbours(card: Card, others: Sequence[Card]) -> str:
    at = others.index(card)
    ways = [
        f'<a rel="{rel}" href="{_UP}{others[to].file}"><span>{word}</span>'
        f" {text(others[to].post.title)}</a>"
        for rel, word, to in (("prev", "Previous", at - 1), ("next", "Next", at + 1))
        if 0 <= to < len(others)
    ]
    around = [*others[at + 1 :], *others[:at]][:_RELATED]
    related = "\n".join(one.write(_UP) for one in around)
    shown = (
        f'<section class="related" aria-labelledby="related-title"><h2 id="related-title">More in'
        f' {text(card.place.label)}</h2><div class="grid">\n{related}\n</div></section>'
        if related
        else ""
    )
    turn = f'<nav class="turn" aria-label="Posts">{"".join(ways)}</nav>' if ways else ""
    return f"{turn}\n{shown}"
