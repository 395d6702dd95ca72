"""Posts of a plan as pages show them, and what strangers may write into each of their texts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from office import make_post

from wp_sync.clean.original import show_original
from wp_sync.model import (
    Create,
    Exhibit,
    ItemKey,
    NewTerm,
    Original,
    Outcome,
    Picture,
    Removal,
)
from wp_sync.review.preview import Show

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)
# Each would set `ran` in a browser that took it for markup.
ATTACKS = (
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    "\"><svg onload='window.ran = 1'>",
    "'><body onpageshow=window.ran=1>",
    '" autofocus onfocus="window.ran = 1" tabindex="1',
    "</title></style></textarea><script>window.ran = 1</script>",
    "</bdi></q></h1></a><iframe srcdoc='<script>parent.ran = 1</script>'>",
    "--><script>window.ran = 1</script><!--",
    "<base href='https://evil.example/'><link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=data:text/html,x'>",
)
ADDRESSES = (
    "javascript:window.ran=1",
    "JAVASCRIPT:window.ran=1",
    " javascript:window.ran=1",
    "data:text/html,<script>parent.ran=1</script>",
    "https://a.example/\"onmouseover='window.ran=1'",
    "file:///etc/passwd",
    "vbscript:x",
)


def make_exhibit(number: int = 1, original: Original | None = None, **values: Any) -> Exhibit:  # noqa: ANN401
    """Make a new post of a plan beside its original."""
    post = make_post(number, **values)
    usual = Original(
        source="Example News",
        byline="Ada Example",
        language="en",
        parts=(("Text in the feed", "<p>It rains.</p>"),),
        removed=(Removal(rule="furniture", text="Share this"),),
    )
    change = Create(post=post, reason="not seen before")
    return Exhibit(change=change, author="Sarah Taylor", original=original or usual)


def make_show(exhibits: Sequence[Exhibit], **values: Any) -> Show:  # noqa: ANN401
    """Show these posts on the pages of two channels."""
    usual: dict[str, Any] = {"channels": {"news": "News & views", "golf": "Golf"}}
    return Show(site="example.news", made=NOON, exhibits=exhibits, **(usual | values))


def hostile_show() -> Show:
    """Put every attack into every text, and every address where an address may stand."""
    exhibits = [_hostile(number, attack) for number, attack in enumerate(ATTACKS)]
    pictures = [
        make_exhibit(50 + number, pictures=(Picture(url=url, alt=url),), source_url=url)
        for number, url in enumerate(ADDRESSES)
    ]
    told = [
        Outcome(
            key=ItemKey("feed", attack),
            status="held",
            stage="curate",
            reason=attack,
            title=attack,
            url=ADDRESSES[number % len(ADDRESSES)],
        )
        for number, attack in enumerate(ATTACKS)
    ]
    terms = [NewTerm(taxonomy="tags", path=(attack,), near=attack) for attack in ATTACKS]
    return Show(
        site=ATTACKS[0],
        made=NOON,
        channels={"news": ATTACKS[1], ATTACKS[2]: ATTACKS[2]},
        exhibits=[*exhibits, *pictures],
        outcomes=told,
        new_terms=terms,
    )


def _hostile(number: int, attack: str) -> Exhibit:
    steered = f"\x1b]0;{attack}\x07\u202e{attack}\x9b2J\ud800"
    removed = (Removal(rule=attack, text=steered),)
    original = Original(
        source=steered,
        byline=steered,
        language=attack,
        found_by=attack,
        parts=((attack, show_original(f"<p>{attack}</p>", "https://a.example/", removed)),),
        removed=removed,
    )
    exhibit = make_exhibit(
        number,
        original,
        title=steered,
        excerpt=steered,
        slug=f"../../{attack}",
        tags=(steered,),
        categories=((steered, attack),),
        fields={attack: steered},
        doubt=steered,
        body="<p>It rains.</p>",
    )
    return Exhibit(change=exhibit.change, author=steered, original=original)
