"""The pictures of one plan: fetched when a change needs them, uploaded once a content."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from wp_sync.errors import InDoubtError, RejectedError, UnauthorizedError, UnreachableError
from wp_sync.model import Adopt, Create, Update

from .attempts import told_before
from .bodies import Local, find_images, show_local
from .merge import FIELDS
from .proof import made_nothing
from .target import UNSUPPORTED, WEBP

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import timedelta

    from wp_sync.model import Change, ItemKey, Post, Upload

    from .journal import Journal
    from .target import Target

# Refusals that another try may not meet: time-outs, bytes that were damaged on the way, a limit of
# the server's. So may all that a server says of itself: a full disk (500, 507).
_PASSING = {408, 412, 413, 425, 429}
_OWN_FAULT = 500
# How WordPress says that it does not take a kind of picture, or can't make smaller ones of it. To
# XML-RPC that is one fault with a folder that can't be written to (mw_newMediaObject).
_TYPES = {"rest_upload_sideload_error", "xmlrpc_500", UNSUPPORTED}


class Inside(NamedTuple):
    """A picture of a text."""

    upload: Upload | None  # None: it is left out
    note: str = ""  # why it is; "" where nothing is missing
    again: bool = False  # another run may bring it


class Ready(NamedTuple):
    """The pictures of one post, as their sources served them."""

    upload: Upload | None  # the featured one
    note: str = ""  # why there is none
    inside: Mapping[str, Inside] = MappingProxyType({})  # by the address in the text
    makeshift: bool = False  # the featured one stands in for one that another run may bring
    again: bool = False  # there is no featured one, and another run may bring it


class Files(Protocol):
    """Fetches and makes ready the pictures of posts."""

    def __call__(self, posts: Sequence[Post]) -> Mapping[ItemKey, Ready]:
        """Return for each post its pictures, or the reason why it has none."""


def no_files(posts: Sequence[Post]) -> Mapping[ItemKey, Ready]:
    """Fetch nothing: for plans that write no picture."""
    return {post.key: Ready(None) for post in posts}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """What a post gets."""

    wp_id: int = 0  # 0: none
    note: str = ""  # why there is none
    again: bool = False  # another run may bring it
    makeshift: bool = False  # as in Ready


_NONE = _Picture()


class Pictures:
    """The uploads of one plan, by post. A missing picture never stops a post.

    An upload is begun in the ledger before the request. One without an answer rests for `settle`;
    until then no other of the same content is made, and after it the site is asked.
    """

    def __init__(self, target: Target, journal: Journal, settle: timedelta) -> None:
        self._target, self._journal, self._settle = target, journal, settle
        self._ready: dict[ItemKey, _Picture] = {}
        self._inside: dict[ItemKey, dict[str, _Picture]] = {}  # by the address in the text
        self._urls: dict[int, str] = {}  # where the site shows pictures of texts from
        self._known: dict[ItemKey, Upload] = {}  # whose ids come from the ledger alone
        self._refused: dict[str, _Picture] = {}  # by the content's hash: not sent again
        self._resting: set[str] = set()  # names of uploads in doubt

    def prepare(
        self,
        changes: Sequence[Change],
        files: Files,
        stop: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Upload the pictures that these changes need; False: a wish to stop came first."""
        posts = [post for change in changes if (post := pictured(change))]
        ready = files(posts) if posts else {}
        provide = self._look_up([upload for one in ready.values() for upload in _uploads_of(one)])
        for key, one in ready.items():
            if stop():
                return False
            self._provide_featured(key, one, provide)
            inside = self._inside.setdefault(key, {})
            for url, picture in one.inside.items():
                if picture.upload is None:
                    inside[url] = _Picture(note=picture.note, again=picture.again)
                elif stop():
                    return False
                else:
                    inside[url] = provide(picture.upload)
        self._find_urls()
        return True

    def _look_up(self, uploads: Sequence[Upload]) -> Callable[[Upload], _Picture]:
        """Ask the site, in one question, for what the ledger does not know; then provide each."""
        self._check_known(uploads)
        # What rests now rests to the end: when its time comes amid the others, nobody has asked.
        self._resting = {upload.name for upload in uploads if self._rests(upload)}
        unknown = {upload.name for upload in uploads if self._is_unknown(upload)}
        found: Mapping[str, int] = {}
        refusal = ""
        if unknown:
            # A lost ledger, or a run that died after an upload: the file is named by its hash.
            try:
                found = self._target.find_media(sorted(unknown))
            except RejectedError as error:
                refusal = error.message

        def provide(upload: Upload) -> _Picture:
            if refusal and upload.name in unknown:
                return _Picture(note=f"without picture: {refusal}", again=True)
            return self._provide(upload, found)

        return provide

    def _check_known(self, uploads: Sequence[Upload]) -> None:
        """See that the numbers that the ledger knows are still these pictures."""
        known = {one.sha256: one for one in uploads}
        numbers = {sha: wp_id for sha in known if (wp_id := self._journal.media_id(sha))}
        try:
            there = self._target.read_media(sorted(set(numbers.values()) - self._urls.keys()))
        except RejectedError:  # what is gone is left out of the post, and told
            return
        for sha, wp_id in numbers.items():
            shown = there.get(wp_id)
            if wp_id in self._urls:
                continue
            if shown is None or not shown.is_of(known[sha]):
                self._journal.forget_media(sha)
            elif shown.url:
                self._urls[wp_id] = shown.url

    def _provide_featured(
        self, key: ItemKey, one: Ready, provide: Callable[[Upload], _Picture]
    ) -> None:
        if one.upload is None:
            self._ready[key] = _Picture(note=one.note, again=one.again)
            return
        if self._journal.media_id(one.upload.sha256) is not None:
            self._known[key] = one.upload
        got = provide(one.upload)
        self._ready[key] = replace(got, makeshift=True) if one.makeshift else got

    def _find_urls(self) -> None:
        """Learn where the new pictures of texts are shown from; the known ones were read before."""
        shown = {one.wp_id for places in self._inside.values() for one in places.values()}
        if missing := sorted(shown - self._urls.keys() - {0}):
            with suppress(RejectedError):  # they are left out this time, and come again
                found = self._target.read_media(missing)
                self._urls |= {wp_id: one.url for wp_id, one in found.items() if one.url}

    def body_of(self, post: Post) -> str:
        """Return the text of a post with the pictures that the site has, shown from there."""
        inside = self._inside.get(post.key, {})
        local = {
            url: Local(one.wp_id, self._urls[one.wp_id])
            for url, one in inside.items()
            if one.wp_id in self._urls
        }
        return show_local(post.body, local)

    def body_note(self, post: Post) -> str:
        """Say which pictures the text of a post goes without, and why."""
        notes = dict.fromkeys(one.note for one in self._inside.get(post.key, {}).values())
        told = [note.removeprefix("without picture: ") for note in notes if note]
        more = f" (and {len(told) - 1} others)" if told[1:] else ""
        return f"without a picture of its text: {told[0]}{more}" if told else ""

    def body_comes_again(self, post: Post) -> bool:
        """Tell whether another run may bring a picture that the text goes without."""
        inside = self._inside.get(post.key, {}).values()
        return any(one.again or (one.wp_id and one.wp_id not in self._urls) for one in inside)

    def shows_any(self, post: Post) -> bool:
        """Tell whether the text of a post shows a picture of the site's library."""
        return any(one.wp_id for one in self._inside.get(post.key, {}).values())

    def is_makeshift(self, post: Post) -> bool:
        """Tell whether another run may bring a better picture than the post has now."""
        return self._ready.get(post.key, _NONE).makeshift

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
        again = self._send_anew(upload)
        for key, other in self._known.items():
            if other.sha256 == upload.sha256:
                self._ready[key] = again
        self._ready[post.key] = again
        return again.wp_id

    def _send_anew(self, upload: Upload) -> _Picture:
        try:
            return self._provide(upload, self._target.find_media([upload.name]))
        except (RejectedError, InDoubtError) as error:
            return _Picture(note=f"without picture: {error.message}", again=True)

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
            unlike = upload.mime == WEBP and error.code in _TYPES
            if unlike:  # the next ones, and another try, are of a kind that every WordPress takes
                self._journal.refuse_type(upload.mime)
            refused = _Picture(note=note, again=passing or unlike or not proven)
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
    """Return the post whose pictures a change writes, without what it leaves as it is."""
    match change:
        case Create(post=post):
            fields: Collection[str] = FIELDS
        case Update(post=post, fields=fields):
            pass
        case Adopt(post=post, found=found, doubtful=doubtful):
            fields = FIELDS if doubtful and found.status != "trash" else ()
        case _:
            return None
    shows = "body" in fields and bool(find_images(post.body))
    # What the text shows depends on the featured image, which it does not repeat.
    wanted = post.pictures if shows or "featured" in fields else ()
    if not (wanted or shows):
        return None
    return replace(post, body=post.body if shows else "", pictures=wanted)


def _uploads_of(one: Ready) -> list[Upload]:
    inside = (picture.upload for picture in one.inside.values())
    return [upload for upload in (one.upload, *inside) if upload]
