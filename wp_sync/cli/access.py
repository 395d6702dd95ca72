"""login and logout: get the application password, prove it, keep it; or forget it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from wp_sync.config import load_config
from wp_sync.config.edit import name_password_file
from wp_sync.config.secrets import (
    LONGEST,
    PASSWORD_FILE,
    Secret,
    check_keyring,
    name_outer,
    place_of_file,
    read_keyring,
    read_password_file,
    read_secret,
    remove_keyring,
    remove_password_file,
    write_keyring,
    write_password_file,
)
from wp_sync.errors import (
    ConfigError,
    NoRestError,
    Problem,
    SiteError,
    UnauthorizedError,
)
from wp_sync.publish.discovery import discover
from wp_sync.publish.login import Login, answers_loopback, prove_login, revoke_login
from wp_sync.publish.wire import check_private

from .approval import await_approval, has_browser, open_page, page_address
from .output import Result

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.config.schema import Config

    from .output import Screen

# The part of wp-admin's page that makes them (wp-admin/user-edit.php).
_PROFILE = "wp-admin/profile.php#application-passwords-section"
_BROWSER = "login --browser needs the REST API"
_BY_HAND = (
    "make an application password in wp-admin > Users > Profile, and give it to `wp-sync login`"
)
_REVOKING = "logout --revoke needs the REST API"
_REVOKED_BY_HAND = "revoke it in wp-admin > Users > Profile, then `wp-sync logout`"
REFUSED_ARGUMENT = (
    "login takes no password, and nothing but its options, on the command line: every user of"
    " this machine can read it there, and the shell remembers it (start `wp-sync login` alone and"
    " be asked, or pipe it in; if you gave a real password, revoke it in wp-admin > Users >"
    " Profile)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the password comes, and where it is kept."""

    browser: bool = False
    stdin: bool = False
    keyring: bool = False


def log_in(path: Path, wish: Wish, screen: Screen) -> Result:
    """Get the password, prove it on the site, and only then keep it."""
    config = load_config(path)
    if wish.browser and wish.stdin:
        raise _refused("--browser and --stdin are two ways: choose one")
    if wish.keyring:
        check_keyring(config)
    if wish.browser:
        secret = _from_browser(config, screen)
    else:
        if sys.stdin.isatty():
            screen.warn(f"Make one at {config.site.url}/{_PROFILE}, and paste it here.")
        secret = _ask(config, stdin=wish.stdin)
    login = _prove(config, secret)
    kept = keep(config, secret, keyring=wish.keyring)
    who = f"{login.identity.login} ({', '.join(login.identity.roles)})"
    return Result(
        command="login",
        data={"site": login.root.home, "username": login.identity.login, "stored": kept},
        messages=(*map(str, login.root.notes), *_outer_warnings("comes before what was stored")),
        text=(
            f"Logged in to {login.root.home} as {who}.",
            f"The application password is stored in {kept}.",
            f"Next: {next_command(config)}",
        ),
    )


def log_out(path: Path, screen: Screen, *, revoke: bool) -> Result:
    """Remove what login stored; with `revoke` on the site first, while it can still log in."""
    config = load_config(path)
    revoked = [_revoke(config, secret, screen) for secret in _stored(config)] if revoke else []
    removed = [
        where
        for where, remove in (
            (str(place_of_file(config)), remove_password_file),
            ("the system keyring", remove_keyring),
        )
        if remove(config)
    ]
    told = [f"Removed: the application password in {where}." for where in removed]
    return Result(
        command="logout",
        data={"removed": removed, "revoked": [name for name in revoked if name]},
        messages=_outer_warnings("still holds an application password"),
        text=tuple(told or ["No application password was stored here."]),
    )


def keep(config: Config, secret: Secret, *, keyring: bool = False) -> str:
    """Store a password that was proven; return where, in words."""
    if keyring:
        write_keyring(config, secret)
        # A file that is named comes before the keyring, and must be there.
        if config.site.password_file:
            name_password_file(config.path, "")
        remove_password_file(config)
        return "the system keyring"
    file = write_password_file(config, secret)
    if not config.site.password_file:
        name_password_file(config.path, PASSWORD_FILE)
    return f"{file}, which only its owner can read"


def ask_unseen(question: str) -> str:
    """Ask on the terminal without showing what is typed."""
    answer = typer.prompt(question, default="", show_default=False, hide_input=True, err=True)
    return str(answer).strip()


def prove_and_keep(config: Config, secret: Secret) -> Login:
    """Prove a password and store it in the file."""
    login = _prove(config, secret)
    keep(config, secret)
    return login


def _prove(config: Config, secret: Secret) -> Login:
    site = config.site
    return prove_login(site.url, site.username, secret.reveal, xmlrpc=site.api == "xmlrpc")


def next_command(config: Config) -> str:
    """Name what to do with a configuration that can log in."""
    return "wp-sync plan" if config.sources else "wp-sync add URL"


def _ask(config: Config, *, stdin: bool) -> Secret:
    if stdin and sys.stdin.isatty():
        raise _refused("--stdin: standard input is a terminal; leave it out, and be asked unseen")
    if sys.stdin.isatty():
        username = config.site.username
        raw = ask_unseen(f"The application password of {username} (not shown)").encode()
    else:
        raw = sys.stdin.buffer.read(LONGEST + 1)
    secret = read_secret(raw)
    if secret is None:
        raise _refused("no password came: one line of text is expected; nothing was stored")
    return secret


def _from_browser(config: Config, screen: Screen) -> Secret:
    """Walk WordPress's own page; what it answers is for our user, or is taken back."""
    if config.site.api == "xmlrpc":
        raise SiteError(f'{_BROWSER}, and [site] says api = "xmlrpc"', cure=_BY_HAND)
    try:
        root = discover(config.site.url)
    except NoRestError as error:
        cure = f'{error.cure}; or {_BY_HAND}, with api = "xmlrpc" in [site]'
        raise NoRestError(f"{_BROWSER}; {error.message}", cure=cure) from error
    check_private(root.root)
    if not root.authorize_url:
        message = f"{root.home} has no page of its own that gives application passwords"
        raise SiteError(message, cure="they may be switched off; `wp-sync login` takes one by hand")
    if not (has_browser() and answers_loopback(root)):
        address = page_address(root)
        if not (has_browser() and open_page(address)):
            screen.warn("There is no browser here: open this address on any machine.")
        screen.warn(f"{address}\nLog in there as {config.site.username}, approve, and copy.")
        return _ask(config, stdin=False)
    approval = await_approval(root, screen)
    if approval.username.casefold() != config.site.username.casefold():
        _take_back(config, approval.username, approval.password)
    return approval.password


def _take_back(config: Config, username: str, secret: Secret) -> None:
    """Refuse a password of somebody else, and leave none behind on the site."""
    revoke_login(config.site.url, username, secret.reveal)
    message = (
        f"it was approved as {username!r}, and [site] username is {config.site.username!r}:"
        " nothing was stored, and the new password was revoked"
    )
    cure = (
        f"log out of wp-admin and in as {config.site.username}, then repeat; or put"
        f' username = "{username}" into [site]'
    )
    raise UnauthorizedError(message, cure=cure)


def _stored(config: Config) -> tuple[Secret, ...]:
    file = (read_password_file(config),) if place_of_file(config).exists() else ()
    found = {one.reveal(): one for one in (*file, read_keyring(config)) if one}
    return tuple(found.values())


def _revoke(config: Config, secret: Secret, screen: Screen) -> str:
    site = config.site
    if site.api == "xmlrpc":
        raise SiteError(f'{_REVOKING}, and [site] says api = "xmlrpc"', cure=_REVOKED_BY_HAND)
    try:
        name = revoke_login(site.url, site.username, secret.reveal)
    except NoRestError as error:
        cure = f"{error.cure}; or {_REVOKED_BY_HAND}"
        raise NoRestError(f"{_REVOKING}; {error.message}", cure=cure) from error
    told = f"Revoked on {site.url}: the application password {name!r}."
    screen.say(told if name else f"{site.url} does not accept the password any more.")
    return name


def _outer_warnings(what: str) -> tuple[str, ...]:
    return tuple(f"{place} {what}" for place in name_outer(os.environ))


def _refused(message: str) -> ConfigError:
    return ConfigError([Problem(file="login", line=0, key="", message=message)])
