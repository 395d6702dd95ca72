"""The next page of the same article: told from the next article by its address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from .tree import text_of, words_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement  # type: ignore[import-untyped]

MOST_PAGES = 10  # of one article
_NUMBERS = frozenset(
    {"page", "p", "pg", "seite", "pagina", "paged", "s", "start", "pageno", "currentpage"}
)
_PART = re.compile(r"(?:[/_,-]|/(?:page|seite|part|p|pagina)[/_-]?)(\d{1,2})(?=/?\Z|\.\w{3,5}\Z)")
_NEXT = re.compile(
    r"\W*(?:next(?: page)?|continue(?: to)? (?:page )?\d*|page \d+|n[äa]chste seite|weiter"
    r"|page suivante|p[áa]gina siguiente|siguiente|suivant)\W*",
    re.IGNORECASE,
)


def find_next(root: HtmlElement, url: str) -> str:
    """Find the address of the page after this one; "" when the article ends here."""
    return next((one for one in _candidates(root, url) if is_next(url, one)), "")


def _candidates(root: HtmlElement, url: str) -> Iterator[str]:
    for link in root.iter("link", "a"):
        href = link.get("href")
        if not href:
            continue
        relation = (link.get("rel") or "").lower().split()
        named = any("-next-" in words for words in words_in(link))
        if "next" in relation or named or (link.tag == "a" and _NEXT.fullmatch(text_of(link)[:60])):
            try:
                yield urljoin(url, href).partition("#")[0]
            except ValueError:
                continue


def is_next(url: str, other: str) -> bool:
    """Tell whether an address is the same article's, one page on, on the same host."""
    try:
        here, there = urlsplit(url), urlsplit(other)
    except ValueError:
        return False
    if there.scheme not in {"http", "https"} or here.netloc.lower() != there.netloc.lower():
        return False
    ours, theirs = _split(here.path, here.query), _split(there.path, there.query)
    return ours[0] == theirs[0] and theirs[1] == ours[1] + 1


def _split(path: str, query: str) -> tuple[str, int]:
    """Split an address into the article and the number of its page; the first has often none."""
    number, rest = 1, []
    for name, value in parse_qsl(query):
        if name.lower() in _NUMBERS and value.isdigit() and len(value) < 3:  # noqa: PLR2004
            number = max(1, int(value))
        else:
            rest.append((name, value))
    match = _PART.search(path)
    if match and number == 1:
        number = int(match[1])
        path = path[: match.start()] + path[match.end() :]
    return f"{path.rstrip('/')}?{urlencode(rest)}", number
