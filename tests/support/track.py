"""A site behind a proxy that holds our write while somebody else saves."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import requests
from office import Office, make_post
from watching_proxy import Traffic, watch

from wp_sync.hashing import short_mark
from wp_sync.publish.discovery import discover
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from wp_sync.model import Outcome, Post
    from wp_sync.sandbox.wordpress import WordPress

EDITORS = {"title": "Mine & yours", "body": "<p>An editor's.</p>", "excerpt": "Mine"}
NAMES = {"title": "title", "body": "content", "excerpt": "excerpt"}
NUMBERS = count(1)


def save_as_admin(site: WordPress, wp_id: int, **values: object) -> None:
    """Save a post as another user's editor does."""
    admin = site.users["admin"]
    requests.post(
        f"{site.url}/wp-json/wp/v2/posts/{wp_id}",
        json=values,
        auth=(admin.login, admin.application_password),
        timeout=30,
    ).raise_for_status()


@dataclass(slots=True)
class Track:
    """A site behind a proxy that holds our write while somebody saves."""

    site: WordPress
    traffic: Traffic
    office: Office

    def race(self, save: Callable[[int], object]) -> tuple[Post, Outcome]:
        """Make a post, change all its texts at the source, and save before the update arrives."""
        number = next(NUMBERS)
        mark = short_mark(str(number))  # else the site's other posts would be taken for this one
        values = {"mark": mark, "slug": f"race-{mark}", "title": f"Rain {mark}"}
        post = make_post(number, pictures=(), categories=(), tags=(), **values)
        (made,) = self.office.run(post)
        wanted = replace(post, title="Sun", body="<p>Sun.</p>", excerpt="Sun")
        with self.holding(lambda: save(made.wp_id or 0)):
            (outcome,) = self.office.run(wanted)
        return wanted, outcome

    @contextmanager
    def holding(self, save: Callable[[], object]) -> Iterator[None]:
        """Hold the next write until something is saved."""
        held: list[int] = []

        def hold(number: int) -> None:
            if not held:
                held.append(number)
                save()

        self.traffic.on_write = hold
        yield
        self.traffic.on_write = lambda _: None
        assert held

    def save(self, wp_id: int, **values: object) -> None:
        save_as_admin(self.site, wp_id, **values)

    def save_texts(self, names: Sequence[str], wp_id: int) -> None:
        self.save(wp_id, **{NAMES[name]: EDITORS[name] for name in names})

    def texts(self, wp_id: int | None) -> dict[str, Any]:
        query = f"SELECT * FROM wp_posts WHERE ID = {wp_id}"  # noqa: S608
        (row,) = self.site.sql(query)
        return {
            "title": row["post_title"].replace("&amp;", "&"),
            "body": row["post_content"],
            "excerpt": row["post_excerpt"],
        }


@contextmanager
def open_track(site: WordPress, folder: Path, login: str = "editor") -> Iterator[Track]:
    """Publish to a real site with a ledger of one's own, as a user of that site."""
    with watch(site) as traffic:
        target = open_target(site, login, traffic.url)
        office = Office(folder, site=target)  # type: ignore[arg-type]
        yield Track(site=site, traffic=traffic, office=office)
        office.ledger.close()


def open_target(site: WordPress, login: str = "editor", url: str = "") -> RestTarget:
    """Log in to a real site, at its own address or at a proxy's; updates go without a lock."""
    root, user = discover(url or site.url), site.users[login]
    api = RestApi(root.root, user.login, user.application_password)
    return RestTarget(api, root, lock=False)
