"""What a source puts around and into its articles: sharing, signing up, related, read more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wp_sync.markup import attribute_of

from .allowlist import WRAPPERS

if TYPE_CHECKING:
    from bs4 import Tag

    from .draft import Draft

# Words of a class or an id, in order and joined by hyphens: "ad-slot" is in "mobile-ad-slot-2" and
# in "adSlot", but "ad" alone is no entry, because it would be an advert only as the whole name.
NAMES = """
ad-container ad-placeholder ad-slot ad-unit ad-wrapper addthis addtoany adsbygoogle adslot advert
advertisement advertising breadcrumb breadcrumbs jp-relatedposts newsletter outbrain promo
promotion read-also read-more read-next related relatedposts share sharedaddy sharethis sharing
sign-up signup social sponsored subscribe taboola you-may-like
"""
WHOLE_NAMES = frozenset({"ad", "ads"})
CONTAINERS = (WRAPPERS | {"h2", "h3", "h4", "ol", "p", "span", "table", "ul"}) - {"body", "html"}
ENDINGS = frozenset(
    {"blockquote", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "pre", "td"}
)

# WordPress's feeds end like this, in the site's language (Yoast's default).
TRAILER = re.compile(
    r"(the post|der beitrag|l[\u2019']article|la entrada|l'articolo|het bericht|o post)\s.{1,400}\s"
    r"((first appeared|appeared first) on|erschien zuerst auf|est apparu en premier sur"
    r"|(aparece|se publicó) primero en|proviene da|verscheen eerst op|apareceu primeiro em)\s.+",
    re.IGNORECASE | re.DOTALL,
)
MORE = re.compile(
    r"\W*(read (more|on|the (full|entire|rest)|entire|full)|continue reading|keep reading"
    r"|see more|view original|weiterlesen|lire la suite|leer más|click here to (read|continue))"
    r"\b.{0,120}",
    re.IGNORECASE | re.DOTALL,
)
_SHORT = 30  # characters without a link: "Read more books" may begin a real last sentence
CUT = re.compile(r"\s*(\[\s*(…|\.\.\.)\s*\]|\((…|\.\.\.)\))\s*\Z")

_NAME = re.compile(rf"-(?:{'|'.join(NAMES.split())})-")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_HIDDEN = re.compile(r"(display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


def drop_hidden(draft: Draft, rule: str) -> None:
    """Take out what the source does not show: without its styles it would appear."""
    for element in draft.remaining():
        if element.has_attr("hidden") or _HIDDEN.search(attribute_of(element, "style")):
            draft.remove(element, rule)


def drop_selected(draft: Draft, rule: str) -> None:
    """Take out what the channel's own selectors name; the configuration has checked them."""
    for selector in draft.selectors:
        for element in draft.tree.select(selector):
            if element.parent is not None:
                draft.remove(element, f"{rule}: {selector}")


def drop_furniture(draft: Draft, rule: str) -> None:
    """Take out containers by their names, up to half of the text: beyond it the names lie."""
    found = list(filter(is_furniture, draft.elements(CONTAINERS)))
    budget = len(draft.tree.get_text()) / 2 if found else 0.0
    for element in found:
        if element.parent is not None and (size := len(element.get_text())) <= budget:
            budget -= size
            draft.remove(element, rule)


def is_furniture(element: Tag) -> bool:
    names = [*attribute_of(element, "class").split(), attribute_of(element, "id")]
    return any(
        name in WHOLE_NAMES or _NAME.search(f"-{'-'.join(_WORD.findall(name)).lower()}-")
        for name in names
    )


def drop_trailers(draft: Draft, rule: str) -> None:
    """Take out "The post … appeared first on …", then the links to read more at the very end."""
    for paragraph in draft.remaining({"p"}):
        if TRAILER.fullmatch(paragraph.get_text().strip()):
            draft.remove(paragraph, rule)
    while (last := _last_with_text(draft)) is not None:
        link = next(reversed(last.find_all("a")), None)
        text = last.get_text().strip()
        if MORE.fullmatch(text) and (link is not None or len(text) <= _SHORT):
            draft.remove(last, rule)
        elif link is not None and _ends_with(last, link) and MORE.fullmatch(link.get_text()):
            draft.remove(link, rule)
        else:
            break


def mend_ending(draft: Draft, _rule: str) -> None:
    """Write a cut text's ending as an ellipsis: "[…]" looks like a shortcode and says no more."""
    last = _last_with_text(draft)
    texts = [] if last is None else [text for text in last.find_all(string=True) if text.strip()]
    if texts and CUT.search(texts[-1]):
        texts[-1].replace_with(CUT.sub("…", texts[-1]))


def _last_with_text(draft: Draft) -> Tag | None:
    blocks = reversed(draft.elements(ENDINGS))
    return next((block for block in blocks if block.get_text(strip=True)), None)


def _ends_with(block: Tag, link: Tag) -> bool:
    text = link.get_text().strip()
    return bool(text) and block.get_text().strip().endswith(text)
