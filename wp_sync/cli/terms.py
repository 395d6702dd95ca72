"""terms list, accept, map, ignore: the labels of feeds, and a person's word about them."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wp_sync.config import load_config
from wp_sync.config.problems import did_you_mean
from wp_sync.errors import ConfigError, Problem
from wp_sync.ledger import open_ledger
from wp_sync.mapping.names import fold_name
from wp_sync.mapping.terms import LONGEST_NAME
from wp_sync.pipeline.build import utc_now
from wp_sync.unattended.lock import hold_lock

from .output import Result, Table, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from wp_sync.config.schema import Config
    from wp_sync.ledger import Ledger
    from wp_sync.model import Label, Word

_HEADINGS = ("Label", "Articles", "Sources", "What", "Newest", "In the article")
_WAITING = frozenset({"unknown", "near"})
_WORDS: dict[str, Word] = {"accept": "accepted", "map": "mapped", "ignore": "ignored"}
_LATER = (
    "Posts that are there follow when their source changes them, or by: wp-sync remap --fields tags"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which labels a person asks for."""

    source: str = ""
    least: int = 1
    near: bool = False
    every: bool = False

    def fits(self, label: Label, sources: Sequence[str]) -> bool:
        """Tell whether one is asked for."""
        waits = not label.word and label.standing in _WAITING
        return (
            (self.every or waits)
            and label.articles >= self.least
            and (not self.near or bool(label.near))
            and (not self.source or self.source in sources)
        )


def list_terms(path: Path, wanted: Wanted) -> Result:
    """List the labels that wait for a person. The site is not asked."""
    config = load_config(path)
    _check_source(config, wanted.source)
    with open_ledger(config.ledger.url, path.parent, clock=utc_now, create=False) as ledger:
        listed = [
            (label, sources)
            for label, sources in _with_sources(ledger)
            if wanted.fits(label, sources)
        ]
    rows = tuple(_row(label, sources) for label, sources in listed)
    text: list[str | Table] = [Table(headings=_HEADINGS, rows=rows)] if rows else []
    if rows:
        text += [
            f"{counted(len(rows), 'label')}. Make a tag of one: wp-sync terms accept NAME",
            "It means another tag: wp-sync terms map NAME TO",
            "It is no tag at all: wp-sync terms ignore NAME",
        ]
    elif not any(one.takes_labels for one in config.channels.values()):
        text.append('No channel takes labels for tags: tags = ["{source.name}", "{labels}"]')
    else:
        text.append("No label waits.")
    data = {"terms": [term_data(label, sources) for label, sources in listed]}
    return Result(command="terms list", data=data, text=tuple(text))


def decide_terms(
    path: Path, deed: str, names: Sequence[str], to: str = "", *, dry_run: bool = False
) -> Result:
    """Keep a person's word about labels. Raises ConfigError for one that no feed brought."""
    config = load_config(path)
    with (
        hold_lock(path.parent),
        open_ledger(config.ledger.url, path.parent, clock=utc_now, create=not dry_run) as ledger,
    ):
        known = {label.name: label for label in ledger.terms.all()}
        told = _read(config, known, _WORDS[deed], names, to.strip())
        if not dry_run:
            ledger.terms.decide(told)
        sources = {label.name: of_it for label, of_it in _with_sources(ledger)}
    after = [replace(known[name], word=word, target=to) for name, (word, to) in told.items()]
    lines = [f"{one.spelling}: {'would be ' if dry_run else ''}{_told(one)}" for one in after]
    data = {"terms": [term_data(one, sources[one.name]) for one in after]}
    later = () if dry_run else (_LATER,)
    return Result(command=f"terms {deed}", data=data, text=(*lines, *later))


def term_data(label: Label, sources: Sequence[str]) -> dict[str, Any]:
    """Return a label as --json shows it."""
    return {
        "name": label.spelling,
        "folded": label.name,
        "spellings": dict(label.spellings),
        "articles": label.articles,
        "sources": list(sources),
        "first": label.first.isoformat(),
        "last": label.last.isoformat(),
        "title": label.title,
        "url": label.url,
        "near": label.near,
        "standing": label.standing,
        "word": label.word,
        "target": label.target,
    }


def _read(
    config: Config, known: Mapping[str, Label], word: Word, names: Sequence[str], to: str
) -> dict[str, tuple[Word, str]]:
    told: dict[str, tuple[Word, str]] = {}
    problems = [f"{to!r} {wrong}"] if word == "mapped" and (wrong := _why_no_tag(to)) else []
    for name in names:
        folded = fold_name(name)
        if folded not in known:
            near = did_you_mean(folded, known)
            problems.append(f"no feed brought a label {name!r}{near}")
        # The same name in another spelling is taken as it is spelled.
        told[folded] = ("accepted" if fold_name(to) == folded else word, to)
    if problems:
        file = str(config.path)
        raise ConfigError([Problem(file=file, line=0, key="", message=one) for one in problems])
    return told


def _why_no_tag(name: str) -> str:
    if not fold_name(name) or not name.isprintable():
        return "is no name for a tag"
    too_long = len(html.escape(name, quote=False)) > LONGEST_NAME
    return f"is longer than the {LONGEST_NAME} characters that WordPress keeps" if too_long else ""


def _with_sources(ledger: Ledger) -> Iterator[tuple[Label, list[str]]]:
    names = {row.id: row.source for row in ledger.feeds.all()}
    for label in ledger.terms.all():
        yield label, list(dict.fromkeys(names.get(feed, feed) for feed in label.feeds))


def _check_source(config: Config, wanted: str) -> None:
    known = [source.name for source in config.sources]
    if wanted and wanted not in known:
        message = f"there is no source {wanted!r}{did_you_mean(wanted, known)}"
        raise ConfigError([Problem(file="--source", line=0, key="", message=message)])


def _row(label: Label, sources: Sequence[str]) -> tuple[str, ...]:
    return (
        label.spelling,
        str(label.articles),
        ", ".join(sources),
        _told(label),
        f"{label.last:%Y-%m-%d}",
        label.title,
    )


def _told(label: Label) -> str:
    """Say in words what becomes of a label."""
    match label.word:
        case "accepted":
            return f"accepted as {label.target}" if label.target else "accepted"
        case "mapped":
            return f"mapped to {label.target}"
        case "ignored":
            return "ignored"
        case _ if label.standing == "near":
            return f"new: did you mean {label.near}?"
        case _:
            told = {"rare": "too rare yet", "made": "its tag is made"}
            return told.get(label.standing, "new")
