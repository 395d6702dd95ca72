"""doctor's write probe over XML-RPC: one draft and one picture, compared, and deleted for good."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from wordpress_xmlrpc.methods.posts import DeletePost, GetPosts

from wp_sync.errors import RejectedError, WpSyncError
from wp_sync.model import Upload

from .importers import STATUSES
from .probe import (
    BODY,
    NAME,
    PICTURE,
    TITLE,
    Probe,
    compare_bodies,
    explain_upload,
    find_removed,
    paint_picture,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .diagnosis import Diagnosis
    from .xmlrpc_api import XmlRpcApi
    from .xmlrpc_target import XmlRpcTarget

_FILE = f"{PICTURE}.jpg"  # the title that it gets


def probe_writing(api: XmlRpcApi, target: XmlRpcTarget) -> Probe:
    """Write as a sync does; return what it told, raise what makes it impossible."""
    probe = Probe()
    _remove_traces(api)
    try:
        probe.notes = tuple(_write(target, probe))
    except WpSyncError:
        with suppress(WpSyncError):  # the error that stopped the probe counts
            _remove_traces(api)
        raise
    _remove_traces(api)
    return probe


def _write(target: XmlRpcTarget, probe: Probe) -> Iterator[Diagnosis]:
    content = paint_picture()
    digest = hashlib.sha256(content).hexdigest()
    upload = Upload(content=content, mime="image/jpeg", name=_FILE, sha256=digest)
    try:
        picture = target.upload(upload)
    except RejectedError as error:
        raise explain_upload(error) from error
    probe.mime_types = (upload.mime,)
    values = {"title": TITLE, "body": BODY, "slug": NAME, "status": "draft", "featured": picture}
    post = target.create_post(values)
    stored = post.values.get("body", "")
    probe.removed = find_removed(stored)
    yield from compare_bodies(stored)


def _remove_traces(api: XmlRpcApi) -> None:
    """Find by title what this probe made, or one that was killed, and delete it for good."""
    for kind, title, statuses in (
        ("post", TITLE, STATUSES),
        ("attachment", _FILE, "inherit"),
    ):
        asked = {"post_type": kind, "post_status": statuses, "number": 50, "s": f'"{title}"'}
        rows = api.read(GetPosts(asked, ["post_title", "post_status"], results_class=None))
        for row in (row for row in rows if row["post_title"] == title):
            wp_id = int(row["post_id"])
            api.write(DeletePost(wp_id))
            # What is a post goes into the trash first.
            if kind == "post" and row["post_status"] != "trash":
                with suppress(RejectedError):  # there is no trash: it is gone
                    api.write(DeletePost(wp_id))
