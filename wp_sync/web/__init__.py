"""HTTP to sources: one session, which never reaches a private address."""

from .guard import is_public
from .session import Limits, Response, WebSession, make_user_agent

__all__ = ["Limits", "Response", "WebSession", "is_public", "make_user_agent"]
