"""What readers are told of a model's part in an article."""

from __future__ import annotations

from typing import Any

import pytest
from advised import PLAIN, Desk
from oracle import Oracle, says

DISCLOSURE = "Excerpt written with a language model"


@pytest.mark.parametrize(
    ("settings", "takes", "line", "field"),
    [
        pytest.param({}, True, True, None, id="a line"),
        pytest.param({"disclosure_field": "ai"}, True, True, DISCLOSURE, id="both"),
        pytest.param(
            {"disclosure_field": "ai", "disclosure_line": False},
            True,
            False,
            DISCLOSURE,
            id="field",
        ),
        pytest.param(
            {"disclosure_field": "ai", "disclosure_line": False},
            False,
            True,
            DISCLOSURE,
            id="a field that the site does not take",
        ),
    ],
)
def test_readers_are_told_as_configured(
    settings: dict[str, Any],
    takes: bool,  # noqa: FBT001
    line: bool,  # noqa: FBT001
    field: str | None,
    desk: Desk,
) -> None:
    """By a line, by a custom field, or by both; always by one that arrives."""
    desk.settings, desk.takes_fields = settings, takes
    desk.open()

    post = desk.post()

    assert (DISCLOSURE in post.body) is line
    assert post.fields.get("ai") == field


def test_what_was_not_written_by_it_is_not_disclosed(desk: Desk, oracle: Oracle) -> None:
    """The field is there, empty: one that a post had before goes."""
    oracle.behave = says(PLAIN)
    desk.settings = {"disclosure_field": "ai"}
    desk.open()

    post = desk.post()

    assert DISCLOSURE not in post.body
    assert post.fields == {"ai": ""}


def test_the_disclosure_is_text(desk: Desk) -> None:
    """What stands in a configuration is no markup either."""
    desk.settings = {"disclosure": "<b>By</b> [gallery] & co"}
    desk.open()

    body = desk.post().body

    assert "&lt;b&gt;By&lt;/b&gt; [\u2060gallery] &amp; co" in body
