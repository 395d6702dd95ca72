"""PHP's serialize: arrays are read, objects and broken ones are not."""

from __future__ import annotations

import pytest

from wp_sync.publish.php_values import part_text, read_array


def test_arrays_are_read_whole() -> None:
    """Lengths are bytes; nested arrays, numbers, truths and null are kept."""
    text = (
        'a:5:{s:4:"name";s:7:"Caf\u00e9;";s:1:"n";i:-3;i:0;b:1;'
        's:1:"d";d:1.5;s:8:"override";a:1:{i:0;a:1:{s:1:"x";N;}}}'
    ).replace("s:7", "s:6")

    array = read_array(text)

    assert array == {
        "name": "Caf\u00e9;",
        "n": -3,
        "0": True,
        "d": 1.5,
        "override": {"0": {"x": None}},
    }
    parts = [part_text(array, part) for part in ("name", "n", "0", "override", "nothing")]
    assert parts == ["Caf\u00e9;", "-3", "1", "", ""]
    assert read_array("") == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('O:8:"stdClass":0:{}', id="an object"),
        pytest.param('a:1:{i:0;O:8:"stdClass":0:{}}', id="an object within"),
        pytest.param('a:1:{s:1:"a";R:1;}', id="a reference"),
        pytest.param('a:2:{s:1:"a";i:1;}', id="too few"),
        pytest.param('a:1:{s:9:"a";i:1;}', id="a wrong length"),
        pytest.param("a:1:{" * 500 + "}" * 500, id="too deep"),
        pytest.param("a:999999999:{}", id="too many"),
        pytest.param("a:0:{}x}", id="more behind it"),
        pytest.param("text", id="a text"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """A field that can't be read whole is not written in part."""
    with pytest.raises(ValueError, match="PHP"):
        read_array(text)
