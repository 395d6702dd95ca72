"""demo: the model site, from sample sources, in a throw-away WordPress on this machine."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from wp_sync.errors import SandboxError
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.options import SyncOptions
from wp_sync.sandbox.php import check_php
from wp_sync.sandbox.samples import sample_config, serve_samples
from wp_sync.sandbox.wordpress import start_wordpress

from .demo_pages import show_pages, write_config
from .output import Result
from .running import run_sync

if TYPE_CHECKING:
    from types import FrameType

    from wp_sync.sandbox.wordpress import WordPress

    from .output import Screen


def demonstrate(*, keep: bool, core: str, screen: Screen) -> Result:
    """Start WordPress and the sample sources, sync them, tell the address, and clean up.

    Where there is no PHP, the posts are shown as pages.
    """
    try:
        check_php("sqlite")
    except SandboxError as error:
        if core:  # a person wants to see that very WordPress
            raise
        return show_pages(error, screen)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wp-sync-demo-")))
        screen.say("Starting a WordPress on this machine …")
        site = stack.enter_context(
            start_wordpress(directory / "wordpress", core=core or None, empty=True)
        )
        sources = stack.enter_context(serve_samples(utc_now()))
        config = write_config(directory, sample_config(sources, site.url, "editor"))
        os.environ["WP_SYNC_PASSWORD"] = site.users["editor"].application_password
        result = run_sync(config, SyncOptions(command="demo"), screen)
        lines = _address_lines(site)
        stays = keep or sys.stdout.isatty()
        if not stays:
            return _told(result, site, lines)
        screen.show(_told(result, site, (*lines, "It stays up until Ctrl-C.")))
        _wait_for_a_signal()
    return Result(command="demo", exit_code=result.exit_code, text=("The demo is over.",))


def _address_lines(site: WordPress) -> tuple[str, ...]:
    admin = site.users["admin"]
    return (
        f"The site:  {site.url}/",
        f"wp-admin:  {site.url}/wp-admin/  user {admin.login}, password {admin.password}",
    )


def _told(result: Result, site: WordPress, lines: tuple[str, ...]) -> Result:
    admin = site.users["admin"]
    data = {
        "address": site.url,
        "login": admin.login,
        "password": admin.password,
        "application_password": admin.application_password,  # of a site that ends with the demo
        "sync": result.data,
    }
    return Result(
        command="demo",
        status=result.status,
        exit_code=result.exit_code,
        data=data,
        messages=result.messages,
        text=(*result.text, *lines),
    )


def _wait_for_a_signal() -> None:
    done = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        done.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    while not done.wait(0.5):
        pass
