"""One site for all situations, which a plugin breaks for a while, and a desk before it."""

from pathlib import Path

import pytest
from desk import Desk

from wp_sync.sandbox.wordpress import WordPress


@pytest.fixture
def desk(wordpress: WordPress, tmp_path: Path) -> Desk:
    """Sit down before the site that all tests share."""
    password = wordpress.users["editor"].application_password
    return Desk(directory=tmp_path, site=wordpress.url, password=password)
