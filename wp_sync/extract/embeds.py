"""Players and posts of other sites: known ones kept in one form, strangers dropped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .names import EMBED_HOSTS, POSTS, pattern
from .pictures import absolute
from .tree import drop, elements, words_in

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

_EMBED = pattern(POSTS)
_ID = re.compile(r"[\w-]{5,40}\Z")
# An element or attribute of a lazy player, and the address that its id belongs in.
PLAYERS = (
    ("data-youtube-id", "https://www.youtube.com/embed/{}"),
    ("data-youtube-video-id", "https://www.youtube.com/embed/{}"),
    ("data-yt-id", "https://www.youtube.com/embed/{}"),
    ("data-ytid", "https://www.youtube.com/embed/{}"),
    ("data-vimeo-id", "https://player.vimeo.com/video/{}"),
)
ELEMENTS = {
    "amp-instagram": ("data-shortcode", "https://www.instagram.com/p/{}/embed/"),
    "amp-tiktok": ("data-src", "https://www.tiktok.com/embed/v2/{}"),
    "amp-twitter": ("data-tweetid", "https://platform.twitter.com/embed/Tweet.html?id={}"),
    "amp-vimeo": ("data-videoid", "https://player.vimeo.com/video/{}"),
    "amp-youtube": ("data-videoid", "https://www.youtube.com/embed/{}"),
    "lite-vimeo": ("videoid", "https://player.vimeo.com/video/{}"),
    "lite-youtube": ("videoid", "https://www.youtube.com/embed/{}"),
    "youtube-video": ("video-id", "https://www.youtube.com/embed/{}"),
}
_ADDRESSES_WORDS = """
src data-src data-lazy-src data-original data-url data-embed-url data-iframe-src
data-cookieblock-src data-consent-src data-href data-instgrm-permalink cite data-oembed-url
"""
_ADDRESSES = tuple(_ADDRESSES_WORDS.split())
_SEEN_AT = (
    (
        re.compile(r"youtube(?:-nocookie)?\.com/embed/([\w-]{6,})"),
        "https://www.youtube.com/watch?v={}",
    ),
    (re.compile(r"player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/{}"),
    (re.compile(r"open\.spotify\.com/embed/([\w/-]+)"), "https://open.spotify.com/{}"),
    (re.compile(r"instagram\.com/((?:p|reel)/[\w-]+)"), "https://www.instagram.com/{}/"),
    (re.compile(r"tiktok\.com/embed/(?:v2/)?(\d+)"), "https://www.tiktok.com/@/video/{}"),
    (re.compile(r"twitter\.com/embed/Tweet\.html\?id=(\d+)"), "https://twitter.com/i/status/{}"),
)


def host_name(address: str) -> str:
    """Name the place that an embed's address leads to; "" for a stranger."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    labels = (parts.hostname or "").split(".")
    for start in range(len(labels) - 1):
        host = ".".join(labels[start:])
        if host in EMBED_HOSTS:
            return EMBED_HOSTS[host]
        if f"{host}/maps" in EMBED_HOSTS and parts.path.startswith("/maps"):
            return EMBED_HOSTS[f"{host}/maps"]
    return ""


def is_embed(element: HtmlElement) -> bool:
    """Tell whether an element is a post or a player of a known other site."""
    if element.tag == "iframe" or (element.tag == "figure" and element.get("class") == "embed"):
        return True  # strangers' frames are gone already
    named = any(map(_EMBED.search, words_in(element)))
    return element.tag in {"blockquote", "div", "figure", "section"} and named


def address_of(element: HtmlElement, base: str) -> str:
    """Find the address of a known place that an element shows; "" when it shows none."""
    if element.tag in ELEMENTS:
        name, template = ELEMENTS[element.tag]
        number = element.get(name) or ""
        return template.format(number) if _ID.match(number) else ""
    for name, template in PLAYERS:
        if _ID.match(element.get(name) or ""):
            return template.format(element.get(name))
    found = (absolute(element.get(name) or "", base) for name in _ADDRESSES if element.get(name))
    return next((url for url in found if host_name(url)), "")


def resolve_embeds(root: HtmlElement, base: str) -> None:
    """Write players as iframes of known hosts, each with a link for whoever shows no frames."""
    for frame in elements(root, "iframe", *ELEMENTS):
        _resolve_frame(frame, base)
    for box in elements(root, "div", "span", "figure", "section", "button", "a"):
        if any(box.get(name) for name, _ in PLAYERS) and next(box.iter("iframe"), None) is None:
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


def page_of(address: str) -> str:
    """Return the page on which a person sees what a player shows."""
    for known, template in _SEEN_AT:
        if match := known.search(address):
            return template.format(match[1])
    return address
