"""Figures: what is shown first, then one caption with its credit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .tree import HEADINGS, append, make, pieces_of, text_of, unwrap

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft
    from .tree import Piece

MEDIA = ("audio", "img", "video")
# What WordPress and others wrapped pictures in before there were figures.
_CAPTIONED = re.compile(r"(?:^|\s)(?:wp-caption|caption-attachment|image-with-caption)(?:\s|$)")
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:wp-caption-text|wp-caption-dd|caption|gallery-caption|(?:photo-|image-)?credit)"
    r"(?:$|[\s_-])"
)
# What sources say to screen readers alone, by styles that are gone here.
_LABELS = frozenset({"image", "photo", "picture", "video"})
_TEXTUAL = ("blockquote", "dl", "ol", "pre", "table", "ul")


def make_figures(draft: Draft, _rule: str) -> None:
    """Make figures of captioned boxes of the time before, where they hold one picture."""
    for box in draft.elements({"div", "dl", "p", "section", "span"}):
        if not _CAPTIONED.search(box.get("class") or "") or len(list(box.iter(*MEDIA))) != 1:
            continue
        caption = next((one for one in box.iter("*") if one is not box and _is_caption(one)), None)
        if caption is not None and _is_simple(box, caption):
            box.tag, caption.tag = "figure", "figcaption"
            for part in list(box.iter("dt")):
                unwrap(part)


def _is_simple(box: Element, caption: Element) -> bool:
    """Tell that there is nothing but a picture and its caption."""
    held = box.iter("details", "figure", "figcaption", *HEADINGS, *_TEXTUAL)
    return next(caption.iter(*MEDIA), None) is None and all(one is box for one in held)


def _is_caption(element: Element) -> bool:
    return bool(_CAPTION.search(element.get("class") or ""))


def mend_captions(draft: Draft, rule: str) -> None:
    """Take out labels that only say what is shown, and part what styles alone set apart."""
    for span in draft.remaining({"span"}):
        figure = next(span.iterancestors("figcaption", "figure"), None)
        if figure is None:
            continue
        shown = text_of(span)
        text = shown.casefold()
        if figure.tag == "figure" and text in _LABELS:
            draft.remove(span, rule)
        elif figure.tag == "figcaption" and text:
            following, before = span.getnext(), span.getprevious()
            if following is not None and text_of(following).casefold().startswith(text):
                draft.remove(span, rule)
            elif before is not None and not before.tail and not shown[0].islower():
                before.tail = " "


def tidy_figures(draft: Draft, _rule: str) -> None:
    """Put what is shown first and all that is said of it in one caption at the end."""
    for figure in draft.elements({"figure"}):
        if figure.get("data-embed") or next(figure.iter(*MEDIA), None) is None:
            continue
        for line in list(figure.iterchildren("p")):
            if not text_of(line):
                unwrap(line)
        if all(one is figure for one in figure.iter("figure", "details", *HEADINGS, *_TEXTUAL)):
            _tidy(figure)


def _tidy(figure: Element) -> None:
    captions = list(figure.iterchildren("figcaption"))
    last = figure[-1]
    if not _has_loose_text(figure) and len(captions) <= 1 and last in (captions or [last]):
        figure.text = None
        for child in figure:
            child.tail = None
        return
    caption = make("figcaption")
    shown: list[Element] = []
    for piece in list(pieces_of(figure)):
        if isinstance(piece, str):
            _say(caption, [piece])
        elif next(piece.iter(*MEDIA), None) is not None:
            shown.append(piece)
        else:
            _say(caption, list(pieces_of(piece)) if piece.tag in {"figcaption", "p"} else [piece])
    figure.extend(shown)
    if text_of(caption):
        figure.append(caption)


def _say(caption: Element, pieces: list[Piece]) -> None:
    """Add to a caption, a space apart from what it says already."""
    if not any(piece.strip() if isinstance(piece, str) else text_of(piece) for piece in pieces):
        return
    if text_of(caption):
        append(caption, " ")
    for piece in pieces:
        append(caption, piece)


def _has_loose_text(figure: Element) -> bool:
    texts = (figure.text, *(child.tail for child in figure))
    beside = (child for child in figure if child.tag != "figcaption")
    return any(text and text.strip() for text in texts) or any(
        text_of(child) and next(child.iter(*MEDIA), None) is None for child in beside
    )
