"""Jobs for the confined child, good and bad ones."""

from __future__ import annotations

import os
import signal

from wp_sync.errors import ParseError


def name_process(_: object) -> int:
    return os.getpid()


def double(number: int) -> int:
    return 2 * number


def refuse(feed: str) -> None:
    raise ParseError(f"{feed} is none", feed=feed, cure="ask the publisher")


def die(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fill_memory(_: object) -> int:
    return len(bytearray(2_000_000_000))


def spin(_: object) -> None:
    while True:
        pass


def fail(_: object) -> None:
    raise RuntimeError("a mistake")
