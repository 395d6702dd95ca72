"""undo: the database as before the run, but for what people touched since."""

import signal

import pytest
from desk import Desk
from press import Kiosk, Story, picture, rss
from site_dump import Dump, differences, dump
from striking import Strike
from watching_proxy import Traffic

from wp_sync.sandbox.wordpress import WordPress

OLD, NEW = 10, 50  # posts that the run updates, and that it makes
FEW = 3, 6  # the same where the number does not matter
PICTURES = 12
OLDER = '<p>An older text, with <b>marks</b> &amp; a "quote".</p>'
NEWER = "<p>A newer text, all other than the one before.</p>"


def write_desk(desk: Desk, kiosk: Kiosk, category: str) -> None:
    news = f'[post]\nstatus = "publish"\ncategory = "{category}"\nauthor = "tom-becker"\n'
    news += "draft_if = { words_below = 6 }\n"
    desk.write(kiosk.source(), news=news)


def old_story(number: int, image: str, body: str, title: str) -> Story:
    return Story(number=number, title=f"{title} & <{number}>", body=body, picture=image)


def sync_twice(
    desk: Desk, kiosk: Kiosk, site: WordPress, old: int = OLD, new: int = NEW
) -> tuple[Dump, str]:
    """Sync some posts, look, and sync once more: these updated, others new."""
    images = [
        kiosk.put(f"/{number}.jpg", picture(number * 11), "image/jpeg")
        for number in range(PICTURES)
    ]
    kiosk.put("/feed", rss(*(old_story(n, images[0], OLDER, "Old") for n in range(old))))
    write_desk(desk, kiosk, "Sports > Running")
    assert desk.sync("--allow", "all").totals == {"created": old}
    before = dump(site)
    changed = (old_story(n, images[1], NEWER, "Changed") for n in range(old))
    made = [
        Story(
            number=100 + n,
            picture=images[2 + n % 10],
            body="<p>Too short.</p>" if n == 3 else Story(number=0).body,
        )
        for n in range(new)
    ]
    kiosk.put("/feed", rss(*changed, *made))
    write_desk(desk, kiosk, "Culture > Music")
    run = desk.sync("--allow", "all")
    assert run.totals == {"created": new, "updated": old}, run.out
    return before, run.envelope["data"]["run"]


def ids_of(site: WordPress) -> dict[str, int]:
    rows = site.sql("SELECT ID, post_title FROM wp_posts WHERE post_type = 'post'")
    return {row["post_title"]: row["ID"] for row in rows}


def touch(site: WordPress) -> dict[int, str]:
    """Change five posts as an editor does; return their ids, and what was changed."""
    ids = ids_of(site)
    touched = [ids[f"Story {100 + number}"] for number in range(5)]
    title, body, category, draft, image = touched
    site.run_php(
        f"wp_update_post(['ID' => {title}, 'post_title' => 'A person s']);"
        f"wp_update_post(['ID' => {body}, 'post_content' => '<p>A person s.</p>']);"
        f"wp_set_post_categories({category}, [1]);"
        f"wp_publish_post({draft});"
        f"delete_post_thumbnail({image});"
    )
    return dict(zip(touched, ("title", "body", "categories", "status", "featured"), strict=True))


def without(site: WordPress, found: Dump, wp_ids: list[int]) -> Dump:
    """Leave out the posts that a person touched, and what only these keep."""
    listed = ",".join(map(str, wp_ids))
    query = f"SELECT post_name FROM wp_posts WHERE ID IN ({listed})"  # noqa: S608 (numbers)
    names = {f"post {row['post_name']}" for row in site.sql(query)}
    kept = {name: value for name, value in found.items() if name not in names}
    used = {value for name in names for key, value in found[name]["meta"] if key == "_thumbnail_id"}
    return {name: value for name, value in kept.items() if name not in used}


def test_a_run_is_taken_back_but_for_what_an_editor_touched(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, traffic: Traffic
) -> None:
    """Sixty posts, five touched: the rest is as before, the five are left and named."""
    before, run = sync_twice(desk, kiosk, fresh_wordpress)
    touched = touch(fresh_wordpress)
    at_undo = dump(fresh_wordpress)

    answer = desk.run("undo", run, "--yes", "--json")

    after = dump(fresh_wordpress)
    found = differences(before, without(fresh_wordpress, after, list(touched)))
    left = {one["wp_id"]: one["reason"] for one in answer.outcomes("unchanged")}
    assert answer.code == 0, answer.err
    assert answer.totals == {"trashed": NEW - 5, "updated": OLD, "unchanged": 5}
    # The terms that the five still have stay, are named, and count them.
    assert {name for name, what in found.items() if what == "new"} == {
        "category None Culture",
        "category Culture Music",
    }
    counted = [what for what in found.values() if what != "new"]
    assert all(isinstance(what, dict) and what.keys() == {"count"} for what in counted), found
    assert left.keys() == touched.keys()
    assert all(field in left[wp_id] for wp_id, field in touched.items())
    kept = [name for name in after.keys() - before.keys() if name.startswith("post ")]
    assert len(kept) == len(touched)
    assert {name: after[name] for name in kept} == {name: at_undo[name] for name in kept}
    notes = "\n".join(answer.envelope["data"]["notes"])
    assert "deleted: upload" in notes
    assert "Music: post" in notes

    # The next nights bring nothing back, whatever the source and the rules do.
    stories = (old_story(n, "", f"{NEWER}<p>Once more.</p>", "Again") for n in range(OLD))
    more = (Story(number=100 + n, title=f"Other {n}") for n in range(10, NEW))
    kiosk.put("/feed", rss(*stories, *more))
    write_desk(desk, kiosk, "Sports > Running")
    traffic.seen.clear()
    night = desk.sync("--allow", "all")
    assert [one["reason"] for one in night.outcomes("unchanged")] == ["published by a person"]
    assert night.totals == {"unchanged": 1}, night.out
    assert traffic.writes == []
    assert dump(fresh_wordpress) == after


def test_what_was_taken_back_can_be_done_again(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The undo of an undo, and the sync after it, which makes pictures and terms once more."""
    _, run = sync_twice(desk, kiosk, fresh_wordpress, *FEW)
    done = dump(fresh_wordpress)
    undone = desk.run("undo", "last", "--yes", "--json")
    assert undone.envelope["data"]["totals"] == {"trashed": FEW[1], "updated": FEW[0]}
    assert run in desk.run("history").out

    again = desk.run("undo", undone.envelope["data"]["run"], "--yes", "--json")
    sync = desk.sync("--allow", "all")

    found = differences(done, dump(fresh_wordpress))
    assert (again.code, sync.code) == (0, 0), sync.out
    assert again.totals == {"updated": sum(FEW)}
    assert {name: what for name, what in found.items() if not name.startswith("attachment")} == {}


def test_what_an_admin_deleted_since_leaves_no_post_bare(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The former category and picture are gone: the posts keep those that they have."""
    sync_twice(desk, kiosk, fresh_wordpress, *FEW)
    fresh_wordpress.run_php(
        "$term = get_term_by('name', 'Running', 'category');"
        "wp_delete_term($term->term_id, 'category');"
        "$all = ['post_type' => 'attachment', 'order' => 'ASC', 'orderby' => 'ID'];"
        "wp_delete_attachment(get_posts($all + ['numberposts' => 1])[0]->ID, true);"
    )

    answer = desk.run("undo", "last", "--yes", "--json")

    gone = "(what it held before is gone from the site)"
    told = f"left: categories {gone}, featured {gone}"
    assert all(told in one["reason"] for one in answer.outcomes("updated"))
    held = fresh_wordpress.run_php(
        "foreach (get_posts(['s' => 'Old', 'numberposts' => -1]) as $one) echo"
        " implode(get_the_category($one->ID) ? [get_the_category($one->ID)[0]->name] : []),"
        " has_post_thumbnail($one), ' ';"
    )
    assert held.split() == ["Music1"] * FEW[0]


@pytest.mark.parametrize("write", [2, 8, 12])
def test_an_undo_that_was_killed_is_finished_by_the_next(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, traffic: Traffic, write: int
) -> None:
    """Kill -9 in the middle, and the same undo again: the same end as without."""
    before, run = sync_twice(desk, kiosk, fresh_wordpress, *FEW)
    strike = Strike(traffic, len(traffic.writes) + write)
    strike.end(process := desk.start("undo", run, "--yes"))

    answer = desk.run("undo", run, "--yes", "--json")

    assert process.returncode == -signal.SIGKILL  # in the midst of it
    assert answer.code == 0, answer.out
    assert differences(before, dump(fresh_wordpress)) == {}
    write_desk(desk, kiosk, "Sports > Running")
    assert desk.sync("--allow", "all").totals == {}
    idle = desk.run("undo", run, "--yes", "--json")
    assert idle.envelope["data"]["run"] == ""
