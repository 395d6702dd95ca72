"""The shape of config.toml and mappings/*.toml: frozen models, a default beside each key."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from datetime import timedelta
from pathlib import Path  # noqa: TC003
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from wp_sync.model import PostStatus, Rights  # noqa: TC001

from .problems import did_you_mean

TEMPLATE_FIELDS = ("source.name", "byline", "title", "url", "key", "channel")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

# Right without being compiled: an element, classes, an id, and words in it.
_PLAIN_SELECTOR = re.compile(
    r"(?=[a-z.#])(?:[a-z][a-z0-9]*)?(?:[.#][A-Za-z][\w-]*)*(?::-soup-contains\('[^'\\\n]+'\))?"
)
_LONGEST_FIELD = 255  # wp_postmeta.meta_key
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(value: object) -> timedelta:
    """Read "90s", "15m", "6h", "14d" or "2w"; refuse anything else, and nothing at all."""
    match = re.fullmatch(r"([1-9]\d{0,3})([smhdw])", value) if isinstance(value, str) else None
    if match is None:
        hint = f': "{value}d" for {value} days' if type(value) is int and value > 0 else ""
        message = 'is a time span: a number and a unit, such as "120s", "6h" or "14d"'
        raise ValueError(message + hint)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _parse_about(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(phrase.strip() for phrase in value.split(",") if phrase.strip())


def _check_phrase(phrase: str) -> str:
    if not any(character.isalnum() for character in phrase):
        raise ValueError("holds no word: an empty rule would match everything")
    return phrase


def _check_line(text: str) -> str:
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


def _check_some(feeds: tuple[str, ...]) -> tuple[str, ...]:
    if not feeds:
        raise ValueError("must name at least one address or path")
    return feeds


def _check_host(entry: str) -> str:
    match = re.fullmatch(r"(?:\[[0-9a-fA-F:.]+\]|[^\s:/\[\]@*]+):(\d{1,5})", entry)
    if match is None or not 0 < int(match[1]) <= 65535:  # noqa: PLR2004
        raise ValueError('is one host and one port, such as "10.0.0.5:8080"')
    return entry


def _check_category(path: str) -> str:
    if path and not all(name.strip() for name in path.split(">")):
        raise ValueError('has an empty name in its path: write "Sports > Running"')
    return _check_line(path)


def _check_template(template: str) -> str:
    for name in PLACEHOLDER.findall(template):
        if name not in TEMPLATE_FIELDS:
            known = ", ".join(f"{{{field}}}" for field in TEMPLATE_FIELDS)
            near = did_you_mean(name, TEMPLATE_FIELDS, wrap="{%s}")
            raise ValueError(f"does not know {{{name}}}{near or f': it knows {known}'}")
    if re.search(r"[{}]", PLACEHOLDER.sub("", template)):
        raise ValueError("has a brace that is not closed")
    return _check_line(template)


def _check_field(name: str) -> str:
    if name.startswith("_"):
        message = 'begins with "_": WordPress protects such custom fields from being written'
        raise ValueError(message)
    if not name or len(name) > _LONGEST_FIELD or not re.fullmatch(r"[^\s\\\"']+", name):
        raise ValueError("is the name of a custom field: one word, at most 255 characters")
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
Phrase = Annotated[str, AfterValidator(_check_phrase)]
Line = Annotated[str, AfterValidator(_check_line)]
SiteAddress = Annotated[str, AfterValidator(_check_site)]
FeedLocation = Annotated[str, AfterValidator(_check_feed)]
PrivateHost = Annotated[str, AfterValidator(_check_host)]
CategoryPath = Annotated[str, AfterValidator(_check_category)]
Template = Annotated[str, AfterValidator(_check_template)]
FieldName = Annotated[str, AfterValidator(_check_field)]
PictureLocation = Annotated[
    str, AfterValidator(lambda text: _check_feed(_check_line(text)) if text else text)
]
SlugTemplate = Annotated[str, AfterValidator(_check_slug)]
Selector = Annotated[str, AfterValidator(_check_selector)]
OneSelector = Annotated[str, AfterValidator(lambda text: _check_selector(text) if text else text)]


class _Section(BaseModel):
    # Built when something is checked against it: 3 ms each, and most are only parts of others.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class SiteSection(_Section):
    url: SiteAddress
    username: Line = Field(min_length=1)
    settle: Duration = timedelta(seconds=120)  # longer than PHP and proxies let a request live
    connections: int = Field(default=2, ge=1, le=4)  # at once; fewer while the site is slow
    password_file: str = ""  # relative to config.toml, mode 0600
    # xmlrpc: for a REST API that is closed, or a server that strips the login's header; auto: rest
    api: Literal["auto", "rest", "xmlrpc"] = "auto"
    # auto: an update goes by XML-RPC where that takes the login, which refuses what was changed
    lock: Literal["auto", "off"] = "auto"
    # of the pictures that are sent. Wider than 1536, WordPress makes a copy of that width of each,
    # which costs it as much as its ten smaller sizes; wider than 2560 another one.
    picture_width: int = Field(default=1536, ge=320, le=2560)
    # auto: WebP where it is smaller and the site has never refused it
    picture_format: Literal["auto", "jpeg"] = "auto"


class LedgerSection(_Section):
    url: str = Field(
        default="sqlite:///wp-sync.db", min_length=1, repr=False
    )  # may hold a password


class FetchSection(_Section):
    contact: Line = Field(min_length=3)  # goes into the User-Agent
    interval: Duration = timedelta(minutes=60)  # between two polls of a feed by --unattended
    slowest: Duration = timedelta(hours=6)  # for a feed that seldom brings something
    # that a feed's cache headers may ask for
    longest: Duration = Field(default=timedelta(days=7), le=timedelta(days=31))
    stuck: Duration = timedelta(days=8)  # of 304 alone, then it is asked unconditionally, once
    robots: bool = False  # robots.txt is heeded for feeds, too


class ReviewSection(_Section):
    page: bool = False  # a private page on the site that lists what waits


class AlertsSection(_Section):
    """Whom to tell when something breaks, and when it is well again."""

    email: tuple[Line, ...] = ()
    smtp: Line = ""  # "smtp://user@host:587" or "smtps://…"; its password is a secret of its own
    sender: Line = ""
    webhook_file: str = ""  # holds the address, which is a secret; relative to config.toml
    failures: int = Field(default=3, ge=1)  # of a feed, in a row
    silence: Duration = timedelta(hours=6)  # without a run


class SafetySection(_Section):
    share: float = Field(default=0.3, ge=0, le=1)  # of our posts that one run may change or trash
    changes: int = Field(default=200, ge=0)
    new_per_feed: int = Field(default=50, ge=1)
    first_run: int = Field(default=5, ge=0)  # drafts a channel


class DraftRules(_Section):
    """What makes a post a draft, whatever its status would be: any of these."""

    score_below: float = Field(default=0.0, ge=0, le=1)
    words_below: int = Field(default=0, ge=0)
    no_image: bool = False
    source_newer_than: Duration | None = None  # a feed that is known for less than this


class PostRules(_Section):
    category: CategoryPath = ""  # "" is WordPress's own default; "Sports > Running" is a path
    tags: tuple[Template, ...] = ("{source.name}",)
    author: Line = ""  # a user's slug or id; "" is the user who logs in
    status: PostStatus = "draft"
    draft_if: DraftRules = DraftRules()
    date: Literal["source", "approval"] = "source"
    slug: SlugTemplate = "{title}-{key}"
    comments: Literal["open", "closed", ""] = ""  # "": as the site has it by default
    fields: Mapping[FieldName, Template] = Field(default_factory=dict)  # custom fields
    format: Literal["blocks", "html"] = "blocks"  # html: for sites with the classic editor
    fallback_picture: PictureLocation = ""  # of posts without one: a file or an address
    repeat_picture: bool = False  # the featured image also stands in the text: themes show it above
    attribution: Template = "By {byline}, {source.name}. [Read Entire Article]({url})"


class KeepRules(_Section):
    score: float = Field(default=0.0, ge=0, le=1)
    max_age: Duration | None = None
    words: tuple[Phrase, ...] = ()  # at least one must appear; empty keeps all


class DropRules(_Section):
    words: tuple[Phrase, ...] = ()  # any of these drops


class CleanRules(_Section):
    """What becomes of a body. A source with several channels is cleaned by the rules of all."""

    remove: tuple[Selector, ...] = ()  # CSS selectors
    spare: tuple[Selector, ...] = ()  # what no rule but `remove` may take out
    rel: tuple[Relation, ...] = ("noopener",)  # of links; a paid link stays marked as one
    headings: int = Field(default=2, ge=2, le=4)  # the first level that the theme leaves free


class ExtractRules(_Section):
    """Where a source's article pages have what: selectors that come before all general finders."""

    body: tuple[Selector, ...] = ()  # all that match, in the order of the page
    remove: tuple[Selector, ...] = ()  # out of the page, before anything else looks at it
    title: OneSelector = ""
    byline: OneSelector = ""
    date: OneSelector = ""  # its datetime or content attribute, else its text: with a zone
    lead_image: OneSelector = ""  # an img, what holds one, or a meta element
    next_page: OneSelector = ""  # a link
    pages: int = Field(default=10, ge=1, le=20)  # of one article, at most

    def is_any(self) -> bool:
        """Tell whether there is any rule."""
        one_each = (self.title, self.byline, self.date, self.lead_image, self.next_page)
        return any((self.body, self.remove, *one_each))


class Source(_Section):
    name: Line = Field(min_length=1)
    feeds: Annotated[tuple[FeedLocation, ...], AfterValidator(_check_some)]  # paths: absolute
    to: tuple[str, ...] = ()  # channels; in a mapping file: that channel
    folder: tuple[Line, ...] = ()  # in OPML, from the outermost; else the channel's name
    rights: Rights = "excerpt"
    licence: str = ""
    otherwise: str = "hold"  # hold, drop, or a channel
    # What may be shown of its pictures: all, the featured image alone, or none.
    pictures: Literal["all", "featured", "none"] = "all"
    allow_private: tuple[PrivateHost, ...] = ()  # "host:port"
    extract: ExtractRules = ExtractRules()


class ChannelFile(_Section):
    """A file of mappings/, its [[sources]] apart."""

    about: Annotated[tuple[Phrase, ...], BeforeValidator(_parse_about)] = ()
    post: PostRules = PostRules()
    keep: KeepRules = KeepRules()
    drop: DropRules = DropRules()
    clean: CleanRules = CleanRules()


class Channel(ChannelFile):
    name: str  # the mapping file's stem

    @property
    def label(self) -> str:
        """Name the channel as its readers do: by the last name of its category."""
        return self.post.category.rpartition(">")[2].strip() or self.name


class ConfigFile(_Section):
    """config.toml, its [defaults] and [[sources]] apart."""

    site: SiteSection
    fetch: FetchSection
    ledger: LedgerSection = LedgerSection()
    safety: SafetySection = SafetySection()
    review: ReviewSection = ReviewSection()
    alerts: AlertsSection = AlertsSection()


class Config(ConfigFile):
    path: Path
    sources: tuple[Source, ...] = ()
    channels: Mapping[str, Channel] = Field(default_factory=dict)
