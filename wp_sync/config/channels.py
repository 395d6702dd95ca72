"""The shape of mappings/*.toml and of [[sources]]: what belongs where, and how it looks there."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from datetime import date as Date  # noqa: N812 (PostRules has a field of this name)
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from wp_sync.model import PostStatus, Rights  # noqa: TC001

from .bylines import Author, AuthorRules
from .filters import DropRules, KeepRules, KeepWhen
from .presets import CopyMark, PresetName, entries_of
from .values import (
    LABELS,
    CategoryPath,
    Duration,
    FeedLocation,
    FieldName,
    FieldTemplate,
    Line,
    OneSelector,
    Phrase,
    Phrases,
    PictureLocation,
    PrivateHost,
    Quiet,
    Relation,
    Section,
    Selector,
    SlugTemplate,
    TagTemplate,
    TaxonomyName,
    Template,
    TermName,
    TypeName,
    check_some,
)


class DraftRules(Section):
    """What makes a post a draft, whatever its status would be: any of these."""

    # Of a channel with `about`. Measured on labelled articles of six channels and of none: of what
    # scores this much, 98 in 100 are in the right channel.
    score_below: float = Field(default=0.65, ge=0, le=1)
    words_below: int = Field(default=0, ge=0)
    no_image: bool = False
    source_newer_than: Duration | None = None  # a feed that is known for less than this


class TermRules(Section):
    """Which labels of the source become tags, where `tags` has "{labels}"."""

    new: Literal["ask", "make"] = "ask"  # what the site lacks: waits, or is made once in use
    minimum: int = Field(default=3, ge=1, le=50)  # articles that must have it before it is made
    most: int = Field(default=5, ge=0, le=20)  # tags of a post that come of its labels
    split: bool = True  # "a, b", "a; b", "News/Hockey", "Sports > Hockey" are two labels
    synonyms: Mapping[Phrase, TermName] = Field(default_factory=dict)  # a label -> its tag
    ignore: tuple[Phrase, ...] = ()  # labels that are no tags


class PostRules(Section):
    type: TypeName = "post"  # a custom post type of the site; posts that are there keep theirs
    category: CategoryPath = ""  # "" is WordPress's own default; "Sports > Running" is a path
    tags: tuple[TagTemplate, ...] = ("{source.name}",)  # and "{labels}"
    terms: TermRules = TermRules.model_construct()
    author: Author = AuthorRules.model_construct()  # a user's slug or id, or by the byline
    status: PostStatus = "draft"
    draft_if: DraftRules = DraftRules.model_construct()
    date: Literal["source", "approval"] = "source"
    date_oldest: Date = Date(1990, 1, 1)  # an older one is a mistake of the source
    slug: SlugTemplate = "{title}-{key}"
    comments: Literal["open", "closed", ""] = ""  # "": as the site has it by default
    # Custom fields. "{title}" is a placeholder; with {{ title }} it is a template of Jinja2.
    fields: Mapping[FieldName, FieldTemplate] = Field(default_factory=dict)
    taxonomies: Mapping[TaxonomyName, tuple[Template, ...]] = Field(default_factory=dict)
    presets: tuple[PresetName, ...] = ()  # the custom fields of themes and SEO plugins, by name
    # What says of a post that holds more than an excerpt that the source's page is the original.
    copies: tuple[CopyMark, ...] = ("canonical",)
    format: Literal["blocks", "html"] = "blocks"  # html: for sites with the classic editor
    fallback_picture: PictureLocation = ""  # of posts without one: a file or an address
    repeat_picture: bool = False  # the featured image also stands in the text: themes show it above
    attribution: Template = "By {byline}, {source.name}. [Read Entire Article]({url})"

    @property
    def field_names(self) -> frozenset[str]:
        """Name all custom fields that posts may have; and taxonomies, as "taxonomies.genre"."""
        preset = (one.name for name in self.presets for one in entries_of(name, self.copies))
        own = (f"taxonomies.{slug}" for slug in self.taxonomies)
        return frozenset((*self.fields, *preset, *own))


class PacingRules(Section):
    """How many new posts of a channel go live, and when. 0 and "" limit nothing."""

    per_run: int = Field(default=0, ge=0)
    per_hour: int = Field(default=0, ge=0)  # in any 60 minutes
    per_day: int = Field(default=0, ge=0)  # in any 24 hours
    gap: Duration | None = None  # between two posts
    quiet: Quiet = ""  # "22:00-06:00", by the clock of [site] time_zone
    # wait: a later run makes the posts; schedule: WordPress publishes them when their time comes
    spread: Literal["wait", "schedule"] = "wait"
    ahead: Duration = Field(default=timedelta(hours=12), le=timedelta(days=7))  # scheduled so far
    drafts: bool = False  # drafts and pending posts take a place, too

    def is_any(self) -> bool:
        """Tell whether there is any limit."""
        numbers = (self.per_run, self.per_hour, self.per_day)
        return any(numbers) or bool(self.gap or self.quiet) or self.spread == "schedule"


class CleanRules(Section):
    """What becomes of a body. A source with several channels is cleaned by the rules of all."""

    remove: tuple[Selector, ...] = ()  # CSS selectors
    spare: tuple[Selector, ...] = ()  # what no rule but `remove` may take out
    rel: tuple[Relation, ...] = ("noopener",)  # of links; a paid link stays marked as one
    headings: int = Field(default=2, ge=2, le=4)  # the first level that the theme leaves free


class ExtractRules(Section):
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


class Source(Section):
    name: Line = Field(min_length=1)
    feeds: Annotated[tuple[FeedLocation, ...], AfterValidator(check_some)]  # paths: absolute
    to: tuple[str, ...] = ()  # channels; in a mapping file: that channel
    folder: tuple[Line, ...] = ()  # in OPML, from the outermost; else the channel's name
    rights: Rights = "excerpt"
    licence: str = ""
    otherwise: str = "hold"  # hold, drop, or a channel
    priority: int = Field(default=0, ge=-100, le=100)  # the higher leads a story
    # What may be shown of its pictures: all, the featured image alone, or none.
    pictures: Literal["all", "featured", "none"] = "all"
    words: int | None = Field(default=None, ge=10, le=150)  # of an excerpt, at most; else 55
    credit: Template = ""  # a line that each post has, whatever its channel's `attribution` says
    expires: Duration | None = None  # how long a post may stay as it is, from when it was made
    on_expiry: Literal["draft", "excerpt", "trash"] = "draft"  # what becomes of it then
    allow_private: tuple[PrivateHost, ...] = ()  # "host:port"
    # Its new posts that go live, over all channels: in a run, and in any 24 hours; 0 limits nothing
    per_run: int = Field(default=0, ge=0)
    per_day: int = Field(default=0, ge=0)
    extract: ExtractRules = ExtractRules.model_construct()
    keep: KeepWhen = KeepWhen.model_construct()  # whatever channel it may go to
    drop: DropRules = DropRules.model_construct()
    assistant: bool = True  # false: its articles are shown to no language model


class ChannelFile(Section):
    """A file of mappings/, its [[sources]] apart."""

    about: Phrases = ()  # what an article is scored by
    hints: Phrases = ()  # words that are often there too, and tell little by themselves
    not_about: Phrases = ()  # what speaks against it
    general: bool = False  # where a special channel fits as well, that one has the article
    post: PostRules = PostRules.model_construct()
    keep: KeepRules = KeepRules.model_construct()
    drop: DropRules = DropRules.model_construct()
    pacing: PacingRules = PacingRules.model_construct()
    clean: CleanRules = CleanRules.model_construct()


class Channel(ChannelFile):
    name: str  # the mapping file's stem

    @property
    def takes_labels(self) -> bool:
        """Tell whether labels of the source become tags."""
        return LABELS in self.post.tags

    @property
    def label(self) -> str:
        """Name the channel as its readers do: by the last name of its category."""
        return self.post.category.rpartition(">")[2].strip() or self.name
