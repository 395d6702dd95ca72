"""What a role may not do is said before the run, and nothing is written then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from press import Kiosk, Story, picture, rss

if TYPE_CHECKING:
    from desk import Desk
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

SOURCE = '[[sources]]\nname = "Example News"\nto = ["news"]\n'
POSTS = (
    "SELECT ID, post_status, post_author FROM wp_posts"
    " WHERE post_type = 'post' AND post_title LIKE 'Story%' ORDER BY ID"
)


@pytest.fixture
def site(fresh_wordpress: WordPress, traffic: Traffic) -> tuple[WordPress, Traffic]:
    """Take the site and the proxy before it."""
    return fresh_wordpress, traffic


def as_user(desk: Desk, site: WordPress, kiosk: Kiosk, login: str, mapping: str) -> Desk:
    """Sit down as another user, with a feed of two stories that have a picture."""
    image = kiosk.put("/a.jpg", picture(10), "image/jpeg")
    feed = kiosk.put("/feed", rss(*(Story(number=n, picture=image) for n in range(2))))
    other = replace(desk, username=login, password=site.users[login].application_password)
    other.write(f'{SOURCE}feeds = ["{feed}"]\nallow_private = ["{kiosk.place}"]\n', news=mapping)
    return other


@pytest.mark.parametrize(
    ("login", "mapping", "told"),
    [
        pytest.param("subscriber", "", ("edit_posts", "role Editor"), id="no posts"),
        pytest.param(
            "contributor", 'status = "publish"', ("publish_posts", '"pending"'), id="not live"
        ),
        pytest.param(
            "author",
            'author = "marc-lavoie"',
            ("edit_others_posts", "take `author` out of mappings/news.toml"),
            id="another's",
        ),
        pytest.param(
            "author", 'category = "New"', ("manage_categories", "in wp-admin"), id="no category"
        ),
    ],
)
def test_a_run_that_would_fail_ends_before_its_first_write(
    desk: Desk,
    kiosk: Kiosk,
    site: tuple[WordPress, Traffic],
    login: str,
    mapping: str,
    told: tuple[str, ...],
) -> None:
    """Exit 3 for plan and sync: who, which channel, which right, the cure; no feed is asked."""
    wordpress, traffic = site
    user = as_user(desk, wordpress, kiosk, login, f"[post]\n{mapping}\n")

    answers = [user.run("plan", "--json"), user.sync("--allow", "all")]

    for answer in answers:
        (message,) = answer.envelope["messages"]
        assert answer.code == 3
        assert all(part in message for part in (login, *told)), message
    assert traffic.writes == []
    assert kiosk.asked == []


def test_a_contributor_goes_without_pictures(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, traffic: Traffic
) -> None:
    """The run says so once, fetches no picture, and has nothing to do the next time."""
    mapping = '[post]\nstatus = "draft"\n'
    user = as_user(desk, fresh_wordpress, kiosk, "contributor", mapping)

    first = user.sync("--allow", "all")
    traffic.seen.clear()
    second = user.sync("--allow", "all")

    posts = fresh_wordpress.sql(POSTS)
    assert (first.code, first.totals) == (0, {"created": 2})
    assert any("may not upload pictures" in message for message in first.envelope["messages"])
    assert all("without picture" in one["reason"] for one in first.outcomes("created"))
    assert [post["post_status"] for post in posts] == ["draft", "draft"]
    assert kiosk.asked.count("/a.jpg") == 0
    assert (second.code, second.totals, traffic.writes) == (0, {}, [])


def test_a_channel_that_is_not_asked_for_stops_nothing(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Only what this run may reach counts."""
    user = as_user(desk, fresh_wordpress, kiosk, "author", '[post]\nstatus = "publish"\n')
    golf = '[post]\ncategory = "Golf"\n'
    (user.directory / "mappings" / "golf.toml").write_text(golf)

    answer = user.sync("--allow", "all")

    assert (answer.code, answer.totals) == (0, {"created": 2})


@pytest.mark.parametrize("status", ["publish", "draft"])
def test_what_was_given_to_another_is_not_made_again(
    desk: Desk, kiosk: Kiosk, site: tuple[WordPress, Traffic], status: str
) -> None:
    """An author may not edit it any more, nor see its drafts; without a ledger it is held."""
    wordpress, traffic = site
    user = as_user(desk, wordpress, kiosk, "author", f'[post]\nstatus = "{status}"\n')
    user.sync("--allow", "all")
    before = wordpress.sql(POSTS)
    wordpress.run_php(
        "$other = get_user_by( 'login', 'sarah-taylor' )->ID;"
        f"wp_update_post( [ 'ID' => {before[0]['ID']}, 'post_author' => $other ] );"
    )
    (user.directory / "wp-sync.db").unlink()
    traffic.seen.clear()

    answer = user.sync("--allow", "all")

    (held,) = answer.outcomes("held")
    assert answer.totals == {"unchanged": 1, "held": 1}
    assert "we may not edit: given to another author?" in held["reason"]
    assert traffic.writes == []
    assert len(wordpress.sql(POSTS)) == len(before)


def test_an_author_is_told_that_there_is_no_review_page(
    desk: Desk, kiosk: Kiosk, site: tuple[WordPress, Traffic]
) -> None:
    """Only who may write pages can keep it; the run goes on."""
    author = as_user(desk, site[0], kiosk, "author", '[post]\nstatus = "draft"\n')
    with (author.directory / "config.toml").open("a") as file:
        file.write("[review]\npage = true\n")

    answer = author.sync("--allow", "all")

    assert (answer.code, answer.totals) == (0, {"created": 2})
    assert any("author may not write pages" in one for one in answer.envelope["messages"])
