"""doctor: one ordered list of checks; each failure says the cause and the cure."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from wp_sync.config import load_config
from wp_sync.config.secrets import find_password
from wp_sync.errors import WpSyncError
from wp_sync.ledger import open_ledger
from wp_sync.pipeline.build import open_target, utc_now

from .output import Result, Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wp_sync.config.schema import Config
    from wp_sync.config.secrets import Secret
    from wp_sync.publish.target import SiteIdentity, Target

    from .output import Screen

# What a role must hold for what a configuration asks (capabilities: wp-admin's role table).
_NEEDS: tuple[tuple[str, str], ...] = (
    ("edit_posts", "make drafts"),
    ("publish_posts", "publish posts"),
    ("upload_files", "upload pictures"),
    ("manage_categories", "make categories"),
    ("edit_others_posts", "name another author than itself"),
)


@dataclass(slots=True)
class _Patient:
    """What the checks have found so far; each needs those before it."""

    path: Path
    config: Config | None = None
    password: Secret | None = None
    target: Target | None = None
    identity: SiteIdentity | None = None
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one check ended."""

    check: str
    state: Literal["ok", "warning", "failed", "not reached"]
    message: str


def examine(path: Path, screen: Screen) -> Result:
    """Run the checks in order; what depends on a failed one is not reached."""
    patient = _Patient(path)
    findings: list[Finding] = []
    code = 0
    with screen.progress("examining") as tell:
        for name, check in CHECKS:
            tell(name)
            if code:
                findings.append(Finding(check=name, state="not reached", message=""))
                continue
            try:
                message = check(patient)
            except WpSyncError as error:
                code = error.exit_code
                findings.append(Finding(check=name, state="failed", message=str(error)))
                continue
            warned = "; ".join(patient.warnings)
            patient.warnings.clear()
            findings.append(
                Finding(check=name, state="warning" if warned else "ok", message=warned or message)
            )
    rows = tuple((one.state, one.check, one.message) for one in findings)
    return Result(
        command="doctor",
        status="error" if code else "success",
        exit_code=code,
        data={
            "checks": [
                {"check": one.check, "state": one.state, "message": one.message} for one in findings
            ]
        },
        messages=tuple(one.message for one in findings if one.state == "failed"),
        text=(Table(headings=("", "Check", "Finding"), rows=rows),),
    )


def _check_configuration(patient: _Patient) -> str:
    config = patient.config = load_config(patient.path)
    feeds = sum(len(source.feeds) for source in config.sources)
    return f"{len(config.channels)} channels, {len(config.sources)} sources, {feeds} feeds"


def _check_password(patient: _Patient) -> str:
    assert patient.config is not None  # noqa: S101 (the order of CHECKS)
    patient.password = find_password(patient.config, os.environ)
    return "found"


def _check_ledger(patient: _Patient) -> str:
    assert patient.config is not None  # noqa: S101
    config = patient.config
    with open_ledger(config.ledger.url, config.path.parent, clock=utc_now, create=False) as ledger:
        counts = ledger.items.counts()
    return ", ".join(f"{n} {state}" for state, n in sorted(counts.items())) or "empty"


def _check_site(patient: _Patient) -> str:
    assert patient.config is not None  # noqa: S101
    assert patient.password is not None  # noqa: S101
    patient.target = open_target(patient.config, patient.password)
    return f"a WordPress with a REST API at {patient.config.site.url}"


def _check_login(patient: _Patient) -> str:
    assert patient.target is not None  # noqa: S101
    identity = patient.identity = patient.target.identify()
    if "administrator" in identity.roles:
        patient.warnings.append(
            f"{identity.login} is an administrator: a stolen password would be worth the whole"
            " site; make a user of its own with the role Editor"
        )
    return f"logged in as {identity.login} ({', '.join(identity.roles)})"


def _check_rights(patient: _Patient) -> str:
    assert patient.config is not None  # noqa: S101
    assert patient.identity is not None  # noqa: S101
    rules = [channel.post for channel in patient.config.channels.values()]
    asked = {
        "edit_posts": True,
        "publish_posts": any(rule.status == "publish" for rule in rules),
        "upload_files": True,
        "manage_categories": any(rule.category for rule in rules),
        "edit_others_posts": any(rule.author for rule in rules),
    }
    has = patient.identity.capabilities
    lacks = [deed for name, deed in _NEEDS if asked[name] and name not in has]
    if lacks:
        message = f"{patient.identity.login} may not {', nor '.join(lacks)}"
        raise _refused(message, "give the user the role Editor (wp-admin, Users)")
    return "all that the configuration asks"


def _check_authors(patient: _Patient) -> str:
    assert patient.config is not None  # noqa: S101
    assert patient.target is not None  # noqa: S101
    wanted = {rule.author for one in patient.config.channels.values() if (rule := one.post).author}
    users = patient.target.read_authors() if wanted else ()
    known = {name for user in users for name in (user.slug, str(user.wp_id))}
    if missing := sorted(wanted - known):
        message = f"the site has no author {', '.join(missing)}"
        raise _refused(message, "make the users in wp-admin with the role Author")
    return ", ".join(sorted(wanted)) or "none named"


def _refused(message: str, cure: str) -> WpSyncError:
    from wp_sync.errors import SiteError

    return SiteError(message, cure=cure)


CHECKS: tuple[tuple[str, Callable[[_Patient], str]], ...] = (
    ("configuration", _check_configuration),
    ("password", _check_password),
    ("ledger", _check_ledger),
    ("site", _check_site),
    ("login", _check_login),
    ("rights", _check_rights),
    ("authors", _check_authors),
)
