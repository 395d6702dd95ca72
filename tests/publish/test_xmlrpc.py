"""XML-RPC: what is repeated, what is in doubt, what a fault means; roles; a change of API."""

from __future__ import annotations

import secrets
import xmlrpc.client
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from targets import new_name, picture
from wordpress_xmlrpc.methods.posts import GetPost, NewPost

from wp_sync.errors import (
    ChangedError,
    InDoubtError,
    PublishError,
    RejectedError,
    SiteError,
    UnauthorizedError,
    UnreachableError,
)
from wp_sync.model import Upload
from wp_sync.publish.discovery import discover
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.target import FORBIDDEN
from wp_sync.publish.wire import Patience
from wp_sync.publish.xmlrpc import find_endpoint
from wp_sync.publish.xmlrpc_api import XmlRpcApi
from wp_sync.publish.xmlrpc_target import XmlRpcTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.publish.target import Target
    from wp_sync.sandbox.wordpress import WordPress

    Serve = Callable[..., tuple[str, list[Any]]]

SECRET = "abcd EFGH 1234"  # noqa: S105
READ = GetPost(7, ["post_title"], results_class=None)
WRITE = NewPost({"post_title": "Rain"})
Reply = tuple[int, dict[str, str], bytes] | None


def answer(value: Any) -> Reply:  # noqa: ANN401
    return 200, {}, xmlrpc.client.dumps((value,), methodresponse=True).encode()


def fault(code: int, text: str = "no") -> Reply:
    return 200, {}, xmlrpc.client.dumps(xmlrpc.client.Fault(code, text)).encode()


METHODS = answer(["wp.getPost", "wp.newPost", "wp.getUsersBlogs", "mt.supportedMethods"])
BLOGS = answer([])
MAINTENANCE = (200, {"Retry-After": "600"}, b"")


def open_api(url: str, waited: list[float]) -> XmlRpcApi:
    patience = Patience(attempts=3, sleep=waited.append, read=2)
    return XmlRpcApi(f"{url}/xmlrpc.php", "editor", SECRET, patience=patience)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(MAINTENANCE, id="maintenance"),
        pytest.param((200, {}, b""), id="nothing"),
        pytest.param((503, {}, b"busy"), id="503"),
        pytest.param((429, {"Retry-After": "3"}, b""), id="429"),
        pytest.param(None, id="cut"),
    ],
)
def test_reads_are_repeated(serve: Serve, reply: Reply) -> None:
    """What passes by itself is waited for, at most as long as we are willing to."""
    url, asked = serve(METHODS, reply, answer({"post_title": "Rain"}))
    waited: list[float] = []

    row = open_api(url, waited).read(READ)

    assert row == {"post_title": "Rain"}
    assert len(asked) == 3
    assert all(0 <= one <= 120 for one in waited)


def test_read_on_which_php_breaks_off_is_not_repeated(serve: Serve) -> None:
    """It would break off again; so it is over REST."""
    url, asked = serve(METHODS, (500, {}, b"fatal"))

    with pytest.raises(UnreachableError):
        open_api(url, []).read(READ)

    assert len(asked) == 2


def test_a_write_that_was_answered_is_not_sent_again_for_a_read_that_failed(serve: Serve) -> None:
    """403 is also a plugin's word, after the row; whether the login is known, nobody says."""
    failing: Reply = (502, {}, b"<html>bad gateway</html>")
    url, asked = serve(METHODS, fault(403), failing, failing, failing)

    with pytest.raises(RejectedError) as caught:
        open_api(url, []).write(WRITE)

    assert caught.value.status == 403
    assert sum(b"wp.newPost" in one[3] for one in asked) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param(MAINTENANCE, UnreachableError, id="maintenance"),
        pytest.param((200, {}, b""), InDoubtError, id="nothing"),
        pytest.param((500, {}, b"fatal"), InDoubtError, id="500"),
        pytest.param((502, {}, b""), InDoubtError, id="502"),
        pytest.param((503, {"Retry-After": "5"}, b""), UnreachableError, id="503"),
        pytest.param((200, {}, b"<html>"), InDoubtError, id="web page"),
        pytest.param((200, {}, b"<?xml version='1.0'?><methodRes"), InDoubtError, id="half"),
        pytest.param((413, {}, b""), RejectedError, id="too large"),
        pytest.param((403, {}, b"firewall"), RejectedError, id="firewall"),
        pytest.param((404, {}, b""), SiteError, id="gone"),
        pytest.param((302, {"Location": "https://x.example/"}, b""), SiteError, id="redirect"),
        pytest.param(None, InDoubtError, id="cut"),
    ],
)
def test_writes_are_never_repeated_blindly(
    serve: Serve, reply: Reply, error: type[PublishError]
) -> None:
    """Each is sent once; its error says whether something may have been made."""
    url, asked = serve(METHODS, reply, answer("9"))

    with pytest.raises(error) as caught:
        open_api(url, []).write(WRITE)

    assert len(asked) == 2
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        pytest.param((fault(403), fault(403)), UnauthorizedError, id="wrong password"),
        pytest.param((fault(403), BLOGS), RejectedError, id="403 of another meaning"),
        pytest.param((fault(401, f"{SECRET} is not allowed"),), RejectedError, id="rights"),
        pytest.param((fault(409),), ChangedError, id="changed"),
        pytest.param((fault(500),), RejectedError, id="content"),
        pytest.param((fault(405),), SiteError, id="switched off"),
        pytest.param((fault(-32700),), SiteError, id="protocol"),
    ],
)
def test_faults_have_a_meaning(
    serve: Serve, replies: tuple[Reply, ...], error: type[PublishError]
) -> None:
    """Their codes count, for their words are in the site's language; the password is in none."""
    url, _ = serve(METHODS, *replies)

    with pytest.raises(error) as caught:
        open_api(url, []).write(WRITE)

    assert type(caught.value) is error
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.getrepr(style="native"))


def test_site_that_guards_its_first_answer_is_blocked(serve: Serve) -> None:
    """A fault there is no word on the login: nobody logs in for it."""
    url, asked = serve(fault(403))

    with pytest.raises(SiteError, match="switched off or blocked"):
        open_api(url, []).write(WRITE)

    assert len(asked) == 1


def test_password_is_not_sent_in_the_clear() -> None:
    """It is in the body of every request."""
    with pytest.raises(SiteError, match="without https"):
        XmlRpcApi("http://example.news/xmlrpc.php", "editor", SECRET)


def log_in(site: WordPress, name: str) -> XmlRpcTarget:
    user = site.users[name]
    url, _ = find_endpoint(site.url, Patience())
    return XmlRpcTarget(XmlRpcApi(url, user.login, user.application_password))


def by_rest(site: WordPress, name: str = "admin") -> RestTarget:
    user, root = site.users[name], discover(site.url)
    return RestTarget(RestApi(root.root, user.login, user.application_password), root)


def draft(**values: object) -> dict[str, Any]:
    slug = f"rain-{secrets.token_hex(4)}"
    return {"title": "Rain", "body": "<p>It rains.</p>", "slug": slug, **values}


def test_author_sees_that_a_post_of_others_is_there(wordpress: WordPress) -> None:
    """By its id it is forbidden, and not gone; lists hold his own posts alone."""
    foreign = by_rest(wordpress).create_post(draft(status="publish"))
    author = log_in(wordpress, "author")

    identity = author.identify()
    own = author.create_post(draft())
    found = {post.wp_id: post.status for post in author.read_posts([foreign.wp_id, own.wp_id])}

    assert "edit_others_posts" not in identity.capabilities
    assert found == {foreign.wp_id: FORBIDDEN, own.wp_id: "draft"}
    assert author.find_posts([own.slug]) == (own,)
    assert foreign.wp_id not in {post.wp_id for post in author.list_posts()}
    with pytest.raises(RejectedError):
        author.update_post(foreign.wp_id, {"title": "Ours"})
    with pytest.raises(RejectedError):
        author.create_term("tags", secrets.token_hex(4), 0)


BODIES = (
    "<p>It rains &amp; pours.</p>\r\n<p>two</p>\r",
    "  <!-- wp:paragraph -->\n<p>Blocks</p>\n<!-- /wp:paragraph -->\n",
    "<pre>a b \\ \\' &#91;x]</pre>",
)


def test_site_may_change_from_one_api_to_the_other(wordpress: WordPress) -> None:
    """Both read the same of the same posts, so that none looks edited."""
    rest, other = by_rest(wordpress), log_in(wordpress, "admin")
    tag = rest.create_term("tags", f"R&B {secrets.token_hex(3)}", 0)
    past, ahead = datetime(2026, 1, 5, tzinfo=UTC), datetime.now(UTC) + timedelta(days=9)
    dress: tuple[dict[str, object], ...] = (
        {"status": "publish", "date": past, "tags": (tag.wp_id,)},
        {"status": "draft", "comments": "closed"},
        {"status": "publish", "date": ahead, "categories": ()},
    )
    made = [
        target.create_post(draft(body=body, title="R&B <1> [a]", excerpt=body, **values))
        for target in (rest, other)
        for body, values in zip(BODIES, dress, strict=True)
    ]
    trashed = other.trash_post(rest.create_post(draft(status="publish", date=past)).wp_id)
    ids = [post.wp_id for post in (*made, trashed)]

    assert sorted(rest.read_posts(ids), key=lambda post: post.wp_id) == list(other.read_posts(ids))
    assert [post.values["body"] for post in made] == [*BODIES, *BODIES]
    assert other.read_terms("tags") == rest.read_terms("tags")
    assert other.identify().address == rest.identify().address
    assert trashed.slug.endswith("__trashed")


def test_edit_that_is_locked_is_refused_when_it_comes_too_late(wordpress: WordPress) -> None:
    """The whole target has core's lock, too."""
    rest, target = by_rest(wordpress), log_in(wordpress, "editor")
    past = datetime(2026, 1, 5, tzinfo=UTC)
    post = rest.create_post(draft(status="publish", date=past))
    rest.update_post(post.wp_id, {"title": "Admin's"})

    with pytest.raises(ChangedError):
        target.update_post(post.wp_id, {"title": "x"}, unless_changed_since=post.modified)

    assert rest.read_posts([post.wp_id])[0].values["title"] == "Admin's"


def test_trashing_never_deletes(wordpress: WordPress) -> None:
    """An admin may have trashed it a moment before; a site may have no trash at all."""
    plugin = wordpress.add_mu_plugin("bare", "define('EMPTY_TRASH_DAYS', 0);")
    target = log_in(wordpress, "editor")
    try:
        post = target.create_post(draft(status="publish"))
        first, second = target.trash_post(post.wp_id), target.trash_post(post.wp_id)
    finally:
        plugin.unlink()

    assert first.status == second.status == "trash"
    assert target.update_post(post.wp_id, {"status": "publish"}).slug == post.slug


def test_saves_of_a_post_are_read(wordpress: WordPress) -> None:
    """Newest first, with their authors; between two ids where they are given."""
    target = log_in(wordpress, "editor")
    post = target.create_post(draft(status="publish"))
    for title in ("Sun", "Snow", "Hail"):
        target.update_post(post.wp_id, {"title": title})

    saves = target.read_revisions(post.wp_id)
    between = target.read_revisions(post.wp_id, after=saves[-1].wp_id, before=saves[0].wp_id)

    assert [one.values["title"] for one in saves[:3]] == ["Hail", "Snow", "Sun"]
    assert between == saves[1:-1]
    assert saves[0].author == target.identify().user_id


def test_picture_that_arrived_otherwise_is_taken_back(wordpress: WordPress) -> None:
    """Without a checksum the size is compared, and nothing of it stays in the library."""
    plugin = wordpress.add_mu_plugin(
        "cut",
        "add_filter('wp_upload_bits', fn($u) => $u + ['bits' => 'x']);"
        "add_filter('wp_generate_attachment_metadata', fn($m) => ['filesize' => 1]);",
    )
    name = f"{secrets.token_hex(4)}.png"
    target = log_in(wordpress, "editor")
    try:
        with pytest.raises(RejectedError, match="something else than was sent"):
            target.upload(Upload(content=b"\x89PNG", mime="image/png", name=name, sha256=""))
    finally:
        plugin.unlink()

    assert target.find_media([name]) == {}


def test_picture_is_found_after_the_api_was_changed(wordpress: WordPress) -> None:
    """XML-RPC puts the file's kind into the slug; the picture is not brought a second time."""
    upload = picture(new_name())

    made = log_in(wordpress, "editor").upload(upload)

    assert by_rest(wordpress).find_media([upload.name]) == {upload.name: made}


@pytest.mark.parametrize(
    ("title", "words"),
    [
        pytest.param("Harbour of Turku opens & sails", "harbour-of-turku-opens-sails", id="words"),
        pytest.param("Rain", "rain", id="one word"),
        pytest.param("日本の港", "日本の港", id="other letters"),
    ],
)
def test_picture_of_rest_is_found_over_xmlrpc(wordpress: WordPress, title: str, words: str) -> None:
    """By the mark in its slug alone: others of the same title are other pictures."""
    mark = secrets.token_hex(8)
    upload = replace(picture(new_name()), title=title, name=f"{words}-{mark}.png")
    target = log_in(wordpress, "editor")

    made = by_rest(wordpress).upload(upload)

    other = f"{words}-{secrets.token_hex(8)}.png"
    assert target.find_media([other, upload.name]) == {upload.name: made}


@pytest.mark.parametrize("log_in_by", [log_in, by_rest], ids=["xmlrpc", "rest"])
def test_what_the_site_keeps_as_no_picture_is_never_one(
    wordpress: WordPress, log_in_by: Callable[..., Target]
) -> None:
    """It is taken back; and where the site refuses that, it is not found as the picture."""
    plugin = wordpress.add_mu_plugin(
        "text",
        "add_filter('wp_insert_attachment_data', fn($d) => ['post_mime_type' => 'text/plain']"
        " + $d); add_filter('pre_delete_attachment', fn() => false);"
        "add_filter('wp_handle_upload', fn($u) => ['type' => 'text/plain'] + $u);",
    )
    target, upload = log_in_by(wordpress, "editor"), picture(new_name())
    try:
        with pytest.raises(RejectedError):
            target.upload(upload)
    finally:
        plugin.unlink()

    assert target.find_media([upload.name]) == {}
