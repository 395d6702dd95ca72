"""WordPress's own page for application passwords, and the one answer it sends to this machine."""

from __future__ import annotations

import threading
import webbrowser
from contextlib import contextmanager
from dataclasses import dataclass, field
from hmac import compare_digest
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from socket import gethostname
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from wp_sync.config.secrets import LONGEST, Secret, read_secret
from wp_sync.errors import SiteError, UnauthorizedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.publish.discovery import ApiRoot

    from .output import Screen

APP_ID = "3f8b6c1e-5d0a-4c57-9a52-6f1f0c7d2e94"  # ours for ever: WordPress lists it with the name
WAIT = 300.0  # seconds for a person to log in and to press the button
_LAST_PAGE = 3.0  # seconds for the browser to fetch the page that says so
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGES = {
    "/received": ("Received", "wp-sync has its answer. Go on in the terminal; close this page."),
    "/declined": ("Declined", "wp-sync got no password. You can close this page."),
}
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>wp-sync: {title}</title>'
    '<body style="font: 1.1em system-ui, sans-serif; margin: 4em auto; max-width: 30em">'
    "<h1>{title}</h1><p>{text}</p></body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Whom WordPress made a password for, and the password."""

    username: str
    password: Secret


@dataclass(slots=True)
class _Mailbox:
    """Takes one answer, by one of two paths that nobody can guess."""

    secret: str = field(default_factory=lambda: token_urlsafe(24))
    approval: Approval | None = None
    port: int = 0
    answered: threading.Event = field(default_factory=threading.Event)
    shown: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def address(self, word: str) -> str:
        """Give the address to which WordPress sends the browser."""
        return f"http://127.0.0.1:{self.port}/{self.secret}/{word}"

    def receive(self, target: str) -> str:
        """Take the answer from an address; return the path of the page to show, "" for none."""
        path, _, query = target.partition("?")
        is_yes, is_no = (
            compare_digest(path.encode(), f"/{self.secret}/{word}".encode())
            for word in ("yes", "no")
        )
        approval = _read_approval(query) if is_yes else None
        if not (approval or is_no):
            return ""
        with self._lock:
            if self.answered.is_set():  # only once
                return ""
            self.approval = approval
            self.answered.set()
        return "/received" if approval else "/declined"


def _read_approval(query: str) -> Approval | None:
    """Read what wp-admin/authorize-application.php adds to success_url."""
    if len(query) > LONGEST:
        return None
    fields = parse_qs(query)
    username = fields.get("user_login", [""])[0]
    password = read_secret(fields.get("password", [""])[0].encode())
    return Approval(username=username, password=password) if username and password else None


def page_address(root: ApiRoot, mailbox: _Mailbox | None = None) -> str:
    """Build the address of WordPress's page; it holds no password."""
    asked = {"app_name": f"wp-sync on {gethostname()}", "app_id": APP_ID}
    if mailbox:
        asked |= {"success_url": mailbox.address("yes"), "reject_url": mailbox.address("no")}
    joint = "&" if urlsplit(root.authorize_url).query else "?"
    return f"{root.authorize_url}{joint}{urlencode(asked)}"


def await_approval(root: ApiRoot, screen: Screen, wait: float = WAIT) -> Approval:
    """Open the page and wait for its answer. Raises UnauthorizedError when there is none."""
    with _open_mailbox() as mailbox:
        address = page_address(root, mailbox)
        screen.warn(f"Opening {root.home} in your browser: log in there, and approve wp-sync.")
        if not open_page(address):
            message = "the browser could not be opened"
            raise SiteError(message, cure="`wp-sync login` takes a password that you paste")
        if not mailbox.answered.wait(wait):
            message = f"no answer came from the browser within {wait / 60:g} minutes"
            cure = "repeat, or make a password in wp-admin > Users > Profile and `wp-sync login`"
            raise UnauthorizedError(message, cure=cure)
        mailbox.shown.wait(_LAST_PAGE)
        if mailbox.approval is None:
            raise UnauthorizedError("it was declined in the browser", cure="nothing was stored")
        return mailbox.approval


def has_browser() -> bool:
    """Tell whether this machine can open a page."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def open_page(address: str) -> bool:
    """Open a page in the browser of whoever sits here."""
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


@contextmanager
def _open_mailbox() -> Iterator[_Mailbox]:
    """Listen on this machine alone, for as long as the answer is awaited."""
    mailbox = _Mailbox()

    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # browsers open connections in advance, and say nothing on them

        def do_GET(self) -> None:
            # A page elsewhere that calls itself by our address is no business of ours.
            if self.headers.get("Host") != f"127.0.0.1:{mailbox.port}":
                return self._answer(HTTPStatus.NOT_FOUND)
            if page := _PAGES.get(self.path):
                self._answer(HTTPStatus.OK, page)
                return mailbox.shown.set()
            if place := mailbox.receive(self.path):
                # Away from the address that holds the password, before anything is shown.
                return self._answer(HTTPStatus.SEE_OTHER, location=place)
            return self._answer(HTTPStatus.NOT_FOUND)

        def _answer(
            self, status: HTTPStatus, page: tuple[str, str] = ("", ""), location: str = ""
        ) -> None:
            title, text = map(escape, page)
            body = _PAGE.format(title=title, text=text).encode() if title else b""
            self.send_response_only(status)
            for name, value in (_HEADERS | ({"Location": location} if location else {})).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing: the address holds a password."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        mailbox.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()
