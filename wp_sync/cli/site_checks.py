"""What doctor asks of the site: is it there, on time, ours to enter, shared, and writable."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from wp_sync.ledger import open_ledger
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.contract import load_contract, save_contract, survey_site
from wp_sync.publish.contract import contract_lines, merge_contracts
from wp_sync.publish.diagnosis import Diagnosis
from wp_sync.publish.lock import EXPIRY
from wp_sync.publish.moments import moment_of

from .sites import open_site

if TYPE_CHECKING:
    from datetime import datetime

    from wp_sync.publish.neighbours import Neighbour

    from .checkup import Patient

_CLOCKS_APART = 300  # seconds
_OTHERS_CURE = (
    "switch its campaigns off before `wp-sync sync`, else articles come twice; then take over its "
    "posts with `wp-sync adopt`"
)
_WRITER_CURE = "let that run end; where it was killed, the next sync from there removes the draft"
_TAKEN = "taken as it is now: unattended runs go on"
_ADMINISTRATOR = "make a user of its own with the role Editor"


def check_site(patient: Patient) -> str:
    site = patient.site = open_site(patient.config, patient.password)
    patient.warnings += site.notes
    return site.describe()


def check_clock(patient: Patient) -> str:
    """Compare the site's clock with ours; nobody can tell from here which of them is wrong."""
    ahead = patient.site.clock_ahead
    if ahead is None:
        return "the site does not tell its time"
    minutes = round(abs(ahead) / 60)
    if abs(ahead) > _CLOCKS_APART:
        side = "ahead of" if ahead > 0 else "behind"
        cause = (
            f"the site's clock is {minutes:,} minutes {side} this machine's: scheduled posts come "
            "at the wrong time, and runs go by the site's clock to see what editors changed"
        )
        cure = "timedatectl set-ntp true, on this machine; if it is right, tell the host"
        patient.warnings.append(Diagnosis(cause=cause, cure=cure))
    return "the same as this machine's, within 5 minutes"


def check_login(patient: Patient) -> str:
    identity = patient.identity = patient.site.target.identify()
    if "administrator" in identity.roles:
        cause = (
            f"{identity.login} is an administrator: a stolen password would be worth the whole site"
        )
        patient.warnings.append(Diagnosis(cause=cause, cure=_ADMINISTRATOR))
    patient.warnings += patient.site.look_at_answers()
    return f"logged in as {identity.login} ({', '.join(identity.roles)})"


def check_neighbours(patient: Patient) -> str:
    """Look for other importers, and for other machines; posts that we took over are ours."""
    config, now = patient.config, utc_now()
    _look_for_writers(patient, now + timedelta(seconds=patient.site.clock_ahead or 0))
    with open_ledger(config.ledger.url, config.path.parent, clock=utc_now, create=False) as ledger:
        ours = ledger.posts.wp_ids(patient.identity.address)
    found = patient.site.look_around(ours)
    for one in found.neighbours:
        if one.is_at_work(now):
            patient.warnings.append(Diagnosis(cause=_describe(one), cure=_OTHERS_CURE))
    if resting := [one for one in found.neighbours if not one.is_at_work(now)]:
        return "; ".join(map(_describe_resting, resting))
    blind = "" if found.keys_readable else " (XML-RPC does not answer, so their keys are unseen)"
    return f"no other importer seen{blind}"


def _look_for_writers(patient: Patient, now: datetime) -> None:
    """Tell of each draft that locks the site, and when it was renewed, by the site's clock."""
    for one in patient.site.target.markers.list_all():
        renewed = moment_of(one.modified)
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
    probe = patient.probe = patient.site.probe_writing()
    patient.warnings += probe.notes
    return "a draft and a picture were made, read back as sent, and deleted for good"


def check_contract(patient: Patient) -> str:
    """Show what the site allows, say what has changed, and remember it as it is."""
    url, place = patient.config.ledger.url, patient.config.path.parent
    site = patient.identity.address
    with open_ledger(url, place, clock=utc_now, create=False) as ledger:
        before, is_used = load_contract(ledger, site), bool(ledger.history.runs(count=1))
    found = survey_site(patient.site.target, patient.identity, patient.config.channels.values())
    now = found.contract
    now = now if now.version else replace(now, version=patient.site.ask_version())
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
