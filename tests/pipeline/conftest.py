"""An editor's desk before a fresh site that is seen through a proxy."""

from pathlib import Path

import pytest
from desk import Desk
from watching_proxy import Traffic

from wp_sync.sandbox.wordpress import WordPress


@pytest.fixture
def desk(fresh_wordpress: WordPress, traffic: Traffic, tmp_path: Path) -> Desk:
    """Sit down before a fresh site, behind the proxy."""
    password = fresh_wordpress.users["editor"].application_password
    return Desk(directory=tmp_path, site=traffic.url, password=password)
