"""Tell whether a post of the site is an article of ours, where only title, date and text can tell.

Values in, values out. What is certain is taken over, what is possible waits for a person.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from wp_sync.hashing import digest
from wp_sync.text import plain_text

from .moments import moment_of
from .target import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wp_sync.model import ItemKey, Post, SitePost

Likeness = Literal["same", "doubt", "other"]

NEAR = timedelta(hours=48)  # importers date a post when they fetch it, or in another time zone
SAME_MOMENT = timedelta(minutes=1)  # the source's own date, copied
_LONG = 5  # words: a shorter title may be a column's ("Morning briefing"), which comes every day
_WORD = re.compile(r"\w{4,}")
_ENOUGH = 8  # different words of four letters, to compare texts by
_ALIKE, _UNLIKE = 0.6, 0.3  # shares of common words; editions of a column have about 0.15
# What WordPress's wptexturize and editors' keyboards write for one another.
_SIGNS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u2032\u00b4`", "'")
    | dict.fromkeys('\u201c\u201d\u201e\u2033\u00ab\u00bb"', '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | {"\u2026": "...", "\u00d7": "x", "\u00ad": "", "\u200b": "", "\u2060": "", "\ufeff": ""}
)


class Match(NamedTuple):
    """What titles tell of one article: the post that it is, and those that it may be."""

    sure: SitePost | None
    possible: tuple[SitePost, ...] = ()


def fold_title(title: str) -> str:
    """Write a title so that its ways of writing are one; a part of a title is another title."""
    plain = plain_text(plain_text(title)).translate(_SIGNS)  # some store "&amp;amp;"
    return " ".join(re.sub("-+", "-", plain).casefold().split())


def title_digest(title: str) -> str:
    """Make a short mark of a title, to look it up by; "" for none."""
    folded = fold_title(title)
    return digest(folded)[:12] if folded else ""


def gap(post: Post, date: object) -> timedelta | None:
    """Tell how long after the article the site dates its post; None when a date is unknown."""
    if post.published is None or not isinstance(date, str):
        return None
    try:
        return moment_of(date) - post.published
    except ValueError:
        return None


def judge_likeness(post: Post, one: SitePost, date: object, *, unique: bool) -> Likeness:
    """Judge a post of the same title; `unique`: no other post of the site has this title."""
    after = gap(post, date)
    if after is not None and abs(after) <= SAME_MOMENT and one.status != FORBIDDEN:
        return "same"
    share = None if one.status == FORBIDDEN else _shared_words(post, one)
    long, near = len(fold_title(post.title).split()) >= _LONG, _is_near(after)
    alike = share is not None and share >= _ALIKE
    unlike = share is not None and share < _UNLIKE
    if near or (after is None and long and unique):
        if one.status == FORBIDDEN or not (alike or (long and not unlike)):
            return "doubt"
        return "same"
    # A post that was made before the article appeared is another one, unless the texts tell.
    may_be_late = after is not None and after > NEAR and long and unique and not unlike
    return "doubt" if alike or may_be_late else "other"


def match_titles(
    posts: Sequence[Post],
    candidates: Mapping[ItemKey, Collection[SitePost]],
    among: Mapping[int, int],
) -> dict[ItemKey, Match]:
    """Give each article the one post that it certainly is, or those that it may be.

    `among` holds for each candidate how many posts of the site have its title.
    """
    judged: dict[ItemKey, dict[str, list[SitePost]]] = {}
    for post in posts:
        kinds: dict[str, list[SitePost]] = {"same": [], "doubt": [], "other": []}
        for one in candidates.get(post.key, ()):
            unique = among.get(one.wp_id, 0) == 1
            kinds[judge_likeness(post, one, one.values.get("date"), unique=unique)].append(one)
        kinds["same"] = _narrow(post, kinds["same"])
        judged[post.key] = kinds
    return {
        post.key: _match(post, posts, judged) for post in posts if any(judged[post.key].values())
    }


def _match(
    post: Post, posts: Sequence[Post], judged: Mapping[ItemKey, Mapping[str, list[SitePost]]]
) -> Match:
    same, doubt = judged[post.key]["same"], judged[post.key]["doubt"]
    if len(same) != 1:
        return Match(None, (*same, *doubt))
    rivals = [other for other in posts if other is not post and judged[other.key]["same"] == same]
    if not rivals:
        return Match(same[0])
    exact = [one for one in (post, *rivals) if _is_exact(one, same[0])]
    if exact == [post]:
        return Match(same[0])
    # The post is another one's, whose date it has; or nobody can tell whose it is.
    return Match(None, tuple(doubt) if len(exact) == 1 else (*same, *doubt))


def _narrow(post: Post, same: list[SitePost]) -> list[SitePost]:
    """Prefer, of several, what has the article's very date, then what is not thrown away."""
    for prefer in (lambda one: _is_exact(post, one), lambda one: one.status != "trash"):
        if len(same) > 1:
            same = [one for one in same if prefer(one)] or same
    return same


def _is_exact(post: Post, one: SitePost) -> bool:
    after = gap(post, one.values.get("date"))
    return after is not None and abs(after) <= SAME_MOMENT


def _is_near(after: timedelta | None) -> bool:
    return after is not None and abs(after) <= NEAR


def _shared_words(post: Post, one: SitePost) -> float | None:
    """Return the share of the shorter text's words that the other has too; None for few words."""
    title = set(_WORD.findall(fold_title(post.title)))
    texts = [plain_text(text).casefold() for text in (post.body, str(one.values.get("body", "")))]
    ours, theirs = (set(_WORD.findall(text)) - title for text in texts)
    fewest = min(len(ours), len(theirs))
    return len(ours & theirs) / fewest if fewest >= _ENOUGH else None
