"""From an article and its verdict to the post as it should be on the site."""

from .compose import make_mark, make_post, with_own_mark

__all__ = ["make_mark", "make_post", "with_own_mark"]
