"""Find the article in an item's own web page."""

from .full_text import extract_page, fetch_full_text

__all__ = ["extract_page", "fetch_full_text"]
