"""Changed mappings onto posts that are there, on a real WordPress; what an editor changed stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from press import Kiosk, Story, rss
from site_dump import differences, dump, post_of

if TYPE_CHECKING:
    from desk import Desk
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

NEWS = '[post]\nstatus = "publish"\ncategory = "News"\ntags = ["Old"]\n'
FULLER = '[post]\nstatus = "publish"\ncategory = "World"\ntags = ["New"]\nauthor = "tom-becker"\n'
BODY = "SELECT post_content FROM wp_posts WHERE post_title = 'Story 1' AND post_type = 'post'"
RAIN = '[keep]\nwords = ["rain"]\n'


def stories(count: int) -> list[Story]:
    return [
        Story(
            number=number,
            title=f"Story {number}",
            body=f"<p>It will {'rain' if number < 20 else 'snow'} for {number} days.</p>",
        )
        for number in range(1, count + 1)
    ]


def set_up(desk: Desk, kiosk: Kiosk, count: int, rights: str = "excerpt") -> None:
    feed = kiosk.put("/feed", rss(*stories(count)))
    desk.write(
        f'[[sources]]\nname = "Paper"\nto = ["news"]\nfeeds = ["{feed}"]\nrights = "{rights}"\n'
        f'licence = "ours"\nallow_private = ["{kiosk.place}"]\n',
        news=NEWS,
    )


def test_a_changed_mapping_comes_to_old_posts_and_goes_again(
    desk: Desk, kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """Category, tags, author over twenty posts: two are edited, one the rules would drop now."""
    set_up(desk, kiosk, 20)
    assert desk.sync("--allow", "all").totals == {"created": 20}
    one, two = post_of(fresh_wordpress, 1), post_of(fresh_wordpress, 2)
    fresh_wordpress.run_php(
        "$term = wp_insert_term('By hand', 'category');"
        f"wp_set_post_categories({one}, [$term['term_id']]);"
        f"wp_set_post_tags({two}, 'mine');"
    )
    before, written, fed = dump(fresh_wordpress), len(traffic.writes), len(kiosk.asked)
    assert desk.run("remap", "--json", "--yes").totals == {}  # nothing has changed yet
    mapping = desk.directory / "mappings" / "news.toml"
    mapping.write_text(f'{FULLER}{RAIN}min_age = "900d"\n')  # an age keeps nothing from a post

    shown = desk.run("remap", "--dry-run")
    refused = desk.run("remap")
    assert (len(traffic.writes), differences(before, dump(fresh_wordpress))) == (written, {})
    done = desk.run("remap", "--yes", "--json")
    again = desk.run("remap", "--yes", "--json")

    assert "make    category World" in shown.out
    told = "would change 19 posts: author 19, categories 18, tags 18; 2 fields locked by editors"
    assert told in shown.out
    assert "why: the rules of today would drop it: Paper goes to World" in shown.out
    assert refused.code == 2
    assert done.code == 0, done.err
    assert done.totals == {"updated": 19, "unchanged": 1}
    after = dump(fresh_wordpress)
    changed = differences(before, after)
    posts = {name: one for name, one in changed.items() if name.startswith("post ")}
    assert len(posts) == 19
    assert all(set(one) <= {"user_login", "terms"} for one in posts.values())  # type: ignore[call-overload]
    assert kiosk.asked[fed:] == []
    terms = {name: one["terms"] for name, one in after.items() if name.startswith("post story-")}
    kinds = [frozenset(one) for one in terms.values()]
    assert kinds.count(frozenset({("category", "World"), ("post_tag", "New")})) == 17
    assert frozenset({("category", "By hand"), ("post_tag", "New")}) in kinds
    assert frozenset({("category", "World"), ("post_tag", "mine")}) in kinds
    assert frozenset({("category", "News"), ("post_tag", "Old")}) in kinds
    assert again.totals == {"unchanged": 3}
    assert desk.sync().totals == {}

    undone = desk.run("undo", done.envelope["data"]["run"], "--yes", "--json")

    assert undone.code == 0, undone.err
    assert undone.totals["updated"] == 19
    assert differences(before, dump(fresh_wordpress)) == {}


def test_only_what_is_asked_for_is_changed_and_pages_are_not_fetched_again(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Of a source with full rights the text came from the article's page: it stays as it is."""
    set_up(desk, kiosk, 2, rights="full")
    story = kiosk.put(
        "/one", "<article><p>" + "The whole text. " * 60 + "</p></article>", "text/html"
    )
    kiosk.put("/feed", rss(*(Story(number=n, title=f"Story {n}", link=story) for n in (1,))))
    assert desk.sync("--allow", "all").code == 0
    body = fresh_wordpress.sql(BODY)
    mapping = desk.directory / "mappings" / "news.toml"
    mapping.write_text(FULLER + 'attribution = "Seen at {url}"\n')
    asked = len(kiosk.asked)

    none = desk.run("remap", "--fields", "colour")
    shown = desk.run("remap", "--dry-run")
    done = desk.run("remap", "--yes", "--json", "--source", "Paper", "--fields", "categories,tags")

    assert none.code == 2
    assert "there is no 'colour': choose from title, body" in none.err
    kept = "pages are not fetched again: body, excerpt, featured of posts from Paper stay"
    assert kept in shown.out
    assert "not fetched again" not in done.out  # no field was asked for that comes from the page
    assert done.totals == {"updated": 1}, done.out
    assert len(kiosk.asked) == asked
    assert fresh_wordpress.sql(BODY) == body
    (change,) = done.envelope["data"]["changes"]
    assert change["fields"] == ["categories", "tags"]


def test_a_remap_of_tags_says_nothing_of_a_text_that_an_editor_keeps(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    set_up(desk, kiosk, 1)
    assert desk.sync("--allow", "all").totals == {"created": 1}
    post = post_of(fresh_wordpress, 1)
    fresh_wordpress.run_php(f"wp_update_post(['ID' => {post}, 'post_excerpt' => 'Mine.']);")
    later = Story(number=1, title="Story 1", body="<p>It will rain for two days, they say.</p>")
    kiosk.put("/feed", rss(later))
    desk.sync("--allow", "all")
    assert "conflict" in desk.run("review", "list").out
    assert desk.run("review", "reject", "--all", "--reason", "conflict", "--yes").code == 0
    (desk.directory / "mappings" / "news.toml").write_text(NEWS.replace("Old", "New"))

    done = desk.run("remap", "--yes")

    assert done.code == 0, done.err
    assert "its mapping changed: tags" in done.out
    assert "conflict" not in done.out
