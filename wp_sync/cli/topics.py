"""topics: what the channels' words and what was learned make of an article, and how well."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wp_sync.config import load_config
from wp_sync.config.problems import did_you_mean
from wp_sync.curate.evaluate import NONE, Example, evaluate, make_lessons
from wp_sync.curate.judge import choose_channel
from wp_sync.curate.lessons import learn
from wp_sync.curate.topics import explain, read_words, score_article
from wp_sync.errors import ConfigError, Problem
from wp_sync.ledger import open_ledger
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.teaching import learn_topics

from .options import STANDARD_INPUT
from .output import Result, Table, counted
from .reading import check_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wp_sync.config.channels import Channel
    from wp_sync.config.schema import Config
    from wp_sync.curate.evaluate import Evaluation
    from wp_sync.model import Learned

_LONGEST = 1_000_000  # bytes of an article that is typed or piped
_SHOWN = 8  # learned words of a channel


def list_topics(path: Path) -> Result:
    """Show what each channel's topic is made of."""
    config = load_config(path)
    with open_ledger(config.ledger.url, path.parent, clock=utc_now, create=False) as ledger:
        counts = ledger.topics.counts()
        learned = learn_topics(ledger, config.channels, keep=False)
    data = [_topic(name, config.channels, counts, learned) for name in config.channels]
    none = sum(count for (channel, _, _), count in counts.items() if not channel)
    rows = tuple(
        (
            one["channel"],
            str(one["about"]),
            str(one["hints"]),
            str(one["not_about"]),
            str(sum(one["lessons"].values())),
            str(sum(one["lessons_against"].values())),
            ", ".join(one["learned"]) or "nothing yet",
        )
        for one in data
    )
    headings = ("Channel", "About", "Hints", "Not about", "Lessons", "Against", "Learned words")
    text: list[str | Table] = [Table(headings=headings, rows=rows)] if rows else []
    if none:
        text.append(f"{counted(none, 'lesson')} of what belongs in no channel.")
    if not learned.decisions:
        text.append("Nothing is learned yet: `wp-sync topics train` learns from the site's posts.")
    return Result(
        command="topics list",
        data={"topics": data, "lessons_of_none": none, "decisions": learned.decisions},
        text=tuple(text),
    )


def _topic(
    name: str,
    channels: Mapping[str, Channel],
    counts: Mapping[tuple[str, bool, str], int],
    learned: Learned,
) -> dict[str, Any]:
    channel = channels[name]
    of = {key: count for key, count in counts.items() if key[0] == name}
    at = learned.channels.index(name) if name in learned.channels else -1
    ranked = sorted(learned.weights, key=lambda word: (-learned.weights[word][at], word))
    return {
        "channel": name,
        "about": len(channel.about),
        "hints": len(channel.hints),
        "not_about": len(channel.not_about),
        "lessons": {how: count for (_, against, how), count in of.items() if not against},
        "lessons_against": {how: count for (_, against, how), count in of.items() if against},
        "learned": [word for word in ranked[:_SHOWN] if learned.weights[word][at] > 0]
        if at >= 0
        else [],
    }


def test_topics(source: str, path: Path) -> Result:
    """Score one article for every channel."""
    config = load_config(path)
    title, text = _read_article(source)
    learned = _learned(config)
    fits = score_article(read_words(title, (), text), config.channels, config.channels, learned)
    choice, reason = choose_channel(fits, config.channels, "")
    data = {
        "channel": choice or None,
        "reason": reason,
        "scores": {name: round(one.score, 3) for name, one in fits.items()},
        "words": {name: list(one.words) for name, one in fits.items()},
        "against": {name: list(one.against) for name, one in fits.items()},
        "learned": {name: list(one.learned) for name, one in fits.items()},
        "decisions": learned.decisions,
    }
    rows = tuple(
        (name, f"{one.score:.2f}", ", ".join(one.words), ", ".join(one.against))
        for name, one in sorted(fits.items(), key=lambda pair: -pair[1].score)
    )
    table = Table(headings=("Channel", "Score", "For it", "Against it"), rows=rows)
    told = explain(fits, config.channels, learned)
    return Result(command="topics test", data=data, text=(table, reason, *filter(None, (told,))))


def evaluate_topics(file: str, path: Path, count: int | None) -> Result:
    """Measure on examples; with a count learn from the first so many, and from nothing else."""
    config = load_config(path)
    examples = read_examples(file, config.channels)
    first, rest = examples[: count or 0], examples[count or 0 :]
    if count is None:
        learned = _learned(config)
    else:
        learned = learn(tuple(make_lessons(first)), config.channels)
    found = evaluate(rest, config.channels, learned)
    return Result(
        command="topics evaluate",
        data=_evaluation_data(found, learned),
        text=tuple(_evaluation_text(found, learned)),
    )


def train_topics(path: Path, *, dry_run: bool = False) -> Result:
    """Learn from the posts that the site has in the channels' categories."""
    from wp_sync.pipeline.orders import open_office
    from wp_sync.pipeline.training import train
    from wp_sync.unattended.lock import hold_lock

    from .running import heed_signals

    config = load_config(path)
    with (
        hold_lock(config.path.parent),
        heed_signals() as (stop, _),
        open_office(config, os.environ, stop) as office,
    ):
        found = train(office, office.identity.address, dry_run=dry_run)
        learned = learn_topics(office.ledger, config.channels, keep=not dry_run)
    total = sum(found.lessons.values())
    would = "would be " if dry_run else ""
    rows = tuple((name, str(found.lessons.get(name, 0))) for name in config.channels)
    text = (
        Table(headings=("Channel", "Lessons"), rows=rows),
        f"{counted(found.posts, 'post')} of the site read; {counted(total, 'lesson')} {would}kept.",
    )
    data = {"posts": found.posts, "lessons": dict(found.lessons), "decisions": learned.decisions}
    return Result(command="topics train", data=data, text=text)


def read_examples(file: str, channels: Mapping[str, Channel]) -> list[Example]:
    """Read JSON lines: title, text, labels, channel. Raises ConfigError."""
    name = "standard input" if file == STANDARD_INPUT else file
    problems: list[Problem] = []
    examples: list[Example] = []
    for number, line in enumerate(_read(file, limit=None).splitlines(), 1):
        if line.strip():
            try:
                examples.append(_parse_example(line, channels))
            except ValueError as error:
                problems.append(Problem(file=name, line=number, key="", message=str(error)))
    if not (examples or problems):
        problems.append(Problem(file=name, line=0, key="", message="holds no example"))
    if problems:
        raise ConfigError(problems)
    return examples


def _parse_example(line: str, channels: Mapping[str, Channel]) -> Example:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ValueError(f"is not JSON: {error}") from None
    if not isinstance(row, dict):
        raise ValueError("is not a JSON object with title, text, labels and channel")  # noqa: TRY004
    channel, labels = row.get("channel") or "", row.get("labels") or ()
    channel = "" if channel == NONE else channel
    if channel and channel not in channels:
        near = did_you_mean(str(channel), tuple(channels))
        raise ValueError(f"there is no channel {channel!r}{near} (none: no channel)")
    return Example(
        title=str(row.get("title") or ""),
        text=str(row.get("text") or ""),
        labels=tuple(map(str, labels)) if isinstance(labels, list | tuple) else (),
        channel=channel,
    )


def _read_article(source: str) -> tuple[str, str]:
    """Take a title, an empty line and a text apart."""
    text = _read(source, limit=_LONGEST).replace("\r\n", "\n").lstrip("\n\ufeff")
    title, _, body = text.partition("\n\n")
    return " ".join(title.split()), body


def _read(source: str, limit: int | None) -> str:
    check_path(source)
    if source == STANDARD_INPUT:
        raw = sys.stdin.buffer.read(-1 if limit is None else limit)
    else:
        with Path(source).open("rb") as file:
            raw = file.read(-1 if limit is None else limit)
    return raw.decode("utf-8", "replace")


def _learned(config: Config) -> Learned:
    directory = config.path.parent
    with open_ledger(config.ledger.url, directory, clock=utc_now, create=False) as ledger:
        return learn_topics(ledger, config.channels, keep=False)


def _evaluation_data(found: Evaluation, learned: Learned) -> dict[str, Any]:
    return {
        "examples": found.count,
        "decisions": learned.decisions,
        "macro_f1": round(found.macro_f1, 4),
        "channels": {
            name: {
                "precision": round(one.precision, 4),
                "recall": round(one.recall, 4),
                "f1": round(one.f1, 4),
                "count": one.count,
            }
            for name, one in found.marks.items()
        },
        "live": found.live,
        "live_right": found.live_right,
        "belonging": found.belonging,
        "misses": [miss._asdict() for miss in found.misses],
    }


def _evaluation_text(found: Evaluation, learned: Learned) -> Iterator[str | Table]:
    rows = tuple(
        (name, str(one.count), f"{one.precision:.2f}", f"{one.recall:.2f}", f"{one.f1:.3f}")
        for name, one in found.marks.items()
    )
    yield Table(headings=("Channel", "Examples", "Precision", "Recall", "F1"), rows=rows)
    yield f"Macro-F1 {found.macro_f1:.3f} on {counted(found.count, 'example')}."
    right = found.live_right / max(found.live, 1)
    share = found.live_right / max(found.belonging, 1)
    yield (
        f"{found.live:,} would go live without a person, {right:.1%} of them in the right channel:"
        f" {share:.1%} of what belongs in one."
    )
    yield f"Learned from {counted(learned.decisions, 'decision')}, beside the descriptions."
    if found.misses:
        shown: Sequence[tuple[str, ...]] = [tuple(miss) for miss in found.misses]
        yield Table(headings=("Missed", "Right", "Taken for", "Why"), rows=tuple(shown))
