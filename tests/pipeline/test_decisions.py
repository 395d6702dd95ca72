"""Decisions of persons where feeds repeat each other, posts are gone, and runs are taken back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk import Answer, Desk
from press import Kiosk, Story, open_kiosk, picture, rss

from wp_sync.sandbox.wordpress import WordPress

SOURCE = (
    '[[sources]]\nname = "{name}"\nfeeds = ["{feed}"]\nto = {to}\nrights = "feed"\n'
    'licence = "ours"\nallow_private = ["{place}"]\n'
)
RULES = "draft_if = { score_below = 0.0 }\n[keep]\nscore = 0.5\n"
NEWS = f'about = "rain"\n[post]\nstatus = "publish"\n{RULES}'
GOLF = f'about = "golf"\n[post]\nstatus = "draft"\n{RULES}'
LONG = " ".join(f"word{number}" for number in range(40))


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Kiosk]:
    with open_kiosk() as kiosk:
        yield kiosk


@pytest.fixture
def desk(site: WordPress, kiosk: Kiosk, tmp_path: Path) -> Desk:
    """Read two feeds: all of /news goes to news, /mixed to whatever it fits."""
    password = site.users["editor"].application_password
    desk = Desk(directory=tmp_path, site=site.url, password=password)
    wanted = {"/news": '["news"]', "/mixed": '["news", "golf"]'}
    sources = "".join(
        SOURCE.format(name=path[1:], feed=kiosk.put(path, rss()), to=to, place=kiosk.place)
        for path, to in wanted.items()
    )
    desk.write(sources, news=NEWS, golf=GOLF)
    return desk


def story(number: int, word: str = "Rain", **more: Any) -> Story:  # noqa: ANN401
    usual = {"title": f"{word} {number}", "body": f"<p>{word} {number}. {LONG}</p>"}
    return Story(number=number, **{**usual, **more})


def put_twin(kiosk: Kiosk, path: str, first: Story, **more: Any) -> None:  # noqa: ANN401
    """Give out the same article in another feed."""
    kiosk.put(path, rss(story(first.number + 500, title=first.title, link=first.address, **more)))


def sync(desk: Desk) -> Answer:
    return desk.sync("--allow", "all")


def make(desk: Desk, kiosk: Kiosk, one: Story) -> tuple[str, str]:
    """Let a feed bring an article; return its post and the run."""
    kiosk.put("/news", rss(one))
    answer = sync(desk)
    assert answer.totals == {"created": 1}
    return str(answer.outcomes("created")[0]["wp_id"]), answer.envelope["data"]["run"]


def undo(desk: Desk, run: str) -> Answer:
    return desk.run("undo", run, "--yes", "--json")


def waiting(desk: Desk) -> set[str]:
    return {one["title"] for one in desk.waiting()}


def state_of(desk: Desk, one: Story) -> str:
    told = desk.run("why", "--json", one.address).envelope["data"]
    return str(told["items"][0]["state"])


def posts(site: WordPress, title: str) -> list[str]:
    """Return the statuses of the posts with a title."""
    query = "SELECT post_title, post_status FROM wp_posts WHERE post_type = 'post'"
    return [row["post_status"] for row in site.sql(query) if row["post_title"] == title]


@pytest.mark.parametrize("name", ["", "/", "None"])
def test_an_empty_name_decides_nothing(desk: Desk, kiosk: Kiosk, name: str) -> None:
    """A script's variable that is not set must not reject all that waits."""
    cake = story(1, "Cake")
    kiosk.put("/mixed", rss(cake))
    assert sync(desk).totals == {"held": 1}

    answer = desk.decide("reject", name)

    assert answer.code == 1
    assert "nothing that waits is called" in answer.envelope["messages"][0]
    assert waiting(desk) == {cake.title}


def test_the_address_of_a_live_article_makes_no_second_post(
    desk: Desk, kiosk: Kiosk, site: WordPress
) -> None:
    """Another feed's repeat, dropped long ago, has the same address."""
    rain = story(11)
    make(desk, kiosk, rain)
    put_twin(kiosk, "/mixed", rain, body=rain.body)
    assert sync(desk).totals == {"dropped": 1}

    answer = desk.decide("approve", rain.address, "--to", "news")

    assert "repeat of 11 in" in answer.outcomes("dropped")[0]["reason"]
    assert "is on the site already" in answer.envelope["messages"][0]
    assert posts(site, rain.title) == ["publish"]


def test_what_another_feed_brought_meanwhile_is_not_made_again(
    desk: Desk, kiosk: Kiosk, site: WordPress
) -> None:
    """Held for no channel; then the other source's item of the same article went live."""
    cake = story(21, "Cake")
    kiosk.put("/mixed", rss(cake))
    assert sync(desk).totals == {"held": 1}
    put_twin(kiosk, "/news", cake, body=f"<p>A cake in the rain. {LONG}</p>")
    assert sync(desk).totals == {"created": 1}

    answer = desk.decide("approve", "--all", "--to", "news", "--yes")

    assert (answer.code, answer.totals) == (0, {"dropped": 1})
    assert posts(site, cake.title) == ["publish"]


def test_an_approval_of_what_was_rejected_is_taken_back(
    desk: Desk, kiosk: Kiosk, site: WordPress
) -> None:
    """Back into the trash, which no post can be set to; then taken back once more."""
    rain = story(31)
    wp_id, _ = make(desk, kiosk, rain)
    desk.decide("reject", wp_id)
    approved = desk.decide("approve", wp_id)

    undone = undo(desk, approved.envelope["data"]["run"])
    trashed = posts(site, rain.title), state_of(desk, rain)
    again = undo(desk, undone.envelope["data"]["run"])

    assert (undone.code, undone.totals) == (0, {"trashed": 1}), undone.out
    assert trashed == (["trash"], "undone")
    assert (again.code, posts(site, rain.title)) == (0, ["publish"])


def test_what_a_person_trashed_does_not_wait_when_its_run_is_undone(
    desk: Desk, kiosk: Kiosk, site: WordPress
) -> None:
    """It was rejected, and stays so."""
    rain = story(41)
    wp_id, run = make(desk, kiosk, rain)
    site.run_php(f"wp_trash_post({wp_id});")
    assert sync(desk).totals == {"trashed": 1}

    answer = undo(desk, run)

    assert (answer.code, state_of(desk, rain)) == (0, "rejected")
    assert waiting(desk) == set()


@pytest.mark.parametrize("deleted", [False, True])
def test_what_was_undone_can_be_rejected(
    desk: Desk, kiosk: Kiosk, site: WordPress, *, deleted: bool
) -> None:
    """Its post is in the trash, or gone, as it is to be: it waits no more."""
    rain = story(51 + deleted)
    wp_id, run = make(desk, kiosk, rain)
    undo(desk, run)
    if deleted:
        site.run_php(f"wp_delete_post({wp_id}, true);")
    assert waiting(desk) == {rain.title}

    answer = desk.decide("reject", wp_id)

    assert (answer.code, answer.totals) == (0, {"unchanged": 1})
    assert waiting(desk) == set()
    assert state_of(desk, rain) == "rejected"


def test_an_approval_that_changed_nothing_decides_nothing(
    desk: Desk, kiosk: Kiosk, site: WordPress
) -> None:
    """The post was deleted for good: the item is not taken for published."""
    rain = story(61)
    wp_id, run = make(desk, kiosk, rain)
    undo(desk, run)
    site.run_php(f"wp_delete_post({wp_id}, true);")

    answer = desk.decide("approve", wp_id)

    assert answer.totals == {"unchanged": 1}
    assert state_of(desk, rain) == "undone"


@pytest.mark.parametrize("deed", ["approved", "restored", "undone"])
def test_what_the_source_changed_of_a_rejected_article_arrives_later(
    desk: Desk, kiosk: Kiosk, site: WordPress, deed: str
) -> None:
    """Kept while it was rejected; on the site once a person wants it after all."""
    rain = story({"approved": 71, "restored": 72, "undone": 73}[deed])
    wp_id, _ = make(desk, kiosk, rain)
    rejected = desk.decide("reject", wp_id)
    kiosk.put("/news", rss(story(rain.number, body=f"<p>Corrected. {LONG}</p>")))
    assert sync(desk).totals == {}

    if deed == "approved":
        desk.decide("approve", wp_id)
    elif deed == "undone":
        undo(desk, rejected.envelope["data"]["run"])
    else:
        site.run_php(f"wp_untrash_post({wp_id});")

    assert sync(desk).totals["updated"] == 1
    body = site.sql(f"SELECT post_content FROM wp_posts WHERE ID = {wp_id}")  # noqa: S608 (number)
    assert "Corrected." in body[0]["post_content"]


def test_a_held_change_outlives_what_a_person_does_with_the_post(
    desk: Desk, kiosk: Kiosk, site: WordPress
) -> None:
    """A limit held the source's changes; publishing the drafts must not forget them."""
    numbers = range(200, 212)
    kiosk.put("/mixed", rss(*(story(number, "Golf") for number in numbers)))
    made = sync(desk).outcomes("created")
    approved, published = made[0]["wp_id"], made[1]["wp_id"]
    later = (story(number, "Golf", body=f"<p>Golf, corrected. {LONG}</p>") for number in numbers)
    kiosk.put("/mixed", rss(*later))
    assert desk.sync().totals == {"held": 12}

    desk.decide("approve", str(approved))
    site.run_php(f"wp_publish_post({published});")
    told = desk.sync()
    whole = sync(desk)

    assert told.outcomes("unchanged")[0]["reason"] == "published by a person"
    assert whole.totals == {"updated": 12}
    assert {approved, published} <= {one["wp_id"] for one in whole.outcomes("updated")}


def test_many_approved_changes_are_no_danger(desk: Desk, kiosk: Kiosk) -> None:
    """What a person approved passes the limits, and the run ends well."""
    numbers = range(300, 312)
    kiosk.put("/mixed", rss(*(story(number, "Golf") for number in numbers)))
    sync(desk)
    desk.decide("approve", "--all", "--yes")
    later = (story(number, "Golf", body=f"<p>Golf, corrected. {LONG}</p>") for number in numbers)
    kiosk.put("/mixed", rss(*later))
    assert desk.sync().totals == {"held": 12}

    answer = desk.decide("approve", "--all", "--yes")

    assert answer.totals == {"updated": 12}
    assert answer.code == 0, answer.err


def test_a_rejected_entry_of_a_shared_page_stands_for_itself(desk: Desk, kiosk: Kiosk) -> None:
    """A ticker's page has many articles: the next one waits for a person again."""
    rain = story(81)
    entry, later = (story(number, link=rain.address) for number in (82, 83))
    make(desk, kiosk, rain)
    kiosk.put("/news", rss(rain, entry))
    assert sync(desk).totals == {"held": 1}
    (item,) = desk.waiting()
    assert desk.decide("reject", item["id"]).totals == {"dropped": 1}

    kiosk.put("/news", rss(rain, entry, later))

    assert sync(desk).totals == {"held": 1}
    assert waiting(desk) == {later.title}


def test_a_page_of_a_person_is_not_taken_for_ours(
    desk: Desk, kiosk: Kiosk, site: WordPress
) -> None:
    """It has the address that ours would have: it stays as it is, and the run tells why."""
    file = desk.directory / "config.toml"
    file.write_text(file.read_text().replace("[fetch]", "[review]\npage = true\n[fetch]"))
    fields = "'post_title' => 'Our reviews', 'post_content' => 'Mine.', 'post_status' => 'publish'"
    named = "'post_type' => 'page', 'post_name' => 'wp-sync-review'"
    wp_id = site.run_php(f"echo wp_insert_post([{fields}, {named}]);").strip()
    kiosk.put("/mixed", rss(story(91, "Cake")))

    answer = sync(desk)

    pages = site.sql("SELECT ID, post_content FROM wp_posts WHERE post_type = 'page'")
    assert [(str(row["ID"]), row["post_content"]) for row in pages] == [(wp_id, "Mine.")]
    assert (answer.code, answer.totals) == (0, {"held": 1})
    assert "another page with the address wp-sync-review" in answer.envelope["messages"][0]
    site.run_php(f"wp_delete_post({wp_id}, true);")


def test_a_draft_that_was_moved_is_approved_where_it_is_now(
    desk: Desk, kiosk: Kiosk, site: WordPress
) -> None:
    """The approval's own run sees the move: it is told once, and kept."""
    for name, rules in (("news", NEWS), ("golf", GOLF)):
        text = rules.replace("[post]\n", f'[post]\ncategory = "The {name}"\n')
        draft = text.replace('"publish"', '"draft"')
        (desk.directory / "mappings" / f"{name}.toml").write_text(draft)
    rain = story(101)
    wp_id, _ = make(desk, kiosk, rain)
    site.run_php(
        "$golf = wp_insert_term('The golf', 'category')['term_id'];"
        f"wp_update_post(['ID' => {wp_id}, 'post_category' => [$golf]]);"
    )

    answer = desk.decide("approve", wp_id)

    assert answer.outcomes("unchanged")[0]["reason"] == "moved to The golf by a person"
    assert answer.outcomes("updated")[0]["channel"] == "golf"
    assert sync(desk).totals == {}


def test_an_undone_post_that_is_approved_gets_its_terms_and_picture_again(
    desk: Desk, kiosk: Kiosk, site: WordPress
) -> None:
    """The undo deleted them for good; no other post of the site has a picture or has none."""
    site.run_php(
        "foreach (get_posts(['numberposts' => -1, 'post_status' => 'any,trash']) as $one)"
        " wp_delete_post($one->ID, true);"
    )
    news = NEWS.replace("[post]\n", '[post]\ncategory = "All the news"\ntags = ["wet"]\n')
    (desk.directory / "mappings" / "news.toml").write_text(news)
    image = kiosk.put("/rain.jpg", picture(33), "image/jpeg")
    wp_id, run = make(desk, kiosk, story(111, picture=image))
    undone = undo(desk, run)

    desk.decide("approve", wp_id)
    synced = sync(desk)

    assert undone.code == 0, undone.out
    assert synced.totals == {"updated": 1}
    named = f"wp_get_post_terms({wp_id}, ['category', 'post_tag'], ['fields' => 'names'])"
    found = site.run_php(f"echo implode('|', {named}), '|', has_post_thumbnail({wp_id});")
    assert sorted(found.split("|")) == ["1", "All the news", "wet"]
    assert sync(desk).totals == {}


def test_what_lost_its_letters_waits_for_a_person(
    desk: Desk, kiosk: Kiosk, site: WordPress
) -> None:
    """Nobody could read it; who knows better publishes it, and a sound post is not replaced."""
    rain = story(81)
    make(desk, kiosk, rain)
    torn = f"<p>{'Br�lage � l��cole. ' * 9}{LONG}</p>"
    kiosk.put("/news", rss(replace(rain, body=torn), story(82, body=torn)))

    held = sync(desk)
    (one,) = [told for told in held.outcomes("held") if told["title"] == "Rain 82"]
    approved = desk.decide("approve", one["url"])

    assert held.totals == {"held": 2}
    assert "characters were lost where the source decoded its text wrongly" in one["reason"]
    assert approved.totals == {"created": 1}
    assert posts(site, "Rain 82") == ["publish"]
    query = "SELECT post_content FROM wp_posts WHERE post_title = 'Rain 81'"
    assert ["�" in row["post_content"] for row in site.sql(query)] == [False]
