"""The words that values are made of: what a configuration may say, and what a post may be."""

from typing import Literal

Decision = Literal["publish", "draft", "hold", "drop"]
PostStatus = Literal["draft", "pending", "publish"]
Rights = Literal["title", "excerpt", "feed", "full"]
Taxonomy = Literal["categories", "tags"]
TermPath = tuple[str, ...]  # names from the top: ("Sports", "Running")
