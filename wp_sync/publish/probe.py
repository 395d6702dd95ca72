"""doctor's write probe: one draft and one picture, made, compared, and deleted for good.

Both have a title of their own, by which the next probe finds and removes what a killed one left.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Comment

from wp_sync.errors import InDoubtError, RejectedError, SiteError, WpSyncError
from wp_sync.model import Upload

from .diagnosis import Diagnosis, line_for
from .rest import RestTarget
from .routes import MEDIA, POSTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .discovery import ApiRoot
    from .rest_api import RestApi

Trace = tuple[str, int]  # route and id


@dataclass(slots=True)
class Probe:
    """What was made, and what it told."""

    made: list[Trace] = field(default_factory=list)
    notes: tuple[Diagnosis, ...] = ()  # what a person should know
    removed: tuple[str, ...] = ()  # what the site took out of a body of ours
    mime_types: tuple[str, ...] = ()  # of uploads that it took


NAME = "wp-sync-doctor-probe"
PICTURE = f"{NAME}-picture"
TITLE = "wp-sync doctor: a test, may be deleted"
RENAMED = f"{TITLE} (2)"
LARGE = 2 * 2**20  # bytes: no picture of ours, 1,600 pixels wide, is larger; nginx begins with 1 MB
# Of each kind of element that we publish; nothing here is loaded from anywhere.
BODY = """<!-- wp:paragraph -->
<p>A test of <a href="https://example.com/?a=1&amp;b=2" title="t">links</a>, <em>em</em>, <q>q</q>,
<abbr title="t">abbr</abbr> and <time datetime="2026-01-01">time</time>.</p>
<!-- /wp:paragraph -->
<h2>Heading</h2><ul><li>list</li></ul><ol start="2"><li>list</li></ol>
<blockquote cite="https://example.com/"><p>quotation</p></blockquote><hr>
<figure><img src="https://example.com/a.jpg" alt="a" width="1" height="1">
<figcaption>caption</figcaption></figure>
<table><caption>c</caption><thead><tr><th colspan="2">h</th></tr></thead>
<tbody><tr><td>1</td><td>2</td></tr></tbody></table>
<details><summary>summary</summary><p>details</p></details><pre><code>code</code></pre>"""

BY_HAND = f'look for a plugin that forbids deleting, and delete "{TITLE}" by hand in wp-admin'
# WordPress's words on a file that it does not take -> the cause and the cure. Its code is one.
UPLOADS: tuple[tuple[str, Diagnosis], ...] = (
    (
        "not allowed to upload this file type",
        Diagnosis(
            cause="the site refuses JPEG pictures",
            cure="look for the filter upload_mimes in the security plugin or the theme; on a "
            "multisite, Network Admin > Settings > Upload file types: add jpg jpeg png",
        ),
    ),
    (
        "writ",  # "not writable", "could not write file"
        Diagnosis(
            cause="WordPress can't write into its uploads directory",
            cure="give it to the user that PHP runs as: chown -R www-data wp-content/uploads; and "
            "look whether the disk is full",
        ),
    ),
)
STALE = Diagnosis(
    cause="a cache before the site gives old answers to logged-in requests: what was just written "
    "is not what is read",
    cure="keep /wp-json/ and ?rest_route= out of the cache, or let it pass every request with an "
    "Authorization header",
)


def probe_writing(api: RestApi, root: ApiRoot) -> Probe:
    """Write as a sync does; return what it told, raise what makes it impossible."""
    probe = Probe()
    _remove(api, _find_traces(api))
    try:
        _send_large(api)
        probe.notes = tuple(_write(api, RestTarget(api, root), probe))
    except WpSyncError:
        # An answer may be lost, and what it told be there all the same. The error that stopped
        # the probe counts, not one of cleaning up after it: the next probe does that again.
        with suppress(WpSyncError):
            _remove(api, [*probe.made, *_find_traces(api)])
        raise
    _remove(api, probe.made)
    return probe


def _remove(api: RestApi, traces: Iterable[Trace]) -> None:
    """Delete for good, posts before their pictures."""
    for route, wp_id in sorted(set(traces), reverse=True):
        try:
            params = {"force": "true", "_fields": "deleted"}
            answer = api.write("DELETE", f"{route}/{wp_id}", params)
        except (RejectedError, InDoubtError) as error:
            message = f"the test can't be deleted ({route}/{wp_id}): {error.message}"
            raise SiteError(message, cure=BY_HAND) from error
        if not (isinstance(answer, dict) and answer.get("deleted")):
            raise SiteError(f"the site keeps the test ({route}/{wp_id})", cure=BY_HAND)


def _find_traces(api: RestApi) -> list[Trace]:
    """Find posts and pictures by their title: some plugins make slugs of their own."""
    asked = {"search": f'"{TITLE}"', "context": "edit", "_fields": "id,title.raw"}
    places: tuple[tuple[str, dict[str, str]], ...] = ((POSTS, {"status": "any,trash"}), (MEDIA, {}))
    return [
        (route, int(row["id"]))
        for route, which in places
        for row in api.get(route, {**asked, **which})[0]
        # A site that ignores the parameter gives all.
        if str(row["title"]["raw"]) in {TITLE, RENAMED}
    ]


def _send_large(api: RestApi) -> None:
    """Send as much as a large picture has, in a form that WordPress takes for nothing."""
    headers = {"Content-Type": "image/jpeg"}  # without Content-Disposition: 400, nothing is made
    try:
        answer = api.send("POST", MEDIA, {"_fields": "id"}, data=bytes(LARGE), headers=headers)
    except InDoubtError as error:
        message = f"requests of {LARGE >> 20} MB are cut off: {error.message}"
        raise SiteError(message, cure=line_for("size", {})) from error
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        message = f"the web server refuses pictures of {LARGE >> 20} MB (413, {answer.server})"
        raise SiteError(message, cure=line_for("size", answer.headers))
    if answer.code != "rest_upload_no_content_disposition":
        api.accept(answer)
        raise SiteError(f"{answer.reason}, to an upload without a name")


def _write(api: RestApi, target: RestTarget, probe: Probe) -> Iterator[Diagnosis]:
    content = paint_picture()
    digest = hashlib.sha256(content).hexdigest()
    name = f"{PICTURE}.jpg"
    upload = Upload(content=content, mime="image/jpeg", name=name, sha256=digest, title=TITLE)
    try:
        picture = target.upload(upload)
    except RejectedError as error:
        raise explain_upload(error) from error
    probe.made.append((MEDIA, picture))
    probe.mime_types = (upload.mime,)
    values = {"title": TITLE, "body": BODY, "slug": NAME, "status": "draft", "featured": picture}
    post = target.create_post(values)
    probe.made.append((POSTS, post.wp_id))
    stored = post.values.get("body", "")
    probe.removed = find_removed(stored)
    yield from compare_bodies(stored)
    if post.slug != NAME:
        cause = f"the site changes slugs: {NAME} became {post.slug!r}"
        yield Diagnosis(cause=cause, cure="look for a plugin that makes slugs of its own")
    if post.values.get("featured") != picture:
        cause = "the site drops featured images"
        yield Diagnosis(cause=cause, cure="let the theme support post thumbnails")
    route = f"{POSTS}/{post.wp_id}"
    asked = {"context": "edit", "_fields": "title.raw"}
    api.get(route, asked)  # so that a cache has something to remember
    target.update_post(post.wp_id, {"title": RENAMED})
    seen, _ = api.get(route, asked)
    if seen["title"]["raw"] != RENAMED:
        yield STALE


def explain_upload(error: RejectedError) -> SiteError:
    for words, found in UPLOADS:
        if words in error.message:
            return SiteError(f"{found.cause}: {error.message}", cure=found.cure)
    return SiteError(f"pictures can't be uploaded: {error.message}", cure=error.cure)


def paint_picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (320, 180), "#336699").save(out, "JPEG")
    return out.getvalue()


def find_removed(stored: str) -> tuple[str, ...]:
    """Name what the site took out of the body that was sent."""
    return tuple(sorted(_count(BODY) - _count(stored)))


def compare_bodies(stored: str) -> Iterator[Diagnosis]:
    """Say what the site took out of a body, and what it put in; spelling does not count."""
    if lost := find_removed(stored):
        yield Diagnosis(
            cause=f"the site takes out of what is written: {', '.join(lost)}",
            cure="give the user the role Editor, which may write unfiltered HTML (not on a "
            "multisite, nor with DISALLOW_UNFILTERED_HTML); else a plugin filters it",
        )
    if added := _count(stored) - _count(BODY):
        yield Diagnosis(
            cause=f"the site puts into what is written: {', '.join(sorted(added))}",
            cure="switch off the plugin that adds to the body as it is saved",
        )


def _count(body: str) -> Counter[str]:
    tree = BeautifulSoup(body, "html.parser")
    comments: Any = tree.find_all(string=lambda text: isinstance(text, Comment))
    marks = [f"block mark {str(one).split()[0]}" for one in comments if str(one).strip()]
    tags = tree.find_all(name=True)
    attributes = [f"{tag.name}[{name}]" for tag in tags for name in tag.attrs]
    return Counter([tag.name for tag in tags] + marks + attributes)
