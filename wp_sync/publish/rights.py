"""What a user may not do of what a configuration asks: known before the run, and not post by post.

WordPress tells the capabilities of the user who logs in (/wp/v2/users/me?context=edit).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wp_sync.errors import SiteError

from .authors import author_names
from .post_types import POST
from .terms import find_category

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from wp_sync.config.channels import Channel
    from wp_sync.model import Term, User

    from .target import SiteIdentity, Target

_EDITOR = "give the user the role Editor (wp-admin, Users)"
_CONTRIBUTES = frozenset({"delete_posts", "edit_posts"})
_AUTHORS = _CONTRIBUTES | {"edit_published_posts", "publish_posts", "upload_files"}
_EDITS = _AUTHORS | {"edit_others_posts", "edit_pages", "manage_categories", "unfiltered_html"}
# wp-admin/includes/schema.php, as far as we ask
_ROLES = {
    "administrator": _EDITS | {"create_users", "list_users", "manage_options"},
    "author": _AUTHORS,
    "contributor": _CONTRIBUTES,
    "editor": _EDITS,
    "subscriber": frozenset[str](),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A right that is asked for and missing."""

    right: str  # WordPress's name of it
    message: str
    cure: str

    def __str__(self) -> str:
        return f"{self.message} ({self.cure})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacks:
    """The missing rights: those without which posts fail, and those without which they are less."""

    failing: tuple[Lack, ...] = ()
    poorer: tuple[Lack, ...] = ()


@dataclass(slots=True)
class _Case:
    """A user and the site's answers, asked for at most once and only when they matter."""

    identity: SiteIdentity
    categories: Callable[[], Sequence[Term]]
    users: Callable[[], Sequence[User]]
    _terms: Sequence[Term] | None = field(default=None, init=False)
    _own: frozenset[str] | None = field(default=None, init=False)

    @property
    def who(self) -> str:
        return f"{self.identity.login} ({', '.join(self.identity.roles) or 'no role'})"

    def has_category(self, path: str) -> bool:
        """Tell whether the site has the category that a mapping names."""
        if self._terms is None:
            self._terms = self.categories()
        return find_category(self._terms, path) is not None

    def is_own_name(self, author: str) -> bool:
        """Tell whether a mapping's author is the very user who logs in."""
        if self._own is None:
            me = self.identity.user_id
            known = [user for user in self.users() if user.wp_id == me]
            self._own = frozenset({str(me)}).union(*map(author_names, known))
        return author in self._own


def rights_of(roles: Iterable[str]) -> frozenset[str]:
    """Tell what WordPress lets these roles do.

    What a role that a plugin made may not do is told post by post.
    """
    return frozenset[str]().union(*(_ROLES.get(role, _EDITS) for role in roles))


def check_rights(
    target: Target, identity: SiteIdentity, channels: Iterable[Channel]
) -> tuple[str, ...]:
    """Raise SiteError when posts would fail; return what makes them poorer, to be told."""
    lacks = find_lacks(
        identity,
        tuple(channels),
        categories=lambda: target.read_terms("categories"),
        users=target.read_authors,
    )
    if lacks.failing:
        *more, last = lacks.failing
        message = "\n".join((*map(str, more), last.message))
        raise SiteError(message, cure=last.cure)
    return tuple(map(str, lacks.poorer))


def find_lacks(
    identity: SiteIdentity,
    channels: Sequence[Channel],
    *,
    categories: Callable[[], Sequence[Term]],
    users: Callable[[], Sequence[User]],
) -> Lacks:
    """Compare what the channels ask with what the user may."""
    case = _Case(identity, categories, users)
    if channels and "edit_posts" not in identity.capabilities:
        message = f"{case.who} may not make posts: the right edit_posts is missing"
        return Lacks(failing=(Lack(right="edit_posts", message=message, cure=_EDITOR),))
    failing = (
        lack
        for channel in channels
        for right, check in _FAILING
        if right not in identity.capabilities
        for lack in check(case, channel)
    )
    poorer = (
        Lack(right=right, message=f"{case.who} {deed}: the right {right} is missing", cure=cure)
        for right, deed, cure in _POORER
        if channels and right not in identity.capabilities
    )
    return Lacks(failing=tuple(failing), poorer=tuple(poorer))


def _check_status(case: _Case, channel: Channel) -> Iterator[Lack]:
    if channel.post.status == "publish" and channel.post.type == POST:  # others have their own
        yield Lack(
            right="publish_posts",
            message=f"{case.who} may not publish, as channel {channel.name} asks: the right"
            " publish_posts is missing",
            cure=f'{_EDITOR}, or write status = "pending" into mappings/{channel.name}.toml',
        )


def _check_author(case: _Case, channel: Channel) -> Iterator[Lack]:
    author = channel.post.author.otherwise
    if author and not case.is_own_name(author):
        yield Lack(
            right="edit_others_posts",
            message=f"{case.who} may not make posts of {author}, as channel {channel.name} asks:"
            " the right edit_others_posts is missing",
            cure=f"{_EDITOR}, or take `author` out of mappings/{channel.name}.toml",
        )


def _check_category(case: _Case, channel: Channel) -> Iterator[Lack]:
    category = channel.post.category
    if category and not case.has_category(category):
        yield Lack(
            right="manage_categories",
            message=f"{case.who} may not make the category {category!r} of channel {channel.name},"
            " which the site does not have: the right manage_categories is missing",
            cure=f"{_EDITOR}, or make the category in wp-admin",
        )


# Capability -> where a channel asks for it (who has which: wp-admin/includes/schema.php)
_FAILING: tuple[tuple[str, Callable[[_Case, Channel], Iterator[Lack]]], ...] = (
    ("publish_posts", _check_status),
    ("edit_others_posts", _check_author),
    ("manage_categories", _check_category),
)
_POORER = (
    (
        "upload_files",
        "may not upload pictures, so posts go without them",
        "give the user the role Author or Editor (wp-admin, Users)",
    ),
    (
        "edit_published_posts",
        "may not change a post that is live, so what the source changes later does not arrive",
        "give the user the role Author or Editor (wp-admin, Users)",
    ),
)
