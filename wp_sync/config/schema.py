"""The shape of config.toml as a whole: frozen models, a default beside each key."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from datetime import timedelta
from pathlib import Path  # noqa: TC003
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .assistant import AssistantSection  # noqa: TC001
from .channels import Channel, Source  # noqa: TC001
from .values import Duration, Line, Section, SiteAddress, TypeName, ZoneName, check_once


class SiteSection(Section):
    url: SiteAddress
    username: Line = Field(min_length=1)
    settle: Duration = timedelta(seconds=120)  # longer than PHP and proxies let a request live
    connections: int = Field(default=2, ge=1, le=4)  # at once; fewer while the site is slow
    time_zone: ZoneName = ""  # of its readers, for quiet hours; "": as the site says, else UTC
    password_file: str = ""  # relative to config.toml, mode 0600
    # xmlrpc: for a REST API that is closed, or a server that strips the login's header; auto: rest
    api: Literal["auto", "rest", "xmlrpc"] = "auto"
    # auto: an update goes by XML-RPC where that takes the login, which refuses what was changed
    lock: Literal["auto", "off"] = "auto"
    # post types that no channel makes any more: a ledger that is lost no longer knows of them
    former_types: tuple[TypeName, ...] = ()
    # of the pictures that are sent. Wider than 1536, WordPress makes a copy of that width of each,
    # which costs it as much as its ten smaller sizes; wider than 2560 another one.
    picture_width: int = Field(default=1536, ge=320, le=2560)
    # auto: WebP where it is smaller and the site has never refused it
    picture_format: Literal["auto", "jpeg"] = "auto"


class LedgerSection(Section):
    url: str = Field(
        default="sqlite:///wp-sync.db", min_length=1, repr=False
    )  # may hold a password


class FetchSection(Section):
    contact: Line = Field(min_length=3)  # goes into the User-Agent
    interval: Duration = timedelta(minutes=60)  # between two polls of a feed by --unattended
    slowest: Duration = timedelta(hours=6)  # for a feed that seldom brings something
    # that a feed's cache headers may ask for
    longest: Duration = Field(default=timedelta(days=7), le=timedelta(days=31))
    stuck: Duration = timedelta(days=8)  # of 304 alone, then it is asked unconditionally, once
    robots: bool = False  # robots.txt is heeded for feeds, too


class ReviewSection(Section):
    page: bool = False  # a private page on the site that lists what waits


class AlertsSection(Section):
    """Whom to tell when something breaks, and when it is well again."""

    email: tuple[Line, ...] = ()
    smtp: Line = ""  # "smtp://user@host:587" or "smtps://…"; its password is a secret of its own
    sender: Line = ""
    webhook_file: str = ""  # holds the address, which is a secret; relative to config.toml
    failures: int = Field(default=3, ge=1)  # of a feed, in a row
    silence: Duration = timedelta(hours=6)  # without a run


class DuplicatesSection(Section):
    """What becomes of a story that another source has told already."""

    # within which two articles may be one story
    window: Duration = Field(default=timedelta(days=3), le=timedelta(days=31))
    # list: dropped, and named in the text of the one that leads; publish: nothing is looked up
    same: Literal["hold", "drop", "list", "publish"] = "hold"
    # which leads, of those that are not on the site yet: by the first rule that tells them apart
    lead: Annotated[
        tuple[Literal["preferred", "fullest", "first"], ...], AfterValidator(check_once)
    ] = ("preferred", "fullest", "first")
    words: Line = "Also reported by"  # before the names, with same = "list"


class SafetySection(Section):
    share: float = Field(default=0.3, ge=0, le=1)  # of our posts that one run may change or trash
    changes: int = Field(default=200, ge=0)
    new_per_feed: int = Field(default=50, ge=1)
    first_run: int = Field(default=5, ge=0)  # drafts a channel
    new_per_run: int = Field(default=0, ge=0)  # posts that go live in one run; 0 limits nothing


class ConfigFile(Section):
    """config.toml, its [defaults] and [[sources]] apart."""

    site: SiteSection
    fetch: FetchSection
    ledger: LedgerSection = LedgerSection.model_construct()
    safety: SafetySection = SafetySection.model_construct()
    review: ReviewSection = ReviewSection.model_construct()
    alerts: AlertsSection = AlertsSection.model_construct()
    assistant: AssistantSection | None = None  # None: no model is asked
    duplicates: DuplicatesSection = DuplicatesSection.model_construct()


class Config(ConfigFile):
    path: Path
    sources: tuple[Source, ...] = ()
    channels: Mapping[str, Channel] = Field(default_factory=dict)

    @property
    def field_names(self) -> frozenset[str]:
        """Name the custom fields that are written at all."""
        return frozenset[str]().union(*map(self.fields_of, self.types or {"post"}))

    def fields_of(self, kind: str) -> frozenset[str]:
        """Name the custom fields that are written into posts of a type."""
        rules = [one.post for one in self.channels.values() if one.post.type == kind]
        told = {self.assistant.disclosure_field} if self.assistant else set()
        return frozenset[str](told).union(*(rule.field_names for rule in rules)) - {""}

    @property
    def types(self) -> frozenset[str]:
        """Name the post types that posts are made of."""
        return frozenset(one.post.type for one in self.channels.values())
