"""What publishing asks of a site, and what its three targets do alike.

They are `rest`, `xmlrpc_target` for sites whose REST API can't be used, and `memory`, the twin for
tests and rehearsals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from wp_sync.errors import PublishError, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from wp_sync.model import SitePost, Taxonomy, Term, Upload, User

    from .post_types import PostType

Values = TypeVar("Values")  # of a post, in the form that a target takes

FORBIDDEN = "forbidden"  # the status of a post that is there and that we may not edit (any more)
GONE = "rest_post_invalid_id"  # the code for a post that is not there, as REST calls it
TRASHED = "__trashed"  # what WordPress appends to a slug in the trash


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteIdentity:
    """Which site this is, and who we are on it."""

    address: str  # the home address without scheme and final slash: receipts belong to it
    home: str
    user_id: int
    login: str
    roles: tuple[str, ...] = ()
    capabilities: frozenset[str] = frozenset()
    default_category: int = 0  # 0: unknown, the user may not read the settings
    admin: str = ""  # the address of wp-admin, with its final slash
    api: str = ""  # the root of its API
    timezone: str = ""  # a name, or the hours from UTC; "" for unknown
    offset: float | None = None  # hours from UTC at this moment, where no more is told
    version: str = ""  # WordPress's; "" where it is not told
    clock_ahead: float = 0.0  # seconds by which its clock is before ours, where it can be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """What one read of the site's posts tells of what we may write."""

    unfiltered: bool | None = None  # None: there is no post to tell it
    permalinks: str = ""  # "plain", or their form; "" for unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A former state of a post's texts, as somebody saved it."""

    wp_id: int  # its own id, which grows with every save
    author: int
    modified: str  # naive UTC
    values: Mapping[str, Any]  # title, body, excerpt, in the form of SitePost.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture of the library."""

    url: str  # where it is shown from; "" for one that has no address for now
    name: str  # its slug or title: one of the two that tell whose it is

    def is_of(self, upload: Upload) -> bool:
        """Tell whether it is this upload: a site put back from a backup gives numbers away again.

        An editor's crop has our mark in its file's name, a file that was renamed in its slug.
        """
        mark = mark_of(upload.name)
        return mark in self.url or mark in self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A draft that says who is writing to the site: no article."""

    wp_id: int
    token: str  # of the run that made it
    title: str
    modified: str  # when it was made or renewed, by the site's clock, naive UTC


class Markers(Protocol):
    """The markers on a site, in the order in which they were made by their ids: publish.lock.

    A site's own drafts, pages where the user may edit them, named MARKER and the token. Over
    XML-RPC: wp.newPost, wp.getPosts by status and type, wp.editPost, and wp.deletePost twice.
    """

    def make(self, token: str, title: str) -> Marker:
        """Make a marker."""

    def list_all(self) -> tuple[Marker, ...]:
        """List all markers as the site has them at this moment."""

    def renew(self, wp_id: int, title: str) -> bool:
        """Move a marker's moment on; False: it is no more there as we made it."""

    def drop(self, wp_id: int) -> None:
        """Delete a marker for good; one that is gone is no error."""


MARKER = "wp-sync-lock-"  # + the token: the slug
WEBP = "image/webp"
# As WordPress 6.8 calls a kind of picture that it can't make smaller ones of.
UNSUPPORTED = "rest_upload_image_type_not_supported"
# What tells an upload of ours in its file's name: the beginning of its source's hash.
MARK = r"(?:^|[-/])([0-9a-f]{16})"
_NAMED = re.compile(rf"{MARK}\.\w+\Z")
_MARKER = re.compile(rf"{MARKER}([0-9a-f]+)(?:-\d+)?")  # -2 where a left-over one has the slug
CLOSED = {"comment_status": "closed", "ping_status": "closed"}  # for what is no article


def mark_of(name: str) -> str:
    """Return what tells the content of an upload, whatever title stands in its file's name."""
    found = _NAMED.search(name)
    return found[1] if found else name.rpartition(".")[0] or name


def token_of(slug: str) -> str:
    """Return the token in a marker's slug; "" for any other post."""
    found = _MARKER.fullmatch(slug)
    return found[1] if found else ""


class Target(Protocol):
    """A site that posts are written to.

    Reads are in bulk and may be repeated. A write is one request, never repeated blindly: it raises
    RejectedError when nothing was written, InDoubtError when the answer was lost.
    Every call may raise UnreachableError, SiteError or UnauthorizedError. `about_to_send` is called
    right before each request that may write.
    """

    @property
    def markers(self) -> Markers:
        """Say on the site who is writing to it; no other call shows its markers."""

    @property
    def types(self) -> tuple[str, ...]:
        """The post types in use, "post" always among them: what is read is read of all of these.

        One that the site does not show has no posts; those of ours that may be of it are FORBIDDEN.
        """

    def read_types(self) -> Mapping[str, PostType]:
        """Read which types of posts the site has and shows, in use or not."""

    def hidden_types(self) -> frozenset[str]:
        """Name the types that the site has, and that only another API shows."""

    def identify(self) -> SiteIdentity:
        """Prove the login; a wrong password is not an error of its own in WordPress."""

    def read_allowances(self) -> Allowances:
        """Tell by one read whether what we write is stored unfiltered, and how addresses look."""

    def find_posts(self, slugs: Sequence[str]) -> tuple[SitePost, ...]:
        """Find posts by exact slug, or by the slug that the trash gave them, in any status.

        One that is not shown to us has the status FORBIDDEN, no values, and maybe no id.
        """

    def read_posts(self, wp_ids: Sequence[int]) -> tuple[SitePost, ...]:
        """Read posts in any status and the trash; one left out was seen to be gone (404).

        One that an editor gave to somebody else has the status FORBIDDEN, and may have no values.
        """

    def list_posts(self, after: int = 0) -> tuple[SitePost, ...]:
        """List the posts above an id, newest first, the trash included.

        Of their values title, date and guid are there, and in `keys` what REST shows of the custom
        fields of other importers (publish.importers.KEYS).
        """

    def read_keys(self, after: int = 0) -> Mapping[int, Mapping[str, str]]:
        """Read those custom fields of the posts above an id, however the site gives them out.

        Raises SiteError where it does not; that need not stop anything.
        """

    def read_waiting(self) -> tuple[SitePost, ...]:
        """List all drafts and pending posts that we may see; of their values the title is there."""

    def waiting_ids(self) -> frozenset[int]:
        """List the ids of these posts alone."""

    def changed_since(self, moment: datetime) -> tuple[SitePost, ...]:
        """Read the posts that were changed after a moment, the trash included.

        A post that was made with an earlier date, and not touched since, is not among them.
        """

    def search_posts(
        self, words: Sequence[str], among: Sequence[int] | None = None
    ) -> tuple[SitePost, ...]:
        """Find posts whose texts hold all words, in any status and the trash: the newest hundred.

        With `among` only these posts, and all of them that we may see.
        """

    def read_terms(self, taxonomy: Taxonomy) -> tuple[Term, ...]:
        """Read a whole taxonomy."""

    def read_authors(self) -> tuple[User, ...]:
        """Read those who may be authors."""

    def create_user(self, login: str, name: str) -> User:
        """Make an author, who can log in only once somebody gives them a password."""

    def create_term(self, taxonomy: Taxonomy, name: str, parent: int) -> Term:
        """Make a term, or return the one that has this name."""

    def create_post(self, values: Mapping[str, Any]) -> SitePost:
        """Make one post from values in the field names of publish.merge, with ids.

        Beside them "type" names its post type; none is "post". A post that is there keeps its own.
        """

    def create_posts(
        self, posts: Sequence[Mapping[str, Any]]
    ) -> tuple[SitePost | PublishError, ...]:
        """Make posts, as `create_post` does, in one request where the site takes that.

        Each has its own answer, or the error that it came to; nothing is raised. At most
        `batch_size` at once.
        """

    def writable_fields(self, keys: Collection[str], kind: str = "post") -> frozenset[str]:
        """Tell which custom fields can be written in posts of a type.

        Over REST those that a plugin registers.
        """

    @property
    def batch_size(self) -> int:
        """How many posts the site makes in one request, for now: it shrinks where it must."""

    @property
    def connections(self) -> int:
        """How many calls may be made side by side, on as many threads; 1 for all in turn."""

    def update_post(
        self, wp_id: int, values: Mapping[str, Any], *, unless_changed_since: str = ""
    ) -> SitePost:
        """Write the given fields only.

        Where the site has a lock, and a moment is given (a SitePost.modified), it is used: raises
        ChangedError when the post was changed after it.
        """

    def lock_time(self) -> datetime | None:
        """Return the site's own time where updates can be locked; None where there is no lock."""

    def read_revisions(
        self, wp_id: int, *, after: int = 0, before: int | None = None
    ) -> tuple[Revision, ...]:
        """Read the saves of a post, no autosaves, newest first; none where the site keeps none.

        With ids only those between the two.
        """

    def trash_post(self, wp_id: int) -> SitePost:
        """Move a post to the trash."""

    def find_media(self, names: Sequence[str]) -> Mapping[str, int]:
        """Find uploads by what tells their content in Upload.name, whatever title they had."""

    def read_media(self, wp_ids: Sequence[int]) -> Mapping[int, Shown]:
        """Read pictures of the library, hidden ones too; one that is gone is left out."""

    def upload(self, upload: Upload) -> int:
        """Upload a picture with its alt text and caption; return its id."""

    def write_page(self, wp_id: int, *, slug: str, title: str, body: str) -> SitePost:
        """Write a private page of ours, known by its id or, with 0, by its slug; make it when new.

        One in the trash is left there.
        """


def with_trashed(slugs: Iterable[str]) -> list[str]:
    """Name with each slug the one that the trash makes of it."""
    return [name for slug in slugs for name in (slug, f"{slug}{TRASHED}")]


def check_content(values: Mapping[str, Any]) -> None:
    """Refuse an empty post, as WordPress does. Raises RejectedError."""
    if not any(str(values.get(name) or "").strip() for name in ("title", "body", "excerpt")):
        message = "a post needs a title, a text or an excerpt"
        raise RejectedError(message, code="empty_content", status=400)


def check_page(there: SitePost | None, page: tuple[int, str, str]) -> None:
    """Refuse a page that has our address and is not ours. Raises RejectedError."""
    wp_id, slug, title = page
    if there and not wp_id and there.values["title"] != title:
        message = f"the site has another page with the address {slug}"
        raise RejectedError(message, cure="give that page another address in wp-admin")


def attempt(create: Callable[[Values], SitePost], values: Values) -> SitePost | PublishError:
    """Make one of several posts: return the error that it came to, so that the others follow."""
    try:
        return create(values)
    except PublishError as error:
        return error


def is_between(wp_id: int, after: int, before: int | None) -> bool:
    """Tell whether a revision is one of those asked for."""
    return wp_id > after and (before is None or wp_id < before)


def holds(post: SitePost, words: Iterable[str]) -> bool:
    """Tell whether the texts of a post hold all words, in any case."""
    texts = (str(post.values.get(name, "")) for name in ("title", "excerpt", "body"))
    text = "\n".join(texts).casefold()
    return all(word.casefold() in text for word in words)


def find_namesake(terms: Iterable[Term], name: str, parent: int) -> Term | None:
    """Find the term beside which WordPress makes no other one of the name."""
    asked = name.strip().casefold(), parent
    return next((term for term in terms if (term.name.casefold(), term.parent) == asked), None)
