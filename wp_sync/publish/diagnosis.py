"""What a bad answer means, as tables of causes and cures; the cure is the line for the server."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from .blockers import find_blocker, find_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .answers import Answer

MAINTENANCE_SECONDS = 600  # what wp_maintenance() sends as Retry-After, and hardly anybody else
RELATION = "https://api.w.org/"  # rest_output_link_header
MARKS = ("/wp-content/", "/wp-includes/", 'content="WordPress')
# The Server header's word -> the software.
SERVERS = {"apache": "Apache", "litespeed": "LiteSpeed", "nginx": "nginx", "openresty": "nginx"}
_REWRITE = (
    "Settings > Permalinks > Save, so that WordPress writes its rules to .htaccess; the virtual "
    "host needs AllowOverride All"
)
# WordPress's own line (class-wp-rewrite.php) and its alternatives.
_HAND_ON = "RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]"
# What is wrong -> the software -> the line that mends it.
LINES: dict[str, dict[str, str]] = {
    "header": {
        "Apache": f"`{_HAND_ON}` below RewriteEngine On in .htaccess (or `CGIPassAuth On`, or "
        '`SetEnvIf Authorization "(.*)" HTTP_AUTHORIZATION=$1`)',
        "nginx": "`fastcgi_param HTTP_AUTHORIZATION $http_authorization;` beside the other "
        "fastcgi_param lines (before another server `proxy_set_header Authorization "
        "$http_authorization;`)",
        "LiteSpeed": f"`{_HAND_ON}` below RewriteEngine On in .htaccess",
    },
    "rewriting": {
        "Apache": f"{_REWRITE}, and `a2enmod rewrite`",
        "nginx": "`location / { try_files $uri $uri/ /index.php?$args; }`",
        "LiteSpeed": _REWRITE,
    },
    "size": {
        "Apache": "`LimitRequestBody 33554432` in the virtual host",
        "nginx": "`client_max_body_size 32m;` in the server block",
        "LiteSpeed": "Max Request Body Size in the console, at 32M",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A cause in a sentence, and what to do."""

    cause: str
    cure: str = ""

    def __str__(self) -> str:
        return f"{self.cause} ({self.cure})" if self.cure else self.cause


MAINTENANCE = Diagnosis(
    cause="the site is in maintenance mode, as during an update",
    cure="try again in a minute; if it lasts, an update broke off: remove the file .maintenance "
    "beside wp-config.php",
)


def line_for(problem: str, headers: Mapping[str, str]) -> str:
    """Return the line that mends a problem, for the software in front; else one for each."""
    lines = LINES[problem]
    told = headers.get("Server", "").lower()
    known = next((name for word, name in SERVERS.items() if word in told), "")
    return "; ".join(f"{name}: {line}" for name, line in lines.items() if known in {"", name})


def diagnose(answer: Answer) -> Diagnosis | None:
    """Say what an answer means that is not what we asked for; None when that is WordPress's word.

    The first of the causes that fits is the most certain one.
    """
    return next((found for look in CAUSES if (found := look(answer))), None)


def certainty(answer: Answer) -> int:
    """Rank an answer by how much it tells; the lower, the more."""
    return next((rank for rank, look in enumerate(CAUSES) if look(answer)), len(CAUSES))


def is_certain(answer: Answer) -> bool:
    """Tell whether an answer has a cause that only a WordPress, or what guards a site, gives."""
    return any(look(answer) for look in CAUSES[: -len(_PERHAPS)])


def _known_blocker(answer: Answer) -> Diagnosis | None:
    blocker = find_blocker(answer.code, answer.text, answer.headers)
    if blocker is None:
        return None
    what = f"{answer.status}, {answer.code}" if answer.code else f"{answer.status}"
    cause = f"{blocker.name} shuts us out of the REST API ({what})"
    return Diagnosis(cause=cause, cure=blocker.cure)


def _maintenance(answer: Answer) -> Diagnosis | None:
    if answer.status != HTTPStatus.SERVICE_UNAVAILABLE or answer.retry_after != MAINTENANCE_SECONDS:
        return None
    return replace(MAINTENANCE, cause=f"{MAINTENANCE.cause} (503, Retry-After: 600)")


def _too_many(answer: Answer) -> Diagnosis | None:
    busy = answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    if not busy and answer.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    what = "is overloaded or switched off" if busy else "limits how often it may be asked"
    wait = "it does not say for how long"
    if answer.retry_after is not None:
        wait = f"it asks for {answer.retry_after:.0f} seconds of patience"
    return Diagnosis(
        cause=f"the host or a service before the site {what} ({answer.status}), and {wait}",
        cure="try again later; if it stays so, ask the host to exempt this machine's address, or "
        "to look into the error log",
    )


def _broken_php(answer: Answer) -> Diagnosis | None:
    broken = answer.code == "internal_server_error" or "wp-die-message" in answer.text
    if answer.status != HTTPStatus.INTERNAL_SERVER_ERROR or not broken:
        return None
    culprit = find_culprit(answer.text)
    return Diagnosis(
        cause=f"PHP breaks off on the site with a fatal error{culprit and f' in {culprit}'} (500)",
        cure=f"switch {culprit or 'the plugin that its PHP error log names'} off or update it; "
        "define('WP_DEBUG_LOG', true) in wp-config.php writes wp-content/debug.log",
    )


def _too_large(answer: Answer) -> Diagnosis | None:
    if answer.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return None
    cause = f"{answer.reason}: requests of this size are refused before WordPress"
    return Diagnosis(cause=cause, cure=line_for("size", answer.headers))


def _wp_die(answer: Answer) -> Diagnosis | None:
    if answer.code != "wp_die":
        return None
    cure = "look for a rule on the REST API in the site's security plugin, and its log of blocks"
    return Diagnosis(cause=f"a security plugin shuts us out: {answer.reason}", cure=cure)


def _no_rest(answer: Answer) -> Diagnosis | None:
    if answer.code not in {"rest_disabled", "rest_no_route"} or not answer.of_index:
        return None
    return Diagnosis(
        cause=f"a plugin or the theme switches the REST API off: {answer.reason}",
        cure="let the plugin that does it (Disable REST API and the like) leave /wp/v2 open to "
        "logged-in users; for code of your own, look for rest_endpoints and rest_enabled",
    )


def _closed(answer: Answer) -> Diagnosis | None:
    refused = answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    if not (refused and answer.code and answer.of_index):
        return None
    return Diagnosis(
        cause=f"the API is closed to visitors; {answer.reason}",
        cure="check user name and application password, or open the REST API to visitors",
    )


def _firewall(answer: Answer) -> Diagnosis | None:
    refused = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_ACCEPTABLE}
    if answer.status not in refused or answer.code:
        return None
    return Diagnosis(
        cause=f"{answer.reason}: not WordPress's own word",
        cure="look for a rule on /wp-json/ in the site's security plugin, in the host's firewall "
        "and in the web server's configuration, and exempt this machine's address",
    )


def _broken_rewriting(answer: Answer) -> Diagnosis | None:
    if answer.status != HTTPStatus.NOT_FOUND or answer.code:
        return None
    if looks_like_wordpress(answer):
        return Diagnosis(
            cause="rewriting is broken: WordPress answers /wp-json/ with its page for what it does "
            f"not know{answer.page_title}",
            cure="Settings > Permalinks > Save, once, makes its rules anew",
        )
    return Diagnosis(
        cause="rewriting is broken: the web server itself answers /wp-json/ with 404"
        f"{answer.page_title}",
        cure=line_for("rewriting", answer.headers),
    )


def _web_page(answer: Answer) -> Diagnosis | None:
    if answer.status != HTTPStatus.OK:
        return None
    cache = find_cache(answer.headers)
    by = f"{cache} answers" if cache else "something answers"
    return Diagnosis(
        cause=f"{by} /wp-json/ with a web page{answer.page_title} instead of JSON",
        cure="keep /wp-json/ out of the page cache, and empty it"
        if cache
        else "look for a page cache or a security plugin that answers for /wp-json/, and save "
        "Settings > Permalinks once",
    )


# What any site answers to an address that it does not know.
_PERHAPS = (_broken_rewriting, _web_page)
CAUSES: tuple[Callable[[Answer], Diagnosis | None], ...] = (
    _known_blocker,
    _maintenance,
    _too_many,
    _broken_php,
    _too_large,
    _wp_die,
    _no_rest,
    _closed,
    _firewall,
    *_PERHAPS,
)


def looks_like_wordpress(page: Answer) -> bool:
    """Tell whether a web page is of a WordPress, by what nearly all of its pages carry."""
    return any(mark in page.text for mark in MARKS) or RELATION in page.headers.get("Link", "")


def find_culprit(text: str) -> str:
    """Name the plugin or theme in whose file PHP stumbled, where a text has the path."""
    path = r"wp-content[\\/]+(plugin|mu-plugin|theme)s[\\/]+([\w.-]+)"
    found = re.search(path, text)
    return f"the {found[1]} {found[2]}" if found else ""


def printed_before(printed: str) -> Diagnosis:
    """Say what PHP's printed warnings are, and how to hide them."""
    culprit = find_culprit(printed)
    return Diagnosis(
        cause=f"PHP prints warnings before its answers{culprit and f', from {culprit}'}: "
        f'"{printed[:120]}"',
        cure="wp-config.php: define('WP_DEBUG_DISPLAY', false); and display_errors = Off in "
        "php.ini; then mend what it warns of",
    )
