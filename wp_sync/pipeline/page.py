"""Keep the site's private page of what waits up to date: one write when the list has changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wp_sync.errors import AlreadyRunningError, InDoubtError, RejectedError, SiteError
from wp_sync.hashing import digest
from wp_sync.review.page import SLUG, TITLE, page_body

from .waiting import list_waiting

if TYPE_CHECKING:
    from wp_sync.publish.target import SiteIdentity

    from .waiting import Desk

PAGE = "review page:"  # + the site's address, in the ledger's meta


def keep_page(desk: Desk, identity: SiteIdentity) -> str:
    """Write the page when another list than before waits; return what a person should know.

    As every write it is made under the site's lock; while another machine has that, it waits.
    """
    if "edit_pages" not in identity.capabilities:
        who = f"{identity.login} may not write pages"
        return f"{who}, so there is no review page: give it the role Editor, or page = false"
    place = PAGE + identity.address
    before = json.loads(desk.ledger.meta.get(place, '{"id": 0, "hash": ""}'))
    body = _body(desk, identity)
    if before["hash"] == digest(body):
        return ""
    try:
        if desk.lock.take():  # another machine may have written since we looked
            body = _body(desk, identity)
        page = desk.target.write_page(before["id"], slug=SLUG, title=TITLE, body=body)
    except (AlreadyRunningError, RejectedError, InDoubtError, SiteError) as error:
        return f"the review page was not written: {error}"
    desk.ledger.meta.set(place, json.dumps({"id": page.wp_id, "hash": digest(body)}))
    if page.status == "trash":
        return "the review page is in the trash of the site: set [review] page = false to end it"
    return ""


def _body(desk: Desk, identity: SiteIdentity) -> str:
    waiting = list_waiting(desk.ledger, desk.target, identity)
    return page_body(tuple(one for one in waiting if one.kind != "deferred"))  # for time alone
