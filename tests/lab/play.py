"""What a scene with WordPress may do: rules at the proxy, runs, deeds of people, and the last look.

A scene is a function from a Play to the violations that it found by itself; `play_scene` adds what
must hold after every scene.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

from chaos_rules import Fault, Request, Rule, to
from checker import Violation
from holdings import Held, Wanted, check, look
from network import Ground, recover, replayed
from newsroom import CALM, HURRIED, Haste, Newsroom, Told, open_newsroom

if TYPE_CHECKING:
    from stage import Stage

Scene = Callable[["Play"], Iterator[Violation]]

MANY_TRIES = replace(HURRIED, attempts=4)


@dataclass(slots=True)
class Play:
    """One scene: its place, its dice, and what must be there at its end."""

    room: Newsroom
    draw: Random
    number: int
    mark: str
    wanted: Wanted
    ended: bool = False  # the scene has looked at the end by itself
    told: list[Told] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    needed: list[Rule] = field(default_factory=list)  # a scene whose fault never came shows nothing

    @property
    def stage(self) -> Stage:
        return self.room.stage

    def rule(self, fault: Fault | Callable[[Request], Fault | None], **when: Any) -> Rule:  # noqa: ANN401
        """Add to the programme of the proxy before WordPress."""
        return self.room.site.rule(fault, **when)

    def on_write(self, fault: Fault, path: str = "", times: int | None = 1, last: int = 5) -> Rule:
        """Let a fault happen at a write that the dice choose."""
        first = self.draw.randint(1, last)
        self.notes.append(f"{fault.name} at write {first}, {times or 'ever'} times")
        fits = (lambda one: one.write and reaches(one, path)) if path else to("WRITE")
        return self.rule(fault, fits=fits, first=first, times=times)

    def run(self, site: Haste = HURRIED, **options: Any) -> Told:  # noqa: ANN401 (of SyncOptions)
        told = self.room.run(CALM, site, **options)
        self.told.append(told)
        return told

    def calm(self) -> Told:
        """Run with all faults gone."""
        self.room.site.clear()
        return self.run(CALM)

    def post(self, guid: str) -> Held:
        """Return the one post of an article, by its source link in the body."""
        link = f"https://news.example/{guid}"
        (found,) = (one for one in look(self.stage).posts if link in one.body)
        return found

    def reprint(self, feed: str = "a", **changes: Any) -> None:  # noqa: ANN401 (of Story)
        """Let the source change the first article of a feed."""
        first, *rest = self.room.feeds[feed]
        self.room.print(feed, replace(first, **changes), *rest)

    def edit(self, wp_id: int, **values: Any) -> None:  # noqa: ANN401 (JSON)
        """Change a post as an administrator does, past the proxy."""
        self.stage.admin("POST", f"posts/{wp_id}", **values)

    def add_foreign(self, **values: Any) -> int:  # noqa: ANN401 (JSON)
        """Let somebody write a post of his own."""
        usual = {"title": "Somebody's own", "content": "<p>Own.</p>", "status": "publish"}
        made = self.stage.admin("POST", "posts", **(usual | values))
        wp_id = int(made["id"])
        self.wanted = replace(self.wanted, others=self.wanted.others | {wp_id})
        return wp_id

    def expect(self, truth: object, what: str) -> Iterator[Violation]:
        """Tell what ought to be so and is not."""
        if not truth:
            last = self.told[-1].words if self.told else ""
            yield Violation(kind="other", what=f"{what} (last run: {last})")

    def kept(self, wp_id: int, **values: str) -> Iterator[Violation]:
        """Tell which values of people are not there any more."""
        there = look(self.stage).post(wp_id)
        for name, value in values.items():
            got = getattr(there, name, None)
            if got != value:
                what = f"{name} of post {wp_id} is {got!r}, not {value!r}"
                yield Violation(kind="overwritten", what=what)


def play_scene(name: str, scene: Scene, number: int, ground: Ground, seed: int) -> list[Violation]:
    """Play a scene on an empty site, then look whether all is there."""
    ground.stage.clear()
    ground.folder.mkdir(parents=True, exist_ok=True)
    with open_newsroom(ground.folder, ground.stage, ground.confinement, seed=seed) as room:
        mark = f"{name}-{number}".lower().replace("*", "r")
        wanted = Wanted(others=frozenset(one.wp_id for one in look(ground.stage).posts))
        play = Play(room, Random(seed), number, mark, wanted)  # noqa: S311 (faults, not secrets)
        room.print_usual(mark)
        room.configure()
        found = list(scene(play))
        found += replayed(room.site.log) if len(play.told) == 1 else []
        if not all(one.seen >= one.first for one in play.needed):
            found.append(Violation(kind="other", what="the deed amid the run was never done"))
        if not play.ended:
            found += recover(room, play.wanted)
    told = "; ".join(play.notes)
    return [Violation(kind=one.kind, what=f"{told}: {one.what}") for one in found]


def look_again(play: Play) -> Iterator[Violation]:
    """Look at the end of a scene whose posts are not as the usual ones."""
    play.ended = True
    yield from check(look(play.stage), play.room.feeds, play.wanted)


def rest(play: Play) -> Iterator[Violation]:
    """Run once more: nothing may be written."""
    told = play.calm()
    yield from play.expect(not (told.writes or told.error), f"{told.writes} writes for nothing")


def reaches(request: Request, path: str) -> bool:
    """Tell whether a request, or one within its batch, goes to a route."""
    return path in request.path or (
        "/batch/v1" in request.path and path.encode() in request.body.replace(b"\\/", b"/")
    )


def inner(request: Request) -> list[dict[str, Any]]:
    """List the bodies of what a request asks for: one, or a batch's."""
    asked = request.json
    if isinstance(asked, dict) and "requests" in asked:
        return [one.get("body", {}) for one in asked["requests"]]
    return [asked] if isinstance(asked, dict) else []


def walked(data: Any, change: Callable[[dict[str, Any]], None]) -> Any:  # noqa: ANN401 (JSON)
    """Change every object with an id and a slug, however deep it stands in an answer."""
    if isinstance(data, list):
        return [walked(one, change) for one in data]
    if isinstance(data, dict):
        for value in data.values():
            walked(value, change)
        if "id" in data and "slug" in data:
            change(data)
    return data


def error(status: int, code: str, message: str = "No.") -> str:
    """Write WordPress's own form of a refusal."""
    return json.dumps({"code": code, "message": message, "data": {"status": status}})
