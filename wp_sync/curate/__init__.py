"""Whether an item belongs, and to which channel: cheap rules first, then the cleaned article."""

from .judge import judge_article
from .screen import screen_item
from .seen import Seen
from .topics import read_words, score_article

__all__ = ["Seen", "judge_article", "read_words", "score_article", "screen_item"]
