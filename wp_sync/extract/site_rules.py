"""A source's own selectors, as [sources.extract] names them; what finds nothing is reported."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from wp_sync.markup import attribute_of

from .article import tidy, write
from .embeds import resolve_embeds
from .metadata import one_line, read_date
from .pictures import absolute, resolve_pictures
from .tree import parse_page
from .trim import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bs4 import Tag

    from wp_sync.config.channels import ExtractRules

BODY = "body: "  # begins what is missed when a text's own selectors find nothing
_LINE = 300  # characters of a title or a byline


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What a source's selectors found."""

    body: str = ""
    title: str = ""
    byline: str = ""
    published: datetime | None = None
    lead_image: str = ""
    next_page: str = ""
    missed: tuple[str, ...] = ()  # "key: selector" of those that found nothing


def apply_rules(markup: str, base: str, rules: ExtractRules) -> Ruled:
    """Read a page by its source's own selectors; "" and None for what they don't find."""
    if not rules.is_any():
        return Ruled()
    # bs4 warns of a text that is nothing but an address or a file's name; not of two lines.
    soup = BeautifulSoup(f"\n{markup}", "lxml")
    title = _text(soup.select_one(rules.title)) if rules.title else ""
    byline = _text(soup.select_one(rules.byline)) if rules.byline else ""
    published = _date(soup.select_one(rules.date)) if rules.date else None
    lead = _image(soup, rules.lead_image, base) if rules.lead_image else ""
    following = _address(soup.select_one(rules.next_page), base) if rules.next_page else ""
    found = {"title": title, "byline": byline, "date": published, "lead_image": lead}
    missed = [
        f"{name}: {getattr(rules, name)}"
        for name, value in found.items()
        if getattr(rules, name) and not value
    ]
    for selector in rules.remove:
        for element in soup.select(selector):
            element.decompose()
    parts = _outermost(soup, rules.body)
    body = "".join(part.decode() for part in parts)
    if rules.body and not body:
        missed.insert(0, selectors_of(rules)[0])
    return Ruled(
        body=_tidied(body, base, title) if body else "",
        title=title,
        byline=byline,
        published=published,
        lead_image=lead,
        next_page=following,
        missed=tuple(missed),
    )


def selectors_of(rules: ExtractRules) -> tuple[str, ...]:
    """Name the selectors that are expected to find something, as "key: selector"."""
    body = (f"{BODY}{', '.join(rules.body)}",) if rules.body else ()
    ones = ("title", "byline", "date", "lead_image")
    return (*body, *(f"{name}: {getattr(rules, name)}" for name in ones if getattr(rules, name)))


def _outermost(soup: BeautifulSoup, selectors: tuple[str, ...]) -> list[Tag]:
    """Select the parts of a body in document order, none within another."""
    if not selectors:
        return []
    found = soup.select(", ".join(selectors))
    known = {id(one) for one in found}
    return [one for one in found if not any(id(above) in known for above in one.parents)]


def _tidied(body: str, base: str, title: str) -> str:
    """Resolve pictures and embeds; take out no more than what is never an article's."""
    tree = parse_page(f"<html><body>{body}")
    resolve_pictures(tree, base)
    resolve_embeds(tree, base)
    prepare(tree)
    inside = tree.find("body")
    if inside is None:
        return ""
    tidy(inside, base, title)
    return write(inside)


def _text(element: Tag | None) -> str:
    if element is None:
        return ""
    return one_line(attribute_of(element, "content") or element.get_text(" "))[:_LINE]


def _date(element: Tag | None) -> datetime | None:
    if element is None:
        return None
    return next(filter(None, map(_read, _date_texts(element))), None)


def _date_texts(element: Tag) -> Iterator[str]:
    for name in ("datetime", "content", "data-timestamp"):
        yield attribute_of(element, name)
    yield element.get_text(" ")


def _read(text: str) -> datetime | None:
    if found := read_date(text):
        return found
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return date if date.tzinfo else None


def _image(soup: BeautifulSoup, selector: str, base: str) -> str:
    element = soup.select_one(selector)
    if element is None:
        return ""
    if element.name == "meta":
        return absolute(attribute_of(element, "content"), base)
    tree = parse_page(f"<html><body>{element.decode()}")
    resolve_pictures(tree, base)
    return next((one.get("src") or "" for one in tree.iter("img")), "")


def _address(element: Tag | None, base: str) -> str:
    href = attribute_of(element, "href") if element is not None else ""
    try:
        return absolute(urljoin(base, href), base) if href else ""
    except ValueError:
        return ""
