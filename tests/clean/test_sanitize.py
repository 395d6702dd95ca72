"""sanitise: whatever comes in, nothing in the output runs, in a browser or in WordPress."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from wp_sync.clean import sanitise
from wp_sync.clean.allowlist import ATTRIBUTES, TAGS
from wp_sync.clean.item import clean_body

BASE = "https://paper.example/story/"
CODE = "alert(document.domain)"
FRAMES = ("{}", "<p>{}</p>", "<table><tr><td>{}</td></tr></table>", "<blockquote><b>{}")

VECTORS = (
    f"<script>{CODE}</script>",
    f"<SCRIPT SRC=//evil.example/x.js></SCRIPT>{CODE}",
    f"<scr<script>ipt>{CODE}</scr</script>ipt>",
    f"<script/x>{CODE}</script >",
    f"<script\x00>{CODE}</script>",
    f"<<script>{CODE}//<</script>",
    f"<img src=x onerror={CODE}>",
    f"<img src=x onerror\x0b={CODE}>",
    f'<img src="x" onload="{CODE}" alt="a">',
    f"<img/src='x'/onerror={CODE}>",
    f'<img src=x:x onerror\n=\n"{CODE}">',
    f"<img src=`x` onerror=`{CODE}`>",
    f'<img src="https://x.example/a.png" srcset="x" onerror={CODE}>',
    f"<body onload={CODE}>text",
    f"<p onclick={CODE} onmouseover={CODE}>text</p>",
    f"<details open ontoggle={CODE}><summary>s</summary></details>",
    f"<video src=x onerror={CODE}></video>",
    f"<audio src=x onerror={CODE}>",
    f"<input autofocus onfocus={CODE}>",
    f"<select autofocus onfocus={CODE}></select>",
    f"<marquee onstart={CODE}>x</marquee>",
    f"<a onpointerenter={CODE} href=https://x.example>x</a>",
    f'<a href="javascript:{CODE}">x</a>',
    f'<a href="JaVaScRiPt:{CODE}">x</a>',
    f'<a href="java\tscript:{CODE}">x</a>',
    f'<a href="java&#10;script:{CODE}">x</a>',
    f'<a href="&#106;avascript:{CODE}">x</a>',
    f'<a href="&#x6a&#x61vascript&colon;{CODE}">x</a>',
    f'<a href=" \x01javascript:{CODE}">x</a>',
    f'<a href="\u2028javascript:{CODE}">x</a>',
    f'<a href="//evil.example/{CODE}">x</a>',
    f'<a href="vbscript:{CODE}">x</a>',
    f'<a href="data:text/html,<script>{CODE}</script>">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    f'<a href="blob:https://x.example/{CODE}">x</a>',
    '<a href="file:///etc/passwd">x</a>',
    f'<img src="javascript:{CODE}">',
    f"<img src='data:image/svg+xml,<svg onload={CODE}>'>",
    f'<blockquote cite="javascript:{CODE}">x</blockquote>',
    f'<q cite="mailto:x">x</q><del cite="data:,{CODE}">x</del>',
    f'<iframe src="javascript:{CODE}"></iframe>',
    f'<iframe srcdoc="<script>{CODE}</script>"></iframe>',
    f"<iframe><p title='</iframe><img src=x onerror={CODE}>'></iframe>",
    f'<object data="javascript:{CODE}"></object>',
    f'<embed src="javascript:{CODE}">',
    "<applet code=Evil.class></applet>",
    f'<form action="javascript:{CODE}"><button>x</button></form>',
    f'<button formaction="javascript:{CODE}">x</button>',
    f'<isindex action="javascript:{CODE}" type=image>',
    f'<svg onload="{CODE}"></svg>',
    f"<svg><script>{CODE}</script></svg>",
    f'<svg><a xlink:href="javascript:{CODE}"><text>x</text></a></svg>',
    f'<svg><animate onbegin="{CODE}" attributeName=x dur=1s></svg>',
    f'<svg><use href="data:image/svg+xml,<svg id=x onload={CODE}>#x"></svg>',
    f"<svg><foreignObject><img src=x onerror={CODE}></foreignObject></svg>",
    f'<math><maction actiontype="statusline#x" xlink:href="javascript:{CODE}">x</maction></math>',
    f'<math href="javascript:{CODE}">x</math>',
    f"<style>@import 'javascript:{CODE}'</style>",
    f'<style><img title="</style><img src=x onerror={CODE}>"></style>',
    '<p style="position:fixed;inset:0;background:url(javascript:1)">x</p>',
    f'<link rel=stylesheet href="javascript:{CODE}">',
    f'<meta http-equiv=refresh content="0;url=javascript:{CODE}">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/"><a href="x">x</a>',
    f"<template><img src=x onerror={CODE}></template>",
    f"<template shadowrootmode=open><script>{CODE}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={CODE}>'></noscript>",
    f"<textarea><p title='</textarea><img src=x onerror={CODE}>'></textarea>",
    f"<title><p title='</title><img src=x onerror={CODE}>'></title>",
    f"<xmp><p title='</xmp><img src=x onerror={CODE}>'></xmp>",
    f"<plaintext><img src=x onerror={CODE}>",
    f"<!--><img src=x onerror={CODE}>-->",
    f"<!-- --!><img src=x onerror={CODE}> -->",
    f"<!--[if IE]><script>{CODE}</script><![endif]-->",
    f"<![CDATA[<img src=x onerror={CODE}>]]>",
    f"<?xml version='1.0'?><img src=x onerror={CODE}>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror={CODE}>'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={CODE}>",
    f"<svg></p><style><a id='</style><img src=x onerror={CODE}>'>",
    f"<table><a href=https://x.example><tr><td><img src=x onerror={CODE}></a></table>",
    f"<p title='\"><img src=x onerror={CODE}>'>x</p>",
    f"<b title='a\u0338' >\u0338 onmouseover={CODE} x</b>",
    f"<a title='x'>\u0338 onmouseover='{CODE}' </a>",
    f"<x-evil onclick={CODE}>x</x-evil>",
    f"<p is=x-evil contenteditable onblur={CODE} autofocus tabindex=1>x</p>",
    f"<img usemap=#m><map name=m><area href='javascript:{CODE}'></map>",
    f"<td background='javascript:{CODE}'>x</td>",
    f"<a href=https://x.example target=_blank ping=https://evil.example rel=opener>{CODE}</a>",
    f"<a id=currentScript name=cookie href='https://x.example/'>{CODE}</a>",
    "<portal src=https://evil.example></portal><slot name=x></slot><dialog open>x</dialog>",
)

# Of registered shortcodes, block delimiters and addresses that WordPress would fetch.
WORDPRESS_VECTORS = (
    "[embed]https://x.example/1[/embed]",
    "<p>[gallery ids=1]</p>",
    '[caption id="x"]<img src="https://x.example/a.jpg"> text[/caption]',
    "[[gallery]]",
    "[[[gallery]]]",
    "&#91;gallery]",
    "&lbrack;gallery]",
    "[\x00gallery]",
    "[<b></b>gallery]",
    "[<!-- -->gallery]",
    "<p title='[gallery]'>x</p>",
    "<a href='https://x.example/[gallery]' title='[gallery]'>x</a>",
    "<img src='https://x.example/a.jpg' alt='[gallery]'>",
    "[ gallery]",
    "[1]",
    "[_x]",
    "[тест]",
    "<pre>[gallery]</pre>",
    "<!-- wp:html --><script>x</script><!-- /wp:html -->",
    "<!-- wp:shortcode -->[gallery]<!-- /wp:shortcode -->",
    "<!-- wp:latest-posts /-->",
    "<p title='<!-- wp:latest-posts /-->'>x</p>",
    '<p title="--><!-- wp:html -->">x</p>',
    "<!--more-->x<!--nextpage-->",
    "&lt;!-- wp:latest-posts /--&gt;",
    "https://x.example/1",
    "<p>https://x.example/1</p>",
    "<p>\n https://x.example/1 \n</p>",
    "<p dir=ltr>HTTPS://x.example/1</p>",
    "text\nhttps://x.example/1\ntext",
    "<pre>text\nhttps://x.example/1\ntext</pre>",
    "<li>https://x.example/1</li>",
    "<a href=https://x.example/1>https://x.example/1</a>",
    "<p><span>https://x.example/1</span></p>",
    "<div>text</div>https://x.example/1<div>text</div>",
    "<p>x<br>https://x.example/1<br>x</p>",
)

URL_ATTRIBUTES = frozenset({"cite", "href", "src"})


def assert_nothing_lives(markup: str) -> None:
    """Check the output as a browser would see it: elements, attributes, addresses."""
    # A text like "http:" alone would be taken for an address that was meant to be read.
    for element in BeautifulSoup(f"\n{markup}", "html.parser").select("*"):
        assert element.name in TAGS
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(element.name, set()) | {"rel"}
        assert set(element.attrs) <= allowed
        for name in URL_ATTRIBUTES & set(element.attrs):
            assert str(element[name]).lower().startswith(("http://", "https://", "mailto:"))


def assert_wordpress_finds_nothing(markup: str) -> None:
    """Check with the patterns of do_shortcode, do_blocks and autoembed."""
    assert not re.search(r"\[+[^\[\]\u2060\s]", markup)
    assert "<!--" not in markup
    # class-wp-embed.php, autoembed: alone on its line, alone in its paragraph.
    assert not re.search(r'^(\s*)(https?://[^\s<>"]+)(\s*)$', markup, re.IGNORECASE | re.MULTILINE)
    assert not re.search(r'(<p(?: [^>]*)?>\s*)(https?://[^\s<>"]+)(\s*</p>)', markup, re.IGNORECASE)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_in_the_output_runs(vector: str, frame: str) -> None:
    """No element, attribute or address beyond the allow-list survives, wherever it stood."""
    markup = frame.format(vector)
    results = (sanitise(markup), clean_body(markup, BASE).html)

    for result in results:
        assert_nothing_lives(result)
        assert sanitise(result) == result


@pytest.mark.parametrize("vector", WORDPRESS_VECTORS)
def test_wordpress_runs_nothing(vector: str) -> None:
    """No shortcode, block or address to embed is left that WordPress would act on."""
    results = (sanitise(vector), clean_body(vector, BASE).html, sanitise(sanitise(vector)))

    for result in results:
        assert_wordpress_finds_nothing(result)


def test_the_checks_see_an_attack() -> None:
    """The same checks fail on what came in: they are no rubber stamp."""
    with pytest.raises(AssertionError):
        assert_nothing_lives("<p onclick=x>x</p>")
    with pytest.raises(AssertionError):
        assert_wordpress_finds_nothing("<p>https://x.example/1</p>")
    with pytest.raises(AssertionError):
        assert_wordpress_finds_nothing("[gallery]")


def test_what_is_allowed_stays() -> None:
    """A plain article goes through untouched."""
    article = (
        '<h2 lang="en">A</h2>\n<p>One <a href="https://x.example/?a=1&amp;b=2" title="t"'
        ' rel="noopener">link</a>, <em>two</em><br>three.</p>\n<ol start="3"><li>four</li></ol>'
    )

    assert sanitise(article) == article


SOURCES = ('https://x.example/a.png" alt="[x] >', "a.png", 'b.gif" width="1')
TEXTS = st.sampled_from(
    [
        "words ",
        " ",
        "\n",
        "[gallery]",
        "https://video.example/1",
        "&nbsp;",
        "&lt;b&gt;",
        "&amp;lt;",
        "&#91;x]",
        "[…]",
        "\u0338",
        "e\u0301",
        "\x00",
        "<br>",
        "<!-- c -->",
        "<script>x</script>",
        *(f'<img src="{source}">' for source in SOURCES),
    ],
)
ATTRIBUTE_TEXTS = st.sampled_from(
    ["", "", " hidden", ' class="share"', ' dir="rtl"', ' id="ad-slot"']
)


def elements(names: list[str], inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Build elements around what may stand in them."""
    parts = (st.sampled_from(names), ATTRIBUTE_TEXTS, st.lists(inside, max_size=3))
    return st.builds(
        lambda name, attributes, content: f"<{name}{attributes}>{''.join(content)}</{name}>", *parts
    )


INLINE = st.recursive(
    TEXTS, lambda inner: elements(["b", "em", "span", "x-y"], inner), max_leaves=4
)
LEAVES = INLINE | elements(["p", "h1", "h3", "pre"], INLINE)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        elements(["div", "section", "blockquote", "article"], inner)
        | elements(["ul", "ol"], elements(["li"], inner))
        | elements(["table"], elements(["tr"], elements(["td"], inner)))
    ),
    max_leaves=8,
)


@given(st.lists(TREES, max_size=4).map("".join))
@settings(max_examples=300, deadline=None)
def test_cleaning_twice_is_cleaning_once(markup: str) -> None:
    """Every step finds nothing to do in what all steps have made."""
    once = clean_body(markup, BASE).html

    assert clean_body(once, BASE).html == once
    assert_nothing_lives(once)
    assert_wordpress_finds_nothing(once)


def test_what_is_taken_out_leaves_one_space() -> None:
    """The white space on both sides of it is joined."""
    once = sanitise("one\n<p></p>\n\ntwo")

    assert once == "one two"


@given(st.text(alphabet="<>/=\"'&;[]! -abpthrefscil:\n\u0338", max_size=60))
@settings(max_examples=500, deadline=None)
def test_sanitising_any_text_twice_is_sanitising_it_once(markup: str) -> None:
    """Broken markup too ends in a form that no longer changes."""
    once = sanitise(markup)

    assert sanitise(once) == once
    assert_nothing_lives(once)
    assert_wordpress_finds_nothing(once)
