"""What WordPress, or something in front of it, answered, and what that means in words."""

from __future__ import annotations

import html
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urljoin, urlsplit, urlunsplit

from wp_sync.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Mapping

Json: TypeAlias = Any  # whatever a JSON text holds

INDEX = "the API index"  # what is asked for without a route

CANDIDATES = 50  # places at which JSON is looked for after printed warnings
# Where JSON may begin after printed warnings: on a new line, or after a tag.
PRINTED = re.compile(r"[\n>]\s*(?=[\[{])")
WEB_PAGE_CURE = (
    "look for a page cache or a security plugin that answers for /wp-json/, "
    "and save Settings > Permalinks once"
)
NOTHING_CURE = (
    "a plugin may end PHP within the request: look into the site's error log, "
    "and switch the newest plugin off"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one request, whatever its status."""

    what: str  # "GET wp/v2/posts": for messages
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    arrived: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def text(self) -> str:
        return self.body.decode("utf-8-sig", errors="replace")  # themes may print a BOM

    @property
    def error(self) -> Mapping[str, Json]:
        """Return WordPress's error object; an empty one when the body is something else."""
        data, _ = find_json(self.text)
        return data if isinstance(data, dict) and "code" in data else {}

    @property
    def server(self) -> str:
        return self.headers.get("Server", "") or "a server without a name"

    @property
    def of_index(self) -> bool:
        return self.what.endswith(INDEX)

    @property
    def code(self) -> str:
        return str(self.error.get("code", ""))

    @property
    def page_title(self) -> str:
        """Return the title of a web page in quotes and brackets, "" when there is none."""
        found = re.search(r"<title[^>]*>(.{0,500}?)</title", self.text, re.IGNORECASE | re.DOTALL)
        title = " ".join(html.unescape(found[1]).split())[:100] if found else ""
        return f' ("{title}")' if title else ""

    @property
    def retry_after(self) -> float | None:
        """Read Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""
        value = self.headers.get("Retry-After", "").strip()
        if value.isascii() and value.isdigit():
            return float(value)
        moment = _http_date(value)
        now = _http_date(self.headers.get("Date", "")) or datetime.now(UTC)
        return max(0.0, (moment - now).total_seconds()) if moment else None

    @property
    def clock_ahead(self) -> float | None:
        """Tell by how many seconds the sender's clock is before ours; None where it can't be seen.

        An answer out of a cache has the date of when it was made (RFC 9110, 6.6.1).
        """
        date = _http_date(self.headers.get("Date", ""))
        if date is None or self.headers.get("Age"):
            return None
        return (date - self.arrived).total_seconds()

    @property
    def reason(self) -> str:
        """Say why, in WordPress's words where it has some."""
        error = self.error
        if not error:
            firewall = self.status == HTTPStatus.FORBIDDEN
            by = "a firewall or the web server" if firewall else "the server"
            return f"{self.what}: {by} answered {self.status} with a web page{self.page_title}"
        said = html.unescape(re.sub(r"<[^>]*>", "", str(error.get("message", "")))).strip()
        data = error.get("data")
        fields = data.get("params") if isinstance(data, dict) else None
        if isinstance(fields, dict):
            said += "".join(f" {name}: {why}" for name, why in fields.items())
        by = "a security plugin or WordPress" if error["code"] == "wp_die" else "WordPress"
        return f"{self.what}: {by} answered {self.status}: {said[:500]} [{error['code']}]"

    def decode(self) -> tuple[Json, str]:
        """Return the JSON, and what PHP printed before it."""
        data, printed = find_json(self.text)
        if data is None:
            if not self.body.strip():
                raise SiteError(f"{self.url} answers with nothing", cure=NOTHING_CURE)
            kind = self.headers.get("Content-Type", "no content type")
            if "json" in kind:
                raise SiteError(f"{self.url} answers with broken JSON", cure=NOTHING_CURE)
            message = f"{self.url} answers with {kind}{self.page_title} instead of JSON"
            raise SiteError(message, cure=WEB_PAGE_CURE)
        return data, printed

    def redirect(self) -> SiteError:
        """Say where this redirect points; following one with a login is never right."""
        target = urljoin(self.url, self.headers.get("Location", ""))
        if "wp-login.php" in target:
            message = f"{self.what}: the site sends every visitor to its login page"
            return SiteError(message, cure="let the plugin that does it leave out /wp-json/")
        shown = urlunsplit(urlsplit(target)._replace(query="", fragment=""))
        message = f"{self.what}: {self.url} redirects to {shown}, and a login is not sent there"
        return SiteError(
            message, cure="put the address to which the site redirects into [site] url"
        )


def _http_date(value: str) -> datetime | None:
    with suppress(ValueError):
        return parsedate_to_datetime(value).replace(tzinfo=UTC)  # never another zone: RFC 9110
    return None


def find_json(text: str) -> tuple[Json, str]:
    """Return the JSON value that ends a text, and what PHP printed before it; else (None, "")."""
    text = text.lstrip("\ufeff \t\r\n")
    if re.match(r"<!doctype|<html", text, re.IGNORECASE):
        return None, ""
    # A text that begins like JSON counts only from its beginning: PHP's own server sends no
    # length, and a part of a truncated answer would pass for a whole one.
    starts = [0] if text[:1] in {"{", "["} else [found.end() for found in PRINTED.finditer(text)]
    for start in starts[:CANDIDATES]:
        with suppress(ValueError, RecursionError):
            data, end = json.JSONDecoder().raw_decode(text, start)
            if re.match(r"\s*(<br|$)", text[end:]):
                return data, " ".join(re.sub(r"<[^>]*>", " ", text[:start]).split())[:300]
    return None, ""
