"""Labels of feeds x what is known -> tags for posts, and a queue for persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from office import make_post

from wp_sync.config.channels import Channel, PostRules, TermRules
from wp_sync.mapping.labels import Settled, names_in, settle_labels
from wp_sync.mapping.names import Names
from wp_sync.mapping.terms import Vocabulary, read_labels, tags_named
from wp_sync.model import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wp_sync.model import Post

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SITE = ("Hockey", "Running", "Québec", "Rock & Roll", "Sports, other")


def post_with(*labels: str, number: int = 1, tags: tuple[str, ...] = ("Example News",)) -> Post:
    return make_post(number, labels=labels, tags=tags)


def settle(
    posts: Iterable[Post],
    known: Mapping[str, Label] | None = None,
    **rules: Any,  # noqa: ANN401
) -> Settled:
    """Settle labels before a site with a few tags."""
    vocabulary = Vocabulary(Names(SITE), known or {})
    return settle_labels(tuple(posts), {"news": TermRules(**rules)}, vocabulary, NOON)


def tags_of(
    *labels: str,
    known: Mapping[str, Label] | None = None,
    **rules: Any,  # noqa: ANN401
) -> tuple[str, ...]:
    (post,) = settle([post_with(*labels)], known, **rules).posts
    return post.tags[1:]


def said(name: str, word: Any, target: str = "", **values: Any) -> dict[str, Label]:  # noqa: ANN401
    """Let a person have decided about a label."""
    label = Label(name=name, first=NOON, last=NOON, word=word, target=target, **values)
    return {name: label}


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        pytest.param(["a b; c d"], ("a b", "c d"), id="semicolon"),
        pytest.param(["a b, c d"], ("a b", "c d"), id="comma"),
        pytest.param(["News/Hockey"], ("News", "Hockey"), id="slash"),
        pytest.param(["Sports > Ice"], ("Sports", "Ice"), id="path"),
        pytest.param(["Sports &amp;gt; Ice"], ("Sports", "Ice"), id="path, escaped twice"),
        pytest.param(["AC/DC", "R&B"], ("AC/DC", "R&B"), id="names with a slash and an ampersand"),
        pytest.param(["Sports, other"], ("Sports, other",), id="known as a whole"),
        pytest.param(["Run", "run", "RUN "], ("Run",), id="repeated"),
        pytest.param(["#golf", '"Golf"'], ("golf",), id="hash and quotes"),
        pytest.param(["&lt;b onclick=x&gt;Golf&lt;/b&gt;"], ("Golf",), id="escaped markup"),
        pytest.param(["Go\0lf\u202e", "\u2066golf"], ("Golf",), id="NUL and bidi controls"),
        pytest.param(["", "!!!", "\U0001f3d2", "2026", "\u200b"], (), id="nothing to read"),
        pytest.param(["x" * 300, "&" * 90 + "x"], (), id="too long, also when it is escaped"),
        pytest.param(["\ud800Golf"], ("Golf",), id="half a character"),
        pytest.param(
            ["Save 50%ab today"], ("Save 50 today",), id="an octet, which WordPress drops"
        ),
    ],
)
def test_names_are_read(labels: list[str], names: tuple[str, ...]) -> None:
    """Whatever a feed does to them."""
    assert read_labels(labels, lambda whole: whole == "Sports, other") == names


def test_very_many_labels_are_too_many() -> None:
    """An article with thousands has a few dozen that are looked at."""
    names = read_labels((f"Label x{number}, y{number}" for number in range(5_000)), lambda _: False)

    assert len(names) == 40


def test_a_label_is_not_taken_apart_where_nobody_wants_it() -> None:
    assert read_labels(["a b, c d"], lambda _: False, split=False) == ("a b, c d",)


@pytest.mark.parametrize(
    ("label", "tags"),
    [
        pytest.param("hockey", ("Hockey",), id="the site's spelling"),
        pytest.param("QUEBEC", ("Québec",), id="accents"),
        pytest.param("Rock &amp; Roll", ("Rock & Roll",), id="entities"),
        pytest.param("example news", (), id="a tag that the mapping gives anyway"),
        pytest.param("Parkour", (), id="unknown"),
        pytest.param("Runing", (), id="near"),
    ],
)
def test_a_label_becomes_a_tag_that_is_there(label: str, tags: tuple[str, ...]) -> None:
    """None is made that nobody asked for."""
    assert tags_of(label) == tags


def test_labels_mean_what_the_mapping_says() -> None:
    """A synonym's tag is made when it is missing; what is ignored asks nobody."""
    post = post_with("nhl", "Vélo", "TOP STORIES", "Hockey")

    settled = settle([post], synonyms={"NHL": "hockey", "Velo": "Cycling"}, ignore=("Top stories",))

    assert settled.posts[0].tags == ("Example News", "Hockey", "Cycling")
    assert settled.labels == ()


@pytest.mark.parametrize(
    ("known", "tags"),
    [
        pytest.param(said("nhl", "mapped", "Hockey"), ("Hockey",), id="mapped"),
        pytest.param(said("nhl", "mapped", "Ice"), ("Ice",), id="mapped to a new one"),
        pytest.param(said("nhl", "accepted", spellings={"NHL": 2}), ("NHL",), id="accepted"),
        pytest.param(said("nhl", "accepted", "N.H.L."), ("N.H.L.",), id="in a spelling"),
        pytest.param(said("nhl", "ignored"), (), id="ignored"),
    ],
)
def test_a_persons_word_wins(known: dict[str, Label], tags: tuple[str, ...]) -> None:
    """Over the mapping's, too."""
    assert tags_of("NHL", known=known, synonyms={"NHL": "Golf"}) == tags


def test_at_most_so_many_labels_become_tags() -> None:
    """Those that the feed names first; the mapping's own do not count."""
    assert tags_of("Québec", "Running", "Hockey", most=2) == ("Québec", "Running")


def test_unknown_labels_are_counted_by_articles() -> None:
    """One article counts once, however often it comes; most writers give the spelling."""
    first = settle([post_with("parkour"), post_with("Parkour", number=2)])
    known = {one.name: one for one in first.labels}
    again = settle([post_with("parkour"), post_with("Parkour", number=3)], known)

    (label,) = again.labels
    assert (label.name, label.spelling, label.articles) == ("parkour", "Parkour", 3)
    assert (label.standing, label.word, len(label.feeds)) == ("unknown", "", 1)
    assert label.url == "https://news.example/rain-3"
    assert settle([post_with("parkour")], known).labels == ()


def test_articles_of_a_decided_label_are_counted_further() -> None:
    """So that a person sees how much a word of theirs changes."""
    known = said("curling", "ignored", articles=3)

    settled = settle([post_with("Curling")], known)

    assert [(one.name, one.articles) for one in settled.labels] == [("curling", 4)]


def test_a_label_that_is_the_mappings_tag_is_there_once() -> None:
    """Whatever its case: the tag stays as the mapping writes it."""
    (post,) = settle([post_with("HOCKEY", tags=("Example News", "Hockey"))]).posts

    assert post.tags == ("Example News", "Hockey")


def test_a_near_double_is_asked_about() -> None:
    """Also where new tags may be made, and however many articles have it."""
    posts = [post_with("Runing", number=number) for number in range(9)]

    settled = settle(posts, new="make", minimum=2)

    assert {post.tags for post in settled.posts} == {("Example News",)}
    (label,) = settled.labels
    assert (label.near, label.standing, settled.made) == ("Running", "near", ())


def test_a_tag_is_made_when_enough_articles_have_it() -> None:
    """All of these get it, the first ones too; a near double among the new ones waits."""
    posts = [
        post_with(label, number=n) for n, label in enumerate(["Parkour"] * 3 + ["Parkours"] * 2)
    ]

    settled = settle(posts, new="make", minimum=2)

    assert settled.made == ("Parkour",)
    assert [post.tags[1:] for post in settled.posts] == [("Parkour",)] * 3 + [()] * 2
    standings = {one.name: (one.standing, one.near) for one in settled.labels}
    assert standings == {"parkour": ("made", ""), "parkours": ("near", "Parkour")}


def test_a_rare_label_makes_no_tag_yet() -> None:
    """It waits for another article, not for a person; batches count together."""
    rare = settle([post_with("Parkour")], new="make", minimum=2)
    known = {one.name: one for one in rare.labels}
    second = settle([post_with("Parkour", number=2)], known, new="make", minimum=2)

    assert [one.standing for one in rare.labels] == ["rare"]
    assert (rare.made, second.made) == ((), ("Parkour",))


def test_the_order_of_articles_makes_no_difference() -> None:
    """Two runs come to the same tags."""
    posts = [post_with("Parkour", "Velo", number=1), post_with("Velos", "Parkour", number=2)]

    there, back = (settle(some, new="make", minimum=1) for some in (posts, posts[::-1]))

    assert there.made == back.made
    assert {p.key: p.tags for p in there.posts} == {p.key: p.tags for p in back.posts}


def test_what_the_site_has_by_now_asks_nobody() -> None:
    """A person may have made the tag in wp-admin. What a person said stays."""
    waiting = {"hockey": Label(name="hockey", first=NOON, last=NOON, articles=2)}

    assert settle([post_with("Hockey")], waiting).done == {"hockey"}
    assert settle([post_with("Hockey")], said("hockey", "ignored")).done == frozenset()


def test_names_are_looked_up_before_they_are_settled() -> None:
    """Folded, as the ledger keeps them."""
    posts = [post_with("Sports > Ice", "NHL")]

    assert names_in(posts, {"news": TermRules()}, Vocabulary(Names(SITE), {})) == {
        "sports",
        "ice",
        "nhl",
    }


def test_tags_that_mappings_name_are_known() -> None:
    """The sources' own among them."""
    rules = PostRules(
        tags=("{source.name}", "{labels}", "Golf"), terms=TermRules(synonyms={"NHL": "Ice"})
    )

    named = tags_named([Channel(name="golf", post=rules)], ["The Wire"])

    assert list(named) == ["The Wire", "Golf", "Ice"]


def test_a_label_is_remembered_within_bounds() -> None:
    """Ten thousand articles with it, each from a feed of its own."""
    label = Label(name="x y", first=NOON, last=NOON - timedelta(days=1))
    for number in range(200):
        post = post_with(f"x y{'!' * (number % 9)}", number=number)
        post = replace(
            post, key=post.key._replace(feed=f"https://{number}.example/"), title="t" * 999
        )
        (label,) = settle([post], {"x y": label}).labels

    assert label.articles == 200
    assert (len(label.marks), len(label.spellings), len(label.feeds)) == (60, 5, 10)
    assert len(label.title) <= 160
