"""clean_item: the entry and its page as an article that we may publish. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml.etree import LxmlError  # type: ignore[import-untyped]

from wp_sync.config.channels import CleanRules
from wp_sync.errors import CleanError
from wp_sync.markup import neutralise, text_lines
from wp_sync.model import Article, Edge, Item, Page, Picture, Removal, Rights
from wp_sync.text import limit_text, plain_text, shorten

from .draft import Draft, Facts, Traits
from .embeds import resolve_embeds
from .excerpt import MOST_WORDS, choose_excerpt, find_excerpt
from .figures import make_figures, mend_captions, tidy_figures
from .furniture import drop_furniture, drop_hidden
from .garbled import lost_characters, mend_text
from .images import drop_pixels, resolve_images
from .lines import drop_labels, drop_pointers, drop_promos, drop_share_bars
from .links import resolve_links
from .media import resolve_media
from .nesting import mend_nesting
from .opening import drop_bylines, drop_repeated_title
from .pictures import choose_pictures, find_pictures
from .recurring import drop_recurring
from .sanitize import sanitise
from .selectors import drop_selected, find_spared
from .structure import (
    drop_active,
    drop_empty,
    drop_unknown,
    flatten_tables,
    make_paragraphs,
    shift_headings,
    show_fallbacks,
    split_paragraphs,
)
from .titles import clean_title
from .trailers import drop_trailers, mend_ending
from .tree import parse_body, write_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Step = tuple[str, "Callable[[Draft, str], None]"]
# The order matters: images before noscript goes, names of containers before they are unwrapped.
SHAPING: tuple[Step, ...] = (
    ("lazy image", resolve_images),
    ("tracking pixel", drop_pixels),
    ("remove", drop_selected),
    ("hidden", drop_hidden),
    ("embed", resolve_embeds),
    ("no source", resolve_media),
    ("furniture", drop_furniture),
    ("fallback", show_fallbacks),
    ("active content", drop_active),
    ("link", resolve_links),
    ("captioned box", make_figures),
    ("caption", mend_captions),
    ("nesting", mend_nesting),
    ("layout table", flatten_tables),
    ("wrapper", make_paragraphs),
    ("unknown", drop_unknown),
    ("figure", tidy_figures),
    ("empty", drop_empty),
    ("line breaks", split_paragraphs),
)
# Once all paragraphs stand; again after each removal, which may leave another line at an end.
READING: tuple[Step, ...] = (
    ("recurring", drop_recurring),
    ("repeated title", drop_repeated_title),
    ("byline", drop_bylines),
    ("advertisement", drop_labels),
    ("share bar", drop_share_bars),
    ("promo", drop_promos),
    ("read more", drop_pointers),
    ("trailer", drop_trailers),
    ("cut ending", mend_ending),
    ("empty", drop_empty),
    ("line breaks", split_paragraphs),
)
FINISHING: tuple[Step, ...] = (("heading", shift_headings),)
_ROUNDS = 20  # of reading: a text that ends in more layers of furniture is nothing else
TITLE_WORDS = 12  # of the text, where an entry has no title
LONGEST_TITLE = 500  # characters: no theme shows more, and WordPress would keep them all

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_BY = re.compile(r"\A(?:(?:written |posted )?by:?|von|par)\s+", re.IGNORECASE)
# As long as its parts may be (RFC 5321, 4.5.3.1), which keeps the search linear.
_MAIL = re.compile(r"[(<\[]?\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b[)>\]]?")
_NAMED = re.compile(r"\A\((.+)\)\Z")
_EMBEDS = re.compile(r'<figure data-embed="[a-z]+">.*?</figure>')
NO_RULES = CleanRules()
NO_TRAITS = Traits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A body after all steps."""

    html: str = ""
    text: str = ""
    pictures: tuple[Picture, ...] = ()
    removed: tuple[Removal, ...] = ()
    edges: tuple[Edge, ...] = ()


def clean_item(
    item: Item,
    page: Page | None,
    *,
    rights: Rights,
    rules: CleanRules,
    traits: Traits = NO_TRAITS,
    words: int = MOST_WORDS,
) -> Article:
    """Make the article that the source's rights allow. Raises CleanError."""
    base_url = item.base_url or item.url
    title = plain_text(mend_text(item.title))
    byline = _byline(item, page)
    published = item.published or (page.published if page else None)
    facts = Facts(title=title, byline=byline, published=published)
    try:
        summary = clean_body(item.summary_html, base_url, rules, facts, traits)
        if rights == "full" and page is not None:
            body = clean_body(page.body_html, page.url, rules, facts, traits)
        elif item.body_html and item.body_html != item.summary_html:
            body = clean_body(item.body_html, base_url, rules, facts, traits)
        else:
            body = summary
    except (ValueError, LxmlError, RecursionError) as error:
        raise CleanError(str(error) or "the HTML can't be read", key=item.key) from error
    language = item.language or (page.language if page else "")
    excerpt = choose_excerpt(
        find_excerpt(summary.html, language, words), find_excerpt(body.html, language, words)
    )
    allowed = _body_allowed(body, excerpt, rights)
    return Article(
        key=item.key,
        url=item.url,
        title=limit_text(
            clean_title(title, traits.names, base_url, body.text or summary.text), LONGEST_TITLE
        )
        or shorten(excerpt or body.text, TITLE_WORDS),
        body_html=allowed.html,
        text=allowed.text,
        excerpt="" if rights == "title" else excerpt,
        byline=byline,
        published=published,
        claimed=item.claimed if published == item.published else None,
        updated=item.updated,
        language=language,
        labels=_unique(plain_text(mend_text(label)) for label in item.labels),
        pictures=choose_pictures(item, page, (*summary.pictures, *body.pictures)),
        removed=body.removed,
        edges=tuple(dict.fromkeys((*body.edges, *summary.edges))),
        damage=_find_damage(f"{title} {allowed.text}"),
    )


def clean_body(
    markup: str,
    base_url: str,
    rules: CleanRules = NO_RULES,
    facts: Facts = Facts(),  # noqa: B008 (frozen)
    traits: Traits = NO_TRAITS,
) -> Cleaned:
    """Run all steps over one tree, nh3 last."""
    if not markup.strip():
        return Cleaned()
    body = parse_body(_as_markup(mend_text(markup)))
    draft = Draft(body=body, base_url=base_url, rules=rules, facts=facts, traits=traits)
    find_spared(draft)
    _run(draft, SHAPING)
    for _ in range(_ROUNDS):
        before = len(draft.removed)
        _run(draft, READING)
        if len(draft.removed) == before:
            break
    _run(draft, FINISHING)
    safe = sanitise(write_body(body))
    return Cleaned(
        html=safe,
        text=text_lines(_EMBEDS.sub("", safe)),
        pictures=tuple(find_pictures(draft)),
        removed=tuple(draft.removed),
        edges=tuple(draft.edges),
    )


def _run(draft: Draft, steps: Iterable[Step]) -> None:
    for rule, step in steps:
        step(draft, rule)


def _as_markup(text: str) -> str:
    """Mark the paragraphs of a text that has no markup at all."""
    return text if "<" in text else "".join(f"<p>{part}" for part in _BLANK_LINE.split(text))


def _body_allowed(body: Cleaned, excerpt: str, rights: Rights) -> Cleaned:
    if rights in {"feed", "full"}:
        return body
    if rights == "title" or not excerpt:
        return Cleaned()
    return Cleaned(html=neutralise(f"<p>{html.escape(excerpt, quote=False)}</p>"), text=excerpt)


def _find_damage(text: str) -> str:
    lost = lost_characters(text)
    return f"{lost} characters were lost where the source decoded its text wrongly" if lost else ""


def _byline(item: Item, page: Page | None) -> str:
    """Name the authors, without "by" and without the addresses of their mail."""
    told = page.byline if page and page.byline else ", ".join(map(_author, item.authors))
    return _BY.sub("", plain_text(mend_text(told)), count=1)


def _author(name: str) -> str:
    """Leave an author's name of "ada@paper.example (Ada Example)", as RSS writes it."""
    bare = " ".join(_MAIL.sub(" ", name).split())
    return _NAMED.sub(r"\1", bare)


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))
