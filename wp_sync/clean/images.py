"""Pictures in a body: one address each, found where lazy loading hides it; pixels taken out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wp_sync.lazy import ATTRIBUTES, SETS, best_of, is_placeholder

from .allowlist import SOURCE_SCHEMES
from .links import make_absolute
from .tree import drop, make, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft

_KEPT = ("alt", "class", "height", "src", "style", "width")
PIXELS = (
    "/b.gif?",
    "/pixel.gif",
    "/pixel.png",
    "/spacer.gif",
    "doubleclick.net/",
    "facebook.com/tr?",
    "feedburner.com/~",
    "feedsportal.com/",
    "google-analytics.com/",
    "pixel.quantserve.com/",
    "pixel.wp.com/",
    "scorecardresearch.com/",
    "stats.wordpress.com/",
)

_TINY = re.compile(r"\s*0*[0-2](?:\.\d+)?(?:px)?\s*\Z")
_STYLED = re.compile(r"(?:^|[;\s])(width|height)\s*:\s*([^;]*)", re.IGNORECASE)
_STRETCHED = re.compile(r"min-(?:width|height)\s*:\s*(?!0*(?:px|%)?\s*(?:;|\Z))", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:avif|jpe?g|png|webp)(?:[?#]|\Z)", re.IGNORECASE)
_SMILEY = re.compile(r"(?:^|[\s_-])(?:emoji|wp-smiley)(?:$|[\s_-])")


def resolve_images(draft: Draft, rule: str) -> None:
    """Give each image one absolute address: the real one, not the placeholder's; else drop it."""
    for image in draft.elements({"amp-img"}):
        image.tag = "img"
    for hidden in draft.elements({"noscript"}):
        _show_image_of(hidden, draft.base_url)
    for picture in draft.elements({"picture"}):
        _flatten(picture)
    for image in draft.elements({"img"}):
        address = find_source(image, draft.base_url)
        if _SMILEY.search(image.get("class") or ""):
            replace(image, image.get("alt") or "")
        elif address:
            image.set("src", address)
        elif (image.get("src") or "").startswith(SOURCE_SCHEMES):
            draft.remove(image, rule)
        else:
            drop(image)


def _show_image_of(hidden: Element, base_url: str) -> None:
    """Show the image of a noscript element where the one before it has no address."""
    image, before = next(hidden.iter("img"), None), hidden.getprevious()
    lazy = None if before is None else next(before.iter("img"), None)
    if image is None or (before is not None and lazy is None):
        return
    if lazy is None or not find_source(lazy, base_url):
        image.tail = None
        replace(hidden, image)


def _flatten(picture: Element) -> None:
    """Tell a picture's image of its sources, which KSES drops."""
    image = next(picture.iter("img"), None)
    sets = [
        source.get("srcset") or source.get("data-srcset") or ""
        for source in picture.iter("source")
        if "avif" not in (source.get("type") or "")  # which not every site can show
        and "max-width" not in (source.get("media") or "")
    ]
    if image is None:
        image = make("img")
        picture.append(image)
    if any(sets) and not image.get("srcset"):
        image.set("srcset", ", ".join(one.strip(" ,") for one in sets if one))
    image.tail = None
    replace(picture, image)


def find_source(image: Element, base_url: str) -> str:
    """Choose among src, srcset and the attributes of lazy loading; "" when none is an address."""
    return next(_addresses(image, base_url), "")


def _addresses(image: Element, base_url: str) -> Iterator[str]:
    candidates = [best_of(image.get(name) or "") for name in SETS]
    candidates += [image.get(name) or "" for name in (*ATTRIBUTES, "src")]
    for candidate in filter(None, candidates):
        url = make_absolute(candidate, base_url)
        if url.lower().startswith(SOURCE_SCHEMES) and not is_placeholder(url):
            yield url


def drop_pixels(draft: Draft, rule: str) -> None:
    """Take out images that only tell somebody that the text was read."""
    for image in draft.remaining({"img"}):
        address = (image.get("src") or "").lower()
        if _is_tiny(image, address) or any(pixel in address for pixel in PIXELS):
            draft.remove(image, rule)
            continue
        for name in ("width", "height"):  # "0" is set when the picture has loaded
            if _TINY.match(image.get(name) or ""):
                del image.attrib[name]
        _keep_only(image)


def _keep_only(image: Element) -> None:
    """Forget what would be chosen from again, and write the rest in one order."""
    kept = {name: image.get(name) for name in _KEPT if image.get(name) is not None}
    image.attrib.clear()
    image.attrib.update(kept)


def _is_tiny(image: Element, address: str) -> bool:
    """Tell that both sides are at most two pixels; where one is unknown, what else says so."""
    sides = {name: image.get(name) for name in ("width", "height") if image.get(name)}
    style = image.get("style") or ""
    if not _STRETCHED.search(style):
        sides |= {name.lower(): value for name, value in _STYLED.findall(style)}
    if not sides or not all(_TINY.match(value) for value in sides.values()):
        return False
    if len(sides) == 2:  # noqa: PLR2004
        return True
    return not (image.get("alt") or "").strip() and (not _PICTURE.search(address) or bool(style))
