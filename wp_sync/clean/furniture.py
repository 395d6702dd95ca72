"""What a source puts around its articles, known by the names of its containers, and what it hides.

A name alone proves nothing where it is a word that articles use: what is in the box decides then.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from wp_sync.text import name_pattern, name_words

from .allowlist import WRAPPERS
from .phrases import BYLINES, DOUBTFUL, PROMOS, RELATED, SHARE, SURE, UNSEEN, WHOLE_NAMES
from .tree import HEADINGS, is_within, text_of, tokens_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft

CONTAINERS = (WRAPPERS | {"h2", "h3", "h4", "ins", "ol", "p", "span", "table", "time", "ul"}) - {
    "body",
    "html",
    "main",
}
_FORMS = ("form", "input", "button", "select")
_FILED = ("category-", "tag-")  # what an article is filed under (post_class)
_LABEL = 100  # characters: a call to do something, no prose
_BYLINE = 120
_MOSTLY = 0.4  # of a box's text in links: it leads elsewhere


_SURE, _DOUBTFUL, _BYLINES, _UNSEEN = map(name_pattern, (SURE, DOUBTFUL, BYLINES, UNSEEN))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WRITTEN = re.compile(
    r"\W*(?:(?:written |posted |published |story )?(?:by|von|par|por|di|door)\b"
    r"|(?:last )?(?:published|posted|updated|modified|veröffentlicht|publié|publicado)\b"
    r"|\d+ min(?:ute)?s? read)|.*\b(?:19|20)\d\d\b",
    re.IGNORECASE | re.DOTALL,
)


def drop_hidden(draft: Draft, rule: str) -> None:
    """Take out what the source does not show: without its styles it would appear."""
    for element in draft.remaining():
        if element.attrib and _is_hidden(element):
            draft.remove(element, rule)


def _is_hidden(element: Element) -> bool:
    if element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
        return True
    name = element.get("class")
    return bool(name) and bool(_UNSEEN.search(name_words(name)))


def drop_furniture(draft: Draft, rule: str) -> None:
    """Take out containers by their names, up to half of the text: beyond it the names lie."""
    found = [element for element in draft.elements(CONTAINERS) if find_name(element)]
    budget = sum(map(len, draft.body.itertext())) / 2 if found else 0.0
    for element in found:
        name = find_name(element)
        if not draft.holds(element) or not _is_proven(element, name):
            continue
        size = sum(map(len, element.itertext()))
        if size <= budget and draft.remove(element, f"{rule}: {name}"):
            budget -= size


def find_name(element: Element) -> str:
    """Return the name of an element that says that it is furniture; "" when none does."""
    if not element.attrib:
        return ""
    names = (element.get("class") or "").split()
    if (own := element.get("id")) and not _is_anchor(element, own):
        names.append(own)
    return next((found for name in names if (found := _name_in(name))), "")


def _is_anchor(element: Element, name: str) -> bool:
    """Tell an id that was made of a heading's own words, as Markdown, wikis and WordPress do."""
    if element.tag in HEADINGS or is_within(element, HEADINGS):
        return True
    heading = next(element.iter(*HEADINGS), None)
    words = [] if heading is None else tokens_of(text_of(heading))
    if not words or tokens_of(name) != words:
        return False
    text = text_of(element)
    is_form = next(element.iter(*_FORMS), None) is not None
    return not is_form and _link_share(element, text) <= _MOSTLY


@lru_cache(4096)
def _name_in(name: str) -> str:
    if name.lower() in WHOLE_NAMES:
        return name.lower()
    if name.startswith(_FILED) and name != "tag-links":
        return ""
    words = name_words(name)
    for pattern in (_SURE, _DOUBTFUL, _BYLINES):
        if match := pattern.search(words):
            return match[0].strip("-")
    return ""


def _is_proven(element: Element, name: str) -> bool:
    """Tell whether what is in a container bears its name out."""
    if next(element.iter("pre"), None) is not None or _holds_embed(element):
        return False
    text = text_of(element)
    if _BYLINES.search(f"-{name}-"):
        return len(text) <= _BYLINE and bool(_WRITTEN.match(text))
    if name == "promo" and _is_first(element):
        return False  # some call their standfirst so
    if _SURE.search(f"-{name}-") or name in WHOLE_NAMES or not text:
        return True
    return (
        next(element.iter(*_FORMS), None) is not None
        or _link_share(element, text) > _MOSTLY
        or (len(text) <= _LABEL and speaks_of_site(text))
    )


def _is_first(element: Element) -> bool:
    """Tell that no text stands before an element."""
    path = [element, *element.iterancestors()]
    return not any(text_of(one) for part in path for one in part.itersiblings(preceding=True))


def _holds_embed(element: Element) -> bool:
    return any(figure.get("data-embed") for figure in element.iter("figure"))


def speaks_of_site(text: str) -> bool:
    """Tell that a short text asks for something, or heads a list of other articles."""
    patterns = (SHARE, RELATED, *(pattern for _, pattern in PROMOS))
    return any(pattern.fullmatch(text) for pattern in patterns)


def _link_share(element: Element, text: str) -> float:
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return linked / len(text)
