"""What publishing asks of memory: intents before requests, receipts after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from wp_sync.model import Claim, Discard, ItemKey, Post, Receipt, Taxonomy, Term, Upload


Action = Literal[
    "create", "update", "adopt", "trash", "approve", "undo", "takedown", "media gc", "expiry"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write that WordPress has answered."""

    action: Action
    receipt: Receipt  # hashes of all fields as they stand after this write
    source_url: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)  # what we sent, by field
    previous: Mapping[str, Any] = field(default_factory=dict)  # what the site held before, by field


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """One post that is about to be created."""

    post: Post
    sent: Mapping[str, str] = field(default_factory=dict)  # as Receipt.sent
    pending: Mapping[str, Sequence[str]] = field(default_factory=dict)  # as Receipt.pending


class Journal(Protocol):
    """Every call is one commit, and committed when it returns; it is bound to a site and a run.

    Intents may be begun again from any thread.
    """

    def begin(self, *begun: Begun) -> None:
        """Commit the intents to create these posts, before the request; again: from now on."""

    def forget(self, *posts: Post) -> None:
        """Drop intents that certainly made nothing."""

    def keep_pending(self, receipt: Receipt) -> None:
        """Commit Receipt.pending: before an update what it may leave, after a refusal as before."""

    def keep(self, receipt: Receipt) -> None:
        """Commit what a receipt tells of the site, after a write that came to nothing."""

    def expect(self, key: ItemKey, status: str) -> None:
        """Commit, before the request, the status that a post may soon have by our hand."""

    def record(self, *writes: Write) -> None:
        """Keep receipts and previous values, and end the intents, in one commit."""

    def media_id(self, sha256: str) -> int | None:
        """Return the upload on this site of a picture with this hash."""

    def forget_media(self, sha256: str) -> None:
        """Drop an upload that is no more in the site's library."""

    def begin_upload(self, upload: Upload) -> None:
        """Commit the intent to upload a picture, before the request; again: from now on."""

    def upload_age(self, upload: Upload) -> timedelta | None:
        """Tell how long ago an upload was begun whose answer we do not have; None: none was."""

    def forget_upload(self, upload: Upload) -> None:
        """Drop the intent of an upload that certainly made nothing."""

    def record_media(self, upload: Upload, wp_id: int) -> None:
        """Remember an upload, and end its intent."""

    def refuse_type(self, mime: str) -> None:
        """Remember that the site does not take pictures of a kind."""

    def record_term(self, taxonomy: Taxonomy, term: Term) -> None:
        """Remember a term that this run made."""

    def claim(self, change: Claim) -> None:
        """Take a post for ours, or no longer; the receipt is kept among the previous values."""

    def record_discard(self, one: Discard) -> None:
        """Keep that a term or an upload was taken back; one that is deleted is forgotten."""
