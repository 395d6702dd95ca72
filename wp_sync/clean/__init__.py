"""Make an entry safe and bare of its source's furniture: Item and Page in, Article out."""

from .item import clean_item
from .sanitize import sanitise

__all__ = ["clean_item", "sanitise"]
