"""clean_body, shown by pairs of files: adding a case is adding two files."""

from __future__ import annotations

from pathlib import Path

import pytest

from wp_sync.clean.item import clean_body

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name.removesuffix(".in.html") for path in CASES.glob("*.in.html"))
BASE = "https://paper.example/2031/05/story/"


@pytest.mark.parametrize("name", NAMES)
def test_body_is_cleaned_as_shown(name: str) -> None:
    """NAME.in.html becomes NAME.out.html."""
    source = (CASES / f"{name}.in.html").read_text()

    assert clean_body(source, BASE).html == (CASES / f"{name}.out.html").read_text().strip("\n")


@pytest.mark.parametrize("name", NAMES)
def test_cleaning_what_is_clean_changes_nothing(name: str) -> None:
    """Our own output, fed in again, stays as it is."""
    clean = (CASES / f"{name}.out.html").read_text().strip("\n")

    assert clean_body(clean, BASE).html == clean


def test_no_case_is_half_a_pair() -> None:
    """A file without its other half would test nothing."""
    outs = {path.name.removesuffix(".out.html") for path in CASES.glob("*.out.html")}

    assert outs == set(NAMES)
    assert len(NAMES) >= 20
