"""doctor's write probe over XML-RPC: one draft and one picture, compared, and deleted for good."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from wordpress_xmlrpc.methods.posts import DeletePost, GetPosts

from wp_sync.errors import RejectedError, WpSyncError
from wp_sync.model import Upload

from .importers import STATUSES
from .probe import BODY, NAME, PICTURE, TITLE, compare_bodies, explain_upload, paint_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .diagnosis import Diagnosis
    from .xmlrpc_api import XmlRpcApi
    from .xmlrpc_target import XmlRpcTarget

_FILE = f"{PICTURE}.jpg"  # the title that it gets


def probe_writing(api: XmlRpcApi, target: XmlRpcTarget) -> tuple[Diagnosis, ...]:
    """Write as a sync does; return what a person should know, raise what makes it impossible."""
    _remove_traces(api)
    try:
        notes = tuple(_write(target))
    except WpSyncError:
        with suppress(WpSyncError):  # the error that stopped the probe counts
            _remove_traces(api)
        raise
    _remove_traces(api)
    return notes


def _write(target: XmlRpcTarget) -> Iterator[Diagnosis]:
    content = paint_picture()
    digest = hashlib.sha256(content).hexdigest()
    try:
        picture = target.upload(
            Upload(content=content, mime="image/jpeg", name=_FILE, sha256=digest)
        )
    except RejectedError as error:
        raise explain_upload(error) from error
    values = {"title": TITLE, "body": BODY, "slug": NAME, "status": "draft", "featured": picture}
    post = target.create_post(values)
    yield from compare_bodies(post.values.get("body", ""))


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
