"""The featured images of one plan: fetched when a change needs them, uploaded once a content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from wp_sync.errors import InDoubtError, RejectedError
from wp_sync.model import Adopt, Create, Update

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Change, ItemKey, Post, Upload

    from .journal import Journal
    from .target import Target


class Files(Protocol):
    """Fetches and makes ready the pictures of posts."""

    def __call__(self, posts: Sequence[Post]) -> Mapping[ItemKey, tuple[Upload | None, str]]:
        """Return for each post its picture, or None and the reason why it has none."""


def no_files(posts: Sequence[Post]) -> Mapping[ItemKey, tuple[Upload | None, str]]:
    """Fetch nothing: for plans that write no picture."""
    return {post.key: (None, "") for post in posts}


class Pictures:
    """The uploads of one plan, by post. A missing picture never stops a post."""

    def __init__(self, target: Target, journal: Journal) -> None:
        self._target, self._journal = target, journal
        self._ready: dict[ItemKey, tuple[int, str]] = {}
        self._uploads: dict[ItemKey, Upload] = {}  # of the changes at hand
        self._sure: set[int] = set()  # ids that the site itself gave

    def prepare(self, changes: Sequence[Change], files: Files) -> None:
        """Upload the pictures that these changes need."""
        posts = [post for change in changes if (post := _pictured(change))]
        ready = files(posts) if posts else {}
        self._uploads = {key: upload for key, (upload, _) in ready.items() if upload}
        unknown = {
            upload.name
            for upload, _ in ready.values()
            if upload and self._journal.media_id(upload.sha256) is None
        }
        found: Mapping[str, int] = {}
        refusal = ""
        if unknown:
            # A lost ledger, or a run that died after an upload: the file is named by its hash.
            try:
                found = self._target.find_media(sorted(unknown))
            except RejectedError as error:
                refusal = f"without picture: {error.message}"
        for key, (upload, note) in ready.items():
            if upload is None or (refusal and upload.name in unknown):
                self._ready[key] = 0, note or refusal
            else:
                self._ready[key] = self._upload(upload, found)

    def id_of(self, post: Post) -> int:
        """Return the id of a post's picture; 0 is none."""
        return self._ready.get(post.key, (0, ""))[0]

    def note_of(self, post: Post) -> str:
        """Say why a post goes without its picture."""
        return self._ready.get(post.key, (0, ""))[1]

    def renew(self, post: Post) -> int:
        """Upload a picture again whose id, known from the ledger, is no more in the library."""
        upload, old = self._uploads.get(post.key), self.id_of(post)
        if upload is None or old in self._sure:
            return 0
        self._journal.forget_media(upload.sha256)
        try:
            again = self._upload(upload, self._target.find_media([upload.name]))
        except (RejectedError, InDoubtError) as error:
            again = 0, f"without picture: {error.message}"
        for key, other in self._uploads.items():
            if other.sha256 == upload.sha256:
                self._ready[key] = again
        return again[0]

    def _upload(self, upload: Upload, found: Mapping[str, int]) -> tuple[int, str]:
        known = self._journal.media_id(upload.sha256)
        if known is not None:
            return known, ""
        wp_id = found.get(upload.name)
        if wp_id is None:
            try:
                wp_id = self._target.upload(upload)
            except InDoubtError:
                # The site is asked in vain for what it is still at: the next run finds it.
                wp_id = self._target.find_media([upload.name]).get(upload.name)
                if wp_id is None:
                    return 0, "without picture: the answer to its upload was lost"
            except RejectedError as error:
                return 0, f"without picture: {error.message}"
        self._sure.add(wp_id)
        self._journal.record_media(upload, wp_id)
        return wp_id, ""


def _pictured(change: Change) -> Post | None:
    """Return the post whose featured image a change writes."""
    match change:
        case Create(post=post):
            writes = True
        case Update(post=post, fields=fields):
            writes = "featured" in fields
        case Adopt(post=post, found=found, doubtful=doubtful):
            writes = doubtful and found.status != "trash"
        case _:
            return None
    return post if writes and post.pictures else None
