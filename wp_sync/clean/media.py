"""Sound and film as WordPress keeps them: one address, the browser's own controls, no haste."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wp_sync.text import strip_tracking

from .allowlist import SOURCE_SCHEMES
from .links import make_absolute
from .tree import is_within, make, replace

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft

_NAMES = {"amp-audio": "audio", "amp-video": "video", "audio": "audio", "video": "video"}
_KEPT = ("height", "poster", "src", "width")
# What every browser plays, and what few do: types and endings.
_FIRST = re.compile(r"mp4|mpeg|mp3|m4a|aac")
_LAST = re.compile(r"matroska|ogg|ogv|quicktime|\.mov|flv")


def resolve_media(draft: Draft, rule: str) -> None:
    """Give each player the address of its best source (KSES drops source elements), and controls.

    Nothing plays by itself, and nothing is fetched from the source before a reader asks for it.
    """
    for player in draft.remaining(_NAMES):
        address = _find_source(player, draft.base_url)
        if not address:
            draft.remove(player, rule)
            continue
        name = _NAMES[player.tag]
        told_poster = player.get("poster") or ""
        poster = make_absolute(told_poster, draft.base_url) if told_poster else ""
        told = {"src": address, "poster": poster if poster.startswith(SOURCE_SCHEMES) else ""}
        told |= {size: player.get(size) or "" for size in ("height", "width")}
        kept = {key: told[key] for key in _KEPT if told[key] and player.get(key, told[key])}
        if name == "audio":
            kept = {"src": address}
        plain = make(name, {"controls": "", "preload": "none"} | kept)
        if is_within(player, ("figure",)):
            replace(player, plain)
        else:
            figure = make("figure")
            replace(player, figure)
            figure.append(plain)


def _find_source(player: Element, base_url: str) -> str:
    """Choose the first source that every browser plays, else the first that most do."""
    sources = [(player.get("src") or player.get("data-src") or "", "")]
    sources += [
        (source.get("src") or source.get("data-src") or "", source.get("type") or "")
        for source in player.iter("source")
    ]
    absolute = [(make_absolute(url, base_url), kind.lower()) for url, kind in sources if url]
    usable = [one for one in absolute if one[0].lower().startswith(SOURCE_SCHEMES)]
    return strip_tracking(min(usable, key=_rank)[0]) if usable else ""


def _rank(source: tuple[str, str]) -> int:
    told = source[1] or source[0].lower()
    return 0 if _FIRST.search(told) else 2 if _LAST.search(told) else 1
