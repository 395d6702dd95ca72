"""What others made is recognised: the ways in their order, and what is done where they disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from office import NOON, make_post

from wp_sync.model import Adopt, Create, ItemKey, Skip
from wp_sync.pipeline.census import CENSUS
from wp_sync.publish.memory import MemoryTarget
from wp_sync.publish.plan import make_plan
from wp_sync.publish.target import FORBIDDEN

if TYPE_CHECKING:
    from office import Office

    from wp_sync.model import Change, Post

ARTICLE = make_post(title="Council votes on the new bridge", published=NOON)


def put(office: Office, **values: Any) -> int:  # noqa: ANN401
    """Make a post as others do."""
    usual = {"title": ARTICLE.title, "body": "<p>Theirs.</p>", "status": "publish", "date": NOON}
    return MemoryTarget.create_post(office.site, usual | values).wp_id


def change_for(office: Office, post: Post = ARTICLE) -> Change:
    (change,) = office.plan(post)[0].changes
    return change


def test_an_adopted_post_is_not_written_to(office: Office) -> None:
    """No term, no picture, no field; the source's later changes leave it as it is, too."""
    wp_id = put(office)
    before = dict(office.site.posts)

    (outcome,) = office.run(ARTICLE)
    (later,) = office.run(replace(ARTICLE, body="<p>Corrected.</p>", tags=("Other",)))

    assert (outcome.status, outcome.wp_id) == ("unchanged", wp_id)
    assert later.reason.startswith("edited on the site")
    assert office.site.posts == before
    assert office.site.asked == []
    assert office.fetched == []


def test_a_key_wins_over_a_new_headline(office: Office) -> None:
    """The importer's key has tracking parameters; the reason tells whose it is."""
    wp_id = put(office, title="An editor's", date=NOON - timedelta(days=300))
    office.site.keys[wp_id] = {"feedzy_item_url": f"{ARTICLE.source_url}?utm_source=rss"}

    change = change_for(office)

    assert isinstance(change, Adopt)
    assert change.reason.startswith(f"already on the site as post {wp_id}: Feedzy's own key")


def test_a_key_that_names_no_article_recognises_none(office: Office) -> None:
    """Two posts with one key and neither title is ours: both are named."""
    ids = [put(office, title=f"Story {n}") for n in (1, 2)]
    for wp_id in ids:
        office.site.keys[wp_id] = {"feedzy_item_url": ARTICLE.source_url}
    home = put(office, title="Story 3")
    office.site.keys[home] = {"echo_post_url": "https://news.example/"}

    change = change_for(office)

    assert isinstance(change, Skip)
    assert change.status == "held"
    assert f"posts {ids[0]}, {ids[1]} on the site" in change.reason
    assert str(home) not in change.reason.partition(" on ")[0]


def test_of_an_importers_doubles_the_one_in_use_is_adopted(office: Office) -> None:
    """The other was thrown away, and stays there."""
    thrown, kept = put(office), put(office)
    for wp_id in (thrown, kept):
        office.site.keys[wp_id] = {"wpe_sourcepermalink": ARTICLE.source_url}
    office.trash(thrown)

    change = change_for(office)

    assert isinstance(change, Adopt)
    assert change.found.wp_id == kept


def test_what_an_importer_made_and_an_admin_trashed_is_not_made_again(office: Office) -> None:
    """By its title and date too."""
    wp_id = put(office)
    office.trash(wp_id)

    (outcome,) = office.run(ARTICLE)

    assert (outcome.status, outcome.wp_id) == ("unchanged", wp_id)
    assert "in the trash: stays there" in outcome.reason
    assert len(office.site.posts) == 1


def test_a_person_can_say_that_it_is_another_article(office: Office) -> None:
    """Then it is made; what is certain is taken over all the same."""
    put(office, date=NOON + timedelta(hours=10), body="<p></p>", title="Rain")
    doubted = replace(ARTICLE, title="Rain")
    _, state = office.plan(doubted)
    wanted = replace(doubted, approved=True)

    (held,), (made,) = (make_plan([one], {}, state).changes for one in (doubted, wanted))

    assert isinstance(held, Skip)
    assert "wp-sync review approve" in held.reason
    assert isinstance(made, Create)
    assert "as a person said" in made.reason


def test_two_articles_of_one_run_do_not_take_one_post(office: Office) -> None:
    """The second waits, and is a repeat once the first is known."""
    wp_id = put(office, title="Other")
    office.site.keys[wp_id] = {"feedzy_item_url": ARTICLE.source_url}
    twin = make_post(2, key=ItemKey("https://two.example/feed", "x"), source_url=ARTICLE.source_url)

    first, second = office.plan(ARTICLE, twin)[0].changes
    office.run(ARTICLE)
    later = change_for(office, twin)

    assert isinstance(first, Adopt)
    assert isinstance(second, Skip)
    assert isinstance(later, Skip)
    assert (second.status, later.status) == ("held", "dropped")


def test_the_keys_are_read_once(office: Office) -> None:
    """A run asks only for what came since; one with nothing new asks for nothing."""
    asked: list[int] = []
    read = office.site.read_keys

    def watched(after: int = 0) -> Any:  # noqa: ANN401
        asked.append(after)
        return read(after)

    office.site.read_keys = watched  # type: ignore[method-assign]
    first = put(office, title="One")
    office.run(ARTICLE)
    office.run(ARTICLE)
    office.run(make_post(2))
    second = put(office, title="Two")
    office.run(make_post(3))

    assert asked == [first - 1, second - 1]


def test_a_census_of_another_form_is_taken_anew(office: Office) -> None:
    """An older wp-sync kept less."""
    wp_id = put(office)
    office.ledger.meta.set(CENSUS + office.address, '{"through":0,"others":{"1":""}}')

    assert isinstance(change_for(office), Adopt)
    assert f'"{wp_id}":' in office.ledger.meta.get(CENSUS + office.address)


def test_a_title_that_was_changed_since_is_no_longer_ours(office: Office) -> None:
    """The census may be older than the post."""
    wp_id = put(office)
    office.run(make_post(2))
    office.edit(wp_id, title="Something else", slug="something-else")

    assert isinstance(change_for(office), Create)


def test_a_post_that_we_may_not_read_is_not_made_again(office: Office) -> None:
    """An author sees of others' posts that they are there: a person decides."""
    short = replace(ARTICLE, title="Rain")
    wp_id = put(office, title="Rain")
    post = office.site.posts[wp_id]
    office.site.read_posts = lambda _: (  # type: ignore[assignment,method-assign]
        replace(post, status=FORBIDDEN, values={}),
    )

    change = change_for(office, short)

    assert isinstance(change, Skip)
    assert f"post {wp_id} on the site" in change.reason
