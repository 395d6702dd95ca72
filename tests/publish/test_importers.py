"""The keys of other importers, read from a real WordPress over XML-RPC and REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wp_sync.errors import SiteError
from wp_sync.publish import importers
from wp_sync.publish.discovery import discover
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience
from wp_sync.publish.xmlrpc_api import XmlRpcApi

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from wp_sync.sandbox.wordpress import WordPress

ADDRESS = "https://news.example/rain?a=1&b=2"
MAKE = """
foreach (%s as [$key, $value, $status]) {
    $id = wp_insert_post(['post_title' => "Of $key", 'post_status' => $status]);
    add_post_meta($id, $key, $value);
    if ($status === 'trash') wp_trash_post($id);
    echo "$id ";
}
"""
REGISTERED = (
    "register_post_meta('post', 'feedzy_item_url',"
    " ['single' => true, 'type' => 'string', 'show_in_rest' => true]);"
)


@pytest.fixture(scope="module")
def site(wordpress: WordPress) -> WordPress:
    return wordpress


def log_in(site: WordPress, login: str = "editor") -> RestTarget:
    user = site.users[login]
    root = discover(site.url)
    api = RestApi(root.root, user.login, user.application_password)
    target = RestTarget(api, root)
    target.identify()
    return target


def make(site: WordPress, *rows: tuple[str, str, str]) -> list[int]:
    told = ", ".join(f'["{key}", "{value}", "{status}"]' for key, value, status in rows)
    return [int(wp_id) for wp_id in site.run_php(MAKE % f"[{told}]").split()]


@pytest.mark.parametrize("key", importers.KEYS)
def test_each_importers_key_is_read(site: WordPress, key: str) -> None:
    """Its value comes as it is stored."""
    (wp_id,) = make(site, (key, ADDRESS, "publish"))

    assert log_in(site).read_keys(wp_id - 1) == {wp_id: {key: ADDRESS}}


def test_pages_are_read_to_the_known_end(site: WordPress, monkeypatch: pytest.MonkeyPatch) -> None:
    """All statuses and the trash, over several pages; what is known already is left out."""
    monkeypatch.setattr(importers, "PAGE", 2)
    rows = [("feedzy_item_url", ADDRESS, status) for status in ("publish", "draft", "private")]
    ids = make(site, *rows, *rows, ("feedzy_item_url", ADDRESS, "trash"))

    assert sorted(log_in(site).read_keys(ids[1])) == ids[2:]


def test_other_custom_fields_do_no_harm(site: WordPress) -> None:
    """Serialised objects hold NUL bytes, which no XML parser takes; protected keys stay hidden."""
    rows = (("blob", "a\\0*\\0b\\x0b", "draft"), ("_wpra_url", ADDRESS, "draft"))
    ids = make(site, *rows, ("wpe_sourcepermalink", ADDRESS, "draft"))

    assert log_in(site).read_keys(ids[0] - 1) == {ids[2]: {"wpe_sourcepermalink": ADDRESS}}


def test_an_author_reads_its_own_posts(site: WordPress) -> None:
    """What it may not edit is left out."""
    (wp_id,) = make(site, ("feedzy_item_url", ADDRESS, "publish"))

    assert log_in(site, "author").read_keys(wp_id - 1) == {}


def test_registered_keys_come_with_the_list(site: WordPress) -> None:
    """A site that registers them for REST needs no XML-RPC; the guid column comes too."""
    (wp_id,) = make(site, ("feedzy_item_url", ADDRESS, "publish"))
    site.run_php(
        "global $wpdb; $wpdb->update($wpdb->posts, ['guid' => 'urn:news.example:1&amp;2'],"
        f" ['ID' => {wp_id}]);"
    )
    plugin = site.add_mu_plugin("registered", f"add_action('init', fn () => {REGISTERED[:-1]});")

    (listed,) = log_in(site).list_posts(wp_id - 1)

    plugin.unlink()
    assert listed.values["keys"] == {"feedzy_item_url": ADDRESS}
    assert listed.values["guid"] == "urn:news.example:1&2"
    assert listed.values["title"] == "Of feedzy_item_url"


@pytest.mark.parametrize(
    "plugin",
    [
        pytest.param("add_filter('xmlrpc_enabled', '__return_false');", id="switched off"),
        pytest.param(
            "if (defined('XMLRPC_REQUEST')) { http_response_code(403); exit('no'); }", id="blocked"
        ),
        pytest.param("if (defined('XMLRPC_REQUEST')) { exit('<p>Hello</p>'); }", id="a web page"),
        pytest.param("if (defined('XMLRPC_REQUEST')) { exit; }", id="nothing"),
    ],
)
def test_without_xmlrpc_the_cause_is_told(site: WordPress, plugin: str) -> None:
    """It is one kind of error, whatever stands in the way."""
    file = site.add_mu_plugin("closed", plugin)
    try:
        with pytest.raises(SiteError, match="XML-RPC"):
            log_in(site).read_keys()
    finally:
        file.unlink()


def test_a_site_that_hangs_is_not_awaited_for_ever(
    serve: Callable[..., tuple[str, list[Any]]],
) -> None:
    """A cut line is told as any other failure."""
    url, asked = serve(None)
    patience = Patience(connect=1, read=1, sleep=lambda _: None)
    api = XmlRpcApi(f"{url}/xmlrpc.php", "editor", "secret", patience=patience)

    with pytest.raises(SiteError, match="no usable answer"):
        importers.read_keys(api, 0)
    assert asked


def test_the_password_is_in_no_error(serve: Callable[..., tuple[str, list[Any]]]) -> None:
    """It travels in the body of the request; what is told of it is the kind of failure alone."""
    url, _ = serve((200, {"Content-Type": "text/xml"}, b"<methodResponse>"))
    api = XmlRpcApi(f"{url}/xmlrpc.php", "editor", "very-secret")

    with pytest.raises(SiteError) as caught:
        importers.read_keys(api, 0)
    assert "very-secret" not in str(caught.value)
