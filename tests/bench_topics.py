"""How many articles a second are scored in one process, and how long learning takes."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from wp_sync.config import load_config
from wp_sync.curate.evaluate import Example, make_lessons
from wp_sync.curate.lessons import learn
from wp_sync.curate.topics import read_words, score_article

HERE = Path(__file__).parent
ARTICLES, LESSONS, ROUNDS = 2000, 5000, 3
FEWEST, LONGEST = 2000, 2.0  # articles a second; seconds for all lessons
LENGTHS = (48, 240, 640)  # words of a text, and a fourth more of its own channel


def make_examples(count: int, length: int) -> list[Example]:
    """Mix the words of known articles: a fifth of its own channel, the rest of none."""
    chance = random.Random(7)  # noqa: S311
    rows = [json.loads(line) for line in (HERE / "curate" / "known.jsonl").read_text().splitlines()]
    words: dict[str, list[str]] = {}
    for row in rows:
        own = words.setdefault(row["channel"] or "", [])
        own += f"{row['title']} {row['text']}".split()
    names = sorted(words)
    return [
        Example(
            title=" ".join(chance.choices(words[name], k=9)),
            text=" ".join(
                [*chance.choices(words[name], k=length // 4), *chance.choices(words[""], k=length)]
            ),
            labels=("News",),
            channel=name,
        )
        for name in (chance.choice(names) for _ in range(count))
    ]


def main() -> int:
    """Score and learn; return 1 where it is too slow."""
    channels = load_config(HERE.parent / "config.toml").channels
    lessons = tuple(make_lessons(make_examples(LESSONS, 60)))
    begun = time.process_time()
    learned = learn(lessons, channels)
    took = time.process_time() - begun
    is_well = took <= LONGEST
    print(f"learning from {LESSONS:,} lessons: {took:.2f} s (at most {LONGEST:.0f})")  # noqa: T201
    for length in LENGTHS:
        examples = make_examples(ARTICLES, length)
        seconds: list[float] = []
        for _ in range(ROUNDS):
            begun = time.process_time()
            for one in examples:
                words = read_words(one.title, one.labels, one.text)
                score_article(words, channels, channels, learned)
            seconds.append(time.process_time() - begun)
        rate = ARTICLES / min(seconds)
        is_well &= rate >= FEWEST or length > LENGTHS[1]
        print(f"articles of {length * 5 // 4} words: {rate:,.0f} a second (at least {FEWEST:,})")  # noqa: T201
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
