"""Tell why a login failed, with the help of XML-RPC: REST words all causes alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wp_sync.errors import UnauthorizedError

from .blockers import ANY_SWITCH, find_switch
from .diagnosis import Diagnosis, line_for
from .discovery import USE_XMLRPC
from .xmlrpc import password_works

if TYPE_CHECKING:
    from .answers import Answer
    from .discovery import ApiRoot
    from .rest_api import RestApi

# What WordPress names itself where a plugin asks for the user early (user.php).
NAMED = {
    "incorrect_password": "the application password is wrong",
    "invalid_email": "no user has this e-mail address",
    "invalid_username": "there is no user of this name",
}
FOR_ONE = (
    "let the plugin that does it (filter wp_is_application_passwords_available_for_user) allow "
    "this user, or take another one"
)
NO_HTTPS = (
    "serve the site with https; on a test machine put define('WP_ENVIRONMENT_TYPE', 'local'); into "
    "wp-config.php"
)
BEHIND_PROXY = (
    "let the proxy send X-Forwarded-Proto, put if (($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === "
    "'https') $_SERVER['HTTPS'] = 'on'; into wp-config.php, and https:// into Settings > General"
)
NEW_LOGIN = (
    "make a new application password in wp-admin > Users > Profile (the account password does not "
    "work) and store it with `wp-sync login`"
)
LENGTH = 24  # of an application password, without its blanks (WP_Application_Passwords::PW_LENGTH)
FORM = f"an application password has {LENGTH} letters and digits, and this one has not"


def explain_refusal(answer: Answer, api: RestApi, root: ApiRoot) -> UnauthorizedError:
    """Find the cause of a 401, which WordPress words alike for all of them."""
    found = _find_cause(answer, api, root)
    who = f"{root.home} does not accept the login of {api.username!r}"
    return UnauthorizedError(f"{who}: {found.cause}", cure=found.cure)


def _find_cause(answer: Answer, api: RestApi, root: ApiRoot) -> Diagnosis:
    if answer.code in NAMED:
        return Diagnosis(cause=NAMED[answer.code], cure=NEW_LOGIN)
    if answer.code == "application_passwords_disabled_for_user":
        return Diagnosis(cause="application passwords are switched off for this user", cure=FOR_ONE)
    if not root.authentication_available or "disabled" in answer.code:
        return _switched_off(root)
    return _ask_xmlrpc(root.xmlrpc, api, answer)


def _ask_xmlrpc(url: str, api: RestApi, answer: Answer) -> Diagnosis:
    """Try the login where no header carries it."""
    header = line_for("header", answer.headers)
    works = password_works(url, api)
    if works and not _is_application_password(url, api):
        cause = "this is the account password, and the REST API takes application passwords only"
        return Diagnosis(cause=cause, cure=NEW_LOGIN)
    if works:
        cause = "the web server strips the Authorization header; the password is right"
        return Diagnosis(cause=cause, cure=f"{header}; or {USE_XMLRPC}")
    doubt = "" if _has_form(api.password) else f" ({FORM})"
    if works is None:
        cause = (
            f"wrong name or password, or a stripped Authorization header{doubt}; XML-RPC, which "
            "tells them apart, does not answer"
        )
        return Diagnosis(cause=cause, cure=f"{NEW_LOGIN}; or {header}")
    return Diagnosis(cause=f"wrong user name or password{doubt}", cure=NEW_LOGIN)


def _switched_off(root: ApiRoot) -> Diagnosis:
    """Tell what takes application passwords away: a known plugin, plain http, or something else."""
    off = "application passwords are switched off"
    if switch := find_switch(root.namespaces):
        cause = f"{off}; {switch.name} is there, and does that unless it is told not to"
        return Diagnosis(cause=cause, cure=switch.cure)
    if root.home.startswith("https:"):
        return Diagnosis(cause=f"{off} by a plugin or the theme", cure=ANY_SWITCH)
    if root.root.startswith("https:"):
        cause = f"{off}, for WordPress does not know that it is reached by https ({root.home})"
        return Diagnosis(cause=cause, cure=BEHIND_PROXY)
    cause = f"{off}: WordPress offers them over https only, or a plugin takes them away"
    return Diagnosis(cause=cause, cure=f"{NO_HTTPS}; or {ANY_SWITCH}")


def _has_form(password: str) -> bool:
    return len(_bare(password)) == LENGTH


def _bare(password: str) -> str:
    # As wp_authenticate_application_password does.
    return re.sub(r"[^A-Za-z0-9]", "", password)


def _is_application_password(url: str, api: RestApi) -> bool:
    """Try the password with other blanks: WordPress ignores them in application passwords only."""
    bare = _bare(api.password)
    spaced = f"{bare[:3]} {bare[3:]}" if " " not in api.password.strip() else bare
    return len(bare) == LENGTH and bool(password_works(url, api, spaced))
