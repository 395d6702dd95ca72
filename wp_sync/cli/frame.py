"""The frame around every command: one message and one exit code for whatever goes wrong."""

from __future__ import annotations

from signal import SIGINT
from typing import TYPE_CHECKING

import typer

from wp_sync.errors import WpSyncError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .options import Face
    from .output import Result, Screen


def perform(command: str, face: Face, work: Callable[[Screen], Result]) -> None:
    """Run a command's work; every error becomes one clear message and its exit code."""
    from .output import Result, Screen

    screen = Screen(face)
    try:
        result = work(screen)
    except WpSyncError as error:
        result = Result(
            command=command, status="error", exit_code=error.exit_code, messages=(str(error),)
        )
    except (KeyboardInterrupt, typer.Abort) as wish:
        screen.warn("")  # ends the line on which the terminal shows ^C
        code = 128 + next(iter(wish.args), SIGINT)
        result = Result(command=command, status="error", exit_code=code, messages=("interrupted",))
    except BrokenPipeError:
        raise typer.Exit(1) from None
    except Exception as error:
        if face.verbose:
            raise
        message = (
            f"a mistake in wp-sync, not in your site or sources: {type(error).__name__}: {error}"
        )
        cure = "nothing is lost; run the command again with --verbose and report what it prints"
        result = Result(
            command=command, status="error", exit_code=1, messages=(f"{message} ({cure})",)
        )
    screen.show(result)
    raise typer.Exit(result.exit_code)
