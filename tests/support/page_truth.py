"""Pages and what a careful reader takes for their articles: read, extracted, compared."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING, Any

from lxml.html import document_fromstring  # type: ignore[import-untyped]

from wp_sync.errors import ItemError
from wp_sync.extract import extract_page
from wp_sync.model import ItemKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from lxml.html import HtmlElement


INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "del",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
    ]
)
UNSEEN = frozenset({"noscript", "script", "style", "template"})
FACTS = ("title", "byline", "published", "modified", "language")
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something of an article that has to be kept, as any of these texts or addresses."""

    kind: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A page, and what a careful reader takes for its article."""

    name: str
    page: bytes
    url: str
    text: str
    kind: str = "article"
    must_keep: tuple[Part, ...] = ()
    furniture: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    lead_image: str | None = None  # None: not said
    facts: Mapping[str, str] = field(default_factory=dict)  # title, byline, published, …
    following: tuple[bytes, str] | None = None  # the second page, and its address


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an extractor made of a page."""

    markup: str = ""
    text: str = ""
    lead_image: str = ""
    refused: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Score:
    """What an extractor reached over a set of pages."""

    f1: dict[str, float] = field(default_factory=dict)
    kept: int = 0
    lost: list[str] = field(default_factory=list)
    furniture: list[str] = field(default_factory=list)
    leads: int = 0
    wrong_leads: list[str] = field(default_factory=list)
    wrong_facts: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)  # the walls that were refused
    seconds: float = 0.0

    @property
    def mean(self) -> float:
        """Mean F1 over the pages."""
        return sum(self.f1.values()) / len(self.f1) if self.f1 else 0.0


def text_of(markup: str) -> str:
    """Read markup as text: blocks apart, inline elements joined."""
    if not markup.strip():
        return ""
    tree = document_fromstring(f"<html><body>{markup}")
    parts: list[str] = []
    _read(tree, parts)
    return "".join(parts)


def _read(element: HtmlElement, parts: list[str]) -> None:
    if isinstance(element.tag, str) and element.tag not in UNSEEN:
        gap = "" if element.tag in INLINE else " "
        parts += [gap, element.text or ""]
        for child in element:
            _read(child, parts)
        parts.append(gap)
    parts.append(element.tail or "")


def f1_of(found: str, truth: str) -> float:
    """Compare two texts as multisets of words."""
    ours = Counter(_WORD.findall(found.lower()))
    theirs = Counter(_WORD.findall(truth.lower()))
    both = (ours & theirs).total()
    if not ours.total() and not theirs.total():
        return 1.0
    return 2 * both / (ours.total() + theirs.total())


def squash(text: str) -> str:
    """Compare texts without regard to white space and quotes' encoding."""
    return _SPACE.sub(" ", text).strip()


def find_cases(folder: Path) -> Iterator[Case]:
    """Read the pages of a directory with their truth, in either form."""
    for page in sorted(folder.glob("*.html")):
        truth_file = page.with_suffix(".json")
        if truth_file.exists():
            yield _case_of(page, json.loads(truth_file.read_text("utf-8")))
    for page in sorted(folder.glob("*/source.html")):
        truth = text_of((page.parent / "expected.html").read_text("utf-8"))
        url = f"http://fakehost/test/{page.parent.name}/page.html"
        yield Case(name=page.parent.name, page=page.read_bytes(), url=url, text=truth)


def _case_of(page: Path, truth: Mapping[str, Any]) -> Case:
    second = page.with_name(f"{page.stem}-2.html")
    following = (second.read_bytes(), truth["next"]) if second.exists() else None
    return Case(
        name=page.stem,
        page=page.read_bytes(),
        url=truth["url"],
        text=truth["body_text"],
        kind=truth["kind"],
        must_keep=tuple(
            Part(kind=one["type"], forms=tuple(one.get("any_of") or [one["text_or_url"]]))
            for one in truth["must_keep"]
        ),
        furniture=tuple(truth["furniture"]),
        optional=tuple(truth["optional"]),
        lead_image=truth["lead_image"],
        facts={name: truth[name] or "" for name in FACTS},
        following=following,
    )


def read_ours(case: Case) -> Found:
    """Extract as a run does, further pages included."""
    key = ItemKey("bench", case.name)
    try:
        page = extract_page(case.page, case.url, "text/html", key)
        markup = page.body_html
        if case.following and page.next_url == case.following[1]:
            markup += extract_page(*case.following, "text/html", key).body_html
    except ItemError as error:
        return Found(refused=str(error))
    dates = {
        name: value.isoformat() if value else ""
        for name, value in (("published", page.published), ("modified", page.updated))
    }
    facts = {"title": page.title, "byline": page.byline, "language": page.language, **dates}
    return Found(markup=markup, text=text_of(markup), lead_image=page.lead_image, facts=facts)


def measure(cases: list[Case], read: Callable[[Case], Found]) -> Score:
    """Run one extractor over all pages; a page that breaks it counts as nothing found."""
    score = Score()
    for case in cases:
        begun = time.process_time()
        try:
            found = read(case)
        except ImportError:
            raise
        except Exception as error:  # noqa: BLE001 (others' extractors fail in any way)
            found = Found(refused=repr(error))
        score.seconds += time.process_time() - begun
        if case.kind != "article":
            score.named += [f"{case.name}: {found.refused}"] if found.refused else []
            continue
        score.f1[case.name] = f1_of(without(found.text, case), case.text)
        _judge_parts(score, case, found)
        _judge_facts(score, case, found)
    return score


def without(text: str, case: Case) -> str:
    """Take out the lines that a truth allows and does not ask for."""
    text = squash(text)
    for line in sorted(case.optional, key=len, reverse=True):
        if squash(line) not in squash(case.text):
            text = text.replace(squash(line), " ", 1)
    return text


def _judge_parts(score: Score, case: Case, found: Found) -> None:
    readable = squash(unescape(found.markup)) + squash(text_of(found.markup)) + squash(found.text)
    for part in case.must_keep:
        if any(is_kept(part.kind, form, readable) for form in part.forms):
            score.kept += 1
        else:
            score.lost.append(f"{case.name}: {part.kind} {part.forms[0]}")
    text = squash(text_of(found.markup)) if found.markup else squash(found.text)
    score.furniture += [f"{case.name}: {one}" for one in case.furniture if squash(one) in text]
    if case.lead_image:
        if same_address(found.lead_image, case.lead_image):
            score.leads += 1
        else:
            score.wrong_leads.append(f"{case.name}: {found.lead_image} for {case.lead_image}")


def is_kept(kind: str, form: str, readable: str) -> bool:
    """Find a part of the article, an address or a text; an embed by the id of what it shows."""
    form = squash(form)
    if kind == "embed":
        form = max(re.findall(r"[\w-]+", form.partition("://")[2].partition("?")[0]), key=_idness)
    return form in readable or (form.partition("://")[2] or form) in readable


def _idness(word: str) -> tuple[bool, int]:
    """Tell the id of a video or a post from the words of its address."""
    return any(map(str.isdigit, word)) or not word.islower(), len(word)


def _judge_facts(score: Score, case: Case, found: Found) -> None:
    for name, truth in case.facts.items():
        value = found.facts.get(name, "")
        if not _agree(name, value, truth):
            score.wrong_facts.append(f"{case.name}: {name} {value!r} for {truth!r}")


def _agree(name: str, value: str, truth: str) -> bool:
    if name == "language":
        return value[:2] == truth
    if name in {"published", "modified"}:
        try:
            one, other = datetime.fromisoformat(value), datetime.fromisoformat(truth)
        except ValueError:
            return value == truth
        return one == other if one.tzinfo and other.tzinfo else one.date() == other.date()
    if name == "byline":
        return set(_WORD.findall(value)) - {"and"} == set(_WORD.findall(truth)) - {"and"}
    return squash(value) == squash(truth)


def same_address(one: str, other: str) -> bool:
    """Compare addresses without their scheme."""
    return one.partition("://")[2] == other.partition("://")[2]
