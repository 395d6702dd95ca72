"""Generated sequences: what admins and sources do by turns, with runs between, on a real site.

A sequence is a list of steps, so that a shorter one can be tried; `play` carries it out, and holds
the site to it after every run: each value that an admin set is there, nothing that he deleted is
back, and no article is two posts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from checker import Violation
from holdings import Holdings, look
from newsroom import open_newsroom
from sequence_deeds import ADMIN, DEEDS, FEED, SOURCE, Sequence, new_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from network import Ground

SHORTEST, LONGEST = 8, 12  # steps


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does: to which article, and how."""

    deed: str
    article: int = 0
    value: int = 0

    def __str__(self) -> str:
        return f"{self.deed}({self.article}, {self.value})" if self.deed != "run" else "run"


def draw_steps(seed: int) -> tuple[Step, ...]:
    """Draw a sequence: it begins with articles on the site, and ends with a run."""
    draw = Random(seed)  # noqa: S311 (a sequence)
    names = [*ADMIN, *SOURCE, "update_source", "update_source"]
    steps = [Step("run")]
    for _ in range(draw.randint(SHORTEST, LONGEST)):
        name = "run" if draw.random() < 0.25 else draw.choice(names)
        steps.append(Step(name, draw.randrange(6), draw.randrange(1_000)))
    return (*steps, Step("run"))


def play(steps: tuple[Step, ...], ground: Ground, mark: str) -> list[Violation]:
    """Carry a sequence out; stop at the first run after which something is not as it must be."""
    ground.stage.clear()
    ground.folder.mkdir(parents=True, exist_ok=True)
    with open_newsroom(ground.folder, ground.stage, ground.confinement) as room:
        at = Sequence(room, f"{mark}x")
        room.print_pictures(at.mark, 2)
        room.print(FEED, *(new_article(at, value) for value in range(3)))
        room.print("b")
        room.configure()
        for number, step in enumerate(steps):
            DEEDS[step.deed](at, step.article, step.value)
            found = list(hold_to(at, look(room.stage))) if step.deed == "run" else []
            if found:
                told = ", ".join(map(str, steps[: number + 1]))
                return [Violation(kind=one.kind, what=f"{one.what}; after {told}") for one in found]
    return []


def hold_to(at: Sequence, there: Holdings) -> Iterator[Violation]:
    """Hold a site to what people set and deleted."""
    for wp_id, values in at.kept.items():
        post = there.post(wp_id)
        if wp_id in at.gone:
            continue
        if post is None:
            yield Violation(kind="lost", what=f"post {wp_id}, which an admin had edited, is gone")
            continue
        for name, value in values.items():
            got = getattr(post, name)
            if got != value:
                what = f"{name} of post {wp_id}: {got!r}, and an admin set {value!r}"
                yield Violation(kind="overwritten", what=what)
    for wp_id, how in at.gone.items():
        post = there.post(wp_id)
        if (post.status if post else "deleted") != how:
            what = f"post {wp_id}, {how} by an admin, is {post and post.status}"
            yield Violation(kind="overwritten", what=what)
    yield from _check_twins(at, there)


def _check_twins(at: Sequence, there: Holdings) -> Iterator[Violation]:
    posts: dict[str, list[int]] = {}
    for post in there.posts:
        if sign := at.sign(post):
            posts.setdefault(sign, []).append(post.wp_id)
    for sign, ids in posts.items():
        if len(ids) > 1:
            buried = " (one of them was deleted by an admin)" if sign in at.texts else ""
            yield Violation(kind="doubled", what=f"{sign} is posts {ids}{buried}")
    for sign in at.texts:
        back = [wp_id for wp_id in posts.get(sign, ()) if wp_id not in at.gone]
        if back and len(posts[sign]) == 1 and not _was_restored(at, back[0]):
            yield Violation(kind="overwritten", what=f"{sign} came back as post {back[0]}")


def _was_restored(at: Sequence, wp_id: int) -> bool:
    """Tell whether an admin took it out of the trash by himself."""
    return at.kept.get(wp_id, {}).get("status") == "publish"


def shrink(steps: tuple[Step, ...], still: Callable[[tuple[Step, ...]], bool]) -> tuple[Step, ...]:
    """Leave out steps as long as it still goes wrong."""
    at = len(steps) - 2
    while at > 0:
        shorter = steps[:at] + steps[at + 1 :]
        if still(shorter):
            steps = shorter
        at -= 1
    return steps


def try_sequence(number: int, ground: Ground, seed: int) -> list[Violation]:
    """Draw and play one sequence; what goes wrong is told by the shortest that does."""
    steps = draw_steps(seed)
    tries = iter(range(1_000))

    def attempt(some: tuple[Step, ...]) -> list[Violation]:
        folder = ground.folder / str(next(tries))
        return play(some, replace(ground, folder=folder), f"s{number}")

    found = attempt(steps)
    if not found:
        return []
    kinds = {one.kind for one in found}
    shortest = shrink(steps, lambda some: bool(kinds & {one.kind for one in attempt(some)}))
    return attempt(shortest) or found


def try_resurrection(number: int, ground: Ground, seed: int) -> list[Violation]:
    """A3: an admin deletes, and the source publishes it again, by another guid, link or text."""
    draw = Random(seed)  # noqa: S311 (a sequence)
    article = draw.randrange(3)
    again = (
        (Step("new_guid", article, seed),),
        (Step("new_link", article, seed),),
        (Step("update_source", article, 3 * seed),),
        (Step("new_guid", article, seed), Step("update_source", article, 3 * seed)),
        (Step("new_guid", article, seed), Step("retract", article + 1)),
    )[number % 5]
    how = ("trash", "delete")[number // 5 % 2]
    between = (Step("run"),) if draw.random() < 0.5 else ()
    steps = (Step("run"), Step(how, article), *between, *again, Step("run"), Step("run"))
    return play(steps, ground, f"d{number}")
