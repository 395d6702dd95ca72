"""Attacks that only WordPress understands: shortcodes, blocks, and addresses that it fetches."""

from __future__ import annotations

from typing import NamedTuple


class Trap(NamedTuple):
    """Something that WordPress would act on, and the words of it that a reader is to see."""

    markup: str
    shown: str = ""  # "" where nothing of it is text


VIDEO = "https://video.example/watch/1"

TRAPS = (
    # Shortcodes of the core's, and one that the test's own plugin registers.
    Trap("<p>[canary]</p>", "[canary]"),
    Trap("[canary]", "[canary]"),
    Trap("<p>[canary/]</p>", "[canary/]"),
    Trap("<p>[canary a=1 b='2']</p>", "[canary a=1"),
    Trap("<p>[canary]inside[/canary]</p>", "[canary]inside[/canary]"),
    Trap("<p>[CANARY]</p>", "[CANARY]"),
    Trap("<p>[ canary]</p>", "[ canary]"),
    Trap("<p>[\ncanary]</p>", "canary]"),
    Trap(f"[embed]{VIDEO}[/embed]", "[embed]"),
    Trap(f'<p>[embed width="9"]{VIDEO}[/embed]</p>', "[embed width="),
    Trap("[gallery ids=1]", "[gallery ids=1]"),
    Trap('<p>[gallery link="file"]</p>', "[gallery link="),
    Trap('[caption id="x" width="9"]<img src="pic.jpg" alt=""> text[/caption]', "[caption id="),
    Trap("[wp_caption]x[/wp_caption]", "[wp_caption]"),
    Trap('[audio src="https://video.example/a.mp3"]', "[audio src="),
    Trap('[video src="https://video.example/a.mp4"]', "[video src="),
    Trap("[playlist]", "[playlist]"),
    # Escaped ones: WordPress takes one pair of brackets off.
    Trap("<p>[[canary]]</p>", "[[canary]]"),
    Trap("<p>[[[canary]]]</p>", "[[[canary]]]"),
    Trap("<p>[[canary]x[/canary]]</p>", "[[canary]x[/canary]]"),
    # Put together from parts.
    Trap("<p>[<b></b>canary]</p>", "[canary]"),
    Trap("<p>[<b>canary</b>]</p>", "[canary]"),
    Trap("<p>[can<i></i>ary]</p>", "[canary]"),
    Trap("<p>[<!-- -->canary]</p>", "[canary]"),
    Trap("<p>[<script>x</script>canary]</p>", "[canary]"),
    Trap("<p>[\x00canary]</p>", "canary]"),
    Trap("<p>[\u200bcanary]</p>", "canary]"),
    Trap("<p>[\u2060\u2060canary]</p>", "canary]"),
    Trap("<p>&#91;canary]</p>", "[canary]"),
    Trap("<p>&#x5b;canary&#x5D;</p>", "[canary]"),
    Trap("<p>&lbrack;canary&rbrack;</p>", "[canary]"),
    Trap("<p>&amp;#91;canary]</p>", "canary]"),
    Trap("<p>&amp;amp;#91;canary]</p>", "canary]"),
    Trap("<p>\uff3bcanary\uff3d</p>"),
    # In attributes, where WordPress runs them too.
    Trap("<p title='[canary]'>title</p>", "title"),
    Trap(f"<p><a href='{VIDEO}/[canary]' title='[canary]'>link</a></p>", "link"),
    Trap(f"<p><a href='{VIDEO}?a=%5Bcanary%5D'>escaped link</a></p>", "escaped link"),
    Trap(f"<p><a href='{VIDEO}' title='&#91;canary]'>entity link</a></p>", "entity link"),
    Trap("<p><abbr title='[canary]'>short</abbr></p>", "short"),
    Trap("<p><img src='pic.jpg' alt='[canary]'></p>"),
    Trap("<p><img src='pic.jpg' alt='a\"[canary]'></p>"),
    Trap("<blockquote cite='https://video.example/[canary]'>quote</blockquote>", "quote"),
    Trap("<figure><img src='pic.jpg'><figcaption>[canary]</figcaption></figure>", "[canary]"),
    Trap("<table><tr><td>[canary]</td></tr></table>", "[canary]"),
    Trap("<ul><li>[canary]</li></ul>", "[canary]"),
    Trap("<h2>[canary]</h2><p>x</p>", "[canary]"),
    Trap("<pre>[canary]</pre>", "[canary]"),
    Trap("<p><code>[canary]</code></p>", "[canary]"),
    Trap("<details><summary>[canary]</summary>x</details>"),
    # Blocks.
    Trap("<!-- wp:html --><script>canary()</script><!-- /wp:html -->"),
    Trap("<!-- wp:shortcode -->[canary]<!-- /wp:shortcode -->", "[canary]"),
    Trap("<!-- wp:canary/block /-->"),
    Trap("<!--wp:canary/block /-->"),
    Trap("<!-- wp:latest-posts /--><p>after</p>", "after"),
    Trap('<!-- wp:block {"ref":1} /-->'),
    Trap(f'<!-- wp:embed {{"url":"{VIDEO}"}} /-->'),
    Trap('<!-- wp:rss {"feedURL":"https://video.example/feed"} /-->'),
    Trap("<p title='<!-- wp:canary/block /-->'>held</p>", "held"),
    Trap('<p title="--><!-- wp:canary/block /-->">closed</p>', "closed"),
    Trap("<p>&lt;!-- wp:canary/block /--&gt;</p>", "<!-- wp:canary/block /-->"),
    Trap("<p>&amp;lt;!-- wp:canary/block /--&amp;gt;</p>", "wp:canary/block"),
    Trap("<pre><!-- wp:canary/block /-->x</pre>", "x"),
    Trap("<p><!-<!-- -->- wp:canary/block /--></p>"),
    Trap("<![CDATA[<!-- wp:canary/block /-->]]>"),
    Trap("<?php wp_canary(); ?><p>php</p>", "php"),
    Trap("<p>before</p><!--more--><p>behind more</p>", "behind more"),
    Trap("<p>before</p><!--nextpage--><p>behind page</p>", "behind page"),
    Trap("<p>before</p><!--noteaser--><!--more go on--><p>behind</p>", "behind"),
    # Addresses alone on a line, which WordPress embeds.
    Trap(VIDEO, VIDEO),
    Trap(f"<p>{VIDEO}</p>", VIDEO),
    Trap(f"<p>\n {VIDEO} \n</p>", VIDEO),
    Trap(f"<p dir=ltr>{VIDEO.upper()}</p>", VIDEO.upper()),
    Trap(f"<p>text<br>{VIDEO}<br>text</p>", VIDEO),
    Trap(f"text\n{VIDEO}\ntext", VIDEO),
    Trap(f"<pre>text\n{VIDEO}\ntext</pre>", VIDEO),
    Trap(f"<ul><li>{VIDEO}</li></ul>", VIDEO),
    Trap(f"<p><span>{VIDEO}</span></p>", VIDEO),
    Trap(f"<p><b></b>{VIDEO}</p>", VIDEO),
    Trap(f"<p><!-- x -->{VIDEO}</p>", VIDEO),
    Trap(f"<div>text</div>{VIDEO}<div>text</div>", VIDEO),
    Trap(f"<p>\u200b{VIDEO}</p>", VIDEO),
    Trap(f"<p>&nbsp;{VIDEO}</p>", VIDEO),
    Trap("<p>http&#58;//video.example/watch/1</p>", "http://video.example/watch/1"),
    Trap(f"<figure class='wp-block-embed'><div>\n{VIDEO}\n</div></figure>", VIDEO),
    Trap(f"<figure data-embed='youtube'><a href='{VIDEO}'>{VIDEO}</a></figure>"),
    Trap(f"<p><a href='{VIDEO}'>{VIDEO}</a></p>", VIDEO),
)
