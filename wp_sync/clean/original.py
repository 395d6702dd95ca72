"""What a source gave, made safe to be looked at beside the post: for people, never for a site."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3
from lxml.etree import LxmlError  # type: ignore[import-untyped]

from wp_sync.text import clean_text, limit_text

from .allowlist import ATTRIBUTES, LINK_SCHEMES, TAGS
from .draft import Draft
from .links import make_absolute
from .tree import make, parse_body, replace, text_of, write_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.etree import _Element as Element

    from wp_sync.model import Removal

_MOST = 300_000  # characters of markup: nobody reads more beside a post
_LONGEST_NAME = 80
_SHOWN = 80  # characters of a removal's text that its report has (draft.Draft.remove)
# Shown by a name: what a browser would ask for, or what runs.
_NAMED = {
    "audio": "sound",
    "embed": "plug-in",
    "iframe": "frame",
    "img": "picture",
    "object": "plug-in",
    "video": "film",
}
# Of forms what they say is shown.
_RENAMED = {"button": "span", "fieldset": "div", "form": "div", "label": "span", "legend": "span"}
_UNSEEN = {"head", "math", "noscript", "script", "select", "style", "svg", "template", "textarea"}
_FRAMES = {"address", "article", "aside", "div", "footer", "h1", "header", "section", "span"}
_OURS = frozenset({"gone", "named"})  # classes

_CLEANER = nh3.Cleaner(
    tags=(set(TAGS) - {"img"}) | _FRAMES,
    clean_content_tags=set(_UNSEEN),
    attributes={tag: set(names) - {"rel"} for tag, names in ATTRIBUTES.items() if tag != "img"}
    | {"*": {"class", "dir", "lang", "title"}},
    attribute_filter=lambda _tag, name, value: value if name != "class" or value in _OURS else None,
    link_rel="noopener noreferrer",
    url_schemes={"http", "https", "mailto"},
    strip_comments=True,
)


def show_original(markup: str, base_url: str, removed: Sequence[Removal]) -> str:
    """Make a source's HTML safe, name its pictures, and mark what was taken out of it."""
    text = markup if "<" in markup else f"<p>{markup}"
    draft = Draft(body=parse_body(text[:_MOST]), base_url=base_url)
    for element in draft.elements():
        element.tag = _RENAMED.get(element.tag, element.tag)
        for name in ("class", "title", "style", "id"):
            element.attrib.pop(name, None)
    _mark(draft, removed)
    for element in draft.elements(_NAMED):
        _name(element)
    for link in draft.elements({"a"}):
        url = make_absolute((link.get("href") or "").strip(), base_url)
        link.attrib.pop("href", None)
        if url.lower().startswith(LINK_SCHEMES):
            link.set("href", url)
    return clean_text(_CLEANER.clean(clean_text(write_body(draft.body))))


def show_originals(batch: Iterable[tuple[str, str, Sequence[Removal]]]) -> list[str]:
    """Make many safe in one call: what the confined child is asked to do."""
    return [_show_any(*one) for one in batch]


def _show_any(markup: str, base_url: str, removed: Sequence[Removal]) -> str:
    try:
        return show_original(markup, base_url, removed)
    except (ValueError, LxmlError, RecursionError):
        return "<p>It can't be shown.</p>"


def _mark(draft: Draft, removed: Sequence[Removal]) -> None:
    """Mark what was taken out: the smallest element that begins as the report says.

    The last ones, where more begin so: what is repeated at an article's end goes more often.
    """
    rules = _rules_by_text(removed)
    found: list[tuple[Element, str, str]] = []
    for element in draft.elements() if rules else ():
        text = text_of(element)
        told = (text or element.get("src") or "")[:_SHOWN]
        if told not in rules:
            continue
        is_inside = bool(found) and found[-1][0] in element.iterancestors()
        if not is_inside:
            found.append((element, text, told))
        elif text != found[-1][1]:
            found[-1] = (element, text, told)
    for element, _, told in reversed(found):
        if rules[told]:
            element.set("class", "gone")
            element.set("title", rules[told].pop())


def _rules_by_text(removed: Sequence[Removal]) -> dict[str, list[str]]:
    rules: defaultdict[str, list[str]] = defaultdict(list)
    for one in removed:
        if one.text:  # an empty one would be any element without text
            rules[one.text].append(one.rule)
    return rules


def _name(element: Element) -> None:
    """Put a name in the place of what would be asked for."""
    source = element.get("src") or ""
    kind, host = _NAMED[element.tag], _host_of(source)
    file = source.partition("?")[0].rpartition("/")[2]
    told = element.get("alt") or file if element.tag == "img" else host
    shown = {"class": element.get("class") or "named", "title": element.get("title") or ""}
    text = f"{kind}: {limit_text(told, _LONGEST_NAME)}" if told else kind
    replace(element, make("span", {name: value for name, value in shown.items() if value}, text))


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # a bracket in the host
        return ""
