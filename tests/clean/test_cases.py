"""clean_body, shown by pairs of files: adding a case is adding two files.

The first lines of a case may tell what else is known, as comments: title, byline, published,
recurring, and the channel's remove, spare, rel, headings.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from clean_cases import clean_case, read_case

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name.removesuffix(".in.html") for path in CASES.glob("*.in.html"))


def source_of(name: str) -> str:
    return (CASES / f"{name}.in.html").read_text(encoding="utf-8")


def wanted_of(name: str) -> str:
    return (CASES / f"{name}.out.html").read_text(encoding="utf-8").strip("\n")


@pytest.mark.parametrize("name", NAMES)
def test_body_is_cleaned_as_shown(name: str) -> None:
    """NAME.in.html becomes NAME.out.html."""
    assert clean_case(source_of(name)).html == wanted_of(name)


@pytest.mark.parametrize("name", NAMES)
def test_cleaning_what_is_clean_changes_nothing(name: str) -> None:
    """Our own output, fed in again with all that is known, stays as it is."""
    clean = wanted_of(name)

    assert clean_case(clean, told_by=source_of(name)).html == clean


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-kept")])
def test_an_article_s_own_words_stay(name: str) -> None:
    """What only looks like furniture is no reason to take anything out."""
    assert read_case(CASES / f"{name}.in.html").removed == ()


def test_no_case_is_half_a_pair() -> None:
    """A file without its other half would test nothing."""
    outs = {path.name.removesuffix(".out.html") for path in CASES.glob("*.out.html")}

    assert outs == set(NAMES)
    assert len(NAMES) >= 80
