"""A person in wp-admin: logs in, and opens the block editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from wp_sync.sandbox.wordpress import WordPress


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
