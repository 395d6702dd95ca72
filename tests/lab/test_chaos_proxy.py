"""The chaos proxy does what it says: else the faults that it is for would prove nothing."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
import requests
from chaos_proxy import ChaosProxy, open_proxy
from chaos_rules import Fault, to
from http_answers import answer, with_body
from press import Kiosk, open_kiosk
from toxics import KINDS, Toxic, toxic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = b"0123456789" * 100


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    """Serve a page."""
    with open_kiosk() as kiosk:
        kiosk.put("/page", PAGE)
        yield kiosk


@pytest.fixture
def proxy(kiosk: Kiosk, tmp_path: Path) -> Iterator[ChaosProxy]:
    """Put a proxy before it."""
    with open_proxy(kiosk.url, log=tmp_path / "log.jsonl") as proxy:
        yield proxy


def fetch(proxy: ChaosProxy, timeout: float = 60) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(f"{proxy.url}/page", timeout=timeout)


def test_without_a_programme_all_passes(proxy: ChaosProxy, kiosk: Kiosk) -> None:
    """The answer is the server's own, and the connection is kept."""
    with requests.Session() as session:
        bodies = [session.get(f"{proxy.url}/page", timeout=60).content for _ in range(3)]

    assert bodies == [PAGE] * 3
    assert kiosk.asked == ["/page"] * 3


@pytest.mark.parametrize(
    "harmless",
    [
        toxic("latency", delay=0.02, jitter=0.01),
        toxic("latency", "upstream", delay=0.02),
        toxic("bandwidth", rate=20_000),
        toxic("slicer", size=7),
        toxic("slicer", "upstream", size=1),
        toxic("slow_close", delay=0.05),
        toxic("limit_data", size=100_000),
    ],
    ids=str,
)
def test_slow_toxics_change_no_byte(proxy: ChaosProxy, harmless: Toxic) -> None:
    """What only takes time brings all in the end."""
    proxy.rule(Fault(name="toxic", toxics=(harmless,)))

    assert fetch(proxy).content == PAGE


@pytest.mark.parametrize(
    "harmful",
    [
        toxic("timeout", delay=0.1),
        toxic("reset_peer"),
        toxic("reset_peer", after=300),
        toxic("limit_data", size=300),
        toxic("limit_data", "upstream", size=10),
    ],
    ids=str,
)
def test_cutting_toxics_cut(proxy: ChaosProxy, harmful: Toxic) -> None:
    """What cuts is an error to the client."""
    proxy.rule(Fault(name="toxic", toxics=(harmful,)))

    with pytest.raises(requests.RequestException):
        fetch(proxy)


def test_every_toxic_of_toxiproxy_is_there() -> None:
    """By the same names; `down` is the proxy's own."""
    names = {"latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data"}

    assert set(KINDS) == names


def test_down_refuses_and_up_serves_on_the_same_port(proxy: ChaosProxy) -> None:
    """The address stays what the configuration says."""
    proxy.down()
    with pytest.raises(requests.ConnectionError):
        fetch(proxy)
    proxy.up()

    assert fetch(proxy).content == PAGE


def test_rule_counts_what_fits(proxy: ChaosProxy) -> None:
    """The second GET, and that alone."""
    proxy.rule(Fault(name="no", reply=answer(503)), fits=to("GET", "page"), first=2, times=1)

    assert [fetch(proxy).status_code for _ in range(3)] == [200, 503, 200]


def test_server_that_was_not_asked_knows_nothing(proxy: ChaosProxy, kiosk: Kiosk) -> None:
    """An answer instead of the server's, and one after it, are two things."""
    proxy.rule(Fault(name="instead", forward=False, reply=answer(500)), times=1)
    proxy.rule(Fault(name="after", reply=answer(500)), times=1)

    fetch(proxy)
    assert kiosk.asked == []
    fetch(proxy)
    assert kiosk.asked == ["/page"]


def test_deeds_stand_before_and_after_the_request(proxy: ChaosProxy, kiosk: Kiosk) -> None:
    """Somebody may act while a request is held, and when it was answered."""
    seen: list[int] = []
    fault = Fault(
        name="deeds",
        hold=lambda _: seen.append(len(kiosk.asked)),
        then=lambda _: seen.append(len(kiosk.asked)),
        change=lambda whole: with_body(whole, lambda body: body[:3]),
    )
    proxy.rule(fault)

    assert fetch(proxy).content == PAGE[:3]
    assert seen == [0, 1]


def test_log_tells_what_was_done(proxy: ChaosProxy, tmp_path: Path) -> None:
    """One line of JSON an exchange: by it a case is understood."""
    proxy.rule(Fault(name="lost", reply=b"", end="close"), times=1)
    with pytest.raises(requests.ConnectionError):
        fetch(proxy)
    fetch(proxy)
    while len(lines := (tmp_path / "log.jsonl").read_text().splitlines()) < 2:
        time.sleep(0.01)  # it is written when the answer has gone out; the test's limit ends this

    told = map(json.loads, lines)
    assert [(one["fault"], one["status"], one["reached"]) for one in told] == [
        ("lost", 200, True),
        ("", 200, True),
    ]
