"""An editor's desk before a site that tests share or have for themselves."""

from pathlib import Path

import pytest
from desk import Desk, make_password

from wp_sync.sandbox.wordpress import WordPress


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


@pytest.fixture
def spare(wordpress: WordPress) -> str:
    """Make an application password of the editor's that a test may use up."""
    return make_password(wordpress)


@pytest.fixture
def newcomer(wordpress: WordPress, tmp_path: Path) -> Desk:
    """Sit down before the shared site, with a configuration and without a password."""
    desk = Desk(directory=tmp_path, site=wordpress.url)
    desk.write("")
    return desk
