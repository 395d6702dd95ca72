"""RSS 0.9x to 2.0, RDF and Atom by feedparser. Only for the confined child: see `confine`.

feedparser has quadratic inputs, and undoes expat's guard against entity bombs. Its own sanitiser
and address resolver stay off: the one is no security boundary, the other loses markup.
"""

from __future__ import annotations

import html
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from wp_sync.hashing import digest

from .bombs import entity_bomb, refuse_bombs
from .characters import decide_charset, mend_references
from .entry import (
    MOST_ENTRIES,
    READING,
    Document,
    make_absolute,
)
from .finders import Context, read_entry
from .tree import UTF8, Tree, read_tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

Raw: TypeAlias = Any  # a FeedParserDict: feedparser has no types

_BOMB = "amplification factor"  # expat's word for it (xmlparse.c)
_ROOT_ENDS = (b"</rss>", b"</rdf:rdf>", b"</feed>", b"</channel>")


def read_syndication(
    body: bytes, charset: str, location: str, known: Collection[str] = ()
) -> Document:
    """Parse a feed, also a broken one; what feedparser can't name a feed has format "".

    Entries whose traces are known are counted only, where that is as sure as reading them.
    """
    body, charset = decide_charset(body, charset)
    refuse_bombs(body, location)
    body = mend_references(body)
    tree = read_tree(body, charset, location)
    if tree is not None and known:
        document = _read_unknown(tree, location, known)
        if document is not None:
            return document
    parsed = _parse(tree.write(), UTF8) if tree and tree.is_cleared else _parse(body, charset)
    notes: list[str] = []
    is_whole = True
    entries = parsed.entries[: MOST_ENTRIES + 1]
    if problem := _problem_of(parsed, location):
        notes.append(f"not well-formed XML ({problem}): read as far as it can be")
        is_whole = _has_end(body)
        if entries and _is_cut(body):
            notes.append("it ends in the middle of an entry, which is left for the next time")
            entries = entries[:-1]
    context = _context_of(parsed, location)
    is_sure = tree is not None and not parsed.bozo and len(tree.entries) == len(entries)
    traces = tree.traces(_mark_of(parsed, context)) if tree is not None and is_sure else ()
    return _make_document(parsed, entries, context, notes=notes, is_whole=is_whole, traces=traces)


def _read_unknown(tree: Tree, location: str, known: Collection[str]) -> Document | None:
    """Read the entries that are not known; None when feedparser must judge the whole feed.

    What entries take from their feed is read first, from the feed without any, and must be the same
    when it is read with some.
    """
    head = _parse(tree.without_entries(), UTF8)
    mark = _mark_of(head, _context_of(head, location))
    if head.bozo or head.entries or not head.version:
        return None
    traces = tree.traces(mark)
    skipped = tuple(trace for trace in traces if trace in known)
    if not skipped:
        return None
    left = tuple(trace for trace in traces if trace not in known)
    parsed = _parse(tree.without(traces, known), UTF8) if left else head
    context = _context_of(parsed, location)
    if parsed.bozo or len(parsed.entries) != len(left) or _mark_of(parsed, context) != mark:
        return None
    return _make_document(parsed, parsed.entries, context, traces=left, skipped=skipped)


def _parse(body: bytes, charset: str) -> Raw:
    import feedparser

    return feedparser.parse(
        io.BytesIO(body),
        # As application/xml: text/xml would mean US-ASCII to it. Without a content-location: it
        # would become part of a guid that is no address, and change when the feed moves.
        response_headers={"content-type": f"application/xml{charset}"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _problem_of(parsed: Raw, location: str) -> str:
    """Name the XML error that was met, "" for none. Raises ParseError for a bomb."""
    problem = getattr(parsed.get("bozo_exception"), "getMessage", None)
    if problem is None:
        return ""
    if _BOMB in problem():
        # The loose reader that follows would leave entities unread, or expand them after all.
        raise entity_bomb(location)
    return str(problem())


def _context_of(parsed: Raw, location: str) -> Context:
    site = make_absolute(parsed.feed.get("link"), location)
    return Context(
        feed=parsed.feed,
        is_atom=parsed.version.startswith("atom"),
        base=site or location,
        site=site,
    )


def _mark_of(parsed: Raw, context: Context) -> str:
    """Hash all that an entry takes from its feed, and the version of who reads it."""
    import feedparser

    people = [str(person.get("name") or "") for person in context.feed.get("authors", ())]
    language = str(context.feed.get("language", ""))
    read_by = (READING, feedparser.__version__)
    return digest((*read_by, parsed.version, context.base, people, language))


def _make_document(  # noqa: PLR0913 (what a document is made of)
    parsed: Raw,
    entries: Iterable[Raw],
    context: Context,
    *,
    notes: Sequence[str] = (),
    is_whole: bool = True,
    traces: Sequence[str] = (),
    skipped: Sequence[str] = (),
) -> Document:
    read = tuple(read_entry(entry, context) for entry in entries)
    return Document(
        format=parsed.version or ("xml" if read else ""),
        title=html.unescape(parsed.feed.get("title", "")),
        site=context.site,
        entries=tuple(replace(one, trace=trace) for one, trace in zip(read, traces, strict=True))
        if traces
        else read,
        notes=tuple(notes),
        is_whole=is_whole,
        skipped=tuple(skipped),
    )


def _has_end(body: bytes) -> bool:
    lower = body.lower()
    return any(end in lower for end in _ROOT_ENDS)


def _is_cut(body: bytes) -> bool:
    """Tell whether the bytes end inside an entry, which then may lack half its text."""
    lower = body.lower()
    if lower.rstrip().endswith(_ROOT_ENDS):
        return False
    opened = max(lower.rfind(b"<item"), lower.rfind(b"<entry"))
    return opened > max(lower.rfind(b"</item"), lower.rfind(b"</entry"))
