"""The date of a new post: the source's, if it can be true. Values in, values out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from wp_sync.config.channels import PostRules
    from wp_sync.model import Article

_SOON = timedelta(days=1)  # nearer than this the hour is told, too
_APART = timedelta(minutes=1)  # clocks that differ by less are no news


def date_post(article: Article, rules: PostRules, now: datetime) -> tuple[datetime | None, str]:
    """Date a post, and name the rule where the source's date is not taken as it is.

    None lets WordPress date the post when it goes live. A date ahead of now would make WordPress
    schedule it.
    """
    if rules.date == "approval":
        return None, ""
    told = article.claimed or article.published
    if told is None:
        return None, "date: the source gives none, dated when it goes live (rule: missing)"
    if told > now:
        note = f"date: {_words(told, now)} lies ahead, clamped to now (rule: not ahead)"
        return now, note if told - now > _APART else ""
    if told.date() < rules.date_oldest:
        note = f"date: {told:%Y-%m-%d} is too old to be true, clamped to now"
        return now, f"{note} (rule: not before {rules.date_oldest})"
    return told, ""


def _words(told: datetime, now: datetime) -> str:
    return f"{told:%Y-%m-%d}" if told - now > _SOON else f"{told:%Y-%m-%d %H:%M} UTC"
