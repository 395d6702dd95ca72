"""The sample articles: the real stages do with them what the manifest promises."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sampling import ENTRIES, MANIFEST, NOW, fetch, read_items

from wp_sync.clean import Traits, clean_item
from wp_sync.clean.batch import join_rules
from wp_sync.clean.item import clean_body
from wp_sync.config import load_config
from wp_sync.curate import judge_article, screen_item
from wp_sync.model import Article, Page, Verdict
from wp_sync.sandbox.samples import SampleSource, SampleSources, sample_config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from wp_sync.config import Config
    from wp_sync.model import ItemKey, Tombstone


MAPPINGS = Path(__file__).parents[2] / "mappings"


class Nothing:
    """A memory in which no article has a post yet."""

    def owner(self, _address: str) -> ItemKey | None:
        return None

    def title_of(self, _key: ItemKey) -> str:
        return ""

    def has_buried(self) -> bool:
        return True

    def buried(self, _article: Tombstone) -> Tombstone | None:
        return None

    def known_since(self, _feed: str) -> datetime | None:
        return None


@pytest.fixture(scope="module")
def config(served: SampleSources, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Load the demo's configuration with the model site's own mappings."""
    directory = tmp_path_factory.mktemp("site")
    shutil.copytree(MAPPINGS, directory / "mappings")
    (directory / "config.toml").write_text(sample_config(served, "http://127.0.0.1:1/", "editor"))
    return load_config(directory / "config.toml")


@pytest.fixture(scope="module")
def judged(served: SampleSources, config: Config) -> Mapping[str, tuple[Article, Verdict]]:
    """Every article by its title, cleaned and judged by the real stages; its whole page if full."""
    return {
        article.title: (article, verdict)
        for source in served.sources
        for file in source.feeds
        for article, verdict in judge_feed(served, config, source, file)
    }


def judge_feed(
    served: SampleSources, config: Config, sample: SampleSource, file: str
) -> Iterator[tuple[Article, Verdict]]:
    (source,) = (one for one in config.sources if one.name == sample.name)
    rules = join_rules([config.channels[name].clean for name in source.to])
    for item in read_items(f"{served.url}/{sample.slug}/{file}"):
        page = None
        if source.rights == "full":
            page = Page(key=item.key, url=item.url, body_html=fetch(item.url)[1].decode())
        traits = Traits(names=(source.name,))
        article = clean_item(item, page, rights=source.rights, rules=rules, traits=traits)
        early = screen_item(item, source, config.channels, Nothing(), NOW)
        yield article, early or judge_article(article, source, config.channels, Nothing(), NOW)


def test_articles_land_in_their_channels(judged: Mapping[str, tuple[Article, Verdict]]) -> None:
    """The real stages, with the real mappings, publish what the manifest promises."""
    found: dict[str, list[str]] = {channel: [] for channel in MANIFEST.articles}
    for title, (_, verdict) in judged.items():
        if verdict.decision in {"publish", "draft"}:
            found[verdict.channel].append(title)

    assert found == {channel: list(titles) for channel, titles in MANIFEST.articles.items()}


@pytest.mark.parametrize(
    ("titles", "decision", "reason"),
    [
        pytest.param(MANIFEST.off_topic, "drop", "well enough|or better", id="off topic"),
        pytest.param(MANIFEST.too_old, "drop", "older than", id="too old"),
        pytest.param(MANIFEST.unwanted, "drop", "drops the words", id="unwanted"),
        pytest.param(MANIFEST.held, "hold", "fits no channel", id="held"),
    ],
)
def test_the_rest_stays_out_for_the_reason_named(
    titles: tuple[str, ...],
    decision: str,
    reason: str,
    judged: Mapping[str, tuple[Article, Verdict]],
) -> None:
    """What the manifest calls off topic, too old, unwanted or held is so judged."""
    verdicts = [judged[title][1] for title in titles]

    assert verdicts
    assert {verdict.decision for verdict in verdicts} == {decision}
    assert all(
        any(words in said for words in reason.split("|") for said in verdict.reasons)
        for verdict in verdicts
    )


def test_furniture_is_served_and_cleaned_away(
    served: SampleSources, judged: Mapping[str, tuple[Article, Verdict]]
) -> None:
    """Each phrase of the manifest is in what is served, and in nothing that may be published."""
    paths = [f"/{path}" for path in ENTRIES]
    paths += [article.path for source in served.sources for article in source.articles]
    raw = "".join(fetch(served.url + path)[1].decode() for path in paths)
    clean = "".join(
        article.body_html + article.excerpt
        for article, verdict in judged.values()
        if verdict.decision != "drop"
    )

    assert [phrase for _, phrase in MANIFEST.furniture if phrase not in raw] == []
    assert [phrase for _, phrase in MANIFEST.furniture if phrase in clean] == []


def test_articles_are_whole(
    served: SampleSources, judged: Mapping[str, tuple[Article, Verdict]]
) -> None:
    """What a feed carries in full is published word for word, and not one word beside it."""
    whole = {
        one.title: clean_body(one.body, one.path).text
        for source in served.sources
        for one in source.articles
        if source.rights == "feed" and one.body and not one.suffix
    }

    assert len(whole) >= 15
    assert {title: judged[title][0].text for title in whole} == whole


def test_articles_keep_what_belongs_to_them(
    judged: Mapping[str, tuple[Article, Verdict]],
) -> None:
    """Cleaning leaves subheads, tables, lists, quotations and figures standing."""
    bodies = [article.body_html for article, _ in judged.values()]
    kept = Counter(
        tag
        for tag in ("h2", "table", "ul", "blockquote", "figure")
        for body in bodies
        if f"<{tag}" in body
    )

    assert kept["h2"] >= 5
    assert min(kept.values()) >= 3
    assert any("$41,000" in body for body in bodies)
    assert sum(body.count("<h2") + body.count("<h3") >= 4 for body in bodies) >= 4


def test_configuration_names_every_source(config: Config, served: SampleSources) -> None:
    """The written config.toml is accepted, and opens this server's port to its sources only."""
    port = served.url.rpartition(":")[2]

    assert [source.name for source in config.sources] == list(served.feeds)
    assert {source.allow_private for source in config.sources} == {(f"127.0.0.1:{port}",)}
    assert all(
        set(config.channels[name].clean.remove) >= set(selectors)
        for name, selectors in MANIFEST.remove.items()
    )
