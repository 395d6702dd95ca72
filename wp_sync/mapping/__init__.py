"""From an article and its verdict to the post as it should be on the site."""

from .compose import make_post

__all__ = ["make_post"]
