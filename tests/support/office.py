"""A publishing office: a site in memory that may be moody, a real ledger, and editors' hands."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from wp_sync.ledger import Ledger, open_ledger
from wp_sync.model import ItemKey, Picture, Post, Upload, User
from wp_sync.pipeline.site import SiteReader
from wp_sync.publish.apply import apply_plan
from wp_sync.publish.bodies import find_images
from wp_sync.publish.media import Inside, Ready
from wp_sync.publish.memory import MemoryTarget
from wp_sync.publish.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from wp_sync.errors import WpSyncError
    from wp_sync.model import Intent, Outcome, Plan, Receipt, SitePost, SiteState, Taxonomy, Term
    from wp_sync.publish.journal import Journal

T = TypeVar("T")

HINT = " (a conflict: wp-sync review list)"  # with a field that an editor changed, too
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SETTLE = timedelta(minutes=2)
USERS = (User(wp_id=1, slug="wp-sync"), User(wp_id=2, slug="tom-becker"))
# Every field that follows the source: what the source changes, and what an editor sets.
CHANGES: dict[str, tuple[dict[str, Any], Any]] = {
    "title": ({"title": "Sun & < heat"}, "An editor's & title"),
    "body": ({"body": "<p>Sun.</p>"}, "<p>An editor's.</p>"),
    "excerpt": ({"excerpt": "Sun < heat & dust"}, "An editor&#8217;s &amp; excerpt"),
    "categories": ({"categories": (("News", "Sun"),)}, (1,)),
    "tags": ({"tags": ("Heat", "Dust")}, ()),
    "featured": ({"pictures": (Picture(url="https://news.example/sun.jpg"),)}, 0),
}


def make_post(number: int = 1, **values: Any) -> Post:  # noqa: ANN401
    """Make the post of one article; what is not told has a value that WordPress has to keep."""
    mark = f"abcde{chr(ord('a') + number % 26)}"
    usual: dict[str, Any] = {
        "key": ItemKey("https://news.example/feed", str(number)),
        "source_url": f"https://news.example/rain-{number}",
        "channel": "news",
        "title": f"Rain & wind, part {number}",
        "body": f'<p>It rains. <a href="https://news.example/rain-{number}">Read it</a></p>',
        "excerpt": "Wind < rain & hail",
        "slug": f"rain-{number}-{mark}",
        "mark": mark,
        "status": "publish",
        "date": NOON,
        "categories": (("News",),),
        "tags": ("Example News",),
        "pictures": (Picture(url=f"https://news.example/{number}.jpg"),),
    }
    return Post(**usual | values)


def changed(post: Post, *fields: str) -> Post:
    """Change these fields as the source does."""
    values = {name: value for field in fields for name, value in CHANGES[field][0].items()}
    return replace(post, **values)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a call ends in; an answer that is lost was given before."""

    error: WpSyncError
    after: bool = False


class MoodySite(MemoryTarget):
    """A site that tells what it was asked for, and fails where a test wants it."""

    def __init__(self) -> None:
        super().__init__(users=USERS, now=lambda: NOON + timedelta(hours=1))
        self.asked: list[tuple[str, Any]] = []
        self.watchers: dict[str, Callable[[], object]] = {}  # called when a request comes in
        self._troubles: dict[str, list[Trouble | None]] = defaultdict(list)
        self.at_once = 1

    @property
    def batch_size(self) -> int:
        return self.at_once

    def fail(self, call: str, *errors: WpSyncError | None, after: bool = False) -> None:
        """Fail the next calls; `after`: do first what is asked for."""
        self._troubles[call] += [Trouble(error, after) if error else None for error in errors]

    def writes(self, call: str) -> list[Any]:
        """List what a call was given, each time."""
        return [given for name, given in self.asked if name == call]

    def create_post(self, values: Mapping[str, Any]) -> SitePost:
        act = super().create_post
        return self._answer("create_post", values, lambda: act(values))

    def update_post(
        self, wp_id: int, values: Mapping[str, Any], *, unless_changed_since: str = ""
    ) -> SitePost:
        act, since = super().update_post, unless_changed_since
        return self._answer(
            "update_post", values, lambda: act(wp_id, values, unless_changed_since=since)
        )

    def trash_post(self, wp_id: int) -> SitePost:
        act = super().trash_post
        return self._answer("trash_post", wp_id, lambda: act(wp_id))

    def create_term(self, taxonomy: Taxonomy, name: str, parent: int) -> Term:
        act = super().create_term
        given = (taxonomy, name, parent)
        return self._answer("create_term", given, lambda: act(taxonomy, name, parent))

    def find_media(self, names: Sequence[str]) -> Mapping[str, int]:
        act = super().find_media
        return self._answer("find_media", names, lambda: act(names))

    def upload(self, upload: Upload) -> int:
        act = super().upload
        return self._answer("upload", upload.name, lambda: act(upload))

    def _answer(self, call: str, given: object, act: Callable[[], T]) -> T:
        self.asked.append((call, given))
        self.watchers.get(call, int)()
        troubles = self._troubles[call]
        trouble = troubles.pop(0) if troubles else None
        if trouble and not trouble.after:
            raise trouble.error
        answer = act()
        if trouble:
            raise trouble.error
        return answer


@dataclass(slots=True)
class Office:
    """Publishes as a run does, on a site in memory, with a ledger in a real file."""

    folder: Path
    site: MoodySite = field(default_factory=MoodySite)
    now: datetime = NOON
    served: dict[str, bytes | None] = field(default_factory=dict)  # None: the source has it no more
    fetched: list[str] = field(default_factory=list)
    at_hand: dict[ItemKey, Ready] = field(default_factory=dict)  # instead of what is served
    ledger: Ledger = field(init=False)
    _ledgers: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        self.open_ledger()

    def open_ledger(self) -> None:
        """Begin a new ledger, as after the loss of the old one."""
        url = f"sqlite:///ledger-{next(self._ledgers)}.db"
        self.ledger = open_ledger(url, self.folder, clock=lambda: self.now)

    def lose_ledger(self) -> None:
        self.ledger.close()
        self.open_ledger()

    @property
    def address(self) -> str:
        return self.site.identify().address

    @property
    def journal(self) -> Journal:
        return self.ledger.posts.journal(self.address, "run-1")

    def run(self, *posts: Post) -> list[Outcome]:
        """Plan these posts and apply the plan."""
        return self.apply(*self.plan(*posts))

    def plan(self, *posts: Post) -> tuple[Plan, SiteState]:
        reader = SiteReader(self.site, self.site.identify(), self.ledger, SETTLE)
        receipts = self.ledger.posts.receipts(self.address, [post.key for post in posts])
        state = reader.read(posts, receipts, self.now)
        return make_plan(posts, receipts, state), state

    def apply(self, plan: Plan, state: SiteState) -> list[Outcome]:
        return list(apply_plan(plan, self.site, self.journal, self.files, state))

    def files(self, posts: Sequence[Post]) -> dict[ItemKey, Ready]:
        """Make ready what the sources serve; by default each address its own picture."""
        return {post.key: self.at_hand.get(post.key) or self._ready(post) for post in posts}

    def _ready(self, post: Post) -> Ready:
        upload, note = self._file(post.pictures[0].url) if post.pictures else (None, "")
        inside: dict[str, Inside] = {}
        for picture in find_images(post.body):
            file, why = self._file(picture.url)
            inside[picture.url] = Inside(file, why, again=file is None)
        return Ready(upload, note, inside)

    def _file(self, url: str) -> tuple[Upload | None, str]:
        self.fetched.append(url)
        content = self.served.get(url, url.encode())
        if content is None:
            return None, "without picture: the source has it no more"
        sha256 = hashlib.sha256(content).hexdigest()
        name = f"{sha256[:16]}.png"
        return Upload(content=content, mime="image/png", name=name, sha256=sha256), ""

    def settle(self) -> None:
        """Wait until what got no answer may be looked up."""
        self.now += SETTLE

    def edit(self, wp_id: int, **values: Any) -> None:  # noqa: ANN401
        """Change a post as an editor does, in wp-admin."""
        MemoryTarget.update_post(self.site, wp_id, values)

    def halve(self, wp_id: int, **values: Any) -> None:  # noqa: ANN401
        """Take from a post what a create that died did not come to: nobody has saved it."""
        post = self.site.posts[wp_id]
        self.site.posts[wp_id] = replace(post, values={**post.values, **values})

    def save_first(self, wp_id: int = 2, **values: Any) -> None:  # noqa: ANN401
        """Have an editor save when the first update has come, and is not yet written."""
        saves = [values]

        def save() -> None:
            if saves:
                self.edit(wp_id, **saves.pop())

        self.site.watchers["update_post"] = save

    def trash(self, wp_id: int) -> None:
        MemoryTarget.trash_post(self.site, wp_id)

    def make_term(self, taxonomy: Taxonomy, name: str, parent: int = 0) -> int:
        return MemoryTarget.create_term(self.site, taxonomy, name, parent).wp_id

    def make_upload(self, name: str) -> int:
        upload = Upload(content=b"", mime="image/png", name=name, sha256=name)
        return MemoryTarget.upload(self.site, upload)

    def values(self, wp_id: int) -> Mapping[str, Any]:
        return self.site.posts[wp_id].values

    def terms(self, taxonomy: Taxonomy) -> dict[str, int]:
        return {term.name: term.wp_id for term in self.site.read_terms(taxonomy)}

    @property
    def intents(self) -> tuple[Intent, ...]:
        return self.ledger.posts.intents(self.address)

    def receipt(self, post: Post) -> Receipt | None:
        return self.ledger.posts.receipts(self.address, [post.key]).get(post.key)
