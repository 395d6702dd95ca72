"""One run's visit to the site: made when something needs it, and not on an idle night."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wp_sync.errors import SiteError
from wp_sync.publish.rights import check_rights

from .choosing import NEW_SITE
from .contract import check_login, keep_contract
from .observe import OBSERVED, WAITING
from .site import SiteReader
from .type_checks import check_types

if TYPE_CHECKING:
    from wp_sync.config.channels import Channel
    from wp_sync.ledger import Ledger
    from wp_sync.publish.target import SiteIdentity

    from .build import Workshop
    from .options import SyncOptions

UPLOAD = "upload_files"  # WordPress's right to bring pictures
ADDRESS = "site address:"  # + [site] url, in the ledger's meta: what the site there is known by
# A login that was withdrawn is noticed, and what persons did is taken, at least this often.
_LONGEST_ABSENCE = timedelta(hours=24)


class Visit:
    """The site as one run knows it: by its address alone, until something has to be asked.

    On opening it proves the login and the rights.
    """

    def __init__(self, shop: Workshop, options: SyncOptions, channels: tuple[Channel, ...]) -> None:
        self._shop, self._options, self._channels = shop, options, channels
        self._reader: SiteReader | None = None
        self._address = shop.ledger.meta.get(ADDRESS + shop.config.site.url)
        self.poorer: tuple[str, ...] = ()  # what posts will lack, for want of rights
        self._notes: list[str] | None = None  # on the site's contract; None: not looked at yet

    @property
    def is_made(self) -> bool:
        """Tell whether the site was asked."""
        return self._reader is not None

    @property
    def address(self) -> str:
        """Name the site as receipts do."""
        return self._address or self.identity.address

    @property
    def identity(self) -> SiteIdentity:
        """Tell who we are there."""
        return self.reader.identity

    @property
    def reader(self) -> SiteReader:
        """Read the site; it is opened the first time."""
        return self.open()

    @property
    def may_upload(self) -> bool:
        """Tell whether the site, once it was asked, lets us upload pictures."""
        return self.is_made and UPLOAD in self.identity.capabilities

    @property
    def messages(self) -> tuple[str, ...]:
        """What a person should know of the look-ups."""
        return (*(self._notes or ()), *(self._reader.messages if self._reader else ()))

    def is_due(self) -> bool:
        """Tell whether the site must be asked even if no feed brings anything."""
        shop = self._shop
        asked = self._options.orders or self._options.saved
        if not self._address or asked or shop.config.review.page:
            return True
        looked = shop.ledger.meta.get(OBSERVED + self._address)
        if not looked or shop.clock() - datetime.fromisoformat(looked) > _LONGEST_ABSENCE:
            return True
        ledger, address = shop.ledger, self._address
        if ledger.items.want_right():  # somebody may have given it
            return True
        # An editor may settle a conflict on the site, by setting a field back.
        return bool(ledger.posts.with_status(address, *WAITING) or ledger.conflicts.open(address))

    def keep_contract(self) -> None:
        """Compare, before the first write of an unattended run, what the site allows."""
        if self._notes is None and not self._options.is_watched:
            shop = self._shop
            self._notes = keep_contract(shop.ledger, shop.target, self.reader, self._channels)

    def open(self) -> SiteReader:
        """Log in and prove the rights. Raises what stops a run before its first write."""
        if self._reader is not None:
            return self._reader
        shop = self._shop
        identity = shop.identity
        if not self._options.is_watched:
            check_login(shop.ledger, identity)
        if NEW_SITE not in self._options.allowed:  # "all" does not mean another site
            check_place(shop.ledger, identity.address)
        types = check_types(shop.config, shop.target, identity)
        self.poorer = (*check_rights(shop.target, identity, self._channels), *types)
        if identity.address != self._address:
            self._address = identity.address
            shop.ledger.meta.set(ADDRESS + shop.config.site.url, self._address)
        settle = shop.config.site.settle
        pairs = self._options.pairs
        self._reader = SiteReader(shop.target, identity, shop.ledger, settle, pairs)
        return self._reader


def check_place(ledger: Ledger, site: str) -> None:
    """Refuse a site of which the ledger knows nothing, while it knows another one. SiteError."""
    counts = ledger.posts.by_site()
    if not counts or site in counts:
        return
    other, count = max(counts.items(), key=lambda one: one[1])
    raise SiteError(
        f"the ledger knows {count:,} posts on {other}, and none on {site}",
        cure="another site needs a directory of its own; where this one has moved, or is to get all"
        f" articles too: --allow {NEW_SITE}",
    )
