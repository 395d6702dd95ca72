"""find_line: a key's path x the text of a file -> the line on which it begins, or 0."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wp_sync.config.problems import dotted, find_line

TEXT = '''\
# [post] is not here
top = 1

[post]
tags = [
  "[post]", # a comment
  "two",
  """three
  tags = 3
  """,
]
about = """
[keep]
words = 1
"""
clean.remove = [ "a", "b" ]
"quoted key" = 1
inline = { one = 1, two = { three = 3 } }

[a.b]
c = 1

[[sources]]
name = "x"

[[sources]]
name = "y"
[sources.more]
deep = true

[keep]
words = [
  [ 1 ], [ 2,
  3 ],
]
deep = [[[
  1 ]]]
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("post",), 4),
        (("post", "tags"), 5),
        (("post", "tags", 0), 6),
        (("post", "tags", 1), 7),
        (("post", "tags", 2), 8),
        (("post", "about"), 12),
        (("post", "clean"), 16),
        (("post", "clean", "remove", 1), 16),
        (("post", "quoted key"), 17),
        (("post", "inline", "two", "three"), 18),
        (("a",), 20),
        (("a", "b", "c"), 21),
        (("sources",), 23),
        (("sources", 0, "name"), 24),
        (("sources", 1), 26),
        (("sources", 1, "name"), 27),
        (("sources", 1, "more", "deep"), 29),
        (("keep",), 31),
        (("keep", "words", 1), 33),
        (("keep", "words", 1, 1), 34),
        (("keep", "deep"), 0),
        (("keep", "word"), 0),
        (("sources", 2), 0),
        (("top", "deeper"), 0),
        ((), 0),
    ],
    ids=str,
)
def test_line_of_a_key_is_where_it_begins(path: tuple[str | int, ...], line: int) -> None:
    """Tables, lists of tables, dotted keys, inline tables, values of many lines."""
    assert find_line(TEXT, path) == line


def test_windows_line_ends_do_not_shift_the_lines() -> None:
    """A file from another system counts the same."""
    assert find_line(TEXT.replace("\n", "\r\n"), ("sources", 1)) == 26


KEYS = st.sampled_from(["a", "b", "c", "d"])
VALUES = st.sampled_from(
    [
        "1",
        '"x"',
        "[1, 2]",
        "[\n  1,\n  2,\n]",
        '"""\na = 1\n"""',
        "{ a = 1, b = [2] }",
        "'''\n[b]'''",
    ]
)


@given(st.lists(st.tuples(KEYS, st.lists(st.tuples(KEYS, VALUES), max_size=4)), max_size=4))
def test_line_is_never_that_of_another_key(tables: list[tuple[str, list[tuple[str, str]]]]) -> None:
    """On whatever file: the line of a key of a table is one that begins with this key."""
    text = ""
    for table, pairs in dict(tables).items():
        text += f"[{table}]\n# note\n"
        text += "".join(f"{key} = {value}\n" for key, value in dict(pairs).items())
    data: dict[str, Any] = tomllib.loads(text)

    found = [(key, find_line(text, (table, key))) for table in data for key in data[table]]

    lines = text.split("\n")
    assert all(lines[line - 1].startswith(f"{key} = ") for key, line in found)
    assert len({line for _, line in found}) == len(found)


def test_dotted_key_is_quoted_where_toml_wants_it() -> None:
    """The key as it could be pasted back."""
    assert dotted(("sources", 0, "my key")) == 'sources.0."my key"'
