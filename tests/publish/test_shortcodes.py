"""Texts of a feed beside the body run nothing on a real WordPress, wherever core shows them."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from wp_sync.model import Upload
from wp_sync.publish.discovery import discover
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi

if TYPE_CHECKING:
    from wp_sync.sandbox.wordpress import WordPress

PLACES = {"title", "excerpt", "alt", "tag", "category"}
# The blocks of core that show these texts, as a widget and as a page's content.
SHOW = r"""
add_shortcode('canary', function ($attributes) {
    $GLOBALS['ran'][] = $attributes['in'] ?? $attributes[0] ?? '?';
    return 'sung';
});
$query = '<!-- wp:query {"query":{"perPage":5,"postType":"post"}} --><!-- wp:post-template -->'
    . '<!-- wp:post-title {"isLink":true} /--><!-- wp:post-excerpt /-->'
    . '<!-- wp:post-featured-image /--><!-- wp:post-terms {"term":"post_tag"} /-->'
    . '<!-- /wp:post-template --><!-- /wp:query -->';
$latest = '<!-- wp:latest-posts {"displayPostContent":true,"displayFeaturedImage":true} /-->';
$all = [];
$shown = '';
$blocks = [$latest, $query, '<!-- wp:tag-cloud /-->', '<!-- wp:categories /-->'];
foreach ($blocks as $block) {
    foreach (['widget_block_content', 'the_content'] as $filter) {
        $GLOBALS['ran'] = [];
        $shown .= apply_filters($filter, $block, [], null);
        $all = array_merge($all, $GLOBALS['ran']);
    }
}
echo json_encode(['ran' => array_values(array_unique($all)), 'shown' => $shown]);
"""
# The same post, as it would be were nothing done about it.
RAW = r"""
$tag = wp_insert_term('T [canary in=tag]', 'post_tag')['term_id'];
$category = wp_insert_term('C [canary in=category]', 'category')['term_id'];
$made = wp_insert_post(['post_title' => 'Rain [canary in=title]', 'post_content' => 'x',
    'post_excerpt' => 'Wet [canary in=excerpt]', 'post_status' => 'publish',
    'post_category' => [$category], 'tags_input' => [$tag]]);
wp_set_post_terms($made, [$tag], 'post_tag');
$file = wp_upload_bits('a.png', null, base64_decode('%s'));
$picture = wp_insert_attachment(['post_mime_type' => 'image/png'], $file['file'], $made);
update_post_meta($picture, '_wp_attachment_image_alt', 'A [canary in=alt]');
set_post_thumbnail($made, $picture);
"""


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    return file.getvalue()


def show(site: WordPress) -> tuple[set[str], str]:
    """Show the site's posts in core's blocks: which shortcodes ran, and the markup."""
    told: dict[str, Any] = json.loads(site.run_php(SHOW))
    return set(told["ran"]), told["shown"]


def test_the_blocks_run_what_is_not_broken(fresh_wordpress: WordPress) -> None:
    """Otherwise the next test could not fail."""
    fresh_wordpress.run_php(RAW % base64.b64encode(png()).decode())

    ran, _ = show(fresh_wordpress)

    assert ran == PLACES


@pytest.mark.parametrize("role", ["admin", "editor"])
@pytest.mark.parametrize("form", ["[canary in={}]", "[[[canary in={}]", "&#91;canary in={}] [x]"])
def test_no_text_of_a_feed_runs_a_shortcode(
    fresh_wordpress: WordPress, role: str, form: str
) -> None:
    """Title, excerpt, alternative text, tag and category are shown, and nothing is called."""
    user, root = fresh_wordpress.users[role], discover(fresh_wordpress.url)
    target = RestTarget(RestApi(root.root, user.login, user.application_password), root)
    text = {place: f"{place} {form.format(place)}" for place in PLACES}
    upload = Upload(
        content=png(),
        mime="image/png",
        name="a.png",
        sha256="",
        alt=text["alt"],
        title=text["title"],
    )
    target.create_post(
        {
            "title": text["title"],
            "body": "<p>It rains.</p>",
            "excerpt": text["excerpt"].replace("&", "&amp;"),
            "status": "publish",
            "categories": (target.create_term("categories", text["category"], 0).wp_id,),
            "tags": (target.create_term("tags", text["tag"], 0).wp_id,),
            "featured": target.upload(upload),
        }
    )

    ran, shown = show(fresh_wordpress)

    assert ran == set()
    assert all(f"canary in={place}]" in shown for place in PLACES)
