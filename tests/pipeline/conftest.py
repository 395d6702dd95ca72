"""A fresh site seen through a proxy, a kiosk of feeds, and an editor's desk between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk
from press import Kiosk, open_kiosk
from watching_proxy import Traffic, watch

from wp_sync.sandbox.wordpress import WordPress


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


@pytest.fixture
def desk(fresh_wordpress: WordPress, traffic: Traffic, tmp_path: Path) -> Desk:
    """Sit down before a fresh site, behind the proxy."""
    password = fresh_wordpress.users["editor"].application_password
    return Desk(directory=tmp_path, site=traffic.url, password=password)
