"""Players and posts of other sites: what WordPress can embed in one form, others as a link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wp_sync.players import (
    ELEMENTS,
    LAZY_PLAYERS,
    find_embed,
    host_name,
    page_of,
    told_addresses,
)

from .allowlist import ACTIVE
from .links import make_absolute
from .tree import drop, make, replace, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from wp_sync.players import Embed

    from .draft import Draft

FRAMES = ("iframe", "embed", "object", *sorted(ELEMENTS))
QUOTED = re.compile(r"(?<![\w-])(?:twitter-tweet|twitter-video|instagram-media|tiktok-embed)\b")
_FACEBOOK = re.compile(r"(?<![\w-])fb-(?:post|video)(?![\w-])")
_PLAYER_ID = re.compile(r"[\w-]{5,40}\Z")
_NO_TEXT = ACTIVE | {"figcaption"}
_HOLDERS = frozenset({"center", "div", "figure", "p", "section", "span"})


def resolve_embeds(draft: Draft, rule: str) -> None:
    """Write each known player and post as a figure of its own, which `sanitise` knows again."""
    for figure in draft.elements({"figure"}):
        figure.attrib.pop("data-embed", None)  # no source may name one
        if embed := _find_in_figure(figure):
            _put(figure, embed)
    for frame in draft.elements(FRAMES):
        if draft.holds(frame):
            _resolve_frame(frame, draft.base_url)
    for box in draft.elements({"blockquote", "div", "section"}):
        if QUOTED.search(box.get("class") or "") and draft.holds(box):
            _resolve_quote(draft, box, rule)
        elif _is_player(box) and draft.holds(box):
            _resolve_frame(box, draft.base_url)


def _is_player(box: Element) -> bool:
    """Tell a box that a script fills: of a lazy player, or of Facebook, unless it quotes words."""
    if any(box.get(name) for name, _ in LAZY_PLAYERS):
        return True
    return bool(_FACEBOOK.search(box.get("class") or "")) and not text_of(box)


def _find_in_figure(figure: Element) -> Embed | None:
    """Find the address that is all of a figure: WordPress's own embeds, and what we made."""
    if next(figure.iter("img", "iframe", "video", "audio", "table"), None) is not None:
        return None
    shown = "".join(
        text for text in figure.itertext() if text.strip() and text.strip() != _caption_of(figure)
    )
    text = " ".join(shown.replace("\u2060", "").split())
    return find_embed(text) if text.startswith(("http://", "https://")) else None


def _resolve_frame(frame: Element, base_url: str) -> None:
    address = next(_addresses_of(frame, base_url), "")
    if embed := find_embed(address):
        _put(frame, embed)
    elif name := host_name(address):
        if next(frame.itersiblings("figcaption"), None) is None:
            replace(frame, _link(page_of(address), name))
        else:  # the caption is the link
            drop(frame)


def _addresses_of(element: Element, base_url: str) -> Iterator[str]:
    """List the known places that a player may show."""
    found = told_addresses(element.tag, element.attrib)
    yield from filter(host_name, (make_absolute(one, base_url) for one in found))


def _resolve_quote(draft: Draft, quote: Element, rule: str) -> None:
    """Make an embed of a quoted post; one that doesn't say which it is stays a quotation."""
    told = [quote.get("cite"), quote.get("data-instgrm-permalink")]
    links = [link.get("href") for link in quote.iter("a")]
    found = (find_embed(address) for address in (*told, *reversed(links)) if address)
    embed = next((one for one in found if one), None)
    if embed is None:
        return
    # The post shows them itself; the report keeps them.
    mark = make("span")
    quote.addprevious(mark)
    if draft.remove(quote, f"{rule}: {embed.provider}"):
        _put(mark, embed)
    else:
        drop(mark)


def _put(element: Element, embed: Embed) -> None:
    """Put an embed in the place of an element, and of what only held it; keep a real caption."""
    outer = element
    while (above := outer.getparent()) is not None and above.tag in _HOLDERS:
        if _text_beside(above, outer) or any(
            child is not outer and child.tag not in _NO_TEXT and text_of(child)
            for child in above.iterchildren()
        ):
            break
        outer = above
    caption = _caption_of(outer) if outer.tag == "figure" else ""
    figure = make("figure", {"data-embed": embed.provider})
    figure.append(make("a", {"href": embed.url}, embed.url))
    replace(outer, figure)
    if caption and caption != host_name(embed.url):
        figure.addnext(make("p", text=caption))
        _swap_tails(figure)


def _text_beside(parent: Element, child: Element) -> bool:
    return bool((parent.text or "").strip() or (child.tail or "").strip())


def _caption_of(figure: Element) -> str:
    caption = next(figure.iter("figcaption"), None)
    return "" if caption is None else text_of(caption)


def _swap_tails(figure: Element) -> None:
    """Let the text behind a figure stand behind its caption."""
    after = figure.getnext()
    after.tail, figure.tail = figure.tail, None


def _link(url: str, text: str) -> Element:
    paragraph = make("p")
    paragraph.append(make("a", {"href": url}, text))
    return paragraph
