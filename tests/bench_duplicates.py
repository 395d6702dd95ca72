"""What it costs to find the same story again among many articles, and how well it is found."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent / "support"))

from rewording import Writer, pairs_of
from sqlalchemy import insert

from wp_sync.curate.duplicates import find_lead, sketch_text
from wp_sync.ledger import open_ledger, schema
from wp_sync.model import ItemKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.ledger import Ledger
    from wp_sync.model import Piece

SITE = "example.news"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITTEN = 5_000  # articles; the rest are made of pieces of them, as quickly as may be
PAIRS = 300
LIMITS = {20_000: 5.0, 200_000: 8.0}  # articles -> ms of CPU a look-up, at most


def fill(ledger: Ledger, pieces: Sequence[Piece], first: int) -> None:
    """Put pieces into the ledger as if each had a post."""
    ledger.sketches.put(SITE, pieces, NOW)
    rows = [
        {"site": SITE, **one.key._asdict(), "wp_id": at, "created_at": NOW, "updated_at": NOW}
        for at, one in enumerate(pieces, first)
    ]
    with ledger.meta.database.write() as connection:
        connection.execute(insert(schema.receipts), rows)


def made_up(known: Sequence[Piece], first: int, dice: random.Random) -> list[Piece]:
    """Make pieces that share some of their runs with others, as articles on one subject do."""
    made = []
    for at in range(first, first + WRITTEN):
        shared = dice.sample(dice.choice(known).sketch.runs, 10)
        # Small hashes, so that many of them are bands.
        own = [dice.getrandbits(31) >> dice.choice((0, 5)) for _ in range(118)]
        runs = tuple(sorted({*shared, *own}))
        model = dice.choice(known)
        made.append(
            replace(model, key=ItemKey("made", str(at)), sketch=replace(model.sketch, runs=runs))
        )
    return made


def spent(started: float, count: int) -> float:
    """Return the ms of CPU that each of so many took."""
    return (time.process_time() - started) * 1000 / count


def main() -> None:
    writer, dice = Writer(1), random.Random(1)  # noqa: S311 (not for secrets)
    pairs = pairs_of(writer, PAIRS)
    strangers = [writer.article() for _ in range(WRITTEN - PAIRS)]
    fresh = [writer.article() for _ in range(PAIRS)]
    started = time.process_time()
    for one in fresh:
        sketch_text(one.text)
    print(f"a sketch of 200 words: {spent(started, PAIRS):.2f} ms")  # noqa: T201
    known = [first for first, _ in pairs]
    known += [one.piece(at, "https://s.example/rss") for at, one in enumerate(strangers)]
    asked = [second for _, second in pairs]
    asked += [one.piece(at, "https://t.example/rss") for at, one in enumerate(fresh)]
    with (
        tempfile.TemporaryDirectory() as directory,
        open_ledger("sqlite:///bench.db", Path(directory), clock=lambda: NOW) as ledger,
    ):
        fill(ledger, known, 1)
        count = WRITTEN
        for most, limit in LIMITS.items():
            while count < most:
                fill(ledger, made_up(known, count, dice), count)
                count += WRITTEN
            started = time.process_time()
            leads = [find_lead(one, ledger.sketches.near(SITE, one.sketch)) for one in asked]
            cost = spent(started, len(asked))
            told = [lead[0].key if lead else None for lead in leads]
            right = sum(key == first.key for key, (first, _) in zip(told, pairs, strict=False))
            found = sum(key is not None for key in told)
            size = (Path(directory) / "bench.db").stat().st_size / 1e6
            print(  # noqa: T201
                f"among {count:,} articles ({size:.0f} MB): {cost:.2f} ms a look-up (at most"
                f" {limit:.0f}); {right} of {PAIRS} rewritten stories, {found - right} wrong ones"
            )


if __name__ == "__main__":
    main()
