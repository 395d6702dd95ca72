"""Text and addresses as plain strings: cleaned, compared, shortened. No markup is kept here."""

from __future__ import annotations

import contextlib
import html
import re
import unicodedata
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

# A trailing * stands for any ending. Names that often mean something ("id", "page", "s", "p") and
# names that carry content on some sites ("source", "from") are left alone on purpose.
TRACKING = """
__twitter_impression _ga _gl _hsenc _hsmi _openstat at_campaign at_campaign_type at_format
at_link_id at_link_origin at_link_type at_medium cmp cmpid dclid fb_action_ids fb_action_types
fb_ref fb_source fbclid ftag gbraid gclid gclsrc guccounter guce_referrer guce_referrer_sig
hsctatracking icid igsh igshid intcid intcmp ito matomo_* mc_cid mc_eid mkt_tok msclkid mtm_* ncid
ns_campaign ns_mchannel ns_source ocid piwik_* pk_* ref_src ref_url s_cid smid smtyp spm srsltid
taid traffic_source utm_* wbraid wt_mc xtor yclid ysclid
"""
# Dropped for comparing only: in a link, ref may name a branch and amp a page of its own.
SAME_ARTICLE = ("amp", "outputtype", "ref")
# Dropped where the value is "rss…".
ORIGINS = ("feed", "from", "origin", "partner", "source", "src")

_CONTROL = re.compile(
    # C0 but tab and newline, DEL and C1: PostgreSQL refuses NUL, XML refuses the rest.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    # Lone surrogates: PHP's json_decode answers NULL for the whole request. Then non-characters.
    "\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# As bytes, where that suffices: by far the fastest.
_ASCII_CONTROL = bytes(code for code in (*range(32), 127) if code not in b"\t\n")
_SLASH = "\u0338"  # combining long solidus overlay
_MARKUP_SIGN = re.compile("([<=>])")
# No nested quantifiers and no "<" inside a tag: linear on any input.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BLOCK_TAG = re.compile(
    r"</?(?:br|p|pre|div|li|ul|ol|d[dlt]|h[1-6]|hr|t[dhr]|table|blockquote|figure|figcaption"
    r"|details|summary)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][^<>]*>|<[!?][^<>]*>", re.IGNORECASE)
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_SILENT = "'\u2019"  # apostrophes: "don't" is one word
# Letters that NFKD leaves whole.
_LETTERS = str.maketrans(
    {"æ": "ae", "đ": "d", "ð": "d", "\u0131": "i", "ł": "l", "œ": "oe", "ø": "o", "þ": "th"}
)
_LONGEST_WORD = 12  # characters a word on average: cuts scripts that are written without spaces


def clean_text(text: str) -> str:
    """Drop what databases, JSON and XML refuse; compose to NFC; end lines with a newline only."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text.encode().translate(None, _ASCII_CONTROL).decode()
    text = _CONTROL.sub("", text)
    if _SLASH not in text:
        return unicodedata.normalize("NFC", text)
    # NFC joins "<", "=" and ">" with this mark to one character, which would break markup open.
    pieces = _MARKUP_SIGN.split(text)
    return "".join(unicodedata.normalize("NFC", piece) for piece in pieces)


def plain_text(markup: str) -> str:
    """Make one line of text: no tags, entities decoded once, white space collapsed."""
    return " ".join(_without_tags(markup).split())


def plain_lines(markup: str) -> list[str]:
    """Make lines of text where the markup has them, as `plain_text` does; no empty ones."""
    lines = (" ".join(line.split()) for line in _without_tags(markup).split("\n"))
    return [line for line in lines if line]


def _without_tags(markup: str) -> str:
    text = _TAG.sub("", _BLOCK_TAG.sub(" ", _COMMENT.sub("", clean_text(markup))))
    return clean_text(html.unescape(text))


def shorten(text: str, words: int) -> str:
    """Keep the first words, never a part of one, and mark the cut with an ellipsis."""
    kept = text.split()
    short = " ".join(kept[:words])
    limit = words * _LONGEST_WORD
    if len(short) > limit:
        short = short[:limit].rpartition(" ")[0] or short[:limit]
    elif len(kept) <= words:
        return short
    return short.rstrip(" ,;:-\u2013\u2014") + "…"


def limit_text(text: str, longest: int) -> str:
    """Keep at most so many characters, cut between words where one is near, marked as a cut."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    whole = text[:longest].rpartition(" ")[0]
    return (whole if len(whole) > longest // 2 else cut).rstrip(" ,;:-\u2013\u2014") + "…"


@lru_cache(4096)
def name_words(name: str) -> str:
    """Write a class or an id as "-its-words-": from hyphens, underscores and capitals."""
    return f"-{'-'.join(_NAME_WORD.findall(name)).lower()}-"


def name_pattern(names: str) -> re.Pattern[str]:
    """Match any of these names in what `name_words` writes."""
    return re.compile(rf"-(?:{'|'.join(re.escape(name) for name in names.split())})-")


def slugify(text: str) -> str:
    """Fold case and accents; join the words that are left with "-"."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    bare = "".join(one for one in plain if one not in _SILENT and not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


@lru_cache(4096)  # each of a feed's addresses is asked for several times
def normalise_address(url: str) -> str:
    """Make the identity of an article's address; "" for anything but http and https."""
    parts = _split(url)
    if parts is None:
        return ""
    path = _normal_escapes(_resolve_dots(parts.path)).rstrip("/")
    query = "&".join(sorted(map(_normal_escapes, _kept(parts.query, SAME_ARTICLE))))
    # "#!" was a way to write the whole address of a page (AJAX crawling); others point into one.
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    return _host_of(parts) + path + (f"?{query}" if query else "") + fragment


def strip_tracking(url: str) -> str:
    """Leave out the tracking parameters of an http address; any other address stays as it is."""
    parts = _split(url) if "?" in url or "#" in url else None
    if parts is None:
        return url
    query = "&".join(_kept(parts.query))
    fragment = "&".join(_kept(parts.fragment)) if "=" in parts.fragment else parts.fragment
    if (query, fragment) == (parts.query, parts.fragment):
        return url
    return urlunsplit(parts._replace(query=query, fragment=fragment))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket in the host, a port that is no number
        return None
    return parts if usable else None


def _host_of(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    with contextlib.suppress(UnicodeError):  # an empty or overlong label: as it is written
        host = host.encode("idna").decode("ascii").lower()
    host = f"[{host}]" if ":" in host else host.removeprefix("www.")
    usual = 443 if parts.scheme == "https" else 80
    return host if parts.port in {None, usual} else f"{host}:{parts.port}"


def _kept(query: str, also: tuple[str, ...] = ()) -> list[str]:
    return [pair for pair in query.split("&") if pair and not _is_tracking(pair, also)]


def _is_tracking(pair: str, also: tuple[str, ...]) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower().removeprefix("amp;")  # a link whose "&amp;" was written twice
    return (
        name in _TRACKING_NAMES
        or name.startswith(_TRACKING_STEMS)
        or (name in ORIGINS and value.lower().startswith("rss"))
        or name in also
    )


_TRACKING_NAMES = frozenset(TRACKING.split())
_TRACKING_STEMS = tuple(name[:-1] for name in TRACKING.split() if name.endswith("*"))


def _resolve_dots(path: str) -> str:
    """Take "." and ".." out (RFC 3986, 5.2.4)."""
    resolved: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del resolved[-1:]
        elif segment != ".":
            resolved.append(segment)
    return "".join(f"/{segment}" for segment in resolved)


def _normal_escapes(text: str) -> str:
    """Write each character in one way: RFC 3986, 6.2.2."""

    def normal(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return chr(code) if code in _UNRESERVED else match[0].upper()

    return quote(_ESCAPED.sub(normal, text), safe="%/:@!$&'()*+,;=~-._?")
