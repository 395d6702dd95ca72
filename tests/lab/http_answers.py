"""Answers of HTTP as bytes: written, taken apart, and changed as a fault wants them."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PER_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


def answer(
    status: int, body: str | bytes = b"", kind: str = "application/json", **headers: str
) -> bytes:
    """Write an answer of HTTP; an underscore in a header's name stands for a hyphen."""
    content = body.encode() if isinstance(body, str) else body
    known = {one.value: one.phrase for one in HTTPStatus}
    lines = [f"HTTP/1.1 {status} {known.get(status, 'Odd')}", f"Content-Type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(content)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + content


def split_answer(content: bytes) -> tuple[bytes, bytes]:
    """Part an answer into its head, without the empty line, and its body."""
    head, _, body = content.partition(b"\r\n\r\n")
    return head, body


def with_body(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change an answer's body, and its length."""
    head, body = split_answer(content)
    body = change(body)
    head = re.sub(rb"(?im)^content-length:.*\r?$", b"Content-Length: %d\r" % len(body), head)
    return head.rstrip(b"\r") + b"\r\n\r\n" + body


def with_json(content: bytes, change: Callable[[Any], Any]) -> bytes:
    """Change an answer's JSON."""
    return with_body(content, lambda body: json.dumps(change(json.loads(body))).encode())


def read_headers(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.split("\r\n") if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def with_length(content: bytes, method: str) -> bytes:
    """Give an answer that ended with its connection a length instead."""
    head, body = split_answer(content)
    line, *lines = head.decode("latin-1").split("\r\n")
    named = {one.partition(":")[0].strip().lower(): one for one in lines}
    if "chunked" in named.get("transfer-encoding", ""):
        body = _unchunk(body)
    size = named.get("content-length", f"Content-Length: {len(body)}")
    size = size if method == "HEAD" else f"Content-Length: {len(body)}"
    kept = [one for one in lines if one.partition(":")[0].strip().lower() not in PER_HOP]
    bodiless = line.split(" ")[1] in {"204", "304"}
    return "\r\n".join([line, *kept, *([] if bodiless else [size]), "", ""]).encode("latin-1") + (
        b"" if bodiless else body
    )


def _unchunk(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        whole, body = whole + body[:length], body[length + 2 :]
    return whole


def with_header(content: bytes, name: str, value: str) -> bytes:
    """Add a header to an answer."""
    head, body = split_answer(content)
    return head + f"\r\n{name}: {value}\r\n\r\n".encode("latin-1") + body
