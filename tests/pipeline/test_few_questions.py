"""What the ledger is asked about stories: once for all articles of a feed, not once for each."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pressroom import Pressroom, memory_room, outcomes
from rewording import Writer
from sqlalchemy import event
from sqlalchemy.engine import Engine
from stories import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from press import Kiosk

    from wp_sync.confine import Confinement

LIST = '[duplicates]\nsame = "list"\n'
LIVE = '[post]\nstatus = "publish"\n'
FEW, MANY = 2, 12


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
    wire = source_of(kiosk, "Wire", *first)
    room.desk.write(wire, LIST, news=LIVE)
    room.run()
    again = source_of(kiosk, "Herald", *(writer.reworded(one, 0.2) for one in first))
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
