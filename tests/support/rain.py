"""One post in all its forms: what we want, what we wrote, and what WordPress gives out."""

from __future__ import annotations

from typing import Any

from office import make_post

from wp_sync.model import Receipt, SitePost
from wp_sync.publish.merge import sent_hashes, stored_hashes

SUBTITLE = "fields.subtitle"
POST = make_post(comments="open", fields={"subtitle": "Wet"})
IDS: dict[str, Any] = {"author": 2, "categories": (5,), "tags": (6, 7)}
VALUES: dict[str, Any] = {
    "title": POST.title,
    "body": POST.body,
    "excerpt": "Wind &lt; rain &amp; hail",
    "slug": POST.slug,
    "date": "2026-05-04T12:00:00",
    "status": "publish",
    "author": 2,
    "categories": (5,),
    "tags": (6, 7),
    "featured": 9,
    "comments": "open",
    SUBTITLE: "Wet",
}
SENT: dict[str, Any] = {
    "title": "Rain & wind, part 1 ",
    "body": POST.body,
    "excerpt": "Wind &lt; rain &amp; hail",
    "slug": POST.slug,
    "date": POST.date,
    "status": "publish",
    "author": 2,
    "categories": (5,),
    "tags": (7, 6),
    "featured": 9,
    "comments": "open",
    SUBTITLE: "Wet",
}
RECEIPT = Receipt(
    key=POST.key,
    wp_id=7,
    sent=sent_hashes(POST),
    stored=stored_hashes(SitePost(wp_id=7, slug="", status="", values=VALUES)),
)


def there(**edits: object) -> SitePost:
    return SitePost(wp_id=7, slug=POST.slug, status="publish", values=VALUES | edits)
