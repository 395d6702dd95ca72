"""Labels of feeds on a real site: tags that are there, a queue for the others, no doubles."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from desk import Desk
from press import Story, rss

from wp_sync.cli.terms import Wanted, decide_terms, list_terms
from wp_sync.mapping.names import squash_name
from wp_sync.sandbox.wordpress import start_wordpress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from press import Kiosk

    from wp_sync.sandbox.php import Database
    from wp_sync.sandbox.wordpress import WordPress

TAGS = (
    "SELECT t.term_id, t.name FROM wp_terms t JOIN wp_term_taxonomy x ON x.term_id = t.term_id"
    " WHERE x.taxonomy = 'post_tag' ORDER BY t.term_id"
)
ON_POSTS = (
    "SELECT p.post_title, t.name FROM wp_posts p"
    " JOIN wp_term_relationships r ON r.object_id = p.ID"
    " JOIN wp_term_taxonomy x ON x.term_taxonomy_id = r.term_taxonomy_id"
    " JOIN wp_terms t ON t.term_id = x.term_id"
    " WHERE x.taxonomy = '{}' AND p.post_type = 'post' AND p.post_status = 'publish'"
)
ASKS = '[post]\nstatus = "publish"\ncategory = "News"\ntags = ["{source.name}", "{labels}"]\n'
MAKES = f'{ASKS}[post.terms]\nnew = "make"\nminimum = 2\n'


def open_desk(site: WordPress, directory: Path, sources: str, rules: str = ASKS) -> Desk:
    """Sit down before a site whose channel takes labels."""
    directory.mkdir(exist_ok=True)
    desk = Desk(
        directory=directory, site=site.url, password=site.users["editor"].application_password
    )
    limits = "[safety]\nnew_per_feed = 500\nfirst_run = 500\n"
    desk.write(sources, more=limits, news=rules)
    return desk


def names_of(site: WordPress, of: str = TAGS) -> list[str]:
    """Name the tags, as readers see them."""
    return [str(row["name"]).replace("&amp;", "&") for row in site.sql(of)]


def tags_on(site: WordPress, title: str, taxonomy: str = "post_tag") -> set[str]:
    rows = site.sql(ON_POSTS.format(taxonomy))
    return {str(row["name"]).replace("&amp;", "&") for row in rows if row["post_title"] == title}


def make_tags(site: WordPress, names: Sequence[str]) -> None:
    told = json.dumps(list(names)).replace("\\", "\\\\").replace("'", "\\'")
    site.run_php(f"foreach (json_decode('{told}') as $n) wp_insert_term($n, 'post_tag');")


def terms(desk: Desk, *, every: bool = False) -> dict[str, dict[str, Any]]:
    """List the queue, by the spelling of the labels."""
    listed = list_terms(desk.directory / "config.toml", Wanted(every=every))
    return {one["name"]: one for one in listed.data["terms"]}


def test_an_editor_decides_about_labels(site: WordPress, kiosk: Kiosk, tmp_path: Path) -> None:
    """From the queue to tags on posts; no post is touched that nobody changed."""
    make_tags(site, ["Hockey", "Québec", "Running & fitness"])
    labels = (
        "hockey",
        "Quebec; NHL",
        "Running &amp; Fitness",
        "Parkour",
        "Top stories",
        "Runing & fitness",
    )
    old = Story(number=1, labels=labels)
    kiosk.put("/feed", rss(old))
    desk = open_desk(site, tmp_path, kiosk.source())
    plan = desk.run("plan", "--json").envelope["data"]
    shown = terms(desk)
    first = desk.sync()
    waiting = desk.run("review", "list", "--json").envelope["data"]

    assert [new["path"] for new in plan["new_terms"]] == ["News", "Example News"]
    assert first.totals["created"] == 1
    assert tags_on(site, "Story 1") == {"Hockey", "Québec", "Running & fitness", "Example News"}
    assert terms(desk) == shown
    assert {name: one["near"] for name, one in shown.items()} == {
        "NHL": "",
        "Parkour": "",
        "Top stories": "",
        "Runing & fitness": "Running & fitness",
    }
    assert shown["NHL"]["sources"] == ["Example News"]
    assert shown["NHL"]["url"] == "https://news.example/story-1"
    assert waiting["unknown_terms"] == 4

    config = desk.directory / "config.toml"
    decide_terms(config, "accept", ["parkour"])
    decide_terms(config, "map", ["NHL"], "Hockey")
    decide_terms(config, "map", ["Runing & fitness"], "Running & fitness")
    decide_terms(config, "ignore", ["Top stories"])
    kiosk.put("/feed", rss(old, Story(number=2, labels=("PARKOUR", "NHL", "top stories"))))
    second = desk.sync()

    assert (second.totals["created"], second.totals.get("updated", 0)) == (1, 0)
    assert tags_on(site, "Story 2") == {"Parkour", "Hockey", "Example News"}
    assert "Parkour" not in tags_on(site, "Story 1")
    assert terms(desk) == {}
    assert terms(desk, every=True)["NHL"]["target"] == "Hockey"

    remapped = desk.run("remap", "--fields", "tags", "--yes", "--json")

    assert remapped.code == 0
    assert "Parkour" in tags_on(site, "Story 1")
    assert (
        desk.run("remap", "--fields", "tags", "--json", "--dry-run").envelope["data"]["changes"]
        == []
    )


def messy_labels(names: Sequence[str], count: int) -> list[str]:
    """Write names as feeds do: in other cases, escaped, with slips, in company; and new ones."""
    forms = (
        str.upper,
        str.lower,
        lambda name: f"  {name} ",
        lambda name: f"#{name}",
        lambda name: name.replace("&", "&amp;amp;"),
        lambda name: f"&lt;b&gt;{name}&lt;/b&gt;",
        lambda name: f"{name}\u202e\u200b",
        lambda name: f"{name}!",
        lambda name: name.replace(" ", "-"),
        lambda name: f"{name}s",
        lambda name: name[:3] + name[4:],  # a slip
        lambda name: name.replace("é", "e").replace("É", "E"),
        lambda name: f"Sports > {name}",
        lambda name: f"{name}; {names[7]}",
        lambda name: f"\U0001f3d2 {name}",
    )
    odd = ("!!!", "\U0001f3d2", "x" * 300, "2026", "&amp;nbsp;", "<script>alert(1)</script>", "%0a")
    made = [
        forms[number % len(forms)](names[(number * 7 + number // 15) % len(names)])
        for number in range(count)
    ]
    for number in range(0, count, 10):
        made[number] = odd[number // 10 % len(odd)]
    for number in range(5, count, 20):
        made[number] = (
            f"Fresh topic {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number // 20 % 26]}x{number // 520}"
        )
    return made


WORDS = (
    *("Alpine", "Bandy", "Curling", "Diving", "Épée", "Fencing"),
    *("Giant", "Harbour", "Indoor", "Judo", "Karate", "Lacrosse"),
)
KINDS = (
    *("racing", "club", "league", "women", "youth", "& tactics", "Toronto", "history", "training"),
    *("gear", "video", "interviews", "Ottawa", "results", "school", "tickets", "podcast", "summer"),
    *("winter", "coaching", "photos", "trades", "injuries", "playoffs", "records"),
)


@pytest.mark.parametrize("database", ["sqlite", "mariadb"])
def test_a_thousand_messy_labels_make_no_double(
    database: Database, kiosk: Kiosk, tmp_path: Path
) -> None:
    """A site with 300 tags gets none that it has, or nearly has; the rest waits for a person."""
    names = [f"{word} {kind}" for word in WORDS for kind in KINDS]
    labels = messy_labels(names, 1_000)
    stories = [Story(number=n, labels=tuple(labels[n * 25 : n * 25 + 25])) for n in range(40)]
    kiosk.put("/feed", rss(*stories))
    with start_wordpress(database=database, empty=True) as site:
        make_tags(site, names)
        before = names_of(site)
        desk = open_desk(site, tmp_path, kiosk.source(), MAKES)

        answer = desk.sync("--allow", "all")

        after = names_of(site)
        on_posts = site.sql(ON_POSTS.format("post_tag"))
        queue = terms(desk, every=True)
        again = desk.sync("--allow", "all")
    new = after[len(before) :]
    assert answer.totals["created"] == 40
    assert (len(before), after[: len(before)]) == (300, before)
    assert "Example News" in new
    assert len({squash_name(name) for name in after}) == len(after)
    assert set(new) == {"Example News", "Sports", "alert(1)"}  # of markup the text is left
    assert len(on_posts) == 40 * (1 + 5)  # of the source, and `most` of the labels
    standings = Counter(one["standing"] for one in queue.values())
    assert standings == {"near": 150, "rare": 50, "made": 2}
    assert all(one["near"] in names for one in queue.values() if one["near"])
    assert again.totals.get("updated", 0) == again.totals.get("created", 0) == 0


def test_two_runs_at_once_make_each_tag_once(site: WordPress, kiosk: Kiosk, tmp_path: Path) -> None:
    """Two directories, two feeds, the same labels: WordPress itself would let both make them."""
    labels = tuple(f"Raced {word.lower()}" for word in WORDS)
    rules = MAKES.replace("minimum = 2", "minimum = 1\nmost = 20")
    desks = []
    for number in (1, 2):
        kiosk.put(f"/{number}", rss(Story(number=900 + number, labels=labels[:: 3 - 2 * number])))
        source = kiosk.source(f"Paper {number}", f"{kiosk.url}/{number}")
        desks.append(open_desk(site, tmp_path / str(number), source, rules))

    running = [desk.start("sync", "--json", "--allow", "all") for desk in desks]
    for process in running:
        process.communicate(timeout=240)
    last = [desk.sync("--allow", "all") for desk in desks]  # who found the site taken

    raced = Counter(name for name in names_of(site) if name.startswith("Raced"))
    assert {process.returncode for process in running} <= {0, 75}
    assert raced == Counter(labels)
    assert [answer.code for answer in last] == [0, 0]
    assert tags_on(site, "Story 901") - {"Paper 1"} == set(labels)
    assert tags_on(site, "Story 902") - {"Paper 2"} == set(labels)


def test_no_post_lands_in_the_default_category(
    site: WordPress, kiosk: Kiosk, tmp_path: Path
) -> None:
    """A category that can't be made keeps its article away; others of the run go on."""
    plugin = (
        "add_filter('pre_insert_term', fn($name, $taxonomy) => $name === 'Refused'"
        " ? new WP_Error('no', 'not this one', ['status' => 403]) : $name, 10, 2);"
    )
    refusing = site.add_mu_plugin("refusing", plugin)
    kiosk.put("/feed", rss(Story(number=950)))
    desk = open_desk(site, tmp_path, kiosk.source(), ASKS.replace("News", "Sports > Refused"))

    answer = desk.sync("--allow", "all")
    refusing.unlink()
    again = desk.sync("--allow", "all")

    (failed,) = answer.outcomes("failed")
    assert "WordPress did not make the category 'Sports > Refused'" in failed["reason"]
    assert again.totals["created"] == 1
    assert tags_on(site, "Story 950", "category") == {"Refused"}


def test_a_category_that_was_renamed_is_asked_about(
    site: WordPress, kiosk: Kiosk, tmp_path: Path
) -> None:
    """Its posts stay where they are; the mapping's word counts, and the run says what it made."""
    rules = ASKS.replace("News", "Weather")
    kiosk.put("/feed", rss(Story(number=960)))
    desk = open_desk(site, tmp_path, kiosk.source(), rules)
    desk.sync("--allow", "all")
    site.run_php(
        "$made = get_term_by('name', 'Weather', 'category');"
        "wp_update_term($made->term_id, 'category', ['name' => 'Climate']);"
    )
    kiosk.put("/feed", rss(Story(number=960), Story(number=961)))

    answer = desk.sync("--allow", "all")

    (told,) = [one for one in answer.envelope["messages"] if "Weather" in one]
    assert "is new on the site, which has 'Climate'" in told
    assert tags_on(site, "Story 960", "category") == {"Climate"}
    assert tags_on(site, "Story 961", "category") == {"Weather"}
