"""What persons decide teaches where articles belong: in wp-admin, in `review`, by posts."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from desk import Desk
from press import Kiosk, Story, open_kiosk, rss

from wp_sync.sandbox.wordpress import WordPress

SOURCE = '[[sources]]\nname = "Example News"\nto = ["golf", "ice"]\notherwise = "hold"\n'
RIGHTS = 'rights = "feed"\nlicence = "ours"\n'
GOLF = 'about = "golf"\n[post]\nstatus = "publish"\ncategory = "Golf"\n[keep]\nscore = 0.4\n'
ICE = 'about = "hockey"\n[post]\nstatus = "publish"\ncategory = "Ice"\n[keep]\nscore = 0.4\n'
WORDS = " ".join(f"word{number}" for number in range(40))
MOVED = range(1, 9)
TRASHED, APPROVED, REJECTED, LATER = 20, 21, 22, 30


def curling(number: int) -> Story:
    """Tell of curling, of which the descriptions know nothing but the golf club it is played in."""
    text = f"<p>The golf club's sheet {number} is swept. {WORDS}</p>"
    return Story(number=number, title=f"Curling stones, skips and sweepers {number}", body=text)


def cake(number: int) -> Story:
    return Story(number=number, title=f"A carrot cake {number}", body=f"<p>Bake it. {WORDS}</p>")


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Kiosk]:
    with open_kiosk() as kiosk:
        yield kiosk


@pytest.fixture(scope="module")
def desk(site: WordPress, kiosk: Kiosk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Bring articles on curling to the site, in the wrong channel; hold two cakes."""
    directory = tmp_path_factory.mktemp("desk")
    password = site.users["editor"].application_password
    desk = Desk(directory=directory, site=site.url, password=password)
    stories = [*map(curling, MOVED), curling(TRASHED), cake(APPROVED), cake(REJECTED)]
    kiosk.put("/feed", rss(*stories))
    place = f'feeds = ["{kiosk.url}/feed"]\nallow_private = ["{kiosk.place}"]\n'
    desk.write(SOURCE + RIGHTS + place, golf=GOLF, ice=ICE)
    desk.sync("--allow", "all")
    return desk


def ask(site: WordPress, method: str, route: str, **values: Any) -> Any:  # noqa: ANN401
    """Do something as an admin of the site does."""
    admin = site.users["admin"]
    answer = requests.request(
        method,
        f"{site.url}/?rest_route=/wp/v2/{route}",
        auth=(admin.login, admin.application_password),
        json=values,
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()


def post_of(site: WordPress, number: int) -> int:
    title = curling(number).title
    query = f"SELECT ID FROM wp_posts WHERE post_title = '{title}'"  # noqa: S608
    return int(site.sql(query)[0]["ID"])


def why(desk: Desk, number: int) -> dict[str, Any]:
    answer = desk.run("why", "--json", f"https://news.example/story-{number}")
    return dict(answer.envelope["data"])


def lesson_of(desk: Desk, number: int) -> list[tuple[str, bool, str]]:
    return [
        (one["channel"], one["against"], one["teaching"]) for one in why(desk, number)["lessons"]
    ]


def test_what_an_admin_does_is_a_lesson_for_the_next_run(
    desk: Desk, site: WordPress, kiosk: Kiosk
) -> None:
    """Moved to another channel's category, or trashed: the next article goes where these went."""
    before = why(desk, MOVED[0])
    ice = ask(site, "POST", "categories", name="Ice")["id"]
    for number in MOVED:
        ask(site, "POST", f"posts/{post_of(site, number)}", categories=[ice])
    ask(site, "DELETE", f"posts/{post_of(site, TRASHED)}")
    kiosk.put("/feed", rss(curling(LATER)))

    answer = desk.sync("--allow", "all")

    (made,) = answer.outcomes("created")
    story = why(desk, LATER)
    told = story["judged"][0]["explained"]
    assert before["items"][0]["channel"] == before["judged"][0]["channel"] == "golf"
    assert made["channel"] == "ice"
    assert "learned from 9 decisions; the words that counted: " in told
    assert "curling" in told
    assert lesson_of(desk, MOVED[0]) == [("ice", False, "moved")]
    assert lesson_of(desk, TRASHED) == [("golf", True, "trashed")]
    assert lesson_of(desk, LATER) == []


def test_why_says_in_words_what_was_learned(desk: Desk) -> None:
    """For people, on the terminal."""
    later = desk.run("why", f"https://news.example/story-{LATER}").out
    moved = desk.run("why", f"https://news.example/story-{MOVED[0]}").out

    assert "judged by its words: for Ice " in later
    assert "learned from 9 decisions; the words that counted: " in later
    assert "a lesson for topics: belongs in ice (moved by a person on the site)" in moved


def test_a_word_taken_back_is_no_lesson(desk: Desk, site: WordPress) -> None:
    """Out of the trash again: it was none."""
    ask(site, "POST", f"posts/{post_of(site, TRASHED)}", status="draft")

    desk.sync()

    assert lesson_of(desk, TRASHED) == []


def test_review_teaches(desk: Desk) -> None:
    """An approval with a channel, and a rejection of what was in none."""
    listed = desk.run("review", "list", "--json").envelope["data"]["waiting"]
    ids = {one["title"]: one["id"] for one in listed}

    approved = desk.run("review", "approve", "--to", "golf", ids[cake(APPROVED).title])
    rejected = desk.run("review", "reject", ids[cake(REJECTED).title], "--because", "a cake")

    assert (approved.code, rejected.code) == (0, 0)
    assert lesson_of(desk, APPROVED) == [("golf", False, "approved")]
    assert lesson_of(desk, REJECTED) == [("", False, "rejected")]


def test_a_rehearsal_teaches_nothing(desk: Desk, site: WordPress) -> None:
    """A dry run looks, and takes nothing as a decision."""
    wp_id = post_of(site, LATER)
    ask(site, "DELETE", f"posts/{wp_id}")

    desk.sync("--dry-run")
    rehearsed = lesson_of(desk, LATER)
    desk.sync()

    assert rehearsed == []
    assert lesson_of(desk, LATER) == [("ice", True, "trashed")]


def test_the_sites_own_posts_are_learned_from(desk: Desk, site: WordPress) -> None:
    """Those that others put into one channel's category; not ours, not in both, not drafts."""
    terms = {one["name"]: one["id"] for one in ask(site, "GET", "categories")}
    ice, golf = terms["Ice"], terms["Golf"]
    for name, status, categories in (
        ("Luge in the valley", "publish", [ice]),
        ("Bobsleigh on the hill", "publish", [ice]),
        ("Polo in the park", "publish", [golf]),
        ("Everything at once", "publish", [golf, ice]),
        ("Not ready", "draft", [golf]),
        ("In neither", "publish", []),
    ):
        ask(site, "POST", "posts", title=name, content="So.", status=status, categories=categories)

    rehearsed = desk.run("topics", "train", "--dry-run", "--json").envelope["data"]
    before = desk.run("topics", "list", "--json").envelope["data"]
    trained = desk.run("topics", "train", "--json").envelope["data"]
    again = desk.run("topics", "train", "--json").envelope["data"]
    after = desk.run("topics", "list", "--json").envelope["data"]

    assert rehearsed["lessons"] == trained["lessons"] == again["lessons"] == {"golf": 1, "ice": 2}
    assert after["decisions"] == again["decisions"] == before["decisions"] + 3
    of_ice = next(one for one in after["topics"] if one["channel"] == "ice")
    assert of_ice["lessons"] == {"moved": len(MOVED), "site": 2}
    assert of_ice["lessons_against"] == {"trashed": 1}
    assert "curling" in of_ice["learned"]
