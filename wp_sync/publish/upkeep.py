"""What is asked of a site when terms and uploads are taken back, and who still uses them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from wp_sync.errors import SiteError

from .target import mark_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Discard, Taxonomy

UNSEEN = "over XML-RPC nobody can tell whether it is used: look at it in wp-admin"
ANOTHER = "another file has its number by now"
_OF_SITE = "the site itself shows it: its logo, its icon, a template, its styles or a widget"
STATUSES = {"delete": "", "hide": "private", "show": "inherit"}  # how -> the status it leads to


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """A term as a person may have changed it."""

    name: str  # without entities
    parent: int = 0
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An upload in the site's library."""

    stem: str  # of its file's name: the names of its smaller sizes begin with it
    status: str  # inherit, private, trash
    parent: int = 0  # the post that it is attached to


class Upkeep(Protocol):
    """A site's terms and uploads. The reads may raise what those of `target.Target` raise."""

    def read_terms(self, taxonomy: Taxonomy) -> Mapping[int, TermRow]:
        """Read a whole taxonomy."""

    def posts_with(self, taxonomy: Taxonomy, wp_id: int) -> frozenset[int]:
        """List the posts that have a term, in any status but the trash."""

    def read_media(self, wp_ids: Sequence[int]) -> Mapping[int, Attachment]:
        """Read uploads by id, whatever their status; one left out is gone."""

    def picture_uses(self) -> Mapping[int, frozenset[int]]:
        """List for each upload the posts that name it by its id; 0 is the site itself.

        As their picture, in any status and the trash, or in a gallery.
        """

    def text_uses(self, mark: str, wp_id: int) -> frozenset[int]:
        """List the posts whose text shows an upload, in any status and the trash; 0 is the site.

        By the mark in its files' names (target.mark_of), whatever an editor makes of them, or by
        its id. The site: its templates, styles and widgets.
        """

    def unseen(self) -> str:
        """Name what the site would not show when it was asked for uses; "" for nothing."""

    def delete_term(self, taxonomy: Taxonomy, wp_id: int) -> None:
        """Delete a term for good."""

    def delete_media(self, wp_id: int) -> None:
        """Delete an upload and its files for good."""

    def set_media_status(self, wp_id: int, status: str) -> None:
        """Hide an upload (private) or show it (inherit); attachments have no other status."""


def names_upload(text: str, wp_id: int) -> bool:
    """Tell whether markup names an upload by its id: in a class, a block or a gallery."""
    number = rf"(?<!\d){wp_id}(?!\d)"
    in_list = rf"ids?[\\\"']*\s*[:=][\s\d,\[\\\"']*{number}"  # "id":5, "mediaId":5, ids="4,5"
    return bool(
        re.search(rf"wp-image-{number}|attachment[-_]{number}|{in_list}", text, re.IGNORECASE)
    )


class Uses:
    """Who uses a term or an upload, at one moment: what is read once is not read again.

    Without an upkeep, as over XML-RPC, it can't be told, and all stays.
    """

    def __init__(self, upkeep: Upkeep | None) -> None:
        self._there = upkeep
        self._terms: dict[Taxonomy, Mapping[int, TermRow]] = {}
        self._media: dict[int, Attachment] = {}
        self._pictures: Mapping[int, frozenset[int]] | None = None

    def prepare(self, discards: Sequence[Discard]) -> None:
        """Read the uploads of a plan together."""
        ids = sorted({one.wp_id for one in discards if one.kind == "upload"})
        if ids and self._there:
            self._media.update(self._upkeep.read_media(ids))

    @property
    def blindness(self) -> str:
        """Say why nothing can be deleted: the site does not show all that may use an upload."""
        hidden = self._there.unseen() if self._there else ""
        return f"it can't be seen whether {hidden} uses it" if hidden else ""

    def is_done(self, one: Discard) -> bool:
        """Tell whether it is as it should be already."""
        if self._there is None:
            return False
        if one.kind != "upload":
            return one.wp_id not in self._terms_of(one.kind)
        there = self._media.get(one.wp_id)
        return there is None or there.status == STATUSES[one.how]

    def find_user(self, one: Discard, also: frozenset[int] = frozenset()) -> str:
        """Say what needs it; "" when nothing does. `also`: terms that go with it."""
        if self._there is None:
            return UNSEEN
        if one.kind == "upload":
            return self._user_of_upload(one)
        return self._user_of_term(one, one.kind, also)

    @property
    def _upkeep(self) -> Upkeep:
        if self._there is None:
            raise SiteError(UNSEEN)
        return self._there

    def _user_of_upload(self, one: Discard) -> str:
        file, mark = self._media[one.wp_id], mark_of(one.name)
        if mark not in file.stem:  # a site put back from a backup gives its numbers away again
            return ANOTHER
        if one.how == "show":
            return ""
        if self._pictures is None:
            self._pictures = self._upkeep.picture_uses()
        uses = (
            ("it is attached to post", {file.parent} - {0}),
            ("it is the picture of post", self._pictures.get(one.wp_id, frozenset())),
            ("it stands in the text of post", None),
        )
        for words, found in uses:
            posts = self._upkeep.text_uses(mark, one.wp_id) if found is None else found
            if others := sorted(posts - one.beside):
                return f"{words} {others[0]}" if others[0] else _OF_SITE
        # Whoever takes posts back asked for these uploads; gc alone goes by what it sees.
        return self.blindness if one.order == "media gc" else ""

    def _user_of_term(self, one: Discard, taxonomy: Taxonomy, also: frozenset[int]) -> str:
        terms = self._terms_of(taxonomy)
        there = terms[one.wp_id]
        if there.name != one.name or there.description:
            return "somebody has changed it"
        below = {key for key, row in terms.items() if row.parent == one.wp_id} - also
        if below:
            return f"{terms[min(below)].name} is below it"
        others = sorted(self._upkeep.posts_with(taxonomy, one.wp_id) - one.beside)
        return f"post {others[0]} has it" if others else ""

    def _terms_of(self, taxonomy: Taxonomy) -> Mapping[int, TermRow]:
        if taxonomy not in self._terms:
            self._terms[taxonomy] = self._upkeep.read_terms(taxonomy)
        return self._terms[taxonomy]

    def forget_term(self, taxonomy: Taxonomy, wp_id: int) -> None:
        """Take note that a term is gone."""
        kept = {key: row for key, row in self._terms_of(taxonomy).items() if key != wp_id}
        self._terms[taxonomy] = kept
