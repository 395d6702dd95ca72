"""The faults of a network (the list N), each with its kinds: what a proxy does to an exchange.

Sizes and delays are drawn, so that each case of a class cuts elsewhere.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from random import Random

from chaos_rules import Fault
from http_answers import answer, split_answer, with_body, with_header
from toxics import toxic

Maker = Callable[[Random], Fault]

LOGIN_PAGE = "<!doctype html><html><head><title>Log in</title></head><body>Wi-Fi</body></html>"
MEGABYTE = 2**20


def n4_resets() -> tuple[Maker, ...]:
    return (
        lambda _: Fault(name="reset before the request", end_first="reset"),
        lambda draw: Fault(name="reset amid the request", share=draw.uniform(0.05, 0.95)),
        lambda _: Fault(name="reset before the reply", toxics=(toxic("reset_peer"),)),
        lambda draw: _reset_after("reset amid the headers", draw.randint(1, 60)),
        lambda draw: _reset_in_body(draw.randint(1, 200)),
    )


def n5_closes() -> tuple[Maker, ...]:
    return (
        lambda _: Fault(name="closed before the request went on", end_first="close"),
        lambda _: Fault(name="closed without a reply", reply=b"", end="close"),
        lambda _: Fault(name="closed, never passed on", forward=False, reply=b"", end="close"),
    )


def n6_lengths() -> tuple[Maker, ...]:
    def changed(name: str, *lines: str) -> Maker:
        return lambda _: _changed(f"length {name}", lambda whole: _relength(whole, lines))

    return (
        changed("too long", "Content-Length: 99999"),
        changed("too short", "Content-Length: 20"),
        changed("negative", "Content-Length: -5"),
        changed("given twice", "Content-Length: 20", "Content-Length: 40"),
        changed("beside chunks", "Content-Length: 20", "Transfer-Encoding: chunked"),
        changed("missing, and the body cut"),
    )


def n7_chunks() -> tuple[Maker, ...]:
    def chunked(name: str, chunks: Callable[[bytes], bytes]) -> Maker:
        return lambda _: _changed(f"chunks: {name}", lambda whole: _in_chunks(whole, chunks))

    flood = b"".join(b"X-Trailer-%d: x\r\n" % number for number in range(20_000))
    return (
        chunked("bad size", lambda body: b"zz\r\n" + body + b"\r\n0\r\n\r\n"),
        chunked("no end", lambda body: b"%x\r\n" % len(body) + body + b"\r\n"),
        chunked("cut", lambda body: b"%x\r\n" % len(body) + body[: len(body) // 2]),
        chunked("size too large", lambda body: b"ffffffffffff\r\n" + body),
        chunked("trailers", lambda body: _chunk(body) + b"0\r\n" + flood + b"\r\n"),
    )


def n8_drips() -> tuple[Maker, ...]:
    slow = (toxic("slicer", size=1, delay=0.05),)
    silent = (toxic("timeout", delay=8),)
    return (
        lambda _: Fault(name="headers byte by byte", toxics=slow),
        lambda _: Fault(name="body byte by byte", toxics=slow, spare="head"),
        lambda _: Fault(name="silent after the headers", toxics=silent, spare="head"),
        lambda _: Fault(name="silent in the headers", toxics=silent, spare="most of the head"),
        lambda _: Fault(name="silent", toxics=silent),
    )


def n9_bandwidth() -> tuple[Maker, ...]:
    return (lambda _: Fault(name="1 kB/s", toxics=(toxic("bandwidth", rate=1000),)),)


def n10_latency() -> tuple[Maker, ...]:
    toxics = (
        toxic("latency", "downstream", delay=0.4, jitter=0.4),
        toxic("latency", "upstream", delay=0.4, jitter=0.4),
    )
    return (lambda _: Fault(name="0 to 1.6 s late", toxics=toxics),)


def n11_slicer() -> tuple[Maker, ...]:
    both = (toxic("slicer", "upstream", size=1), toxic("slicer", "downstream", size=1))
    return (lambda _: Fault(name="one byte a packet", toxics=both),)


def n12_limits() -> tuple[Maker, ...]:
    return (
        lambda draw: Fault(
            name="cut", toxics=(toxic("limit_data", size=64 * draw.randint(1, 12)),), end="close"
        ),
        lambda draw: Fault(
            name="body cut",
            toxics=(toxic("limit_data", size=64 * draw.randint(1, 12)),),
            spare="head",
            end="close",
        ),
    )


def n13_slow_close() -> tuple[Maker, ...]:
    return (lambda _: Fault(name="slow close", toxics=(toxic("slow_close", delay=3),)),)


def n15_redirects() -> tuple[Maker, ...]:
    def leading(target: str, status: int = 301) -> Maker:
        reply = answer(status, "", **{"Location": target} if target else {})
        name = f"{status} to {target[:40] or 'nowhere'}"
        return lambda _: Fault(name=name, forward=False, reply=reply)

    def split(_: Random) -> Fault:
        reply = answer(302, "").replace(b"\r\n", b"\r\nLocation: /x\r\n\tSet-Cookie: a=b\r\n", 1)
        return Fault(name="302 with a broken line", forward=False, reply=reply)

    return (
        _in_circles,
        leading("/elsewhere/", 302),
        *(leading(f"{scheme}:///etc/passwd") for scheme in ("file", "ftp", "gopher")),
        leading("data:text/html,<p>x</p>"),
        leading("http://169.254.169.254/latest/", 307),
        leading("http://10.0.0.1/", 308),
        leading("../../x", 303),
        leading(""),
        split,
    )


def n16_statuses() -> tuple[Maker, ...]:
    flood = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 5_000
    body = b"<p>nothing to see here</p>"
    odd = (204, 206, 304, 226, 999)
    kinds: list[Maker] = [
        lambda _, status=status: Fault(  # type: ignore[misc]
            name=f"{status} unasked", forward=False, reply=answer(status, body, "text/html")
        )
        for status in odd
    ]
    return (
        lambda _: _changed("1xx flood", lambda whole: flood + whole),
        lambda _: _changed("206, the first half", _first_half),
        *kinds,
    )


def n17_garbage() -> tuple[Maker, ...]:
    def given(name: str, reply: bytes) -> Maker:
        return lambda _: Fault(name=name, forward=False, reply=reply, end="close")

    ok = b"HTTP/1.1 200 OK\r\n"
    many = b"".join(b"X-%d: x\r\n" % number for number in range(10_000))
    return (
        given("HTTP/0.9", b"<html>hello</html>"),
        given("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
        lambda draw: Fault(name="garbage", forward=False, reply=draw.randbytes(3_000), end="close"),
        given("header of 1 MB", ok + b"X: " + b"x" * MEGABYTE + b"\r\n\r\n"),
        given("10,000 headers", ok + many + b"\r\n"),
        given("NUL in a header", ok + b"X-\x00: \x00\r\nContent-Length: 2\r\n\r\n{}"),
    )


def n18_kept_alive() -> tuple[Maker, ...]:
    return (
        # The server closes what it said it would keep, while the next request is on its way.
        lambda _: Fault(name="kept line closed at the next request", end_first="close"),
        lambda _: Fault(name="kept line torn down at the next request", end_first="reset"),
        lambda _: Fault(name="kept line closed after the answer", end="close"),
    )


def n19_codings() -> tuple[Maker, ...]:
    def coded(name: str, coding: str, pack: Callable[[bytes], bytes]) -> Maker:
        def change(whole: bytes) -> bytes:
            return with_header(with_body(whole, pack), "Content-Encoding", coding)

        return lambda _: _changed(name, change)

    zeros = gzip.compress(bytes(60 * MEGABYTE))
    return (
        coded("gzip bomb", "gzip", lambda _: zeros),
        coded("br", "br", lambda _: b"\x1b\xff\xff\xff" * 400),
        coded("zstd", "zstd", lambda _: b"\x28\xb5\x2f\xfd" * 400),
        coded("gzip twice", "gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
        coded("gzip cut", "gzip", lambda body: gzip.compress(body)[:-12]),
        coded("gzip in name", "gzip", bytes),
        coded("deflate", "deflate", zlib.compress),
        coded("raw deflate", "deflate", lambda body: zlib.compress(body)[2:-4]),
    )


def n20_portals() -> tuple[Maker, ...]:
    page = answer(200, LOGIN_PAGE, "text/html")
    away = answer(301, "", Location="http://127.0.0.1:9/login")
    here = answer(302, "", Location="/wp-login.php?redirect_to=x")
    return (
        lambda _: Fault(name="captive portal", forward=False, reply=page),
        lambda _: Fault(name="301 to a login page", forward=False, reply=away),
        lambda _: Fault(name="302 to a login page", forward=False, reply=here),
    )


def _in_circles(draw: Random) -> Fault:
    """Lead around: to itself, or on and on with 301 and 302 by turns."""
    if draw.random() < 0.5:
        reply = answer(301, "", Location="?again=1")
        return Fault(name="301 to itself", forward=False, reply=reply)
    reply = answer(draw.choice((301, 302, 307)), "", Location=f"?hop={draw.randint(1, 10**9)}")
    return Fault(name="50 hops", forward=False, reply=reply)


def _changed(name: str, change: Callable[[bytes], bytes]) -> Fault:
    return Fault(name=name, change=change, end="close")


def _reset_after(name: str, size: int) -> Fault:
    return Fault(name=name, toxics=(toxic("reset_peer", after=size),))


def _reset_in_body(size: int) -> Fault:
    toxics = (toxic("reset_peer", after=size),)
    return Fault(name="reset amid the body", toxics=toxics, spare="head")


def _relength(whole: bytes, lines: tuple[str, ...]) -> bytes:
    head, body = split_answer(whole)
    head = re.sub(rb"(?im)^content-length:[^\r\n]*\r?\n?", b"", head + b"\r\n")
    body = body if lines else body[: len(body) // 2]
    return head + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


def _in_chunks(whole: bytes, chunks: Callable[[bytes], bytes]) -> bytes:
    head, _, _ = _relength(whole, ("Transfer-Encoding: chunked",)).partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + chunks(split_answer(whole)[1])


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n" % len(body) + body + b"\r\n"


def _first_half(whole: bytes) -> bytes:
    whole = re.sub(rb"^HTTP/1.. \d+ [^\r]*", b"HTTP/1.1 206 Partial Content", whole)
    return with_body(whole, lambda body: body[: len(body) // 2])


EXCHANGES: dict[str, tuple[str, tuple[Maker, ...]]] = {
    "N4": ("reset before, amid and after the request, the headers, the body", n4_resets()),
    "N5": ("closed without a reply", n5_closes()),
    "N6": ("Content-Length that lies", n6_lengths()),
    "N7": ("chunks that are none", n7_chunks()),
    "N8": ("headers and bodies that drip, and silence", n8_drips()),
    "N9": ("1 kB/s", n9_bandwidth()),
    "N10": ("latency and jitter", n10_latency()),
    "N11": ("one byte a packet", n11_slicer()),
    "N12": ("cut at every 64th byte", n12_limits()),
    "N13": ("slow close", n13_slow_close()),
    "N15": ("redirects to nowhere, elsewhere, inside", n15_redirects()),
    "N16": ("odd statuses", n16_statuses()),
    "N17": ("what is no HTTP", n17_garbage()),
    "N18": ("a kept connection that the server closed", n18_kept_alive()),
    "N19": ("compression that bombs or breaks", n19_codings()),
    "N20": ("captive portal", n20_portals()),
}
