"""The routes of the REST API that are asked for, below its root."""

from __future__ import annotations

BATCH = "batch/v1"
MEDIA = "wp/v2/media"
PAGES = "wp/v2/pages"
POSTS = "wp/v2/posts"
SETTINGS = "wp/v2/settings"
STYLES = "wp/v2/global-styles"
TAXONOMIES = "wp/v2/taxonomies"
THEMES = "wp/v2/themes"
TYPES = "wp/v2/types"
USERS = "wp/v2/users"
WIDGETS = "wp/v2/widgets"
NAMESPACE = "wp/v2"


def terms_route(taxonomy: str) -> str:
    """Return the route of the categories or the tags."""
    return f"{NAMESPACE}/{taxonomy}"
