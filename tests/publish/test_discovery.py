"""discover: from the address that a person knows to the proof of an API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from wp_sync.errors import SiteError, UnauthorizedError, UnreachableError
from wp_sync.publish.discovery import discover
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience
from wp_sync.sandbox.processes import keep_port
from wp_sync.sandbox.wordpress import start_wordpress

if TYPE_CHECKING:
    from wp_sync.sandbox.wordpress import WordPress

Serve = Callable[..., tuple[str, list[Any]]]

IMPATIENT = Patience(attempts=1)
JSON = {"Content-Type": "application/json"}
INDEX = (
    200,
    JSON,
    json.dumps({"name": "A &amp; B", "namespaces": ["wp/v2"], "authentication": []}).encode(),
)
PAGE = (200, {"Content-Type": "text/html"}, b"<html><title>Bakery</title>")
CLOSED = """
add_filter('rest_authentication_errors', fn($error) => is_user_logged_in()
    ? $error : new WP_Error('closed', 'Members only.', ['status' => 401]));
"""


def test_pretty_site_is_found(wordpress: WordPress) -> None:
    """The front page names the API."""
    found = discover(wordpress.url)

    assert found.root == f"{wordpress.url}/wp-json/"
    assert (found.home, found.url) == (wordpress.url, wordpress.url)
    assert found.name == "Model Site"
    assert found.authentication_available
    assert found.notes == ()


def test_site_with_plain_permalinks_is_found() -> None:
    """Where /wp-json/ shows the front page, the query form answers, and is written to."""
    with start_wordpress(permalinks="plain") as site:
        found = discover(site.url + "/")
        editor = site.users["editor"]
        api = RestApi(found.root, editor.login, editor.application_password)

        made = api.write("POST", "wp/v2/posts", {"_fields": "id,slug"}, json={"title": "Rain"})
        rows, headers = api.get("wp/v2/posts", {"status": "draft", "_fields": "id"})

    assert found.root == f"{site.url}/index.php?rest_route=/"
    assert set(made) == {"id", "slug"}
    assert rows == [{"id": made["id"]}]
    assert headers["X-WP-TotalPages"] == "1"


@pytest.mark.parametrize(
    ("path", "link", "expected"),
    [
        pytest.param("/blog", "</blog/wp-json/>", "/blog/wp-json/", id="named by the page"),
        pytest.param("/blog/", "", "/blog/wp-json/", id="in the usual place"),
        pytest.param("", '</feed/>; rel="alternate", </api/>', "/api/", id="among other links"),
    ],
)
def test_api_is_looked_for_below_the_address(
    serve: Serve, path: str, link: str, expected: str
) -> None:
    """A WordPress in a directory has its API there."""
    headers = {"Link": f'{link}; rel="https://api.w.org/"'} if link else {}
    url, asked = serve((200, headers, b""), INDEX)

    found = discover(url + path)

    assert found.root == url + expected
    assert asked[1][1].startswith(f"{expected}?_fields=")
    assert found.name == "A & B"
    assert not found.authentication_available


def test_query_form_is_the_last_resort(serve: Serve) -> None:
    """Broken rewriting shows a page for /wp-json/."""
    url, _ = serve(PAGE, PAGE, INDEX)

    assert discover(url).root == f"{url}/?rest_route=/"


def test_foreign_link_is_not_followed_from_plain_http(serve: Serve) -> None:
    """Who can change a page on its way must not learn the password."""
    link = '<https://evil.example/wp-json/>; rel="https://api.w.org/"'
    url, _ = serve((200, {"Link": link}, b""), INDEX)

    assert discover(url).root == f"{url}/wp-json/"


def test_redirect_within_the_site_is_followed(serve: Serve) -> None:
    """A front page may send its visitors on to a page of its own."""
    url, asked = serve((302, {"Location": "/welcome/"}, b""), PAGE, INDEX)

    found = discover(url)

    assert found.root == f"{url}/wp-json/"
    assert [path for _, path, *_ in asked][:2] == ["/", "/welcome/"]


def test_redirect_to_another_port_is_refused(serve: Serve) -> None:
    """Another programme of the same machine may listen there, and would get the login."""
    other, asked = serve(PAGE, INDEX)
    url, _ = serve((301, {"Location": f"{other}/"}, b""))

    with pytest.raises(SiteError, match="another host"):
        discover(url)
    assert asked == []


def test_redirect_to_another_host_is_refused(serve: Serve) -> None:
    """Over plain http anybody on the line could have sent it."""
    url, _ = serve((301, {"Location": "https://evil.example/"}, b""))

    with pytest.raises(SiteError, match=r"another host, evil\.example"):
        discover(url)


def test_circle_of_redirects_ends(serve: Serve) -> None:
    """Five redirects are enough for anybody."""
    url, asked = serve((302, {"Location": "/"}, b""))

    with pytest.raises(SiteError, match="more than 5 times"):
        discover(url)

    assert len(asked) == 6


def test_closed_index_is_opened_with_the_login(wordpress: WordPress) -> None:
    """A plugin that closes the API to visitors does not hide it from us."""
    editor = wordpress.users["editor"]
    plugin = wordpress.add_mu_plugin("closed", CLOSED)
    try:
        found = discover(wordpress.url, editor.login, editor.application_password)
        with pytest.raises(UnauthorizedError, match="Members only") as caught:
            discover(wordpress.url, editor.login, "not-this-one")
    finally:
        plugin.unlink()

    assert found.root == f"{wordpress.url}/wp-json/"
    assert "not-this-one" not in str(caught.value)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        pytest.param(PAGE, 'its page answers 200 ("Bakery")', id="another site"),
        pytest.param((404, {}, b""), "its page answers 404", id="nothing there"),
        pytest.param((200, JSON, b'{"namespaces": []}'), "no WordPress API", id="another API"),
    ],
)
def test_other_sites_are_named(serve: Serve, page: tuple[int, Any, bytes], words: str) -> None:
    """The message says what was found instead, and where."""
    url, _ = serve(page)

    with pytest.raises(SiteError, match="not a WordPress that can be used") as caught:
        discover(url)

    assert words in str(caught.value)
    assert f"{url}/?rest_route=/" in str(caught.value)


def test_unreachable_sites_are_told_apart(wordpress: WordPress) -> None:
    """The cause is said in plain words."""
    tls = wordpress.url.replace("http:", "https:")

    with keep_port() as closed:
        for url, words in (
            ("http://no-such-host.invalid", "its name is not known"),
            (f"http://127.0.0.1:{closed.getsockname()[1]}", "it refuses connections"),
            (tls, "it speaks plain HTTP"),
        ):
            with pytest.raises(UnreachableError, match=words):
                discover(url, patience=IMPATIENT)


@pytest.mark.parametrize("url", ["example.test", "ftp://a.test", "https://u:secret@a.test"])
def test_other_addresses_are_refused(url: str) -> None:
    """A password in the address would end up in logs."""
    with pytest.raises(SiteError, match="not an address of the form") as caught:
        discover(url)

    assert "secret" not in str(caught.value)
