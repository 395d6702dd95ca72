"""plan --html: the pages of a plan, kept in a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.errors import PlanFileError
from wp_sync.pipeline.build import utc_now
from wp_sync.review.preview import GENERATOR, INDEX, Show, make_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wp_sync.config.schema import Config
    from wp_sync.pipeline.options import SyncResult

_HEAD = 400  # bytes in which a page of ours says so
_PAGES = (INDEX, "channel-*.html", "posts/*.html")


def check_directory(directory: Path) -> None:
    """Refuse a directory that holds something of others. Raises PlanFileError."""
    if not directory.resolve().parent.is_dir():
        raise PlanFileError(f"{directory.resolve().parent} is no directory")
    try:
        found = next(directory.iterdir(), None) if directory.exists() else None
    except OSError as error:
        raise PlanFileError(f"{directory}: {error.strerror or error}") from error
    if found and not _is_ours(directory / INDEX):
        raise PlanFileError(
            f"{directory} holds other files",
            cure="name a directory that is not there yet, is empty, or was made by plan --html",
        )


def keep_pages(
    config: Config, directory: Path, result: SyncResult, pictures: Mapping[str, str] | None = None
) -> Path:
    """Write the pages of a rehearsal of this configuration; return the index. Raises PlanFileError.

    Pages of an earlier plan go. `pictures` names those that lie beside the pages.
    """
    show = Show(
        site=result.site,
        made=utc_now(),
        channels={name: channel.label for name, channel in config.channels.items()},
        exhibits=result.exhibits,
        outcomes=result.run.outcomes,
        new_terms=result.plan.new_terms,
        pictures=pictures or {},
    )
    return write_pages(directory, make_pages(show))


def write_pages(directory: Path, pages: Mapping[str, str]) -> Path:
    """Write pages into a directory that was checked; return the index. Raises PlanFileError."""
    try:
        directory.mkdir(mode=0o700, exist_ok=True)  # what is no post yet is for nobody else
        for stale in _find_ours(directory):
            stale.unlink()
        for name, text in pages.items():
            page = directory / name
            page.parent.mkdir(mode=0o700, exist_ok=True)
            with page.open("x", encoding="utf-8", errors="replace") as file:  # never through a link
                file.write(text)
    except OSError as error:
        raise PlanFileError(f"{error.filename or directory}: {error.strerror or error}") from error
    return directory.resolve() / INDEX


def _find_ours(directory: Path) -> Iterator[Path]:
    for pattern in _PAGES:
        yield from (page for page in directory.glob(pattern) if _is_ours(page))


def _is_ours(page: Path) -> bool:
    if page.is_symlink() or not page.is_file():
        return False
    with page.open("rb") as file:
        return f'content="{GENERATOR}"'.encode() in file.read(_HEAD)
