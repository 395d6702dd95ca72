"""What waits for a person: listed with its reason, approved or rejected, one by one or many."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from desk import Desk
from press import Kiosk, Story, open_kiosk, rss

from wp_sync.sandbox.wordpress import WordPress

SOURCE = (
    '[[sources]]\nname = "Example News"\nto = ["rain", "golf"]\nrights = "feed"\nlicence = "ours"\n'
)
# All of its stories have the same forty words.
LIMITS = '[safety]\nnew_per_feed = 6\n[duplicates]\nsame = "publish"\n'
RAIN = """
about = "rain, storm"
[post]
status = "publish"
category = "Weather & rain"
date = "approval"
draft_if = { words_below = 30, score_below = 0.0 }
[keep]
score = 0.5
"""
GOLF = """
about = "golf"
[post]
status = "draft"
category = "Golf"
draft_if = { score_below = 0.0 }
[keep]
score = 0.5
"""
LONG = " ".join(f"word{number}" for number in range(40))
SOUP = " ".join(f"spoon{number}" for number in range(80))  # like nothing that was approved before
STORIES = (
    Story(number=1, title="Rain in the west", body=f"<p>It rains. {LONG}</p>"),
    Story(number=2, title="Rain, in short", body="<p>It rains [caption]here[/caption].</p>"),
    Story(number=3, title="Golf on the lawn", body=f"<p>Golf. {LONG}</p>"),
    Story(number=4, title="A cake of carrots", body=f"<p>Flour and carrots. {LONG}</p>"),
    Story(number=5, title="A <b>bold</b> cake", body=f"<p>Flour and eggs. {LONG}</p>"),
    Story(number=6, title="Golf at dawn", body=f"<p>Golf again. {LONG}</p>"),
    Story(number=7, title="Rain and a cake", link="https://news.example/story-1", body=LONG),
)


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Kiosk]:
    with open_kiosk() as kiosk:
        yield kiosk


@pytest.fixture(scope="module")
def desk(site: WordPress, kiosk: Kiosk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Sync seven stories: one goes live, three become drafts, three are held."""
    password = site.users["editor"].application_password
    directory = tmp_path_factory.mktemp("desk")
    desk = Desk(directory=directory, site=site.url, password=password)
    feed = kiosk.put("/feed", rss(*STORIES))
    sources = f'{SOURCE}feeds = ["{feed}"]\nallow_private = ["{kiosk.place}"]\n'
    desk.write(sources, LIMITS + "[review]\npage = true\n", rain=RAIN, golf=GOLF)
    answer = desk.sync()
    assert answer.totals == {"created": 4, "held": 3}, answer.out
    return desk


def waiting(desk: Desk, *filters: str) -> dict[str, dict[str, Any]]:
    """Return what waits, by title."""
    return {one["title"]: one for one in desk.waiting(*filters)}


def posts_of(site: WordPress) -> dict[str, dict[str, Any]]:
    query = "SELECT * FROM wp_posts WHERE post_type = 'post' AND post_status != 'auto-draft'"
    return {row["post_title"]: row for row in site.sql(query)}


def page_of(site: WordPress) -> dict[str, Any]:
    (page,) = site.sql("SELECT * FROM wp_posts WHERE post_type = 'page'")
    return page


def test_the_list_holds_drafts_and_held_items_with_their_reasons(desk: Desk) -> None:
    """Each has a name to decide by, and the reason why it waits."""
    listed = waiting(desk)

    assert {title: one["kind"] for title, one in listed.items()} == {
        "Rain, in short": "draft",
        "Golf on the lawn": "draft",
        "Golf at dawn": "draft",
        "A cake of carrots": "held",
        "A bold cake": "held",
        "Rain and a cake": "held",
    }
    assert listed["Rain, in short"]["reason"] == "has only 3 words"
    assert listed["Golf on the lawn"]["reason"] == "its channel makes drafts"
    assert listed["A cake of carrots"]["reason"].startswith("fits no channel well enough")
    assert "the same address as Rain in the west" in listed["Rain and a cake"]["reason"]
    assert all(one["source"] == "Example News" for one in listed.values())


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        pytest.param(("--channel", "golf"), {"Golf on the lawn", "Golf at dawn"}, id="channel"),
        pytest.param(("--reason", "ONLY 3"), {"Rain, in short"}, id="words of the reason"),
        pytest.param(("--source", "Elsewhere"), set(), id="another source"),
    ],
)
def test_the_list_can_be_narrowed(desk: Desk, filters: tuple[str, ...], titles: set[str]) -> None:
    """By channel, source and reason."""
    assert waiting(desk, *filters).keys() == titles


def test_one_is_shown_with_its_text_and_opened_in_the_editor(desk: Desk, site: WordPress) -> None:
    """A draft as it is on the site, a held item as its feed gave it."""
    listed = waiting(desk)
    draft, held = listed["Golf on the lawn"], listed["A cake of carrots"]

    shown = desk.run("review", "show", draft["id"])
    item = desk.run("review", "show", held["id"], "--json").envelope["data"]
    opened = desk.run("review", "open", draft["id"], "--json").envelope["data"]

    assert "Golf. word0 word1" in shown.out
    assert "its channel makes drafts" in shown.out
    assert item["text"].startswith("Flour and carrots.")
    edit = f"{site.url}/wp-admin/post.php?post={draft['wp_id']}&action=edit"
    assert (draft["edit"], opened["address"]) == (edit, edit)


def test_a_private_page_lists_what_waits(desk: Desk, site: WordPress) -> None:
    """Admins see it, visitors do not; no markup of a feed is in it; one list is written once."""
    page = page_of(site)

    again = desk.sync()

    assert page["post_status"] == "private"
    assert page["post_name"] == "wp-sync-review"
    assert "has only 3 words" in page["post_content"]
    assert "Example News" in page["post_content"]
    assert f"post={waiting(desk)['Golf at dawn']['wp_id']}&amp;action=edit" in page["post_content"]
    assert "<b>bold" not in page["post_content"]
    assert again.totals == {}
    assert page_of(site) == page


def test_a_rehearsal_decides_nothing(desk: Desk, site: WordPress) -> None:
    """--dry-run shows the plan; the site and what waits stay as they are."""
    before, ids = posts_of(site), [one["id"] for one in waiting(desk).values()]

    approved = desk.decide("approve", "--dry-run", "--to", "golf", *ids)
    rejected = desk.decide("reject", "--dry-run", *ids)

    assert approved.totals == {"updated": 3, "created": 3}
    assert rejected.totals == {"trashed": 3, "dropped": 3}
    assert posts_of(site) == before
    assert [one["id"] for one in waiting(desk).values()] == ids


def test_an_approved_draft_goes_live_with_the_date_of_its_approval(
    desk: Desk, site: WordPress
) -> None:
    """Where the channel says so, the date is now and not the source's."""
    draft = waiting(desk)["Rain, in short"]

    answer = desk.decide("approve", draft["id"])

    post = posts_of(site)["Rain, in short"]
    published = datetime.fromisoformat(f"{post['post_date_gmt']}+00:00")
    assert (answer.code, answer.totals) == (0, {"updated": 1})
    assert post["post_status"] == "publish"
    assert datetime.now(UTC) - published < timedelta(minutes=2)
    assert "Rain, in short" not in waiting(desk)
    assert "Rain, in short" not in page_of(site)["post_content"]


def test_a_held_item_needs_a_channel(desk: Desk, site: WordPress) -> None:
    """Without one the answer names the choices; with one it is published there."""
    held = waiting(desk)["A cake of carrots"]

    refused = desk.decide("approve", held["id"])
    answer = desk.decide("approve", held["id"], "--to", "rain")

    post = posts_of(site)["A cake of carrots"]
    assert refused.code == 1
    assert refused.envelope["messages"] == [f"{held['id']}: say where it belongs: --to rain | golf"]
    assert answer.totals == {"created": 1}
    assert answer.outcomes("created")[0]["channel"] == "rain"
    assert post["post_status"] == "publish"


def test_what_shares_an_address_becomes_a_post_of_its_own(desk: Desk, site: WordPress) -> None:
    """A person said that it is another article: the first one stays as it is."""
    before = posts_of(site)["Rain in the west"]
    held = waiting(desk)["Rain and a cake"]

    answer = desk.decide("approve", held["id"], "--to", "rain")
    again = desk.sync("--allow", "all")

    posts = posts_of(site)
    assert answer.totals == {"created": 1}
    assert posts["Rain and a cake"]["ID"] != before["ID"]
    assert posts["Rain in the west"] == before
    assert again.totals == {}


def test_many_are_decided_only_when_asked_for(desk: Desk, site: WordPress) -> None:
    """--all wants a yes; nobody is there to say it, so nothing happens without --yes."""
    refused = desk.decide("approve", "--all", "--channel", "golf")
    nothing = desk.decide("approve")
    answer = desk.decide("approve", "--all", "--channel", "golf", "--yes")

    assert (refused.code, nothing.code) == (2, 2)
    assert "--yes" in refused.envelope["messages"][0]
    assert answer.totals == {"updated": 2}
    assert posts_of(site)["Golf at dawn"]["post_status"] == "publish"


def test_what_is_rejected_never_comes_again(desk: Desk, site: WordPress, kiosk: Kiosk) -> None:
    """A post goes to the trash, a held item away; neither comes again under another guid."""
    live, held = posts_of(site)["Golf at dawn"]["ID"], waiting(desk)["A bold cake"]["id"]

    answer = desk.decide("reject", str(live), held, "--because", "an advertisement")
    golf, cake = STORIES[5], STORIES[4]
    again = (
        Story(number=16, title=golf.title, body=golf.body, link=golf.address),
        Story(number=15, title=cake.title, body=cake.body),
    )
    kiosk.put("/feed", rss(*STORIES, *again))
    later = desk.sync("--allow", "all")

    assert answer.totals == {"trashed": 1, "dropped": 1}
    assert posts_of(site)["Golf at dawn"]["post_status"] == "trash"
    assert waiting(desk) == {}
    assert later.totals == {"dropped": 2}
    reasons = [one["reason"] for one in later.outcomes("dropped")]
    assert all("rejected by a person (an advertisement) on 20" in reason for reason in reasons)


def test_a_person_may_change_their_mind(desk: Desk, site: WordPress) -> None:
    """What was rejected can be approved: out of the trash, and followed again."""
    wp_id = posts_of(site)["Golf at dawn"]["ID"]

    answer = desk.decide("approve", str(wp_id))
    why = desk.run("why", str(wp_id)).out

    post = posts_of(site)["Golf at dawn"]
    assert answer.totals == {"updated": 1}
    assert (post["post_status"], "__trashed" in post["post_name"]) == ("publish", False)
    assert "rejected by a person" in why
    assert "approved by a person" in why


def test_what_is_live_already_is_not_approved_again(desk: Desk, site: WordPress) -> None:
    """Said, and nothing written; an unknown name is said too."""
    wp_id = posts_of(site)["Rain in the west"]["ID"]

    live = desk.decide("approve", str(wp_id))
    unknown, huge = desk.decide("approve", "987654"), desk.decide("approve", "9" * 20)

    assert (live.code, live.totals) == (1, {})
    assert "is on the site already" in live.envelope["messages"][0]
    assert (unknown.code, huge.code) == (1, 1)
    assert "nothing that waits is called '987654'" in unknown.envelope["messages"][0]


def test_a_limit_lets_what_was_approved_pass(desk: Desk, site: WordPress, kiosk: Kiosk) -> None:
    """Held by the flood limit; approved, it is made whatever the limit says."""
    kiosk.put(
        "/feed", rss(*(Story(number=n, title=f"Storm {n}", body=LONG) for n in range(30, 40)))
    )
    flood = desk.sync()
    held = [one["id"] for one in waiting(desk).values() if one["kind"] == "held"]

    answer = desk.decide("approve", *held)

    assert flood.totals == {"created": 6, "held": 4}
    assert answer.totals == {"created": 4}
    assert posts_of(site)["Storm 39"]["post_status"] == "publish"


def test_a_page_in_the_trash_stays_there(desk: Desk, site: WordPress, kiosk: Kiosk) -> None:
    """An admin does not want it: said in the run, and not made anew."""
    site.run_php(f"wp_trash_post({page_of(site)['ID']});")
    kiosk.put("/feed", rss(Story(number=50, title="Rain, briefly", body="<p>Wet.</p>")))

    answer = desk.sync("--allow", "all")

    assert page_of(site)["post_status"] == "trash"
    assert any("the review page is in the trash" in one for one in answer.envelope["messages"])


def test_an_undone_rejection_waits_again(desk: Desk, site: WordPress, kiosk: Kiosk) -> None:
    """Out of the trash, without a tombstone; a held item is there to be decided again."""
    stories = (
        Story(number=60, title="Golf for two", body=f"<p>Golf. {LONG} {LONG}</p>"),
        Story(number=61, title="Soup of leeks", body=f"<p>Leeks and cream. {SOUP}</p>"),
    )
    kiosk.put("/feed", rss(*stories))
    desk.sync("--allow", "all")
    golf, soup = (waiting(desk)[story.title]["id"] for story in stories)
    rejected = desk.decide("reject", golf, soup)

    undone = desk.run("undo", rejected.envelope["data"]["run"], "--yes", "--json")
    later = desk.sync("--allow", "all")

    assert undone.code == 0, undone.err
    assert posts_of(site)["Golf for two"]["post_status"] == "draft"
    assert {"Golf for two", "Soup of leeks"} <= waiting(desk).keys()
    assert later.totals == {}
