"""Pictures in a site's library, over REST."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from wp_sync.errors import InDoubtError, RejectedError

from .rest_lists import chunks_of, read_pages
from .rest_values import escape, number_of, shaped, upload_of, written
from .routes import MEDIA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Upload

    from .rest_api import RestApi

PICTURE = "image/"  # begins the MIME type
LONGEST_ALT = 300  # characters; it travels in the address


def find_media(api: RestApi, names: Sequence[str]) -> Mapping[str, int]:
    """Find uploads by Upload.name."""
    by_slug = {_stem(name): name for name in names}
    # What XML-RPC uploaded has its title, the file's whole name, in its slug (sanitize_title).
    by_slug |= {name.replace(".", "-"): name for name in names}
    found: dict[str, int] = {}
    for chunk in chunks_of(by_slug):
        params = {"slug": ",".join(chunk), "orderby": "id", "_fields": "id,slug,mime_type"}
        # Newest first, so that the first upload wins.
        for row in read_pages(api, MEDIA, params):
            if row["slug"] in by_slug and str(row.get("mime_type")).startswith(PICTURE):
                found[by_slug[row["slug"]]] = shaped(lambda row: number_of(row, "id"), row)
    return found


def upload_file(api: RestApi, upload: Upload) -> int:
    """Upload a picture; return its id."""
    # The slug by which find_media looks is in the attachment's row from its first moment.
    params = {
        "slug": _stem(upload.name),
        "title": escape(upload.title or _stem(upload.name)),
        "alt_text": escape(upload.alt[:LONGEST_ALT]),
        "_fields": "id,mime_type,media_details.filesize",
    }
    headers = {
        "Content-Disposition": f'attachment; filename="{upload.name}"',
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
        with suppress(RejectedError, InDoubtError):
            api.write("DELETE", f"{MEDIA}/{wp_id}", {"force": "true", "_fields": "deleted"})
        raise RejectedError(f"WordPress keeps {upload.name} as {mime} of {size} bytes")
    return wp_id


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
