"""What a site lacks for its custom fields: said with the few lines of PHP that bring it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .custom import base_of, is_taxonomy, part_of, slug_of
from .post_types import POST
from .rest_fields import is_protected

if TYPE_CHECKING:
    from collections.abc import Collection

FILE = "wp-content/mu-plugins/wp-sync-fields.php"
# Late: what the theme or the plugin registers itself stays as it is.
_PHP = """<?php
add_action( 'init', function () {{
	$may = function ( $allowed, $key, $post ) {{ return current_user_can( 'edit_post', $post ); }};
	$one = array( 'single' => true, 'auth_callback' => $may );
	$text = array( 'type' => 'string', 'show_in_rest' => true );
	$any = array( 'schema' => array( 'type' => 'object', 'additionalProperties' => true ) );
	$array = array( 'type' => 'object', 'show_in_rest' => $any );
{lines}
}}, 99 );"""
_LINE = "\tregister_post_meta( '{type}', '{key}', $one + ${kind} );"


def fields_note(keys: Collection[str], name: str = POST) -> str:
    """Say which custom fields posts of a type go without, and why."""
    whose = "posts" if name == POST else f"posts of the type {name}"
    own = sorted(slug_of(key) for key in keys if is_taxonomy(key))
    keys = [key for key in keys if not is_taxonomy(key)]
    lost = (
        f"{whose} go without the taxonomy {', '.join(own)}: the site has none of this name for"
        f" {'posts' if name == POST else name}"
    )
    lost += ", or does not show it in REST" if own else ""
    if own and not keys:
        return lost
    names = ", ".join(sorted(keys))
    why = "no plugin registers them for REST"
    if any(is_protected(key) for key in keys):
        why += ', and with "_" before them XML-RPC does not write them'
    if not all(is_protected(key) for key in keys):
        why += ", and XML-RPC does not take the login"
    told = f"{whose} go without the custom fields {names}: {why} (wp-sync doctor prints the cure)"
    return f"{told}; {lost}" if own else told


def registering_lines(keys: Collection[str], name: str = POST) -> str:
    """Write the PHP that lets REST write these fields, for whoever may edit the post.

    A type of the site's own needs the support of "custom-fields", too (get_fields of the posts
    controller).
    """
    keys = [key for key in keys if not is_taxonomy(key)]
    if not keys:
        return "register it with 'show_in_rest' => true, or take it out of [post.taxonomies]"
    arrays = {base_of(key) for key in keys if part_of(key)}
    bases = sorted(set(map(base_of, keys)))
    kinds = {key: "array" if key in arrays else "text" for key in bases}
    ones = [_LINE.format(type=name, key=key, kind=kind) for key, kind in kinds.items()]
    ones += [] if name == POST else [f"\tadd_post_type_support( '{name}', 'custom-fields' );"]
    lines = "\n".join(ones)
    file = FILE if name == POST else FILE.replace(".php", f"-{name}.php")
    told = f"save these lines as {file}, or take the fields out of [post]; visitors can then"
    return f"{told} read them over REST, too:\n{_PHP.format(lines=lines)}"
