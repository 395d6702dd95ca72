"""The first hour of a new user: the wheel, a fresh environment, a fresh site, a few commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desk import make_password
from press import Kiosk, Story, picture, rss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from wp_sync.sandbox.wordpress import WordPress

PROJECT = Path(__file__).parents[2]
OFFLINE = ("--no-deps", "--no-index", "--disable-pip-version-check", "--quiet")
MOST_COMMANDS = 6
STORIES = 4  # fewer than the drafts of a first run


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of the walk, what is piped into it, and what the person reads then."""

    arguments: tuple[str, ...]
    told: str
    piped: str = ""


def walk(site: str, password: str, source: str) -> Iterator[Step]:
    """List the commands as README.md does."""
    who = ("--username", "editor", "--contact", "me@example.test")
    yield Step(arguments=("init", "--site", site, *who, "--source", source), told="wp-sync login")
    yield Step(arguments=("login",), piped=password, told="Next: wp-sync plan")
    yield Step(arguments=("plan",), told=f"{STORIES} created. Nothing was written.")
    yield Step(arguments=("sync",), told=f"{STORIES} created.")
    yield Step(arguments=("review", "list"), told=f"{STORIES} articles waiting.")
    yield Step(arguments=("review", "approve", "--all", "--yes"), told=f"{STORIES} updated.")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it in a fresh environment, without a network.

    What it depends on comes from the tests' own environment, which stands behind it.
    """
    place = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip")
    build = ("wheel", "--no-build-isolation", "--wheel-dir", str(place), str(PROJECT))
    subprocess.run([*pip, *build, *OFFLINE], check=True)  # noqa: S603 (our own project)
    (wheel,) = place.glob("*.whl")
    venv.create(place / "env", symlinks=True)
    python = place / "env/bin/python"
    install = (*pip, "--python", str(python), "install", str(wheel), *OFFLINE)
    subprocess.run(install, check=True)  # noqa: S603
    (site_packages,) = (place / "env/lib").glob("python*/site-packages")
    (site_packages / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return place / "env"


def run(installed: Path, directory: Path, step: Step) -> tuple[float, str]:
    """Run a command as a person does; return the seconds and what was shown."""
    environ = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
    begun = time.monotonic()
    done = subprocess.run(  # noqa: S603
        (str(installed / "bin/wp-sync"), *step.arguments),
        cwd=directory,
        env=environ,
        input=step.piped,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return time.monotonic() - begun, done.stdout


def lay_out(kiosk: Kiosk) -> str:
    """Publish a source's site with its feed; return its address."""
    photos = [
        kiosk.put(f"/photo-{number}.jpg", picture(number), "image/jpeg")
        for number in range(STORIES)
    ]
    stories = (Story(number=number, picture=photo) for number, photo in enumerate(photos))
    kiosk.put("/feed/", rss(*stories, title="The Paper"))
    link = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
    return kiosk.put("/", f"<!doctype html><head>{link}</head><body>The Paper", "text/html")


def test_the_wheel_is_whole(installed: Path) -> None:
    """It is the one that runs, and it carries what is no code: migrations and the model site."""
    show = "import wp_sync, sys; print(wp_sync.__file__)"
    python = str(installed / "bin/python")
    shown = subprocess.check_output((python, "-c", show), text=True, cwd="/")  # noqa: S603

    package = Path(shown.strip()).parent
    assert package.is_relative_to(installed)
    assert (package / "sandbox/model_site/config.toml").is_file()
    assert list((package / "ledger/migrations/versions").glob("0*.py"))


def test_a_new_user_has_posts_on_the_site_within_six_commands(
    installed: Path, fresh_wordpress: WordPress, kiosk: Kiosk, tmp_path: Path, browser: Chrome
) -> None:
    """From the wheel to a post that a visitor sees, with its picture."""
    steps = tuple(walk(fresh_wordpress.url, make_password(fresh_wordpress), lay_out(kiosk)))
    seconds: dict[str, float] = {}
    for step in steps:
        name = " ".join(step.arguments[: 1 + (step.arguments[0] == "review")])
        seconds[name], shown = run(installed, tmp_path, step)
        assert step.told in shown

    begun = time.monotonic()
    browser.get(f"{fresh_wordpress.url}/")
    browser.find_element("link text", "Story 1").click()
    title = browser.find_element("css selector", "h1.entry-title").text
    drawn = "return document.querySelector('.post-thumbnail img').naturalWidth"
    width = browser.execute_script(drawn)
    seconds["the post in the browser"] = time.monotonic() - begun
    told = {name: round(value, 1) for name, value in seconds.items()}
    sys.stdout.write(f"seconds: {json.dumps(told)}, in all {sum(seconds.values()):.1f}\n")
    assert len(steps) <= MOST_COMMANDS
    assert (title, width > 0) == ("Story 1", True)
