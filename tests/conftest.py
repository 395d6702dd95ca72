"""What tests of several stages share: a real WordPress, a real browser, and no way out.

A missing component fails the tests that need it; nothing is skipped.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from press import Kiosk, open_kiosk
from watching_proxy import Traffic, watch

from wp_sync.confine import Confinement
from wp_sync.sandbox.wordpress import WordPress, start_wordpress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver import Chrome

# The files that take longest, from 350 to 70 seconds of a worker: none is to begin when the others
# end. Measured with --junit-xml on two cores.
LONGEST = (
    "matrix/test_matrix.py",
    "pipeline/test_decisions.py",
    "lab/test_kills.py",
    "pipeline/test_undo.py",
    "attacks/test_published.py",
    "pipeline/test_unanswered.py",
    "pipeline/test_pictures.py",
    "pipeline/test_half_made.py",
    "pipeline/test_sync.py",
    "pipeline/test_review.py",
    "cli/test_bad_input.py",
    "pipeline/test_identity.py",
    "cli/test_canary.py",
    "pipeline/test_aliases.py",
    "pipeline/test_saved.py",
    "pipeline/test_conflicts.py",
    "unattended/test_telling.py",
    "pipeline/test_remap.py",
    "pipeline/test_pacing.py",
)

# A busy machine is no failure, and every run draws the same: no test fails by chance.
# HYPOTHESIS_PROFILE=wandering draws others, to look for what nobody thought of.
settings.register_profile(
    "patient",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("wandering", settings.get_profile("patient"), derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))

CHROMIUM = Path("/usr/bin/chromium")
CHROMEDRIVER = Path("/usr/bin/chromedriver")
BROWSER_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
    "--window-size=1280,1600",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand out the longest files first; the Makefile tells xdist to keep this order."""
    here = Path(__file__).parent
    places = {here / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(autouse=True, scope="session")
def _loopback() -> Iterator[None]:
    """Fail whatever connects beyond this machine, in a way that no `except Exception` hides."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _kept_on_loopback(getattr(socket.socket, name)))
        yield


def _kept_on_loopback(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:  # noqa: ANN401
        internet = self.family in (socket.AF_INET, socket.AF_INET6)
        if internet and not _is_loopback(address[0]):
            self.close()
            pytest.fail(f"a test tried to connect to {address}", pytrace=False)
        return connect(self, address)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def wordpress() -> Iterator[WordPress]:
    """Share one site among all tests that leave no traces others could stumble over."""
    with start_wordpress() as site:
        yield site


@pytest.fixture
def fresh_wordpress() -> Iterator[WordPress]:
    """Start a site of the test's own, which takes one second."""
    with start_wordpress() as site:
        yield site


@pytest.fixture(scope="session")
def confinement() -> Iterator[Confinement]:
    """Share the process that parses what is untrusted: its start is the slow part."""
    with Confinement() as confinement:
        yield confinement


@pytest.fixture(scope="module")
def site() -> Iterator[WordPress]:
    """Share an empty site of their own among the tests of a file, which leave traces there."""
    with start_wordpress(empty=True) as site:
        yield site


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    """Serve feeds and pictures on loopback."""
    with open_kiosk() as kiosk:
        yield kiosk


@pytest.fixture
def traffic(fresh_wordpress: WordPress) -> Iterator[Traffic]:
    """See every request to a fresh WordPress."""
    with watch(fresh_wordpress) as traffic:
        yield traffic


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Start a Chromium that can reach nothing but this machine."""
    # Selenium takes 0.2 s to import, which most runs need not pay.
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    for program in (CHROMIUM, CHROMEDRIVER):
        if not program.exists():
            pytest.fail(f"{program} is missing: apt-get install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*BROWSER_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    driver = Chrome(options, ChromeService(str(CHROMEDRIVER)))
    yield driver
    driver.quit()
