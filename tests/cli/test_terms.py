"""terms list, accept, map, ignore: a person's word about labels, kept in the ledger."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from desk import Desk

from wp_sync.cli.terms import Wanted, decide_terms, list_terms
from wp_sync.errors import ConfigError
from wp_sync.ledger import open_ledger
from wp_sync.model import Label
from wp_sync.pipeline.build import utc_now

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '[[sources]]\nname = "Daily News"\nfeeds = ["feed.xml"]\nto = ["news"]\n'
NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Sit down before a ledger in which labels wait; the site is not asked."""
    desk = Desk(directory=tmp_path, site="http://127.0.0.1:9", environ={"WP_SYNC_PASSWORD": "none"})
    desk.write(SOURCE)
    rows = (("nhl", "NHL", 9, "unknown", ""), ("runing", "Runing", 2, "near", "Running"))
    rare = ("velo", "Vélo", 1, "rare", "")
    with open_ledger("sqlite:///wp-sync.db", tmp_path, clock=utc_now) as ledger:
        ledger.terms.keep(
            [
                Label(
                    name=name,
                    spellings={spelling: count},
                    articles=count,
                    feeds=("feed.xml",),
                    first=NOON,
                    last=NOON,
                    title="A \x1b[31mtitle",
                    near=near,
                    standing=standing,  # type: ignore[arg-type]
                )
                for name, spelling, count, standing, near in (*rows, rare)
            ]
        )
    return desk


def listed(desk: Desk, **wanted: object) -> list[str]:
    data = list_terms(desk.directory / "config.toml", Wanted(**wanted)).data  # type: ignore[arg-type]
    return [one["name"] for one in data["terms"]]


def test_what_waits_is_listed(desk: Desk) -> None:
    """Those that most articles have come first; what is too rare does not wait for a person."""
    assert listed(desk) == ["NHL", "Runing"]
    assert listed(desk, least=3) == ["NHL"]
    assert listed(desk, near=True) == ["Runing"]
    assert listed(desk, every=True) == ["NHL", "Runing", "Vélo"]
    assert listed(desk, source="Daily News") == []


def test_the_list_is_shown_to_people_and_programmes(desk: Desk) -> None:
    """A title from a feed does not steer the terminal."""
    shown, told = desk.run("terms", "list"), desk.run("terms", "list", "--json")

    assert "did you mean Running?" in " ".join(shown.out.split())
    assert "\x1b" not in shown.out
    (first, _) = told.envelope["data"]["terms"]
    assert (first["articles"], first["first"]) == (9, NOON.isoformat())


def test_a_persons_word_is_kept(desk: Desk) -> None:
    """Each by its own command, and changed by another one."""
    assert desk.run("terms", "accept", "nhl", "velo").code == 0
    assert desk.run("terms", "map", "Runing", "Running").code == 0
    ignored = desk.run("terms", "ignore", "NHL", "--json")

    assert ignored.envelope["data"]["terms"][0]["word"] == "ignored"
    assert "remap --fields tags" in desk.run("terms", "accept", "Vélo").out
    assert listed(desk) == []
    with open_ledger("sqlite:///wp-sync.db", desk.directory, clock=utc_now) as ledger:
        words = {one.name: (one.word, one.target) for one in ledger.terms.all()}
    assert words == {
        "nhl": ("ignored", ""),
        "runing": ("mapped", "Running"),
        "velo": ("accepted", ""),
    }


def test_a_rehearsal_keeps_nothing(desk: Desk) -> None:
    """It says what would be."""
    result = decide_terms(desk.directory / "config.toml", "ignore", ["NHL"], dry_run=True)

    assert result.text == ("NHL: would be ignored",)
    assert listed(desk) == ["NHL", "Runing"]


def test_a_label_in_a_better_spelling_is_accepted_so(desk: Desk) -> None:
    """It means no other tag."""
    decide_terms(desk.directory / "config.toml", "map", ["velo"], "vélo")

    result = list_terms(desk.directory / "config.toml", Wanted(every=True))
    velo = next(one for one in result.data["terms"] if one["folded"] == "velo")
    assert (velo["word"], velo["target"]) == ("accepted", "vélo")


@pytest.mark.parametrize(
    ("deed", "names", "to", "told"),
    [
        ("accept", ["NHK"], "", "no feed brought a label 'NHK', did you mean 'nhl'?"),
        ("map", ["NHL"], "!", "'!' is no name for a tag"),
        ("map", ["NHL"], "x" * 201, "longer than the 200 characters"),
        ("map", ["NHL"], "a\nb", "is no name for a tag"),
    ],
)
def test_what_can_not_be_meant_is_refused(
    desk: Desk, deed: str, names: list[str], to: str, told: str
) -> None:
    """And nothing is kept."""
    with pytest.raises(ConfigError, match=re.escape(told)):
        decide_terms(desk.directory / "config.toml", deed, names, to)

    assert listed(desk) == ["NHL", "Runing"]


def test_a_source_that_is_not_there_is_refused(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="did you mean 'Daily News'"):
        listed(desk, source="Daily New")
