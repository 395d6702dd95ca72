"""What doctor asks of the site: is it there, on time, ours to enter, shared, and writable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from wp_sync.ledger import open_ledger
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.contract import load_contract, save_contract, survey_site
from wp_sync.publish.blockers import find_cache
from wp_sync.publish.contract import contract_lines, merge_contracts
from wp_sync.publish.diagnosis import Diagnosis, printed_before
from wp_sync.publish.discovery import discover
from wp_sync.publish.lock import EXPIRY
from wp_sync.publish.neighbours import look_around
from wp_sync.publish.rest import USERS, RestTarget
from wp_sync.publish.rest_api import Patience, RestApi
from wp_sync.publish.xmlrpc import read_version

if TYPE_CHECKING:
    from wp_sync.publish.neighbours import Neighbour

    from .checkup import Patient

# A person waits: what does not answer at once is told, and not waited for.
_PATIENCE = Patience(connect=5, read=20, total=60, attempts=2, longest_wait=1)
_CLOCKS_APART = 300  # seconds
_OTHERS_CURE = (
    "switch its campaigns off before `wp-sync sync`, else articles come twice; then take over its "
    "posts with `wp-sync adopt`"
)
_WRITER_CURE = "let that run end; where it was killed, the next sync from there removes the draft"
_TAKEN = "taken as it is now: unattended runs go on"
_ADMINISTRATOR = "make a user of its own with the role Editor"


def check_site(patient: Patient) -> str:
    if patient.config.site.api == "xmlrpc":
        from .xmlrpc_checks import XmlRpcSite

        site = patient.over_xmlrpc = XmlRpcSite(patient, _PATIENCE)
        patient.target = site.target
        return site.describe()
    username, password = patient.config.site.username, patient.password.reveal()
    root = discover(patient.config.site.url, username, password, patience=_PATIENCE)
    patient.root, patient.api = root, RestApi(root.root, username, password, patience=_PATIENCE)
    names = (one.post.fields for one in patient.config.channels.values())
    patient.target = RestTarget(patient.api, root, fields={key for keys in names for key in keys})
    patient.warnings += root.notes
    closed = "; its API is closed to visitors, and open to the login" if root.closed else ""
    return f"{root.name or 'a WordPress'} at {root.home}{closed}"


def check_clock(patient: Patient) -> str:
    """Compare the site's clock with ours; nobody can tell from here which of them is wrong."""
    ahead = (patient.over_xmlrpc or patient.root).clock_ahead
    if ahead is None:
        return "the site does not tell its time"
    minutes = round(abs(ahead) / 60)
    if abs(ahead) > _CLOCKS_APART:
        side = "ahead of" if ahead > 0 else "behind"
        cause = (
            f"the site's clock is {minutes:,} minutes {side} this machine's: scheduled posts come "
            "at the wrong time, and what editors changed since the last run may be overlooked"
        )
        cure = "timedatectl set-ntp true, on this machine; if it is right, tell the host"
        patient.warnings.append(Diagnosis(cause=cause, cure=cure))
    return "the same as this machine's, within 5 minutes"


def check_login(patient: Patient) -> str:
    identity = patient.identity = patient.target.identify()
    if "administrator" in identity.roles:
        cause = (
            f"{identity.login} is an administrator: a stolen password would be worth the whole site"
        )
        patient.warnings.append(Diagnosis(cause=cause, cure=_ADMINISTRATOR))
    if not patient.over_xmlrpc:
        _check_answers(patient)
    return f"logged in as {identity.login} ({', '.join(identity.roles)})"


def _check_answers(patient: Patient) -> None:
    """Look at what comes with the answers to the login: printed warnings, and caches."""
    known = " ".join(one.cause for one in patient.root.notes)
    printed = map(printed_before, patient.api.warnings)
    patient.warnings += [one for one in printed if one.cause not in known]
    _, headers = patient.api.get(f"{USERS}/me", {"context": "edit", "_fields": "id"})
    if cache := find_cache(headers):
        cause = f"{cache} answers logged-in requests out of its store: what we read may be old"
        cure = f"let {cache} pass every request with an Authorization header, or to /wp-json/"
        patient.warnings.append(Diagnosis(cause=cause, cure=cure))


def check_neighbours(patient: Patient) -> str:
    """Look for other importers, and for other machines; posts that we took over are ours."""
    config, now = patient.config, utc_now()
    ahead = (patient.over_xmlrpc or patient.root).clock_ahead
    _look_for_writers(patient, now + timedelta(seconds=ahead or 0))
    with open_ledger(config.ledger.url, config.path.parent, clock=utc_now, create=False) as ledger:
        ours = ledger.posts.wp_ids(patient.identity.address)
    site = patient.over_xmlrpc
    found = site.look_around(ours) if site else look_around(patient.api, patient.root, ours)
    for one in found.neighbours:
        if one.is_at_work(now):
            patient.warnings.append(Diagnosis(cause=_describe(one), cure=_OTHERS_CURE))
    if resting := [one for one in found.neighbours if not one.is_at_work(now)]:
        return "; ".join(map(_describe_resting, resting))
    blind = "" if found.keys_readable else " (XML-RPC does not answer, so their keys are unseen)"
    return f"no other importer seen{blind}"


def _look_for_writers(patient: Patient, now: datetime) -> None:
    """Tell of each draft that locks the site, and when it was renewed, by the site's clock."""
    for one in patient.target.markers.list_all():
        renewed = datetime.fromisoformat(one.modified).replace(tzinfo=UTC)
        minutes = max(round((now - renewed).total_seconds() / 60), 0)
        told = one.title.removeprefix("wp-sync: ")
        counts = "counts no more" if now - renewed > EXPIRY else "counts for 15 minutes"
        cause = f"{told}: draft {one.wp_id} says so, renewed {minutes:,} minutes ago; it {counts}"
        patient.warnings.append(Diagnosis(cause=cause, cure=_WRITER_CURE))


def _describe(one: Neighbour) -> str:
    if one.last is None:
        return f"{one.name} is installed; whether it still imports can't be seen from here"
    when = f"{one.last:%Y-%m-%d %H:%M} UTC"
    return f"{one.name} imports into this site too: its last post is of {when}"


def _describe_resting(one: Neighbour) -> str:
    return f"{one.name} has stopped: its last post is of {one.last:%Y-%m-%d}"


def check_writing(patient: Patient) -> str:
    from wp_sync.publish.probe import probe_writing

    if site := patient.over_xmlrpc:
        patient.warnings += site.probe_writing()
    else:
        probe = patient.probe = probe_writing(patient.api, patient.root)
        patient.warnings += probe.notes
    return "a draft and a picture were made, read back as sent, and deleted for good"


def check_contract(patient: Patient) -> str:
    """Show what the site allows, say what has changed, and remember it as it is."""
    url, place = patient.config.ledger.url, patient.config.path.parent
    site = patient.identity.address
    with open_ledger(url, place, clock=utc_now, create=False) as ledger:
        before, is_used = load_contract(ledger, site), bool(ledger.history.runs(count=1))
    found = survey_site(patient.target, patient.identity, patient.config.channels.values())
    now = found.contract
    now = now if now.version else replace(now, version=_ask_version(patient))
    if probe := patient.probe:
        now = replace(now, removed=probe.removed, mime_types=probe.mime_types)
    drifts = replace(found, contract=now).compare(before)
    told = "; ".join(contract_lines(merge_contracts(before, now)))
    if not is_used:  # an examination makes no ledger
        return f"{told}; remembered from the first run on"
    with open_ledger(url, place, clock=utc_now) as ledger:
        save_contract(ledger, site, merge_contracts(before, now))
    causes = (f"the site is not as it was: {one.told}" for one in drifts)
    patient.warnings += [Diagnosis(cause=cause, cure=_TAKEN) for cause in causes]
    return told


def _ask_version(patient: Patient) -> str:
    if site := patient.over_xmlrpc:
        return read_version(site.api.url, site.api)
    return read_version(f"{patient.root.url.rstrip('/')}/xmlrpc.php", patient.api)
