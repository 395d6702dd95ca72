"""Give every picture of a page its address, wherever lazy loading hides it; drop those without."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from wp_sync.lazy import ATTRIBUTES, SETS, best_of, is_placeholder

from .tree import drop, elements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement  # type: ignore[import-untyped]

MOST = 200  # pictures of one page; an article that has more keeps its first
_TRACKER = re.compile(
    r"/pixel\b|/b\.gif|doubleclick\.net|google-analytics\.com|scorecardresearch\.com|facebook\.com/tr"
    r"|pixel\.(?:wp|quantserve)\.com|stats\.wordpress\.com|/beacon|/track(?:er|ing)?[./?]",
    re.IGNORECASE,
)
_TINY = re.compile(r"\s*[0-3](?:px)?\s*\Z")
_TINY_STYLE = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*[0-2]px", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)


def resolve_pictures(root: HtmlElement, base: str) -> None:
    """Leave only img elements with one absolute address each."""
    for hidden in elements(root, "noscript"):
        _show(hidden, base)
    for image in elements(root, "amp-img", "img"):
        image.tag = "img"
    for picture in elements(root, "picture"):
        _flatten(picture, base)
    for count, image in enumerate(elements(root, "img")):
        address = find_source(image, base)
        if not address or count >= MOST or _is_pixel(image, address):
            drop(image)
        else:
            image.set("src", address)
            _forget_sets(image)
    for box in elements(root, "div", "span", "a", "figure"):
        _show_background(box, base)
    for figure in elements(root, "figure"):
        _show_described(figure, base)


def find_source(image: HtmlElement, base: str) -> str:
    """Choose among src, srcset and the attributes of lazy loading; "" when none is an address."""
    candidates = [best_of(image.get(name) or "") for name in SETS]
    candidates += [image.get(name) or "" for name in ATTRIBUTES]
    found = (absolute(one, base) for one in (*candidates, image.get("src") or "") if one)
    return next((url for url in found if url and not is_placeholder(url)), "")


def absolute(url: str, base: str) -> str:
    """Resolve a web address; "" for what is none, such as data: and javascript:."""
    try:
        found = urljoin(base, url.strip())
    except ValueError:  # a bracket in the host
        return ""
    return found if found.lower().startswith(("http://", "https://")) else ""


def _is_pixel(image: HtmlElement, address: str) -> bool:
    sizes = [size for size in (image.get("width"), image.get("height")) if size]
    return bool(
        (sizes and all(map(_TINY.match, sizes)))
        or _TINY_STYLE.search(image.get("style") or "")
        or _TRACKER.search(address)
    )


def _forget_sets(image: HtmlElement) -> None:
    """Keep the one address: what comes after would choose among them again."""
    for name in (*SETS, *ATTRIBUTES, "sizes", "loading", "style"):
        image.attrib.pop(name, None)
    for name in ("height", "width"):  # "0": to be set when it has loaded
        if _TINY.match(image.get(name) or "0"):
            image.attrib.pop(name, None)


def _show(hidden: HtmlElement, base: str) -> None:
    """Show the image of a noscript element where the one before it has no address."""
    image = next(_images_in(hidden), None)
    before = hidden.getprevious()
    inside = [] if before is None else elements(before, "img")
    if image is None or any(find_source(one, base) for one in inside):
        drop(hidden)
        return
    for one in inside:
        drop(one)
    image.tail = None
    hidden.addprevious(image)
    drop(hidden)


def _images_in(hidden: HtmlElement) -> Iterator[HtmlElement]:
    yield from elements(hidden, "img")
    if len(hidden) == 0 and "<img" in (hidden.text or ""):  # within a head it is read as text
        from lxml.html import fragments_fromstring

        for part in fragments_fromstring(hidden.text, no_leading_text=True):
            yield from elements(part, "img")


def _flatten(picture: HtmlElement, base: str) -> None:
    """Make a picture element its image, with the best address of its sources."""
    address = next(filter(None, (_source_of(one, base) for one in picture.iter("source"))), "")
    image = next(picture.iter("img"), None)
    for source in elements(picture, "source"):
        source.drop_tag()  # not its tree: the parser knows it not as empty, and nests what follows
    if image is None and address:
        image = picture.makeelement("img", {})
        picture.append(image)
    if image is None:
        drop(picture)
        return
    if address:
        image.set("src", address)
    picture.drop_tag()


def _source_of(source: HtmlElement, base: str) -> str:
    """Read a source for wide screens in a form that every site can show."""
    if "max-width" in (source.get("media") or "") or "avif" in (source.get("type") or ""):
        return ""
    found = absolute(best_of(source.get("srcset") or source.get("data-srcset") or ""), base)
    return "" if ".webp" in found or is_placeholder(found) else found


def _show_background(box: HtmlElement, base: str) -> None:
    """Show what a box without any content has as its background."""
    match = _BACKGROUND.search(box.get("style") or "")
    lazy = box.get("data-bg") or box.get("data-background-image") or ""
    address = absolute(match[1] if match else lazy, base) if match or lazy else ""
    if address and len(box) == 0 and not (box.text or "").strip():
        box.append(box.makeelement("img", {"src": address}))


def _show_described(figure: HtmlElement, base: str) -> None:
    """Show the picture that a figure names in microdata and that a script would put in."""
    address = absolute(figure.get("itemid") or "", base) if figure.get("itemid") else ""
    if address and next(figure.iter("img", "iframe", "video"), None) is None:
        figure.insert(0, figure.makeelement("img", {"src": address}))
