"""Write the sources' feeds and pages, in the layouts of `layouts.toml`."""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from functools import cache
from html import escape
from mimetypes import guess_type
from string import Template
from typing import TYPE_CHECKING, Any

from .library import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from .library import SampleArticle, SampleSource

_ENCODERS: dict[str, Callable[[str], str]] = {
    "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "xml": escape,  # and HTML
}


@cache
def load_layouts() -> dict[str, Any]:
    """Read the layouts: name -> {type, feed, item, label, language, separator}."""
    return read_table("layouts.toml")


def write_feed(source: SampleSource, file: str, layout_name: str, root: str, now: datetime) -> str:
    """Write one of the source's lists, for a server at `root`: a feed, or its front page."""
    layout = load_layouts()[layout_name]
    encode, separator = _ENCODERS[layout.get("language", "xml")], layout.get("separator", "")
    items = []
    for article in source.articles:
        if file in article.feeds:
            values = describe_article(source, article, root, now)
            labels = (
                _fill(layout.get("label", ""), {"label": label}, encode) for label in article.labels
            )
            items.append(_fill(layout["item"], values | {"labels": separator.join(labels)}, encode))
    values = {
        "home": f"{root}/{source.slug}/",
        "self": f"{root}/{source.slug}/{file}",
        "source": source.name,
        "feed_title": source.feeds[file],
        "built": f"{now:%a, %d %b %Y %H:%M:%S +0000}",
        "built_iso": now.replace(microsecond=0).isoformat(),
        "items": f"{separator}\n".join(items),
        "alternates": "".join(
            f'<link rel="alternate" type="{load_layouts()[source.layout]["type"]}" href="{name}">'
            for name in source.feeds
        ),
    }
    return _fill(layout["feed"], values, encode)


def write_page(source: SampleSource, article: SampleArticle, root: str, now: datetime) -> str:
    """Write the article's own page."""
    return _fill(
        load_layouts()["page"]["item"], describe_article(source, article, root, now), escape
    )


def describe_article(
    source: SampleSource, article: SampleArticle, root: str, now: datetime
) -> dict[str, str]:
    """Name all that a layout may ask for: plain text, and HTML with the source's furniture."""
    date = article.find_date(now)
    title = escape(article.title, quote=False)
    facts = {
        "root": root,
        "home": f"{root}/{source.slug}/",
        "source": source.name,
        "url": root + article.path,
        "link": root + article.path + article.suffix,
        "number": str(article.number),
        "title": article.title,
        "title_html": title,
        "title_ascii": title.encode("ascii", "xmlcharrefreplace").decode(),
        "byline": article.author,
        "summary": article.summary,
        "date": f"{date.astimezone(_zone(source)):{article.date}}" if date else "",
        "iso": date.isoformat() if date else "",
        "day": f"{date:%B %d, %Y}" if date else "",
        "image": article.picture and root + article.picture,
        "mime": guess_type(article.picture)[0] or "",
        "alt": article.alt,
    }
    return facts | _furnish(source, article, {name: escape(fact) for name, fact in facts.items()})


def _furnish(
    source: SampleSource, article: SampleArticle, values: Mapping[str, str]
) -> dict[str, str]:
    """Write the HTML: the source's furniture stands before, within and after the article's own."""
    places = dict.fromkeys(("header", "summary", "start", "middle", "end", "footer"), "")
    for part in source.furniture:
        places[part.place] += part.html + "\n"
    summary = f"<p>{escape(article.summary)}</p>"
    paragraphs = (article.body.strip() or summary).split("</p>\n", 2)
    paragraphs[2:] = [places["middle"] + rest for rest in paragraphs[2:]]
    html = {
        "header": places["header"],
        "footer": places["footer"],
        "summary_html": summary + places["summary"],
        "body": places["start"] + "</p>\n".join(paragraphs) + places["end"],
    }
    # A body may speak of "$41,000": such a dollar stays.
    return {name: Template(text).safe_substitute(values) for name, text in html.items()}


def _fill(layout: str, values: Mapping[str, str], encode: Callable[[str], str]) -> str:
    """Fill in a layout; leave out each line with a value that is empty."""
    known = {name: encode(value) for name, value in values.items()}
    known |= {f"raw_{name}": value for name, value in values.items()}
    lines = (Template(line) for line in layout.strip("\n").split("\n"))
    return "\n".join(
        line.substitute(known)
        for line in lines
        if all(known[name] for name in line.get_identifiers())
    )


def _zone(source: SampleSource) -> timezone:
    return timezone(timedelta(hours=source.zone))
