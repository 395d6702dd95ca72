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
    browser.find_element(By.ID, "user_login").send_keys(login)
    browser.find_element(By.ID, "user_pass").send_keys(site.users[login].password)
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
