"""The posts of a plan as local pages: values in, files with their texts out."""

from .pages import INDEX, Show, make_pages
from .writing import GENERATOR

__all__ = ["GENERATOR", "INDEX", "Show", "make_pages"]
