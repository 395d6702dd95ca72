"""Take out of a page what is not its article: menus, sharing, signing up, related, comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from wp_sync.text import name_pattern, name_words

from . import names
from .embeds import is_embed
from .tree import drop, elements, has_media, is_in, names_of, text_of, words_in
from .weigh import HEADINGS, Weights, weigh, weight_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

# What shows nothing, or nothing of an article.
_NEVER_WORDS = """
button canvas datalist dialog embed input link map menu meta nav noframes noscript object option
script select style svg template textarea math-field
"""
NEVER = tuple(_NEVER_WORDS.split())
ROLES = frozenset(
    [
        "alert",
        "alertdialog",
        "banner",
        "complementary",
        "contentinfo",
        "dialog",
        "menu",
        "menubar",
        "navigation",
        "search",
        "tablist",
        "toolbar",
    ]
)
FRAMES = frozenset({"article", "body", "html", "main"})
_FURNITURE = name_pattern(names.FURNITURE)
_LEADING = re.compile(r"-(?:related|read-more|recommended|more-\w+|popular|trending|teasers?)-")
_CALLOUT = name_pattern(names.CALLOUTS)
_BESIDE = re.compile(rf"-(?:{'|'.join(names.LONGER)})s?-")
_STATES = re.compile(
    rf"\A-(?:{'|'.join(sorted(names.STATES))})-|-(?:closed|disabled|enabled|open)-\Z"
)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_IMAGE_FILE = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)(?:\?|\Z)", re.IGNORECASE)
_MOST = 0.4  # of a page's running text: a name lies that would take more
_MOST_COMMENTS = 0.95
_LINKS = 0.6  # share of links, from which a box leads elsewhere
_LINE = 400  # characters of a line that may speak of the page
_HEADING = 70  # characters of a line that may head furniture


def prepare(root: HtmlElement) -> None:
    """Take out what no article needs, wherever it stands."""
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    for element in elements(root, *NEVER):
        if is_in(element, root):
            drop(element)
    for form in elements(root, "form"):
        form.tag = "div"  # some wrap the whole page in one; else its name or its size tells


def drop_furniture(root: HtmlElement) -> None:
    """Take out boxes by what they are called, what they are and what heads them."""
    weights = weigh(root)
    total = weight_of(weights, root).good
    for anchor in elements(root, "a"):
        if is_in(anchor, root) and _is_anchor(anchor):
            drop(anchor)
    for element in elements(root):
        if element is root or not is_in(element, root) or element.tag in {"body", "html", "main"}:
            continue
        if not is_furniture(element, weights):
            continue
        if weight_of(weights, element).good <= _limit_of(element, total):
            drop(element)
    _drop_headed(root)


def _limit_of(element: HtmlElement, total: int) -> float:
    """Say how much running text a box may have whose name says that it is none of the article."""
    share = _MOST_COMMENTS if any(map(_BESIDE.search, words_in(element))) else _MOST
    if next(element.iter("h1"), None) is not None or _holds_body(element):
        share = 0.02
    return total * share


def _is_anchor(link: HtmlElement) -> bool:
    """Tell a heading's own mark, which only gives its address, from a link."""
    address = link.get("href") or ""
    return (
        address.startswith("#")
        and link.getparent().tag in HEADINGS
        and bool((link.getparent().text or "").strip())
    )


def _holds_body(element: HtmlElement) -> bool:
    return element.get("itemprop") == "articleBody" or any(
        inner.get("itemprop") == "articleBody" for inner in element.iter("div", "section", "span")
    )


def is_furniture(element: HtmlElement, weights: Weights) -> bool:
    """Tell by tag, role, style and name whether an element is beside the article."""
    if _is_hidden(element) or (element.get("role") or "").lower() in ROLES:
        return not _is_callout(element)
    if element.tag == "footer":
        return element.getparent().tag not in {"blockquote", "figure"}
    if element.tag == "aside":
        return not _is_callout(element) or weight_of(weights, element).link_share > _LINKS
    if element.tag in {"img", "figcaption", "a", "em", "strong", "b", "i"} or is_embed(element):
        return False
    shows = element.tag == "figure" and has_media(element)
    return not shows and _is_named(element, weights) and next(element.iter("pre"), None) is None


def _is_hidden(element: HtmlElement) -> bool:
    if element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
        return True
    return element.get("aria-hidden") == "true" and not has_media(element)


def _is_callout(element: HtmlElement) -> bool:
    return any(map(_CALLOUT.search, words_in(element)))


def _is_named(element: HtmlElement, weights: Weights) -> bool:
    own = weight_of(weights, element)
    leads = own.good > 0 and own.link == 0  # sentences without any link lead nowhere
    for name in names_of(element):
        words = name_words(name)
        if _STATES.search(words):
            continue
        if leads and _LEADING.search(words):
            continue
        if words.strip("-") in names.WHOLE_NAMES or _FURNITURE.search(words):
            return True
    return False


def _drop_headed(root: HtmlElement) -> None:
    """Take out what stands under "Related articles" and the like, with its heading."""
    weights = weigh(root)
    total = weight_of(weights, root).good
    for line in elements(
        root, *sorted(HEADINGS), "p", "div", "span", "strong", "b", "header", "dt"
    ):
        if not is_in(line, root) or line is root or weight_of(weights, line).text > _HEADING:
            continue
        text = text_of(line)
        if 0 < len(text) <= _HEADING and names.HEADING.fullmatch(text) and not has_media(line):
            _drop_under(line, text, weights, total)


def _drop_under(line: HtmlElement, text: str, weights: Weights, total: int) -> None:
    """Take the box that a line heads; where it has none of its own, the links that follow it."""
    box = line
    while (above := box.getparent()) is not None and above.tag not in {*FRAMES, "figure"}:
        before = text_of(above).startswith(text)
        if not before or weight_of(weights, above).good > total * 0.15:
            break
        box = above
    if box.tag in {"p", *HEADINGS} or box is line:
        _drop_following(box, weights, everything=bool(names.ENDS_ALL.fullmatch(text)))
    if weight_of(weights, line).text <= _HEADING:
        drop(box)


def _drop_following(line: HtmlElement, weights: Weights, *, everything: bool) -> None:
    for follower in list(line.itersiblings()):
        weight = weight_of(weights, follower)
        leads_on = weight.text > 0 and weight.link_share > _LINKS
        ends = follower.tag in HEADINGS and not leads_on
        if not everything and (ends or not (leads_on or weight.text == 0)):
            break
        if weight.text == 0 and has_media(follower):
            break
        drop(follower)


def drop_lines(body: HtmlElement, host: str) -> None:
    """Take short lines out of an article that speak of the page, or lead to another article."""
    for block in reversed(elements(body, "p", "div", "li", "span", "em", "small", "section", "ul")):
        if block is body or not is_in(block, body) or has_media(block):
            continue
        text = text_of(block)
        if not text or len(text) > _LINE or is_embed(block) or _stands_in_text(block):
            continue
        if names.LINE.fullmatch(text) or _leads_on(block, text):
            drop(block)
    _drop_cards(body)
    for group in reversed(elements(body, "ul", "ol", "div", "section", "table")):
        if group is not body and is_in(group, body) and _is_menu(group, host):
            drop(group)


def _drop_cards(body: HtmlElement) -> None:
    """Take out boxes that are one link with a picture and a title: they lead to another article."""
    for link in elements(body, "a"):
        if not is_in(link, body) or next(link.iter("figcaption"), None) is not None:
            continue
        text, href = text_of(link), link.get("href") or ""
        if not text or _IMAGE_FILE.search(href) or href.startswith("#"):
            continue
        if next(link.iter("img", "div", "section", *HEADINGS), None) is None:
            continue
        box = link
        while (above := box.getparent()) is not body and text_of(above) == text:
            box = above
        if not any(one.tag == "figure" for one in (box, *box.iterancestors())):
            drop(box)


def _stands_in_text(block: HtmlElement) -> bool:
    """Tell that an inline element is a part of a sentence."""
    if block.tag not in {"span", "em", "small"}:
        return False
    around = text_of(block.getparent())
    return block.getparent().tag in {"a", "td", "li", "strong"} or around != text_of(block)


def _leads_on(block: HtmlElement, text: str) -> bool:
    links = elements(block, "a")
    if not links or not names.POINTER.match(text):
        return False
    linked = sum(len(text_of(link)) for link in links)
    return linked > len(text) * _LINKS or (len(links) == 1 and text.endswith(text_of(links[0])))


def _is_menu(group: HtmlElement, host: str) -> bool:
    """Tell a list of the site's own articles from a list that the author made."""
    links = elements(group, "a")
    text = len(text_of(group))
    if len(links) < 2 or not text or next(group.iter("figcaption", "iframe"), None) is not None:  # noqa: PLR2004
        return False
    if sum(len(text_of(link)) for link in links) < text * 0.8:
        return False
    before = group.getprevious()
    if before is not None and text_of(before).endswith(":"):
        return False
    own = sum(_is_own(link.get("href") or "", host) for link in links)
    return own > len(links) / 2


def _is_own(address: str, host: str) -> bool:
    return not address.startswith(("http://", "https://", "//")) or f"//{host}" in address
