"""doctor: one ordered list of checks; each failure says the cause and the cure."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from wp_sync.config import load_config
from wp_sync.config.advice import find_advice
from wp_sync.config.filters import rules_in
from wp_sync.config.secrets import find_password
from wp_sync.curate.languages import EXTRA, beyond_the_core
from wp_sync.errors import FeedError, PublishError, SiteError, WpSyncError
from wp_sync.ledger import open_ledger
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.type_checks import check_types
from wp_sync.publish.authors import find_author
from wp_sync.publish.diagnosis import Diagnosis
from wp_sync.publish.post_types import PLAIN, POST, lacking_notes
from wp_sync.publish.registering import fields_note, registering_lines
from wp_sync.publish.rights import check_rights

from .assistant_check import ASSISTANT, check_assistant
from .output import Result, Table, counted
from .pacing_checks import check_schedule
from .reading import open_bench, read_feed
from .site_checks import (
    check_clock,
    check_contract,
    check_login,
    check_neighbours,
    check_site,
    check_writing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wp_sync.config.channels import Channel, Source
    from wp_sync.config.schema import Config
    from wp_sync.config.secrets import Secret
    from wp_sync.publish.probe import Probe
    from wp_sync.publish.target import SiteIdentity

    from .output import Screen
    from .reading import Bench
    from .sites import Site

_FEEDS_AT_ONCE = 8
_MAKE_AUTHORS = "make the users in wp-admin with the role Author"
_CODE = "<?php"
WRITING = "writing"  # the one check that must be asked for


@dataclass(slots=True)
class Patient:
    """What the checks have found so far; each needs some of those before it."""

    path: Path
    config: Config = field(init=False)
    password: Secret = field(init=False)
    site: Site = field(init=False)
    identity: SiteIdentity = field(init=False)
    probe: Probe | None = None
    warnings: list[Diagnosis] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one check ended."""

    check: str
    state: Literal["ok", "warning", "failed", "not reached"]
    message: str = ""  # the cause, when it did not end well
    cure: str = ""
    exit_code: int = 0

    def __str__(self) -> str:
        return str(Diagnosis(cause=self.message, cure=self.cure))


def examine(path: Path, screen: Screen, *, write: bool = False) -> Result:
    """Run the checks in order; what needs a failed one is not reached.

    Only `write` makes something on the site, and removes it again.
    """
    patient = Patient(path)
    findings: dict[str, Finding] = {}
    checks = [one for one in CHECKS if write or one[0] != WRITING]
    with screen.progress("examining", total=len(checks)) as tell:
        for name, needs, check in checks:
            if name == ASSISTANT and _has_none(patient):
                continue
            tell(name)
            reached = all(findings[need].state in {"ok", "warning"} for need in needs)
            findings[name] = (
                _run(name, check, patient) if reached else Finding(check=name, state="not reached")
            )
            tell(name, 1)
    failed = [one for one in findings.values() if one.state == "failed"]
    rows = tuple((one.state, one.check, one.message, _in_table(one)) for one in findings.values())
    # People see the failures in the table; --quiet and --json have no table.
    told = failed if screen.face.quiet or screen.face.json else ()
    return Result(
        command="doctor",
        status="error" if failed else "success",
        exit_code=failed[0].exit_code if failed else 0,
        data={
            "checks": [
                {
                    "check": one.check,
                    "state": one.state,
                    "message": one.message,
                    "cure": one.cure,
                }
                for one in findings.values()
            ]
        },
        messages=tuple(map(str, told)),
        text=(
            Table(headings=("", "Check", "Finding", "Cure"), rows=rows),
            *(f"\n{one.cure}\n" for one in findings.values() if _CODE in one.cure),
            _conclude([one.state for one in findings.values()]),
        ),
    )


def _in_table(finding: Finding) -> str:
    """Shorten a cure that holds code to be copied: it stands below, whole."""
    told, code, _ = finding.cure.partition(_CODE)
    return f"{told.rstrip()} see below" if code else told


def _conclude(states: Sequence[str]) -> str:
    failed, warned = states.count("failed"), states.count("warning")
    told = f"{counted(warned, 'warning')}." if warned else ""
    if failed:
        return " ".join(filter(None, (f"{counted(failed, 'check')} failed.", told)))
    return f"Nothing failed; {told}" if warned else "All is well."


def _has_none(patient: Patient) -> bool:
    """Tell whether no language model is configured: then there is nothing to check."""
    config = getattr(patient, "config", None)  # not there where it can't be read
    return config is None or config.assistant is None


def _run(name: str, check: Callable[[Patient], str], patient: Patient) -> Finding:
    try:
        message = check(patient)
    except WpSyncError as error:
        message, code = error.message, error.exit_code
        # A refusal is one item's trouble in a sync; here it is the site's.
        code = SiteError.exit_code if isinstance(error, PublishError) else code
        return Finding(check=name, state="failed", message=message, cure=error.cure, exit_code=code)
    warned, patient.warnings = patient.warnings, []
    if not warned:
        return Finding(check=name, state="ok", message=message)
    causes, cures = zip(*((one.cause, one.cure) for one in warned), strict=True)
    cure = "\n".join(filter(None, cures))
    return Finding(check=name, state="warning", message="\n".join(causes), cure=cure)


def _check_configuration(patient: Patient) -> str:
    config = patient.config = load_config(patient.path)
    patient.warnings += [Diagnosis(cause=one) for one in find_advice(config)]
    feeds = sum(len(source.feeds) for source in config.sources)
    patient.warnings += _find_unread_languages(config)
    counts = ((len(config.channels), "channel"), (len(config.sources), "source"), (feeds, "feed"))
    return ", ".join(counted(number, noun) for number, noun in counts)


def _find_unread_languages(config: Config) -> list[Diagnosis]:
    """Say which languages of the rules are known only where a feed or a page names them."""
    owners: tuple[Source | Channel, ...] = (*config.sources, *config.channels.values())
    rules = (rule for one in owners for rule in rules_in(one.keep, one.drop))
    if not (unread := beyond_the_core(code for rule in rules for code in rule.language)):
        return []
    cause = (
        f"rules name the language {', '.join(unread)}: where neither feed nor page says it, it is"
        f' recognised by the extra "{EXTRA}" alone, and articles pass without it'
    )
    return [Diagnosis(cause=cause, cure=f"pip install 'wp-sync[{EXTRA}]'")]


def _check_password(patient: Patient) -> str:
    patient.password = find_password(patient.config, os.environ)
    return "found"


def _check_ledger(patient: Patient) -> str:
    config = patient.config
    with open_ledger(config.ledger.url, config.path.parent, clock=utc_now, create=False) as ledger:
        counts = ledger.items.counts()
    return f"readable, {counted(sum(counts.values()), 'item')}"


def _check_rights(patient: Patient) -> str:
    channels = patient.config.channels.values()
    target, config = patient.site.target, patient.config
    poorer = check_rights(target, patient.identity, channels)
    types = check_types(config, target, patient.identity)
    patient.warnings += [Diagnosis(cause=one) for one in (*poorer, *types)]
    for name in sorted(config.types):
        kind, keys = target.read_types()[name] if name != POST else PLAIN, config.fields_of(name)
        patient.warnings += [Diagnosis(cause=one) for one in lacking_notes(kind)]
        if keys and (lost := keys - target.writable_fields(keys, name)):
            cure = registering_lines(lost, name)
            patient.warnings.append(Diagnosis(cause=fields_note(lost, name), cure=cure))
    return "all that the configuration asks"


def _check_authors(patient: Patient) -> str:
    rules = [one.post.author for one in patient.config.channels.values()]
    wanted = frozenset[str]().union(*(rule.named for rule in rules))
    users = patient.site.target.read_authors() if wanted else ()
    missing = {name for name in wanted if not find_author(users, name)}
    houses = {rule.otherwise for rule in rules}
    if lacking := ", ".join(sorted(missing & houses)):
        raise SiteError(f"the site has no author {lacking}", cure=_MAKE_AUTHORS)
    if lacking := ", ".join(sorted(missing)):
        cause = f"the site has no author {lacking}: their posts go to the house byline"
        patient.warnings.append(Diagnosis(cause=cause, cure=_MAKE_AUTHORS))
    names = dict.fromkeys(name for rule in rules for name in rule.create)
    if names and "create_users" not in patient.identity.capabilities:
        cause = f"{patient.identity.login} may make no users, such as {', '.join(names)}"
        patient.warnings.append(Diagnosis(cause=cause, cure=_MAKE_AUTHORS))
    return ", ".join(sorted(wanted)) or "none named"


def _check_sources(patient: Patient) -> str:
    """Ask every feed; one that fails is named, and does not hide the others."""
    sources = patient.config.sources
    asked = [(source, feed) for source in sources for feed in source.feeds]
    with (
        open_bench(patient.config.fetch.contact, len(asked)) as bench,
        ThreadPoolExecutor(_FEEDS_AT_ONCE) as pool,
    ):
        failures = [
            *filter(None, pool.map(lambda pair: _failure_of(pair[0], pair[1], bench), asked))
        ]
    if failures:
        raise FeedError("\n".join(failures), feed="")
    return f"{counted(len(asked), 'feed')} could be read" if asked else "none yet"


def _failure_of(source: Source, feed: str, bench: Bench) -> str:
    try:
        read_feed(feed, bench, frozenset(source.allow_private))
    except WpSyncError as error:
        return f"{source.name}: {error}"
    return ""


CHECKS: tuple[tuple[str, tuple[str, ...], Callable[[Patient], str]], ...] = (
    ("configuration", (), _check_configuration),
    ("password", ("configuration",), _check_password),
    ("ledger", ("configuration",), _check_ledger),
    ("site", ("password",), check_site),
    ("clock", ("site",), check_clock),
    ("login", ("site",), check_login),
    ("rights", ("login",), _check_rights),
    ("authors", ("login",), _check_authors),
    ("neighbours", ("login", "ledger"), check_neighbours),
    (WRITING, ("rights",), check_writing),
    ("contract", ("rights", "ledger"), check_contract),
    ("schedule", ("login", "ledger"), check_schedule),
    ("sources", ("configuration",), _check_sources),
    (ASSISTANT, ("configuration",), check_assistant),
)
