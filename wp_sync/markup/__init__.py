"""HTML as bytes, as a tree and as text, and as WordPress's blocks. What may be in it: see clean."""

from .blocks import write_blocks
from .delimiters import block_json
from .figures import write_addresses
from .html import (
    WORD_JOINER,
    attribute_of,
    break_tags,
    decode_html,
    escape_address,
    neutralise,
    parse_html,
    text_lines,
)
from .saved import block_form

__all__ = [
    "WORD_JOINER",
    "attribute_of",
    "block_form",
    "block_json",
    "break_tags",
    "decode_html",
    "escape_address",
    "neutralise",
    "parse_html",
    "text_lines",
    "write_addresses",
    "write_blocks",
]
