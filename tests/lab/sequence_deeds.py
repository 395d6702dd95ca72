"""What admins and sources do by turns in a generated sequence, and what must then be kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

from holdings import Held, look
from newsroom import CALM, Newsroom, story

if TYPE_CHECKING:
    from press import Story


FEED = "a"


@dataclass(slots=True)
class Sequence:
    """One sequence under way: what people set, and what they deleted."""

    room: Newsroom
    mark: str
    number: int = 0  # of the next article
    kept: dict[int, dict[str, Any]] = field(default_factory=dict)  # post -> field -> value
    gone: dict[int, str] = field(default_factory=dict)  # post -> what it is: trash, or deleted
    texts: set[str] = field(default_factory=set)  # signs in the texts of what was deleted
    # Since the last run. With another title and another link a known guid is another article.
    renamed: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)

    @property
    def stories(self) -> list[Story]:
        return self.room.feeds[FEED]

    def reprint(self, *stories: Story) -> None:
        self.room.print(FEED, *stories)

    def change(self, article: int, **values: Any) -> None:  # noqa: ANN401 (of Story)
        """Let the source change an article."""
        if self.stories:
            at = article % len(self.stories)
            stories = [
                replace(one, **values) if number == at else one
                for number, one in enumerate(self.stories)
            ]
            self.reprint(*stories)

    def posts(self) -> list[Held]:
        """List our posts that people still have, oldest first."""
        there = look(self.room.stage)
        return [one for one in there.posts if self.sign(one) and one.wp_id not in self.gone]

    def sign(self, post: Held) -> str:
        """Tell by which article a post was made."""
        return self.find_sign(post.body)

    def find_sign(self, text: str) -> str:
        """Find the word that names an article in any text of it."""
        found = re.search(rf"{self.mark}-\d+", text)
        return found[0] if found else ""

    def keep(self, wp_id: int, **values: Any) -> None:  # noqa: ANN401 (of Held)
        self.kept.setdefault(wp_id, {}).update(values)


Deed = Callable[[Sequence, int, int], None]


def admins(deed: Callable[[Sequence, Held, int], None]) -> Deed:
    """Do something to one of our posts, where there is one."""

    def act(at: Sequence, article: int, value: int) -> None:
        posts = at.posts()
        if posts:
            deed(at, posts[article % len(posts)], value)

    return act


def _edit(at: Sequence, post: Held, **values: Any) -> Any:  # noqa: ANN401 (JSON)
    return at.room.stage.admin("POST", f"posts/{post.wp_id}", **values)


def edit_title(at: Sequence, post: Held, value: int) -> None:
    _edit(at, post, title=f"Editor's title {value}")
    at.keep(post.wp_id, title=f"Editor's title {value}")


def edit_body(at: Sequence, post: Held, value: int) -> None:
    body = f"<p> {at.sign(post)} </p>\n<p>An editor's text {value}.</p>"
    _edit(at, post, content=body)
    at.keep(post.wp_id, body=body)


def edit_excerpt(at: Sequence, post: Held, value: int) -> None:
    _edit(at, post, excerpt=f"An editor's excerpt {value}")
    at.keep(post.wp_id, excerpt=f"An editor's excerpt {value}")


def edit_slug(at: Sequence, post: Held, value: int) -> None:
    slug = f"editors-slug-{post.wp_id}-{value}"
    _edit(at, post, slug=slug)
    at.keep(post.wp_id, slug=slug)


def edit_date(at: Sequence, post: Held, value: int) -> None:
    _edit(at, post, date_gmt=f"2026-02-{value % 27 + 1:02}T08:00:00")
    at.keep(post.wp_id, date=f"2026-02-{value % 27 + 1:02} 08:00:00")


def edit_status(at: Sequence, post: Held, value: int) -> None:
    status = ("draft", "pending", "private", "publish")[value % 4]
    _edit(at, post, status=status)
    at.keep(post.wp_id, status=status)
    at.kept[post.wp_id].pop("slug", None)


def edit_categories(at: Sequence, post: Held, value: int) -> None:
    name = f"Editor's category {value % 3}"
    wp_id = _term(at, "categories", name)
    _edit(at, post, categories=[wp_id])
    at.keep(post.wp_id, categories=(name,))


def edit_tags(at: Sequence, post: Held, value: int) -> None:
    tags = [_term(at, "tags", f"Editor's tag {value % 3}")] if value % 4 else []
    _edit(at, post, tags=tags)
    at.keep(post.wp_id, tags=(f"Editor's tag {value % 3}",) if tags else ())


def edit_author(at: Sequence, post: Held, _: int) -> None:
    _edit(at, post, author=1)
    at.keep(post.wp_id, author="admin")


def edit_picture(at: Sequence, post: Held, value: int) -> None:
    uploads = look(at.room.stage).uploads
    wp_id = uploads[value % len(uploads)].wp_id if uploads and value % 2 else 0
    if wp_id != post.picture:
        _edit(at, post, featured_media=wp_id)
        at.keep(post.wp_id, picture=wp_id)


def edit_comments(at: Sequence, post: Held, value: int) -> None:
    status = ("open", "closed")[value % 2]
    _edit(at, post, comment_status=status)
    at.keep(post.wp_id, comments=status)


def trash(at: Sequence, post: Held, _: int) -> None:
    at.room.stage.admin("DELETE", f"posts/{post.wp_id}")
    _bury(at, post, "trash")


def delete(at: Sequence, post: Held, _: int) -> None:
    at.room.stage.admin("DELETE", f"posts/{post.wp_id}?force=true")
    _bury(at, post, "deleted")


def split(at: Sequence, post: Held, value: int) -> None:
    """Make two posts of one: the second half of the text becomes a post of its own."""
    _edit(at, post, content=f"<p> {at.sign(post)} </p>\n<p>The first half {value}.</p>")
    at.keep(post.wp_id, body=f"<p> {at.sign(post)} </p>\n<p>The first half {value}.</p>")
    half = {"title": f"The second half {value}", "content": f"<p>Half {value}.</p>"}
    made = at.room.stage.admin("POST", "posts", status="publish", **half)
    at.keep(int(made["id"]), title=half["title"], body=half["content"])


def untrash(at: Sequence, article: int, _: int) -> None:
    """Take something out of the trash again."""
    trashed = sorted(wp_id for wp_id, how in at.gone.items() if how == "trash")
    if trashed:
        wp_id = trashed[article % len(trashed)]
        at.room.stage.admin("POST", f"posts/{wp_id}", status="publish")
        del at.gone[wp_id]
        at.kept.get(wp_id, {}).pop("slug", None)
        at.keep(wp_id, status="publish")


def _bury(at: Sequence, post: Held, how: str) -> None:
    at.gone[post.wp_id] = how
    at.texts.add(at.sign(post))


def _term(at: Sequence, taxonomy: str, name: str) -> int:
    found = at.room.stage.admin("GET", f"{taxonomy}?per_page=100")
    for term in found:
        if term["name"] == name:
            return int(term["id"])
    return int(at.room.stage.admin("POST", taxonomy, name=name)["id"])


def update_source(at: Sequence, article: int, value: int) -> None:
    sign = _sign(at, article)
    title = {} if sign in at.moved else {"title": f"Source title {sign} {value}"}
    if value % 3 == 1:
        at.change(article, body=f"<p> {sign} </p><p>The source's text {value}, newer.</p>")
        return
    picture = at.room.front(f"/{at.mark}-{value % 2}.jpg")
    at.change(article, **title, **({"picture": picture} if value % 3 else {}))
    at.renamed.add(sign)


def retract(at: Sequence, article: int, _: int) -> None:
    if at.stories:
        gone = article % len(at.stories)
        at.reprint(*(one for number, one in enumerate(at.stories) if number != gone))


def new_guid(at: Sequence, article: int, value: int) -> None:
    at.change(article, guid=f"{_sign(at, article)}-guid-{value}")


def new_link(at: Sequence, article: int, value: int) -> None:
    sign = _sign(at, article)
    if sign not in at.renamed:
        at.change(article, link=f"https://news.example/{sign}/moved-{value}")
        at.moved.add(sign)


def reorder(at: Sequence, _: int, value: int) -> None:
    stories = list(at.stories)
    Random(value).shuffle(stories)  # noqa: S311 (an order)
    at.reprint(*stories)


def new_item(at: Sequence, _: int, value: int) -> None:
    at.reprint(new_article(at, value), *at.stories)


def run(at: Sequence, _: int, __: int) -> None:
    at.room.run(CALM, CALM)
    at.renamed.clear()
    at.moved.clear()


def new_article(at: Sequence, value: int) -> Story:
    sign = f"{at.mark}-{at.number}"
    at.number += 1
    image = at.room.front(f"/{at.mark}-{value % 2}.jpg") if value % 3 == 0 else ""
    one = story(sign, at.number, image)
    words = f"<p> {sign} </p><p>All that {sign} has to say about day {at.number}, at length.</p>"
    return replace(one, body=words)


def _sign(at: Sequence, article: int) -> str:
    if not at.stories:
        return ""
    return at.find_sign(at.stories[article % len(at.stories)].body)


ADMIN: dict[str, Deed] = {
    "edit_title": admins(edit_title),
    "edit_body": admins(edit_body),
    "edit_excerpt": admins(edit_excerpt),
    "edit_slug": admins(edit_slug),
    "edit_date": admins(edit_date),
    "edit_status": admins(edit_status),
    "edit_categories": admins(edit_categories),
    "edit_tags": admins(edit_tags),
    "edit_author": admins(edit_author),
    "edit_picture": admins(edit_picture),
    "edit_comments": admins(edit_comments),
    "trash": admins(trash),
    "untrash": untrash,
    "delete": admins(delete),
    "split": admins(split),
}


SOURCE: dict[str, Deed] = {
    "update_source": update_source,
    "retract": retract,
    "new_guid": new_guid,
    "new_link": new_link,
    "reorder": reorder,
    "new_item": new_item,
}


DEEDS: dict[str, Deed] = {**ADMIN, **SOURCE, "run": run}
