"""From a page's tree to its article's HTML: trimmed, chosen, its lead figure before it, tidied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml.html import tostring  # type: ignore[import-untyped]

from wp_sync.text import name_pattern

from . import names
from .cascade import choose_container, drop_other_articles
from .embeds import is_embed, resolve_embeds
from .pictures import resolve_pictures
from .tree import MEDIA, drop, elements, has_media, is_in, text_of, words_in
from .trim import drop_furniture, drop_lines, prepare
from .weigh import HEADINGS

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from .metadata import Metadata

_NOTE = name_pattern(names.NOTES)
_CAPTION = name_pattern(names.CAPTIONS)
_LEAD = name_pattern(names.LEADS)
_GALLERY = re.compile(r"-(?:carousel|gallery|slideshow|slider)-")
_PLAYER = re.compile(r"-video-(?:player|container|ct|wrapper|embed)?")  # which a script fills
_CONTROL = name_pattern(names.CONTROLS)
_KEPT = frozenset(
    [
        "alt",
        "cite",
        "class",
        "colspan",
        "datetime",
        "dir",
        "headers",
        "height",
        "href",
        "id",
        "lang",
        "rowspan",
        "scope",
        "span",
        "src",
        "start",
        "title",
        "width",
    ]
)
_BYLINE = re.compile(r"(?:written |posted |reviewed |edited )?by[: ]\s*\S.{1,90}", re.IGNORECASE)
_BIO = re.compile(
    r"\b(?:is an? |covers|writes|reports|can be reached|contributor|reporter|editor|freelance"
    r"|follow|joined|has (?:been|written|worked))",
)
_MONTH = r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zé]*"
_DATE = re.compile(
    rf"\b{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d\b"
    rf"|\b\d{{1,2}}\.? {_MONTH}\.?,? (?:19|20)\d\d\b|\b\d{{1,2}}[./]\d{{1,2}}[./](?:19|20)\d\d\b"
    r"|\b(?:19|20)\d\d-\d\d-\d\d\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b(?:updated|published|posted)\b|\b[ap]\.m\.\Z", re.IGNORECASE)
_LINES = frozenset({"address", "b", "center", "div", "font", "p", "small", "span", "strong", "td"})
_SHORT = 200  # characters of a line that may hold a byline or a date
_LABEL = 40  # characters of what is pressed
_NEAR_TOP = 15  # blocks from the start in which title, byline and date may stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article's body, and which finder it is by."""

    html: str
    found_by: str
    lead_image: str = ""


def find_article(root: HtmlElement, base: str, title: str, found: Metadata) -> Found:
    """Find the article in a whole page, which is used up by it."""
    resolve_pictures(root, base)
    resolve_embeds(root, base)
    prepare(root)
    drop_other_articles(root, title)
    drop_furniture(root)
    chosen = choose_container(root, found.told.text)
    body = chosen.element
    lead = _find_lead(body)
    declared = found.lead_image
    tidy(body, base, title, found.byline)
    shown = _first_address(lead)
    if lead is not None and not _repeats(lead, body) and not _is_featured(lead, declared or shown):
        body.insert(0, lead)
        if body.text and body.text.strip():
            lead.tail, body.text = body.text, None
    return Found(html=write(body), found_by=chosen.found_by, lead_image=declared or shown)


def tidy(body: HtmlElement, base: str, title: str, byline: str = "") -> None:
    """Take what is left of the page out of an article: title, byline, lines about the page."""
    _drop_kickers(body)
    _drop_line_numbers(body)
    drop_lines(body, urlsplit(base).hostname or "")
    _drop_notes(body, title, byline)
    _drop_repeated_quotes(body)
    _drop_orphans(body)
    _drop_empty(body)


def _drop_kickers(body: HtmlElement) -> None:
    """Take out what stands before the title, such as the name of a section."""
    heading = next(body.iter("h1"), None)
    for above in () if heading is None else (heading, *heading.iterancestors()):
        if above is body:
            break
        for before in list(above.itersiblings(preceding=True)):
            if not has_media(before) and len(text_of(before)) <= _SHORT // 2:
                drop(before)


def _drop_line_numbers(body: HtmlElement) -> None:
    """Take out the numbers that stand beside code in a column of their own."""
    for code in elements(body, "pre"):
        if is_in(code, body) and re.fullmatch(r"[\d\s]+", text_of(code)):
            cell = code.getparent()
            drop(cell if cell.tag == "td" and len(cell) == 1 else code)


def write(body: HtmlElement) -> str:
    """Write an article without its container, with the attributes that mean something."""
    for element in elements(body):
        for name in [name for name in element.attrib if name not in _KEPT]:
            del element.attrib[name]
    inside = [tostring(child, encoding="unicode") for child in body]
    if body.text and body.text.strip():
        inside.insert(0, f"<p>{_escape(body.text)}</p>")
    return "".join(inside).strip()


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _drop_notes(body: HtmlElement, title: str, byline: str) -> None:
    """Take title, byline and dates out: a post has fields of their own for them."""
    blocks = [block for block in elements(body, "*") if block is not body]
    for place, block in enumerate(blocks):
        if not is_in(block, body) or is_embed(block) or _is_quoted(block, body):
            continue
        text = text_of(block)
        if not text or len(text) > _SHORT or has_media(block):
            continue
        at_top = place < _NEAR_TOP
        if _is_title(block, text, title, at_top=at_top) or _is_note(block, text, at_top=at_top):
            drop(block)
    _drop_bio(body, byline)


def _is_quoted(block: HtmlElement, body: HtmlElement) -> bool:
    inside = takewhile(lambda above: above is not body, block.iterancestors())
    return any(above.tag in {"figure", "table", "blockquote"} for above in inside)


def _is_title(block: HtmlElement, text: str, title: str, *, at_top: bool) -> bool:
    if block.tag == "h1":
        return True
    return (block.tag in HEADINGS or (at_top and block.tag in _LINES)) and _same(text, title)


def _is_note(block: HtmlElement, text: str, *, at_top: bool) -> bool:
    """Tell a line that says who wrote the article or when."""
    if block.tag in {"figure", "figcaption", "a"} or _stands_inline(block):
        return False
    if any(map(_NOTE.search, words_in(block))):
        return True
    is_line = not text.endswith((".", "!", "?")) or _CLOCK.search(text)
    says = _BYLINE.fullmatch(text) or (_DATE.search(text) and is_line)
    return at_top and block.tag in _LINES and bool(says) and len(text) < _SHORT * 0.6


def _drop_bio(body: HtmlElement, byline: str) -> None:
    """Take the last paragraph out where it only tells who the author is."""
    last = next((one for one in reversed(elements(body, "p")) if text_of(one)), None)
    name = byline.partition(",")[0].partition(" and ")[0].strip()
    if last is None or not name:
        return
    text = text_of(last)
    if text.startswith(name) and len(text) <= _SHORT * 2 and _BIO.search(text):
        drop(last)


def _stands_inline(block: HtmlElement) -> bool:
    if block.tag not in {"span", "time", "strong", "em", "b", "i"}:
        return False
    return text_of(block.getparent()) != text_of(block)


def _same(text: str, title: str) -> bool:
    one, other = (set(re.findall(r"\w+", words.lower())) for words in (text, title))
    return bool(one) and len(one & other) >= len(one) * 0.8 and len(one) >= len(other) * 0.5


def _drop_repeated_quotes(body: HtmlElement) -> None:
    """Take out quotes that only lift a sentence out of the text beside them."""
    whole = _bare(body)
    for quote in elements(body, "blockquote", "aside", "figure", "div", "p"):
        if quote is body or not is_in(quote, body) or is_embed(quote) or has_media(quote):
            continue
        named = any("pull" in words or "quote" in words for words in words_in(quote))
        if quote.tag in {"div", "p"} and not named:
            continue
        text = _bare(quote)
        if len(text) > _LABEL // 2 and whole.count(text) > 1:
            drop(quote)
            whole = whole.replace(text, "", 1)


def _bare(element: HtmlElement) -> str:
    return re.sub(r"\W+", " ", text_of(element)).lower().strip()


def _drop_orphans(body: HtmlElement) -> None:
    """Take out captions whose picture is not there, and what a gallery's visitors would press."""
    for figure in elements(body, "figure"):
        if is_in(figure, body) and not has_media(figure) and not _shows(figure):
            drop(figure)
    for box in reversed(elements(body, "a", "div", "li", "p", "span")):
        if box is body or not is_in(box, body) or has_media(box):
            continue
        if _is_pressed(box, len(text_of(box))):
            drop(box)


def _is_pressed(box: HtmlElement, size: int) -> bool:
    """Tell a gallery's buttons, and the label of a player that a script would fill."""
    names_in = " ".join(words_in(box))
    pressed = 0 < size <= _LABEL and _CONTROL.search(names_in)
    return bool(pressed or (size <= _SHORT and _PLAYER.search(names_in)))


def _shows(figure: HtmlElement) -> bool:
    """Tell whether a figure shows something that is no picture."""
    return (
        next(figure.iter("blockquote", "code", "pre", "table", "ul", "ol", "q"), None) is not None
    )


def _drop_empty(body: HtmlElement) -> None:
    """Take out boxes that hold nothing, the innermost first."""
    for element in reversed(
        elements(body, "div", "section", "span", "ul", "li", "figure", "p", "a")
    ):
        if element is not body and not len(element) and not (element.text or "").strip():
            drop(element)


def _find_lead(body: HtmlElement) -> HtmlElement | None:
    """Find the figure that stands between an article's title and its text."""
    if next(body.iter("h1"), None) is not None:
        return None  # the container holds the head as well
    for above in (body, *body.iterancestors()):
        for before in above.itersiblings(preceding=True):
            if (found := _figure_in(before)) is not None:
                return found
        if above.tag in {"article", "main", "body"}:
            break
    return None


def _first_address(lead: HtmlElement | None) -> str:
    images = () if lead is None else lead.iter("img")
    return next((one.get("src") or "" for one in images), "")


def _is_featured(lead: HtmlElement, declared: str) -> bool:
    """Tell a figure of nothing but the lead image: a theme shows that above the text itself."""
    media = [one for one in lead.iter() if one.tag in MEDIA]
    return len(media) == 1 and _stem(media[0].get("src") or "")[:12] == _stem(declared)[:12]


def _figure_in(element: HtmlElement) -> HtmlElement | None:
    for one in element.iter("figure", "div", "img"):
        if one.tag == "div" and any(map(_GALLERY.search, words_in(one))):
            if len({image.get("src") for image in one.iter("img")}) > 1:
                return one
            continue
        named = any(map(_LEAD.search, words_in(one)))
        is_figure = (
            one.tag == "figure" or (one.tag == "div" and named) or (one.tag == "img" and named)
        )
        if not is_figure or not has_media(one) or len(text_of(one)) > _SHORT * 2:
            continue
        if any(link.tag == "a" and text_of(link) for link in one.iter("a")) and one.tag != "figure":
            continue
        return one
    return None


def _repeats(lead: HtmlElement, body: HtmlElement) -> bool:
    """Tell that a lead figure's picture is in the text already."""
    ours = {_stem(one.get("src") or "") for one in lead.iter("img", "iframe")}
    return is_in(lead, body) or any(
        _stem(one.get("src") or "") in ours for one in body.iter("img", "iframe")
    )


def _stem(address: str) -> str:
    """Name a picture whatever its size: the last part of its path, without what scales it."""
    path = address.partition("?")[0].rpartition("/")[2]
    return re.sub(r"[-_]?\d{2,4}x\d{2,4}|@\dx|\.\w+\Z", "", path).lower()
