"""A kiosk of feeds and an editor's desk before a site that tests share or have for themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk
from press import Kiosk, open_kiosk

from wp_sync.sandbox.wordpress import WordPress


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    """Serve feeds and pictures on loopback."""
    with open_kiosk() as kiosk:
        yield kiosk


@pytest.fixture
def desk(fresh_wordpress: WordPress, tmp_path: Path) -> Desk:
    """Sit down before a fresh site."""
    password = fresh_wordpress.users["editor"].application_password
    return Desk(directory=tmp_path, site=fresh_wordpress.url, password=password)


@pytest.fixture
def guest(wordpress: WordPress, tmp_path: Path) -> Desk:
    """Sit down before the site that all tests share, to read only."""
    password = wordpress.users["editor"].application_password
    return Desk(directory=tmp_path, site=wordpress.url, password=password)
