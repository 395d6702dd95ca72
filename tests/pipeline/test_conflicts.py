"""The source and an editor changed the same field: the editor's stays, and a person settles it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from desk import Desk
from press import Kiosk, Story, open_kiosk, picture, rss
from track import save_as_admin
from watching_proxy import Traffic, watch

from wp_sync.sandbox.wordpress import WordPress, start_wordpress

if TYPE_CHECKING:
    from collections.abc import Iterator


NEWS = '[post]\nstatus = "publish"\ncategory = "News"\n'
LONG = " ".join(f"word{number}" for number in range(40))


@dataclass(slots=True)
class Newsroom:
    """A site behind a proxy, its desk, and a feed of two stories."""

    site: WordPress
    traffic: Traffic
    desk: Desk
    kiosk: Kiosk
    stories: dict[int, Story] = field(default_factory=dict)

    def publish(self, number: int, **values: str) -> None:
        """Change a story at its source."""
        before = self.stories.get(number, Story(number=number, body=f"<p>Rain. {LONG}</p>"))
        self.stories[number] = replace(before, **values)  # type: ignore[arg-type]
        self.kiosk.put("/feed", rss(*self.stories.values()))

    def post(self, wp_id: int) -> dict[str, Any]:
        (row,) = self.site.sql(f"SELECT * FROM wp_posts WHERE ID = {wp_id}")  # noqa: S608
        return row

    def conflicts(self) -> dict[str, dict[str, Any]]:
        """List what waits as a conflict, by field."""
        return {one["field"]: one for one in self.desk.waiting() if one["kind"] == "conflict"}


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """Share one site: the tests go on where the one before ended."""
    with start_wordpress(empty=True) as site, watch(site) as traffic, open_kiosk() as kiosk:
        password = site.users["editor"].application_password
        place = tmp_path_factory.mktemp("desk")
        # Without the lock, which would refuse what is restored here.
        desk = Desk(directory=place, site=traffic.url, password=password, lock="off")
        desk.write(kiosk.source(), "[review]\npage = true\n", news=NEWS)
        room = Newsroom(site, traffic, desk, kiosk)
        room.publish(1, title="Rain")
        room.publish(2, title="Wind")
        room.desk.sync("--allow", "all")
        yield room


@pytest.fixture(scope="module")
def wp_id(newsroom: Newsroom) -> int:
    query = "SELECT ID FROM wp_posts WHERE post_title = 'Rain' AND post_type = 'post'"
    return int(newsroom.site.sql(query)[0]["ID"])


def test_a_conflict_is_told_and_listed_with_both_values(newsroom: Newsroom, wp_id: int) -> None:
    """In the outcome, in the list, on the site's page, in status and history; the rest arrives."""
    save_as_admin(newsroom.site, wp_id, title="Rain, says an editor", tags=[])
    newsroom.publish(1, title="Rain at last", body=f"<p>It rains. {LONG}</p>")

    answer = newsroom.desk.sync()

    (outcome,) = answer.outcomes("updated")
    (page,) = newsroom.site.sql("SELECT post_content FROM wp_posts WHERE post_type = 'page'")
    one = newsroom.conflicts()["title"]
    runs = newsroom.desk.run("history", "--json").envelope["data"]["runs"]
    assert answer.code == 0
    assert "kept: title (a conflict: wp-sync review list)" in outcome["reason"]
    assert newsroom.post(wp_id)["post_title"] == "Rain, says an editor"
    assert "It rains." in newsroom.post(wp_id)["post_content"]
    assert (one["ours"], one["theirs"]) == ("Rain at last", "Rain, says an editor")
    assert one["id"] in page["post_content"]
    assert "Rain at last" in page["post_content"]
    assert newsroom.desk.run("status", "--json").envelope["data"]["conflicts"] == 1
    assert runs[0]["conflicts"] == 1
    assert "Rain at last" in newsroom.desk.run("review", "show", one["id"]).out


def test_all_that_waits_is_not_all_conflicts(newsroom: Newsroom, wp_id: int) -> None:
    """Neither --all nor the post's number settles one: only its own name, or its reason."""
    approved = newsroom.desk.decide("approve", "--all", "--yes")
    asked = newsroom.desk.decide("approve", "--all", "--reason", "conflict", "--dry-run")
    named = newsroom.desk.decide("approve", str(wp_id))

    assert approved.totals == {}
    assert asked.totals == {"updated": 1}
    assert "is on the site already" in named.envelope["messages"][0]
    assert newsroom.conflicts().keys() == {"title"}


def test_the_editors_value_is_kept_for_good(newsroom: Newsroom, wp_id: int) -> None:
    """Told again only when the source changes that field again."""
    answer = newsroom.desk.decide("reject", newsroom.conflicts()["title"]["id"])
    newsroom.publish(1, body=f"<p>It pours. {LONG}</p>")
    other = newsroom.desk.sync().outcomes("updated")[0]
    quiet = newsroom.conflicts()
    newsroom.publish(1, title="Rain for good")
    again = newsroom.desk.sync().outcomes("unchanged")[0]

    assert (answer.code, answer.totals) == (0, {"unchanged": 1})
    assert other["reason"].endswith("edited on the site and kept: title")
    assert quiet == {}
    assert again["reason"].endswith("kept: title (a conflict: wp-sync review list)")
    assert newsroom.conflicts()["title"]["ours"] == "Rain for good"
    assert newsroom.post(wp_id)["post_status"] == "publish"


def test_the_sources_value_is_written_and_followed_again(newsroom: Newsroom, wp_id: int) -> None:
    """If nobody has saved since; the next change of the source arrives, too."""
    before = newsroom.conflicts()["title"]["id"]
    save_as_admin(newsroom.site, wp_id, title="Rain, says another")
    newsroom.desk.sync()
    moved = newsroom.conflicts()["title"]

    answer = newsroom.desk.decide("approve", moved["id"])
    written = newsroom.post(wp_id)["post_title"]
    newsroom.publish(1, title="Rain, followed")
    newsroom.desk.sync()

    assert (moved["id"], moved["theirs"]) == (before, "Rain, says another")
    assert answer.totals == {"updated": 1}
    assert written == "Rain for good"
    assert newsroom.post(wp_id)["post_title"] == "Rain, followed"
    assert newsroom.conflicts() == {}


def test_an_edit_that_is_set_back_follows_without_a_word(newsroom: Newsroom, wp_id: int) -> None:
    """The source's value arrives by the next run, although the source is silent."""
    save_as_admin(newsroom.site, wp_id, title="Mine")
    newsroom.publish(1, title="Rain, once more")
    newsroom.desk.sync()
    save_as_admin(newsroom.site, wp_id, title="Rain, followed")

    newsroom.desk.sync()

    assert newsroom.post(wp_id)["post_title"] == "Rain, once more"
    assert newsroom.conflicts() == {}


def test_terms_that_are_gone_are_made_by_the_next_sync(newsroom: Newsroom, wp_id: int) -> None:
    """A value that needs something made is not written by the order itself."""
    save_as_admin(newsroom.site, wp_id, categories=[1])
    channel = NEWS.replace("News", "Latest news")
    (newsroom.desk.directory / "mappings/news.toml").write_text(channel)
    newsroom.publish(1, body=f"<p>Hail. {LONG}</p>")
    newsroom.desk.sync()

    answer = newsroom.desk.decide("approve", newsroom.conflicts()["categories"]["id"])
    newsroom.desk.sync()

    names = f"implode(',', wp_get_post_categories({wp_id}, ['fields' => 'names']))"
    assert "comes with the next sync: categories" in answer.outcomes("unchanged")[0]["reason"]
    assert newsroom.site.run_php(f"echo {names};") == "Latest news"
    assert newsroom.conflicts() == {}


def test_a_value_that_comes_later_replaces_only_what_the_person_has_seen(
    newsroom: Newsroom, wp_id: int
) -> None:
    """Saved again between the list and the order, the editor's text stays, and is a conflict."""
    save_as_admin(newsroom.site, wp_id, content="<p>Seen.</p>")
    image = newsroom.kiosk.put("/fog.jpg", picture(4), "image/jpeg")
    newsroom.publish(1, body=f"<p>Fog. {LONG}</p><img src='{image}'/><p>{LONG}</p>")
    newsroom.desk.sync()
    seen = newsroom.conflicts()["body"]
    save_as_admin(newsroom.site, wp_id, content="<p>Not seen.</p>")

    answer = newsroom.desk.decide("approve", seen["id"])
    newsroom.desk.sync()

    told = "changed on the site since, and kept: body"
    assert told in answer.outcomes("unchanged")[0]["reason"]
    assert newsroom.post(wp_id)["post_content"] == "<p>Not seen.</p>"
    assert newsroom.conflicts()["body"]["theirs"] == "<p>Not seen.</p>"
    newsroom.desk.decide("approve", newsroom.conflicts()["body"]["id"])
    newsroom.desk.sync()
    assert "Fog." in newsroom.post(wp_id)["post_content"]


def test_a_save_at_the_same_moment_is_restored_and_the_run_tells(
    newsroom: Newsroom, wp_id: int
) -> None:
    """In a message, in the outcome, and by its exit code; the field is a conflict now."""
    saves = ["Mine, meanwhile"]

    def save(_: int) -> None:
        if saves and newsroom.traffic.writes[-1][1].split("?")[0].endswith(f"/posts/{wp_id}"):
            save_as_admin(newsroom.site, wp_id, title=saves.pop())

    newsroom.traffic.on_write = save
    newsroom.publish(1, title="Rain, at the same moment", body=f"<p>Snow. {LONG}</p>")

    answer = newsroom.desk.sync()

    newsroom.traffic.on_write = lambda _: None
    told = "an editor (admin) saved at the same moment: their title was restored"
    assert (answer.code, answer.envelope["status"]) == (1, "partial")
    assert told in " ".join(answer.envelope["messages"])
    assert told in answer.outcomes("updated")[0]["reason"]
    assert newsroom.post(wp_id)["post_title"] == "Mine, meanwhile"
    assert "Snow." in newsroom.post(wp_id)["post_content"]
    assert newsroom.conflicts()["title"]["ours"] == "Rain, at the same moment"


def test_a_site_without_revisions_is_told_once(newsroom: Newsroom) -> None:
    """Two updates that nobody can verify are one message, and no failure."""
    newsroom.site.add_mu_plugin("none", "add_filter('wp_revisions_to_keep', fn() => 0);")
    newsroom.site.run_php(
        "$all = ['post_type' => 'revision', 'post_status' => 'any', 'numberposts' => -1];"
        "foreach (get_posts($all) as $one) { wp_delete_post($one->ID, true); }"
    )
    newsroom.publish(1, body=f"<p>Sun. {LONG}</p>")
    newsroom.publish(2, body=f"<p>Sun. {LONG}</p>")

    answer = newsroom.desk.sync()

    messages = [one for one in answer.envelope["messages"] if "keeps no revisions" in one]
    assert (answer.code, answer.totals) == (0, {"updated": 2})
    assert len(messages) == 1
