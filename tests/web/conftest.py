"""Servers that say what a test tells them, and a session; both end with the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scripted import Script, Server

from wp_sync.web import WebSession

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Start servers that end with the test."""
    servers: list[Server] = []

    def begin(script: Script, tls: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(script, tls))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


@pytest.fixture
def web() -> Iterator[WebSession]:
    """Give a session that closes with the test."""
    with WebSession(user_agent="wp-sync/1 (+editor@example.test; feeds=1)") as session:
        yield session
