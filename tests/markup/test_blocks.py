"""write_blocks, shown by pairs of files: adding a case is adding two files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wp_sync.markup import WORD_JOINER, text_lines, write_addresses, write_blocks

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name.removesuffix(".in.html") for path in CASES.glob("*.in.html"))
YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"
EMBED = (
    f'<figure data-embed="youtube"><a href="{YOUTUBE}" rel="noopener">'
    f"{WORD_JOINER}{YOUTUBE}</a></figure>"
)
_ADDRESS_LINE = re.compile(r"(?:^|>)\s*(https?://\S+?)\s*(?:$|<)", re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_body_becomes_blocks_as_shown(name: str) -> None:
    """NAME.in.html becomes NAME.out.html."""
    source = (CASES / f"{name}.in.html").read_text()

    assert write_blocks(source) == (CASES / f"{name}.out.html").read_text().strip("\n")


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"embeds"}))
def test_no_word_is_lost(name: str) -> None:
    """An article says in blocks what it said before, in the same order."""
    source = (CASES / f"{name}.in.html").read_text()

    words = text_lines(source).split()
    if name == "tables":  # a caption is written below its table
        words = sorted(words)
    blocks = text_lines(write_blocks(source)).split()
    assert (sorted(blocks) if name == "tables" else blocks) == words


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"embeds"}))
def test_nothing_becomes_a_trap(name: str) -> None:
    """What was neutralised stays so: no shortcode, and no address that WordPress would embed."""
    blocks = write_blocks((CASES / f"{name}.in.html").read_text())

    assert not re.search(rf"\[(?!{WORD_JOINER})", blocks)
    assert not _ADDRESS_LINE.search(blocks)


def test_no_case_is_half_a_pair() -> None:
    """A file without its other half would test nothing."""
    outs = {path.name.removesuffix(".out.html") for path in CASES.glob("*.out.html")}

    assert outs == set(NAMES)
    assert len(NAMES) >= 20


def test_empty_body_has_no_blocks() -> None:
    """A post of its title alone holds nothing."""
    assert write_blocks("") == write_blocks("\n<p> </p>\n") == ""


def test_what_only_looks_like_a_tag_is_text() -> None:
    """Should anything unclean come so far, it can't become markup."""
    out = write_blocks("<p>1 <2 <x-y> <!-- wp:html --> <a href=x>y</p></div></section>")

    assert "<p>1 &lt;2 &lt;x-y&gt; &lt;!-- wp:html --&gt; &lt;a href=x&gt;y</p>" in out
    assert out.count("<!--") == 2


def test_classic_sites_get_the_address_of_an_embed_on_its_line() -> None:
    """There WordPress finds it (WP_Embed::autoembed), and nothing else of the body changes."""
    body = f"<p>Before</p>\n{EMBED}\n<p>Behind</p>"

    assert write_addresses(body) == f"<p>Before</p>\n\n{YOUTUBE}\n<p>Behind</p>"


@pytest.mark.parametrize(
    "address", ["http://vimeo.com/1", "https://vimeo.com/[canary]", "https://vimeo.com/&quot;1"]
)
def test_classic_sites_get_no_strange_address(address: str) -> None:
    """Whatever marks it: only an address that can be nothing else stands alone on a line."""
    strange = EMBED.replace(YOUTUBE, address)
    stranger = EMBED.replace("youtube", "stranger", 1)

    assert write_addresses(strange) == strange
    assert write_addresses(stranger) == stranger


@pytest.mark.parametrize(
    "numbered",
    [
        pytest.param("<ol reversed><li>Two</li><li>One</li></ol>", id="backwards"),
        pytest.param('<ol><li value="4">Four</li><li value="9">Nine</li></ol>', id="with gaps"),
        pytest.param('<ul><li>a<ol><li value="4">Four</li></ol></li></ul>', id="in a list"),
    ],
)
def test_list_keeps_its_numbers(numbered: str) -> None:
    """A list's block would count from one again."""
    source = numbered.replace("reversed", 'reversed=""')

    out = write_blocks(source)

    assert out.startswith("<!-- wp:html -->")
    assert "reversed" in out or "value" in out
