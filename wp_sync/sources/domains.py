"""Whose an address is: the domain that somebody registered, or the host that a service gave out."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

# Below a country's two letters these are no one's own: example.co.uk, example.com.au.
_SHARED_LABELS = (
    "ac asn asso co com ed edu gob gouv gov govt id ltd me mil ne net nom or org plc sch tm"
)
_SHARED = frozenset(_SHARED_LABELS.split())
# Who has a name below these owns that name, and nothing beside it.
_HOSTING = frozenset(
    {
        "amazonaws.com",
        "appspot.com",
        "azurewebsites.net",
        "b-cdn.net",
        "beehiiv.com",
        "blogspot.com",
        "bearblog.dev",
        "cloudfront.net",
        "fastly.net",
        "firebaseapp.com",
        "ghost.io",
        "github.io",
        "gitlab.io",
        "hatenablog.com",
        "herokuapp.com",
        "livejournal.com",
        "micro.blog",
        "neocities.org",
        "netlify.app",
        "onrender.com",
        "pages.dev",
        "rackcdn.com",
        "squarespace.com",
        "substack.com",
        "tumblr.com",
        "typepad.com",
        "vercel.app",
        "web.app",
        "weebly.com",
        "wixsite.com",
        "wordpress.com",
        "workers.dev",
    }
)
# They carry other people's feeds, or count who follows a link: no sign of who publishes.
CARRIERS = frozenset(
    {
        "akamaized.net",
        "amazonaws.com",
        "b-cdn.net",
        "cloudfront.net",
        "fastly.net",
        "feedblitz.com",
        "feedburner.com",
        "feedpress.me",
        "feedproxy.com",
        "rackcdn.com",
    }
)
_FEEDBURNER = frozenset({"feedproxy.google.com", "feeds.google.com", "feeds2.feedburner.com"})
# What every site links to, from one day to the next, without being another site for it.
PLATFORMS = frozenset(
    {
        "amazon.com",
        "apple.com",
        "archive.org",
        "bsky.app",
        "discord.gg",
        "facebook.com",
        "flickr.com",
        "google.com",
        "instagram.com",
        "linkedin.com",
        "mastodon.social",
        "patreon.com",
        "pinterest.com",
        "reddit.com",
        "spotify.com",
        "substack.com",
        "t.co",
        "telegram.org",
        "threads.net",
        "tiktok.com",
        "twitter.com",
        "vimeo.com",
        "whatsapp.com",
        "wikipedia.org",
        "wordpress.org",
        "x.com",
        "youtu.be",
        "youtube.com",
    }
)
_IP = re.compile(r"[\d.]+|.*:.*")


@lru_cache(maxsize=4096)
def domain_of(address: str) -> str:
    """Name the registrable domain of an address; "" for what has none, as a path."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:  # brackets that are no IPv6 address
        return ""
    if host in _FEEDBURNER:
        return "feedburner.com"
    labels = host.split(".")
    if len(labels) < 3 or _IP.fullmatch(host):  # noqa: PLR2004 (a name and its suffix)
        return host
    *_, second, top = labels
    is_shared = len(top) == 2 and second in _SHARED  # noqa: PLR2004 (a country)
    count = 3 if is_shared or f"{second}.{top}" in _HOSTING else 2
    return ".".join(labels[-count:])


def is_carrier(domain: str) -> bool:
    """Tell whether a domain carries other people's feeds."""
    return domain in CARRIERS or domain.partition(".")[2] in CARRIERS
