"""Bylines of sources on a real site: whose posts they become, and who is made a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk import Desk
from press import Story, rss

if TYPE_CHECKING:
    from pathlib import Path

    from press import Kiosk

    from wp_sync.sandbox.wordpress import WordPress

POSTS = (
    "SELECT p.post_title, p.post_content, u.user_nicename FROM wp_posts p"
    " JOIN wp_users u ON u.ID = p.post_author WHERE p.post_type = 'post'"
)
USERS = "SELECT user_nicename, display_name, user_email FROM wp_users"
RULES = """
[post]
status = "publish"
attribution = "{}"
author = {{ from = "byline", otherwise = "editor", table = {{ {} }}, create = ["Ann Lee"] }}
"""
CREDIT = "By {byline}. [Read]({url})"


def open_desk(site: WordPress, directory: Path, login: str, kiosk: Kiosk) -> Desk:
    desk = Desk(
        directory=directory,
        site=site.url,
        password=site.users[login].application_password,
        username=login,
    )
    desk.write(kiosk.source(), news=RULES.format(CREDIT, '"Jane Roe" = "author", CP = "wire"'))
    return desk


def authors(site: WordPress) -> dict[str, str]:
    return {row["post_title"]: row["user_nicename"] for row in site.sql(POSTS)}


def test_an_editor_gives_posts_to_users_that_are_there(
    site: WordPress, kiosk: Kiosk, tmp_path: Path
) -> None:
    """Who can't be had is told, and keeps no article away; the credit is the source's byline."""
    desk = open_desk(site, tmp_path, "editor", kiosk)
    bylines = ("Somebody and Jane Roe, CP", "Ann Lee", "CP", "Bo Roe")
    kiosk.put("/feed", rss(*(Story(number=n, author=name) for n, name in enumerate(bylines))))

    plan = desk.run("plan", "--json").envelope
    answer = desk.sync("--allow", "all")
    doctor = desk.run("doctor", "--json").envelope["data"]["checks"]

    (said,) = [check for check in doctor if check["check"] == "authors"]
    planned = {one["title"]: one["author"] for one in plan["data"]["changes"]}
    expected = {"Story 0": "author", "Story 1": "editor", "Story 2": "editor", "Story 3": "editor"}
    assert planned == authors(site) == expected
    assert answer.code == 0
    assert any("Ann Lee: editor may make no users" in one for one in answer.envelope["messages"])
    assert any("wire: the site has no such author" in one for one in answer.envelope["messages"])
    assert said["state"] == "warning"
    assert "editor may make no users, such as Ann Lee" in said["message"]
    bodies = {row["post_title"]: row["post_content"] for row in site.sql(POSTS)}
    assert all(f"By {name}." in bodies[f"Story {n}"] for n, name in enumerate(bylines))


def test_an_administrator_makes_the_allowed_users_once(
    fresh_wordpress: WordPress, kiosk: Kiosk, tmp_path: Path
) -> None:
    """And nobody else; the plan shows it."""
    site = fresh_wordpress
    before = len(site.sql(USERS))
    desk = open_desk(site, tmp_path, "admin", kiosk)
    kiosk.put("/feed", rss(*(Story(number=n, author="By Ann Lee, CP") for n in (1, 2))))
    plan = desk.run("plan", "--json").envelope["data"]
    desk.sync("--allow", "all")
    kiosk.put("/feed", rss(*(Story(number=n, author=("Ann Lee", "Bo Roe")[n % 2]) for n in (4, 5))))
    desk.sync("--allow", "all")

    made = [row for row in site.sql(USERS) if row["display_name"] == "Ann Lee"]
    assert {one["new_author"] for one in plan["changes"]} == {"Ann Lee"}
    assert [(row["user_nicename"], row["user_email"]) for row in made] == [
        ("ann-lee", "ann-lee@author.invalid")
    ]
    assert len(site.sql(USERS)) == before + 1
    now = authors(site)
    assert {now[f"Story {n}"] for n in (1, 2, 4)} == {"ann-lee"}
    assert now["Story 5"] == "editor"


def test_a_credit_without_the_byline_is_told(site: WordPress, kiosk: Kiosk, tmp_path: Path) -> None:
    """Else nobody would name who wrote the article."""
    desk = open_desk(site, tmp_path, "editor", kiosk)
    desk.write(kiosk.source(), news=RULES.format("[Read]({url})", '"Jane Roe" = "author"'))
    kiosk.put("/feed", rss())

    doctor = desk.run("doctor", "--json").envelope["data"]["checks"]

    (said,) = [check for check in doctor if check["check"] == "configuration"]
    assert said["state"] == "warning"
    assert "`attribution` does not name {byline}" in said["message"]
