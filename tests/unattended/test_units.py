"""The units, read by systemd's own tools."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from wp_sync.unattended.units import Setting, calendar, make_units

ODD = Path("/srv/my sites/100% \"paid\" $HOME 'x' \\n")
SETTING = Setting(
    config=ODD / "config.toml",
    site="https://example.news",
    command=("/usr/bin/env",),
    every=timedelta(minutes=15),
    is_user=False,
    owner="www-data",
    group="www-data",
    writable=(ODD, Path("/home/news/site")),
    readable=(Path("/usr"), Path("/home/news/venv")),
    credentials={"wp-sync-password": ODD / "wp-sync-password"},
    alert_credentials={"wp-sync-webhook": ODD / "hook"},
)


def analyze(*arguments: str) -> str:
    """Run systemd-analyze; whatever it has to say fails the test that wants nothing said."""
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is missing: apt-get install systemd"
    with TemporaryDirectory() as place:
        environ = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": place, "HOME": place}
        done = subprocess.run(  # noqa: S603
            (program, *arguments), capture_output=True, text=True, check=False, env=environ
        )
    return done.stdout + done.stderr


def put(setting: Setting, directory: Path) -> list[str]:
    for name, text in make_units(setting).items():
        (directory / name).write_text(text)
    return [str(path) for path in sorted(directory.iterdir())]


@pytest.mark.parametrize("is_user", [False, True], ids=["system", "user"])
def test_systemd_finds_no_fault(tmp_path: Path, *, is_user: bool) -> None:
    """All five units, with a path of blanks, quotes, per cent and dollar signs."""
    files = put(replace(SETTING, is_user=is_user), tmp_path)
    mode = ("--user",) if is_user else ()

    assert analyze("verify", "--man=no", *mode, *files) == ""


def test_nothing_in_a_path_is_taken_for_a_variable_or_a_specifier() -> None:
    """% is doubled everywhere, $ in the command line only."""
    lines = make_units(SETTING)["wp-sync-example.news.service"].splitlines()
    (command,) = (line for line in lines if line.startswith("ExecStart="))

    assert """/100%% \\"paid\\" $$HOME 'x' \\\\n/config.toml\"""" in command
    assert f"WorkingDirectory={ODD}".replace("%", "%%") in lines


@pytest.mark.parametrize("part", ["", "-failure", "-watch"])
def test_the_exposure_is_small(part: str, tmp_path: Path) -> None:
    """1.5 at most, of 10, by systemd's own count."""
    put(SETTING, tmp_path)
    unit = tmp_path / f"wp-sync-example.news{part}.service"

    said = analyze("security", "--offline=yes", "--no-pager", str(unit))

    found = re.search(r"Overall exposure level for .*: ([\d.]+)", said)
    assert found
    assert float(found[1]) <= 1.5


def test_the_units_say_what_the_run_needs() -> None:
    """Notify, watchdog, the password as a credential, which ends are fine, who is told."""
    lines = make_units(SETTING)["wp-sync-example.news.service"].splitlines()

    assert "Type=notify" in lines
    assert "SuccessExitStatus=1 75 143" in lines
    assert "OnFailure=wp-sync-example.news-failure.service" in lines
    assert "User=www-data" in lines
    assert [line for line in lines if line.startswith("LoadCredential=wp-sync-password:")]
    assert "BindPaths=/home/news/site" in lines
    assert "BindReadOnlyPaths=/home/news/venv" in lines
    assert "BindReadOnlyPaths=/usr" not in lines


def test_a_timer_catches_up_and_spreads_its_starts() -> None:
    """Persistent, and a tenth of its period at random."""
    lines = make_units(SETTING)["wp-sync-example.news.timer"].splitlines()

    assert {"OnCalendar=*:0/15", "RandomizedDelaySec=90", "Persistent=yes"} <= set(lines)


@pytest.mark.parametrize(
    ("minutes", "written"),
    [(5, "*:0/5"), (60, "0/1:0"), (360, "0/6:0"), (1440, "daily"), (7, ""), (300, ""), (90, "")],
)
def test_a_period_divides_the_hour_or_the_day(minutes: int, written: str) -> None:
    """Else the last gap of each would be shorter than the others."""
    assert calendar(timedelta(minutes=minutes)) == written
    assert not written or "Normalized form" in analyze("calendar", written)


def test_the_name_is_the_site() -> None:
    """Host, port and path, without what a unit's name can't hold."""
    blog = replace(SETTING, site="http://127.0.0.1:8080/my blog/")

    assert blog.name == "wp-sync-127.0.0.1-8080-my-blog"
