"""Authors by the names that a mapping gives them: what stands in their address, or their id."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wp_sync.model import Post, User


def author_names(user: User) -> frozenset[str]:
    """Tell by which names a mapping may mean a user."""
    return frozenset({user.slug, str(user.wp_id)})


def find_author(users: Iterable[User], name: str) -> User | None:
    """Find whom a mapping means."""
    return next((user for user in users if name in author_names(user)), None)


def author_id(post: Post, users: Iterable[User]) -> dict[str, int]:
    """Return the author of a post where its mapping names one; 0 is one whom the site lacks."""
    user = find_author(users, post.author)
    return {"author": user.wp_id if user else 0} if post.author else {}
