"""topics list, test, evaluate: what tells channels apart, without a site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from wp_sync.cli.app import app
from wp_sync.ledger import open_ledger
from wp_sync.model import ItemKey, Lesson
from wp_sync.pipeline.build import utc_now

MODEL_SITE = Path(__file__).parents[2] / "config.toml"
LABELLED = Path(__file__).parents[1] / "curate" / "labelled"
KNOWN = Path(__file__).parents[1] / "curate" / "known.jsonl"
CONFIG = """
[site]
url = "https://example.news"
username = "editor"
[fetch]
contact = "editor@example.news"
"""
GAME = "A late puck\n\nThe goalie fell. Curling stones lay about."


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Two channels, and a dozen lessons about curling."""
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "mappings").mkdir()
    for name, about in (("hockey", "puck, goalie"), ("golf", "putt")):
        (tmp_path / "mappings" / f"{name}.toml").write_text(f'about = "{about}"\n')
    (tmp_path / "game.txt").write_text(GAME)
    lessons = [
        Lesson(
            key=ItemKey("feed", str(number)),
            channel="hockey",
            teaching="approved",
            words=f"curling club{number}\n\n",
        )
        for number in range(12)
    ]
    with open_ledger("sqlite:///wp-sync.db", tmp_path, clock=utc_now) as ledger:
        ledger.topics.teach(lessons)
    return tmp_path


def run(directory: Path, *command: str, stdin: str = "") -> Result:
    config = str(directory if directory.is_file() else directory / "config.toml")
    return CliRunner().invoke(app, ["topics", *command, "--config", config], input=stdin)


def data_of(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout)["data"]
    return data


@pytest.mark.parametrize("source", ["a file", "-"])
def test_an_article_is_scored_for_every_channel(directory: Path, source: str) -> None:
    """By the description and by what was learned, with the words that counted."""
    where = source if source == "-" else str(directory / "game.txt")

    data = data_of(run(directory, "test", where, "--json", stdin=GAME))

    assert data["channel"] == "hockey"
    assert set(data["scores"]) == set(data["words"]) == {"golf", "hockey"}
    assert 0.8 < data["scores"]["hockey"] <= 1
    assert data["scores"]["golf"] < 0.1
    assert {"puck", "goalie", "curling"} <= set(data["words"]["hockey"])
    assert data["learned"]["hockey"] == ["curling"]
    assert data["decisions"] == 12


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Cake", id="nothing that fits"),
        pytest.param("\ufeff\r\n\r\nCake\r\n\r\nBake.", id="empty lines before"),
        pytest.param("\x00\ud7ff" * 9, id="no text at all"),
    ],
)
def test_what_fits_nowhere_has_no_channel(directory: Path, text: str) -> None:
    """Null, and scores of 0."""
    data = data_of(run(directory, "test", "-", "--json", stdin=text))

    assert data["channel"] is None
    assert data["scores"]["golf"] == 0


def test_people_see_the_words_for_and_against(directory: Path) -> None:
    """A table, why, and what was learned."""
    shown = run(directory, "test", str(directory / "game.txt")).output

    assert "curling, puck, goalie" in shown
    assert "fits hockey 0." in shown
    assert "learned from 12 decisions; the words that counted: curling" in shown


def test_the_list_tells_what_topics_are_made_of(directory: Path) -> None:
    """Each channel's phrases, lessons, and the words that it learned first."""
    data = data_of(run(directory, "list", "--json"))

    golf, hockey = data["topics"]
    assert (golf["about"], golf["lessons"]) == (1, {})
    assert (hockey["about"], hockey["lessons"]) == (2, {"approved": 12})
    assert hockey["learned"][0] == "curling"
    assert data["decisions"] == 12


def test_the_model_sites_channels_are_told_apart() -> None:
    """A gate: its descriptions alone, on short articles written for this, some meant to mislead."""
    alone = data_of(run(MODEL_SITE, "evaluate", str(KNOWN), "--learn", "0", "--json"))

    assert alone["examples"] == 100
    assert alone["decisions"] == 0
    assert alone["macro_f1"] >= 0.93
    assert alone["live_right"] >= 0.98 * alone["live"]
    assert alone["live_right"] >= 0.8 * alone["belonging"]


@pytest.mark.parametrize(
    ("kind", "f1", "right", "live"),
    [
        pytest.param("hard", 0.88, 0.98, 0.8, id="hard"),
        pytest.param("ordinary", 0.88, 0.98, 0.8, id="ordinary"),
        pytest.param("fresh", 0.88, 0.98, 0.7, id="fresh: two dozen words each, harder still"),
        pytest.param("daily", 0.88, 0.97, 0.75, id="daily: an ordinary day's feeds, in short"),
        pytest.param("short", 0.85, 0.96, 0.7, id="short: few labels, no word that gives it away"),
    ],
)
def test_articles_that_nobody_tuned_on_are_told_apart(
    kind: str, f1: float, right: float, live: float
) -> None:
    """By other hands, who knew neither descriptions nor code; all in them is invented."""
    held = LABELLED / f"{kind}-held.jsonl"

    alone = data_of(run(MODEL_SITE, "evaluate", str(held), "--learn", "0", "--json"))

    assert alone["examples"] > 200
    assert alone["macro_f1"] >= f1
    assert alone["live_right"] >= right * alone["live"]
    assert alone["live_right"] >= live * alone["belonging"]


def test_learning_from_some_is_measured_on_the_others() -> None:
    """What was learned from is not measured on; it makes nothing worse."""
    alone = data_of(run(MODEL_SITE, "evaluate", str(KNOWN), "--learn", "0", "--json"))
    learned = data_of(run(MODEL_SITE, "evaluate", str(KNOWN), "--learn", "50", "--json"))

    assert (learned["examples"], learned["decisions"]) == (50, 50)
    assert set(learned["channels"]) == {*alone["channels"], "none"}
    assert all(one in alone["channels"] for one in learned["channels"])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("{", "examples.jsonl:2: is not JSON", id="broken"),
        pytest.param("[]", "examples.jsonl:2: is not a JSON object", id="a list"),
        pytest.param(
            '{"title": "A", "channel": "hocky"}',
            "examples.jsonl:2: there is no channel 'hocky'",
            id="a channel that there is not",
        ),
    ],
)
def test_wrong_examples_are_named(directory: Path, line: str, problem: str) -> None:
    """By file and line; with the nearest channel."""
    (directory / "examples.jsonl").write_text(f'{{"title": "A", "channel": null}}\n{line}\n')

    result = run(directory, "evaluate", str(directory / "examples.jsonl"))

    assert result.exit_code == 2
    assert problem in result.stderr


@pytest.mark.parametrize("command", ["test", "evaluate"])
def test_a_file_that_is_not_there_is_named(directory: Path, command: str) -> None:
    """With the reason."""
    result = run(directory, command, str(directory / "none.txt"))

    assert result.exit_code == 1
    assert "none.txt: No such file or directory" in result.stderr
