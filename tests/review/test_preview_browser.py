"""The pages of a plan in a real browser: nothing runs, nothing is asked for, everybody can read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from exhibits import ATTACKS, hostile_show, make_exhibit, make_show
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from wp_sync.model import Picture
from wp_sync.review.preview import make_pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from press import Kiosk
    from selenium.webdriver import Chrome

    from wp_sync.review.preview import Show

ARABIC = "القاهرة: افتتاح متحف جديد على ضفاف النيل"


def write(show: Show, directory: Path) -> list[Path]:
    """Write the pages to disk."""
    (directory / "posts").mkdir(parents=True)
    pages = [directory / name for name in make_pages(show)]
    for page, text in zip(pages, make_pages(show).values(), strict=True):
        page.write_text(text)
    return pages


@pytest.fixture
def phone(browser: Chrome) -> Iterator[Chrome]:
    """Turn the browser into a phone, and back."""
    size = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_nothing_of_a_stranger_runs(browser: Chrome, tmp_path: Path) -> None:
    """Every attack in every text, opened as an editor opens it: from a file."""
    for page in write(hostile_show(), tmp_path / "pages"):
        browser.get(page.as_uri())
        assert browser.execute_script("return window.ran") is None, page.name
        assert browser.current_url == page.as_uri()


def test_the_attacks_run_where_nothing_stops_them(browser: Chrome, tmp_path: Path) -> None:
    """Else the test above would pass with any page."""
    page = tmp_path / "bare.html"
    page.write_text(f"<!DOCTYPE html><title>x</title><p>{ATTACKS[0]}")
    browser.get(page.as_uri())

    assert browser.execute_script("return window.ran") == 1


def test_the_policy_stops_what_a_body_might_hold(browser: Chrome, tmp_path: Path) -> None:
    """Bodies are made safe before; should one not be, its script still does nothing."""
    body = "".join(f"<p>{attack}</p>" for attack in ATTACKS)
    for page in write(make_show([make_exhibit(body=body)]), tmp_path / "pages"):
        browser.get(page.as_uri())
        assert browser.execute_script("return window.ran") is None, page.name


def test_pictures_are_asked_for_and_nothing_else(
    browser: Chrome, kiosk: Kiosk, tmp_path: Path
) -> None:
    """No style, no script, no frame, no symbol: an editor's look is nobody's business."""
    picture = kiosk.put("/one.jpg", b"no picture", "image/jpeg")
    beside = kiosk.put("/two.jpg", b"no picture", "image/jpeg")
    body = (
        f'<p><img src="{beside}" alt=""></p><iframe src="{kiosk.url}/frame"></iframe>'
        f'<link rel="stylesheet" href="{kiosk.url}/style"><video src="{kiosk.url}/film"></video>'
        f'<script src="{kiosk.url}/script"></script><object data="{kiosk.url}/object"></object>'
    )
    exhibit = make_exhibit(body=body, pictures=(Picture(url=picture),))
    for page in write(make_show([exhibit]), tmp_path / "pages"):
        browser.get(page.as_uri())

    assert set(kiosk.asked) == {"/one.jpg", "/two.jpg"}


def test_everything_fits_a_phone(phone: Chrome, tmp_path: Path) -> None:
    """Nothing is wider than the screen, whatever stands in a title or a table."""
    wide = "<table><tr>" + "<td>Donaudampfschiff</td>" * 20 + "</tr></table><pre>" + "x" * 400
    exhibit = make_exhibit(title="W" * 200, body=f"{wide}</pre>", tags=("T" * 100,))
    for page in write(make_show([exhibit, make_exhibit(2)]), tmp_path / "pages"):
        phone.get(page.as_uri())
        wider = "return document.documentElement.scrollWidth - window.innerWidth"
        assert phone.execute_script(wider) <= 0, page.name


def test_a_title_from_right_to_left_stands_at_the_right(browser: Chrome, tmp_path: Path) -> None:
    """Also its body; the page around them stays as it is."""
    exhibit = make_exhibit(title=ARABIC, body=f"<p>{ARABIC}.</p><ul><li>{ARABIC}</li></ul>")
    page = write(make_show([exhibit]), tmp_path / "pages")[-1]
    browser.get(page.as_uri())

    directions = {
        name: browser.find_element(By.CSS_SELECTOR, name).value_of_css_property("direction")
        for name in ("#post h1", "#post .body", "#post .byline")
    }

    assert directions == {"#post h1": "rtl", "#post .body": "rtl", "#post .byline": "ltr"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_that_is_read_has_contrast(browser: Chrome, tmp_path: Path, scheme: str) -> None:
    """4.5 to 1 (WCAG 1.4.3), in both schemes."""
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    for page in write(make_show([make_exhibit(), make_exhibit(2)]), tmp_path / "pages"):
        browser.get(page.as_uri())
        low = browser.execute_script(CONTRAST)
        assert low == [], f"{page.name}: {json.dumps(low)}"
    dark = browser.execute_script("return matchMedia('(prefers-color-scheme: dark)').matches")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert dark == (scheme == "dark")


CONTRAST = """
const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.04045
  ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
const colour = (text) => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
const ground = (one) => {
  for (; one; one = one.parentElement) {
    const found = colour(getComputedStyle(one).backgroundColor);
    if (found.length < 4 || found[3] > 0) return found;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll("body *")].filter((one) =>
  [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
  && one.offsetParent).map((one) => {
  const [a, b] = [light(colour(getComputedStyle(one).color)), light(ground(one))];
  return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.className || one.tagName];
}).filter(([ratio]) => ratio < 4.5);
"""


def test_the_keyboard_leads_to_the_content_and_to_posts(browser: Chrome, tmp_path: Path) -> None:
    """The first key skips the header; the next ones go from post to post, and are seen."""
    page = write(make_show([make_exhibit(), make_exhibit(2)]), tmp_path / "pages")[1]
    browser.get(page.as_uri())

    browser.switch_to.active_element.send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.text == "Skip to the content"
    assert skip.rect["x"] >= 0
    skip.send_keys(Keys.ENTER)
    browser.switch_to.active_element.send_keys(Keys.TAB)
    first = browser.switch_to.active_element
    assert first.text == "Rain & wind, part 1"
    assert first.value_of_css_property("outline-style") == "solid"
    first.send_keys(Keys.ENTER)

    assert browser.current_url.endswith("/posts/rain-1-abcdeb.html")
