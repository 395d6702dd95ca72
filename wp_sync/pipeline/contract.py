"""Keep the site's contract: an unattended run writes only to a site that is as we know it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wp_sync.errors import DriftError
from wp_sync.publish.contract import (
    compare,
    merge_contracts,
    of_channels,
    read_contract,
    survey,
    with_names,
    write_contract,
)
from wp_sync.publish.merge import FIELDS
from wp_sync.publish.post_types import POST

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from wp_sync.config.channels import Channel
    from wp_sync.ledger import Ledger
    from wp_sync.model import Term, User
    from wp_sync.publish.contract import Contract, Drift
    from wp_sync.publish.target import SiteIdentity, Target

    from .site import SiteReader

_REMEMBERED = (
    "remembered what the site allows: `wp-sync doctor` shows it; a later run stops when it has"
    " changed"
)
CONTRACT = "contract:"  # + the site's address, in the ledger's meta


def load_contract(ledger: Ledger, site: str) -> Contract | None:
    """Return what we know of a site; None when it was never looked at."""
    return read_contract(ledger.meta.get(CONTRACT + site))


def save_contract(ledger: Ledger, site: str, contract: Contract) -> None:
    """Remember what a site allows."""
    ledger.meta.set(CONTRACT + site, write_contract(contract))


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a site allows now, and what was read for it."""

    contract: Contract
    channels: tuple[Channel, ...]
    categories: Sequence[Term]
    users: Sequence[User]

    def compare(self, before: Contract | None) -> tuple[Drift, ...]:
        """Say what is not as it was, of what the channels name now."""
        if before is None:
            return ()
        ours = of_channels(before, self.channels)
        return compare(ours, self.contract, self.categories, self.users)


def survey_site(target: Target, identity: SiteIdentity, channels: Iterable[Channel]) -> Survey:
    """Survey the whole site, as a person asks for it."""
    asked = tuple(channels)
    categories = target.read_terms("categories")
    users = target.read_authors() if any(one.post.author.otherwise for one in asked) else ()
    return make_survey(target, identity, asked, categories, users)


def make_survey(
    target: Target,
    identity: SiteIdentity,
    channels: tuple[Channel, ...],
    categories: Sequence[Term],
    users: Sequence[User],
) -> Survey:
    """Survey a site whose terms and authors were read; this is one read more."""
    allowances = target.read_allowances()
    now = with_names(survey(identity), channels, categories, users, allowances)
    now = replace(now, types=_survey_types(target, {one.post.type for one in channels}))
    return Survey(contract=now, channels=channels, categories=categories, users=users)


def _survey_types(target: Target, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Tell what the site's own types have a place for; core's has it for everything."""
    own = set(names) - {POST}
    there = target.read_types() if own else {}
    found = (there[name] for name in sorted(own) if name in there)
    return {kind.name: tuple(one for one in FIELDS if one not in kind.lacks) for kind in found}


def check_login(ledger: Ledger, identity: SiteIdentity) -> None:
    """Compare what the login told anyway. Raises DriftError."""
    if before := load_contract(ledger, identity.address):
        _refuse(compare(before, survey(identity)))


def keep_contract(
    ledger: Ledger, target: Target, reader: SiteReader, channels: tuple[Channel, ...]
) -> list[str]:
    """Compare all that can be read: terms and authors are those that planning reads.

    Raises DriftError. A contract that was never made is made, and what is new in one is taken;
    returns what a person should know of that.
    """
    identity = reader.identity
    categories = reader.categories()
    users = reader.authors() if any(one.post.author.otherwise for one in channels) else ()
    found = make_survey(target, identity, channels, categories, users)
    before = load_contract(ledger, identity.address)
    drifts = found.compare(before)
    _refuse(drifts)
    merged = merge_contracts(before, found.contract)
    if merged != before:
        save_contract(ledger, identity.address, merged)
    if before is None:
        return [_REMEMBERED]
    return [f"the site has changed, and is taken so: {one.told}" for one in drifts]


def _refuse(drifts: Sequence[Drift]) -> None:
    if told := [one.told for one in drifts if one.matters]:
        raise DriftError(
            f"the site is not as it was: {'; '.join(told)}",
            cure="nothing was written; if that is right, `wp-sync doctor` takes it as it is now",
        )
