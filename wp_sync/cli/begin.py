"""init: a first config.toml and mapping, from a few answers, checked against the real site."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import typer

from wp_sync.config import load_config
from wp_sync.config.secrets import Secret, place_of_file
from wp_sync.errors import ConfigError, NoRestError, Problem, WpSyncError
from wp_sync.publish.discovery import ApiRoot, discover

from .access import ask_unseen, next_command, prove_and_keep
from .finding import chooser, find_feed
from .output import Result
from .reading import open_bench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wp_sync.config.schema import Config

    from .finding import FoundFeed
    from .output import Screen
    from .reading import Bench

_T = TypeVar("_T")
_CHANNEL = "news"
_BY_HAND = (
    'where it stays closed, write config.toml by hand, with api = "xmlrpc" in [site]: README.md'
    " explains every key"
)
_CONFIG = """\
# wp-sync: one directory is one site. Every key is explained in README.md.
[site]
url = {url}
username = {username}            # a user of its own, with the role Editor
# The application password is never written here. It is looked up, in this order: the variable
# WP_SYNC_PASSWORD, the systemd credential "wp-sync-password", the file named here (mode 0600),
# where `wp-sync login` stores it.
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
    """What the flags said; "" is asked for."""

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
    asking = _asks(path, answers)
    root = _settle(answers.site, "The site's address", _find_site, screen)
    screen.say(f"The site: {root.name or root.home}, a WordPress at {root.home}")
    username = _settle(answers.username, "The user wp-sync logs in as", str, screen)
    contact = _settle(
        answers.contact, "Your e-mail address, for the User-Agent", _check_contact, screen
    )
    with open_bench(contact, len(answers.sources) or 1) as bench:
        sources = tuple(_find_sources(answers.sources, bench, screen, asking=asking))
    names = _name_sources(sources)
    config = _write(path, mapping, _config_text(root.home, username, contact, names))
    stored = place_of_file(config).exists() or (asking and _offer_login(config, screen))
    return Result(
        command="init",
        data={
            "config": str(path),
            "mapping": str(mapping),
            "site": root.home,
            "sources": {one.address: name for name, one in names.items()},
        },
        messages=tuple(map(str, root.notes)),
        text=(
            f"Written: {path} and {mapping}",
            f"Next: {next_command(config) if stored else 'wp-sync login'}",
        ),
    )


def _asks(path: Path, answers: Answers) -> bool:
    """Tell whether somebody has to be asked; without a terminal, name the flags."""
    given = {"--site": answers.site, "--username": answers.username, "--contact": answers.contact}
    missing = [flag for flag, answer in given.items() if not answer]
    if missing and not sys.stdin.isatty():
        message = f"init needs {', '.join(missing)}"
        raise _refused(path, message, "give them as flags; there is nobody to ask")
    return bool(missing)


def _settle(given: str, question: str, check: Callable[[str], _T], screen: Screen) -> _T:
    """Take what the flag gave, or ask until an answer passes."""
    if given:
        return check(given)
    while True:
        try:
            return check(typer.prompt(question, err=True).strip())
        except WpSyncError as error:
            screen.warn(str(error))


def _find_site(address: str) -> ApiRoot:
    try:
        return discover(address if "://" in address else f"https://{address}")
    except NoRestError as error:
        message = f"init needs the REST API; {error.message}"
        raise NoRestError(message, cure=f"{error.cure}; or {_BY_HAND}") from error


def _check_contact(contact: str) -> str:
    if "@" in contact or contact.startswith(("http://", "https://")):
        return contact
    message = f"{contact!r} is neither an e-mail address nor a web address"
    raise _refused("--contact", message, "sources see it, and can write to you")


def _find_sources(
    given: tuple[str, ...], bench: Bench, screen: Screen, *, asking: bool
) -> Iterator[FoundFeed]:
    """Read each source; where somebody is asked, one that fails is asked for again."""
    for address in given:
        yield _find_source(address, bench, screen)
    while asking and not given:
        question = "A source, by the address of its site or its feed (empty: no more)"
        if not (address := typer.prompt(question, default="", show_default=False, err=True)):
            return
        try:
            yield _find_source(address.strip(), bench, screen)
        except WpSyncError as error:
            screen.warn(str(error))


def _find_source(address: str, bench: Bench, screen: Screen) -> FoundFeed:
    found = find_feed(address, bench, chooser(screen))
    screen.say(found.told)
    return found


def _name_sources(sources: tuple[FoundFeed, ...]) -> dict[str, FoundFeed]:
    """Give each source a name of its own."""
    names: dict[str, FoundFeed] = {}
    for one in {one.address: one for one in sources}.values():
        names[one.title if one.title not in names else f"{one.title} ({one.address})"] = one
    return names


def _config_text(site: str, username: str, contact: str, sources: dict[str, FoundFeed]) -> str:
    text = _CONFIG.format(url=_quoted(site), username=_quoted(username), contact=_quoted(contact))
    for name, one in sources.items():
        text += _SOURCE.format(name=_quoted(name), feed=_quoted(one.address), channel=_CHANNEL)
        if one.private:
            text += f"allow_private = [{_quoted(one.private)}]\n"
    return text


def _quoted(text: str) -> str:
    """Write a TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _write(path: Path, mapping: Path, config: str) -> Config:
    """Write both files, and leave none that is refused when it is read."""
    try:
        mapping.parent.mkdir(parents=True, exist_ok=True)
        mapping.write_text(_MAPPING, encoding="utf-8")
        path.write_text(config, encoding="utf-8")
        return load_config(path)
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise _refused(path, message, "go to a directory of your own") from None
    except ConfigError:
        path.unlink()
        mapping.unlink()
        raise


def _offer_login(config: Config, screen: Screen) -> bool:
    """Ask for the application password until one is right, or none is given."""
    question = f"The application password of {config.site.username} (not shown; empty: later)"
    while password := ask_unseen(question):
        try:
            prove_and_keep(config, Secret(password))
        except WpSyncError as error:
            screen.warn(str(error))
        else:
            return True
    return False


def _refused(path: Path | str, message: str, cure: str) -> ConfigError:
    return ConfigError([Problem(file=str(path), line=0, key="", message=f"{message} ({cure})")])
