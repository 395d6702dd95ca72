"""A run against a real WordPress: what it makes, what it leaves alone, what it costs."""

from typing import Any

from desk import Desk
from press import Kiosk, Story, picture, rss
from watching_proxy import Traffic

from wp_sync.publish.rest_values import plain
from wp_sync.sandbox.wordpress import WordPress

POSTS = (
    "SELECT ID, post_title, post_content, post_name, post_status, post_date_gmt, post_author"
    " FROM wp_posts WHERE post_type = 'post' AND post_status NOT IN ('auto-draft', 'inherit')"
    " AND post_name NOT LIKE 'hello-world%' ORDER BY ID"
)
NEWS = '[post]\nstatus = "publish"\ncategory = "News & views"\n'


def posts_of(site: WordPress) -> list[dict[str, Any]]:
    return site.sql(POSTS)


def set_up(desk: Desk, kiosk: Kiosk, *stories: Story) -> None:
    feed = kiosk.put("/feed", rss(*stories))
    desk.write(kiosk.source("Example News", feed), news=NEWS)


def test_every_item_becomes_one_complete_post(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Title, body, date, category, tag, picture with alt text, link to the source."""
    image = kiosk.put("/a.jpg", picture(10), "image/jpeg")
    set_up(desk, kiosk, Story(number=1, title="Rain & <wind>", picture=image))

    answer = desk.sync("--allow", "all")

    (post,) = posts_of(fresh_wordpress)
    terms = {
        row["name"]
        for row in fresh_wordpress.sql(
            "SELECT t.name FROM wp_terms t"  # noqa: S608 (a number of our own)
            " JOIN wp_term_taxonomy x ON x.term_id = t.term_id"
            " JOIN wp_term_relationships r ON r.term_taxonomy_id = x.term_taxonomy_id"
            f" WHERE r.object_id = {post['ID']}"
        )
    }
    alt = fresh_wordpress.sql(
        "SELECT meta_value FROM wp_postmeta WHERE meta_key = '_wp_attachment_image_alt'"
    )
    assert answer.code == 0, answer.err
    assert answer.totals == {"created": 1}
    assert plain(post["post_title"]) == "Rain & <wind>"
    assert post["post_status"] == "publish"
    assert post["post_date_gmt"] == "2026-05-04 12:00:00"
    assert 'href="https://news.example/story-1"' in post["post_content"]
    assert terms == {"News &amp; views", "Example News"}
    assert [plain(row["meta_value"]) for row in alt] == ["Rain & <wind>"]


def test_a_second_run_writes_nothing(desk: Desk, kiosk: Kiosk, traffic: Traffic) -> None:
    """Nothing new costs four reads, and not one write, counted at the socket."""
    set_up(desk, kiosk, *(Story(number=number) for number in range(5)))
    desk.sync("--allow", "all")
    traffic.seen.clear()

    answer = desk.sync("--allow", "all")

    assert answer.code == 0
    assert answer.totals == {}
    assert traffic.writes == []
    assert len(traffic.reads) <= 4


def test_a_lost_ledger_makes_no_second_post(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, traffic: Traffic
) -> None:
    """The posts are found again by their slugs, also when a title has changed meanwhile."""
    image = kiosk.put("/a.jpg", picture(10), "image/jpeg")
    set_up(desk, kiosk, *(Story(number=number, picture=image) for number in range(5)))
    desk.sync("--allow", "all")
    before = posts_of(fresh_wordpress)
    (desk.directory / "wp-sync.db").unlink()
    traffic.seen.clear()
    set_up(desk, kiosk, Story(number=0, title="New"), *(Story(number=n) for n in range(1, 5)))

    answer = desk.sync("--allow", "all")

    assert answer.totals == {"unchanged": 5}
    assert traffic.writes == []
    assert posts_of(fresh_wordpress) == before


def test_what_an_editor_changed_stays_and_the_rest_follows(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The editor's title stays, the source's new body arrives."""
    set_up(desk, kiosk, Story(number=1))
    desk.sync("--allow", "all")
    wp_id = posts_of(fresh_wordpress)[0]["ID"]
    fresh_wordpress.run_php(
        f"wp_update_post(['ID' => {wp_id}, 'post_title' => 'An editor was here']);"
    )
    set_up(desk, kiosk, Story(number=1, title="Other", body="<p>Fresh words arrive.</p>"))

    answer = desk.sync()

    (post,) = posts_of(fresh_wordpress)
    assert answer.totals == {"updated": 1}
    assert post["post_title"] == "An editor was here"
    assert "Fresh words arrive." in post["post_content"]


def test_what_an_admin_trashed_stays_in_the_trash(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Neither a change at the source nor a lost ledger brings it back."""
    set_up(desk, kiosk, Story(number=1))
    desk.sync("--allow", "all")
    wp_id = posts_of(fresh_wordpress)[0]["ID"]
    fresh_wordpress.run_php(f"wp_trash_post({wp_id});")

    set_up(desk, kiosk, Story(number=1, title="Other"))
    changed = desk.sync("--allow", "all")
    (desk.directory / "wp-sync.db").unlink()
    lost = desk.sync("--allow", "all")

    assert changed.totals == {"trashed": 1}
    assert lost.totals == {"unchanged": 1}
    assert [post["post_status"] for post in posts_of(fresh_wordpress)] == ["trash"]


def test_one_article_in_two_feeds_becomes_one_post(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The same address, written in another way in another feed, is a repeat."""
    first = kiosk.put("/one", rss(Story(number=1, link="https://news.example/rain")))
    second = kiosk.put(
        "/two", rss(Story(number=9, link="http://www.news.example/rain/?utm_source=x"))
    )
    desk.write(kiosk.source("Example News", first, second), news=NEWS)

    answer = desk.sync("--allow", "all")

    assert answer.totals == {"created": 1, "dropped": 1}
    assert len(posts_of(fresh_wordpress)) == 1


def test_a_dead_image_host_is_asked_once_a_run(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Posts go without their pictures, and say so; pictures are uploaded once a content."""
    dead = "http://images.invalid/a.jpg"
    shared = kiosk.put("/a.jpg", picture(10), "image/jpeg")
    set_up(
        desk,
        kiosk,
        *(Story(number=n, picture=dead) for n in range(2)),
        *(Story(number=n, picture=shared) for n in range(2, 4)),
    )

    answer = desk.sync("--allow", "all")

    reasons = [one["reason"] for one in answer.outcomes("created")]
    uploads = fresh_wordpress.sql("SELECT ID FROM wp_posts WHERE post_type = 'attachment'")
    assert answer.code == 0
    assert sum("without picture" in reason for reason in reasons) == 2
    assert len(uploads) == 1


def test_a_first_run_on_a_site_with_posts_makes_few_drafts(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Five drafts, the rest held with the flag that lets it pass; the flag then lets all pass."""
    set_up(desk, kiosk, *(Story(number=number) for number in range(8)))

    careful = desk.sync()
    drafts = posts_of(fresh_wordpress)
    allowed = desk.sync("--allow", "first-run")

    assert careful.code == 0
    assert careful.totals == {"created": 5, "held": 3}
    assert {post["post_status"] for post in drafts} == {"draft"}
    assert any("--allow first-run" in message for message in careful.envelope["messages"])
    assert allowed.totals == {"created": 3}


def test_a_plan_writes_nothing(desk: Desk, kiosk: Kiosk, traffic: Traffic) -> None:
    """Plan and --dry-run make the real reads and stop before the first write."""
    set_up(desk, kiosk, *(Story(number=number) for number in range(3)))

    planned = desk.run("plan", "--json", "--allow", "all")
    rehearsed = desk.sync("--dry-run", "--allow", "all")
    written = traffic.writes[:]
    synced = desk.sync("--allow", "all")

    changes = planned.envelope["data"]["changes"]
    assert [change["change"] for change in changes] == ["create"] * 3
    assert {new["path"] for new in planned.envelope["data"]["new_terms"]} == {
        "News & views",
        "Example News",
    }
    assert rehearsed.totals == {"created": 3}
    assert written == []
    assert synced.totals == {"created": 3}


def test_why_tells_the_story_of_a_post_and_of_what_never_became_one(
    desk: Desk, kiosk: Kiosk
) -> None:
    """A post's id, its address and its article's address lead to the same story."""
    set_up(desk, kiosk, Story(number=1), Story(number=2, title="Sponsored: shoes"))
    news = f'{NEWS}[drop]\nwords = ["sponsored"]\n'
    (desk.directory / "mappings" / "news.toml").write_text(news)
    post = desk.sync("--allow", "all").outcomes("created")[0]

    told = [desk.run("why", what) for what in (str(post["wp_id"]), post["link"], post["url"])]
    dropped = desk.run("why", "https://news.example/story-2")
    unknown = desk.run("why", "https://news.example/story-3")

    assert len({answer.out for answer in told}) == 1
    assert "created at publish" in told[0].out
    assert "sponsored" in dropped.out.casefold()
    assert unknown.code == 1


def test_a_refused_look_at_the_site_ends_the_run_and_loses_nothing(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """A firewall that forbids reading posts: exit 3 with its words; later every item goes."""
    set_up(desk, kiosk, Story(number=1))
    refuse = (
        "add_filter('rest_pre_dispatch', fn($answer, $server, $request) =>"
        " $request->get_method() === 'GET' && $request->get_route() === '/wp/v2/posts'"
        " ? new WP_Error('firewall', 'Blocked by the wall.', ['status' => 403]) : $answer, 10, 3);"
    )
    wall = fresh_wordpress.add_mu_plugin("wall", refuse)

    blocked = desk.sync("--allow", "all")
    wall.unlink()
    later = desk.sync("--allow", "all")

    assert blocked.code == 3
    assert any("Blocked by the wall." in message for message in blocked.envelope["messages"])
    assert later.totals == {"created": 1}


def test_what_is_held_makes_no_terms(desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress) -> None:
    """A category that only held posts need is not made yet."""
    set_up(desk, kiosk, Story(number=1))
    desk.write(
        (desk.directory / "config.toml").read_text().partition("[[sources]]")[1]
        + (desk.directory / "config.toml").read_text().partition("[[sources]]")[2],
        more="[safety]\nfirst_run = 0\n",
        news=NEWS,
    )

    answer = desk.sync()

    terms = fresh_wordpress.sql("SELECT name FROM wp_terms WHERE name LIKE 'News%'")
    assert answer.totals == {"held": 1}
    assert terms == []


def test_a_feed_that_would_change_too_much_does_not_stop_the_others(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Its changes are held with the flag that lets them pass, its new posts go; exit 3."""
    feed = kiosk.put("/one", rss(*(Story(number=n) for n in range(12))))
    other = kiosk.put("/two", rss())
    desk.write(
        kiosk.source("Example News", feed) + kiosk.source("Other News", other),
        news=NEWS,
    )
    desk.sync("--allow", "all")
    changed = (Story(number=n, body="<p>All of it is new.</p>") for n in range(12))
    kiosk.put("/one", rss(*changed, Story(number=50)))
    kiosk.put("/two", rss(Story(number=99)))

    answer = desk.sync()
    allowed = desk.sync("--allow", "changes")

    assert answer.code == 3
    assert answer.totals == {"held": 12, "created": 2}
    assert any("--allow changes" in message for message in answer.envelope["messages"])
    assert allowed.totals == {"updated": 12}
    assert len(posts_of(fresh_wordpress)) == 14


def test_items_of_a_feed_that_left_the_configuration_are_told(desk: Desk, kiosk: Kiosk) -> None:
    """What still waits there is not forgotten silently."""
    set_up(desk, kiosk, *(Story(number=number) for number in range(7)))
    desk.sync()
    other = kiosk.put("/other", rss())
    desk.write(kiosk.source("Example News", other), news=NEWS)

    answer = desk.sync()

    assert any("2 items wait" in message for message in answer.envelope["messages"])
