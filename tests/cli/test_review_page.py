"""The page of what waits, in a real browser: for admins, valid in the editor, nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from press import Story, rss
from wp_admin import log_in

if TYPE_CHECKING:
    from desk import Desk
    from press import Kiosk
    from selenium.webdriver import Chrome

    from wp_sync.sandbox.wordpress import WordPress

SOURCE = """
[[sources]]
name = "Example [gallery] News"
to = ["news"]
rights = "feed"
licence = "ours"
"""
BAD = "<img src=x onerror=\"document.title='owned'\"> [gallery] &lt;b&gt; rain"


def test_admins_see_the_page_and_can_edit_it(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, browser: Chrome
) -> None:
    """Titles are text, links lead to the editor, and every block is valid there."""
    feed = kiosk.put("/feed", rss(Story(number=1, title=BAD), Story(number=2, title="Rain")))
    sources = f'{SOURCE}feeds = ["{feed}"]\nallow_private = ["{kiosk.place}"]\n'
    desk.write(sources, "[review]\npage = true\n", news='[post]\nstatus = "draft"\n')
    desk.sync("--allow", "all")
    log_in(browser, fresh_wordpress)

    browser.get(f"{fresh_wordpress.url}/wp-sync-review/")
    shown, title = browser.find_element("tag name", "body").text, browser.title
    links = browser.find_elements("css selector", ".entry-content a[href*='action=edit']")
    browser.find_element("css selector", "#wp-admin-bar-edit a").click()
    valid = browser.execute_async_script(
        "const done = arguments[0]; const look = () => {"
        "  const blocks = window.wp?.data?.select('core/block-editor')?.getBlocks() ?? [];"
        "  if (blocks.length > 2) { done(blocks.every(one => one.isValid)); }"
        "  else { setTimeout(look, 200); } }; look();"
    )
    browser.delete_all_cookies()
    browser.get(f"{fresh_wordpress.url}/wp-sync-review/")

    assert "Waiting for review" in title
    assert "2 articles wait." in shown
    assert "rain" in shown
    assert len(links) == 2
    assert valid is True
    assert "Waiting for review" not in browser.page_source
