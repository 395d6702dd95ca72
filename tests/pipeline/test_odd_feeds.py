"""Feeds that break the rules, a run against a real WordPress: nothing lost, nothing twice."""

import html
from dataclasses import replace

from desk import Desk
from press import Kiosk, Story, rss

from wp_sync.sandbox.wordpress import WordPress, start_wordpress

SOURCE = (
    '[[sources]]\nname = "Example News"\nfeeds = ["{feed}"]\nallow_private = ["{place}"]\n'
    'to = [{to}]\nrights = "{rights}"\nlicence = "ours"\n'
)
NEWS = '[post]\nstatus = "publish"\n'
PAGE = "<html><body><article><h1>A story</h1>{}</article></body></html>"


def configure(desk: Desk, kiosk: Kiosk, rights: str = "feed", **channels: str) -> None:
    named = channels or {"news": NEWS}
    to = ", ".join(f'"{name}"' for name in named)
    source = SOURCE.format(feed=f"{kiosk.url}/feed", place=kiosk.place, to=to, rights=rights)
    desk.write(source, **named)


def titles_on(site: WordPress) -> list[str]:
    rows = site.sql("SELECT post_title FROM wp_posts WHERE post_type = 'post' ORDER BY ID")
    return [html.unescape(row["post_title"]) for row in rows][1:]  # the first is WordPress's own


def test_one_guid_for_everything_overwrites_no_post(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Each day's article becomes a post, is corrected in place, and is not new at every run."""
    configure(desk, kiosk)
    totals = []
    days = ((1, "A flood"), (2, "An election"), (2, "An election, won"), (2, "An election, won"))
    for number, title in days:
        feed = rss(Story(number=number, title=title))
        kiosk.put("/feed", feed.replace(f">{number}</guid>", ">news</guid>"))
        totals.append(desk.sync("--allow", "all").totals)

    assert totals == [{"created": 1}, {"created": 1}, {"updated": 1}, {}]
    assert titles_on(fresh_wordpress) == ["A flood", "An election, won"]


def test_articles_on_one_page_are_held_for_a_person(desk: Desk, kiosk: Kiosk) -> None:
    """Three entries of a live page: one post, and two that a person decides."""
    live = (Story(number=n, link=f"https://news.example/live#p{n}") for n in range(3))
    kiosk.put("/feed", rss(*live))
    configure(desk, kiosk)

    answer = desk.sync("--allow", "all")

    assert answer.totals == {"created": 1, "held": 2}
    assert "the same address as Story 0" in answer.outcomes("held")[0]["reason"]


def test_pages_of_held_items_are_fetched_once_and_do_not_stop_new_ones(
    desk: Desk, kiosk: Kiosk
) -> None:
    """Only other rules judge them again, after what is new."""
    body = "<p>Some words about nothing in particular, on and on for a while.</p>" * 12
    pages = [kiosk.put(f"/{n}.html", PAGE.format(body), "text/html") for n in range(3)]
    old = [Story(number=n, link=page) for n, page in enumerate(pages)]
    rules = {"ice": f'about = ["hockey"]\n{NEWS}', "golf": f'about = ["golf"]\n{NEWS}'}
    kiosk.put("/feed", rss(*old))
    configure(desk, kiosk, "full", **rules)

    first = desk.sync("--allow", "all")
    second = desk.sync("--allow", "all")
    asked = sum(path.endswith(".html") for path in kiosk.asked)
    kiosk.put("/feed", rss(*old, Story(number=9, title="Hockey tonight")))
    configure(desk, kiosk, "feed", **rules)  # other rules: all are judged again
    limited = desk.sync("--allow", "all", "--limit", "1")

    assert (first.totals, second.totals, asked) == ({"held": 3}, {}, 3)
    assert limited.totals == {"created": 1}


def test_tags_longer_than_wordpress_can_hold_stop_no_post(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """They are shortened, and the second run finds them again."""
    kiosk.put("/feed", rss(Story(number=1, title="Rain & wind " * 20)))
    configure(desk, kiosk, news=f'{NEWS}tags = ["{{title}}"]\n')

    first = desk.sync("--allow", "all")
    (desk.directory / "wp-sync.db").unlink()
    second = desk.sync("--allow", "all")

    (tag,) = fresh_wordpress.sql("SELECT name FROM wp_terms WHERE name LIKE 'Rain%'")
    assert (first.totals, second.totals) == ({"created": 1}, {"unchanged": 1})
    assert len(tag["name"]) <= 200
    assert tag["name"].endswith("…")


def test_another_site_in_the_same_directory_gets_its_own_posts(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Once a person says that it is meant: what the staging site has is not done on this one."""
    kiosk.put("/feed", rss(Story(number=1), Story(number=2)))
    with start_wordpress() as staging:
        password = staging.users["editor"].application_password
        trial = replace(desk, site=staging.url, password=password)
        configure(trial, kiosk)
        on_trial = trial.sync("--allow", "all").totals
    configure(desk, kiosk)

    refused = desk.sync("--allow", "all")
    on_site = desk.sync("--allow", "all", "--allow", "new-site").totals
    again = desk.sync("--allow", "all").totals

    assert (refused.code, "knows 2 posts on" in refused.envelope["messages"][0]) == (3, True)
    assert (on_trial, on_site, again) == ({"created": 2}, {"created": 2}, {})
    assert sorted(titles_on(fresh_wordpress)) == ["Story 1", "Story 2"]
