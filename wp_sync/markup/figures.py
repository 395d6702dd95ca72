"""Pictures, players and embeds as blocks, with their captions and links."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from .delimiters import (
    UnfitError,
    address_of,
    delimit,
    holds_blocks,
    is_block_level,
    line_of,
    paragraphs_of,
    trimmed,
    value_of,
)
from .fragment import Element, is_blank
from .tables import table_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .fragment import Node

# By what `clean` writes in data-embed: the block's type and provider, as WordPress names them.
PROVIDERS = {
    "instagram": ("rich", "instagram"),
    "spotify": ("rich", "spotify"),
    "tiktok": ("video", "tiktok"),
    "vimeo": ("video", "vimeo"),
    "x": ("rich", "twitter"),
    "youtube": ("video", "youtube"),
}
# What the editor finds out for itself when it shows a player of this shape.
_SHAPE = "wp-embed-aspect-16-9 wp-has-aspect-ratio"
_SHAPED = frozenset({"vimeo", "youtube"})
_ADDRESS = re.compile(r"""https://[^\s<>"'\[\]\\{}|^`]+""")
_EMBED = re.compile(
    r'<figure data-embed="([a-z]+)"><a href="([^"<>]+)"[^<>]*>[^<>]*</a></figure>\n*'  # see clean
)
_ICON = 64  # pixels: smaller pictures belong to the words around them


def write_addresses(markup: str) -> str:
    """Write the embeds in safe HTML as WordPress finds them there: addresses alone on a line."""
    return _EMBED.sub(_address_line, markup)


def _address_line(match: re.Match[str]) -> str:
    known = match[1] in PROVIDERS and _ADDRESS.fullmatch(html.unescape(match[2]))
    # Escaped, which WP_Embed::shortcode undoes.
    return f"\n{match[2]}\n" if known else match[0]


def figure_blocks(figure: Element, write: Callable[[Element], Sequence[str]]) -> Iterator[str]:
    """Write what a figure holds, with its caption; `write` makes blocks of other elements."""
    if "data-embed" in figure.attributes:
        yield _embed(figure)
        return
    parts, caption = _split_caption(paragraphs_of(figure.nodes))
    if len(parts) == 1 and parts[0].name in _SINGLE:
        yield _SINGLE[parts[0].name](parts[0], caption)
    elif all(part.name in _WHOLE for part in parts):
        yield from _whole_blocks(parts, caption, write)
    else:
        pictures, words = _sort_out(parts)
        if not pictures or any(isinstance(one, Element) and is_block_level(one) for one in words):
            raise UnfitError
        if words:
            yield from write(Element("p", {}, words))
        yield from map(image_block, pictures[:-1])
        yield image_block(pictures[-1], caption)


def _whole_blocks(
    parts: Sequence[Element], caption: str, write: Callable[[Element], Sequence[str]]
) -> Iterator[str]:
    """Write blocks that a figure only holds together; a quote's caption says who said it."""
    if caption and [part.name for part in parts] == ["blockquote"]:
        parts[0].nodes.append(Element("cite", {}, [caption]))
        caption = ""
    for part in parts:
        yield from write(part)
    if caption:
        yield delimit("paragraph", f"<p>{caption}</p>")


def _split_caption(parts: Sequence[Element]) -> tuple[list[Element], str]:
    """Take off the caption, with the words behind it: those name the picture's maker."""
    names = [part.name for part in parts]
    first = names.index("figcaption") if "figcaption" in names else len(parts)
    told = [part for part in parts[first:] if not _holds_picture(part)]
    told = [part for part in told if part.name in {"figcaption", "p"}]
    caption = "<br>".join(filter(None, map(line_of, told)))
    return [part for part in parts if not any(part is one for one in told)], caption


def _embed(figure: Element) -> str:
    kind, provider = PROVIDERS.get(figure.attributes["data-embed"], ("", ""))
    links = [inner for inner in figure.walk() if inner.name == "a"]
    url = links[0].attributes.get("href", "") if len(links) == 1 else ""
    url = url.removesuffix("/")  # what the editor does itself when it can't show an embed
    if not (kind and _ADDRESS.fullmatch(url)):
        raise UnfitError
    shape = _SHAPE if provider in _SHAPED else ""
    shape = shape.replace("16-9", "9-16") if "/shorts/" in url else shape
    names = f"is-type-{kind} is-provider-{provider} wp-block-embed-{provider} {shape}".rstrip()
    attributes = {"url": url, "type": kind, "providerNameSlug": provider, "responsive": True}
    # WordPress alone can't show its posts since 5.5.2, and would leave a dead address there.
    link = f'<a href="{address_of(url)}" rel="noopener">Instagram</a>'
    below = _caption(link if provider == "instagram" else "")
    content = (
        f'<figure class="wp-block-embed {names}"><div class="wp-block-embed__wrapper">\n'
        f"{url.replace('&', '&amp;')}\n</div>{below}</figure>"
    )
    return delimit("embed", content, attributes | ({"className": shape} if shape else {}))


def image_block(picture: Element, caption: str = "") -> str:
    """Write a picture, or a link that holds one. Its size is left to the theme: see below."""
    link = picture if picture.name == "a" else None
    image = picture if link is None else next(one for one in picture.walk() if one.name == "img")
    # No width and height: from 6.1 to 6.8 the block has written them in three ways.
    written = f'<img src="{address_of(image.attributes.get("src", ""))}"'
    written += f' alt="{value_of(image.attributes.get("alt", ""))}"/>'
    if link is not None:
        rel = link.attributes.get("rel", "")
        note = f' rel="{value_of(rel)}"' if rel else ""
        written = f'<a href="{address_of(link.attributes["href"])}"{note}>{written}</a>'
    below = _caption(caption)
    content = f'<figure class="wp-block-image">{written}{below}</figure>'
    return delimit("image", content, {"linkDestination": "custom"} if link is not None else None)


def _caption(caption: str) -> str:
    return f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""


def player_block(player: Element, caption: str) -> str:
    """Write audio or video: with controls, and never playing by itself."""
    sources = (one.attributes.get("src", "") for one in (player, *player.walk()))
    src = next(filter(None, sources), "")
    if not src:
        raise UnfitError
    poster = player.attributes.get("poster", "") if player.name == "video" else ""
    shown = f' poster="{address_of(poster)}"' if poster else ""
    written = f'<{player.name} controls{shown} src="{address_of(src)}"></{player.name}>'
    figure = f'<figure class="wp-block-{player.name}">{written}{_caption(caption)}</figure>'
    return delimit(player.name, figure)


def _sort_out(nodes: Sequence[Node]) -> tuple[list[Element], list[Node]]:
    """Tell the pictures from the words beside them."""
    pictures: list[Element] = []
    words: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and _is_picture(node):
            pictures.append(node)
        elif isinstance(node, Element) and (node.name == "p" or _holds_picture(node)):
            inner, text = _sort_out(node.nodes)
            pictures += inner
            words += text
        elif not is_blank(node):
            words.append(node)
    return pictures, words


def _holds_picture(element: Element) -> bool:
    return any(inner.name == "img" for inner in element.walk())


def split_pictures(
    nodes: Sequence[Node],
) -> tuple[Sequence[Element], Sequence[Node], Sequence[Element]]:
    """Split what a paragraph holds: the pictures before, the words, the pictures behind."""
    before, rest = _leading_pictures(nodes)
    after, rest = _leading_pictures(rest[::-1])
    words = rest[::-1]
    return before, trimmed(words) if before or after else words, after[::-1]


def _leading_pictures(nodes: Sequence[Node]) -> tuple[list[Element], Sequence[Node]]:
    found: list[Element] = []
    for place, node in enumerate(nodes):
        if isinstance(node, Element) and _is_picture(node) and not _is_icon(node):
            found.append(node)
        elif not is_blank(node):
            return found, nodes[place:] if found else nodes
    return found, ()


def _is_picture(element: Element) -> bool:
    """Tell whether an element is an image, or a link around one and nothing else."""
    if element.name == "img":
        return bool(element.attributes.get("src"))
    is_link = element.name == "a" and bool(element.attributes.get("href"))
    seen = [inner for inner in element.walk() if inner.name == "img"]
    return is_link and len(seen) == 1 and _is_picture(seen[0]) and _has_no_words(element)


def _has_no_words(element: Element) -> bool:
    return not holds_blocks(element) and all(
        is_blank(node) if isinstance(node, str) else node.name == "img" or _has_no_words(node)
        for node in element.nodes
    )


def _is_icon(element: Element) -> bool:
    image = element if element.name == "img" else next(element.walk())
    sides = (image.attributes.get(side, "") for side in ("width", "height"))
    return any(side.isdigit() and int(side) <= _ICON for side in sides)


_SINGLE: dict[str, Callable[[Element, str], str]] = {
    "audio": player_block,
    "table": table_block,
    "video": player_block,
}
_WHOLE = frozenset({"blockquote", "figure", "ol", "pre", "ul"})
