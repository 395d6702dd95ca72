"""[assistant]: what it may say, and where its key stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wp_sync.config import load_config
from wp_sync.config.assistant import key_place
from wp_sync.config.secrets import find_secret
from wp_sync.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.config.schema import Config

BASE = (
    '[site]\nurl = "https://a.test"\nusername = "wp"\n[fetch]\ncontact = "a@b.test"\n'
    '[assistant]\nmodel = "m1"\n'
)
URL = 'url = "https://models.example/v1"\n'


def load(directory: Path, *lines: str) -> Config:
    path = directory / "config.toml"
    path.write_text(BASE + "\n".join(lines))
    return load_config(path)


def test_there_is_none_unless_it_is_written(tmp_path: Path) -> None:
    """A configuration without it asks no model."""
    path = tmp_path / "config.toml"
    path.write_text(BASE.partition("[assistant]")[0])

    assert load_config(path).assistant is None


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example/v1",
        "http://127.0.0.1:11434/v1",
        "http://localhost:8080/v1/",
        "http://[::1]:8080/v1",
        "http://10.0.0.5/v1",
        "http://ollama:11434/v1",
    ],
)
def test_a_model_stands_behind_tls_or_is_near(url: str, tmp_path: Path) -> None:
    """The slash at the end does not matter."""
    section = load(tmp_path, f'url = "{url}"').assistant

    assert section
    assert section.url == url.rstrip("/")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(
            'url = "http://models.example/v1"', "url: must begin with https://", id="http"
        ),
        pytest.param('url = "https://k:s@models.example"', "url: must not carry", id="a password"),
        pytest.param('url = "https://models.example/?key=1"', "no ? and no #", id="a query"),
        pytest.param('uses = ["excrept"]', "did you mean 'excerpt'?", id="a use"),
        pytest.param('timeout = "3m"', "timeout: must be at most 120s", id="patience"),
        pytest.param('timeout = "0s"', "timeout: is a time span", id="no time"),
        pytest.param("requests_per_day = -1", "must be at least 0", id="a budget"),
        pytest.param('tokens_per_day = "many"', "must be a whole number", id="tokens"),
        pytest.param('disclosure = ""', "disclosure: is too short", id="no disclosure"),
        pytest.param("disclosure_line = false", "readers would not be told", id="none shown"),
        pytest.param(
            'disclosure_field = "_edit_lock"', "of WordPress's own", id="WordPress's own field"
        ),
        pytest.param('keyfile = "k"', "did you mean 'key_file'?", id="a key"),
    ],
)
def test_what_it_can_not_mean_is_refused(line: str, told: str, tmp_path: Path) -> None:
    """With the line on which it stands."""
    lines = [line] if line.startswith("url") else [URL, line]
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, *lines)

    assert told in str(refused.value)
    assert "config.toml:" in str(refused.value)


def test_its_field_is_one_that_is_written(tmp_path: Path) -> None:
    """Beside those of the channels; without one there is none."""
    assert load(tmp_path, URL).field_names == frozenset()
    assert load(tmp_path, URL, 'disclosure_field = "ai"').field_names == {"ai"}


def test_its_key_is_found_in_three_places(tmp_path: Path) -> None:
    """The environment, systemd's credential, a file of mode 0600: the first one wins."""
    config = load(tmp_path, URL, 'key_file = "key"')
    assert config.assistant
    place = key_place(config.assistant, config.path)
    (tmp_path / "key").write_text("of the file\n")
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "wp-sync-assistant-key").write_text("of systemd\n")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}

    found = [
        find_secret(place, config, one)
        for one in (environ | {"WP_SYNC_ASSISTANT_KEY": "of the environment"}, environ, {})
    ]

    told = [one.reveal() for one in found if one]
    assert told == ["of the environment", "of systemd", "of the file"]


def test_a_model_may_need_no_key(tmp_path: Path) -> None:
    """Where none is named, none is looked for."""
    config = load(tmp_path, URL)
    assert config.assistant

    assert find_secret(key_place(config.assistant, config.path), config, {}) is None
