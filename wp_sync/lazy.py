"""Where pages hide the address of a picture until a reader comes near: attributes and sets.

Data and plain strings: what becomes of a picture is decided elsewhere.
"""

from __future__ import annotations

import re

_WORDS = """
data-src data-lazy-src data-original data-orig-file data-url data-image data-full-src
data-hi-res-src data-img-src data-lazy data-large-file data-srcurl data-delayed-url
data-original-src data-runner-src data-actualsrc data-echo
"""
ATTRIBUTES = tuple(_WORDS.split())
SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set")
_CANDIDATE = re.compile(r"\s*([^\s,]\S*[^\s,])(?:\s+(\d+(?:\.\d+)?)([wx]))?\s*(?:,|\Z)")
_LONGEST_SET = 10_000  # characters: the pattern is quadratic on a set without spaces
_WIDEST = 1600  # pixels: what a post shows at most
_USUAL_WIDTH = 800  # pixels that "1x" stands for
# Nothing but such words: "/blank-slate.png" and "/loading-dock.jpg" are pictures.
_PLACEHOLDER = re.compile(
    r"/(?:(?:[\w.-]*[_-])?(?:placeholder|spacer|1x1)|blank|transparent|lazy|loading)"
    r"(?:[._-]?(?:image|img|pixel|trans|\d+(?:x\d+)?))*\.(?:gif|png|svg|jpe?g|webp)(?:\?|\Z)",
    re.IGNORECASE,
)


def best_of(srcset: str) -> str:
    """Choose the widest that a post can show, else the narrowest; "" when there is none."""
    found: list[tuple[str, str, str]] = (
        _CANDIDATE.findall(srcset[:_LONGEST_SET]) if srcset.strip() else []
    )
    sizes = [
        (float(number or 1) * (1 if unit == "w" else _USUAL_WIDTH), url)
        for url, number, unit in found
        if not url.lower().startswith("data:")
    ]
    fitting = [size for size in sizes if size[0] <= _WIDEST]
    return max(fitting)[1] if fitting else min(sizes, default=(0.0, ""))[1]


def is_placeholder(url: str) -> bool:
    """Tell by its name a file that only keeps a picture's place."""
    return _PLACEHOLDER.search(url) is not None
