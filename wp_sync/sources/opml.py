"""Lists of feeds as readers exchange them: OPML 2.0, in and out. Knows no file and no network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate
from xml.sax.saxutils import quoteattr

from wp_sync.errors import FeedError
from wp_sync.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LARGEST = 5_000_000  # bytes
_DEEPEST = 30  # folders in each other
_MOST = 10_000  # feeds
# Which outlines are one source's; other programmes leave it alone.
_OURS = "urn:wp-sync"
_SOURCE = "wp-sync:source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list."""

    address: str
    title: str = ""
    folders: tuple[str, ...] = ()  # from the outermost
    source: str = ""  # the name of the source that it was, in a list of ours
    line: int = 0


def read_opml(body: bytes, name: str) -> tuple[Outline, ...]:
    """List the feeds of an OPML file. Raises FeedError for what is none, and for a DTD."""
    if len(body) > LARGEST:
        raise FeedError(f"{name}: larger than {LARGEST:,} bytes", feed=name)
    reader = _Reader(name=name)
    try:
        reader.parser.Parse(body, True)  # noqa: FBT003 (expat's own)
    except ExpatError as error:
        what = f"{name}, line {error.lineno}: {ErrorString(error.code)}"
        cure = "it is not XML: export it once more, or mend that line"
        raise FeedError(what, feed=name, cure=cure) from None
    if reader.root != "opml":
        what = f"{name} is no list of feeds (OPML): it begins with <{reader.root}>"
        raise FeedError(what, feed=name, cure="for one feed: `wp-sync add`")
    return tuple(reader.found)


def write_opml(outlines: Sequence[Outline], title: str) -> str:
    """Write feeds as OPML 2.0, folder by folder; the same feeds give the same text."""
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<opml version="2.0" xmlns:wp-sync="{_OURS}">',
            f"  <head><title>{_attribute(title)[1:-1]}</title></head>",
            "  <body>",
            *_write_folder(outlines, (), "    "),
            "  </body>",
            "</opml>\n",
        )
    )


def _write_folder(
    outlines: Iterable[Outline], folders: tuple[str, ...], indent: str
) -> Iterator[str]:
    """Write the feeds of a folder, then its folders, as they come."""
    depth, deeper = len(folders), dict[str, list[Outline]]()
    for one in outlines:
        if len(one.folders) > depth:
            deeper.setdefault(one.folders[depth], []).append(one)
            continue
        title = _attribute(one.title)
        source = f" {_SOURCE}={_attribute(one.source)}" if one.source else ""
        yield (
            f'{indent}<outline type="rss" text={title} title={title}'
            f" xmlUrl={_attribute(one.address)}{source}/>"
        )
    for name, inside in deeper.items():
        yield f"{indent}<outline text={_attribute(name)} title={_attribute(name)}>"
        yield from _write_folder(inside, (*folders, name), f"{indent}  ")
        yield f"{indent}</outline>"


def _attribute(text: str) -> str:
    return quoteattr(" ".join(clean_text(text).split()))


@dataclass(slots=True)
class _Reader:
    """Follows the outlines as expat meets them; an entity can't be declared."""

    name: str
    root: str = ""
    open: list[str] = field(default_factory=list)  # titles of the outlines around
    found: list[Outline] = field(default_factory=list)
    parser: Any = field(default_factory=ParserCreate)

    def __post_init__(self) -> None:
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end

    def _refuse(self, *_: object) -> None:
        message = f"{self.name} has a DTD (<!DOCTYPE …>), which a list of feeds has no need of"
        raise FeedError(message, feed=self.name, cure="take that line out, or export it once more")

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.lower()
        self.root = self.root or tag
        if tag != "outline":
            return
        given = {key.lower(): " ".join(clean_text(v).split()) for key, v in attributes.items()}
        title = given.get("title") or given.get("text", "")
        if address := given.get("xmlurl", ""):
            self.found.append(
                Outline(
                    address=address,
                    title=title,
                    folders=tuple(filter(None, self.open)),
                    source=given.get(_SOURCE, ""),
                    line=self.parser.CurrentLineNumber,
                )
            )
        self.open.append("" if address else title)
        if len(self.open) > _DEEPEST or len(self.found) > _MOST:
            message = f"{self.name}: more than {_DEEPEST} folders in each other, or {_MOST:,} feeds"
            raise FeedError(message, feed=self.name, cure="import it in parts")

    def _end(self, tag: str) -> None:
        if tag.lower() == "outline":
            self.open.pop()
