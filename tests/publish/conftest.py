"""An office that publishes into memory, odd servers, and the sites of every kind of Target."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from laboratory import Fake, start_fake
from office import Office
from targets import USERS

from wp_sync.publish.discovery import discover
from wp_sync.publish.memory import MemoryTarget
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.xmlrpc_api import XmlRpcApi
from wp_sync.publish.xmlrpc_target import XmlRpcTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wp_sync.publish.target import Target
    from wp_sync.sandbox.wordpress import WordPress


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Open an office with an empty ledger before an empty site."""
    office = Office(tmp_path)
    yield office
    office.ledger.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[str, list[Any]]]]:
    """Serve replies in order, the last one for ever: (status, headers, body), or None to hang up.

    The function returns the server's address and the list of (method, path, headers, body) asked.
    """
    servers = []

    def start(*replies: tuple[int, dict[str, str], bytes] | None) -> tuple[str, list[Any]]:
        asked: list[Any] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # connections are kept, as by every real server

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                asked.append((self.command, self.path, self.headers, self.rfile.read(length)))
                reply = replies[min(len(asked), len(replies)) - 1]
                if reply is None:
                    self.close_connection = True
                    return
                status, headers, body = reply
                self.send_response_only(status)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fake]:
    """Start the fake of the fault laboratory, which must not drift away from the real thing."""
    with start_fake(tmp_path_factory.mktemp("fake") / "site.sqlite") as fake:
        yield fake


@pytest.fixture(params=["memory", "rest", "xmlrpc", "fake"])
def target(request: pytest.FixtureRequest) -> Target:
    """Give each test all kinds; the sites are shared, so its tests name their own things."""
    if request.param == "memory":
        return MemoryTarget(users=USERS)
    if request.param == "fake":
        stand_in: Fake = request.getfixturevalue("fake")
        found = discover(stand_in.url)
        return RestTarget(RestApi(found.root, "admin", stand_in.password), found)
    site: WordPress = request.getfixturevalue("wordpress")
    admin = site.users["admin"]
    if request.param == "xmlrpc":
        login = admin.login, admin.application_password
        return XmlRpcTarget(XmlRpcApi(f"{site.url}/xmlrpc.php", *login))
    root = discover(site.url)
    return RestTarget(RestApi(root.root, admin.login, admin.application_password), root)
