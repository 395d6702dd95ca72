"""No attack of a feed's does anything on the site: not to readers, not in wp-admin, nor later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attack_browser import play
from attack_site import shown
from attack_views import find_culprits, look_everywhere
from wordpress_attacks import TRAPS, VIDEO

if TYPE_CHECKING:
    from attack_browser import Watched
    from attack_site import AttackedSite
    from attack_views import Visitors
    from attacks import Attack

SPREAD = 8  # every eighth article is opened alone; all of them stand in the archive


@pytest.mark.timeout(900)
def test_the_attacks_run_where_they_are_shown_as_they_are(
    attacked: AttackedSite, watched: Watched, attacks: tuple[Attack, ...]
) -> None:
    """Most run in this very browser, seen by the same witnesses: the next tests can fail."""
    ran = play(watched, f"{attacked.kiosk.url}/stage", attacks)
    left = watched.what_left()

    assert len(attacks) >= 700
    assert len({one.attack for one in ran} & {one.name for one in attacks}) >= 500
    assert {one.deed for one in ran} >= {"alert", "confirm", "prompt", "navigate"}
    assert {one.kind for one in left} >= {"", "Document", "Script", "Stylesheet"}


@pytest.mark.timeout(900)
def test_nothing_runs_on_the_site(attacked: AttackedSite, visitors: Visitors) -> None:
    """Archive, article, lists, editor, and what the editor saved: nothing runs, nobody is asked."""
    posts = attacked.posts()
    gathered = attacked.gather(posts)
    while_publishing = attacked.trapped()
    traps = posts[: len(TRAPS)]

    seen = look_everywhere(visitors, [*traps, *posts[len(traps) :: SPREAD]], gathered)

    unclean = {view: one for view, one in seen.items() if not one.is_clean}
    assert not unclean, (unclean, find_culprits(visitors, posts))
    assert while_publishing == []
    assert seen["archive"].pages > len(posts) // 100
    for post, trap in zip(traps, TRAPS, strict=True):
        assert shown(trap.shown) in shown(visitors.texts[post]), attacked.attack_of(post)


@pytest.mark.timeout(900)
def test_the_same_looks_find_what_is_written_past_us(
    attacked: AttackedSite, visitors: Visitors
) -> None:
    """Raw, they run for readers and editors, and ask; in its lists WordPress escapes by itself."""
    attack = "<img src=x onerror=\"alert('{}')\">"
    raw = attacked.write_past_us(
        title=f"Raw {attack.format('title')}",
        excerpt=attack.format("excerpt"),
        content=f"{attack.format('body')}\n\n[canary]\n\n{VIDEO}\n\n<!-- wp:canary/block /-->"
        "<img src='https://stranger.example/pixel.gif'>",
    )
    while_rendering = attacked.trapped()
    visitors.log_in()

    read = visitors.read_articles([raw])
    edited = visitors.edit([raw])

    assert {one.detail for one in read.ran} >= {"title", "body", "shortcode", "block"}
    did = {name for name, *_ in (*while_rendering, *read.trapped)}
    assert did >= {"shortcode", "block", "embed", "request"}
    assert [one.url for one in edited.left + read.left]
    assert edited.ran
