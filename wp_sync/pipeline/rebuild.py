"""Learn again from the site what a lost ledger knew: nothing is written to the site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.hashing import short_mark
from wp_sync.ledger import FOUND
from wp_sync.model import ItemKey, Receipt, Tombstone
from wp_sync.publish.merge import stored_hashes
from wp_sync.publish.signs import CREDIT, linked_addresses, marks_of

from .adopt import take_over
from .observe import stone_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from wp_sync.model import Adopt, Outcome, SitePost

    from .orders import Office

_TRASHED = "in the trash of the site when the ledger was rebuilt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A post of ours of which no feed has the article any more."""

    post: SitePost
    address: str  # normalised, of the article

    @property
    def key(self) -> ItemKey:
        """Stand in for the item's key until it comes again."""
        return ItemKey(FOUND, self.address)


def find_ours(office: Office, adopted: Collection[int]) -> tuple[Found, ...]:
    """Find the posts that bear our marks and that neither the ledger nor a feed accounts for.

    Ours: the body credits the source by our link, and the slug ends in the mark of that address.
    """
    known = office.ledger.posts.wp_ids(office.identity.address).union(adopted)
    maybe = [
        one.wp_id
        for one in office.target.list_posts()
        if one.wp_id not in known and marks_of(one.slug)
    ]
    return tuple(_choose(office.target.read_posts(sorted(maybe))))


def _choose(posts: Sequence[SitePost]) -> Iterator[Found]:
    seen: set[str] = set()
    for one in sorted(posts, key=lambda one: (one.status == "trash", one.wp_id)):
        body, marks = str(one.values.get("body", "")), marks_of(one.slug)
        addresses = linked_addresses(body) if CREDIT in body else ()
        address = next((one for one in sorted(addresses) if short_mark(one) in marks), "")
        if address and address not in seen:  # of several, what is in use, and the first
            seen.add(address)
            yield Found(post=one, address=address)


def remember(
    office: Office, adoptions: Sequence[Adopt], found: Sequence[Found], run: str
) -> tuple[Outcome, ...]:
    """Keep all that was found; what is in the trash is not made again."""
    ledger, site = office.ledger, office.identity.address
    trashed = [one.post.key for one in adoptions if one.found.status == "trash"]
    stones = [stone_of(ledger, key, _TRASHED) for key in trashed]
    stones += [
        Tombstone(key=one.key, url=one.address, reason=_TRASHED)
        for one in found
        if one.post.status == "trash"
    ]
    ledger.decisions.bury(site, stones, "")
    ledger.care.remember_found(site, [(_receipt(one), one.address) for one in found], run)
    return take_over(office, adoptions, run, dict.fromkeys(trashed, "rejected"))


def _receipt(found: Found) -> Receipt:
    post = found.post
    return Receipt(
        key=found.key,
        wp_id=post.wp_id,
        link=post.link,
        stored=stored_hashes(post),
        modified=post.modified,
        status=post.status,
        type=post.type,
    )
