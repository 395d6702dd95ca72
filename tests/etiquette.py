"""Fourteen simulated days of 200 feeds with 50 kills, and the score sheet of rules E1 to E30.

    python tests/etiquette.py [--days 14] [--feeds 200] [--kills 50] [--seed 1] [--minutes 30]

The publishers, their log and all requests are real, on loopback; only time is simulated.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "support"), str(HERE / "lab")]

from etiquette_rules import check  # noqa: E402
from etiquette_sheet import Run, sheet  # noqa: E402
from lab_run import move_in, run_once  # noqa: E402
from publishers import BEGIN, DAY, HOUR, Feed, LabClock, publish  # noqa: E402

from wp_sync.config import load_config  # noqa: E402
from wp_sync.pipeline.options import SyncOptions  # noqa: E402

_AFTERMATH = 0.5  # seconds of the wall, in which publishers end what a killed run had asked for
FACTOR = 50.0  # seconds of the laboratory in one of the wall's: a pause stays longer than an answer


@dataclass(slots=True)
class Season:
    """One simulation."""

    folder: Path
    feeds: list[Feed]
    days: float
    kills: int
    seed: int
    ends: float  # of the wall: not longer
    wake: float  # seconds between two looks of the timer
    clock: LabClock = field(default_factory=lambda: LabClock(FACTOR))
    runs: list[Run] = field(default_factory=list)
    reached: float = 0.0  # days

    def play(self) -> None:
        """Let the timer fire through all the days."""
        queue: multiprocessing.Queue[dict[str, int]] = multiprocessing.Queue()
        press = multiprocessing.Process(
            target=publish, args=(self.feeds, self.log, self.clock, queue), daemon=True
        )
        press.start()
        move_in(self.clock, queue.get(timeout=30), self.feeds[0].hosts)
        try:
            self._play()
        finally:
            press.terminate()
            press.join()

    @property
    def log(self) -> Path:
        return self.folder / "log.jsonl"

    def _play(self) -> None:
        draw = random.Random(self.seed)  # noqa: S311 (a rehearsal's dice)
        wakes = int(self.days * DAY / self.wake)
        killed = set(draw.sample(range(1, wakes), min(self.kills, wakes - 1)))
        by_hand = {wakes // 4: "", wakes // 2: self.feeds[0].url}
        config = self._configure()
        self._warm_up(config)
        for wake in range(wakes):
            self.clock.put_on(BEGIN + wake * self.wake)
            after = draw.random() * 0.4 if wake in killed else None
            self._run(config, after, by_hand.get(wake))
            self.reached = (wake + 1) * self.wake / DAY
            if time.monotonic() > self.ends:
                return

    def _warm_up(self, config: object) -> None:
        """Run once in this process, so that its children have all they need in memory."""
        start = self.clock.now()
        run_once(config, SyncOptions(), by_hand=True)  # type: ignore[arg-type]
        self.runs.append(Run(start=start, end=self.clock.now(), by_hand=True))

    def _run(self, config: object, kill_after: float | None, hand: str | None) -> None:
        start = self.clock.now()
        child = os.fork()
        if not child:
            code = 1
            try:
                options = SyncOptions(refetch=hand or "")
                run_once(config, options, by_hand=hand is not None)  # type: ignore[arg-type]
                code = 0
            except BaseException:  # noqa: BLE001 (the child must end here, whatever happened)
                import traceback

                traceback.print_exc()
            finally:
                os._exit(code)
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        is_killed = os.WIFSIGNALED(status)
        if is_killed:
            time.sleep(_AFTERMATH)
        if not is_killed and os.waitstatus_to_exitcode(status):
            raise SystemExit("a run failed: see above")
        end = self.clock.now()
        self.runs.append(
            Run(
                start=start, end=end, killed=is_killed, by_hand=hand is not None, refetch=hand or ""
            )
        )

    def _configure(self) -> object:
        sources = "".join(
            f'[[sources]]\nname = "Paper {one.number}"\nfeeds = ["{one.url}"]\nto = ["news"]\n'
            for one in self.feeds
        )
        (self.folder / "config.toml").write_text(
            '[site]\nurl = "http://127.0.0.1"\nusername = "editor"\n'
            f'[fetch]\ncontact = "https://owner.example"\n{sources}'
        )
        (self.folder / "mappings").mkdir(exist_ok=True)
        (self.folder / "mappings" / "news.toml").write_text(
            '[keep]\nwords = ["nothing has this"]\n'
        )
        return load_config(self.folder / "config.toml")


def play(
    folder: Path,
    *,
    days: float,
    feeds: int,
    kills: int,
    seed: int,
    seconds: float,
    wake: float = HOUR / 2,
) -> tuple[str, bool]:
    """Simulate, check the publishers' log; return the score sheet, and whether all is well."""
    hosts = max(2, feeds * 2 // 5)
    season = Season(
        folder=folder,
        feeds=[Feed(number=number, hosts=hosts) for number in range(feeds)],
        days=days,
        kills=kills,
        seed=seed,
        ends=time.monotonic() + seconds,
        wake=wake,
    )
    season.play()
    events = [json.loads(line) for line in season.log.read_text().splitlines()]
    scores = check(events, season.runs, season.feeds)
    killed = sum(run.killed for run in season.runs)
    about = (
        f"{season.reached:.1f} of {days:g} days, {feeds} feeds at {hosts} hosts, "
        f"{len(season.runs)} runs, {killed} killed, {len(events)} requests"
    )
    return f"{about}\n{sheet(scores)}", not any(score.violations for score in scores.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=14)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--wake", type=float, default=30, help="minutes between two runs")
    parser.add_argument("--keep", type=Path, help="a folder for the log")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = told.keep or Path(folder)
        place.mkdir(exist_ok=True)
        text, is_well = play(
            place,
            days=told.days,
            feeds=told.feeds,
            kills=told.kills,
            seed=told.seed,
            seconds=told.minutes * 60,
            wake=told.wake * 60,
        )
    print(text)  # noqa: T201 (a program)
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
