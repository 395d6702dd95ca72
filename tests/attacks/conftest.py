"""One site, to which the real command has published every attack, and one browser before it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from attack_browser import STAGE, Watched, open_watched
from attack_site import EVERYWHERE, AttackedSite
from attack_views import Visitors
from attacks import Attack, choose_attacks, read_attacks
from desk import Desk
from press import open_kiosk
from wordpress_attacks import TRAPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.sandbox.wordpress import WordPress

COLLECTED = 510  # of the collection, beside all of the libraries' own
PICTURES = 8  # with an alternative text of their own in the library


@pytest.fixture(scope="module")
def attacks() -> tuple[Attack, ...]:
    """Choose so many that the whole takes under two minutes."""
    return choose_attacks(read_attacks(), COLLECTED)


@pytest.fixture(scope="module")
def attacked(
    site: WordPress, attacks: tuple[Attack, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AttackedSite]:
    """Publish every attack in every field, as an administrator."""
    own = tuple(Attack(f"wordpress {place}", trap.markup) for place, trap in enumerate(TRAPS))
    password = site.users["admin"].application_password
    folder = tmp_path_factory.mktemp("desk")
    desk = Desk(directory=folder, site=site.url, username="admin", password=password)
    with open_kiosk() as kiosk:
        kiosk.put("/stage", STAGE, "text/html; charset=utf-8")
        attacked = AttackedSite(site=site, kiosk=kiosk, desk=desk)
        attacked.arm()
        answer = attacked.publish((*own, *attacks), EVERYWHERE, PICTURES)
        assert answer.code == 0, answer.err
        assert answer.totals == {"created": len(own) + len(attacks)}
        yield attacked


@pytest.fixture(scope="module")
def watched(attacked: AttackedSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Start a browser that may ask the site and the source alone."""
    homes = (urlsplit(attacked.site.url).netloc, attacked.kiosk.place)
    with open_watched(tmp_path_factory.mktemp("chromium"), homes) as watched:
        yield watched


@pytest.fixture(scope="module")
def visitors(attacked: AttackedSite, watched: Watched) -> Visitors:
    return Visitors(watched=watched, at=attacked)
