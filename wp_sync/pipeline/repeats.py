"""What is said of articles that repeat another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.ledger.sketches import BEGUN
from wp_sync.model import Outcome
from wp_sync.text import limit_text, plain_text

if TYPE_CHECKING:
    from wp_sync.ledger import ItemRow
    from wp_sync.model import Twin

_LONGEST_TITLE = 100  # characters
_PLACES = {
    "draft": "the draft {}",
    "pending": "the pending post {}",
    "trash": "post {}, in the trash,",
}
_SAME_TEXT, _NEAR_TEXT = "the same text as", "near text of"
REPEATS = (_SAME_TEXT, _NEAR_TEXT)  # begin the reason of what another article has told
REJECTED = "which a person rejected"
ALL_THE_SAME = " (wp-sync review approve publishes it all the same)"
_SAME = 0.995  # from here on the texts are the same, as far as a reader sees


def hold_for(row: ItemRow, lead: ItemRow | None, why: str = REJECTED) -> Outcome:
    """Hold a repeat of an article that is not to be seen."""
    title = limit_text(plain_text(lead.title), _LONGEST_TITLE) if lead else ""
    named = f'"{title}" by {lead.source}' if lead else "an article"
    address = f": {lead.url}" if lead and lead.url else ""
    return Outcome(
        key=row.key,
        status="held",
        stage="curate",
        reason=f"{_NEAR_TEXT} {named}, {why}{address}{ALL_THE_SAME}",
        url=row.url,
        title=plain_text(row.title),
        channel=row.channel,
    )


def tell_repeat(twin: Twin) -> str:
    """Say which article has told a story already, and where it is."""
    lead, share = twin.lead, min(int(twin.likeness * 100), 99)
    title = limit_text(lead.title, _LONGEST_TITLE)
    text = _SAME_TEXT if twin.likeness >= _SAME else _NEAR_TEXT
    alike = "" if twin.likeness >= _SAME else f" ({share} %)"
    by = f" by {lead.source}" if lead.source else ""
    if lead.status == BEGUN:
        place = f"whose post{by} is being looked up on the site"
    elif not lead.wp_id:
        place = f"which {lead.source} brings in this run"
    elif lead.status in _PLACES:
        place = _PLACES[lead.status].format(lead.wp_id) + by
    else:
        place = f"published as post {lead.wp_id}{by}"
    address = f": {lead.url}" if lead.url else ""
    return f'{text} "{title}"{alike}, {place}{address}'
