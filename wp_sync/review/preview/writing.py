"""How texts and addresses of strangers are written into a page: never as markup."""

from __future__ import annotations

import html
import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

GENERATOR = "wp-sync plan"  # by which a page is known as ours
# C0 and C1 controls, bidirectional controls, lone surrogates, which no file can hold.
_CONTROLS = dict.fromkeys(
    [
        *range(0x09),
        *range(0x0B, 0x20),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
    ]
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
# An embed's address alone in its wrapper, or on its line: WordPress shows what it leads to.
_EMBED = re.compile(
    r'(<div class="wp-block-embed__wrapper">\s*|^)(https?://[^\s<>"&]+(?:&amp;[^\s<>"&]+)*)'
    r"(?=\s*</div>|\s*$)",
    re.MULTILINE,
)
_SHOWN_ADDRESS = 60  # characters


def text(value: str) -> str:
    """Write a text of one line, which its own script's direction does not let out."""
    # Not in an element with dir="auto", which does not look into this one (HTML, 3.2.6.4).
    return f"<bdi>{bare(value)}</bdi>" if value else ""


def bare(value: str) -> str:
    """Write a text of one line where no element may stand, as in an attribute."""
    return html.escape(" ".join(value.translate(_CONTROLS).split()))


def link(url: str, shown: str, *, name: str = "") -> str:
    """Link to an address of the web; to any other, only what is shown stands there."""
    if not is_web(url):
        return shown
    kind = f' class="{name}"' if name else ""
    return f'<a{kind} href="{bare(url)}" rel="noopener noreferrer">{shown}</a>'


def is_web(url: str) -> bool:
    """Tell whether an address may be opened, or asked for a picture."""
    return url.lower().startswith(("http://", "https://"))


def address(url: str) -> str:
    """Show an address: without its scheme, and cut where it is long."""
    short = url.partition("://")[2] or url
    return text(short if len(short) <= _SHOWN_ADDRESS else f"{short[: _SHOWN_ADDRESS - 1]}…")


def day(moment: datetime | None, *, live: bool) -> str:
    """Write a day as the site's readers see it, or when WordPress sets it."""
    if moment is None:
        return "dated when it is made" if live else "dated when it is approved"
    return f'<time datetime="{moment.isoformat()}">{moment:%B} {moment.day}, {moment.year}</time>'


def body(markup: str, pictures: Mapping[str, str]) -> str:
    """Show a body that was made safe: block comments go, an embed's address becomes a link."""
    shown = _COMMENT.sub("", markup).translate(_SURROGATES)
    for url, file in pictures.items():
        shown = shown.replace(f'src="{html.escape(url)}"', f'src="{bare(file)}"')
    return _EMBED.sub(
        r'\1<a class="embed" dir="ltr" href="\2" rel="noopener noreferrer">\2</a>', shown
    )


def language(code: str) -> str:
    """Write the lang attribute of an article; nothing where its source's code is none."""
    return f' lang="{code}"' if _LANGUAGE.fullmatch(code) else ""


@cache
def stylesheet() -> str:
    """Read the one stylesheet."""
    return (files(__package__) / "style.css").read_text("utf-8")


@cache
def policy() -> str:
    """Forbid a page all but its own style and pictures: no script, whatever a body may hold."""
    digest = _base64(sha256(stylesheet().encode()).digest())
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src http: https: data: file:;"
        " base-uri 'none'; form-action 'none'"
    )


def _base64(raw: bytes) -> str:
    from base64 import b64encode

    return b64encode(raw).decode()
