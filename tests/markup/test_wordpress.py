"""What WordPress makes of our bodies when it shows them, on a real one."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

from wp_sync.markup import write_addresses, write_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.sandbox.wordpress import WordPress

CASES = Path(__file__).parent / "cases"
SHOW = """
$asked = [];
add_filter('pre_oembed_result', function ($html, $url) use (&$asked) {
    $asked[] = $url;
    return '<b>shown</b>';
}, 10, 2);
foreach (['canary', 'gallery'] as $name) {
    add_shortcode($name, function () use (&$asked, $name) { $asked[] = $name; return ''; });
}
$GLOBALS['post'] = get_post(wp_insert_post(['post_title' => 'x', 'post_content' => 'x']));
$shown = [];
foreach (json_decode(base64_decode('%s')) as $body) {
    $asked = [];
    $shown[] = [apply_filters('the_content', $body), $asked];
}
echo json_encode($shown);
"""


def show(site: WordPress, bodies: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Show bodies as a theme does; name what was asked for meanwhile."""
    packed = base64.b64encode(json.dumps(bodies).encode()).decode()
    return [(html, asked) for html, asked in json.loads(site.run_php(SHOW % packed))]


def test_embeds_are_found_in_both_formats(wordpress: WordPress) -> None:
    """Whatever the site's editor is, its readers see the player: WordPress asks the provider."""
    body = (CASES / "embeds.in.html").read_text()

    shown = show(wordpress, [write_blocks(body), write_addresses(body)])

    assert len(shown[0][1]) == 7  # WordPress remembers the answers for the second
    assert "https://twitter.com/ann/status/1?a=1&b=2" in shown[0][1]
    for html, _ in shown:
        assert html.count("<b>shown</b>") == 7
        assert "data-embed" not in html


def test_nothing_else_is_asked_for(wordpress: WordPress) -> None:
    """Addresses and shortcodes in articles stay text, whichever block they are in."""
    names = sorted(path.name for path in CASES.glob("*.in.html") if path.name != "embeds.in.html")
    bodies = [(CASES / name).read_text() for name in names]

    blocks = show(wordpress, list(map(write_blocks, bodies)))
    classic = show(wordpress, list(map(write_addresses, bodies)))

    asked = {name: (one[1], two[1]) for name, one, two in zip(names, blocks, classic, strict=True)}
    assert asked == dict.fromkeys(names, ([], []))
