"""What must hold between the parts of a configuration: names that meet, and rules that can."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .filters import DropRules, KeepWhen, find_contradiction
from .problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wp_sync.errors import Problem

    from .channels import Channel, Source
    from .problems import KeyPath, TomlFile

_NO_CHANNELS = ("hold", "drop")  # what `otherwise` may say beside a channel


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSource:
    """A source and where it is written. Of a wrong one, the wrong keys hold their defaults."""

    source: Source
    file: TomlFile
    at: KeyPath

    def problem(self, key: str, message: str) -> Problem:
        """Make the problem of one key of this source; of the source, when the key is not there."""
        found = self.file.problem((*self.at, key), message)
        return found if found.line else self.file.problem(self.at, message)


def find_conflicts(
    placed: Sequence[PlacedSource],
    channels: Mapping[str, Channel | None],  # None: one whose file is wrong
    files: Mapping[str, TomlFile | None],
) -> Iterator[Problem]:
    """Check what no single key can tell."""
    yield from _find_repeats(placed)
    for one in placed:
        yield from _check_routes(one, channels)
        yield from _check_source_rules(one)
        if one.source.rights in {"feed", "full"} and not one.source.licence.strip():
            message = f'rights = "{one.source.rights}" needs a licence: a note of why you may'
            yield one.problem("rights", message)
        yield from _check_rights(one)
    for stem, channel in channels.items():
        file = files[stem]
        if file and stem in _NO_CHANNELS:
            yield file.problem((), f"a channel cannot be called {stem!r}: `otherwise` means it so")
        if file and channel:
            yield from _check_channel(channel, file)
            yield from _check_picture(channel, file)
            yield from _check_fields(channel, file)


def _check_rights(one: PlacedSource) -> Iterator[Problem]:
    source = one.source
    if source.words and source.rights != "excerpt":
        message = f'counts the words of an excerpt, and rights = "{source.rights}"'
        yield one.problem("words", message)
    if source.on_expiry != "draft" and source.expires is None:
        yield one.problem("on_expiry", 'needs a time: write expires = "90d" beside it')
    if source.on_expiry == "excerpt" and source.rights not in {"feed", "full"}:
        message = f'cuts nothing: rights = "{source.rights}" allows no more than an excerpt'
        yield one.problem("on_expiry", message)


def _check_fields(channel: Channel, file: TomlFile) -> Iterator[Problem]:
    """See that no custom field is written both as a text and in parts."""
    names = channel.post.field_names
    bases = {name.partition("[")[0] for name in names if "[" in name}
    for name in sorted(bases.intersection(names)):
        message = f"{name} is written as a text and as an array: choose one of them"
        yield file.problem(("post", "fields"), message)


def _check_picture(channel: Channel, file: TomlFile) -> Iterator[Problem]:
    """See that a channel's own picture is there: paths are relative to config.toml."""
    place = channel.post.fallback_picture
    if place and "://" not in place and not (Path(file.name).parent.parent / place).is_file():
        yield file.problem(("post", "fallback_picture"), f"there is no file {place!r}")


def _find_repeats(placed: Sequence[PlacedSource]) -> Iterator[Problem]:
    names: dict[str, str] = {}
    feeds: dict[str, str] = {}
    for one in placed:
        source = one.source
        name = source.name.casefold()
        if name and name in names:
            yield one.problem("name", f"another source is called {names[name]!r} already")
        names.setdefault(name, source.name)
        for number, feed in enumerate(source.feeds):
            known = feed.partition("://")[2].casefold().rstrip("/") or feed
            if known in feeds:
                message = f"the same feed as in {feeds[known]!r}: a feed is asked once, then routed"
                yield one.file.problem((*one.at, "feeds", number), message)
            feeds.setdefault(known, source.name)


def _check_routes(one: PlacedSource, channels: Mapping[str, Channel | None]) -> Iterator[Problem]:
    source = one.source
    if not source.to:
        known = f": {', '.join(channels)}" if channels else "; mappings/ has none yet"
        yield one.problem("to", f"names no channel in `to`{known}")
    for number, name in enumerate(source.to):
        if name not in channels:
            message = f"there is no channel {name!r}{did_you_mean(name, channels)}"
            yield one.file.problem((*one.at, "to", number), f"{message} (mappings/{name}.toml)")
        channel = channels.get(name)
        if channel and not channel.about and len(source.to) > 1:
            message = f"channel {name!r} has no `about`: of several channels it never fits best"
            yield one.file.problem((*one.at, "to", number), message)
    choices = (*_NO_CHANNELS, *channels)
    if source.otherwise not in choices:
        near = did_you_mean(source.otherwise, choices)
        message = f"must be hold, drop or a channel, not {source.otherwise!r}{near}"
        yield one.problem("otherwise", message)


def _check_source_rules(one: PlacedSource) -> Iterator[Problem]:
    keep: object = one.source.keep
    drop: object = one.source.drop
    # Of a wrong source, what stands beside the wrong keys is as it was written.
    if isinstance(keep, KeepWhen) and isinstance(drop, DropRules):  # noqa: SIM102
        if told := find_contradiction(keep, drop):
            yield one.problem("keep", told)


def _check_channel(channel: Channel, file: TomlFile) -> Iterator[Problem]:
    if channel.keep.score and not channel.about:
        yield file.problem(("keep", "score"), "nothing fits a channel that has no `about`")
    if told := find_contradiction(channel.keep, channel.drop):
        yield file.problem(("keep",), told)
    links = "]({url})" in channel.post.attribution
    if "{key}" not in channel.post.slug and not links:
        message = "without {key} a post is found again by its source link: put [text]({url}) in"
        yield file.problem(("post", "attribution"), f"{message} `attribution`")
