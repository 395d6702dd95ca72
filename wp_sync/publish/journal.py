"""What publishing asks of memory: intents before requests, receipts after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Claim, Discard, ItemKey, Post, Receipt, Taxonomy, Term, Upload


Action = Literal["create", "update", "adopt", "trash", "approve", "undo", "takedown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write that WordPress has answered."""

    action: Action
    receipt: Receipt  # hashes of all fields as they stand after this write
    source_url: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)  # what we sent, by field
    previous: Mapping[str, Any] = field(default_factory=dict)  # what the site held before, by field


class Journal(Protocol):
    """Every call is committed when it returns; it is bound to one site and one run."""

    def begin(
        self, post: Post, sent: Mapping[str, str], pending: Mapping[str, Sequence[str]]
    ) -> None:
        """Commit the intent to create this post, before the request."""

    def forget(self, post: Post) -> None:
        """Drop an intent that certainly made nothing."""

    def keep_pending(self, receipt: Receipt) -> None:
        """Commit Receipt.pending: before an update what it may leave, after a refusal as before."""

    def keep(self, receipt: Receipt) -> None:
        """Commit what a receipt tells of the site, after a write that came to nothing."""

    def expect(self, key: ItemKey, status: str) -> None:
        """Commit, before the request, the status that a post may soon have by our hand."""

    def record(self, write: Write) -> None:
        """Keep the receipt and the previous values, and end the intent, in one commit."""

    def media_id(self, sha256: str) -> int | None:
        """Return the upload on this site of a picture with this hash."""

    def forget_media(self, sha256: str) -> None:
        """Drop an upload that is no more in the site's library."""

    def record_media(self, upload: Upload, wp_id: int) -> None:
        """Remember an upload."""

    def record_term(self, taxonomy: Taxonomy, term: Term) -> None:
        """Remember a term that this run made."""

    def claim(self, change: Claim) -> None:
        """Take a post for ours, or no longer; the receipt is kept among the previous values."""

    def record_discard(self, one: Discard) -> None:
        """Keep that a term or an upload was taken back; one that is deleted is forgotten."""
