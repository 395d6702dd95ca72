"""topics list, test, train, evaluate."""

from __future__ import annotations

from typing import Annotated

import typer

from wp_sync.cli.frame import perform
from wp_sync.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    DryRunOption,
    Face,
    JsonOption,
    QuietOption,
    VerboseOption,
)

topics_app = typer.Typer(
    help="What tells the channels apart, described and learned.", no_args_is_help=True
)


@topics_app.command("list")
def list_all(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show each channel's description, its lessons, and the words that were learned.

    Example: wp-sync topics list
    """
    from wp_sync.cli.topics import list_topics

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("topics list", face, lambda _: list_topics(config))


@topics_app.command("test")
def score(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A file, or -: a title, an empty line, and the text."
        ),
    ],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Score an article for every channel, and name the words that count.

    Example: wp-sync topics test article.txt
    """
    from wp_sync.cli.topics import test_topics

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("topics test", face, lambda _: test_topics(source, config))


@topics_app.command("train")
def train(
    *,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Learn from the posts in the channels' categories. Writes to the ledger alone.

    Example: wp-sync topics train --dry-run
    """
    from wp_sync.cli.topics import train_topics

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("topics train", face, lambda _: train_topics(config, dry_run=dry_run))


@topics_app.command("evaluate")
def evaluate(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="JSON lines with title, text, labels and channel; or -."
        ),
    ],
    *,
    learn: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="Learn from the first N alone, and measure on the rest; 0: descriptions alone.",
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Measure on articles whose channel is known how well they are told apart.

    Example: wp-sync topics evaluate known.jsonl --learn 200
    """
    from wp_sync.cli.topics import evaluate_topics

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("topics evaluate", face, lambda _: evaluate_topics(file, config, learn))
