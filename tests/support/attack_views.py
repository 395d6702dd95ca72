"""Everybody who sees an article: readers, editors in their lists, and the editor at work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from wp_admin import log_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attack_browser import Asked, Ran, Watched
    from attack_site import AttackedSite
    from selenium.webdriver import Chrome

FRAMES = 20  # articles that are open together
_OPEN = """
const [addresses, done] = arguments;
const stage = document.getElementById("stage");
stage.replaceChildren();
const texts = addresses.map((address) => new Promise((ready) => {
  const frame = document.createElement("iframe");
  frame.dataset.attack = address;
  frame.width = 800;
  frame.onload = () => {
    const body = frame.contentDocument && frame.contentDocument.querySelector("article, main");
    ready(body ? body.innerText : "");
  };
  frame.src = address;
  stage.append(frame);
}));
Promise.all(texts).then(done);
"""
_BLOCKS = "return window.wp?.data?.select('core/block-editor')?.getBlockCount() ?? 0"
_CONVERT = """
const done = arguments[0];
const {select, dispatch} = wp.data;
const classic = select('core/block-editor').getBlocks()
  .filter((one) => one.name === 'core/freeform' || one.name === 'core/missing');
for (const one of classic) {
  const blocks = wp.blocks.rawHandler({HTML: wp.blocks.getBlockContent(one)});
  if (blocks.length) dispatch('core/block-editor').replaceBlocks(one.clientId, blocks);
}
setTimeout(() => done(classic.length), 300);
"""
_SAVE = """
const done = arguments[0];
const {select, dispatch} = wp.data;
const title = wp.htmlEntities.decodeEntities(select('core/editor').getEditedPostAttribute('title'));
const excerpt = wp.htmlEntities.decodeEntities(
  select('core/editor').getEditedPostAttribute('excerpt'));
dispatch('core/editor').editPost({title: title + ' (edited)', excerpt: excerpt + ' (edited)'});
const note = wp.blocks.createBlock('core/paragraph', {content: 'The editor adds a note.'});
dispatch('core/block-editor').insertBlocks(note);
dispatch('core/editor').savePost().then(() => {
  done(select('core/editor').didPostSaveRequestSucceed());
}, (error) => done(String(error)));
"""
_EDITED = ".editor-styles-wrapper, .block-editor-writing-flow, .editor-post-title"


@dataclass(slots=True, kw_only=True)
class Seen:
    """What came of a look: all of it is to stay empty but `pages`."""

    view: str
    pages: int = 0
    ran: list[Ran] = field(default_factory=list)
    left: list[Asked] = field(default_factory=list)  # requests to others
    trapped: list[list[str]] = field(default_factory=list)  # what WordPress did

    @property
    def is_clean(self) -> bool:
        return not (self.ran or self.left or self.trapped)


@dataclass(slots=True, kw_only=True)
class Visitors:
    """One browser, in which all of them sit."""

    watched: Watched
    at: AttackedSite
    pictures: set[str] = field(default_factory=set)  # addresses that bodies show
    texts: dict[int, str] = field(default_factory=dict)  # what readers saw of an article

    @property
    def driver(self) -> Chrome:
        return self.watched.driver

    def log_in(self) -> None:
        log_in(self.driver, self.at.site, "admin")
        self._end(Seen(view="login"))

    def read_archive(self, path: str = "/", view: str = "archive") -> Seen:
        """Read a list of articles to its end, page by page, as the theme shows it."""
        seen = Seen(view=view)
        base = self.at.site.url + path
        while not seen.pages or self.driver.find_elements(By.CSS_SELECTOR, "a.next"):
            number = seen.pages + 1
            self._visit(base if number == 1 else f"{base}page/{number}/", "main", seen)
        return self._end(seen)

    def read_articles(self, posts: Sequence[int], view: str = "article") -> Seen:
        """Read articles, several side by side."""
        seen = Seen(view=view)
        for start in range(0, len(posts), FRAMES):
            part = posts[start : start + FRAMES]
            self.watched.open(f"{self.at.site.url}/?attack-stage=1")
            texts = self.driver.execute_async_script(_OPEN, [self.at.address(one) for one in part])
            self.texts.update(zip(part, texts, strict=True))
            self.watched.touch("main")
            self._pause()
            seen.pages += len(part)
        return self._end(seen)

    def list_posts(self) -> Seen:
        """Look through wp-admin's list of posts, with their excerpts."""
        return self._list("edit.php?mode=excerpt", "list")

    def list_terms(self) -> Seen:
        return self._list("edit-tags.php?taxonomy=post_tag", "terms")

    def list_media(self) -> Seen:
        return self._list("upload.php?mode=list", "media")

    def _list(self, page: str, view: str) -> Seen:
        seen = Seen(view=view)
        more = "const a = document.querySelector('.tablenav a.next-page'); return a ? a.href : ''"
        address = f"{self.at.site.url}/wp-admin/{page}"
        visited: set[str] = set()  # an empty list leads to its own first page again
        while address and address not in visited:
            visited.add(address)
            self._visit(address, "#the-list", seen)
            address = str(self.driver.execute_script(more))
        return self._end(seen)

    def edit(self, posts: Sequence[int], *, convert: bool = False) -> Seen:
        """Open posts in the block editor, add a word to their texts, and save them.

        `convert`: what is no block becomes blocks first, as by the editor's "Convert to blocks".
        """
        seen = Seen(view="editor, converting" if convert else "editor")
        for post in posts:
            self.watched.open(f"{self.at.site.url}/wp-admin/post.php?post={post}&action=edit")
            WebDriverWait(self.driver, 60).until(lambda page: page.execute_script(_BLOCKS))
            self._pause(700)
            self.watched.touch(_EDITED)
            if convert:
                self.driver.execute_async_script(_CONVERT)
                self.watched.touch(_EDITED)
            saved = self.driver.execute_async_script(_SAVE)
            assert saved is True, f"the editor did not save post {post}: {saved}"
            seen.pages += 1
        return self._end(seen)

    def _visit(self, address: str, chosen: str, seen: Seen) -> None:
        self.watched.open(address)
        self.watched.touch(chosen)
        self._pause()
        here = urlsplit(self.driver.current_url)
        assert here.netloc == urlsplit(self.at.site.url).netloc, f"led away to {here.geturl()}"
        seen.pages += 1

    def _pause(self, milliseconds: int = 120) -> None:
        self.driver.execute_async_script(f"setTimeout(arguments[0], {milliseconds})")

    def _end(self, seen: Seen) -> Seen:
        seen.ran = self.watched.what_ran()
        seen.left = [one for one in self.watched.what_left() if not self._is_picture(one)]
        seen.trapped = self.at.trapped()
        return seen

    def _is_picture(self, asked: Asked) -> bool:
        """Tell a picture of an article that it shows from its source's server, as it may."""
        if not self.pictures:
            self.pictures = self.at.picture_addresses()
        if asked.kind:
            return asked.kind == "Image" and asked.url in self.pictures
        method, _, url = asked.url.partition(" ")
        hosts = {urlsplit(address).netloc for address in self.pictures}
        return url in self.pictures or (method == "CONNECT" and url.removesuffix(":443") in hosts)


def look_everywhere(
    visitors: Visitors, posts: Sequence[int], gathered: Sequence[int]
) -> dict[str, Seen]:
    """Look at articles from all sides; at the gathered ones also as an editor saves them."""
    views: tuple[Callable[[], Seen], ...] = (
        visitors.read_archive,
        lambda: visitors.read_articles(posts),
        lambda: visitors.read_articles(gathered, "gathered"),
        visitors.list_posts,
        visitors.list_terms,
        visitors.list_media,
        lambda: visitors.edit(gathered),
        lambda: visitors.read_articles(gathered, "saved"),
        lambda: visitors.edit(gathered, convert=True),
        lambda: visitors.read_articles(gathered, "saved as blocks"),
    )
    visitors.log_in()
    return {seen.view: seen for seen in (look() for look in views)}


def find_culprits(visitors: Visitors, posts: Sequence[int], most: int = 5) -> list[str]:
    """Name the attacks that do something, by halves: gathered, edited twice, and read again."""
    gathered = visitors.at.gather(posts)
    looks = (
        visitors.read_articles(gathered),
        visitors.edit(gathered),
        visitors.edit(gathered, convert=True),
        visitors.read_articles(gathered),
    )
    if all(seen.is_clean for seen in looks):
        return []
    if len(posts) == 1:
        return [visitors.at.attack_of(posts[0])]
    middle = len(posts) // 2
    found = find_culprits(visitors, posts[:middle], most)
    if len(found) < most:
        found += find_culprits(visitors, posts[middle:], most - len(found))
    return found
