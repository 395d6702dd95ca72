"""The frozen pages with their truth, which another hand wrote first: floors that hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_truth import Score, find_cases, measure, read_ours

PAGES = Path(__file__).parent / "pages"


@pytest.fixture(scope="module")
def score() -> Score:
    return measure(list(find_cases(PAGES)), read_ours)


def test_bodies_are_found(score: Score) -> None:
    """The words of the articles, no more and no less, in the mean over 28 layouts."""
    assert len(score.f1) == 28
    assert score.mean >= 0.99
    assert min(score.f1.values()) >= 0.97


def test_what_belongs_to_an_article_is_kept(score: Score) -> None:
    """Figures, captions, embeds, tables, lists, quotes and code."""
    assert score.kept >= 0.98 * (score.kept + len(score.lost)), score.lost


def test_lead_images_are_right(score: Score) -> None:
    """One picture is what most readers see of a post."""
    assert score.leads >= 0.95 * (score.leads + len(score.wrong_leads)), score.wrong_leads


def test_nothing_of_the_page_is_left_in_the_shapes_of_the_model_sites_sources(
    score: Score,
) -> None:
    """Each line of them would stand in a post for all to see."""
    shapes = ("01-", "02-", "03-", "04-")

    assert [line for line in score.furniture if line.startswith(shapes)] == []
    assert len(score.furniture) <= 5


def test_walls_are_named(score: Score) -> None:
    """A paywall, a consent page and a challenge: none of them is an article."""
    assert len(score.named) == 3
