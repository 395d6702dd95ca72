"""Keep the site's private page of what waits up to date: one write when it has changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wp_sync.errors import InDoubtError, RejectedError
from wp_sync.hashing import digest
from wp_sync.review.page import SLUG, TITLE, page_body

from .waiting import list_waiting

if TYPE_CHECKING:
    from wp_sync.ledger import Ledger
    from wp_sync.publish.target import SiteIdentity, Target

PAGE = "review page:"  # + the site's address, in the ledger's meta


def keep_page(ledger: Ledger, target: Target, identity: SiteIdentity) -> str:
    """Write the page when another list than before waits; return what a person should know."""
    if "edit_pages" not in identity.capabilities:
        who = f"{identity.login} may not write pages"
        return f"{who}, so there is no review page: give it the role Editor, or page = false"
    body = page_body(list_waiting(ledger, target, identity))
    place = PAGE + identity.address
    before = json.loads(ledger.meta.get(place, '{"id": 0, "hash": ""}'))
    if before["hash"] == digest(body):
        return ""
    try:
        page = target.write_page(before["id"], slug=SLUG, title=TITLE, body=body)
    except (RejectedError, InDoubtError) as error:
        return f"the review page was not written: {error}"
    ledger.meta.set(place, json.dumps({"id": page.wp_id, "hash": digest(body)}))
    if page.status == "trash":
        return "the review page is in the trash of the site: set [review] page = false to end it"
    return ""
