"""Links in a body: absolute, without tracking, saying of themselves what the channel asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit

from wp_sync.text import strip_tracking

from .allowlist import LINK_SCHEMES, RELATIONS, SOURCE_SCHEMES
from .tree import unwrap

if TYPE_CHECKING:
    from .draft import Draft

# Places that only pass a reader on, and the parameter that says where to.
_PASSING = {
    "google.com/url": ("q", "url"),
    "l.facebook.com/l.php": ("u",),
    "lm.facebook.com/l.php": ("u",),
    "l.instagram.com": ("u",),
    "out.reddit.com": ("url",),
    "slack-redir.net/link": ("url",),
    "steamcommunity.com/linkfilter": ("url", "u"),
    "t.umblr.com/redirect": ("z",),
    "vk.com/away.php": ("to",),
    "youtube.com/redirect": ("q",),
}
_PASSED = re.compile("|".join(re.escape(place) for place in _PASSING))
# A paid link stays marked as one, whatever the channel asks for.
_TOLD_BY_SOURCE = frozenset({"nofollow", "sponsored", "ugc"})
_KEPT = ("dir", "lang", "title")
_MOST_PASSED = 3


def make_absolute(url: str, base_url: str) -> str:
    """Resolve an address; "" when it can't be."""
    if url.startswith(SOURCE_SCHEMES) and "[" not in url:  # most are
        return url.strip()
    try:
        return urljoin(base_url, url.strip())
    except ValueError:  # a bracket in the host
        return ""


def resolve_links(draft: Draft, _rule: str) -> None:
    """Make links absolute and bare of tracking; unwrap those that lead nowhere a reader can go."""
    asked = frozenset(draft.rules.rel)
    for link in draft.elements({"a"}):
        target = (link.get("href") or "").strip()
        url = find_target(make_absolute(target, draft.base_url))
        if target and not target.startswith("#") and url.lower().startswith(LINK_SCHEMES):
            told = _TOLD_BY_SOURCE.intersection((link.get("rel") or "").lower().split())
            relations = [name for name in RELATIONS if name in asked or name in told]
            kept = {name: link.get(name) for name in _KEPT if link.get(name)}
            link.attrib.clear()
            link.attrib.update({"href": url} | kept)
            if relations:
                link.set("rel", " ".join(relations))
        else:
            unwrap(link)


def find_target(url: str) -> str:
    """Leave out what only counts a reader: tracking parameters, and places that pass one on."""
    for _ in range(_MOST_PASSED):
        passed = _passed_to(url)
        if not passed:
            break
        url = passed
    return strip_tracking(url)


def is_own(address: str, base_url: str) -> bool:
    """Tell whether an address stays on the article's own site."""
    return bool(base_url) and _site_of(address) == _site_of(base_url)


def _site_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _passed_to(url: str) -> str:
    if "?" not in url or not _PASSED.search(url):
        return ""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        names = _PASSING.get(f"{host}{parts.path}".rstrip("/"), ())
        told = parse_qs(parts.query) if names else {}
    except ValueError:
        return ""
    found = (told[name][0] for name in names if name in told)
    return next((one for one in found if one.lower().startswith(SOURCE_SCHEMES)), "")
