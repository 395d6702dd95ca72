"""A feed's XML as a tree of entries, to leave out those that are known: for usual feeds only.

lxml is many times faster than feedparser, and stricter. Whatever is unusual is no tree: then
feedparser, which is the judge, reads the whole feed.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.hashing import digest

from .bombs import refuse_depth
from .entry import MOST_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lxml import etree  # type: ignore[import-untyped]

UTF8 = "; charset=utf-8"
# Where these bytes are ASCII, they read alike in all of these.
_LIKE_ASCII = {"", "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252"}
_DECLARED = re.compile(rb"^<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_TOO_DEEP = "Excessive depth"  # libxml2's word for more than 256 levels
_ROOTS = {"rss", "rdf", "feed"}
_ENTRIES = {"item", "entry"}
_LOWER = "translate(local-name(), 'ITEMNRY', 'itemnry')"
_MEDIA = b"http://search.yahoo.com/mrss/"
_IN_MEDIA = "{http://search.yahoo.com/mrss/}"
_WORDS = {"description", "summary", "encoded", "content"}
_COUNT = f"count(//*[{_LOWER} = 'item' or {_LOWER} = 'entry'])"


@dataclass(frozen=True, slots=True)
class Tree:
    """A feed's root element and its entries, in their order."""

    root: etree._Element
    entries: tuple[etree._Element, ...]
    is_cleared: bool  # of the captions that feedparser would take for an entry's own words

    def write(self) -> bytes:
        """Write the feed."""
        from lxml import etree

        whole: bytes = etree.tostring(self.root, encoding="utf-8", xml_declaration=True)
        return whole

    def traces(self, mark: str) -> tuple[str, ...]:
        """Hash each entry as it stands; `mark` is what it takes from its feed."""
        from lxml import etree

        above = {one for entry in self.entries for one in entry.iterancestors()}
        inherited = sorted(
            (str(name), str(value)) for one in above for name, value in one.attrib.items()
        )
        whole = digest((mark, inherited))
        raw = (etree.tostring(one, encoding="unicode", with_tail=False) for one in self.entries)
        return tuple(digest((whole, text)) for text in raw)

    def without_entries(self) -> bytes:
        """Write the feed as if it had no entries."""
        return self._without(self.entries)

    def without(self, traces: Sequence[str], known: Collection[str]) -> bytes:
        """Write the feed without the entries whose traces are known."""
        pairs = zip(self.entries, traces, strict=True)
        return self._without([entry for entry, trace in pairs if trace in known])

    def _without(self, entries: Sequence[etree._Element]) -> bytes:
        places = [(entry, entry.getparent(), entry.getnext()) for entry in entries]
        for entry, parent, _ in places:
            if parent is not None:
                parent.remove(entry)
        left = self.write()
        for entry, parent, after in reversed(places):  # back where each stood
            if parent is not None and after is not None:
                after.addprevious(entry)
            elif parent is not None:
                parent.append(entry)
        return left


def read_tree(body: bytes, charset: str, location: str) -> Tree | None:
    """Read a usual feed; None for one that lxml and feedparser might read differently.

    Raises ParseError for one that is nested so deep that nobody should read it.
    """
    if _DOCTYPE.search(body) or not _is_unicode(body, charset):
        return None
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        root = etree.fromstring(body.removeprefix(codecs.BOM_UTF8), parser)
    except etree.XMLSyntaxError as error:
        if _TOO_DEEP in str(error):
            refuse_depth(body, location)
        return None
    except ValueError:
        return None
    if _name(root) not in _ROOTS:
        return None
    parents = (root, *(one for one in root if _name(one) == "channel"))
    entries = tuple(one for parent in parents for one in parent if _name(one) in _ENTRIES)
    is_usual = len(entries) <= MOST_ENTRIES and len(entries) == root.xpath(_COUNT)
    is_plain = not any((one.tail or "").strip() for one in entries)
    if not (is_usual and is_plain):
        return None
    return Tree(root, entries, is_cleared=_MEDIA in body and _clear_captions(entries))


def _clear_captions(entries: Sequence[etree._Element]) -> bool:
    """Drop what pictures are called in entries that have words of their own; tell if there were."""
    found = False
    for entry in entries:
        own = {_name(part) for part in entry if not str(part.tag).startswith(_IN_MEDIA)}
        for part in list(entry.iter(f"{_IN_MEDIA}description", f"{_IN_MEDIA}title")):
            is_title = _name(part) == "title"
            if (own & _WORDS if not is_title else "title" in own) and not (part.tail or "").strip():
                part.getparent().remove(part)
                found = True
    return found


def _is_unicode(body: bytes, charset: str) -> bool:
    """Tell whether the bytes are read as UTF-8 whoever reads them."""
    declared = _DECLARED.match(body.removeprefix(codecs.BOM_UTF8))
    told = {charset.rpartition("=")[2].lower(), declared[1].decode().lower() if declared else ""}
    return charset == UTF8 or (body.isascii() and told <= _LIKE_ASCII)


def _name(element: etree._Element) -> str:
    """Give an element's name without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
