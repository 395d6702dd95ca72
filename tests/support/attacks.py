"""Published attacks on sites that show foreign HTML, read from what `make setup` fetched.

Nothing of the packages is run or imported (.ci/vectors.sh, .ci/corpus.sh): their tests and lists
are read as text.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from wp_sync.sandbox.download import find_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONGEST = 6_000  # characters: longer ones test patience, which the programme of bombs does
# What an attack has in it, however it is dressed; the rest of the tests are about what may stay.
_DANGER = re.compile(
    r"script|\bon[a-z]+\s*=|data:|&#|style|formaction"
    r"|<\W*(?:applet|base|embed|form|frame|iframe|input|link|math|meta|noscript|object|plaintext"
    r"|svg|template|textarea|title|video|audio|xmp|!|\?)",
    re.IGNORECASE,
)
# Of these, three in four run in today's Chromium as they are; of all, three in five (measured).
_USUAL = re.compile(
    r"(?=.*(?:\bon\w+\s*=|<script))(?=.*\b(?:alert|confirm|prompt|print)\()", re.DOTALL
)
_HARMLESS = ("acceptable_", "style_")  # feedparser's tests of what it lets through
_PAYLOAD = re.compile(r'"payload":\s*("(?:[^"\\]|\\.)*")')
_JS_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CARRIERS = frozenset({"body", "content", "description", "encoded", "fullitem", "summary", "title"})
# What wp-sync embeds on purpose, WordPress asks its provider for: no attack on us.
_PROVIDERS = re.compile(
    r"youtu\.?be|vimeo\.com|twitter\.com|x\.com|instagram\.com|tiktok\.com|spotify\.com",
    re.IGNORECASE,
)


class Attack(NamedTuple):
    """One piece of HTML that would do something on a site that showed it as it is."""

    name: str  # where it is from, and its number or file there
    markup: str


def read_attacks() -> tuple[Attack, ...]:
    """Read all of them, each text once; feedparser's come first."""
    found: dict[str, Attack] = {}
    for read in READERS:
        for attack in read(find_cache()):
            if _is_wanted(attack.markup):
                found.setdefault(attack.markup, attack)
    return tuple(found.values())


def _is_wanted(markup: str) -> bool:
    is_attack = len(markup) <= LONGEST and _DANGER.search(markup)
    return bool(is_attack) and not _PROVIDERS.search(markup)


def choose_attacks(attacks: tuple[Attack, ...], collected: int) -> tuple[Attack, ...]:
    """Keep the libraries' own, and so many of the collection, spread evenly over its usual ones."""
    libraries = tuple(one for one in attacks if not one.name.startswith("brs-kb"))
    rest = tuple(
        one for one in attacks if one.name.startswith("brs-kb") and _USUAL.search(one.markup)
    )
    step = max(len(rest) / max(collected, 1), 1.0)
    chosen = {int(number * step) for number in range(collected)}
    return libraries + tuple(one for number, one in enumerate(rest) if number in chosen)


def _of_feedparser(cache: Path) -> Iterator[Attack]:
    folder = cache / "feedparser-6.0.14/tests/wellformed/sanitize"
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    for path in sorted(folder.glob("*.xml")):
        if path.stem.startswith(_HARMLESS):
            continue
        root = etree.fromstring(path.read_bytes(), parser)
        for element in root.iter() if root is not None else ():
            if isinstance(element.tag, str) and etree.QName(element).localname in _CARRIERS:
                inner = "".join(etree.tostring(child, encoding="unicode") for child in element)
                text = (element.text or "") + inner
                if "<" in text:
                    yield Attack(f"feedparser {path.stem}", text)


def _of_bleach(cache: Path) -> Iterator[Attack]:
    for path in sorted((cache / "vectors-1/bleach-6.4.0/tests/data").glob("*.test")):
        yield Attack(f"bleach {path.name}", path.read_text("utf-8").partition("\n--\n")[0])
    tree = ast.parse((cache / "vectors-1/bleach-6.4.0/tests/test_clean.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "<" in node.value:
            yield Attack(f"bleach test_clean.py:{node.lineno}", node.value)


def _of_dompurify(cache: Path) -> Iterator[Attack]:
    text = (cache / "vectors-1/package/test/fixtures/expect.js").read_text("utf-8")
    for number, payload in enumerate(_PAYLOAD.findall(text), 1):
        plain = json.loads(_JS_ESCAPE.sub(_json_escape, payload), strict=False)
        yield Attack(f"dompurify {number}", plain)


def _json_escape(match: re.Match[str]) -> str:
    if match[1]:
        return f"\\u00{match[1]}"
    return match[0] if match[2] in '"\\/bfnrtu' else match[2]


def _of_collection(cache: Path) -> Iterator[Attack]:
    """Read the collection's entries for HTML: calls of its own type, never evaluated."""
    for path in sorted((cache / "vectors-1/brs_kb/payloads").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PayloadEntry":
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                payload, contexts = _literal(given["payload"]), _literal(given["contexts"])
                if isinstance(payload, str) and "<" in payload and "html_content" in contexts:
                    yield Attack(f"brs-kb {path.stem}:{node.lineno}", payload)


def _literal(node: ast.expr) -> str | list[str]:
    try:
        value: str | list[str] = ast.literal_eval(node)
    except ValueError:  # put together from other names
        return ""
    return value


READERS: tuple[Callable[[Path], Iterator[Attack]], ...] = (
    _of_feedparser,
    _of_bleach,
    _of_dompurify,
    _of_collection,
)
