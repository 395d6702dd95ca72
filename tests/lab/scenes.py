"""The list W by its numbers: which scene plays each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import wordpress_answers as answers
import wordpress_deeds as deeds

if TYPE_CHECKING:
    from play import Scene

SCENES: dict[str, tuple[str, Scene]] = {
    "W1": ("500 before the write", answers.failure_before_write),
    "W2": ("500 after the write", answers.failure_after_write),
    "W3": ("502, 503, 504 after the write", answers.gateway_after_write),
    "W4": ("maintenance with Retry-After", answers.maintenance),
    "W5": ("429 with and without Retry-After", answers.too_many),
    "W6": ("a firewall refuses one text", answers.firewall),
    "W7": ("the password is revoked amid the run", answers.password_revoked),
    "W8": ("the Authorization header is lost", answers.header_stripped),
    "W9": ("a write is redirected", answers.moved),
    "W10": ("odd bodies in place of the JSON", answers.odd_answers),
    "W11": ("201 with an odd id", answers.odd_ids),
    "W12": ("term_exists", deeds.term_exists),
    "W13": ("users are there or not: none is made", deeds.no_users),
    "W14": ("412 for a damaged upload", answers.damaged_upload),
    "W15": ("413, upload limits, disk full", answers.too_large),
    "W16": ("trashed, deleted, made a page, a draft", deeds.gone_posts),
    "W17": ("the slug is taken meanwhile", deeds.slug_taken),
    "W18": ("a filter changes what is stored", deeds.filtered_text),
    "W19": ("a page cache serves old reads", answers.stale_cache),
    "W20": ("a replica lags", answers.replica_lag),
    "W21": ("scheduled instead of published", deeds.scheduled),
    "W22": ("REST closed, no route, plain address", answers.closed_api),
    "W23": ("no totals, a page past the end", answers.missing_totals),
    "W24": ("the server's clock is a day off", deeds.shifted_clock),
    "W25": ("the site is restored, ids are others'", deeds.restored_site),
    "W26": ("another address, another site", deeds.moved_site),
    "W27": ("slow writes", answers.slow_writes),
    "W28": ("two terms of one name made meanwhile", deeds.twin_terms),
    "W29": ("the database is down", answers.database_down),
    "W30": ("an administrator saves between read and write", deeds.edit_between),
}
REAL: dict[str, Scene] = {
    "W1*": answers.failure_before_write,
    "W2*": deeds.fatal_after_write,
    "W4*": deeds.real_maintenance,
    "W12*": deeds.term_exists,
    "W13*": deeds.no_users,
    "W14*": answers.damaged_upload,
    "W16*": deeds.gone_posts,
    "W17*": deeds.slug_taken,
    "W18*": deeds.filtered_text,
    "W21*": deeds.scheduled,
    "W25*": deeds.restored_site,
    "W30*": deeds.edit_between,
}
