"""edit: one change to config.toml; every other byte stays, or the whole file does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wp_sync.config import load_config
from wp_sync.config.edit import (
    add_source,
    add_sources,
    find_places,
    name_password_file,
    remove_feeds,
)
from wp_sync.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
# Ours.
[site]
url = "https://a.test"   # the front page
username = 'wp'
# No password here.

[fetch]
contact = "a@b.c"
"""
NEW = {"name": 'The "Paper"', "feeds": ["https://new.test/feed"], "to": ["news"]}
ADDED = """
[[sources]]
name = "The \\"Paper\\""
feeds = ["https://new.test/feed"]
to = ["news"]
"""
ONE = '[[sources]]\nname = "One"   # first\nfeeds = ["https://one.test/feed"]\nto = ["news"]\n'
TWO = ONE.replace("One", "Two").replace("one.test", "two.test")
INLINE = 'sources = [{name = "One", feeds = ["https://one.test/feed"], to = ["news"]}] # all\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Make a directory with one channel."""
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/news.toml").write_text("")
    return tmp_path / "config.toml"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(HEAD, id="no source yet"),
        pytest.param(f"{HEAD}\n{ONE}# the end\n", id="behind others, and a comment"),
        pytest.param(f"{HEAD}\n{ONE}".rstrip(), id="no line end"),
        pytest.param(f"{ONE}\n{HEAD}", id="sources first"),
        pytest.param(f"{ONE}\n{HEAD}\n{TWO}", id="scattered sources"),
    ],
)
def test_a_source_comes_last_and_nothing_else_moves(before: str, config: Path) -> None:
    """The old text is the beginning of the new one."""
    config.write_text(before)

    after = add_source(config, NEW)

    assert config.read_text() == before.rstrip() + "\n" + ADDED
    assert after.sources[-1].name == 'The "Paper"'
    assert after == load_config(config)


def test_a_source_joins_a_list_in_one_line(config: Path) -> None:
    """`sources = [{…}]` is right too."""
    config.write_text(INLINE + HEAD)

    after = add_source(config, NEW)

    assert [one.name for one in after.sources] == ["One", 'The "Paper"']
    assert config.read_text().endswith(f"# all\n{HEAD}")


@pytest.mark.parametrize(
    "wrong", [{"to": ["nowhere"]}, {"rights": "full"}, {"name": ""}], ids=["to", "rights", "name"]
)
def test_what_is_refused_is_undone(wrong: dict[str, object], config: Path) -> None:
    """The file is as it was, to the byte, and so is its mode."""
    config.write_text(HEAD)
    config.chmod(0o640)

    with pytest.raises(ConfigError):
        add_source(config, NEW | wrong)

    assert config.read_text() == HEAD
    assert config.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in config.parent.iterdir()) == ["config.toml", "mappings"]


def test_the_password_file_is_named_and_unnamed(config: Path) -> None:
    """Under [site], with every comment in its place."""
    config.write_text(f"{HEAD}\n{ONE}")

    named = name_password_file(config, "secret-file")
    text = config.read_text()
    name_password_file(config, "")

    line = 'password_file = "secret-file"\n'
    assert named.site.password_file in line
    assert text.replace(line, "") == config.read_text() == f"{HEAD}\n{ONE}"


def test_a_file_whose_parts_would_move_is_left_alone(config: Path) -> None:
    """Scattered sources are right, but not for tomlkit: the message says what to do."""
    text = f"{ONE}\n{HEAD}\n{TWO}"
    config.write_text(text)

    with pytest.raises(ConfigError, match="side by side"):
        name_password_file(config, "secret-file")

    assert config.read_text() == text


def test_a_link_stays_a_link(config: Path) -> None:
    """Where the configuration lies elsewhere, it is changed there."""
    real = config.parent / "real.toml"
    real.write_text(HEAD)
    config.symlink_to("real.toml")

    add_source(config, NEW)

    assert config.is_symlink()
    assert real.read_text() == f"{HEAD}{ADDED}"


THREE = """[[sources]]  # three feeds
name = "Three"
to = ["news"]
feeds = ["https://a.test/1", "https://a.test/2", "https://a.test/3"]  # all of them
"""
TALL = """[[sources]]
name = "Tall"
feeds = [
  # the first
  "https://t.test/1",
  "https://t.test/2",  # the second
]
to = ["news"]
"""


@pytest.mark.parametrize(
    ("before", "gone", "after"),
    [
        pytest.param(
            f"{HEAD}\n{ONE}\n# second\n{TWO}", {0: [0]}, f"{HEAD}\n\n# second\n{TWO}", id="first"
        ),
        pytest.param(f"{HEAD}\n{ONE}\n# 2\n{TWO}", {1: [0]}, f"{HEAD}\n{ONE}\n# 2\n", id="last"),
        pytest.param(
            f"{ONE}\n# the site\n{HEAD}\n{TWO}",
            {0: [0]},
            f"\n# the site\n{HEAD}\n{TWO}",
            id="apart",
        ),
        pytest.param(
            f"{HEAD}{THREE}", {0: [1]}, (HEAD + THREE).replace(' "https://a.test/2",', ""), id="one"
        ),
        pytest.param(
            f"{HEAD}{THREE}{ONE}",
            {0: [0, 2]},
            (HEAD + THREE + ONE)
            .replace('"https://a.test/1", ', "")
            .replace(', "https://a.test/3"', ""),
            id="two of three",
        ),
        pytest.param(
            f"{HEAD}{TALL}",
            {0: [1]},
            (HEAD + TALL).replace('  "https://t.test/2",  # the second\n', ""),
            id="a line of its own",
        ),
        pytest.param(f"{HEAD}{THREE}".replace("\n", "\r\n"), {0: [0, 1, 2]}, None, id="Windows"),
    ],
)
def test_what_is_removed_takes_nothing_with_it(
    before: str, gone: dict[int, list[int]], after: str | None, config: Path
) -> None:
    """To the byte, but for what stood behind the feed itself on its line."""
    config.write_bytes(before.encode())

    remove_feeds(config, {config: gone})

    wanted = HEAD.replace("\n", "\r\n") if after is None else after
    assert config.read_bytes().decode() == wanted


def test_sources_in_one_line_lose_one_of_them(config: Path) -> None:
    """The line's comment stays."""
    config.write_text(INLINE + HEAD)

    remove_feeds(config, {config: {0: [0]}})

    assert load_config(config).sources == ()
    assert config.read_text().endswith(HEAD)


def test_what_an_edit_can_not_do_safely_is_left_to_a_person(config: Path) -> None:
    """A table header in a text is none: nothing is written that reads otherwise."""
    odd = ONE.replace('"One"', '"One"\nlicence = """\n[[sources]]\n"""')
    config.write_text(f"{HEAD}\n{odd}{TWO}")
    before = config.read_text()

    with pytest.raises(ConfigError, match="change it by hand"):
        remove_feeds(config, {config: {1: [0]}})

    assert config.read_text() == before


def test_where_a_source_stands_is_known(config: Path) -> None:
    """In the order in which they are loaded: config.toml, then the mappings by name."""
    config.write_text(f"{HEAD}\n{ONE}{TWO}")
    mapping = config.parent / "mappings/news.toml"
    mapping.write_text('[[sources]]\nname = "In"\nfeeds = ["https://in.test/f"]\n')

    places = find_places(load_config(config))

    assert places == ((config, 0), (config, 1), (mapping, 0))


def test_a_wrong_edit_never_touches_the_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused before it is written: whoever reads meanwhile reads what is right."""
    config.write_text(f"{HEAD}\n{ONE}")
    monkeypatch.setattr("wp_sync.config.edit.replace_file", lambda *_, **__: pytest.fail("written"))

    with pytest.raises(ConfigError, match="nowhere"):
        add_sources(config, [NEW, {**NEW, "name": "Other", "to": ["nowhere"]}])


def test_a_source_takes_the_tables_below_it_along(tmp_path: Path) -> None:
    """Its own rules go with it, and nothing of the next one does."""
    path = tmp_path / "config.toml"
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "golf.toml").write_text("")
    first, last = (
        f'[[sources]]\nname = "{name}"\nfeeds = ["https://{name}.example/rss"]\nto = ["golf"]\n'
        for name in "ab"
    )
    below = "[sources.keep]\nany = ['x']\n\n[[sources.drop.when]]\nname = 'v'\nhas_image = true\n"
    path.write_text(f"{HEAD}{first}{below}\n# The next.\n{last}")

    config = remove_feeds(path, {path: {0: [0]}})

    assert [one.name for one in config.sources] == ["b"]
    assert path.read_text() == f"{HEAD}\n# The next.\n{last}"
