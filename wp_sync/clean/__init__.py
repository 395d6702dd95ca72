"""Make an entry safe and bare of its source's furniture: Item and Page in, Article out."""

from .draft import Traits
from .item import clean_item
from .sanitize import sanitise

__all__ = ["Traits", "clean_item", "sanitise"]
