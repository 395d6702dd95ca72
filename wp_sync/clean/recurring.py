"""Paragraphs that recur across a feed's articles: their marks, and which of them go.

An article's own words stay. What goes stands at the start or the end, is short, is no quotation, is
the same to the letter in many different articles of the feed over days, and asks its readers for
something, or has a link and stands in nearly all articles. What only recurs is shown to a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from wp_sync.hashing import digest
from wp_sync.model import Edge, Recurrence, Recurrences

from .tree import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from wp_sync.model import Article, EdgePlace, EdgeSign, ItemKey

    from .draft import Draft

# A block of text is the outermost of these: a paragraph in a quotation or a list is no other.
_BLOCKS = "blockquote dd dt figure figcaption h1 h2 h3 h4 h5 h6 li p pre summary table td"
BLOCKS = frozenset(_BLOCKS.split())
DEEPEST = 3  # blocks from the start or the end
LONGEST = 400  # characters
FEWEST_LEFT = 20  # characters that must stay of an article
_SHOWN = 160  # characters of the text that is kept

# What asks readers for something, or is law, in the sources' languages: of a folded text, as a
# pattern that ignores case takes three times as long.
PLEAS = re.compile(
    r"\b(subscri(?:be|ption)|sign(?:ing)? up|newsletters?|follow us|join us|like us|contact us"
    r"|e-?mail us|write to us|download (?:the|our)|our app|preferred source"
    r"|support (?:our|us|independent)"
    r"|donat(?:e|ion)|become an? (?:member|patron|supporter)|click here|advertis\w*|sponsor\w*"
    r"|affiliate|earn a commission|all rights reserved|copyright|more from|our podcast|share this"
    r"|news tips?|terms of use|privacy policy|originally (?:published|appeared)|first appeared"
    r"|abonnez-vous|infolettre|inscrivez-vous|suivez-nous|soutenez|faites un don"
    r"|tous droits réservés|abonnier\w*|melden sie sich|folgen sie uns|unterstützen sie"
    r"|alle rechte vorbehalten|suscríb\w+|boletín|síguenos|todos los derechos|iscriviti|abbonati"
    r"|seguici|tutti i diritti|inscreva-se|assine|siga-nos|todos os direitos|abonneer"
    r"|nieuwsbrief|volg ons|alle rechten)\b|©|подпис|рассылк"
    r"|订阅|訂閱|購読|구독|اشترك|تابعونا|הירשמו"
)
# What an article says of itself and its kind: its series, its part of it, its column.
OWN = re.compile(
    r"\b(series|part (?:of|\w+|\d+)|chapter|episode|volume|instal?ment|column|série|épisode"
    r"|chronique|serie|teil|folge|kolumne|capítulo|episodio|puntata|rubrica|deel|aflevering)\b"
    r"|\bсерия|\bчасть|連載|第.{1,4}[回章話]",  # noqa: RUF001
)
_QUOTES = "\"'«»‘’‚‛“”„‟‹›「」『』〝〞＂"  # noqa: RUF001
_SENTENCE = re.compile(r"[.!?…。！？؟।]\W*\Z")  # noqa: RUF001

RECENT = 1000  # marks of articles that are kept: two each
_LONE = 100  # articles after which what came once or twice is forgotten
_MOST = 600  # paragraphs of a feed that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """From when on a paragraph with such a sign recurs."""

    articles: int
    days: int
    share: float  # of the feed's articles since it came first


# A plea in one of three articles is the source's: some have several, by turns. A link alone may be
# a series', so that nearly all articles of more than a week must have it.
THRESHOLDS: dict[EdgeSign, Threshold] = {
    "plea": Threshold(articles=5, days=3, share=0.3),
    "link": Threshold(articles=10, days=7, share=0.8),
}
SHOWN = Threshold(articles=5, days=3, share=0.3)  # to a person, whatever its sign


def drop_recurring(draft: Draft, rule: str) -> None:
    """Note the paragraphs at both ends, and take out those that are known to recur."""
    blocks = list(_outermost(draft))
    for block, text, place in _at_ends(blocks):
        if block.tag != "p" or len(text) > LONGEST or _is_quotation(text):
            continue
        edge = make_edge(text, place, has_link=_has_link(block))
        if edge not in draft.edges:
            draft.edges.append(edge)
        if edge.mark in draft.traits.recurring and _leaves_enough(blocks, block):
            blocks = [one for one in blocks if one is not block]
            draft.remove(block, rule)


def _outermost(draft: Draft) -> Iterator[Element]:
    inside: set[Element] = set()
    for element in draft.elements():
        if element.getparent() in inside:
            inside.add(element)
        elif element.tag in BLOCKS:
            inside.add(element)
            yield element


def _at_ends(blocks: Sequence[Element]) -> list[tuple[Element, str, EdgePlace]]:
    """Find the blocks with text at either end; each belongs to the end that it is nearer to."""
    front, back = _first(blocks), _first(reversed(blocks))
    before = {block: at for at, (block, _) in enumerate(front)}
    behind = {block: at for at, (block, _) in enumerate(back)}
    found: list[tuple[Element, str, EdgePlace]] = []
    for at, (block, text) in enumerate(front):
        if at < behind.get(block, DEEPEST):
            found.append((block, text, "start"))
    for at, (block, text) in enumerate(back):
        if at <= before.get(block, DEEPEST):
            found.append((block, text, "end"))
    return found


def _first(blocks: Iterable[Element]) -> list[tuple[Element, str]]:
    texts = ((block, text_of(block)) for block in blocks)
    return list(islice(((block, text) for block, text in texts if text), DEEPEST))


def _leaves_enough(blocks: Sequence[Element], gone: Element) -> bool:
    left = 0
    for block in blocks:
        left += len(text_of(block).replace("\u2060", "")) if block is not gone else 0
        if left >= FEWEST_LEFT:
            return True
    return False


def make_edge(text: str, place: EdgePlace, *, has_link: bool) -> Edge:
    """Mark a paragraph by its place and its words, to the letter."""
    folded = text.casefold()
    mark, sign = digest([place, folded])[:12], _sign(folded, has_link=has_link)
    return Edge(mark=mark, place=place, sign=sign, text=text[:_SHOWN])


def _sign(folded: str, *, has_link: bool) -> EdgeSign:
    if OWN.search(folded):
        return ""
    if PLEAS.search(folded):
        return "plea"
    # A title that is a link ends in no sentence's end.
    return "link" if has_link and _SENTENCE.search(folded) else ""


def _has_link(block: Element) -> bool:
    return any(link.get("href") for link in block.iter("a"))


def _is_quotation(text: str) -> bool:
    return text[0] in _QUOTES


def marks_of(known: Recurrences) -> frozenset[str]:
    """Name the paragraphs of a feed that are to be left out."""
    return frozenset(mark for mark, one in known.found.items() if is_left_out(one))


def is_left_out(one: Recurrence) -> bool:
    """Tell whether a paragraph goes: a person's word comes first."""
    return one.verdict == "remove" or (one.learned is not None and one.verdict != "keep")


def is_shown(one: Recurrence, known: Recurrences) -> bool:
    """Tell whether a paragraph is for a person to look at."""
    return bool(one.verdict or one.learned) or _passes(one, known.articles, SHOWN)


def learn(known: Recurrences, articles: Iterable[Article], now: datetime) -> Recurrences:
    """Count the edges of articles that were not counted yet, and take for learned what recurs."""
    total, recent = known.articles, dict.fromkeys(known.recent)
    found = dict(known.found)
    for article in articles:
        ours = _article_marks(article.key, article.text)
        if any(mark in recent for mark in ours):
            continue
        recent |= dict.fromkeys(ours)
        when = min(article.published or now, now)
        for edge in {edge.mark: edge for edge in article.edges}.values():
            found[edge.mark] = _counted(found.get(edge.mark), edge, total, when)
        total += 1
    learned = {mark: _learned(one, total, now) for mark, one in found.items()}
    kept = dict(_kept(learned, total))
    return replace(known, articles=total, recent=tuple(recent)[-RECENT:], found=kept)


def _article_marks(key: ItemKey, text: str) -> tuple[str, ...]:
    """Know an article again by its identity, and by its words: a repeat is no other article."""
    words = " ".join(text.casefold().split())
    return (digest([*key])[:10], *((digest(words)[:10],) if words else ()))


def _counted(before: Recurrence | None, edge: Edge, total: int, when: datetime) -> Recurrence:
    if before is None:
        return Recurrence(
            mark=edge.mark,
            place=edge.place,
            sign=edge.sign,
            text=edge.text,
            articles=1,
            since=total,
            latest=total + 1,
            first=when,
            last=when,
        )
    return replace(
        before,
        # Once without a link it has none for certain.
        sign=edge.sign if before.sign == "link" else before.sign,
        articles=before.articles + 1,
        latest=total + 1,
        first=min(before.first, when),
        last=max(before.last, when),
    )


def _learned(one: Recurrence, total: int, now: datetime) -> Recurrence:
    threshold = THRESHOLDS.get(one.sign)
    if one.learned or threshold is None or not _passes(one, total, threshold):
        return one
    return replace(one, learned=now)


def _passes(one: Recurrence, total: int, threshold: Threshold) -> bool:
    return (
        one.articles >= threshold.articles
        and one.last - one.first >= timedelta(days=threshold.days)
        and share_of(one, total) >= threshold.share
    )


def share_of(one: Recurrence, total: int) -> float:
    """Return in which part of the feed's articles it stands, since it came first."""
    return one.articles / max(1, total - one.since)


def _kept(found: dict[str, Recurrence], total: int) -> Iterator[tuple[str, Recurrence]]:
    """Forget what came once or twice, long ago; keep what was learned or decided for good."""
    passing = [
        (mark, one)
        for mark, one in found.items()
        if one.learned or one.verdict or total - one.latest <= _LONE or _passes(one, total, SHOWN)
    ]
    ranked = sorted(
        passing,
        key=lambda pair: (
            bool(pair[1].learned or pair[1].verdict),
            pair[1].articles,
            pair[1].latest,
        ),
        reverse=True,
    )
    yield from ranked[:_MOST]
