"""Find the article in an item's own web page."""

from .full_text import fetch_full_text
from .page import extract_page

__all__ = ["extract_page", "fetch_full_text"]
