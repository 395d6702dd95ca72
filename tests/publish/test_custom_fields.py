"""Custom fields: by XML-RPC without a plugin, else by REST, and never a second row."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest
from breaking import plugin

from wp_sync.publish.custom import as_values, fields_among
from wp_sync.publish.discovery import discover
from wp_sync.publish.merge import left_out
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.xmlrpc_api import XmlRpcApi
from wp_sync.publish.xmlrpc_target import XmlRpcTarget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.publish.target import Target
    from wp_sync.sandbox.wordpress import WordPress

KEYS = ("subtitle", "source_url")
FIELDS = {
    "subtitle": r"R&B \ <1> 'x' " + "\U0001f3b9",
    "source_url": "https://news.example/?a=1&b=2",
}
SENT, SUBTITLE = as_values(FIELDS), "fields.subtitle"
OFF = "add_filter('xmlrpc_enabled', '__return_false');"
REGISTERED = (
    "add_action('init', function () { foreach (['subtitle', 'source_url'] as $key)"
    " register_post_meta('post', $key, ['type' => 'string', 'single' => true,"
    " 'show_in_rest' => true]); });"
)


ARRAYS = (
    "add_action('init', function () { foreach (['box', 'words'] as $key)"
    " register_post_meta('post', $key, ['type' => 'object', 'single' => true, 'show_in_rest' =>"
    " ['schema' => ['type' => 'object', 'additionalProperties' => true]]]); });"
)


def log_in(site: WordPress, kind: str, keys: Sequence[str] = KEYS) -> Target:
    user = site.users["editor"]
    if kind == "xmlrpc":
        api = XmlRpcApi(f"{site.url}/xmlrpc.php", user.login, user.application_password)
        return XmlRpcTarget(api, fields=keys)
    root = discover(site.url)
    login = user.login, user.application_password
    return RestTarget(RestApi(root.root, *login), root, fields=keys)


def rows_of(site: WordPress, wp_id: int) -> list[tuple[str, str]]:
    rows = site.sql(
        f"SELECT meta_key, meta_value FROM wp_postmeta WHERE post_id = {wp_id}"  # noqa: S608
        " AND meta_key NOT LIKE '\\_%' ESCAPE '\\' ORDER BY meta_key DESC"
    )
    return [(row["meta_key"], row["meta_value"]) for row in rows]


def values(**more: object) -> dict[str, object]:
    return {"title": "Rain", "slug": f"rain-{secrets.token_hex(4)}", "status": "publish", **more}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        pytest.param("rest", "", id="REST, and XML-RPC beside it"),
        pytest.param("rest", REGISTERED + OFF, id="REST alone, registered"),
        pytest.param("xmlrpc", "", id="XML-RPC"),
    ],
)
def test_fields_are_written_read_and_changed(wordpress: WordPress, kind: str, code: str) -> None:
    """To the byte, one row a key however often it changes; an emptied one is empty."""
    with plugin(wordpress, code):
        target = log_in(wordpress, kind)
        assert target.writable_fields(KEYS) == frozenset(KEYS)

        made = target.create_post(values(**SENT))
        (read,) = target.read_posts([made.wp_id])
        changed = target.update_post(made.wp_id, {**SENT, SUBTITLE: "New"})
        emptied = target.update_post(made.wp_id, {"title": "Sun", SUBTITLE: ""})

    assert fields_among(made.values) == fields_among(read.values) == FIELDS
    assert left_out(SENT, made) == ()
    assert fields_among(changed.values) == {**FIELDS, "subtitle": "New"}
    assert emptied.values["title"] == "Sun"
    assert emptied.values[SUBTITLE] == ""
    rows = rows_of(wordpress, made.wp_id)
    assert rows == [("subtitle", ""), ("source_url", FIELDS["source_url"])]


def test_fields_that_went_missing_are_seen_and_brought(wordpress: WordPress) -> None:
    """A request that died before them leaves a post whose lack is told, by slug and by id."""
    target, slug = log_in(wordpress, "rest"), f"rain-{secrets.token_hex(4)}"
    made = target.create_post(values(slug=slug))

    (found,) = target.find_posts([slug])
    brought = target.update_post(made.wp_id, SENT)

    assert left_out(SENT, found) == tuple(SENT)
    assert left_out(SENT, brought) == ()
    assert brought.modified >= found.modified


def test_site_that_takes_none_says_so(wordpress: WordPress) -> None:
    """Neither registered nor XML-RPC: posts go without, and nothing is asked for for ever."""
    with plugin(wordpress, OFF):
        target = log_in(wordpress, "rest")
        assert target.writable_fields(KEYS) == frozenset()
        made = target.create_post(values())

    assert fields_among(made.values) == {}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        pytest.param("rest", "", id="REST, and XML-RPC beside it"),
        pytest.param("rest", ARRAYS + OFF, id="REST alone, registered"),
        pytest.param("xmlrpc", "", id="XML-RPC"),
    ],
)
def test_parts_of_arrays_are_written_beside_what_else_is_in_them(
    wordpress: WordPress, kind: str, code: str
) -> None:
    """One row a key; what an editor or the theme keeps in the same array stays."""
    keys = ("box[name]", "box[url]", "words[0]")
    parts = as_values(
        dict(zip(keys, (r"R&B \ 'x'", "https://a.example/?b=1&c=2", "first"), strict=True))
    )
    with plugin(wordpress, code):
        target = log_in(wordpress, kind, keys)
        made = target.create_post(values(**parts))
        wordpress.run_php(
            f"$box = get_post_meta({made.wp_id}, 'box', true);"
            "$box['more'] = [['deep' => 'yes', 'n' => 3]];"
            f"update_post_meta({made.wp_id}, 'box', $box);"
        )
        changed = target.update_post(made.wp_id, {"fields.box[name]": "New"})
        (read,) = target.read_posts([made.wp_id])
    told = json.loads(
        wordpress.run_php(
            f"echo json_encode([get_post_meta({made.wp_id}, 'box'),"
            f" get_post_meta({made.wp_id}, 'words')]);"
        )
    )

    assert fields_among(made.values) == fields_among(parts)
    assert left_out(parts, made) == ()
    assert read.values["fields.box[name]"] == changed.values["fields.box[name]"] == "New"
    url, more = "https://a.example/?b=1&c=2", [{"deep": "yes", "n": 3}]
    assert told == [[{"name": "New", "url": url, "more": more}], [["first"]]]


def test_parts_of_what_is_no_array_are_left_alone(wordpress: WordPress) -> None:
    """A text of an editor's under that name stays, and the lack is told."""
    target = log_in(wordpress, "rest", ("box[name]",))
    made = target.create_post(values())
    wordpress.run_php(f"add_post_meta({made.wp_id}, 'box', 'An editor');")

    asked = {"fields.box[name]": "Ours"}
    stored = target.update_post(made.wp_id, asked)

    assert left_out(asked, stored) == ("fields.box[name]",)
    assert rows_of(wordpress, made.wp_id) == [("box", "An editor")]
