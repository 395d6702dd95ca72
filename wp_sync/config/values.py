"""What a single value of a configuration may be: each type refuses what it can't mean."""

from __future__ import annotations

import html
import re
from datetime import time, timedelta, tzinfo
from typing import Annotated, Literal, TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from .problems import did_you_mean

_T = TypeVar("_T")

TEMPLATE_FIELDS = ("source.name", "byline", "title", "url", "key", "channel")
LABELS = "{labels}"  # in a list of tags: those of the source's labels that the site takes
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

# Right without being compiled: an element, classes, an id, and words in it.
_PLAIN_SELECTOR = re.compile(
    r"(?=[a-z.#])(?:[a-z][a-z0-9]*)?(?:[.#][A-Za-z][\w-]*)*(?::-soup-contains\('[^'\\\n]+'\))?"
)
_LONGEST_FIELD = 255  # wp_postmeta.meta_key
_LONGEST_TERM = 200  # wp_terms.name, in which "&" is five characters
_FIELD = re.compile(r"[^\s\\\"'\[\]]+(?:\[[\w-]{1,64}\])?")
# What WordPress keeps there for itself: locks, pictures, trash, pings, templates, slugs.
_INTERNAL = re.compile(
    r"_(?:edit_|wp_|thumbnail_id|pingme|encloseme|oembed|menu_item|customize)", re.IGNORECASE
)
# Of WordPress's own types those that hold no articles, and why (wp-includes/post.php).
_OWN_TYPES = {
    "attachment": "its posts are the files of the media library",
    "page": "pages are in no feed, list or category of the site: themes show articles elsewhere",
    "revision": "its posts are the former states of others",
    "nav_menu_item": "its posts are the entries of menus",
}
_PARTS_OF_SITE = re.compile(r"custom_css|customize_changeset|oembed_cache|user_request|wp_\w+")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(value: object) -> timedelta:
    """Read "90s", "15m", "6h", "14d" or "2w"; refuse anything else, and nothing at all."""
    match = re.fullmatch(r"([1-9]\d{0,3})([smhdw])", value) if isinstance(value, str) else None
    if match is None:
        hint = f': "{value}d" for {value} days' if type(value) is int and value > 0 else ""
        message = 'is a time span: a number and a unit, such as "120s", "6h" or "14d"'
        raise ValueError(message + hint)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def parse_quiet(text: str) -> tuple[time, time] | None:
    """Read "22:00-06:00": from when until when nothing goes live; None for ""."""
    if not text:
        return None
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", text)
    if match is None:
        raise ValueError('is a stretch of the day, such as "22:00-06:00"')
    begin, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    if begin == end:
        raise ValueError("begins when it ends: nothing would ever go live")
    return begin, end


def _check_quiet(text: str) -> str:
    parse_quiet(text)
    return text


def find_zone(name: str) -> tzinfo:
    """Find a time zone by its name. Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, or a folder of the database
        near = did_you_mean(name, sorted(available_timezones()))
        hint = near or ': name one such as "America/Toronto"'
        raise ValueError(f"is no time zone{hint}") from None


def _check_zone(name: str) -> str:
    if name:
        find_zone(name)
    return name


def parse_about(value: object) -> object:
    if not isinstance(value, str):
        return value
    phrases = (" ".join(phrase.split()) for phrase in value.split(","))  # over the end of a line
    return tuple(phrase for phrase in phrases if phrase)


def _check_phrase(phrase: str) -> str:
    if not any(character.isalnum() for character in phrase):
        raise ValueError("holds no word: an empty rule would match everything")
    return phrase


def check_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable text")
    return text


def _check_web(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket in the host, a port that is no number
        usable = False
    if not usable or re.search(r"\s", url):
        raise ValueError('is not a web address: it begins with "https://" and a host')
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not carry a user name or a password: addresses are shown in reports")
    return parts


def _check_site(url: str) -> str:
    parts = _check_web(url)
    if parts.query or parts.fragment:
        raise ValueError("is the address of the site's front page: no ? and no #")
    return url.rstrip("/")


def _check_feed(location: str) -> str:
    if re.match(r"[a-z][a-z0-9+.-]*:", location, re.IGNORECASE):
        _check_web(location)
    elif not location.strip():
        raise ValueError("must not be empty: an address or a path")
    return location


def check_some(feeds: tuple[str, ...]) -> tuple[str, ...]:
    if not feeds:
        raise ValueError("must name at least one address or path")
    return feeds


def check_once(names: tuple[_T, ...]) -> tuple[_T, ...]:
    if not names or len(set(names)) < len(names):
        raise ValueError("must name at least one, and each once")
    return names


def _check_host(entry: str) -> str:
    match = re.fullmatch(r"(?:\[[0-9a-fA-F:.]+\]|[^\s:/\[\]@*]+):(\d{1,5})", entry)
    if match is None or not 0 < int(match[1]) <= 65535:  # noqa: PLR2004
        raise ValueError('is one host and one port, such as "10.0.0.5:8080"')
    return entry


def _check_category(path: str) -> str:
    if path and not all(name.strip() for name in path.split(">")):
        raise ValueError('has an empty name in its path: write "Sports > Running"')
    return check_line(path)


def _check_template(template: str) -> str:
    for name in PLACEHOLDER.findall(template):
        if name not in TEMPLATE_FIELDS:
            known = ", ".join(f"{{{field}}}" for field in TEMPLATE_FIELDS)
            near = did_you_mean(name, TEMPLATE_FIELDS, wrap="{%s}")
            raise ValueError(f"does not know {{{name}}}{near or f': it knows {known}'}")
    if re.search(r"[{}]", PLACEHOLDER.sub("", template)):
        raise ValueError("has a brace that is not closed")
    return check_line(template)


def _check_tag(template: str) -> str:
    if template == LABELS:
        return template
    if LABELS in template:
        raise ValueError(f'must be "{LABELS}" and nothing else: it stands for several tags')
    return _check_template(template)


def _check_term(name: str) -> str:
    if len(html.escape(check_line(_check_phrase(name)), quote=False)) > _LONGEST_TERM:
        raise ValueError(f"is longer than the {_LONGEST_TERM} characters that WordPress keeps")
    return name.strip()


def _check_field(name: str) -> str:
    if _INTERNAL.match(name):
        raise ValueError("is a custom field of WordPress's own: it is not written by others")
    if not name or len(name) > _LONGEST_FIELD or not _FIELD.fullmatch(name):
        message = "is the name of a custom field: one word, at most 255 characters"
        raise ValueError(f"{message}; name[part] is a part of one that holds an array")
    return name


def _check_filling(template: str) -> str:
    from .templating import check_jinja, is_template

    if not is_template(template):
        return _check_template(template)
    check_jinja(template)
    return template


def _check_taxonomy(name: str) -> str:
    own = {"category": "category", "post_tag": "tags", "post_format": ""}
    if name in own:
        key = f": it is written by `{own[name]}`" if own[name] else ""
        raise ValueError(f"is a taxonomy of WordPress's own{key}")
    if not re.fullmatch(r"[a-z0-9_-]{1,32}", name):
        raise ValueError("is the name of a taxonomy: a-z, 0-9, _ and -, at most 32 characters")
    return name


def _check_type(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{1,20}", name):
        raise ValueError("is the name of a post type: a-z, 0-9, _ and -, at most 20 characters")
    if name in _OWN_TYPES:
        raise ValueError(f"is no type for articles: {_OWN_TYPES[name]}")
    if _PARTS_OF_SITE.fullmatch(name):
        raise ValueError("is no type for articles: WordPress keeps parts of the site itself in it")
    return name


def _check_slug(template: str) -> str:
    _check_template(template)
    if not {"title", "key"} & set(PLACEHOLDER.findall(template)):
        raise ValueError("must hold {title} or {key}: otherwise all posts had one slug")
    if "{key}" in template.removesuffix("{key}"):
        raise ValueError("must end in {key}: that is where posts are found again")
    return template


def _check_selector(selector: str) -> str:
    if _PLAIN_SELECTOR.fullmatch(selector):
        return selector
    # Only here: both take longer to load than the rest of a configuration.
    import soupsieve
    from bs4 import BeautifulSoup

    try:
        compiled = soupsieve.compile(selector)
    except soupsieve.SelectorSyntaxError as error:
        message = str(error).splitlines()[0].rstrip(".:")
        raise ValueError(f"is not a CSS selector: {message}") from None
    # An element that no rule means: what matches it, matches everything.
    page = BeautifulSoup("<x-a></x-a><x-b>x<x-c></x-c></x-b><x-d></x-d>", "html.parser")
    if compiled.match(page.find_all("x-b")[0]):
        raise ValueError("matches everything: name what is to be removed")
    return selector


Relation = Literal["external", "nofollow", "noopener", "noreferrer", "sponsored", "ugc"]
Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Quiet = Annotated[str, AfterValidator(_check_quiet)]
ZoneName = Annotated[str, AfterValidator(_check_zone)]
Phrase = Annotated[str, AfterValidator(_check_phrase)]
Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(parse_about)]  # or a text with commas
Line = Annotated[str, AfterValidator(check_line)]
SiteAddress = Annotated[str, AfterValidator(_check_site)]
FeedLocation = Annotated[str, AfterValidator(_check_feed)]
PrivateHost = Annotated[str, AfterValidator(_check_host)]
CategoryPath = Annotated[str, AfterValidator(_check_category)]
Template = Annotated[str, AfterValidator(_check_template)]
TagTemplate = Annotated[str, AfterValidator(_check_tag)]
TermName = Annotated[str, AfterValidator(_check_term)]
FieldName = Annotated[str, AfterValidator(_check_field)]
OptionalField = Annotated[str, AfterValidator(lambda text: _check_field(text) if text else text)]
TypeName = Annotated[str, AfterValidator(_check_type)]
TaxonomyName = Annotated[str, AfterValidator(_check_taxonomy)]
FieldTemplate = Annotated[str, AfterValidator(_check_filling)]
PictureLocation = Annotated[
    str, AfterValidator(lambda text: _check_feed(check_line(text)) if text else text)
]
SlugTemplate = Annotated[str, AfterValidator(_check_slug)]
Selector = Annotated[str, AfterValidator(_check_selector)]
OneSelector = Annotated[str, AfterValidator(lambda text: _check_selector(text) if text else text)]


class Section(BaseModel):
    # Built when something is checked against it: 3 ms each, and most are only parts of others. So
    # defaults are made by model_construct(), which checks nothing.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)
