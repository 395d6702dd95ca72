"""extract_page: what one page holds, in a confined child. Nothing is fetched here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from lxml.etree import LxmlError  # type: ignore[import-untyped]

from wp_sync.config.channels import ExtractRules
from wp_sync.errors import ExtractError
from wp_sync.markup import decode_html
from wp_sync.model import ItemKey, Page
from wp_sync.text import plain_text

from .article import Found, find_article
from .metadata import one_line, read_metadata
from .next_page import find_next
from .site_rules import apply_rules
from .tree import parse_page, text_of
from .walls import find_wall, gather

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

_MOST_OF = 0.4  # of a title, which the heading has to be
NO_RULES = ExtractRules()
BROKEN = (LxmlError, ValueError, TypeError, RecursionError)


def extract_page(
    body: bytes, url: str, content_type: str, key: ItemKey, rules: ExtractRules = NO_RULES
) -> Page:
    """Find the article of a page, and what it says about itself. Raises ExtractError."""
    markup = decode_html(body, content_type)
    try:
        return _extract(markup, url, key, rules)
    except BROKEN as error:
        raise ExtractError(f"{url} is not a page that can be read: {error}", key=key) from error


def _extract(markup: str, url: str, key: ItemKey, rules: ExtractRules) -> Page:
    tree = parse_page(markup)
    base = find_base(tree, url)
    found = read_metadata(tree, base)
    evidence = gather(tree, url)
    ruled = apply_rules(markup, base, rules)
    following = ruled.next_page or find_next(tree, base)
    title = ruled.title or _choose_title(tree, found.title)
    article = Found(html=ruled.body, found_by="site rule") if ruled.body else None
    if article is None:
        article = find_article(tree, base, title, found)
    words = len(plain_text(article.html).split())
    if wall := find_wall(evidence, found, words):
        towards = f": {urlsplit(evidence.refresh).hostname}" if "elsewhere" in wall else ""
        raise ExtractError(f"{url} is {wall}{towards}", key=key)
    return Page(
        key=key,
        url=url,
        body_html=article.html,
        title=one_line(title),
        byline=ruled.byline or found.byline,
        published=ruled.published or found.published,
        updated=found.updated,
        language=found.language,
        lead_image=ruled.lead_image
        or article.lead_image
        or found.lead_image
        or _first_image(article.html, base),
        found_by=article.found_by,
        missed=ruled.missed,
        next_url=following,
    )


def find_base(tree: HtmlElement, url: str) -> str:
    """Return what the page's relative addresses are relative to: its own host, or nothing else."""
    for one in tree.iter("base"):
        try:
            base = urljoin(url, (one.get("href") or "").strip())
            same = urlsplit(base).netloc.lower() == urlsplit(url).netloc.lower()
        except ValueError:
            return url
        return base if same or not url else url
    return url


def _choose_title(tree: HtmlElement, told: str) -> str:
    """Prefer the heading that readers see where the page's own title only adds a site's name."""
    headings = [text_of(one) for one in tree.iter("h1") if text_of(one)]
    inside = (one for one in headings if one in told and len(one) > len(told) * _MOST_OF)
    names = {
        one.get("content") for one in tree.iter("meta") if one.get("property") == "og:site_name"
    }
    if told in names and len(headings) > 0:
        return next((one for one in headings if one != told), told)
    return next(inside, told) or _short_title(tree)


def _short_title(tree: HtmlElement) -> str:
    """Read the first heading, else the title element up to the site's name."""
    heading = next((text_of(one) for one in tree.iter("h1") if text_of(one)), "")
    title = next((text_of(one) for one in tree.iter("title")), "")
    for sign in (" | ", " \u2013 ", " \u2014 ", " - ", " :: ", " « ", " » "):
        if sign in title:
            longest = max(title.split(sign), key=len)
            return heading if len(heading) > len(title) * _MOST_OF else longest
    return heading or title


def _first_image(markup: str, base: str) -> str:
    """Show the article's own first picture where the page names none."""
    if "<img" not in markup:
        return ""
    tree = parse_page(f"<html><body>{markup}")
    return next((urljoin(base, one.get("src") or "") for one in tree.iter("img")), "")
