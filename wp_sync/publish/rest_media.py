"""Pictures in a site's library, over REST."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from wp_sync.batching import batched
from wp_sync.errors import InDoubtError, RejectedError

from .rest_lists import PAGE, chunks_of, read_pages
from .rest_values import escape, number_of, shaped, upload_of, written
from .routes import MEDIA
from .target import UNSUPPORTED, WEBP, Shown, mark_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Upload

    from .answers import Json
    from .rest_api import RestApi

PICTURE = "image/"  # begins the MIME type
# Statuses of what the library has. A takedown hides as private what another source may show again:
# the file is there, and a second one would be a double.
KEPT = "inherit,private"
LONGEST_TEXT = 300  # characters; it travels in the address


def find_media(api: RestApi, names: Sequence[str]) -> Mapping[str, int]:
    """Find uploads by Upload.name."""
    by_slug: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:  # of one content in several articles, several names have its mark
        by_slug[mark_of(name)].append(name)
        # What XML-RPC uploaded has its title, the file's whole name, in its slug (sanitize_title).
        by_slug[name.replace(".", "-")].append(name)
    found: dict[str, int] = {}
    for chunk in chunks_of(by_slug):
        params = {
            "slug": ",".join(chunk),
            "orderby": "id",
            "status": KEPT,
            "_fields": "id,slug,mime_type",
        }
        # Newest first, so that the first upload wins.
        for row in read_pages(api, MEDIA, params):
            if row["slug"] in by_slug and str(row.get("mime_type")).startswith(PICTURE):
                wp_id = shaped(lambda row: number_of(row, "id"), row)
                found |= dict.fromkeys(by_slug[row["slug"]], wp_id)
    return found


def read_media(api: RestApi, wp_ids: Sequence[int]) -> Mapping[int, Shown]:
    """Read pictures by their ids; one that is gone is left out."""
    found: dict[int, Shown] = {}
    for few in batched(wp_ids, PAGE):
        asked = {
            "include": ",".join(map(str, few)),
            "status": KEPT,
            "_fields": "id,source_url,slug,mime_type",
        }
        for row in read_pages(api, MEDIA, asked):
            if str(row.get("mime_type")).startswith(PICTURE):
                wp_id, shown = shaped(_shown_of, row)
                found[wp_id] = shown
    return found


def upload_file(api: RestApi, upload: Upload) -> int:
    """Upload a picture; return its id."""
    # The slug by which find_media looks is in the attachment's row from its first moment.
    params = {
        "slug": mark_of(upload.name),
        "title": escape(upload.title or mark_of(upload.name)),
        "alt_text": escape(upload.alt[:LONGEST_TEXT]),
        "caption": escape(upload.caption[:LONGEST_TEXT]),
        "_fields": "id,mime_type,media_details.filesize,media_details.sizes,missing_image_sizes",
    }
    disposition = f'attachment; filename="{upload.name}"'
    headers = {
        # A name of other letters goes as the bytes of its UTF-8, as WordPress reads it.
        "Content-Disposition": disposition.encode().decode("latin-1"),
        "Content-Type": upload.mime,
        # WordPress compares it with what arrived, and takes the hexadecimal form only.
        "Content-MD5": hashlib.md5(upload.content, usedforsecurity=False).hexdigest(),
    }
    data = api.write(
        "POST",
        MEDIA,
        params,
        is_absent=lambda: not find_media(api, [upload.name]),
        data=upload.content,
        headers=headers,
    )
    wp_id, mime, size = written(upload_of, data)
    if not mime.startswith(PICTURE) or size == 0:
        # Plugins may change a picture's kind and size, but it must still be one.
        _take_back(api, wp_id)
        raise RejectedError(f"WordPress keeps {upload.name} as {mime} of {size} bytes")
    if upload.mime == WEBP and _lacks_sizes(data):
        # Its library for pictures can't read WebP: themes would show every list in full size.
        _take_back(api, wp_id)
        raise RejectedError("WordPress can't make smaller ones of WebP", code=UNSUPPORTED)
    return wp_id


def _take_back(api: RestApi, wp_id: int) -> None:
    with suppress(RejectedError, InDoubtError):
        api.write("DELETE", f"{MEDIA}/{wp_id}", {"force": "true", "_fields": "deleted"})


def _lacks_sizes(row: Json) -> bool:
    details = row.get("media_details") or {}  # PHP's empty array is a list
    return bool(row.get("missing_image_sizes")) and not details.get("sizes")


def _shown_of(row: Json) -> tuple[int, Shown]:
    url = str(row["source_url"])  # false where a plugin can't tell
    place = url if url.startswith("http") else ""
    return number_of(row, "id"), Shown(url=place, name=str(row["slug"]))
