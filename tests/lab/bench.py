"""One workplace of the laboratory: a source farm, a WordPress, a directory, the real command."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from checker import RunSeen, Violation, Wanted, check_quiet
from desk import Desk
from fake_wordpress import PASSWORD
from laboratory import Fake, Farm, start_fake, start_farm
from press import Story, picture, rss
from readers import read_requests, read_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wp_sync.sandbox.wordpress import WordPress

ITEMS, PICTURES = 12, 2
WANTED = Wanted(
    categories=frozenset({"News & views"}),
    tags=frozenset({"Example News", "Weather"}),
    author="tom-becker",
)
MAPPING = (
    '[post]\nstatus = "publish"\ncategory = "News & views"\nauthor = "tom-becker"\n'
    'tags = ["{source.name}", "Weather"]\n'
)
EMPTY_SITE = """
foreach (get_posts(['post_type' => ['post', 'attachment', 'page'], 'numberposts' => -1,
    'post_status' => ['any', 'trash']]) as $post) { wp_delete_post($post->ID, true); }
foreach (get_terms(['taxonomy' => ['post_tag', 'category'], 'hide_empty' => false]) as $term)
    { wp_delete_term($term->term_id, $term->taxonomy); }
"""
# Seconds that a doubtful write rests; a real site on a busy machine needs more to end a request.
SETTLE = {"fake": 1, "real": 5}
# Writes down every request that writes, and makes one late when it is told to.
PLUGIN = """
$asked = $_SERVER['REQUEST_METHOD'] . ' ' . $_SERVER['REQUEST_URI'];
if (!preg_match('/^(GET|HEAD)|xmlrpc|wp-cron/', $asked)) {
    file_put_contents('FOLDER/requests.log', $asked . "\\n", FILE_APPEND);
    $late = json_decode(@file_get_contents('FOLDER/late.json') ?: 'null', true);
    $route = preg_replace('#/wp-json|[?].*#', '', $asked);
    if ($late && preg_match('#' . $late['match'] . '#', $route) && $late['skip']-- <= 0) {
        unlink('FOLDER/late.json');
        ignore_user_abort(true);
        add_action('rest_api_init', function () use ($late) { usleep($late['seconds'] * 1e6); });
    } elseif ($late && preg_match('#' . $late['match'] . '#', $route)) {
        file_put_contents('FOLDER/late.json', json_encode($late));
    }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What one case works with; `clear` makes it ready for the next one."""

    farm: Farm
    desk: Desk
    fake: Fake | None = None
    site: WordPress | None = None

    def stock(self, items: int = ITEMS, pictures: int = PICTURES, first: int = 0) -> str:
        """Put a feed and its pictures on the farm; return the feed's address."""
        # A few, at an address for each item: one address of them all would be a logo.
        images = [picture(n * 20) for n in range(pictures)]
        stories = [
            Story(number=n, picture=self.farm.put(f"/{n}.jpg", images[n % pictures], "image/jpeg"))
            for n in range(first, first + items)
        ]
        return self.farm.put("/feed", rss(*stories))

    def write(self, desk: Desk | None = None) -> None:
        """Write the configuration of a desk: this bench's, or a second machine's."""
        sources = (
            f'[[sources]]\nname = "Example News"\nfeeds = ["{self.farm.url}/feed"]\n'
            f'to = ["news"]\nrights = "feed"\nlicence = "ours"\n'
            f'allow_private = ["{self.farm.place}"]\n'
        )
        alike = '[duplicates]\nsame = "publish"\n'  # stories of few words
        (desk or self.desk).write(sources, alike, news=MAPPING)

    def second_desk(self) -> Desk:
        """Make another machine: a directory with a ledger of its own, before the same site."""
        directory = self.desk.directory.with_name("second-desk")
        directory.mkdir(exist_ok=True)
        desk = replace(self.desk, directory=directory)
        self.write(desk)
        return desk

    @property
    def log(self) -> Path:
        """Where a real site writes down what is asked of it."""
        return self.desk.directory.with_name("requests.log")

    def be_late(self, match: str, seconds: float, *, skip: int = 0) -> None:
        """Let a request come to the site's database so much later, whoever waits for it."""
        if self.fake:
            script = {"match": match, "do": "delay", "seconds": seconds, "skip": skip}
            self.fake.set_faults(script)
        elif self.site:
            told = {"match": match, "skip": skip, "seconds": seconds}
            self.log.with_name("late.json").write_text(json.dumps(told), "utf-8")

    @property
    def is_late(self) -> bool:
        """Tell whether that request has come."""
        if self.fake:
            return not any(script["times"] for script in self.fake.faults)
        return not self.log.with_name("late.json").exists()

    def clear(self) -> None:
        """Give the next case an empty site, no ledger, and a log of its own."""
        if self.fake:
            self.fake.reset()
        elif self.site:
            self.log.with_name("late.json").unlink(missing_ok=True)
            self.site.run_php(EMPTY_SITE)
        for file in self.desk.directory.parent.glob("*/wp-sync.db*"):
            file.unlink()
        self.farm.log.write_text("", "utf-8")

    def sync(self, desk: Desk | None = None) -> RunSeen:
        """Run to the end, and tell how it looked from outside."""
        self.forget()
        moment = time.time()
        answer = (desk or self.desk).sync("--allow", "all")
        requests = read_requests(self.farm.log, moment)
        again = [one for one in requests if not one["conditional"]]
        told: list[Any] = answer.envelope["messages"] if answer.out else [answer.err]
        return RunSeen(
            code=answer.code,
            writes=tuple(self.requests()),
            unconditional=tuple(one["path"] for one in again),
            messages=tuple(map(str, told)),
        )

    @property
    def settle(self) -> int:
        return SETTLE["real" if self.site else "fake"]

    def recover(self, *, at_once: bool = True) -> list[Violation]:
        """Run, let what is in doubt settle, run, run again; then check everything.

        Not `at_once`: let it settle before the first of these runs, as a timer would.
        """
        if at_once:
            self.sync()  # may end in anything: what is in doubt is not touched yet
        time.sleep(self.settle + 0.1)
        return self.inspect()

    def inspect(self) -> list[Violation]:
        """Run until it must be quiet, and check the runs and the world."""
        runs = (self.sync(), self.sync())
        return [*check_quiet(runs), *self.check()]

    def check(self, desk: Desk | None = None) -> list[Violation]:
        """Check the world as it is."""
        ledger = (desk or self.desk).directory / "wp-sync.db"
        fake = self.fake.database if self.fake else None
        return read_world(self.farm.log, ledger, fake=fake, site=self.site).check(WANTED)

    def requests(self) -> list[str]:
        """List what the site was asked to write since it was last forgotten."""
        if self.fake:
            return self.fake.writes
        return self.log.read_text("utf-8").splitlines() if self.log.exists() else []

    def forget(self) -> None:
        """Begin the list of requests anew."""
        if self.fake:
            self.fake.forget()
        self.log.write_text("", "utf-8")


@contextmanager
def open_bench(
    folder: Path, site: WordPress | None = None, *, environ: dict[str, str] | None = None
) -> Iterator[Bench]:
    """Set up a workplace before a fake of its own, or before a real site."""
    with ExitStack() as undo:
        farm = undo.enter_context(start_farm(folder / "farm.jsonl"))
        fake = None if site else undo.enter_context(start_fake(folder / "site.sqlite"))
        directory = folder / "desk"
        directory.mkdir(exist_ok=True)
        desk = Desk(
            directory=directory,
            site=site.url if site else fake.url if fake else "",
            password=site.users["editor"].application_password if site else PASSWORD,
            settle=f"{SETTLE['real' if site else 'fake']}s",
            environ=environ or {},
        )
        bench = Bench(farm=farm, desk=desk, fake=fake, site=site)
        if site:
            site.add_mu_plugin("laboratory", PLUGIN.replace("FOLDER", str(folder)))
        bench.stock()
        bench.write()
        yield bench
