"""The pictures of an article: those of its text, and the candidates for the featured image.

Which of the candidates is good enough is told when they are fetched; here only by their addresses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wp_sync.markup import attribute_of
from wp_sync.model import Picture
from wp_sync.text import limit_text, plain_text

from .allowlist import SOURCE_SCHEMES
from .links import make_absolute
from .tree import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from wp_sync.model import Item, Page

    from .draft import Draft

MOST = 8  # candidates
_LONGEST_CAPTION = 500  # characters
_SHORT = 64  # pixels that a text's image declares: an icon
_NUMBER = re.compile(r"\d{1,5}")
# Words in the names of files that stand where a picture is missing.
_PLACEHOLDER = re.compile(
    r"(?:^|[._/-])(?:placeholder|spacer|no-?(?:image|photo|picture)|image-?not-?found"
    r"|default-?(?:image|thumb(?:nail)?|share|og))(?:[._-]|\d|$)|/blank[\d._x-]*\.\w+\Z"
)
# And of those that show who publishes or writes: taken when there is nothing else.
_EMBLEM = re.compile(
    r"(?:^|[._/-])(?:author|avatar|badge|favicon|gravatar|icon|logo|sprite)s?(?:[._/-]|\d|$)"
)


def find_pictures(draft: Draft) -> Iterator[Picture]:
    """List the images of a text, with what their figures say of them."""
    for image in draft.remaining({"img"}):
        alt = plain_text(attribute_of(image, "alt"))
        url, caption = attribute_of(image, "src"), _caption_of(image)
        if not _is_icon(image):
            yield Picture(url=url, alt=alt, caption=caption)


def choose_pictures(
    item: Item, page: Page | None, in_body: tuple[Picture, ...]
) -> tuple[Picture, ...]:
    """Order the candidates: of the feed's media and enclosures, of the page's head, of the text.

    What is called a placeholder is none; what is called a logo comes last.
    """
    base, about = item.base_url or item.url, {picture.url: picture for picture in in_body}
    named = (*item.image_urls, page.lead_image if page else "")
    absolute = [make_absolute(url, base) for url in named if url]
    found: dict[str, Picture] = {}
    for picture in (*(about.get(url, Picture(url=url)) for url in absolute), *in_body):
        _, file = _place_of(picture)
        if picture.url.startswith(SOURCE_SCHEMES) and not _PLACEHOLDER.search(file):
            found.setdefault(picture.url, picture)
    return tuple(sorted(found.values(), key=_is_emblem)[:MOST])


def _is_emblem(picture: Picture) -> bool:
    return bool(_EMBLEM.search("".join(_place_of(picture))))


def _place_of(picture: Picture) -> tuple[str, str]:
    """Return the host and the file's name: folders say how a site is kept, not what it shows."""
    try:
        parts = urlsplit(picture.url)
    except ValueError:
        return "", ""
    return parts.netloc.lower(), f"/{parts.path.rpartition('/')[2]}".lower()


def _caption_of(image: Element) -> str:
    figure = next(image.iterancestors("figure"), None)
    caption = None if figure is None else next(figure.iter("figcaption"), None)
    return "" if caption is None else limit_text(text_of(caption), _LONGEST_CAPTION)


def _is_icon(image: Element) -> bool:
    sizes = (attribute_of(image, name).removesuffix("px") for name in ("width", "height"))
    return any(_NUMBER.fullmatch(size) and int(size) < _SHORT for size in sizes)
