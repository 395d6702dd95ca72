"""What a configuration may say, and probably should not: told, and not refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .schema import Config


def find_advice(config: Config) -> Iterator[str]:
    """Say what a person should look at again, channel by channel."""
    for name, channel in config.channels.items():
        if channel.post.author.reads_byline and "byline" not in channel.post.attribution:
            yield (
                f"mappings/{name}.toml: posts get an author by the source's byline, and"
                " `attribution` does not name {byline}: whoever wrote the article goes without"
                " credit"
            )
