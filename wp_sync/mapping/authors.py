"""From the source's byline to an author on the site. Values in, values out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from wp_sync.text import slugify

from .names import fold_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from wp_sync.config.bylines import AuthorRules
    from wp_sync.model import User

_LONGEST = 300  # characters of a byline
_MOST = 10  # names in it
_BY = re.compile(r"\A(?:by|de|par|von|por)\b[\s:]+", re.IGNORECASE)
_BORDERS = re.compile(r"\s*[,;|/&\u2022\u00b7]\s*|\s+(?:and|with|et|und|y)\s+", re.IGNORECASE)


class Choice(NamedTuple):
    """Whose post it is."""

    author: str  # a user's slug or id; "" is the user who logs in
    new: str = ""  # the name with which the user is to be made, where the site has none
    missing: str = ""  # a user of the table whom the site does not have


def split_byline(byline: str) -> tuple[str, ...]:
    """Name who stands in a byline: the whole first, then each of "By Ann Lee and Bo Roe, CP"."""
    whole = _BY.sub("", " ".join(byline[:_LONGEST].split()))
    parts = [_BY.sub("", one) for one in _BORDERS.split(whole)]
    names = {fold_name(name): name for name in reversed([whole, *parts[:_MOST]]) if fold_name(name)}
    return tuple(reversed(names.values()))


def choose_author(byline: str, rules: AuthorRules, users: Sequence[User]) -> Choice:
    """Choose by the table, then among the users of the site, then by who may be made one.

    The first name that fits wins; where none does, it is the house's.
    """
    names = split_byline(byline) if rules.reads_byline else ()
    table = {fold_name(name): author for name, author in rules.table.items()}
    missing = ""
    for name in names:
        if author := table.get(fold_name(name)):
            if author.isdecimal() or any(author == user.slug for user in users):
                return Choice(author)  # an id also where the role may list nobody
            missing = missing or author
    if rules.match and (user := _find_namesake(names, users)):
        return Choice(user.slug, missing=missing)
    allowed = {fold_name(name): name for name in rules.create}
    for name in names:
        if made := allowed.get(fold_name(name)):
            return Choice(login_of(made), made, missing)
    return Choice(rules.otherwise, missing=missing)


def login_of(name: str) -> str:
    """Make the login, and with it the slug, of a user of this name."""
    return slugify(name)[:_LONGEST_LOGIN].strip("-")


_LONGEST_LOGIN = 60  # wp_users.user_login


def _find_namesake(names: Iterable[str], users: Collection[User]) -> User | None:
    """Find the one user of a full name: "Admin" and "Staff" are nobody's, nor is a name of two."""
    for name in names:
        folded, slug = fold_name(name), slugify(name)
        if " " not in folded:
            continue
        same = [user for user in users if fold_name(user.name) == folded]
        found = [user for user in same if user.slug == slug] or same
        found = found or [user for user in users if user.slug == slug]
        if len(found) == 1:
            return found[0]
    return None
