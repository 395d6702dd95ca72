"""doctor before real web servers that are set up wrongly: nginx, and a clock that is off."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from breaking import ask_doctor, expect
from desk import Desk
from webservers import TO_PHP, named, nginx

from wp_sync.sandbox.wordpress import WordPress, start_wordpress

THROUGH = "location / { proxy_pass {site}; }"
CACHE = """
proxy_cache_path {room}/cache keys_zone=pages:1m;
proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
"""
CACHED = (
    "location / { proxy_pass {site}; proxy_cache pages; proxy_cache_valid any 1m; %s"
    " add_header X-Cache-Status $upstream_cache_status always; }"
)


def test_missing_try_files_is_told(desk: Desk, wordpress: WordPress, tmp_path: Path) -> None:
    """Nginx answers /wp-json/ itself; ?rest_route= works, and so does the whole with the line."""
    (tmp_path / "with").mkdir()
    with nginx(wordpress, tmp_path, TO_PHP) as url:
        said = ask_doctor(desk, url=url)
    line = said.cure("site").removeprefix("nginx: `").removesuffix("`")
    with nginx(wordpress, tmp_path / "with", TO_PHP + line) as url:
        mended = ask_doctor(desk, url=url)

    cause = 'the web server itself answers /wp-json/ with 404 ("404 Not Found")'
    expect(said, "site", "warning", cause, "location / { try_files $uri $uri/ /index.php?$args; }")
    assert said.state("login") == "ok"
    assert mended.state("site") == "ok"


def test_a_body_limit_is_found_by_writing(desk: Desk, wordpress: WordPress, tmp_path: Path) -> None:
    """Nginx takes 1 MB unless it is told otherwise; reading shows nothing of it."""
    (tmp_path / "with").mkdir()
    with nginx(wordpress, tmp_path, THROUGH) as url:
        said = ask_doctor(desk, "--write", url=url)
        unseen = ask_doctor(desk, url=url)
    line = said.cure("writing").removeprefix("nginx: `").partition("`")[0]
    with nginx(wordpress, tmp_path / "with", THROUGH + line) as url:
        mended = ask_doctor(desk, "--write", url=url)

    cause = "the web server refuses pictures of 2 MB (413, nginx/"
    expect(said, "writing", "failed", cause, "client_max_body_size 32m;")
    assert unseen.code == 0
    assert mended.state("writing") == "ok"


@pytest.mark.parametrize(
    ("more", "word"),
    [("", "does not say"), ("add_header Retry-After 1800 always;", "asks for 1800 seconds")],
)
def test_a_rate_limit_is_told(
    more: str, word: str, desk: Desk, wordpress: WordPress, tmp_path: Path
) -> None:
    """One request a minute is too few for anybody."""
    zone = "limit_req_zone $binary_remote_addr zone=all:1m rate=1r/m;"
    limit = f"limit_req zone=all; limit_req_status 429; {more}"

    with nginx(wordpress, tmp_path, THROUGH.replace("{ ", f"{{ {limit} "), zone) as url:
        said = ask_doctor(desk, url=url)

    expect(said, "site", "failed", "limits how often it may be asked (429)", "exempt this machine")
    assert word in said.cause("site")


def test_a_page_cache_with_one_page_for_all_is_told(
    desk: Desk, wordpress: WordPress, tmp_path: Path
) -> None:
    """Every address gives the front page."""
    with nginx(wordpress, tmp_path, CACHED % "proxy_cache_key one;", CACHE) as url:
        requests.get(url, timeout=60)  # a visitor came before
        said = ask_doctor(desk, url=url)

    cause = "the web server's cache answers /wp-json/ with a web page (\"Model Site"
    expect(said, "site", "failed", cause, "keep /wp-json/ out of the page cache")


def test_a_cache_of_logged_in_answers_is_told(
    desk: Desk, wordpress: WordPress, tmp_path: Path
) -> None:
    """Reading shows the cache by its headers; writing, that it gives what was there before."""
    hidden = "location / { proxy_pass {site}; proxy_cache pages; proxy_cache_valid any 1m;"
    hidden += " client_max_body_size 32m; }"
    (tmp_path / "hidden").mkdir()
    with nginx(wordpress, tmp_path, CACHED % "", CACHE) as url:
        ask_doctor(desk, url=url)
        read = ask_doctor(desk, url=url)
    with nginx(wordpress, tmp_path / "hidden", hidden, CACHE) as url:
        written = ask_doctor(desk, "--write", url=url)

    cause = "the web server's cache answers logged-in requests"
    expect(read, "login", "warning", cause, "with an Authorization header")
    expect(written, "writing", "warning", "gives old answers", "keep /wp-json/ and ?rest_route=")


@pytest.mark.parametrize(
    ("rules", "cause", "cure"),
    [
        pytest.param(
            "return 301 http://elsewhere.example$request_uri;",
            "redirects to another host, elsewhere.example",
            "put its address into [site] url",
            id="another host",
        ),
        pytest.param(
            "return 301 https://127.0.0.1$request_uri;",
            "redirects to another host, 127.0.0.1",
            "put its address into [site] url",
            id="https elsewhere",
        ),
        pytest.param(
            "return 301 {self}$request_uri;",
            "redirects more than 5 times",
            "that undo each other",
            id="in a circle",
        ),
        pytest.param(
            "location / { proxy_pass {site}; } "
            "location ~ wp-json { return 301 http://www.elsewhere.example$request_uri; }",
            "redirects to http://www.elsewhere.example/wp-json/",
            "put the address to which the site redirects",
            id="the API alone",
        ),
    ],
)
def test_redirects_are_told(
    rules: str, cause: str, cure: str, desk: Desk, wordpress: WordPress, tmp_path: Path
) -> None:
    """A login is sent to no other place than the one that was written down."""
    rules = rules.replace("{site}", wordpress.url)
    if "location ~" in rules:
        rules = rules.replace("location ~ wp-json", "location ~ (wp-json|rest_route)")
        rules += " if ($arg_rest_route) { return 301 http://www.elsewhere.example/wp-json/; }"

    with nginx(wordpress, tmp_path, rules) as url:
        said = ask_doctor(desk, url=url)

    expect(said, "site", "failed", cause, cure)


def test_plain_permalinks_are_fine(desk: Desk) -> None:
    """The site names its longer address itself."""
    with start_wordpress(permalinks="plain") as site:
        said = ask_doctor(desk, url=site.url, password=site.users["editor"].application_password)

    expect(said, "site", "ok", "Model Site", "")


@pytest.mark.parametrize(
    ("minutes", "word"), [(12, "12 minutes ahead of"), (-90, "90 minutes behind")]
)
def test_a_clock_that_is_off_is_told(
    minutes: int, word: str, desk: Desk, wordpress: WordPress
) -> None:
    """Which of the two is wrong is for a person to see; what it breaks is said."""
    with _at_another_time(wordpress, timedelta(minutes=minutes)) as url:
        said = ask_doctor(desk, url=url)

    expect(said, "clock", "warning", f"the site's clock is {word}", "timedatectl set-ntp true")
    assert "scheduled posts come at the wrong time" in said.cause("clock")
    assert said.state("login") == "ok"


@contextmanager
def _at_another_time(site: WordPress, apart: timedelta) -> Iterator[str]:
    """Pass a site's answers on with a Date of another time."""
    upstream = urlsplit(site.url)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wire = http.client.HTTPConnection(str(upstream.hostname), upstream.port, timeout=60)
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
            wire.request(self.command, self.path, sent, dict(self.headers.items()))
            answer = wire.getresponse()
            body = answer.read()
            wire.close()
            self.send_response_only(answer.status)
            left_out = {"connection", "content-length", "date", "transfer-encoding"}
            for name, value in answer.getheaders():
                if name.lower() not in left_out:
                    self.send_header(name, value)
            self.send_header("Date", format_datetime(datetime.now(UTC) + apart, usegmt=True))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        with named(site, url):
            yield url
    finally:
        server.shutdown()
        server.server_close()
