"""What a site allows, as we found it: kept, and compared before the next run writes.

Values in, values out. What is unknown (None, "" or absent) is neither lost nor found.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from .authors import find_author
from .terms import find_category

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wp_sync.config.channels import Channel
    from wp_sync.model import Term, User

    from .target import Allowances, SiteIdentity

_FORM = 1  # of the JSON
_SUMMER = 1.0  # hours by which a zone's clocks are put on at the most
# The rights that we use (wp-admin/includes/schema.php has who has which).
RIGHTS = (
    "edit_posts",
    "publish_posts",
    "edit_published_posts",
    "edit_others_posts",
    "delete_posts",
    "upload_files",
    "manage_categories",
    "edit_pages",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a site let us do when we looked."""

    user: int
    login: str
    roles: tuple[str, ...]
    rights: tuple[str, ...]  # of RIGHTS
    api: str  # the root of the REST API
    timezone: str = ""  # a name, or the hours from UTC
    offset: float | None = None  # hours from UTC when we looked, where no more is told
    version: str = ""  # WordPress's
    permalinks: str = ""  # "plain", or their form
    unfiltered: bool | None = None  # what we write is stored as it is
    removed: tuple[str, ...] | None = None  # what the probe of doctor --write lost; None: not made
    mime_types: tuple[str, ...] = ()  # of uploads that the probe made
    categories: Mapping[str, tuple[int, str]] = field(default_factory=dict)  # path -> id, name
    authors: Mapping[str, int] = field(default_factory=dict)  # as a mapping names them -> id
    # Post type -> what it has a place for, of the fields of merge; of the site's own types alone.
    types: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Something that is not as it was."""

    told: str
    matters: bool  # posts would go wrong, in ways that nobody asked for


def survey(identity: SiteIdentity) -> Contract:
    """Tell what the login and the API's index say: nothing is read for it."""
    return Contract(
        user=identity.user_id,
        login=identity.login,
        roles=tuple(sorted(identity.roles)),
        rights=tuple(one for one in RIGHTS if one in identity.capabilities),
        api=identity.api,
        timezone=identity.timezone,
        offset=identity.offset,
        version=identity.version,
    )


def with_names(
    contract: Contract,
    channels: Iterable[Channel],
    categories: Sequence[Term],
    users: Sequence[User],
    allowances: Allowances,
) -> Contract:
    """Add what the channels name and the site has, and what one read of its posts tells."""
    rules = [channel.post for channel in channels]
    paths = {rule.category for rule in rules} - {""}
    found = {path: find_category(categories, path) for path in sorted(paths)}
    wanted = sorted({rule.author.otherwise for rule in rules} - {""})
    authors = {name: user.wp_id for name in wanted if (user := find_author(users, name))}
    return replace(
        contract,
        permalinks=allowances.permalinks,
        unfiltered=allowances.unfiltered,
        categories={path: (term.wp_id, term.name) for path, term in found.items() if term},
        authors=authors,
    )


def compare(
    before: Contract,
    now: Contract,
    categories: Sequence[Term] | None = None,
    users: Sequence[User] | None = None,
) -> tuple[Drift, ...]:
    """Say what is not as it was; without the terms and users of the site these are left out."""
    drifts = [
        *_compare_login(before, now),
        *_compare_clocks(before.offset, now.offset),
        *_compare_site(before, now),
        *_compare_types(before, now),
    ]
    if categories is not None:
        drifts += _compare_categories(before, now, categories)
    if users is not None:
        drifts += _compare_authors(before, users)
    return tuple(drifts)


def merge_contracts(before: Contract | None, now: Contract) -> Contract:
    """Take what is known now; what is unknown now stays as it was."""
    if before is None:
        return now
    known = {
        one.name: value
        for one in fields(Contract)
        if (value := getattr(now, one.name)) not in (None, "", (), {})
    }
    # Rights and roles are always told, also when there are none.
    always = {"roles": now.roles, "rights": now.rights}
    categories = {**before.categories, **now.categories}
    named = {"categories": categories, "authors": {**before.authors, **now.authors}}
    named["types"] = {**before.types, **now.types}
    return replace(before, **{**known, **always, **named, "removed": _latest(before, now)})


def _latest(before: Contract, now: Contract) -> tuple[str, ...] | None:
    return before.removed if now.removed is None else now.removed


def write_contract(contract: Contract) -> str:
    """Write a contract as JSON."""
    return json.dumps({"form": _FORM, **asdict(contract)}, sort_keys=True)


def read_contract(text: str) -> Contract | None:
    """Read a contract; None for none, and for one of another form."""
    body: dict[str, Any] = json.loads(text or "{}")
    if body.pop("form", None) != _FORM:
        return None
    named = {path: (wp_id, name) for path, (wp_id, name) in body.pop("categories").items()}
    types = {name: tuple(had) for name, had in body.pop("types", {}).items()}
    values: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in body.items()
    }
    return Contract(**values, categories=named, types=types)


def contract_lines(contract: Contract) -> Iterator[str]:
    """Tell a contract, for people."""
    roles = ", ".join(contract.roles) or "no role"
    yield f"logged in as {contract.login} ({roles}) with {', '.join(contract.rights) or 'no right'}"
    if contract.unfiltered is not None:
        yield _filtering(contract)
    if contract.removed:
        yield f"the site takes out: {', '.join(contract.removed)}"
    known = (
        ("WordPress", contract.version),
        ("time zone", contract.timezone or _at_present(contract.offset)),
        ("permalinks", contract.permalinks),
        ("API at", contract.api),
        ("takes", ", ".join(contract.mime_types)),
        ("categories", _listed({path: one[0] for path, one in contract.categories.items()})),
        ("authors", _listed(contract.authors)),
        ("post types", ", ".join(contract.types)),
    )
    yield from (f"{name} {value}" for name, value in known if value)


def _listed(ids: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({wp_id})" for name, wp_id in ids.items())


def _compare_login(before: Contract, now: Contract) -> Iterator[Drift]:
    if before.user != now.user:
        told = f"the login is another user: {before.login} (id {before.user})"
        yield Drift(told=f"{told} -> {now.login} (id {now.user})", matters=True)
    lost = [one for one in before.rights if one not in now.rights]
    gained = [one for one in now.rights if one not in before.rights]
    roles = ", ".join(before.roles) or "none", ", ".join(now.roles) or "none"
    change = f"role {roles[0]} -> {roles[1]}" if roles[0] != roles[1] else "the same role"
    if lost:
        told = f"{now.login} has lost the rights {', '.join(lost)} ({change})"
        yield Drift(told=told, matters=True)
    if gained:
        told = f"{now.login} has got the rights {', '.join(gained)} ({change})"
        yield Drift(told=told, matters=False)
    if roles[0] != roles[1] and not (lost or gained):
        yield Drift(told=f"{now.login}: {change}", matters=False)


def _compare_site(before: Contract, now: Contract) -> Iterator[Drift]:
    for what, old, new, matters in (
        ("the API", before.api, now.api, True),
        ("the time zone", before.timezone, now.timezone, True),
        ("WordPress", before.version, now.version, _is_major(before.version, now.version)),
        ("the permalinks", before.permalinks, now.permalinks, False),
    ):
        if old and new and old != new:
            yield Drift(told=f"{what}: {old} -> {new}", matters=matters)
    if None not in {before.unfiltered, now.unfiltered} and before.unfiltered != now.unfiltered:
        told = f"what we write: {_filtering(before)} -> {_filtering(now)}"
        yield Drift(told=told, matters=not now.unfiltered)
    if before.removed is not None and now.removed is not None and before.removed != now.removed:
        old, new = (", ".join(one) or "nothing" for one in (before.removed, now.removed))
        more = not set(now.removed) <= set(before.removed)
        yield Drift(told=f"the site takes out of what we write: {old} -> {new}", matters=more)


def _compare_clocks(before: float | None, now: float | None) -> Iterator[Drift]:
    if before is None or now is None or before == now:
        return
    told = f"the hours from UTC: {before:+g} -> {now:+g}"
    if abs(now - before) <= _SUMMER:  # whether its zone has a summer time can't be seen
        yield Drift(told=f"{told}, as summer time makes them", matters=False)
    else:
        yield Drift(told=told, matters=True)


def _compare_types(before: Contract, now: Contract) -> Iterator[Drift]:
    """Find what posts would silently go without from now on; a type that is gone stops a run."""
    for name, had in before.types.items():
        has = now.types.get(name, had)
        if lost := [one for one in had if one not in has]:
            yield Drift(told=f"the post type {name!r} has lost {', '.join(lost)}", matters=True)
        if gained := [one for one in has if one not in had]:
            yield Drift(told=f"the post type {name!r} has got {', '.join(gained)}", matters=False)


def _compare_categories(
    before: Contract, now: Contract, categories: Sequence[Term]
) -> Iterator[Drift]:
    """Find categories that a run would make again, beside those that they have become."""
    there = {term.wp_id: term for term in categories}
    for path, (wp_id, name) in before.categories.items():
        if path in now.categories:
            if now.categories[path][0] != wp_id:
                told = f"the category {path!r} is another: id {wp_id} -> {now.categories[path][0]}"
                yield Drift(told=told, matters=False)
        elif term := there.get(wp_id):
            new = repr(term.name) if term.name != name else "another place"
            yield Drift(told=f"the category {path!r} (id {wp_id}) -> {new}", matters=True)
        else:
            yield Drift(told=f"the category {path!r} (id {wp_id}) -> gone", matters=True)


def _compare_authors(before: Contract, users: Sequence[User]) -> Iterator[Drift]:
    for name, wp_id in before.authors.items():
        if not find_author(users, name):
            yield Drift(told=f"the author {name} (id {wp_id}) -> gone", matters=True)


def of_channels(contract: Contract, channels: Iterable[Channel]) -> Contract:
    """Leave out of a contract what no channel names any more."""
    rules = [channel.post for channel in channels]
    paths, kinds = {rule.category for rule in rules}, {rule.type for rule in rules}
    names = {rule.author.otherwise for rule in rules}
    return replace(
        contract,
        categories={path: one for path, one in contract.categories.items() if path in paths},
        authors={name: one for name, one in contract.authors.items() if name in names},
        types={name: had for name, had in contract.types.items() if name in kinds},
    )


def _at_present(offset: float | None) -> str:
    return "" if offset is None else f"UTC{offset:+g} at present"


def _filtering(contract: Contract) -> str:
    return "stored unfiltered" if contract.unfiltered else "filtered by WordPress (KSES)"


def _is_major(before: str, now: str) -> bool:
    """Compare as WordPress counts: 6.8 and 6.9 are two major versions."""
    return before.split(".")[:2] != now.split(".")[:2]
