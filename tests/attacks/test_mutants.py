"""Published attacks, cut, spliced and nested at random: sanitise leaves nothing alive in any.

Ten thousand of them, always the same; WP_SYNC_MUTANTS is another number. What is alive is judged by
two parsers that sanitise does not use, and by lists of their own.
"""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser

from attacks import read_attacks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html  # type: ignore[import-untyped]
from wordpress_attacks import TRAPS

from wp_sync.clean import sanitise
from wp_sync.markup import WORD_JOINER

MUTANTS = int(os.environ.get("WP_SYNC_MUTANTS", "10000"))
SEEDS = (*(trap.markup for trap in TRAPS), *(attack.markup for attack in read_attacks()))
# What makes parsers change their mind, and what WordPress acts on.
PIECES = (
    *("<", ">", "</", "/>", '"', "'", "`", "=", "&", ";", "&#", "&lt;", "&gt;", "\x00", "\n", " "),
    *("<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?", "<svg>", "<math>", "<mtext>", "<mglyph>"),
    *("<style>", "</style>", "<title>", "</title>", "<textarea>", "<noscript>", "<template>"),
    *("<table>", "<select>", "<form>", "<foreignObject>", "<annotation-xml>", "<plaintext>"),
    *("<p title='", "<a href='", "<img alt='", "</p>", "<pre>", "</pre>", "<br>", "<li>", "<ul>"),
    *("javascript:", " onerror=alert(1) ", " src=x ", "\u2028", "\u0338", "\u2060", "\ufeff"),
    *("[canary]", "[", "]", "<!-- wp:canary/block /-->", "https://video.example/1", "&nbsp;"),
)
_DEADLY = """
applet base body button canvas dialog embed form frame frameset head html iframe input link
map marquee math meta noembed noframes noscript object option param plaintext portal script select
slot style svg template textarea title xmp
"""
DEADLY = frozenset(_DEADLY.split())
SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\[\]]*\Z", re.IGNORECASE)
ADDRESSES = frozenset(
    {"action", "background", "cite", "data", "formaction", "href", "poster", "src"}
)
NEVER = frozenset(
    {"autoplay", "class", "id", "name", "ping", "srcdoc", "srcset", "style", "target"}
)


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """Change an attack in one to five places."""
    text = draw(st.sampled_from(SEEDS))[:1500]
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        match draw(st.sampled_from(("cut", "put", "put", "repeat", "splice", "nest", "swap"))):
            case "cut":
                text = text[:start] + text[end:]
            case "put":
                text = text[:start] + draw(st.sampled_from(PIECES)) + text[start:]
            case "repeat":
                text = text[:end] + text[start:]
            case "splice":
                text = text[:start] + draw(st.sampled_from(SEEDS))[:800]
            case "nest":
                text = text[:start] + draw(st.sampled_from(SEEDS))[:800] + text[end:]
            case _:
                text = text[:start] + text[start:end].swapcase() + text[end:]
    return text


class _Tags(HTMLParser):
    """Python's own parser, which believes everything that looks like a tag."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_decl(self, decl: str) -> None:
        self.odd.append(decl)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)


def dangers(markup: str) -> list[str]:
    """Name what would run, load or ask, as either parser reads it."""
    reader = _Tags()
    try:
        reader.feed(markup)
        reader.close()
    except AssertionError:  # how it refuses a "<![" that it does not know
        reader.odd.append("<![")
    tags = list(reader.found)
    tree = html.document_fromstring(f"<div>{markup}</div>")  # puts html and body around it
    for element in tree.iterdescendants():
        if element.tag == "body":
            continue
        if isinstance(element.tag, str):
            tags.append((element.tag, [(str(k), str(v)) for k, v in element.attrib.items()]))
        else:
            reader.odd.append(etree.tostring(element, encoding="unicode"))
    found = [f"markup {one!r}" for one in reader.odd]
    for tag, attributes in tags:
        if tag in DEADLY or not re.fullmatch(r"[a-z]+[1-6]?", tag):
            found.append(f"element {tag}")
        found += [f"{tag} {name}={value!r}" for name, value in attributes if _lives(name, value)]
    return found


def _lives(name: str, value: str | None) -> bool:
    text = value or ""
    if name in ADDRESSES:
        return not SAFE_ADDRESS.match(text)
    broken = text.replace(f"<{WORD_JOINER}", " ").replace(f"[{WORD_JOINER}", " ")
    is_like_markup = re.search(r"<[a-z!/?]|\[", broken, re.IGNORECASE)
    return name in NEVER or name.startswith("on") or is_like_markup is not None


def wordpress_finds(markup: str) -> list[str]:
    """Name what do_shortcode, do_blocks, autoembed or the editor's own embedding would find."""
    patterns = {
        "shortcode": r"\[+[^\[\]\u2060\s]",
        "comment": r"<!--",
        "line": r'(?im)^\s*https?://[^\s<>"]+\s*$',
        "paragraph": r"(?i)<(p|div|li|td)(?: [^>]*)?>(\s|&nbsp;|\ufeff|<[^>]*>)*https?://",
    }
    return [name for name, pattern in patterns.items() if re.search(pattern, markup)]


def test_the_judges_see_what_lives() -> None:
    """Each kind of danger is found in what was not cleaned."""
    for markup in (
        "<script>x</script>",
        "<p onclick=x>x</p>",
        "<a href='javascript:x'>x</a>",
        "<a href='//x.example'>x</a>",
        "<img src='https://x.example/a.png' alt='<img '>",
        "<p>x<!-- wp:html --></p>",
        "<svg></svg>",
        "<p style='x'>x</p>",
    ):
        assert dangers(markup), markup
    assert wordpress_finds("<p>&nbsp;https://x.example/1</p>") == ["paragraph"]
    assert wordpress_finds("x [canary]") == ["shortcode"]
    assert sum(bool(dangers(seed)) for seed in SEEDS) > 0.8 * len(SEEDS)


@given(mutants())
@settings(
    max_examples=MUTANTS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_no_mutant_lives(markup: str) -> None:
    """Cleaned twice is cleaned once, and neither a browser nor WordPress finds anything in it."""
    once = sanitise(markup)

    assert sanitise(once) == once
    assert dangers(once) == []
    assert wordpress_finds(once) == []
