"""Authors by the names that a mapping gives them: what stands in their address, or their id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.errors import InDoubtError, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wp_sync.model import Post, User

    from .target import Target


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


class AuthorDirectory:
    """The site's authors during one plan: looks them up, makes the allowed ones once."""

    def __init__(self, target: Target, users: Iterable[User]) -> None:
        self._target, self._users = target, list(users)
        self._refused: dict[str, str] = {}  # by slug: why no user was made

    def find(self, post: Post) -> tuple[int, str]:
        """Return the id of a post's author, and what went otherwise than planned.

        A user who can't be made keeps no article away: it is the house's. Raises RejectedError
        where the site has no such author.
        """
        if user := find_author(self._users, post.author):
            return user.wp_id, ""
        if not post.new_author:
            # Who may not list users knows them by id; WordPress refuses one that is not there.
            if post.author.isdecimal() and len(self._users) <= 1:
                return int(post.author), ""
            raise _unknown(post.author, post)
        if made := self._make(post):
            return made.wp_id, ""
        note = f"no user {post.new_author!r} was made ({self._refused[post.author]})"
        if not post.house:
            return 0, f"{note}: by the user who logs in"
        if user := find_author(self._users, post.house):
            return user.wp_id, f"{note}: by {post.house}"
        raise _unknown(post.house, post)

    def _make(self, post: Post) -> User | None:
        """Make the author a user, unless that was refused before."""
        if post.author in self._refused:
            return None
        try:
            made = self._target.create_user(post.author, post.new_author)
        except (RejectedError, InDoubtError) as error:
            self._refused[post.author] = error.message
            return None
        self._users.append(made)
        return made


def _unknown(author: str, post: Post) -> RejectedError:
    return RejectedError(
        f"the site has no author {author!r} (mappings/{post.channel}.toml: post.author)",
        cure="make the user in wp-admin with the role Author, or name another",
    )
