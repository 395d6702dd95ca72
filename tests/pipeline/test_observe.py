"""What an admin does in wp-admin is understood on the next run as the decision that it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from desk import Desk
from press import Kiosk, Story, open_kiosk, rss

from wp_sync.sandbox.wordpress import WordPress

SOURCE = '[[sources]]\nname = "Example News"\nto = ["news", "golf"]\notherwise = "news"\n'
RIGHTS = 'rights = "feed"\nlicence = "ours"\n'
NEWS = 'about = "rain"\n[post]\nstatus = "draft"\ncategory = "News & views"\n'
GOLF = 'about = "golf"\n[post]\nstatus = "draft"\ncategory = "Sports > Golf"\n'
LONG = " ".join(f"word{number}" for number in range(40))
# A site whose clock is three hours slow, and says so.
SLOW = """
header('Date: ' . gmdate('D, d M Y H:i:s', time() - 10800) . ' GMT');
add_filter('wp_insert_post_data', function ($data) {
    $data['post_modified_gmt'] = gmdate('Y-m-d H:i:s', time() - 10800);
    $data['post_modified'] = get_date_from_gmt($data['post_modified_gmt']);
    return $data;
});
"""
NUMBERS = range(1, 9)
PUBLISHED, TRASHED, MOVED, EDITED, DELETED, RESTORED, LEFT, PENDING = NUMBERS


def story(number: int, **more: Any) -> Story:  # noqa: ANN401
    usual = {"title": f"Rain {number}", "body": f"<p>Rain number {number}. {LONG}</p>"}
    return Story(number=number, **{**usual, **more})


def feed_of(kiosk: Kiosk, *stories: Story) -> None:
    kiosk.put("/feed", rss(*stories))


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Kiosk]:
    with open_kiosk() as kiosk:
        yield kiosk


@pytest.fixture(scope="module")
def desk(site: WordPress, kiosk: Kiosk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Bring eight drafts to the site."""
    directory = tmp_path_factory.mktemp("desk")
    password = site.users["editor"].application_password
    desk = Desk(directory=directory, site=site.url, password=password)
    feed_of(kiosk, *(story(number) for number in NUMBERS))
    place = f'feeds = ["{kiosk.url}/feed"]\nallow_private = ["{kiosk.place}"]\n'
    desk.write(SOURCE + RIGHTS + place, news=NEWS, golf=GOLF)
    desk.sync("--allow", "all")
    return desk


def post_of(site: WordPress, number: int) -> int:
    query = f"SELECT ID FROM wp_posts WHERE post_title = 'Rain {number}'"  # noqa: S608
    return int(site.sql(query)[0]["ID"])


def told(answer: Any, wp_id: int) -> str:  # noqa: ANN401
    """Say what a run told of a post."""
    outcomes = answer.envelope["data"]["outcomes"]
    return "; ".join(one["reason"] for one in outcomes if one["wp_id"] == wp_id)


def state_of(desk: Desk, number: int) -> str:
    story = desk.run("why", "--json", f"https://news.example/story-{number}").envelope["data"]
    return str(story["items"][0]["state"])


def test_each_deed_in_wp_admin_is_a_decision(desk: Desk, site: WordPress) -> None:
    """Published, trashed, moved, edited, deleted for good: each is told once, and kept."""
    ids = {number: post_of(site, number) for number in NUMBERS}
    site.run_php(
        f"wp_publish_post({ids[PUBLISHED]}); wp_trash_post({ids[TRASHED]});"
        f"wp_trash_post({ids[RESTORED]}); wp_delete_post({ids[DELETED]}, true);"
        f"wp_update_post(['ID' => {ids[EDITED]}, 'post_title' => 'An editor was here']);"
        f"wp_update_post(['ID' => {ids[PENDING]}, 'post_status' => 'pending']);"
        "$sports = wp_insert_term('Sports', 'category')['term_id'];"
        "$golf = wp_insert_term('Golf', 'category', ['parent' => $sports])['term_id'];"
        f"wp_set_post_categories({ids[MOVED]}, [$golf]);"
        f"wp_update_post(['ID' => {ids[MOVED]}]);"
    )

    first, second = desk.sync(), desk.sync()

    assert first.totals == {"unchanged": 2, "trashed": 3}
    assert told(first, ids[PUBLISHED]) == "published by a person"
    assert told(first, ids[TRASHED]) == "trashed by a person: it is not made again"
    assert told(first, ids[DELETED]) == "deleted for good by a person: it is not made again"
    assert told(first, ids[MOVED]) == "moved to Golf by a person"
    assert second.totals == {}
    assert [state_of(desk, number) for number in (TRASHED, DELETED)] == ["rejected", "rejected"]
    assert state_of(desk, PUBLISHED) == "published"


def test_what_was_trashed_does_not_come_again_by_another_name(
    desk: Desk, site: WordPress, kiosk: Kiosk
) -> None:
    """Neither under a new guid, nor at a new address, nor from another feed."""
    before = site.sql("SELECT count(*) AS n FROM wp_posts WHERE post_type = 'post'")
    again = story(TRASHED)
    moved = story(21, title=again.title, body=again.body)  # another guid, another address
    same_page = story(22, title="Rain at last", link=again.address)
    feed_of(kiosk, *(story(number) for number in NUMBERS), moved, same_page, story(23))

    answer = desk.sync("--allow", "all")

    assert answer.totals == {"created": 1, "dropped": 2}
    assert all("trashed by a person on" in one["reason"] for one in answer.outcomes("dropped"))
    after = site.sql("SELECT count(*) AS n FROM wp_posts WHERE post_type = 'post'")
    assert after[0]["n"] == before[0]["n"] + 1


@pytest.mark.parametrize("number", [TRASHED, DELETED])
def test_what_was_trashed_stays_away_whatever_its_source_changes(
    desk: Desk, site: WordPress, kiosk: Kiosk, number: int
) -> None:
    """A word of the text, its address, or its guid and a word: something tells what it is."""
    before = site.sql("SELECT count(*) AS n FROM wp_posts WHERE post_type = 'post'")
    old = story(number)
    little = old.body.replace("number", "No.")
    changes = (
        story(number, body=little),
        story(number, link=f"https://news.example/moved-{number}"),
        story(number, link=f"https://news.example/moved-{number}", body=little),
        story(40 + number, title=old.title, body=little, link=old.address),
        story(50 + number, title=old.title, body=old.body),
    )

    ends = []
    for one in changes:
        feed_of(kiosk, one)
        ends.append(desk.sync("--allow", "all").totals.keys() - {"dropped"})

    assert ends == [set()] * len(changes)
    assert site.sql("SELECT count(*) AS n FROM wp_posts WHERE post_type = 'post'") == before


def test_what_is_taken_out_of_the_trash_is_followed_again(
    desk: Desk, site: WordPress, kiosk: Kiosk
) -> None:
    """A person changed their mind: the tombstone is gone, and the source's changes arrive."""
    wp_id = post_of(site, RESTORED)
    site.run_php(f"wp_untrash_post({wp_id});")

    restored = desk.sync()
    feed_of(kiosk, story(RESTORED, body=f"<p>Rain again. {LONG}</p>"))
    followed = desk.sync("--allow", "all")

    assert told(restored, wp_id) == "taken out of the trash by a person"
    assert followed.outcomes("updated")[0]["wp_id"] == wp_id


def test_a_moved_post_follows_its_new_channel(desk: Desk, site: WordPress, kiosk: Kiosk) -> None:
    """The category that an admin chose stays when the source changes the text."""
    feed_of(kiosk, story(MOVED, body=f"<p>Rain on the green. {LONG}</p>"))

    answer = desk.sync("--allow", "all")

    wp_id = post_of(site, MOVED)
    terms = site.run_php(
        f"echo implode(',', wp_get_post_categories({wp_id}, ['fields' => 'names']));"
    )
    assert answer.outcomes("updated")[0]["channel"] == "golf"
    assert terms == "Golf"


def test_what_an_editor_published_is_not_made_a_draft(
    desk: Desk, site: WordPress, kiosk: Kiosk
) -> None:
    """The channel makes drafts; a published one stays live when its source changes."""
    feed_of(kiosk, story(PUBLISHED, body=f"<p>More rain. {LONG}</p>"))

    answer = desk.sync("--allow", "all")

    wp_id = post_of(site, PUBLISHED)
    assert answer.outcomes("updated")[0]["wp_id"] == wp_id
    assert site.run_php(f"echo get_post_status({wp_id});") == "publish"


def test_many_that_are_gone_at_once_are_no_decision(
    desk: Desk, site: WordPress, kiosk: Kiosk
) -> None:
    """A site that was put back from a backup lacks them; a person has to say that they went."""
    numbers = range(100, 112)
    feed_of(kiosk, *(story(number) for number in numbers))
    desk.sync("--allow", "all")
    ids = [post_of(site, number) for number in numbers]
    site.run_php(f"foreach ([{', '.join(map(str, ids))}] as $id) wp_delete_post($id, true);")

    unsure, sure = desk.sync(), desk.sync("--allow", "changes")

    assert unsure.totals == {}
    assert "12 posts of ours that waited are gone" in " ".join(unsure.envelope["messages"])
    assert sure.totals == {"trashed": 12}
    assert state_of(desk, 100) == "rejected"


@pytest.mark.parametrize("case", ["slow", "zone"])
def test_a_deed_is_seen_whatever_the_time_on_the_site(
    desk: Desk, site: WordPress, kiosk: Kiosk, case: str
) -> None:
    """Its clock is slow, or the deed was done before the site got a time zone further east."""
    number = {"slow": 201, "zone": 202}[case]
    plugin = site.add_mu_plugin("slow", SLOW) if case == "slow" else None
    site.run_php("update_option('timezone_string', 'Pacific/Pago_Pago');")
    feed_of(kiosk, story(number))
    desk.sync("--allow", "all")
    wp_id = post_of(site, number)
    site.run_php(f"wp_publish_post({wp_id}); wp_update_post(['ID' => {wp_id}]);")
    desk.sync()
    site.run_php(f"wp_trash_post({wp_id});")
    if plugin is None:
        site.run_php("update_option('timezone_string', 'Pacific/Kiritimati');")

    answer = desk.sync()

    if plugin:
        plugin.unlink()
    assert told(answer, wp_id) == "trashed by a person: it is not made again"
