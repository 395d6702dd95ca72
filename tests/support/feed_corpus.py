"""feedparser's own test files: read by us and by feedparser, and served as their headers say.

`make setup` fetches them (.ci/corpus.sh). What runs in the confined child stands here too.
"""

from __future__ import annotations

import io
import re
import resource
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

from wp_sync.errors import ParseError
from wp_sync.sandbox.download import find_cache
from wp_sync.sources.parse import Source, parse_feed
from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wp_sync.model import Pull

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
_VERSION = "6.0.14"
_HEADER = re.compile(rb"^Header:\s+([^:]+):(.+)$", re.MULTILINE)
_HTML = ("text/html", "application/xhtml+xml")
_CODINGS = {".gz": "gzip", ".z": "deflate"}


class CorpusFile(NamedTuple):
    """A file and what its server says of it."""

    name: str  # such as wellformed/rss/item_title.xml
    body: bytes
    headers: tuple[tuple[str, str], ...]

    @property
    def told(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers}


class Reading(NamedTuple):
    """What came of a file: entries as title and link."""

    name: str
    ours: tuple[tuple[str, str], ...]
    theirs: tuple[tuple[str, str], ...]
    is_well_formed: bool
    refusal: str  # what we say that it is, instead of a feed
    changes: tuple[str, ...]  # what differs when it comes again
    seconds: float  # of CPU, for us
    megabytes: float  # at most so far, of the child


def find_corpus() -> Path:
    """Name the directory of the files."""
    corpus = find_cache() / f"feedparser-{_VERSION}" / "tests"
    if not corpus.is_dir():
        raise FileNotFoundError(f"{corpus}: make setup fetches it")
    return corpus


def list_files(every: int = 1) -> list[CorpusFile]:
    """Read the files of the corpus, or one in so many."""
    corpus = find_corpus()
    paths = [path for path in sorted(corpus.rglob("*")) if path.suffix in {".xml", *_CODINGS}]
    return [_read(path, str(path.relative_to(corpus))) for path in paths[::every]]


def _read(path: Path, name: str) -> CorpusFile:
    body = path.read_bytes()
    if coding := _CODINGS.get(path.suffix):
        return CorpusFile(name, body, (("Content-Encoding", coding),))
    found = [(one.decode(), text.decode().strip()) for one, text in _HEADER.findall(body)]
    return CorpusFile(name, body, tuple(found))


def read_files(files: Sequence[CorpusFile], root: str) -> tuple[tuple[object, ...], ...]:
    """Read each file twice, and have feedparser read it. For the confined child."""
    return tuple(tuple(_compare(CorpusFile(*one), root)) for one in files)


def _compare(file: CorpusFile, root: str) -> Reading:
    message = Message()
    message["content-type"] = file.told.get("content-type", "application/xml")
    source = Source(
        feed="feed",
        location=root + file.name,
        charset=str(message.get_content_charset("")),
        base=file.told.get("content-location", ""),
    )
    ours: tuple[tuple[str, str], ...] = ()
    changes: tuple[str, ...] = ()
    refusal, begun = "", time.process_time()
    try:
        pull = parse_feed(file.body, source, {}, NOW)
    except ParseError as error:
        refusal = str(error)
    seconds = time.process_time() - begun
    if not refusal:
        ours = tuple((plain_text(item.title), item.url) for item in pull.items)
        changes = read_again(file.body, source, pull)
    theirs, is_well_formed = _ask_feedparser(file, root)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Reading(file.name, ours, theirs, is_well_formed, refusal, changes, seconds, megabytes)


def read_again(body: bytes, source: Source, first: Pull) -> tuple[str, ...]:
    """Read a feed of which some or all is known, with and without its traces; name what differs."""
    by_hash = {mark: guid for guid, mark in first.hashes.items()}
    told: list[str] = []
    for step in (1, 2):
        known = dict(list(first.hashes.items())[::step])
        traces = {
            trace: by_hash[mark]
            for mark, trace in first.traces.items()
            if mark in by_hash and by_hash[mark] in known
        }
        whole = parse_feed(body, source, known, NOW)
        quick = parse_feed(body, source, known, NOW, traces)
        if step == 1 and whole.items:
            told.append("it is not the same twice")
        if replace(whole, traces={}) != replace(quick, traces={}):
            told.append(f"{step}: {whole} is not {quick}")
    return tuple(told)


def _ask_feedparser(file: CorpusFile, root: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    import feedparser

    headers = {"content-type": "application/xml", "content-location": root + file.name}
    parsed = feedparser.parse(io.BytesIO(file.body), response_headers=headers | file.told)
    return tuple(
        (_title_of(entry), str(entry.get("link", ""))) for entry in parsed.entries
    ), not parsed.bozo


def _title_of(entry: dict[str, dict[str, str]]) -> str:
    title = str(entry.get("title", ""))
    is_html = entry.get("title_detail", {}).get("type") in _HTML
    return plain_text(title) if is_html else " ".join(title.split())


@contextmanager
def serve_corpus(files: Sequence[CorpusFile]) -> Iterator[str]:
    """Serve the files with the headers that they ask for; yield the address of the root."""
    by_path = {f"/{file.name}": file for file in files}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            file = by_path[self.path]
            headers = dict(file.headers)
            self.send_response_only(int(headers.pop("Status", "200")))
            usual = {"Content-Type": "application/xml", "Content-Length": str(len(file.body))}
            told = {name.lower() for name in headers}
            for name, value in headers.items():
                self.send_header(name, value)
            for name, value in usual.items():
                if name.lower() not in told:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(file.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
