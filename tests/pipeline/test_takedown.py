"""takedown: a source's posts become drafts, its images are hidden, its feeds are never asked."""

from typing import Any

from desk import Desk
from press import Kiosk, Story, picture, rss
from watching_proxy import Traffic

from wp_sync.sandbox.wordpress import WordPress

NEWS = '[post]\nstatus = "publish"\ncategory = "News"\n'


def set_up(desk: Desk, kiosk: Kiosk) -> None:
    """Sync two sources: three posts and two, of which one shares a picture."""
    shared, own = (kiosk.put(f"/{n}.jpg", picture(n * 20), "image/jpeg") for n in (1, 2))
    bad = [
        Story(number=1, title="Bad one", picture=own),
        Story(number=2, title="Bad two", picture=shared),
        Story(number=3, title="Bad three"),
    ]
    good = [
        Story(number=11, title="Good one", picture=shared, link="https://good.example/1"),
        Story(number=12, title="Good two", link="https://good.example/2"),
    ]
    kiosk.put("/bad", rss(*bad))
    kiosk.put("/good", rss(*good))
    desk.write(
        kiosk.source("Bad News", f"{kiosk.url}/bad")
        + kiosk.source("Good News", f"{kiosk.url}/good"),
        news=NEWS,
    )
    assert desk.sync("--allow", "all").totals == {"created": 5}


def statuses(site: WordPress) -> dict[str, str]:
    rows = site.sql("SELECT post_title, post_status FROM wp_posts WHERE post_type = 'post'")
    return {row["post_title"]: row["post_status"] for row in rows if " " in row["post_title"]}


def images(site: WordPress) -> list[str]:
    rows = site.sql("SELECT post_status FROM wp_posts WHERE post_type = 'attachment' ORDER BY ID")
    return [row["post_status"] for row in rows]


def bad_ones(site: WordPress) -> set[str]:
    return {status for title, status in statuses(site).items() if title.startswith("Bad")}


def test_a_source_is_withdrawn_whatever_an_editor_did(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, traffic: Traffic
) -> None:
    """All its posts are drafts, edited ones named; a shared image stays, its own one is private."""
    set_up(desk, kiosk)
    fresh_wordpress.run_php(
        "$p = get_page_by_path('bad', OBJECT, 'post');"
        "foreach (get_posts(['s' => 'Bad three']) as $p)"
        " { wp_update_post(['ID' => $p->ID, 'post_title' => 'Bad edited']); }"
    )

    answer = desk.run("takedown", "Bad News", "--reason", "a letter", "--yes", "--json")

    told: dict[str, Any] = answer.envelope["data"]
    edited = [one["reason"] for one in told["outcomes"] if "edited" in one["reason"]]
    assert answer.code == 0, answer.out
    assert answer.totals == {"updated": 3}
    assert bad_ones(fresh_wordpress) == {"draft"}
    assert statuses(fresh_wordpress)["Good one"] == "publish"
    assert sorted(images(fresh_wordpress)) == ["inherit", "private"]
    assert edited == ["the source Bad News is withdrawn: a letter; edited on the site: title"]
    assert any("it is the picture of post" in note for note in told["notes"])

    # Nothing of it is fetched or written any more, under whatever name or spelling.
    kiosk.asked.clear()
    traffic.seen.clear()
    kiosk.put("/bad", rss(Story(number=4, title="Bad four")))
    renamed = kiosk.source("Better News", f"{kiosk.url}/bad?utm_source=x")
    desk.write(
        renamed + kiosk.source("Good News", f"{kiosk.url}/good"), news=NEWS + "# other rules\n"
    )
    night = desk.sync("--allow", "all")
    assert night.code == 0
    assert [path for path in kiosk.asked if path.startswith("/bad")] == []
    assert traffic.writes == []
    (message,) = night.envelope["messages"]
    assert message.startswith("Better News: withdrawn on ")
    assert "withdrawn on" in desk.run("status").out


def test_a_withdrawal_can_be_lifted_and_taken_back(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Lifting asks the feeds again and leaves drafts; undo brings posts and images back."""
    set_up(desk, kiosk)
    run = desk.run("takedown", "Bad News", "--yes", "--json").envelope["data"]["run"]
    kiosk.put("/bad", rss(Story(number=1, title="Bad one, again")))

    lifted = desk.run("takedown", "Bad News", "--lift", "--json")

    assert lifted.envelope["data"]["feeds"] == [f"{kiosk.url}/bad"]
    kiosk.asked.clear()
    assert desk.sync("--allow", "all").totals == {}
    assert "/bad" in kiosk.asked
    assert bad_ones(fresh_wordpress) == {"draft"}
    back = desk.run("undo", run, "--yes", "--json")
    assert back.totals == {"updated": 3}
    assert bad_ones(fresh_wordpress) == {"publish"}
    assert images(fresh_wordpress) == ["inherit", "inherit"]


def test_what_waits_of_a_withdrawn_source_is_dropped(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """A held item is never published, `why` tells it, and a source out of the file is known."""
    kiosk.put("/bad", rss(*(Story(number=n, title=f"Bad {n}") for n in range(8))))
    desk.write(kiosk.source("Bad News", f"{kiosk.url}/bad"), news=NEWS)
    assert desk.sync().totals == {"created": 5, "held": 3}
    desk.write("", news=NEWS)

    near = desk.run("takedown", "Bad New", "--yes")
    answer = desk.run("takedown", "Bad News", "--delete-images", "--yes", "--json")

    assert (near.code, answer.code) == (2, 0)
    assert "did you mean 'Bad News'?" in near.err
    desk.write(kiosk.source("Bad News", f"{kiosk.url}/bad"), news=NEWS)
    assert desk.sync("--allow", "all").totals == {}
    data = desk.run("status", "--json").envelope["data"]
    assert data["items"] == {"dropped": 3, "undone": 5}
    why = desk.run("why", "https://news.example/story-7").out
    assert "the source Bad News was withdrawn" in why
    assert bad_ones(fresh_wordpress) == {"draft"}


def test_nobody_is_asked_where_nobody_is(desk: Desk, kiosk: Kiosk, traffic: Traffic) -> None:
    """Without a terminal and --yes: the plan, exit code 2, and not one write."""
    set_up(desk, kiosk)
    traffic.seen.clear()

    refused = desk.run("takedown", "Bad News")
    shown = desk.run("takedown", "Bad News", "--dry-run")

    assert (refused.code, shown.code) == (2, 0)
    assert "--yes" in refused.err
    assert "takedown" in refused.out
    assert "hide    upload" in shown.out
    assert traffic.writes == []
    assert desk.sync("--allow", "all").envelope["messages"] == []
