"""What the ledger is asked about stories: once for all articles of a feed, not once for each."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from press import Kiosk, Story, rss
from pressroom import Pressroom, memory_room, outcomes
from rewording import Writer, Written
from sqlalchemy import event
from sqlalchemy.engine import Engine

from wp_sync.pipeline.build import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wp_sync.confine import Confinement

LIST = '[duplicates]\nsame = "list"\n'
LIVE = '[post]\nstatus = "publish"\n'
FEW, MANY = 2, 12


def source(kiosk: Kiosk, name: str, articles: Sequence[Written]) -> str:
    date = format_datetime(utc_now() - timedelta(hours=1), usegmt=True)
    stories = [
        Story(
            number=number,
            title=one.title,
            body=f"<p>{one.text}</p>",
            link=f"https://{name.lower()}.example/{number}",
            date=date,
        )
        for number, one in enumerate(articles, 1)
    ]
    return kiosk.source(name, kiosk.put(f"/{name}", rss(*stories)))


@contextmanager
def counting(*words: str) -> Iterator[Counter[str]]:
    """Count the questions about these, by table or column."""
    asked: Counter[str] = Counter()

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("SELECT"):
            asked.update(word for word in words if word in statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def repeat_all(room: Pressroom, kiosk: Kiosk, count: int) -> Counter[str]:
    """Publish so many stories, let another source repeat each, and count that run's questions."""
    writer = Writer(count)
    first = [writer.article() for _ in range(count)]
    wire = source(kiosk, "Wire", first)
    room.desk.write(wire, LIST, news=LIVE)
    room.run()
    again = source(kiosk, "Herald", [writer.reworded(one, 0.2) for one in first])
    room.desk.write(wire + again, LIST, news=LIVE)
    with counting("sketch_bands", "sketches", "items.raw") as asked:
        run = room.run()
    assert len(list(outcomes(run, "updated"))) == count
    return asked


def test_many_stories_are_asked_for_as_often_as_few(
    tmp_path: Path, confinement: Confinement, kiosk: Kiosk
) -> None:
    """Of what is near them, and of the leads that are to name others."""
    asked = []
    for count in (FEW, MANY):
        directory = tmp_path / str(count)
        directory.mkdir()
        asked.append(repeat_all(memory_room(directory, confinement), kiosk, count))

    few, many = asked
    assert few["sketch_bands"] > 0
    assert few["items.raw"] > 0
    assert many == few
