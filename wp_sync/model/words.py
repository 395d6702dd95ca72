"""The words that values are made of: what a configuration may say, and what a post may be."""

from typing import Literal

Decision = Literal["publish", "draft", "hold", "drop"]
PostStatus = Literal["draft", "pending", "publish"]
Rights = Literal["title", "excerpt", "feed", "full"]
Taxonomy = str  # "categories", "tags"; of the site's own: "taxonomies.genre"
TermPath = tuple[str, ...]  # names from the top: ("Sports", "Running")
