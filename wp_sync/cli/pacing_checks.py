"""What doctor says of posts that WordPress publishes when their time comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.ledger import open_ledger
from wp_sync.ledger.pacing import SCHEDULED
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.pacing import CRON, LATE, missed_note, zone_of
from wp_sync.publish.diagnosis import Diagnosis

if TYPE_CHECKING:
    from .checkup import Patient


def check_schedule(patient: Patient) -> str:
    """Look for posts of ours that WordPress should have published by now."""
    config = patient.config
    with open_ledger(config.ledger.url, config.path.parent, clock=utc_now, create=False) as ledger:
        due = ledger.pacing.scheduled(patient.identity.address, utc_now() - LATE)
    there = patient.site.target.read_posts(due) if due else ()
    missed = [one.wp_id for one in there if one.status == SCHEDULED]
    if missed:
        patient.warnings.append(Diagnosis(cause=missed_note(missed), cure=CRON))
    names = [one.label for one in config.channels.values() if one.pacing.spread == "schedule"]
    if not names:
        return "no channel schedules posts"
    told = f"{', '.join(names)}: WordPress publishes scheduled posts by its own cron"
    return f"{told}; quiet hours go by the clock of {zone_of(config, patient.identity)}"
