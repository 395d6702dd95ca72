"""The featured images of one plan: fetched when a change needs them, uploaded once a content."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from wp_sync.errors import InDoubtError, RejectedError, UnauthorizedError, UnreachableError
from wp_sync.model import Adopt, Create, Update

from .attempts import told_before
from .proof import made_nothing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from wp_sync.model import Change, ItemKey, Post, Upload

    from .journal import Journal
    from .target import Target

# Refusals that another try may not meet: time-outs, bytes that were damaged on the way, a limit of
# the server's. So may all that a server says of itself: a full disk (500, 507).
_PASSING = {408, 412, 413, 425, 429}
_OWN_FAULT = 500


class Files(Protocol):
    """Fetches and makes ready the pictures of posts."""

    def __call__(self, posts: Sequence[Post]) -> Mapping[ItemKey, tuple[Upload | None, str]]:
        """Return for each post its picture, or None and the reason why it has none."""


def no_files(posts: Sequence[Post]) -> Mapping[ItemKey, tuple[Upload | None, str]]:
    """Fetch nothing: for plans that write no picture."""
    return {post.key: (None, "") for post in posts}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """What a post gets."""

    wp_id: int = 0  # 0: none
    note: str = ""  # why there is none
    again: bool = False  # another run may bring it


_NONE = _Picture()


class Pictures:
    """The uploads of one plan, by post. A missing picture never stops a post.

    An upload is begun in the ledger before the request. One without an answer rests for `settle`;
    until then no other of the same content is made, and after it the site is asked.
    """

    def __init__(self, target: Target, journal: Journal, settle: timedelta) -> None:
        self._target, self._journal, self._settle = target, journal, settle
        self._ready: dict[ItemKey, _Picture] = {}
        self._known: dict[ItemKey, Upload] = {}  # whose ids come from the ledger alone
        self._refused: dict[str, _Picture] = {}  # by the content's hash: not sent again
        self._resting: set[str] = set()  # names of uploads in doubt

    def prepare(self, changes: Sequence[Change], files: Files) -> None:
        """Upload the pictures that these changes need."""
        posts = [post for change in changes if (post := pictured(change))]
        ready = files(posts) if posts else {}
        # What rests now rests to the end: when its time comes amid the others, nobody has asked.
        self._resting = {
            upload.name for upload, _ in ready.values() if upload and self._rests(upload)
        }
        unknown = {
            upload.name for upload, _ in ready.values() if upload and self._is_unknown(upload)
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
                self._ready[key] = _Picture(note=note or refusal)
                continue
            if self._journal.media_id(upload.sha256) is not None:
                self._known[key] = upload
            self._ready[key] = self._provide(upload, found)

    def id_of(self, post: Post) -> int:
        """Return the id of a post's picture; 0 is none."""
        return self._ready.get(post.key, _NONE).wp_id

    def note_of(self, post: Post) -> str:
        """Say why a post goes without its picture."""
        return self._ready.get(post.key, _NONE).note

    def comes_again(self, post: Post) -> bool:
        """Tell whether another run may bring the picture that a post goes without."""
        return self._ready.get(post.key, _NONE).again

    def put_off(self, post: Post) -> None:
        """Leave a post's picture to another run."""
        self._ready[post.key] = replace(self._ready.get(post.key, _NONE), again=True)

    def drop(self, posts: Sequence[Post]) -> None:
        """Forget the bytes that were kept for `renew`: these posts are written."""
        for post in posts:
            self._known.pop(post.key, None)

    def renew(self, post: Post) -> int:
        """Upload a picture again whose id, known from the ledger, is no more in the library."""
        upload = self._known.pop(post.key, None)
        if upload is None:
            return 0
        if self._journal.media_id(upload.sha256) == self.id_of(post):
            self._journal.forget_media(upload.sha256)
        try:
            again = self._provide(upload, self._target.find_media([upload.name]))
        except (RejectedError, InDoubtError) as error:
            again = _Picture(note=f"without picture: {error.message}", again=True)
        for key, other in self._known.items():
            if other.sha256 == upload.sha256:
                self._ready[key] = again
        self._ready[post.key] = again
        return again.wp_id

    def _is_unknown(self, upload: Upload) -> bool:
        known = self._journal.media_id(upload.sha256) is not None
        return not known and upload.name not in self._resting

    def _rests(self, upload: Upload) -> bool:
        age = self._journal.upload_age(upload)
        return age is not None and age < self._settle

    def _provide(self, upload: Upload, found: Mapping[str, int]) -> _Picture:
        known = self._journal.media_id(upload.sha256)
        if known is not None:
            return _Picture(wp_id=known)
        if upload.sha256 in self._refused:
            return self._refused[upload.sha256]
        if upload.name in self._resting or self._rests(upload):
            return _LOST
        wp_id = found.get(upload.name)
        if wp_id is None:
            return self._send(upload)
        self._journal.record_media(upload, wp_id)
        return _Picture(wp_id=wp_id)

    def _send(self, upload: Upload) -> _Picture:
        self._journal.begin_upload(upload)
        try:
            with told_before(lambda: self._journal.begin_upload(upload)):
                wp_id = self._target.upload(upload)
        except InDoubtError:
            self._journal.begin_upload(upload)  # it rests from when we gave up waiting
            # The site is asked in vain for what it is still at: a later run finds it.
            found = self._target.find_media([upload.name]).get(upload.name)
            if found is None:
                return _LOST
            wp_id = found
        except RejectedError as error:
            proven = made_nothing(error)
            if proven:
                self._journal.forget_upload(upload)
            else:  # a plugin may refuse what is there already: it rests, and is looked for
                self._journal.begin_upload(upload)
            passing = error.status in _PASSING or error.status >= _OWN_FAULT
            note = f"without picture: {error.message}"
            refused = _Picture(note=note, again=passing or not proven)
            self._refused[upload.sha256] = refused
            return refused
        except (UnauthorizedError, UnreachableError) as error:
            if made_nothing(error):
                self._journal.forget_upload(upload)
            raise
        self._journal.record_media(upload, wp_id)
        return _Picture(wp_id=wp_id)


_LOST = _Picture(note="without picture: the answer to its upload was lost", again=True)


def pictured(change: Change) -> Post | None:
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
