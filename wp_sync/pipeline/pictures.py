"""The pictures of posts: fetched from their sources, made ready, and the best one chosen."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from wp_sync.errors import (
    ConfinedError,
    DisallowedError,
    ImageError,
    NetworkError,
    StatusError,
    WebError,
)
from wp_sync.publish.bodies import find_images
from wp_sync.publish.media import Inside, Ready
from wp_sync.publish.pictures import Wanted, are_alike, make_upload, prepare_picture
from wp_sync.web import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from wp_sync.config.channels import Source
    from wp_sync.confine import Confinement
    from wp_sync.model import Picture, Post, Upload
    from wp_sync.publish.pictures import PreparedPicture
    from wp_sync.web import WebSession

MOST_INSIDE = 20  # pictures of one text that are shown; the others are left out
_LIMITS = Limits(max_bytes=20_000_000, seconds=30)
_ACCEPT = "image/webp,image/jpeg,image/png,image/gif,image/*;q=0.5"
_GONE = {HTTPStatus.GONE, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS}  # not asked for again
_MEMORY = 768  # MB: a picture of 40 million pixels is decoded and turned
_WIDE = 300  # pixels: narrower ones are thumbnails, taken when there is nothing else
_LONGEST = 3.2  # times as long as high, or high as long: more is a banner or a strip
_STRIP = 5.0  # never the featured image
_NEVER = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Got:
    """A picture that was fetched, or why it was not."""

    picture: Picture
    prepared: PreparedPicture | None = None
    upload: Upload | None = None  # both or none of the two
    reason: str = ""
    again: bool = False  # it may be had another time
    lasting: bool = False  # it is no picture for a post: an icon, a film, a wall

    @property
    def rank(self) -> int:
        """Tell how well it serves as the featured image: 0 is best."""
        if self.prepared is None:
            return _NEVER
        width, height = self.prepared.width, self.prepared.height
        longest = max(width, height) / min(width, height)
        if longest > _STRIP:
            return _NEVER
        if not self.prepared.likeness:  # it shows nothing
            return 2
        return int(width < _WIDE or longest > _LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Darkroom:
    """Makes the pictures of one source's posts ready."""

    web: WebSession
    confinement: Confinement
    source: Source
    wanted: Wanted
    directory: Path  # to which a channel's own picture is relative
    step: Callable[[], None]  # called before each fetch
    repeats: Mapping[str, bool]  # by channel: whether the featured image also stands in the text
    logos: Collection[str] = ()  # addresses of what stands in many articles

    def make_ready(self, post: Post) -> Ready:
        """Choose the featured image, and bring those of the text; none of them stops the post."""
        tried = self._try_candidates(post)
        chosen = min(tried, key=lambda one: one.rank, default=None)
        again = any(one.again for one in tried)
        if chosen is None or chosen.upload is None or chosen.rank == _NEVER:
            note = f"without picture: {_first_of(tried)}" if tried else ""
            return Ready(None, note, self._bring_inside(post, tried, None), again=again)
        makeshift = again and (chosen.picture.spare or chosen.rank > 0)
        inside = self._bring_inside(post, tried, chosen)
        return Ready(chosen.upload, "", inside, makeshift)

    def _try_candidates(self, post: Post) -> list[_Got]:
        """Fetch candidates in their order until one is good."""
        tried: list[_Got] = []
        for picture in post.pictures:
            if picture.spare and any(one.rank <= 1 for one in tried):
                break
            tried.append(self._fetch(picture, post))
            if tried[-1].rank == 0:
                break
        return tried

    def _bring_inside(
        self, post: Post, tried: list[_Got], featured: _Got | None
    ) -> dict[str, Inside]:
        """Bring the pictures of a text; the featured one is not shown again in it."""
        if self.source.pictures != "all":
            return {}
        known = {one.picture.url: one for one in tried}
        inside: dict[str, Inside] = {}
        for picture in find_images(post.body)[:MOST_INSIDE]:
            if picture.url in self.logos:
                continue
            got = known.get(picture.url) or self._fetch(picture, post)
            if got.upload is None:
                inside[picture.url] = Inside(None, "" if got.lasting else got.reason, got.again)
            elif self.repeats.get(post.channel) or not _is_same(got, featured):
                inside[picture.url] = Inside(got.upload)
        return inside

    def _fetch(self, picture: Picture, post: Post) -> _Got:
        if picture.url in self.logos:
            reason = f"{picture.url}: it stands in many articles of the feed: a logo"
            return _Got(picture=picture, reason=reason, lasting=True)
        self.step()
        try:
            source = self._read(picture)
            prepared = self.confinement.run(prepare_picture, source, self.wanted, memory_mb=_MEMORY)
        except WebError as error:
            # All else may pass, also a 404: some give an article out before its picture.
            gone = isinstance(error, StatusError) and error.status in _GONE
            again = not (gone or isinstance(error, DisallowedError))
            return _Got(picture=picture, reason=str(error), again=again)
        except (ImageError, ConfinedError) as error:
            # It may have been cut on its way, or be a login page in the picture's place.
            lasting = isinstance(error, ImageError) and error.lasting
            reason = f"{picture.url}: {error}"
            return _Got(picture=picture, reason=reason, again=not lasting, lasting=lasting)
        alt, caption = picture.alt or post.title, picture.caption
        upload = make_upload(source, prepared, alt=alt, title=post.title, caption=caption)
        return _Got(picture=picture, prepared=prepared, upload=upload)

    def _read(self, picture: Picture) -> bytes:
        if picture.spare and "://" not in picture.url:
            try:
                return (self.directory / picture.url).read_bytes()
            except OSError as error:
                raise NetworkError(str(error.strerror), url=picture.url) from error
        answer = self.web.get(
            picture.url,
            accept=_ACCEPT,
            purpose="picture",
            limit=_LIMITS,
            allow_private=frozenset(self.source.allow_private),
        )
        return answer.body


def _is_same(one: _Got, featured: _Got | None) -> bool:
    if not (featured and featured.upload and featured.prepared and one.upload and one.prepared):
        return False
    same = one.upload.sha256 == featured.upload.sha256
    return same or are_alike(one.prepared, featured.prepared)


def _first_of(tried: list[_Got]) -> str:
    """Tell the best candidate's reason; the others are counted."""
    reasons = list(dict.fromkeys(one.reason or f"{one.picture.url}: a strip" for one in tried))
    more = f" (and {len(reasons) - 1} other candidates failed)" if reasons[1:] else ""
    return f"{reasons[0]}{more}"
