"""HTTP to sources: one session, which never reaches a private address."""

from .answers import Limits, Response
from .freshness import fresh_for
from .guard import is_public
from .politeness import MOST_NAMES, Politeness, host_of
from .session import WebSession, is_private, make_user_agent

__all__ = [
    "MOST_NAMES",
    "Limits",
    "Politeness",
    "Response",
    "WebSession",
    "fresh_for",
    "host_of",
    "is_private",
    "is_public",
    "make_user_agent",
]
