"""A person in wp-admin: logs in, and opens the block editor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selenium.webdriver import Chrome

    from wp_sync.sandbox.wordpress import WordPress

_PARSE = """
return arguments[0].map(raw => {
    const blocks = wp.blocks.parse(raw), names = [], invalid = [];
    const walk = block => {
        names.push(block.name);
        if (!block.isValid) invalid.push(block.originalContent);
        block.innerBlocks.forEach(walk);
    };
    blocks.forEach(walk);
    return {names, invalid, saved: wp.blocks.serialize(blocks)};
});
"""
# With a pause, in which the editor may still change a block by itself (effects of React).
_SAVE = """
const done = arguments[arguments.length - 1];
setTimeout(() => wp.data.dispatch('core/editor').savePost().then(
    () => done(wp.data.select('core/editor').didPostSaveRequestSucceed()),
    error => done(String(error)),
), 1500);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedBlocks:
    """What the editor makes of a body."""

    names: list[str]  # of all blocks, the inner ones too
    invalid: list[str]  # what it would offer to recover
    saved: str  # the body, as it would write it


def log_in(browser: Chrome, site: WordPress, login: str = "admin") -> None:
    """Log in by WordPress's own form."""
    browser.get(f"{site.url}/wp-login.php")
    browser.delete_all_cookies()  # of whoever was logged in before
    browser.get(f"{site.url}/wp-login.php")
    # Not typed: 0.2 s after it has loaded, the page moves the focus to the name and selects it
    # (wp-login.php, wp_attempt_focus), and keys meant for the password would go there.
    browser.execute_script(
        "document.getElementById('user_login').value = arguments[0];"
        "document.getElementById('user_pass').value = arguments[1];",
        login,
        site.users[login].password,
    )
    browser.find_element(By.ID, "wp-submit").click()
    WebDriverWait(browser, 30).until(lambda page: "/wp-admin" in page.current_url)


def open_block_editor(browser: Chrome, site: WordPress) -> bool:
    """Log in as the administrator, begin a post, and tell whether the editor is there."""
    log_in(browser, site)
    browser.get(f"{site.url}/wp-admin/post-new.php")
    count = "return window.wp?.blocks?.getBlockTypes().length ?? 0"
    WebDriverWait(browser, 30).until(lambda page: page.execute_script(count) > 50)
    editor = ".edit-post-layout, .editor-editor-interface"
    return bool(browser.find_elements(By.CSS_SELECTOR, editor))


def log_in_to_editor(browser: Chrome, site: WordPress) -> None:
    """Log in as the administrator, and open the editor on a new post."""
    if not open_block_editor(browser, site):
        message = f"no block editor at {site.url}"
        raise RuntimeError(message)


def parse_blocks(browser: Chrome, bodies: Sequence[str]) -> list[ParsedBlocks]:
    """Read bodies by the editor that is open, as it reads a post's."""
    return [ParsedBlocks(**read) for read in browser.execute_script(_PARSE, list(bodies))]


def save_in_editor(browser: Chrome, site: WordPress, wp_id: int) -> str:
    """Open a post in the editor, as whoever is logged in, save it, and read what is stored."""
    browser.get(f"{site.url}/wp-admin/post.php?post={wp_id}&action=edit")
    count = "return window.wp?.data?.select('core/block-editor')?.getBlockCount() ?? 0"
    WebDriverWait(browser, 60).until(lambda page: page.execute_script(count) > 0)
    browser.set_script_timeout(60)
    saved = browser.execute_async_script(_SAVE)
    if saved is not True:
        message = f"the editor did not save post {wp_id}: {saved}"
        raise RuntimeError(message)
    (row,) = site.sql(f"SELECT post_content FROM wp_posts WHERE ID = {wp_id}")  # noqa: S608 (number)
    return str(row["post_content"])
