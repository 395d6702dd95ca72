"""init: a first config.toml and mapping, from a few answers, checked against the real site."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from wp_sync.config import load_config
from wp_sync.confine import Confinement
from wp_sync.errors import ConfigError, Problem
from wp_sync.model import Validators
from wp_sync.pipeline.build import utc_now
from wp_sync.publish.discovery import discover
from wp_sync.sources import pull_feed
from wp_sync.web import WebSession, make_user_agent

from .output import Result

if TYPE_CHECKING:
    from pathlib import Path

    from .output import Screen

_CHANNEL = "news"
_CONFIG = """\
# wp-sync: one directory is one site. Every key is explained in README.md.
[site]
url = {url}
username = {username}            # a user of its own, with the role Editor
# The application password is never written here. It is looked up, in this order: the variable
# WP_SYNC_PASSWORD, the systemd credential "wp-sync-password", the file named here (mode 0600).
password_file = "wp-sync-password"

[fetch]
contact = {contact}

[defaults]
status = "draft"
"""
_SOURCE = """
[[sources]]
name = {name}
feeds = [{feed}]
to = ["{channel}"]
"""
_MAPPING = """\
# A channel: one place on the site. Its name is the name of this file.
about = ""                       # words that tell whether an article belongs here

[post]
category = "News"
tags = ["{source.name}"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What init has to know."""

    site: str
    username: str
    sources: tuple[str, ...]
    contact: str


def begin(path: Path, answers: Answers, screen: Screen) -> Result:
    """Write the files only when the site and every feed have been found; never over others."""
    mapping = path.parent / "mappings" / f"{_CHANNEL}.toml"
    for file in (path, mapping):
        if file.exists():
            raise _refused(file, "is there already", "edit it, or name another with --config")
    answers = _ask(answers, path)
    root = discover(answers.site)
    found = [f"The site: {root.name or root.home}, a WordPress at {root.home}"]
    names: dict[str, str] = {}
    with (
        Confinement() as confinement,
        WebSession(user_agent=make_user_agent(answers.contact, 1)) as web,
    ):
        for feed in answers.sources:
            screen.say(f"Reading {feed} …")
            pulled = pull_feed(
                feed,
                location=feed,
                last=Validators(),
                known={},
                web=web,
                confinement=confinement,
                now=utc_now(),
                allow_private=_typed(feed),
            )
            name = pulled.title or urlsplit(feed).hostname or feed
            names[feed] = name if name not in names.values() else f"{name} ({feed})"
            found.append(f"A source: {name}, {len(pulled.items)} items")
    mapping.parent.mkdir(parents=True, exist_ok=True)
    mapping.write_text(_MAPPING, encoding="utf-8")
    path.write_text(_config_text(replace(answers, site=root.home), names), encoding="utf-8")
    load_config(path)
    return Result(
        command="init",
        data={"config": str(path), "mapping": str(mapping), "site": root.home, "sources": names},
        text=(
            *found,
            f"Written: {path} and {mapping}",
            (
                "Next: make an application password in wp-admin (Users, Profile), store it in"
                f" {path.parent / 'wp-sync-password'} with mode 0600, then: wp-sync doctor"
            ),
        ),
    )


def _ask(answers: Answers, path: Path) -> Answers:
    """Ask on a terminal for what no flag gave; elsewhere name the flags."""
    questions = (
        ("site", "--site", "The site's address"),
        ("username", "--username", "The user wp-sync logs in as"),
        ("contact", "--contact", "Your e-mail address, for the User-Agent"),
    )
    missing = [(name, flag, text) for name, flag, text in questions if not getattr(answers, name)]
    if missing and not sys.stdin.isatty():
        flags = " ".join(flag for _, flag, _ in missing)
        raise _refused(path, f"init needs {flags}", "give them as flags; there is nobody to ask")
    given = {name: typer.prompt(text) for name, _, text in missing}
    if missing and not answers.sources:
        feeds = typer.prompt("Feeds, separated by blanks (may be empty)", default="")
        given["sources"] = tuple(feeds.split())
    return replace(answers, **given)


def _config_text(answers: Answers, names: dict[str, str]) -> str:
    text = _CONFIG.format(
        url=_quoted(answers.site),
        username=_quoted(answers.username),
        contact=_quoted(answers.contact),
    )
    for feed, name in names.items():
        text += _SOURCE.format(name=_quoted(name), feed=_quoted(feed), channel=_CHANNEL)
        if private := _private(feed):
            text += f"allow_private = [{_quoted(private)}]\n"
    return text


def _quoted(text: str) -> str:
    """Write a TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _typed(feed: str) -> frozenset[str]:
    parts = urlsplit(feed)
    return frozenset({f"{parts.hostname}:{parts.port or 443}"}) if parts.hostname else frozenset()


def _private(feed: str) -> str:
    """Name the host and port of a feed on this machine, which the guard would refuse."""
    parts = urlsplit(feed)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return f"{parts.hostname}:{parts.port or 80}" if local else ""


def _refused(path: Path, message: str, cure: str) -> ConfigError:
    return ConfigError([Problem(file=str(path), line=0, key="", message=f"{message} ({cure})")])
