"""Deferred items: only those that a run has room for are made again, their pages read once more.

The others are screened, and keep waiting by what the ledger knows of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wp_sync.curate.pacing import Candidate
from wp_sync.ledger.items import DEFERRED
from wp_sync.model import Outcome
from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from wp_sync.config.schema import Config
    from wp_sync.curate.pacing import Turn
    from wp_sync.ledger import DueItem
    from wp_sync.model import Item, ItemKey

    from .collect import Intake


@dataclass(slots=True)
class Backlog:
    """What one run knows of the items that an earlier one deferred."""

    config: Config
    noted: dict[ItemKey, DueItem] = field(default_factory=dict)  # due, and not looked at yet

    def note(self, due: Iterable[DueItem]) -> None:
        """Remember which of these were deferred."""
        self.noted |= {one.item.key: one for one in due if one.state == DEFERRED}

    def set_aside(
        self, items: Sequence[Item], intake: Intake, paced: Collection[str]
    ) -> tuple[list[Item], dict[ItemKey, DueItem], list[Outcome]]:
        """Part items into those to be made now, those that wait, and what is screened out of them.

        Only what was deferred in a channel that is `paced` yet can wait.
        """
        now: list[Item] = []
        waiting: dict[ItemKey, DueItem] = {}
        told: list[Outcome] = []
        for item in items:
            one = self.noted.pop(item.key, None)
            if one is None or one.channel not in paced or item.key in intake.receipts:
                now.append(item)
            elif outcome := intake.screen(item):
                told.append(outcome)
            else:
                waiting[item.key] = one
        return now, waiting, told

    def candidates(self, waiting: Mapping[ItemKey, DueItem], source: str) -> Iterator[Candidate]:
        """Make the candidates of what waits: with the date that its feed gave, else as it came."""
        for key, one in waiting.items():
            yield Candidate(
                key=key,
                channel=one.channel,
                source=source,
                published=one.item.published or one.first_seen,
                is_draft=self.config.channels[one.channel].post.status != "publish",
            )


def put_off(key: ItemKey, turn: Turn, *, title: str, url: str, channel: str) -> Outcome | None:
    """Say how an item ends whose turn is not now; None: it goes, or is scheduled."""
    if turn.word not in {"defer", "drop"}:
        return None
    return Outcome(
        key=key,
        status="held" if turn.word == "defer" else "dropped",
        stage="pacing",
        reason=turn.reason,
        url=url,
        title=title,
        channel=channel,
        due=turn.due if turn.word == "defer" else None,
    )


def put_off_waiting(
    waiting: Mapping[ItemKey, DueItem], turns: Mapping[ItemKey, Turn]
) -> Iterator[Outcome]:
    """Say of what waits on how long that is, or that it would be too old by then."""
    for key, one in waiting.items():
        title = plain_text(one.item.title)
        told = put_off(key, turns[key], title=title, url=one.item.url, channel=one.channel)
        if told:
            yield told
