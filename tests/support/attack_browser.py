"""A Chromium that tells what ran in its pages and whom it asked, and cannot leave this machine.

Three witnesses, none of which trusts the page: functions that are there before any script of the
page, the browser's own log of requests, and a proxy that all but the named servers lie behind.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
HOOK = (HERE / "attack_hook.js").read_text("utf-8")
TOUCH = (HERE / "attack_touch.js").read_text("utf-8")
SIGN = "attack-ran"  # the hook begins its lines with it
_CHROMIUM, _DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,Translate,CertificateTransparencyComponent",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--window-size=1280,1600",
)
# What Chromium asks for itself, whatever page is open.
_OWN_BUSINESS = ("google.com", "googleapis.com", "gvt1.com", "gstatic.com")


class Ran(NamedTuple):
    """Something that a page did."""

    deed: str  # alert, navigate, …
    attack: str  # the name of the frame it ran in, where frames are named
    page: str
    detail: str


class Asked(NamedTuple):
    """A request to a server that is none of ours."""

    url: str
    kind: str  # Document, Image, Script, … or "" from the proxy
    page: str


@dataclass(slots=True)
class Watched:
    """A browser, and what its witnesses have told since the last look."""

    driver: Chrome
    homes: tuple[str, ...]  # host:port of the servers that pages may ask
    stopped: list[str] = field(default_factory=list)  # what came to the proxy

    def open(self, url: str) -> None:
        """Open a page, and let go of a dialogue that no hook has caught."""
        self.driver.get(url)

    def touch(self, chosen: str) -> None:
        """Fire the handlers in these elements, in all frames."""
        self.driver.execute_script(TOUCH, chosen)

    def what_ran(self) -> list[Ran]:
        """Read the console."""
        found = []
        for entry in self._log("browser"):
            _, sign, line = entry["message"].partition(SIGN)
            if sign:
                # As Chromium's log writes it: the second argument as a JavaScript string.
                start = line.index('"[')
                text, _ = json.JSONDecoder().raw_decode(line[start:])
                found.append(Ran(*json.loads(text)))
        return found

    def what_left(self) -> list[Asked]:
        """Read the browser's log of requests, and the proxy's."""
        found = []
        for entry in self._log("performance"):
            if '"Network.requestWillBeSent"' in entry["message"]:
                told = json.loads(entry["message"])["message"]["params"]
                url = told["request"]["url"]
                if url.startswith(("http", "ws")) and not self._is_home(url):
                    found.append(Asked(url, told.get("type", ""), told.get("documentURL", "")))
        found += [Asked(url, "", "") for url in self.stopped]
        self.stopped.clear()
        return found

    def _log(self, name: str) -> list[dict[str, Any]]:
        return list(self.driver.get_log(name))  # type: ignore[no-untyped-call]

    def _is_home(self, url: str) -> bool:
        return urlsplit(url).netloc in self.homes


@contextmanager
def open_watched(profile: Path, homes: Sequence[str]) -> Iterator[Watched]:
    """Start a browser of its own for these servers."""
    stopped: list[str] = []
    with _open_proxy(stopped) as proxy:
        options = ChromeOptions()
        options.binary_location = _CHROMIUM
        options.page_load_strategy = "normal"
        bypass = ";".join(("<-loopback>", *homes))
        flags = (f"--proxy-server={proxy}", f"--proxy-bypass-list={bypass}")
        for flag in (*_FLAGS, *flags, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.add_experimental_option("perfLoggingPrefs", {"enablePage": False})
        options.unhandled_prompt_behavior = "accept and notify"
        driver = Chrome(options, ChromeService(_DRIVER))
        try:
            driver.set_script_timeout(120)
            source = HOOK.replace("HOMES", json.dumps(list(homes)))
            add = "Page.addScriptToEvaluateOnNewDocument"
            driver.execute_cdp_cmd(add, {"source": source, "runImmediately": True})
            yield Watched(driver, tuple(homes), stopped)
        finally:
            driver.quit()


@contextmanager
def _open_proxy(stopped: list[str]) -> Iterator[str]:
    """Take what is meant for others: note it, and pass nothing on."""

    class Stop(BaseHTTPRequestHandler):
        def stop(self) -> None:
            if not any(own in self.path for own in _OWN_BUSINESS):
                stopped.append(f"{self.command} {self.path}")
            self.close_connection = True
            self.send_response_only(502)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_HEAD = do_PUT = do_OPTIONS = do_CONNECT = stop  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Stop)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


STAGE = """<!doctype html><meta charset="utf-8"><title>stage</title><div id="stage"></div>"""
_PLAY = """
const [attacks, done] = arguments;
const stage = document.getElementById("stage");
const loaded = attacks.map(([name, markup]) => new Promise((ready) => {
  const frame = document.createElement("iframe");
  frame.dataset.attack = name;
  frame.sandbox = "allow-scripts allow-same-origin allow-forms allow-modals";
  frame.onload = ready;
  setTimeout(ready, 3000);
  frame.srcdoc = "<!doctype html><meta charset=utf-8><body>" + markup;
  stage.append(frame);
}));
Promise.all(loaded).then(() => setTimeout(done, 150));
"""


def play(watched: Watched, stage: str, attacks: Sequence[tuple[str, str]]) -> list[Ran]:
    """Show each attack as it is, in a frame of its own; tell what ran, by name."""
    ran: list[Ran] = []
    for start in range(0, len(attacks), 50):
        watched.open(stage)
        part = [list(attack) for attack in attacks[start : start + 50]]
        try:
            watched.driver.execute_async_script(_PLAY, part)
            watched.touch("html")
            watched.driver.execute_async_script("setTimeout(arguments[0], 150)")
        except WebDriverException as error:  # named, since one attack can end its whole page
            ran.append(Ran("broke", "", stage, str(error.msg)[:200]))
        ran += watched.what_ran()
    return ran
