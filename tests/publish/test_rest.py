"""RestTarget on a real WordPress: roles, failed logins, lost answers, holes in lists."""

from __future__ import annotations

import html
import socket
from contextlib import closing, contextmanager
from io import BytesIO
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from breaking import plugin
from PIL import Image
from targets import new_name

from wp_sync.errors import (
    InDoubtError,
    RejectedError,
    SiteError,
    UnauthorizedError,
    UnreachableError,
)
from wp_sync.markup import WORD_JOINER
from wp_sync.model import SitePost, Upload
from wp_sync.publish.discovery import discover
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.rest_upkeep import RestUpkeep
from wp_sync.publish.target import FORBIDDEN
from wp_sync.publish.wire import Patience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.sandbox.wordpress import WordPress

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
STRIPPED = (
    "unset($_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW'], $_SERVER['HTTP_AUTHORIZATION']);"
)
SWITCHED_OFF = "add_filter('wp_is_application_passwords_available', '__return_false');"
NO_XMLRPC = "add_filter('xmlrpc_enabled', '__return_false');"
ASKS_EARLY = """
add_filter('rest_authentication_errors', fn($error) => [$error, wp_get_current_user()][0], 1);
"""
NO_USERS = """
add_filter('rest_endpoints', fn($all) => array_diff_key($all, ['/wp/v2/users' => 1]));
"""
CHATTY = """
ob_start();
add_action('rest_api_init', fn() => print("<br />\\n<b>Warning</b>:  [chatty]<br />\\n"));
"""
FIREWALL = """
if (preg_match('~/posts/[0-9]~', $_SERVER['REQUEST_URI'])) { http_response_code(403); exit('no'); }
"""
SHY = "add_filter('rest_post_dispatch', fn($r) => $r->header('X-WP-TotalPages', '') ?? $r);"


def log_in(site: WordPress, name: str, password: str = "", url: str = "") -> RestTarget:
    """Log in as one of the site's users, through another address if one is given."""
    user = site.users[name]
    root = discover(site.url)
    api_root = root.root.replace(site.url, url or site.url)
    secret = password or user.application_password
    return RestTarget(RestApi(api_root, name, secret, patience=Patience(attempts=1)), root)


@pytest.mark.parametrize("role", ["editor", "author"])
@pytest.mark.parametrize(
    "title", ["1 < 2 & 3 > 0", "Music & Piano", "<em>not</em> markup", "Write &amp; or &hellip;"]
)
def test_visitors_read_the_title_that_was_sent(wordpress: WordPress, role: str, title: str) -> None:
    """What looks like markup is text, for users with and without unfiltered HTML."""
    values = {"title": title, "body": "x", "slug": new_name(), "status": "publish"}

    made = log_in(wordpress, role).create_post(values)

    shown, _ = RestApi(discover(wordpress.url).root).get(f"wp/v2/posts/{made.wp_id}")
    assert html.unescape(shown["title"]["rendered"]).replace(WORD_JOINER, "") == title
    assert made.values["title"] == title


@pytest.mark.parametrize(
    ("role", "rights", "default_category"),
    [
        pytest.param("admin", {"manage_options", "edit_others_posts"}, 1, id="administrator"),
        pytest.param("editor", {"manage_categories", "edit_others_posts"}, 0, id="editor"),
        pytest.param("subscriber", {"read"}, 0, id="subscriber"),
    ],
)
def test_rights_are_told(
    wordpress: WordPress, role: str, rights: set[str], default_category: int
) -> None:
    """What the user may do decides what a sync can do; editors may not read the settings."""
    identity = log_in(wordpress, role).identify()

    assert identity.roles == (wordpress.users[role].role,)
    assert rights <= identity.capabilities
    assert identity.default_category == default_category
    assert identity.address == wordpress.url.removeprefix("http://")


def test_authors_do_not_make_categories(wordpress: WordPress) -> None:
    """WordPress says no, and the message names the way out."""
    target = log_in(wordpress, "author")

    with pytest.raises(RejectedError, match="editor's role") as caught:
        target.create_term("categories", new_name(), 0)

    assert caught.value.code == "rest_cannot_create"
    assert target.create_term("tags", "Golf", 0).name == "Golf"


def test_contributors_do_not_publish(wordpress: WordPress) -> None:
    """They leave drafts."""
    target = log_in(wordpress, "contributor")

    assert target.create_post({"title": "Rain", "status": "draft"}).status == "draft"
    with pytest.raises(RejectedError) as caught:
        target.create_post({"title": "Rain", "status": "publish"})

    assert caught.value.code == "rest_cannot_publish"


def test_every_writer_sees_the_authors(wordpress: WordPress) -> None:
    """Those without posts are among them, whoever asks."""
    for role in ("admin", "editor", "author"):
        assert "priya-nair" in {user.slug for user in log_in(wordpress, role).read_authors()}


def test_hidden_users_leave_ourselves(wordpress: WordPress) -> None:
    """Security plugins take the list of users away."""
    with plugin(wordpress, NO_USERS):
        users = log_in(wordpress, "editor").read_authors()

    assert [user.slug for user in users] == ["editor"]


def test_what_may_not_be_seen_is_not_gone(wordpress: WordPress) -> None:
    """An author may not read a post that an editor gave to somebody else: it is no longer ours."""
    author = log_in(wordpress, "author")
    kept, given = (author.create_post({"title": "Rain", "status": "publish"}) for _ in range(2))
    log_in(wordpress, "editor").update_post(given.wp_id, {"author": 1, "status": "draft"})

    found = {post.wp_id: post for post in author.read_posts([given.wp_id, kept.wp_id])}

    assert found == {
        kept.wp_id: kept,
        given.wp_id: SitePost(wp_id=given.wp_id, slug="", status=FORBIDDEN),
    }


def test_refusal_that_is_not_wordpress_s_own_is_none_of_a_post(wordpress: WordPress) -> None:
    """A firewall's 403 says nothing about whose post it is."""
    made = log_in(wordpress, "editor").create_post({"title": "Rain", "status": "draft"})

    with plugin(wordpress, FIREWALL), pytest.raises(RejectedError) as caught:
        log_in(wordpress, "author").read_posts([made.wp_id])

    assert caught.value.status == 403


def test_editors_own_brackets_are_read_as_they_are(wordpress: WordPress) -> None:
    """Only what we broke ourselves is put together again."""
    tag = f"[gallery] &#8217; {new_name()}"
    wp_id = int(
        wordpress.run_php(f"""
        echo wp_insert_post(['post_title' => '[gallery] &amp; more', 'post_excerpt' => '[gallery]',
            'post_content' => 'x']);
        wp_insert_term("{tag}", 'post_tag');
    """)
    )
    editor = log_in(wordpress, "editor")

    (post,) = editor.read_posts([wp_id])

    assert (post.values["title"], post.values["excerpt"]) == ("[gallery] & more", "[gallery]")
    assert html.unescape(tag) in {term.name for term in editor.read_terms("tags")}


def test_what_waits_may_have_no_author(wordpress: WordPress) -> None:
    """A script, or an import, has made it."""
    wp_id = int(wordpress.run_php("echo wp_insert_post(['post_title' => 'Nobody wrote this']);"))

    waiting = log_in(wordpress, "editor").read_waiting()

    assert {one.wp_id: one.values["author"] for one in waiting}[wp_id] == 0


def test_lists_are_read_to_their_end(wordpress: WordPress) -> None:
    """A page holds 100 rows at most, and fewer where rows may not be seen."""
    prefix = new_name()
    wordpress.run_php(f"""
        wp_defer_term_counting(true);
        foreach (range(1, 120) as $n) {{
            wp_insert_term("{prefix}$n", 'post_tag');
            wp_insert_post(['post_title' => "$n", 'post_name' => "{prefix}-$n",
                'post_author' => get_user_by('login', $n % 2 ? 'editor' : 'author')->ID]);
        }}
    """)

    tags = [term for term in log_in(wordpress, "editor").read_terms("tags") if prefix in term.name]
    all_posts = [p for p in log_in(wordpress, "editor").list_posts() if prefix in p.slug]
    slugs = [f"{prefix}-{n}" for n in range(121)]
    own_posts = log_in(wordpress, "author").find_posts(slugs)

    assert len(tags) == 120
    assert len(all_posts) == 120
    assert len(own_posts) == 60


@pytest.mark.parametrize(
    ("codes", "password", "words"),
    [
        pytest.param((), "wrong", "wrong user name or password", id="wrong"),
        pytest.param((STRIPPED,), "", "strips the Authorization header", id="stripped"),
        pytest.param((SWITCHED_OFF,), "", "passwords are switched off", id="switched off"),
        pytest.param((NO_XMLRPC,), "wrong", "password, or a stripped", id="can't tell"),
        pytest.param((ASKS_EARLY,), "wrong", "application password is wrong", id="named"),
    ],
)
def test_failed_login_names_its_cause(
    wordpress: WordPress, codes: tuple[str, ...], password: str, words: str
) -> None:
    """WordPress answers 401 alike for all of these; a person needs to know which it is."""
    with plugin(wordpress, *codes), pytest.raises(UnauthorizedError, match=words) as caught:
        log_in(wordpress, "editor", password).identify()

    assert caught.value.cure
    assert wordpress.users["editor"].application_password not in str(caught.value)


def test_user_that_does_not_exist_is_a_failed_login(wordpress: WordPress) -> None:
    """An unknown name looks like a wrong password."""
    root = discover(wordpress.url)

    with pytest.raises(UnauthorizedError, match="'nobody'"):
        RestTarget(RestApi(root.root, "nobody", "x"), root).identify()


@contextmanager
def cutting_proxy(site: WordPress) -> Iterator[str]:
    """Pass one request on, wait for the answer, and hang up instead of handing it over."""

    def cut(listener: socket.socket) -> None:
        client, _ = listener.accept()
        parts = urlsplit(site.url)
        with closing(client), socket.create_connection((parts.hostname, parts.port)) as server:
            request = client.recv(65_536)
            head, _, body = request.partition(b"\r\n\r\n")
            fields = head.lower().partition(b"content-length: ")[2]
            while len(body) < int(fields.split(b"\r\n")[0]):
                more = client.recv(65_536)
                body, request = body + more, request + more
            server.sendall(request)
            while server.recv(65_536):
                pass

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = Thread(target=cut, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def test_post_whose_answer_was_lost_exists_once(wordpress: WordPress) -> None:
    """The write is in doubt, is not repeated, and is found by its slug."""
    slug = new_name()

    with cutting_proxy(wordpress) as url, pytest.raises(InDoubtError, match="may or may not"):
        log_in(wordpress, "editor", url=url).create_post({"title": "Rain", "slug": slug})

    (found,) = log_in(wordpress, "editor").find_posts([slug])
    assert (found.slug, found.status) == (slug, "draft")


def test_picture_whose_answer_was_lost_is_found(wordpress: WordPress) -> None:
    """An upload is found by its name, so that it is not made twice."""
    name = f"{new_name()}.png"
    upload = Upload(content=PNG, mime="image/png", name=name, sha256="", title="A", alt="1 < 2 > 0")

    with cutting_proxy(wordpress) as url, pytest.raises(InDoubtError):
        log_in(wordpress, "author", url=url).upload(upload)

    found = log_in(wordpress, "author").find_media([name])
    assert list(found) == [name]
    stored, _ = RestApi(discover(wordpress.url).root).get(f"wp/v2/media/{found[name]}")
    assert html.unescape(stored["alt_text"]) == "1 < 2 > 0"
    assert stored["mime_type"] == "image/png"


def test_bytes_that_are_no_picture_are_refused(wordpress: WordPress) -> None:
    """WordPress's 500 for a bad file is an answer, not an accident."""
    upload = Upload(content=b"<script>", mime="image/png", name=f"{new_name()}.png", sha256="")

    with pytest.raises(RejectedError) as caught:
        log_in(wordpress, "editor").upload(upload)

    assert caught.value.code == "rest_upload_sideload_error"


def test_webp_that_the_site_cannot_make_smaller_is_taken_back(wordpress: WordPress) -> None:
    """Else lists would load every picture in full size; its next try is a JPEG."""
    file = BytesIO()
    Image.new("RGB", (700, 500), "teal").save(file, "WEBP")
    name = f"{new_name()}.webp"
    upload = Upload(content=file.getvalue(), mime="image/webp", name=name, sha256="")
    code = "add_filter('wp_image_editors', '__return_empty_array');"

    with plugin(wordpress, code), pytest.raises(RejectedError) as caught:
        log_in(wordpress, "editor").upload(upload)

    assert caught.value.code == "rest_upload_image_type_not_supported"
    assert log_in(wordpress, "editor").find_media([name]) == {}
    assert log_in(wordpress, "editor").upload(upload)


def test_names_in_other_letters_are_kept(wordpress: WordPress) -> None:
    """As the bytes of their UTF-8, which WordPress reads."""
    name = f"日本の港-{new_name()}.png"
    target = log_in(wordpress, "author")

    wp_id = target.upload(Upload(content=PNG, mime="image/png", name=name, sha256=""))

    assert unquote(target.read_media([wp_id])[wp_id].url).endswith(f"/{name}")


def test_a_picture_without_an_address_is_not_gone(wordpress: WordPress) -> None:
    """A plugin that can't tell it answers false: no text shows it from "False"."""
    target = log_in(wordpress, "author")
    name = f"{new_name()}.png"
    wp_id = target.upload(Upload(content=PNG, mime="image/png", name=name, sha256=""))
    plugin = wordpress.directory / "www/wp-content/mu-plugins/no-address.php"
    plugin.parent.mkdir(exist_ok=True)
    plugin.write_text("<?php add_filter('wp_get_attachment_url', '__return_false');", "utf-8")
    try:
        there = target.read_media([wp_id, wp_id + 10_000])
    finally:
        plugin.unlink()

    assert {wp_id: one.url for wp_id, one in there.items()} == {wp_id: ""}


def test_a_hidden_picture_is_there(wordpress: WordPress) -> None:
    """A takedown hides what another source may show as well: it is not sent again."""
    target = log_in(wordpress, "editor")
    upload = Upload(content=PNG, mime="image/png", name=f"{new_name()}.png", sha256="")
    wp_id = target.upload(upload)
    RestUpkeep(target._api).set_media_status(wp_id, "private")  # noqa: SLF001

    assert target.find_media([upload.name]) == {upload.name: wp_id}
    assert list(target.read_media([wp_id])) == [wp_id]


def test_site_in_maintenance_is_away(wordpress: WordPress) -> None:
    """During an update nothing is written, and the site says when to come back."""
    target = log_in(wordpress, "editor")
    flag = wordpress.directory / "www/.maintenance"
    flag.write_text("<?php $upgrading = time();", "utf-8")
    try:
        with pytest.raises(UnreachableError, match="503") as caught:
            target.create_post({"title": "Rain"})
    finally:
        flag.unlink()

    assert caught.value.retry_after == 600


def test_warnings_before_the_answer_do_no_harm(wordpress: WordPress) -> None:
    """A site with display_errors on can be written to, once."""
    root = discover(wordpress.url)
    editor = wordpress.users["editor"]
    api = RestApi(root.root, editor.login, editor.application_password)
    slug = new_name()

    with plugin(wordpress, CHATTY):
        made = RestTarget(api, root).create_post({"title": "Rain", "slug": slug})

    assert log_in(wordpress, "editor").find_posts([slug]) == (made,)
    assert api.warnings == ["Warning : [chatty]"]


def test_list_without_its_length_is_refused(wordpress: WordPress) -> None:
    """Without the number of pages a list can't be known to be whole."""
    target = log_in(wordpress, "editor")

    with plugin(wordpress, SHY), pytest.raises(SiteError, match="X-WP-TotalPages"):
        target.list_posts()
