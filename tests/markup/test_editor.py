"""Our blocks in WordPress's own editor, in a real browser: valid, kept, and nobody's edit."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desk import Desk
from press import Kiosk, Story, open_kiosk, picture, rss
from sampling import ENTRIES, NOW, fetch, read_items
from wp_admin import log_in_to_editor, parse_blocks, save_in_editor

from wp_sync.clean import clean_item
from wp_sync.config.channels import CleanRules
from wp_sync.markup import block_form, write_blocks
from wp_sync.model import Page
from wp_sync.sandbox.samples import serve_samples
from wp_sync.sandbox.wordpress import WordPress, start_wordpress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from selenium.webdriver import Chrome

    from wp_sync.sandbox.php import Database

CORES: dict[str, Database] = {"6.1": "mariadb", "6.5": "sqlite", "6.8": "sqlite"}
CASES = Path(__file__).parent / "cases"
NAMES = """
audio code embed heading html image list list-item paragraph preformatted quote separator table
video
"""
BLOCKS = frozenset(f"core/{name}" for name in NAMES.split())
BODY = """<p>Rain [canary] and [embed]https://video.example/1[/embed].</p><h2>A head</h2>
<p>https://video.example/2</p><ul><li>One<ol start="3"><li>Two</li></ol></li></ul>
<blockquote><p>Wet.</p><cite>Ann</cite></blockquote><pre><code>a[0] [canary] && b < c</code></pre>
<table><tr><th>a</th><td>1</td></tr></table><table><tr><td colspan="2">a</td></tr></table><hr>
<figure><a href="/b"><img src="/a.jpg" alt="[canary] &quot;x&quot; & y"></a>
<figcaption>Drops</figcaption></figure>
<p title="[canary]">&#91;canary] <!-- wp:shortcode -->[canary]<!-- /wp:shortcode --></p>"""
TRAPS = """
add_shortcode('canary', fn() => 'SPRUNG');
add_filter('pre_oembed_result', fn() => 'SPRUNG');
"""


@pytest.fixture(scope="module", params=CORES)
def site(request: pytest.FixtureRequest, browser: Chrome) -> Iterator[WordPress]:
    """Start a site of each version, and open its editor."""
    core = request.param
    with start_wordpress(core=core, database=CORES[core], empty=True) as site:
        log_in_to_editor(browser, site)
        yield site


@pytest.fixture(scope="module")
def bodies() -> Mapping[str, str]:
    """Take our cases, and all sample articles as their feeds and their pages give them."""
    found = {path.name: path.read_text() for path in sorted(CASES.glob("*.in.html"))}
    with serve_samples(NOW) as sources:
        for place in ENTRIES:
            for item in read_items(f"{sources.url}/{place}"):
                page = Page(key=item.key, url=item.url, body_html=fetch(item.url)[1].decode())
                short = clean_item(item, None, rights="feed", rules=CleanRules())
                whole = clean_item(item, page, rights="full", rules=CleanRules())
                found[f"feed of {item.url}"] = short.body_html
                found[f"page of {item.url}"] = whole.body_html
    return found


def test_every_block_is_valid_and_saved_as_it_was(
    site: WordPress, browser: Chrome, bodies: Mapping[str, str]
) -> None:
    """The editor offers to recover nothing, and writes what we wrote; on 6.8 to the byte."""
    written = {name: write_blocks(body) for name, body in bodies.items()}

    read = dict(zip(written, parse_blocks(browser, tuple(written.values())), strict=True))

    assert len(written) > 180
    assert {name: one.invalid for name, one in read.items() if one.invalid} == {}
    assert {name for one in read.values() for name in one.names} == BLOCKS
    is_newest = site.run_php("echo version_compare(get_bloginfo('version'), '6.7') >= 0;") == "1"
    for name, ours in written.items():
        assert block_form(read[name].saved) == block_form(ours), name
        # The editor writes "<" in an alternative text as it is.
        assert read[name].saved == ours or not is_newest or name == "images.in.html"


def test_editor_tells_what_is_not_its_own(site: WordPress, browser: Chrome) -> None:
    """Were our blocks otherwise, the test above would see it."""
    assert site.url
    wrong = "<!-- wp:image -->\n<p>No figure</p>\n<!-- /wp:image -->"

    (read,) = parse_blocks(browser, [wrong])

    assert read.names == ["core/image"]
    assert len(read.invalid) == 1


@pytest.fixture
def kiosk_of_rain() -> Iterator[Kiosk]:
    """Serve one article that holds every block, and traps."""
    with open_kiosk() as kiosk:
        kiosk.put("/a.jpg", picture(1), "image/jpeg")
        give_out(kiosk)
        yield kiosk


def give_out(kiosk: Kiosk, more: str = "") -> None:
    body = BODY.replace("/a.jpg", f"{kiosk.url}/a.jpg")
    kiosk.put("/feed", rss(Story(number=1, title="Rain", body=f"{body}{more}")))


def test_saving_without_a_change_is_nobodys_edit(
    site: WordPress, browser: Chrome, kiosk_of_rain: Kiosk, tmp_path: Path
) -> None:
    """Opened and saved, the post stays as it is, springs no trap, and follows its source on."""
    kiosk, user = kiosk_of_rain, site.users["editor"]
    api = "xmlrpc" if site.database == "mariadb" else "rest"
    password = user.application_password
    desk = Desk(directory=tmp_path, site=site.url, password=password, api=api)
    desk.write(kiosk.source(), news='[post]\nstatus = "publish"\nrepeat_picture = true\n')
    (made,) = desk.sync("--allow", "all").outcomes("created")
    site.add_mu_plugin("traps", TRAPS)
    (before,) = site.sql(f"SELECT post_content FROM wp_posts WHERE ID = {made['wp_id']}")  # noqa: S608

    saved = save_in_editor(browser, site, made["wp_id"])

    assert block_form(saved) == block_form(str(before["post_content"]))
    assert 'class="wp-sync-source"' in saved
    with urllib.request.urlopen(made["link"]) as answer:  # noqa: S310 (our own site)
        page = answer.read().decode()
    assert page.count("canary]") >= 5
    assert "SPRUNG" not in page
    give_out(kiosk, "<p>It pours.</p>")
    later = desk.sync()
    assert later.totals == {"updated": 1}, later.out
    assert "conflict" not in later.out
    (after,) = site.sql(f"SELECT post_content FROM wp_posts WHERE ID = {made['wp_id']}")  # noqa: S608
    assert "<p>It pours.</p>" in str(after["post_content"])
