"""What a WordPress holds after a case, and what of it must not be so. Pure but for the reading."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checker import Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from press import Story
    from stage import Stage

POSTS = """
    SELECT p.ID, p.post_title, p.post_name, p.post_content, p.post_excerpt, p.post_status,
        p.post_type, p.comment_status, p.post_date_gmt, u.user_nicename AS author,
        (SELECT m.meta_value FROM wp_postmeta m WHERE m.post_id = p.ID
            AND m.meta_key = '_thumbnail_id') AS picture
    FROM wp_posts p LEFT JOIN wp_users u ON u.ID = p.post_author
    WHERE p.post_type IN ('post', 'page', 'attachment') AND p.post_status != 'auto-draft'
        AND p.post_name NOT LIKE 'wp-sync-lock-%'
    ORDER BY p.ID
"""
RELATIONS = """
    SELECT r.object_id, x.taxonomy, t.name FROM wp_term_relationships r
    JOIN wp_term_taxonomy x ON x.term_taxonomy_id = r.term_taxonomy_id
    JOIN wp_terms t ON t.term_id = x.term_id ORDER BY t.name
"""
TERMS = "SELECT x.taxonomy, t.name FROM wp_terms t JOIN wp_term_taxonomy x ON x.term_id = t.term_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One post, page or attachment of the database."""

    wp_id: int
    kind: str
    title: str
    slug: str
    body: str
    excerpt: str
    status: str
    comments: str
    date: str
    author: str
    picture: int
    categories: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """A whole database, as far as a case looks at it."""

    posts: tuple[Held, ...]
    uploads: tuple[Held, ...]
    terms: tuple[tuple[str, str], ...]  # taxonomy, name

    def titled(self, title: str) -> list[Held]:
        return [one for one in self.posts if one.title == title]

    def post(self, wp_id: int) -> Held | None:
        return next((one for one in self.posts if one.wp_id == wp_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the posts of a case must look like."""

    category: str = "News"
    author: str = "tom-becker"
    status: str = "publish"
    pictures: bool = True
    any_case: bool = False  # the terms are people's, who spell them as they like
    others: frozenset[int] = frozenset()  # posts of the site that are not ours
    tags: Mapping[str, str] = field(default_factory=lambda: {"a": "Source A", "b": "Source B"})


def look(stage: Stage) -> Holdings:
    """Read what the site holds."""
    related: dict[tuple[int, str], list[str]] = {}
    for row in stage.sql(RELATIONS):
        related.setdefault((row["object_id"], row["taxonomy"]), []).append(row["name"])
    held = [
        Held(
            wp_id=row["ID"],
            kind=row["post_type"],
            title=row["post_title"],
            slug=row["post_name"],
            body=row["post_content"],
            excerpt=row["post_excerpt"],
            status=row["post_status"],
            comments=row["comment_status"],
            date=row["post_date_gmt"],
            author=row["author"],
            picture=int(row["picture"] or 0),
            categories=tuple(related.get((row["ID"], "category"), ())),
            tags=tuple(related.get((row["ID"], "post_tag"), ())),
        )
        for row in stage.sql(POSTS)
    ]
    return Holdings(
        posts=tuple(one for one in held if one.kind != "attachment"),
        uploads=tuple(one for one in held if one.kind == "attachment"),
        terms=tuple((row["taxonomy"], row["name"]) for row in stage.sql(TERMS)),
    )


def check(there: Holdings, feeds: Mapping[str, Sequence[Story]], wanted: Wanted) -> list[Violation]:
    """Tell what is lost, doubled or half made."""
    found = list(_check_rest(there, feeds, wanted))
    for name, stories in feeds.items():
        for story in stories:
            found += _check_story(there, story, wanted, wanted.tags[name])
    return found


def _check_story(there: Holdings, story: Story, wanted: Wanted, tag: str) -> Iterator[Violation]:
    posts = [one for one in there.titled(story.title) if one.wp_id not in wanted.others]
    if not posts:
        yield Violation(kind="lost", what=story.title)
        return
    if len(posts) > 1:
        ids = ", ".join(f"{one.wp_id} ({one.status})" for one in posts)
        yield Violation(kind="doubled", what=f"{story.title}: posts {ids}")
    (post, *_) = posts
    seen = {
        "status": (post.status, wanted.status),
        "author": (post.author, wanted.author),
        "categories": (_folded(post.categories, wanted), _folded((wanted.category,), wanted)),
        "tags": (post.tags, (tag,)),
        "link in the body": (story.address in post.body, True),
        "picture": (bool(post.picture), bool(story.picture) and wanted.pictures),
    }
    for name, (got, meant) in seen.items():
        if got != meant:
            yield Violation(kind="half made", what=f"{story.title}: {name} is {got}, not {meant}")


def _folded(names: Sequence[str], wanted: Wanted) -> tuple[str, ...]:
    return tuple(name.casefold() for name in names) if wanted.any_case else tuple(names)


def _check_rest(
    there: Holdings, feeds: Mapping[str, Sequence[Story]], wanted: Wanted
) -> Iterator[Violation]:
    stories = [story for some in feeds.values() for story in some]
    titles = {story.title for story in stories}
    for post in there.posts:
        if post.title not in titles and post.wp_id not in wanted.others:
            yield Violation(kind="other", what=f"a post that nobody wanted: {post.title}")
    terms = () if wanted.any_case else there.terms
    for term, count in _counted((one, two.casefold()) for one, two in terms):
        yield Violation(kind="doubled", what=f"the term {term}: {count} times")
    if wanted.pictures:
        addresses = {story.picture for story in stories if story.picture}
        if len(there.uploads) > len(addresses):
            what = f"{len(there.uploads)} uploads of {len(addresses)} pictures"
            yield Violation(kind="doubled", what=what)
    for slug, count in _counted(one.slug for one in there.posts if one.wp_id not in wanted.others):
        yield Violation(kind="doubled", what=f"slug {slug}: {count} times")


def _counted(things: Iterable[object]) -> Iterator[tuple[object, int]]:
    return ((thing, count) for thing, count in Counter(things).items() if count > 1)
