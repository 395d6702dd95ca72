"""block_form: one body for all that editors write anew without anybody's change."""

from __future__ import annotations

import pytest

from wp_sync.markup import block_form

HEADING = (
    '<!-- wp:heading {"level":3} -->\n<h3 class="wp-block-heading">Rain</h3>\n<!-- /wp:heading -->'
)
LIST = (
    '<!-- wp:list {"ordered":true,"start":3} -->\n<ol start="3" class="wp-block-list">'
    "<!-- wp:list-item -->\n<li>One</li>\n<!-- /wp:list-item --></ol>\n<!-- /wp:list -->"
)
TABLE = (
    '<!-- wp:table {"hasFixedLayout":false} -->\n<figure class="wp-block-table"><table><tbody>'
    "<tr><td>1</td></tr></tbody></table></figure>\n<!-- /wp:table -->"
)
IMAGE = (
    '<!-- wp:image -->\n<figure class="wp-block-image">'
    '<img src="https://wire.example/a.jpg" alt="1 &lt; 2 &gt; 0"/></figure>\n<!-- /wp:image -->'
)
CODE = '<!-- wp:code -->\n<pre class="wp-block-code"><code>a&#91;0]</code></pre>\n<!-- /wp:code -->'
SHAPE = "wp-embed-aspect-16-9 wp-has-aspect-ratio"
EMBED = (
    '<!-- wp:embed {"url":"https://vimeo.com/1","type":"video","providerNameSlug":"vimeo",'
    f'"responsive":true,"className":"{SHAPE}"}} -->\n<figure class="wp-block-embed is-type-video'
    f' is-provider-vimeo wp-block-embed-vimeo {SHAPE}"><div class="wp-block-embed__wrapper">\n'
    "https://vimeo.com/1\n</div></figure>\n<!-- /wp:embed -->"
)


@pytest.mark.parametrize(
    ("ours", "saved"),
    [
        pytest.param(
            HEADING,
            HEADING.replace("3}", '3,"className":"wp-block-heading"}'),
            id="a heading in 6.1",
        ),
        pytest.param(HEADING, HEADING.replace(' class="wp-block-heading"', ""), id="an older one"),
        pytest.param(
            LIST, LIST.replace("3}", '3,"className":"wp-block-list"}'), id="a list in 6.5"
        ),
        pytest.param(LIST, LIST.replace(' class="wp-block-list"', ""), id="an older list"),
        pytest.param(TABLE, TABLE.replace('{"hasFixedLayout":false} ', ""), id="a table in 6.5"),
        pytest.param(IMAGE, IMAGE.replace("&lt;", "<"), id="signs in an attribute"),
        pytest.param(IMAGE, IMAGE.replace("/>", " />"), id="kses"),
        pytest.param(CODE, CODE.replace("&#91;", "&#091;"), id="kses in code"),
        pytest.param(
            EMBED,
            EMBED.replace(f',"className":"{SHAPE}"', "").replace(f" {SHAPE}", ""),
            id="a player of no known shape",
        ),
        pytest.param(
            EMBED, EMBED.replace("16-9", "21-9").replace("rich", "video"), id="another shape"
        ),
    ],
)
def test_saving_alone_makes_no_other_body(ours: str, saved: str) -> None:
    """What WordPress's editors were seen to write anew."""
    assert saved != ours
    assert block_form(saved) == block_form(ours)


@pytest.mark.parametrize(
    ("ours", "edited"),
    [
        pytest.param(HEADING, HEADING.replace("Rain", "Sun"), id="words"),
        pytest.param(HEADING, HEADING.replace("3", "2"), id="level"),
        pytest.param(LIST, LIST.replace('"start":3', '"start":4'), id="start"),
        pytest.param(
            LIST, LIST.replace("3}", '3,"className":"wp-block-list mine"}'), id="a class of theirs"
        ),
        pytest.param(TABLE, TABLE.replace("false", "true"), id="layout"),
        pytest.param(EMBED, EMBED.replace("vimeo.com/1", "vimeo.com/2"), id="address"),
        pytest.param(
            EMBED, EMBED.replace('"url"', '"align":"wide","url"'), id="alignment of a player"
        ),
    ],
)
def test_what_a_person_changes_is_another_body(ours: str, edited: str) -> None:
    """An editor's own change is never overlooked."""
    assert edited != ours
    assert block_form(edited) != block_form(ours)


def test_body_without_blocks_is_as_it_is() -> None:
    """Classic posts, and what the ledger knows of them, stay comparable."""
    body = '<h2 class="wp-block-heading">x</h2><img src="https://wire.example/a.jpg" alt="<" />'

    assert block_form(body) == body
