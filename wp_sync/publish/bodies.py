"""The pictures in a post's text: found by the source's address, shown from the site's own library.

A text is wanted with the addresses of its source, and sent with those of the site, as categories
are wanted by name and sent by id. A picture that the site does not have is left out with its
figure: none is ever shown from the source's server. The text is ours: what `clean` made safe, as
HTML or as blocks.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from wp_sync.markup import block_json
from wp_sync.model import Picture
from wp_sync.text import plain_text

from .target import MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    # Says for the tag of an image what stands in its place; None: nothing.
    Choose: TypeAlias = Callable[[str], "Local | str | None"]


class Local(NamedTuple):
    """A picture in the site's library."""

    wp_id: int
    url: str


_TAG = r'(?:[^<>"]|"[^"]*")*>'
_IMAGE = re.compile(rf"<img\b{_TAG}")
_FILM = re.compile(rf"<video\b{_TAG}")
_POSTER = re.compile(r'\sposter="([^"]*)"')  # the still that a film shows before it is played
_SOURCE = re.compile(r'\ssrc="([^"]*)"')
_ALT = re.compile(r'\salt="([^"]*)"')
_CLASS = re.compile(r'\sclass="([^"]*)"')
_FIGURE = re.compile(rf"<figure\b{_TAG}(?:(?!</?figure\b).)*</figure>\n*", re.DOTALL)
_CAPTION = re.compile(rf"<figcaption\b{_TAG}(.*?)</figcaption>", re.DOTALL)
_BLOCK = re.compile(
    r"<!-- wp:image(?: (?P<given>\{[^\n]*\}))? -->(?P<inside>.*?)(?P<end><!-- /wp:image -->\n*)",
    re.DOTALL,
)
# The outermost that holds a picture alone: what was replaced in it is not looked at again.
_PLACE = re.compile(f"{_BLOCK.pattern}|(?P<figure>{_FIGURE.pattern})|{_IMAGE.pattern}", re.DOTALL)
# What is left of a link, a paragraph, and its block, when the picture in it is gone.
_HOLLOW = (
    re.compile(rf"<a\b{_TAG}\s*</a>"),
    re.compile(rf"<p\b{_TAG}\s*</p>\n*"),
    re.compile(r"<!-- wp:paragraph(?: \{[^\n]*\})? -->\s*<!-- /wp:paragraph -->\n*"),
    re.compile(rf"<figure\b{_TAG}\s*</figure>\n*"),
)
_OURS = re.compile(rf"{MARK}(?:-\d+)?(?:-scaled)?\.(?:gif|jpe?g|png|webp)\Z")
_CLASS_ID = re.compile(r"\bwp-image-(\d+)\b")


def find_images(body: str) -> tuple[Picture, ...]:
    """List the pictures in a text that its source serves, in their order, each once."""
    if not _may_show(body):
        return ()
    found: dict[str, Picture] = {}
    captions = {
        tag: plain_text(caption[1])
        for figure in _FIGURE.findall(body)
        if (caption := _CAPTION.search(figure))
        for tag in _IMAGE.findall(figure)
    }
    for tag in _IMAGE.findall(body):
        url, alt = _source_of(tag), _ALT.search(tag)
        text = plain_text(alt[1]) if alt else ""
        picture = Picture(url=url, alt=text, caption=captions.get(tag, ""))
        found.setdefault(url, picture)
    for tag in _FILM.findall(body):
        for poster in _POSTER.findall(tag):
            url = html.unescape(poster)
            found.setdefault(url, Picture(url=url))
    found.pop("", None)
    return tuple(found.values())


def show_local(body: str, places: Mapping[str, Local]) -> str:
    """Show the pictures of a text from the site's library; leave out those that it lacks."""
    return _replace(body, lambda tag: places.get(_source_of(tag)))


def without_pictures(body: str, *, ours: bool = False) -> str:
    """Leave out the pictures of a text; with `ours` those alone that wp-sync uploaded."""
    return _replace(body, lambda tag: tag if ours and not _OURS.search(_source_of(tag)) else None)


def upload_ids(body: str) -> frozenset[int]:
    """List the uploads that a text shows, by the class that WordPress knows them by."""
    tags = " ".join(_IMAGE.findall(body))
    return frozenset(int(wp_id) for wp_id in _CLASS_ID.findall(tags))


def _source_of(tag: str) -> str:
    match = _SOURCE.search(tag)
    return html.unescape(match[1]) if match else ""


def _replace(body: str, choose: Choose) -> str:
    if not _may_show(body):
        return body
    changed = _PLACE.sub(lambda match: _replace_place(match, choose), body)
    changed = _FILM.sub(lambda tag: _film_for(tag[0], choose), changed)
    if len(_IMAGE.findall(changed)) < len(_IMAGE.findall(body)):
        for hollow in _HOLLOW:
            changed = hollow.sub("", changed)
    return changed.strip() if body == body.strip() else changed


def _may_show(body: str) -> bool:
    return "<img" in body or 'poster="' in body


def _film_for(tag: str, choose: Choose) -> str:
    """Take a film's still for a picture; without it the film shows its own first frame."""
    poster = _POSTER.search(tag)
    place = choose(f'<img src="{poster[1]}">') if poster else None
    if poster is None or isinstance(place, str):
        return tag
    still = f' poster="{html.escape(place.url)}"' if place else ""
    return tag.replace(poster[0], still, 1)


def _replace_place(match: re.Match[str], choose: Choose) -> str:
    tags = _IMAGE.findall(match[0])
    if not tags:
        return match[0]
    places = [choose(tag) for tag in tags]
    if all(place is None for place in places):  # a caption goes with its picture
        return ""
    local = next((place for place in places if isinstance(place, Local)), None)
    if match["inside"] is None or local is None:
        return _IMAGE.sub(lambda tag: _tag_for(tag[0], choose), match[0])
    inside = _IMAGE.sub(lambda tag: _tag_for(tag[0], choose), match["inside"])
    told = block_json({"id": local.wp_id, **json.loads(match["given"] or "{}")})
    return f"<!-- wp:image {told} -->{inside}{match['end']}"


def _tag_for(tag: str, choose: Choose) -> str:
    place = choose(tag)
    if not isinstance(place, Local):
        return place or ""
    name = f"wp-image-{place.wp_id}"
    url = html.escape(place.url)
    tag = _SOURCE.sub(lambda _: f' src="{url}"', tag, count=1)
    if given := _CLASS.search(tag):
        names = " ".join([*_CLASS_ID.sub("", given[1]).split(), name])
        return tag.replace(given[0], f' class="{names}"', 1)
    end = "/>" if tag.endswith("/>") else ">"
    return f'{tag.removesuffix("/>").removesuffix(">").rstrip()} class="{name}"{end}'
