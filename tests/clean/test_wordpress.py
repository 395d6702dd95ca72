"""What sanitise neutralises, shown on a real WordPress: the_content runs nothing of it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from wp_sync.clean import sanitise
from wp_sync.clean.item import clean_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.sandbox.wordpress import WordPress

TRAPS = (
    "[gallery ids=1]",
    "[canary]",
    "[[canary]] [[[canary]]]",
    "<p title='[canary]'>x</p>",
    "<a href='https://x.example/[canary]' title='[canary]'>x</a>",
    "<img src='https://x.example/a.jpg' alt='[canary]'>",
    "&#91;canary]",
    "[\x00canary]",
    "[<!-- -->canary]",
    "[1x] [_x] [канарейка]",
    "<!-- wp:shortcode -->[canary]<!-- /wp:shortcode -->",
    "<!-- wp:canary/block /-->",
    "<p title='<!-- wp:canary/block /-->'>x</p>",
    "https://video.example/1",
    "<p>https://video.example/1</p>",
    "text\nhttps://video.example/1\ntext",
    "<pre>text\nHTTPS://video.example/1\n</pre>",
    "<p><span>https://video.example/1</span></p>",
    "[embed]https://video.example/1[/embed]",
)
RENDER = """
$GLOBALS['ran'] = [];
foreach (['canary', 'gallery', '1x', '_x', 'канарейка'] as $name) {
    add_shortcode($name, function () use ($name) { $GLOBALS['ran'][] = $name; return ''; });
}
register_block_type('canary/block', ['render_callback' => function () {
    $GLOBALS['ran'][] = 'block';
    return '';
}]);
add_filter('pre_oembed_result', function ($result, $url) {
    $GLOBALS['ran'][] = 'embed';
    return '<b>embedded</b>';
}, 10, 2);
add_filter('pre_http_request', function ($result, $options, $url) {
    $GLOBALS['ran'][] = 'request';
    return new WP_Error('no');
}, 10, 3);
$GLOBALS['post'] = get_post(wp_insert_post(['post_title' => 'x', 'post_content' => 'x']));
$results = [];
foreach (json_decode(base64_decode('%s')) as $content) {
    $GLOBALS['ran'] = [];
    apply_filters('the_content', $content);
    $results[] = $GLOBALS['ran'];
}
echo json_encode($results);
"""


def what_ran(site: WordPress, contents: Sequence[str]) -> list[Any]:
    """Show each content as a theme does; list the traps that it sprang."""
    packed = base64.b64encode(json.dumps(contents).encode()).decode()
    results: list[Any] = json.loads(site.run_php(RENDER % packed))
    return results


def test_the_traps_catch_what_is_not_cleaned(fresh_wordpress: WordPress) -> None:
    """Raw, most of them run something (the rest only once decoded): the next test can fail."""
    ran = what_ran(fresh_wordpress, [trap.replace("\x00", "") for trap in TRAPS])

    assert sum(map(bool, ran)) >= 12
    assert {name for names in ran for name in names} >= {"canary", "gallery", "block", "embed"}


def test_wordpress_runs_nothing_of_a_cleaned_body(fresh_wordpress: WordPress) -> None:
    """No shortcode, no block, no embedding, no request, however it was written."""
    cleaned = [sanitise(trap) for trap in TRAPS]
    cleaned += [clean_body(trap, "https://paper.example/").html for trap in TRAPS]
    ran = what_ran(fresh_wordpress, cleaned)

    assert ran == [[]] * len(cleaned)
