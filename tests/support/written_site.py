"""The files of a small site, written for `load_config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wp_sync.config import load_config
from wp_sync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAIN = """\
[site]
url = "https://example.test"
username = "wp-sync"

[fetch]
contact = "editor@example.test"

[[sources]]
name = "Wire"
feeds = ["https://wire.example/rss"]
to = ["golf"]
"""
GOLF = 'about = "golf, putting green"\n\n[post]\ncategory = "Golf news"\n'
HOCKEY = 'about = "hockey, puck"\n'


def write_site(directory: Path, files: Mapping[str, str]) -> Path:
    """Write the files of a site; what is not named is right."""
    for name, text in ({"config.toml": MAIN, "mappings/golf.toml": GOLF} | dict(files)).items():
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory / "config.toml"


def problems_of(directory: Path, files: Mapping[str, str]) -> list[str]:
    """Load a wrong site and tell its problems, with paths below the directory."""
    path = write_site(directory, files)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return [str(problem).replace(f"{directory}/", "") for problem in caught.value.problems]


def source(**keys: str) -> str:
    """Write config.toml with one source: line 8, name 9, feeds 10, to 11, more from 12."""
    table = {
        "name": '"Wire"',
        "feeds": '["https://wire.example/rss"]',
        "to": '["golf"]',
    } | keys
    head = MAIN.partition("[[sources]]")[0]
    return head + "[[sources]]\n" + "".join(f"{key} = {value}\n" for key, value in table.items())
