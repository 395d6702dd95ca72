"""robots.txt by RFC 9309: the most specific group and the longest rule win; Crawl-delay beside.

Written here, as the standard library's reader takes the first rule that fits, not the longest.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlsplit

from wp_sync.errors import DisallowedError, NetworkError, WebError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PRODUCT = "wp-sync"  # the name by which a robots.txt may speak to us
MOST_BYTES = 500_000  # what stands behind them is not read (RFC 9309, 2.5)
_KEPT = 86_400.0  # seconds
_SAFE = "/?&=:;,+!@()'~$*%-._[]"
_LONGEST_PATTERN = 2_000  # characters
_FIELD = re.compile(r"^\s*([A-Za-z-]+)\s*:\s*([^#]*)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: what it lets in, or keeps out."""

    pattern: str
    allows: bool

    def fits(self, path: str) -> bool:
        """Tell whether a path begins as the pattern says. `*` is anything, `$` the end."""
        anchored = self.pattern.endswith("$")
        first, *others = self.pattern.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        at = len(first)
        # The leftmost place of each part leaves most to the next: no search back is needed.
        for number, part in enumerate(others):
            if anchored and number == len(others) - 1:
                return len(path) - len(part) >= at and path.endswith(part)
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return not anchored or at == len(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What a robots.txt says to us."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0  # seconds

    def allows(self, url: str) -> bool:
        """Tell whether an address may be fetched."""
        parts = urlsplit(url)
        path = _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        fitting = [(len(rule.pattern), rule.allows) for rule in self.rules if rule.fits(path)]
        return max(fitting, default=(0, True))[1]  # of two as long, the one that allows


def parse_robots(body: bytes, product: str = PRODUCT) -> Robots:
    """Read a robots.txt: the groups that name the product, together; else those of `*`."""
    groups: dict[str, list[tuple[str, str]]] = {}
    names: list[str] = []
    in_rules = True
    for name, value in _lines(body[:MOST_BYTES]):
        if name == "user-agent":
            names = [] if in_rules else names
            in_rules = False
            agent = value.split("/")[0].strip().lower()
            names.append(agent)
            groups.setdefault(agent, [])
        elif name in {"allow", "disallow", "crawl-delay"}:
            in_rules = True
            for agent in names:
                groups[agent].append((name, value))
    return _read_group(groups.get(product.lower(), groups.get("*", [])))


def _lines(body: bytes) -> Iterator[tuple[str, str]]:
    text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    for line in re.split(r"\r\n|\r|\n", text):
        if found := _FIELD.match(line):
            yield found[1].lower(), found[2].strip()


def _read_group(lines: list[tuple[str, str]]) -> Robots:
    rules: list[Rule] = []
    delay = 0.0
    for name, value in lines:
        if name == "crawl-delay":
            if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
                delay = max(delay, float(value))
        elif value:  # an empty one says nothing
            rules.append(Rule(_normal(value[:_LONGEST_PATTERN]), name == "allow"))
    return Robots(rules=tuple(rules), delay=delay)


def _normal(path: str) -> str:
    """Write a path or pattern one way: what need not be escaped is not, all else is."""
    out: list[str] = []
    for part in re.split(r"(%[0-9A-Fa-f]{2})", path):
        if re.fullmatch(r"%[0-9A-Fa-f]{2}", part):
            plain = unquote_to_bytes(part)
            kept = plain.decode("ascii") if plain.isalnum() or plain in b"-._~" else part.upper()
            out.append(kept)
        else:
            out.append(quote(part, safe=_SAFE))
    return "".join(out)


@dataclass(slots=True)
class _Known:
    lock: threading.Lock = field(default_factory=threading.Lock)
    robots: Robots | None = None  # None: unreachable
    why: str = ""
    until: float = float("-inf")


class RobotsBook:
    """The robots.txt of each origin, asked once a day at most."""

    def __init__(
        self,
        fetch: Callable[[str], bytes],
        slow_down: Callable[[str, float], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._slow_down, self._clock = fetch, slow_down, clock
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def check(self, url: str) -> None:
        """Raise DisallowedError for what is not for programmes, NetworkError when nobody knows."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            known = self._known.setdefault(origin, _Known())
        with known.lock:
            if known.until <= self._clock():
                self._ask(origin, known)
        if known.robots is None:
            message = f"{url}: not asked, as its robots.txt could not be read: {known.why}"
            raise NetworkError(message, url=url)
        if not known.robots.allows(url):
            message = f"{url}: its robots.txt keeps programmes out"
            raise DisallowedError(message, url=url, cure="ask the publisher")

    def _ask(self, origin: str, known: _Known) -> None:
        known.until = self._clock() + _KEPT
        try:
            known.robots = parse_robots(self._fetch(f"{origin}/robots.txt"))
        except (
            NetworkError
        ) as error:  # 5xx, 429, no answer: nobody knows, so no (RFC 9309, 2.3.1.4)
            known.robots, known.why = None, error.message
        except WebError:  # 4xx: there is none (2.3.1.3)
            known.robots = Robots()
        if known.robots and known.robots.delay:
            self._slow_down(origin, known.robots.delay)
