"""Ask for what nobody may ask for, in a network of our own, and count who was connected to.

    unshare --net --map-root-user python tests/support/canaries.py

This machine's loopback device has there private, link-local and "public" addresses. A canary
listens on each. Prints JSON: by way of asking how many addresses were asked for, the canaries'
addresses that were connected to, and what a client without a guard connects to.
"""

from __future__ import annotations

import fcntl
import ipaddress
import json
import os
import socket
import struct
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import requests
import urllib3.util.connection

from wp_sync.confine import Confinement
from wp_sync.errors import WpSyncError
from wp_sync.extract import fetch_full_text
from wp_sync.model import Item, ItemKey, Validators
from wp_sync.pipeline.build import utc_now
from wp_sync.sources import pull_feed
from wp_sync.web import WebSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PUBLIC = "93.184.216.34"
INSIDE = (
    *("10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("198.18.0.1", "168.63.129.16", "192.0.2.1"),
)
INSIDE_6 = ("fd00::5", "fec0::1", "64:ff9b::a00:5", "2002:a00:5::1")
PORTS = (22, 80, 443, 6379, 8080)
_ADD, _FLAGS, _UP = 0x8916, 0x8914, 1  # SIOCSIFADDR, SIOCSIFFLAGS, IFF_UP (netdevice(7))


def set_up_network() -> None:
    """Give the loopback device its addresses."""
    four = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    fcntl.ioctl(four, _FLAGS, struct.pack("16sh", b"lo", _UP))
    for number, address in enumerate((PUBLIC, *INSIDE)):
        name = f"lo:{number}".encode()
        place = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))
        fcntl.ioctl(four, _ADD, struct.pack("16s16s", name, place))
    with suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as six:
        for address in INSIDE_6:
            place = ipaddress.IPv6Address(address).packed
            fcntl.ioctl(six, _ADD, place + struct.pack("Ii", 128, socket.if_nametoindex("lo")))


class Canaries:
    """Listen on every address, and note which of those inside were connected to."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        for family, port in ((one, port) for one in _families() for port in PORTS):
            listener = socket.socket(family, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if (family, port) == (socket.AF_INET, 80):
                continue  # the source's own server tells of these
            listener.bind(("", port))
            listener.listen(50)
            threading.Thread(target=self._listen, args=(listener,), daemon=True).start()
        server = ThreadingHTTPServer(("", 80), _handler(self.hits))
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def _listen(self, listener: socket.socket) -> None:
        while True:
            connection, _ = listener.accept()
            self.hits.append(str(connection.getsockname()[0]))
            connection.close()


def _families() -> Iterator[socket.AddressFamily]:
    yield socket.AF_INET
    if os.path.exists("/proc/net/if_inet6"):  # noqa: PTH110
        yield socket.AF_INET6


def _handler(hits: list[str]) -> type[BaseHTTPRequestHandler]:
    class Source(BaseHTTPRequestHandler):
        """The public source: redirects to what its path names. Any other address is a canary."""

        def do_GET(self) -> None:
            if (place := str(self.connection.getsockname()[0])) != PUBLIC:
                hits.append(place)
            self.send_response(302)
            target = unquote(self.path.partition("?to=")[2]) or "/"
            self.send_header("Location", target.encode().decode("latin-1"))  # as it is, in UTF-8
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Source


def spellings() -> tuple[str, ...]:
    """Write addresses inside in all the ways that some client takes for them."""
    urls: list[str] = []
    for address in (*INSIDE, "127.0.0.1"):
        packed = int(ipaddress.IPv4Address(address))
        parts = address.split(".")
        wide = "".join(chr(0xFF10 + int(one)) if one.isdigit() else one for one in address)
        hosts = (
            *(address, f"{address}.", str(packed), hex(packed), f"0{packed:o}", wide),
            ".".join(hex(int(one)) for one in parts),
            ".".join(f"0{int(one):o}" for one in parts),
            f"{parts[0]}.{int(parts[1]) * 65536 + int(parts[2]) * 256 + int(parts[3])}",
            f"[::ffff:{address}]",
            f"[::{address}]",
            f"[64:ff9b::{address}]",
            f"[2002:{packed >> 16:x}:{packed & 0xFFFF:x}::1]",
        )
        urls += [f"http://{host}/" for host in hosts]
    urls += [f"http://[{address}]/" for address in INSIDE_6]
    inside = INSIDE[0]
    urls += [
        *("http://localhost/", "http://LOCALHOST./", "http://0/", "http://[::]/", "http://[::1]/"),
        *(f"http://{inside}:{port}/" for port in PORTS),
        f"http://{PUBLIC}@{inside}/",
        f"http://{PUBLIC}:80@{inside}/",
        f"http://{PUBLIC}#@{inside}/",
        f"http://{PUBLIC}\\@{inside}/",
        f"http://{inside}\\.example/",
        f"http://{inside}\t/",
        f"http://{inside}%00.example/",
        "http://[fe80::1%25lo]/",
        f"https://{inside}/",
        f"gopher://{inside}:6379/_x",
        f"file://{inside}/etc/passwd",
    ]
    return tuple(urls)


def ways(web: WebSession, confinement: Confinement) -> dict[str, Callable[[str], object]]:
    """Name the ways in which an address from outside is asked for."""
    numbers = count()

    def feed(url: str) -> object:
        key = f"https://feed.example/{next(numbers)}"
        last = Validators()
        return pull_feed(
            key,
            location=url,
            last=last,
            known={},
            web=web,
            confinement=confinement,
            now=utc_now(),
        )

    def page(url: str) -> object:
        key = ItemKey("https://feed.example/", url)
        item = Item(key=key, url=url, title="", summary_html="", body_html="")
        return fetch_full_text(item, web=web, confinement=confinement)

    def redirected(ask: Callable[[str], object]) -> Callable[[str], object]:
        return lambda url: ask(f"http://{PUBLIC}/?to={quote(url, safe='')}")

    direct = {"feed": feed, "page": page, "picture": web.get}
    return {**direct, **{f"{name}, redirected": redirected(ask) for name, ask in direct.items()}}


def main() -> None:
    set_up_network()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        os.environ[name] = f"http://{INSIDE[0]}:8080"
    canaries = Canaries()
    told: dict[str, object] = {}
    urls = spellings()
    with Confinement() as confinement, WebSession(user_agent="wp-sync/test") as web:
        for name, ask in ways(web, confinement).items():
            for url in urls:
                if name.startswith("feed") and not url.startswith("http"):
                    continue  # a path, which only the configuration may name
                with suppress(WpSyncError):
                    ask(url)
            told[name] = len(urls)
    told["hits"] = sorted(set(canaries.hits))
    canaries.hits.clear()
    vars(urllib3.util.connection)["HAS_IPV6"] = True  # it looked before the network was set up
    with requests.Session() as bare:
        bare.trust_env = False
        for url in urls:
            with suppress(requests.RequestException, ValueError):
                bare.get(url, timeout=2)
    told["without a guard"] = sorted(set(canaries.hits))
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
