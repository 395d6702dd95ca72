"""See, before anything is written, that the site has the post types that its channels ask for."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from wp_sync.config.problems import TomlFile, did_you_mean
from wp_sync.errors import SiteError
from wp_sync.publish.post_types import POST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wp_sync.config.channels import Channel
    from wp_sync.config.schema import Config
    from wp_sync.publish.post_types import PostType
    from wp_sync.publish.target import SiteIdentity, Target

_KEY = ("post", "type")
_DEFAULTS = (("defaults", "type"), ("defaults", "post", "type"))
_SHOW = "register it with 'show_in_rest' => true, or put api = \"xmlrpc\" into [site]"
_REGISTER = "activate the theme or the plugin that registers it, or write another type"
_RIGHTS = "give the user a role that may do it, or write another type"


def check_types(config: Config, target: Target, identity: SiteIdentity) -> tuple[str, ...]:
    """Raise SiteError for a type that posts can't be made of; tell which posts stay unseen."""
    if target.types == (POST,):
        return ()
    there = target.read_types()
    asked = [one for one in config.channels.values() if one.post.type != POST]
    found = [
        (_place_of(config, channel, told), cure)
        for channel in asked
        for told, cure in _find_faults(channel, there, target, identity)
    ]
    if found:
        cures = dict.fromkeys(cure for _, cure in found)
        raise SiteError("\n".join(told for told, _ in found), cure="; ".join(cures))
    return tuple(
        f"the site shows no post type {name!r} any more: posts of ours that are of it are left as"
        " they are"
        for name in sorted(unseen_types(target))
    )


def unseen_types(target: Target) -> frozenset[str]:
    """Name the types in use of which the site shows us no posts."""
    if target.types == (POST,):
        return frozenset()
    there = target.read_types()
    return frozenset(one for one in target.types if one not in there or not there[one].editable)


def _find_faults(
    channel: Channel, there: Mapping[str, PostType], target: Target, identity: SiteIdentity
) -> Iterator[tuple[str, str]]:
    """Say what keeps posts of a channel from being made, and the cure."""
    name = channel.post.type
    kind, who = there.get(name), f"{identity.login} ({', '.join(identity.roles) or 'no role'})"
    if kind is None:
        yield _explain_missing(name, there, target)
    elif not kind.editable:
        yield f"{who} may not edit posts of the type {name!r}", _RIGHTS
    elif kind.is_unusable:
        lacking = " and no ".join(one for one in ("title", "body") if one in kind.lacks)
        told = f"posts of the type {name!r} have no {lacking}, so no article has a place in them"
        yield told.replace("no body", "no text"), "let it support 'title' and 'editor'"
    elif identity.api:  # over XML-RPC the rights are those that core gives to roles
        needed = ["edit_posts", *(["publish_posts"] if channel.post.status == "publish" else [])]
        needed += ["create_posts"] if "create_posts" in kind.rights else []
        for right in dict.fromkeys(map(kind.right, needed)):
            if right not in identity.capabilities:
                told = f"{who} may not make posts of the type {name!r} as status ="
                told += f' "{channel.post.status}" asks: the right {right} is missing'
                yield told, _RIGHTS


def _explain_missing(name: str, there: Mapping[str, PostType], target: Target) -> tuple[str, str]:
    if name in target.hidden_types():
        return f"the site does not show the post type {name!r} in REST", _SHOW
    near = did_you_mean(name, sorted(there.keys() | target.hidden_types()))
    unsure = ", or does not let us see it" if not near else ""
    return f"the site has no post type {name!r}{unsure}{near}", _REGISTER


def _place_of(config: Config, channel: Channel, told: str) -> str:
    """Say in which file, and on which line, a channel's type is written."""
    directory = config.path.parent
    own = _read(directory / "mappings" / f"{channel.name}.toml")
    found = own.problem(_KEY, told)
    if not found.line:
        main = _read(config.path)
        found = next((one for key in _DEFAULTS if (one := main.problem(key, told)).line), found)
    return str(found)


def _read(path: Path) -> TomlFile:
    try:
        text = path.read_text("utf-8")
        return TomlFile(name=str(path), text=text, data=tomllib.loads(text))
    except (OSError, ValueError):  # changed since the configuration was read
        return TomlFile(name=str(path), text="", data={})
