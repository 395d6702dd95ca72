"""A post whose picture's upload got no answer: the next run brings the picture, and one only."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from press import Story, picture, rss

from wp_sync.cli.options import Face
from wp_sync.cli.output import Screen
from wp_sync.cli.running import run_pipeline
from wp_sync.pipeline.options import SyncOptions
from wp_sync.publish.apply import apply_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from desk import Desk
    from press import Kiosk
    from watching_proxy import Traffic

    from wp_sync.model import Outcome
    from wp_sync.sandbox.wordpress import WordPress

SETTLE = 3.2  # seconds: the desk's settle window and a little more
PICTURES = """
    SELECT p.post_title, m.meta_value AS picture FROM wp_posts p LEFT JOIN wp_postmeta m
    ON m.post_id = p.ID AND m.meta_key = '_thumbnail_id' WHERE p.post_title LIKE 'Story %'
    AND p.post_type = 'post' ORDER BY p.post_title
"""
UPLOADS = "SELECT ID FROM wp_posts WHERE post_type = 'attachment'"


def tell_lost_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell of each post without its picture that another run may bring it."""

    def apply(*given: Any) -> Iterator[Outcome]:  # noqa: ANN401
        for one in apply_plan(*given):
            yield replace(one, again=one.again or "without picture" in one.reason)

    monkeypatch.setattr("wp_sync.pipeline.alone.apply_plan", apply)


def test_the_next_run_brings_the_picture(
    desk: Desk,
    kiosk: Kiosk,
    traffic: Traffic,
    fresh_wordpress: WordPress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its source has not changed; the post counts as published meanwhile, and why says it."""
    tell_lost_pictures(monkeypatch)
    monkeypatch.setenv("WP_SYNC_PASSWORD", desk.password)
    stories = [
        Story(number=n, picture=kiosk.put(f"/{n}.jpg", picture(n * 90), "image/jpeg"))
        for n in range(2)
    ]
    kiosk.put("/feed", rss(*stories))
    desk.write(kiosk.source())
    cut: list[str] = []

    def cut_first_upload(_number: int) -> None:
        path = traffic.seen[-1][1]
        if "media" in path and not cut:
            cut.append(path)
            raise BrokenPipeError

    def run() -> dict[str, int]:
        options = SyncOptions(command="sync", allowed=frozenset({"all"}))
        result, _ = run_pipeline(desk.directory / "config.toml", options, Screen(Face()))
        return result.run.totals

    traffic.on_write = cut_first_upload
    first = run()
    (bare,) = [one for one in fresh_wordpress.sql(PICTURES) if not one["picture"]]
    status = desk.run("status").out
    number = bare["post_title"].removeprefix("Story ")
    why = desk.run("why", f"https://news.example/story-{number}").out
    time.sleep(SETTLE)
    second = run()

    assert (first, second) == ({"created": 2}, {"updated": 1})
    assert "1 on the site, 1 on the site, not complete: another run tries again" in status
    assert "not complete: another run tries again" in why
    assert "without picture: the answer to its upload was lost" in why
    pictures = fresh_wordpress.sql(PICTURES)
    assert all(one["picture"] for one in pictures)
    assert len(fresh_wordpress.sql(UPLOADS)) == 2
    traffic.seen.clear()
    assert run() == {}
    assert traffic.writes == []


def test_a_picture_that_the_source_does_not_give_yet_comes_later(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Some give an article out before its picture; what is gone for good is not asked for again."""
    late, gone = f"{kiosk.url}/late.jpg", kiosk.put("/gone.jpg", "", "text/plain", status=410)
    kiosk.put("/feed", rss(Story(number=0, picture=late), Story(number=1, picture=gone)))
    desk.write(kiosk.source())

    first = desk.sync("--allow", "all")
    for path in ("/late.jpg", "/gone.jpg"):
        kiosk.put(path, picture(len(path)), "image/jpeg")
    second = desk.sync()

    assert (first.totals, second.totals) == ({"created": 2}, {"updated": 1})
    has = {one["post_title"]: bool(one["picture"]) for one in fresh_wordpress.sql(PICTURES)}
    assert has == {"Story 0": True, "Story 1": False}
