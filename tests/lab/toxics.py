"""What may happen to bytes on their way, by the names that Shopify's toxiproxy gave them.

A stream is an iterator of chunks; a toxic takes one and gives another. Two signs end a stream
early: Closed (the line is closed) and Reset (it is torn down, and what was not read is lost).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import random

Chunks = AsyncIterator[bytes]
Way = Literal["downstream", "upstream"]  # to the client, to the server


class Closed(Exception):  # noqa: N818 (a sign, not an error)
    """The line is closed."""


class Reset(Exception):  # noqa: N818 (a sign, not an error)
    """The line is torn down."""


async def latency(chunks: Chunks, draw: random.Random, delay: float, jitter: float = 0) -> Chunks:
    """Hold every chunk for `delay` seconds, more or less by `jitter`."""
    async for chunk in chunks:
        await asyncio.sleep(max(0.0, delay + draw.uniform(-jitter, jitter)))
        yield chunk


async def bandwidth(chunks: Chunks, _: random.Random, rate: float) -> Chunks:
    """Let `rate` bytes a second pass."""
    step = max(1, int(rate / 20))
    async for chunk in chunks:
        for start in range(0, len(chunk), step):
            part = chunk[start : start + step]
            await asyncio.sleep(len(part) / rate)
            yield part


async def slow_close(chunks: Chunks, _: random.Random, delay: float) -> Chunks:
    """Close the line only `delay` seconds after the last byte."""
    async for chunk in chunks:
        yield chunk
    await asyncio.sleep(delay)
    raise Closed


async def timeout(_: Chunks, __: random.Random, delay: float) -> Chunks:
    """Let nothing pass, and close the line after `delay` seconds."""
    await asyncio.sleep(delay)
    raise Closed
    yield b""


async def reset_peer(chunks: Chunks, _: random.Random, delay: float = 0, after: int = 0) -> Chunks:
    """Tear the line down, `delay` seconds from the start, or `after` some bytes."""
    left = after
    if after:
        async for chunk in chunks:
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0:
                break
    await asyncio.sleep(delay)
    raise Reset


async def slicer(chunks: Chunks, _: random.Random, size: int = 1, delay: float = 0) -> Chunks:
    """Cut the stream into packets of `size` bytes, with a `delay` between them."""
    async for chunk in chunks:
        for start in range(0, len(chunk), size):
            yield chunk[start : start + size]
            await asyncio.sleep(delay)


async def limit_data(chunks: Chunks, _: random.Random, size: int) -> Chunks:
    """Close the line after `size` bytes."""
    left = size
    async for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            break
    raise Closed


KINDS: dict[str, Callable[..., Chunks]] = {
    "bandwidth": bandwidth,
    "latency": latency,
    "limit_data": limit_data,
    "reset_peer": reset_peer,
    "slicer": slicer,
    "slow_close": slow_close,
    "timeout": timeout,
}


@dataclass(frozen=True, slots=True)
class Toxic:
    """One of KINDS with what it needs, on one way of an exchange."""

    kind: str
    way: Way = "downstream"
    how: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.how.items())
        return f"{self.kind} {self.way}({told})"


def toxic(kind: str, way: Way = "downstream", **how: float) -> Toxic:
    """Name a toxic; sizes are bytes and times are seconds."""
    return Toxic(kind, way, how)


async def _once(content: bytes) -> Chunks:
    yield content


async def pour(
    content: bytes,
    writer: asyncio.StreamWriter,
    toxics: tuple[Toxic, ...],
    draw: random.Random,
) -> int:
    """Send bytes through toxics; return how many went. Raises Closed and Reset."""
    stream = _once(content)
    for one in toxics:
        stream = KINDS[one.kind](stream, draw, **one.how)
    sent = 0
    async for chunk in stream:
        writer.write(chunk)
        await writer.drain()
        sent += len(chunk)
    return sent
