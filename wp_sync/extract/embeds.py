"""Players and posts of other sites: known ones kept in one form, strangers dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.players import ELEMENTS, LAZY_PLAYERS, host_name, page_of, told_addresses
from wp_sync.text import name_pattern

from .names import POSTS
from .pictures import absolute
from .tree import drop, elements, words_in

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

_EMBED = name_pattern(POSTS)


def is_embed(element: HtmlElement) -> bool:
    """Tell whether an element is a post or a player of a known other site."""
    if element.tag == "iframe" or (element.tag == "figure" and element.get("class") == "embed"):
        return True  # strangers' frames are gone already
    named = any(map(_EMBED.search, words_in(element)))
    return element.tag in {"blockquote", "div", "figure", "section"} and named


def address_of(element: HtmlElement, base: str) -> str:
    """Find the address of a known place that an element shows; "" when it shows none."""
    told = (absolute(one, base) for one in told_addresses(element.tag, element.attrib))
    return next((url for url in told if host_name(url)), "")


def resolve_embeds(root: HtmlElement, base: str) -> None:
    """Write players as iframes of known hosts, each with a link for whoever shows no frames."""
    for frame in elements(root, "iframe", *ELEMENTS):
        _resolve_frame(frame, base)
    for box in elements(root, "div", "span", "figure", "section", "button", "a"):
        if (
            any(box.get(name) for name, _ in LAZY_PLAYERS)
            and next(box.iter("iframe"), None) is None
        ):
            address = address_of(box, base)
            if address:
                _write_player(box, address)
    for post in elements(root, "blockquote", "div", "figure"):
        if any(map(_EMBED.search, words_in(post))):
            _write_post(post, base)


def _resolve_frame(frame: HtmlElement, base: str) -> None:
    address = address_of(frame, base)
    quote = next(frame.iter("blockquote"), None)
    if not address:
        drop(frame)
    elif quote is None:
        _write_player(frame, address)
    else:  # what AMP shows until the post has loaded
        quote.set("class", "embed-post")
        frame.tag = "div"
        _link(quote, address)


def _write_player(element: HtmlElement, address: str) -> None:
    """Make an element a figure of a frame and a link: cleaning leaves at least the link."""
    attributes = {"class": "embed"}
    title = " ".join((element.get("title") or "").split())
    for child in list(element):
        element.remove(child)
    element.text = None
    element.attrib.clear()
    element.tag = "figure"
    element.attrib.update(attributes)
    frame = element.makeelement("iframe", {"src": address} | ({"title": title} if title else {}))
    element.append(frame)
    note = element.makeelement("figcaption", {"class": "embed-link"})
    link = note.makeelement("a", {"href": page_of(address)})
    link.text = host_name(address)
    note.append(link)
    element.append(note)


def _write_post(post: HtmlElement, base: str) -> None:
    """Give a post that scripts would fill the link to what it shows, where it has none."""
    if next(post.iter("a", "iframe"), None) is not None or not (address := address_of(post, base)):
        return
    _link(post, address)


def _link(post: HtmlElement, address: str) -> None:
    if next(post.iter("a"), None) is None:
        link = post.makeelement("a", {"href": page_of(address)})
        link.text = host_name(address)
        post.append(link)
