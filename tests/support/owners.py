# ruff: noqa: RUF001 (spam in its own letters)
"""Feeds that stay whose they are, whatever changes, and feeds that somebody else took over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from wp_sync.config.channels import Source as ConfiguredSource
from wp_sync.errors import ParseError
from wp_sync.model import Validators
from wp_sync.pipeline.collect import FeedJob
from wp_sync.pipeline.keeping import learn_feed
from wp_sync.sources.parse import Source, parse_feed

if TYPE_CHECKING:
    from wp_sync.ledger import Ledger

FEED = "https://www.harbour.example/feed"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ENGLISH = (
    "The council voted on Tuesday to close the bridge for the winter, and that was to be"
    " expected by most of the town, as it is old and has to be repaired with care."
)
OTHER_ENGLISH = (
    "This is the best of the offers for you to try at home, and it was tested by many people"
    " with great results: be sure to order from the shop that is on top of the list."
)
SPANISH = (
    "El mejor casino en línea para los jugadores que buscan una oferta con premios, y las"
    " apuestas más seguras se hacen por la noche del domingo como siempre."
)
INDONESIAN = (
    "Situs judi slot online yang gacor dan terpercaya untuk anda di tahun ini, dengan bonus"
    " dari kami pada hari ini dan tidak akan kalah."
)
TURKISH = (
    "En iyi bahis siteleri için bir rehber ve bu yıl çok kazandıran oyunlar ile daha da"
    " güvenli olan bir kasa, her gün gibi bonus var."
)
VIETNAMESE = (
    "Nhà cái uy tín của năm là những trang web có thưởng cho các người chơi trong một tuần"
    " này với không rủi ro đã được kiểm tra khi đăng ký."
)
GERMAN = (
    "Das beste Casino für die Spieler ist nicht weit von hier und wird mit dem neuen Bonus"
    " auch auf den Handys für eine Woche zu haben sein."
)
RUSSIAN = "Лучшие ставки на спорт и казино с бонусом за регистрацию для новых игроков."
CHINESE = "最佳在线赌场为新玩家提供注册奖金和每日优惠,立即加入我们的平台开始游戏。"
ARABIC = "أفضل كازينو على الإنترنت مع مكافأة التسجيل للاعبين الجدد كل يوم في الأسبوع."


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One entry."""

    guid: str
    title: str
    url: str
    text: str = ENGLISH
    author: str = "Ann Smith"
    date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A feed as it is at one moment."""

    pieces: tuple[Piece, ...]
    title: str = "The Harbour Post"
    site: str = "https://www.harbour.example/"
    language: str = "en"
    location: str = FEED  # after redirects
    format: str = "rss"
    raw: bytes = b""  # instead of a feed
    tail: str = "</channel></rss>"

    def body(self) -> bytes:
        """Write it."""
        if self.raw:
            return self.raw
        return (_atom if self.format == "atom" else _rss)(self).encode()


def _rss(issue: Issue) -> str:
    language = f"<language>{issue.language}</language>" if issue.language else ""
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{escape(issue.title)}</title><link>{issue.site}</link>{language}"
        f"{''.join(map(_item, issue.pieces))}{issue.tail}"
    )


def _item(one: Piece) -> str:
    date = f"<pubDate>{format_datetime(one.date)}</pubDate>" if one.date else ""
    link = f"<link>{escape(one.url)}</link>" if one.url else ""
    return (
        f"<item><title>{escape(one.title)}</title>{link}"
        f"<guid isPermaLink='false'>{escape(one.guid)}</guid><dc:creator>{one.author}</dc:creator>"
        f"{date}<description>{escape(one.text)}</description></item>"
    )


def _atom(issue: Issue) -> str:
    entries = "".join(
        f"<entry><id>{escape(one.guid)}</id><title>{escape(one.title)}</title>"
        f"<link href={quoteattr(one.url)}/><author><name>{one.author}</name></author>"
        f"<content type='html'>{escape(one.text)}</content></entry>"
        for one in issue.pieces
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{issue.language}">'
        f"<title>{escape(issue.title)}</title><id>x</id><link href={quoteattr(issue.site)}/>"
        f"{entries}</feed>"
    )


def piece(number: int, date: datetime) -> Piece:
    """Write an article of the Harbour Post."""
    return Piece(
        guid=f"post-{number}",
        title=f"The bridge, day {number}",
        url=f"https://www.harbour.example/2026/bridge-{number}",
        text=f"{ENGLISH} It is day {number}. <a href='https://town.example/{number}'>Plan</a>",
        author=("Ann Smith", "Ben Jones")[number % 2],
        date=date,
    )


@dataclass(slots=True)
class Watch:
    """A feed that is pulled as a run does, up to the question whether its items may go."""

    ledger: Ledger
    first: Issue = field(default_factory=lambda: Issue(pieces=()))
    days: int = 40
    now: datetime = START
    number: int = 0
    passed: set[str] = field(default_factory=set)  # titles of what would be published

    def live(self) -> None:
        """Let the honest paper come out every day, ten articles in its feed."""
        for _ in range(self.days):
            self.go_on(1)
            self.pull(self.honest())

    def go_on(self, days: float) -> None:
        self.now += timedelta(days=days)

    def honest(self, new: int = 1, window: int = 10) -> Issue:
        """Print some new articles, before those of the days before."""
        self.number += new
        numbers = range(self.number, max(0, self.number - window), -1)
        days = {one: min(START + timedelta(days=one), self.now) for one in numbers}
        return replace(self.first, pieces=tuple(piece(one, days[one]) for one in numbers))

    def pull(self, issue: Issue) -> bool:
        """Pull it; tell whether it is held."""
        feed = self.ledger.feeds.identify(FEED, "Harbour")
        known = self.ledger.feeds.known(feed)
        source = Source(feed=feed, location=issue.location)
        try:
            pulled = parse_feed(issue.body(), source, known, self.now)
        except ParseError as error:
            self.ledger.feeds.record_failure(feed, source="Harbour", reason=str(error))
            return True
        pulled = replace(pulled, validators=Validators(url=issue.location))
        job = FeedJob(
            feed=feed,
            address=FEED,
            location=FEED,
            source=ConfiguredSource(name="Harbour", feeds=(FEED,)),
            last=Validators(),
            known=known,
        )
        health = learn_feed(self.ledger, job, pulled, self.now)
        self.ledger.feeds.record_pull(pulled, source="Harbour", health=health)
        if not (held := self.ledger.health.held(feed)):
            self.passed |= {item.title for item in pulled.items}
        return bool(held)
