"""Which addresses a source may lead to: checked where the connection is made."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from wp_sync.errors import BlockedAddressError, NetworkError

from .deadline import LITTLE, Deadline

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool

_PORTS = (80, 443)
_CONNECT_SECONDS = 10.0  # an address; a host that drops packets must not eat the whole exchange
_MOST_ADDRESSES = 8  # of one name

# The IANA special-purpose registries and multicast. ipaddress.is_global is no substitute: Python
# 3.11.7 calls 64:ff9b::7f00:1, fec0::1 and 224.0.0.1 global.
_SPECIAL = tuple(
    ipaddress.ip_network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        "100.64.0.0/10",  # carrier-grade NAT
        "168.63.129.16/32",  # Azure's host, inside every guest
        "169.254.0.0/16",  # link-local, and the clouds' metadata
        *("192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.175.48.0/24", "198.18.0.0/15"),
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
        *("224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2620:4f:8000::/48"),  # Teredo and other protocols
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # all else is special or not given out yet
# IPv6 forms that carry an IPv4 address, and how many bits stand to the right of it.
_CARRIERS = (
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)


def is_public(address: str) -> bool:
    """Tell whether a numeric address belongs to the public Internet; unsure is no."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        for network, shift in _CARRIERS:
            if ip in network:
                return is_public(str(ipaddress.IPv4Address((int(ip) >> shift) & 0xFFFFFFFF)))
        if ip not in _GLOBAL_V6 or ip.scope_id:
            return False
    return not any(ip in network for network in _SPECIAL)


class Gate:
    """Open the connections of one thread: only to allowed ports and checked addresses."""

    def __init__(self, allowed: frozenset[str], dead: dict[tuple[str, int], str]) -> None:
        self._allowed = frozenset(entry.lower() for entry in allowed)  # "host:port"
        self._dead = dead  # what could not be reached, and why; shared by all threads
        self.url = ""
        self.deadline = Deadline(0)

    def connect(self, host: str, port: int) -> socket.socket:
        """Connect to the very address that was checked; no second look-up can change it."""
        found = self._resolve(host, port)
        error: OSError | None = None
        for family, kind, protocol, _, address in found[:_MOST_ADDRESSES]:
            if self.deadline.passed:
                break
            sock = socket.socket(family, kind, protocol)
            sock.settimeout(min(_CONNECT_SECONDS, self.deadline.remaining))
            try:
                sock.connect(address)
            except OSError as failure:
                error = failure
                sock.close()
                continue
            sock.settimeout(self.deadline.remaining)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.deadline.watch(sock)
            return sock
        cause = "answers nothing" if isinstance(error, TimeoutError) else "refuses connections"
        raise self._unreachable(host, port, f"{host} {cause} on port {port}: is it up?")

    def _resolve(self, host: str, port: int) -> list[tuple[Any, Any, int, str, Any]]:
        if (host, port) in self._dead:
            cause = self._dead[host, port]
            raise NetworkError(f"{self.url}: {cause}", url=self.url, connected=False)
        name = f"[{host}]" if ":" in host else host.rstrip(".").lower()
        private = f"{name}:{port}" in self._allowed
        if not private and port not in _PORTS:
            message = f"{self.url}: port {port} is none that the web uses"
            raise BlockedAddressError(message, url=self.url, cure=_cure(name, port))
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            message = f"the name {host} does not resolve: check the address, or this machine's DNS"
            raise self._unreachable(host, port, message) from error
        for *_, (address, *_) in found:
            if not private and not is_public(str(address)):
                message = f"{self.url}: {host} is at {address}, which is no public address"
                raise BlockedAddressError(message, url=self.url, cure=_cure(name, port))
        return list(found)

    def _unreachable(self, host: str, port: int, cause: str) -> NetworkError:
        if self.deadline.remaining > LITTLE:  # else it may be our haste, not the host
            self._dead[host, port] = cause
        return NetworkError(f"{self.url}: {cause}", url=self.url, connected=False)


def _cure(name: str, port: int) -> str:
    return f'if it is yours, add allow_private = ["{name}:{port}"] to its source'


class _Guarded(HTTPConnection):
    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:  # noqa: ANN401 (passed on)
        super().__init__(*args, **kwargs)
        self.gate = gate

    def _new_conn(self) -> socket.socket:
        return self.gate.connect(self._dns_host, self.port)

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (passed on as they are)
        if self.sock is not None:  # kept alive since an earlier exchange
            self.gate.deadline.watch(self.sock)
        super().request(*args, **kwargs)


class _GuardedTls(_Guarded, HTTPSConnection):
    pass


class _GuardedPools(PoolManager):
    gate: Gate

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, host, port, request_context)
        pool.ConnectionCls = _GuardedTls if scheme == "https" else _Guarded
        pool.conn_kw["gate"] = self.gate
        return pool


class GuardedAdapter(HTTPAdapter):
    """requests' way to the network, through a gate. TLS names and certificates stay checked."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        super().__init__(pool_maxsize=1, max_retries=0)  # one thread at a time uses it

    def init_poolmanager(self, connections: int, maxsize: int, **kwargs: Any) -> None:  # type: ignore[override]  # noqa: ANN401
        """Make the pools whose connections the gate opens."""
        self.poolmanager = _GuardedPools(connections, maxsize=maxsize, **kwargs)
        self.poolmanager.gate = self.gate
