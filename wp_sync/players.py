"""Players and posts of other sites: which place an address leads to, and the page it stands for.

Data and plain strings: what a page or a body shows of them is made elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Where an embed's address leads, and what a reader calls it.
EMBED_HOSTS = {
    "bandcamp.com": "Bandcamp",
    "bsky.app": "Bluesky",
    "codepen.io": "CodePen",
    "dailymotion.com": "Dailymotion",
    "datawrapper.dwcdn.net": "Datawrapper",
    "embed.bsky.app": "Bluesky",
    "facebook.com": "Facebook",
    "flo.uri.sh": "Flourish",
    "gfycat.com": "Gfycat",
    "giphy.com": "Giphy",
    "google.com/maps": "Google Maps",
    "instagram.com": "Instagram",
    "jwplatform.com": "Video",
    "jwplayer.com": "Video",
    "mixcloud.com": "Mixcloud",
    "music.apple.com": "Apple Music",
    "open.spotify.com": "Spotify",
    "platform.twitter.com": "X",
    "player.twitch.tv": "Twitch",
    "player.vimeo.com": "Vimeo",
    "players.brightcove.net": "Video",
    "podcasts.apple.com": "Apple Podcasts",
    "reddit.com": "Reddit",
    "redditmedia.com": "Reddit",
    "scribd.com": "Scribd",
    "soundcloud.com": "SoundCloud",
    "spotify.com": "Spotify",
    "streamable.com": "Streamable",
    "threads.net": "Threads",
    "tiktok.com": "TikTok",
    "twitter.com": "X",
    "vimeo.com": "Vimeo",
    "x.com": "X",
    "youtu.be": "YouTube",
    "youtube-nocookie.com": "YouTube",
    "youtube.com": "YouTube",
}

# An element or attribute of a lazy player, and the address that its id belongs in.
LAZY_PLAYERS = (
    ("data-youtube-id", "https://www.youtube.com/embed/{}"),
    ("data-youtube-video-id", "https://www.youtube.com/embed/{}"),
    ("data-yt-id", "https://www.youtube.com/embed/{}"),
    ("data-ytid", "https://www.youtube.com/embed/{}"),
    ("data-vimeo-id", "https://player.vimeo.com/video/{}"),
)
ELEMENTS = {
    "amp-instagram": ("data-shortcode", "https://www.instagram.com/p/{}/embed/"),
    "amp-tiktok": ("data-src", "https://www.tiktok.com/embed/v2/{}"),
    "amp-twitter": ("data-tweetid", "https://platform.twitter.com/embed/Tweet.html?id={}"),
    "amp-vimeo": ("data-videoid", "https://player.vimeo.com/video/{}"),
    "amp-youtube": ("data-videoid", "https://www.youtube.com/embed/{}"),
    "lite-vimeo": ("videoid", "https://player.vimeo.com/video/{}"),
    "lite-youtube": ("videoid", "https://www.youtube.com/embed/{}"),
    "youtube-video": ("video-id", "https://www.youtube.com/embed/{}"),
}
# Attributes in which the address of a player or a post may stand.
_ADDRESSES_WORDS = """
src data-src data-lazy-src data-original data-url data-embed-url data-iframe-src
data-cookieblock-src data-consent-src data-href data-instgrm-permalink cite data-oembed-url data
"""
ADDRESSES = tuple(_ADDRESSES_WORDS.split())


class Embed(NamedTuple):
    """What WordPress can show of another site."""

    provider: str  # youtube, vimeo, x, instagram, tiktok or spotify
    url: str  # of the page that a person sees, in the one form that we write


_SPOTIFY = r"(track|album|playlist|artist|episode|show)/(\w{10,40})"
# Host, then what follows it (path and query, without a leading slash). WordPress up to 6.8 knows X
# by its former name alone (class-wp-oembed.php).
_SITES: tuple[tuple[str, str, re.Pattern[str], str], ...] = tuple(
    (provider, host, re.compile(path, re.ASCII), page)
    for provider, host, path, page in (
        (
            "youtube",
            "youtube.com youtube-nocookie.com",
            r"(?:embed|shorts|live|v|e)/(?!videoseries|live_stream)([\w-]{6,20})(?:[/?&].*)?",
            "https://www.youtube.com/watch?v={}",
        ),
        (
            "youtube",
            "youtube.com youtube-nocookie.com",
            r"(?:watch/?|embed/?)\?(?:.*&)?v=([\w-]{6,20})(?:&.*)?",
            "https://www.youtube.com/watch?v={}",
        ),
        (
            "youtube",
            "youtube.com youtube-nocookie.com",
            r"(?:playlist|embed/videoseries)/?\?(?:.*&)?list=([\w-]{10,50})(?:&.*)?",
            "https://www.youtube.com/playlist?list={}",
        ),
        (
            "youtube",
            "youtu.be",
            r"([\w-]{6,20})(?:\?.*)?",
            "https://www.youtube.com/watch?v={}",
        ),
        ("vimeo", "player.vimeo.com", r"video/(\d{4,12})(?:[/?].*)?", "https://vimeo.com/{}"),
        ("vimeo", "vimeo.com", r"(\d{4,12})(?:[/?].*)?", "https://vimeo.com/{}"),
        (
            "x",
            "twitter.com x.com",
            r"(?:#!/)?(\w{1,15})/status(?:es)?/(\d{1,20})(?:[/?].*)?",
            "https://twitter.com/{}/status/{}",
        ),
        (
            "x",
            "platform.twitter.com platform.x.com",
            r"embed/(?:Tweet\.html|index\.html)\?(?:.*&)?id=(\d{1,20})(?:&.*)?",
            "https://twitter.com/i/status/{}",
        ),
        (
            "instagram",
            "instagram.com",
            r"(?:[\w.]{1,30}/)?(p|reel|tv)/([\w-]{5,40})(?:[/?].*)?",
            "https://www.instagram.com/{}/{}/",
        ),
        (
            "tiktok",
            "tiktok.com",
            r"(@[\w.]{0,30})/video/(\d{5,25})(?:[/?].*)?",
            "https://www.tiktok.com/{}/video/{}",
        ),
        (
            "tiktok",
            "tiktok.com",
            r"(?:embed(?:/v\d)?|player/v\d)/(\d{5,25})(?:[/?].*)?",
            "https://www.tiktok.com/@/video/{}",
        ),
        (
            "spotify",
            "open.spotify.com",
            rf"(?:intl-[a-z]+/)?(?:embed(?:-podcast)?/)?{_SPOTIFY}(?:[/?].*)?",
            "https://open.spotify.com/{}/{}",
        ),
    )
)
_PLAYER_ID = re.compile(r"[\w-]{5,40}\Z")
PROVIDERS = ("instagram", "spotify", "tiktok", "vimeo", "x", "youtube")


def find_embed(address: str) -> Embed | None:
    """Tell what WordPress can show of an address; None when it is no post or player it knows."""
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").removeprefix("www.").removeprefix("m."), parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or port not in {None, 80, 443}:
        return None
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    path = (parts.path or "/")[1:] + query + fragment
    for provider, hosts, pattern, page in _SITES:
        if host in hosts.split() and (match := pattern.fullmatch(path)):
            return Embed(provider, page.format(*match.groups()))
    return None


def told_addresses(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """List what an element of a page may show, as it is written there, in the order of trust."""
    named = (ELEMENTS[tag],) if tag in ELEMENTS else ()
    for name, template in (*named, *LAZY_PLAYERS):
        if _PLAYER_ID.match(attributes.get(name) or ""):
            yield template.format(attributes[name])
    for name in ADDRESSES:
        if address := attributes.get(name):
            yield from _unwrap(address)


def _unwrap(address: str) -> list[str]:
    """List what Embedly's player, as Medium uses it, is told to show; else the address itself."""
    if "cdn.embedly.com" not in address:
        return [address]
    try:
        parts = urlsplit(address)
        told = parse_qs(parts.query) if parts.hostname == "cdn.embedly.com" else {}
    except ValueError:  # a bracket in the host, too many fields
        return []
    if not told:
        return [address]
    found = [one for name in ("url", "src") for one in told.get(name, ())]
    return sorted(found, key=lambda one: find_embed(one) is None)


def host_name(address: str) -> str:
    """Name the place that an embed's address leads to; "" for a stranger."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    labels = (parts.hostname or "").split(".")
    for start in range(len(labels) - 1):
        host = ".".join(labels[start:])
        if host in EMBED_HOSTS:
            return EMBED_HOSTS[host]
        if f"{host}/maps" in EMBED_HOSTS and parts.path.startswith("/maps"):
            return EMBED_HOSTS[f"{host}/maps"]
    return ""


def page_of(address: str) -> str:
    """Return the page on which a person sees what a player shows."""
    if found := find_embed(address):
        return found.url
    try:
        inner = parse_qs(urlsplit(address).query)
    except ValueError:
        return address
    # Facebook's and SoundCloud's players are told the page to show.
    told = next((inner[name][0] for name in ("href", "url") if name in inner), "")
    same = told.startswith("https://") and host_name(told) == host_name(address)
    return told if same and host_name(told) else address
