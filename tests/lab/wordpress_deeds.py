"""What people, plugins and backups do to the site meanwhile (the other half of the list W)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from chaos_rules import Fault, Request, Rule, to
from checker import Violation
from fake_tables import stamp
from holdings import look
from newsroom import CALM
from play import Play, inner, look_again, reaches, rest
from stage import RealStage, open_fake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chaos_rules import Request

NEWS = "An editor's own words"
OWN_TEXT = "<p>An editor wrote this.</p>"
FILTERED = "<p>Added by a plugin.</p>"
# A plugin that dies when a post is saved, so often as its file says.
FATAL = """
add_action('save_post', function ($id, $post) {
    $file = __DIR__ . '/fatal.left';
    $left = is_file($file) ? (int) file_get_contents($file) : 0;
    if ($post->post_type !== 'post' || $left < 1) { return; }
    file_put_contents($file, $left - 1);
    wp_sync_lab_dies();
}, 10, 2);
"""
FILTER = f"add_filter('content_save_pre', fn ($text) => $text . '{FILTERED}');"


def at_write(play: Play, deed: Callable[[Request], object], path: str, first: int = 1) -> Rule:
    """Let somebody do something just before a write arrives."""
    fault = Fault(name="meanwhile", hold=deed)

    def fits(one: Request) -> bool:
        # An update goes over XML-RPC where the site has it: for the lock.
        return bool(one.write) and (reaches(one, path) or b">wp.editPost<" in one.body)

    rule = play.rule(fault, fits=fits, first=first, times=1)
    play.needed.append(rule)
    return rule


def term_exists(play: Play) -> Iterator[Violation]:
    """W12: somebody makes our terms between our look and our create."""

    def make(_: Request) -> None:
        play.stage.admin("POST", "categories", name=play.draw.choice(("News", "news", " NEWS ")))
        for name in ("Source A", "Source B"):
            play.stage.admin("POST", "tags", name=name)

    at_write(play, make, "/wp/v2/categories")
    told = play.run(CALM)
    play.wanted = replace(play.wanted, any_case=True)
    yield from play.expect(not told.error, "a term that exists ended the run")


def no_users(play: Play) -> Iterator[Violation]:
    """W13: an author who is there already; wp-sync makes no users, whatever it wants."""
    play.room.channel = play.room.channel.replace("tom-becker", "nobody-here")
    play.room.configure()
    play.run(CALM)
    asked = [one for one in play.room.site.log if "/wp/v2/users" in one.path and one.write]
    yield from play.expect(not asked, "it made a user")
    play.room.channel = play.room.channel.replace("nobody-here", "tom-becker")
    play.room.configure()


def gone_posts(play: Play) -> Iterator[Violation]:
    """W16: trashed, deleted for good, made a page, or given away: it stays so."""
    play.run(CALM)
    wp_id = play.post(f"{play.mark}-a0").wp_id
    deed = play.number % 4
    play.notes.append(("trashed", "deleted", "made a page", "a draft again")[deed])
    if deed == 0:
        play.stage.admin("DELETE", f"posts/{wp_id}")
    elif deed == 1:
        play.stage.admin("DELETE", f"posts/{wp_id}?force=true")
    elif deed == 2:
        made_page = f"UPDATE wp_posts SET post_type = 'page' WHERE ID = {wp_id}"  # noqa: S608 (a number)
        play.stage.write(made_page)
    else:
        play.edit(wp_id, status="draft")
    before = len(look(play.stage).posts)
    play.reprint(title=f"Story {play.mark}-a0, new", body="<p>Another text.</p>")
    play.run(CALM)
    play.calm()
    there = look(play.stage)
    yield from play.expect(len(there.posts) == before, "it was made again")
    now = there.post(wp_id)
    wanted = ("trash", None, "publish", "draft")[deed]
    yield from play.expect((now.status if now else None) == wanted, f"it is {now and now.status}")
    play.ended = True
    yield from rest(play)


def slug_taken(play: Play) -> Iterator[Violation]:
    """W17: somebody takes our slug just before us: ours gets another, his stays."""
    taken: list[int] = []

    def take(request: Request) -> None:
        slug = next(body["slug"] for body in inner(request) if "slug" in body)
        taken.append(play.add_foreign(slug=slug))

    at_write(play, take, "/wp/v2/posts")
    told = play.run(CALM)
    yield from play.expect(not told.error and taken, "the run failed")
    yield from play.kept(taken[0], title="Somebody's own", body="<p>Own.</p>")


def filtered_text(play: Play) -> Iterator[Violation]:
    """W18: what is stored is not what was sent: one write, however many runs."""

    def add(body: bytes) -> bytes:
        return body.replace(b'"content": "', b'"content": "' + FILTERED.encode())

    with filtering(play, add):
        play.run(CALM)
        for _ in range(4 if play.number else 9):
            told = play.run(CALM)
            yield from play.expect(not told.writes, f"{told.writes} writes for nothing")
        play.reprint(body=f"<p>What {play.mark}-a0 says now.</p>")
        told = play.run(CALM)
        yield from play.expect(told.writes == 1, f"{told.writes} writes for one change")
        yield from play.expect(
            "says now" in play.post(f"{play.mark}-a0").body, "the new text did not arrive"
        )
        yield from look_again(play)
        yield from rest(play)


@contextmanager
def filtering(play: Play, add: Callable[[bytes], bytes]) -> Iterator[None]:
    """Let a plugin add to every text: a real one, or the proxy in its place."""
    if isinstance(play.stage, RealStage):
        file = play.stage.site.add_mu_plugin("filter", FILTER)
        yield
        file.unlink()
    else:
        play.rule(Fault(name="a plugin's filter", alter=add), fits=to("WRITE"))
        yield


def scheduled(play: Play) -> Iterator[Violation]:
    """W21: WordPress schedules what we publish, as its clock is behind: that is no edit."""
    soon = format_datetime(datetime.now(UTC) + timedelta(minutes=50), usegmt=True)
    play.reprint(date=soon)
    play.run(CALM)
    there = play.post(f"{play.mark}-a0")
    play.notes.append(f"stored as {there.status}")
    play.reprint(title=f"Story {play.mark}-a0, new")
    play.run(CALM)
    yield from play.expect(
        play.post(f"{play.mark}-a0").status == there.status, "the status was changed"
    )
    yield from rest(play)
    play.ended = True


def shifted_clock(play: Play) -> Iterator[Violation]:
    """W24: the server's clock is a day off: an edit is seen all the same."""
    play.run(CALM)
    wp_id = play.post(f"{play.mark}-a0").wp_id
    days = play.draw.choice((-1, 1))
    play.notes.append(f"{days} days")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fake_site.stamp", lambda one=None: stamp(_moved(one, days)))
        play.edit(wp_id, title=NEWS)
        play.reprint(title="The source's", body="<p>A new text.</p>")
        play.run(CALM)
        yield from play.kept(wp_id, title=NEWS)
        yield from play.expect("new text" in play.post(f"{play.mark}-a0").body, "no new text")
        yield from rest(play)
    play.ended = True


def _moved(moment: datetime | None, days: int) -> datetime:
    return moment or datetime.now(UTC) + timedelta(days=days)


def restored_site(play: Play) -> Iterator[Violation]:
    """W25: the site is put back from yesterday; others write posts that get the ids of ours."""
    backup = play.stage.back_up(play.room.directory / "yesterday.sqlite")
    play.run(CALM)
    ours = [one for one in look(play.stage).posts if one.wp_id not in play.wanted.others]
    play.stage.put_back(backup)
    foreign: dict[int, dict[str, Any]] = {}
    highest = max(one.wp_id for one in ours)
    while max(foreign, default=0) < highest:
        number = len(foreign)
        wp_id = play.add_foreign(title=f"Foreign {number}", content=f"<p>Foreign {number}.</p>")
        foreign[wp_id] = {"title": f"Foreign {number}", "body": f"<p>Foreign {number}.</p>"}
    before = {one.wp_id: one for one in look(play.stage).posts}
    picture = play.room.front(f"/{play.mark}.jpg")
    for feed in ("a", "b"):
        stories = [
            replace(one, title=f"{one.title}, new", body="<p>Another text.</p>", picture=picture)
            for one in play.room.feeds[feed]
        ]
        play.room.print(feed, *stories)
    play.run(CALM)
    play.calm()
    after = {one.wp_id: one for one in look(play.stage).posts}
    for wp_id in foreign:
        if before[wp_id] != after.get(wp_id):
            what = f"{before[wp_id]} became {after.get(wp_id)}"
            yield Violation(kind="overwritten", what=what)
    titles = [one.title for one in after.values()]
    doubled = {title for title in titles if titles.count(title) > 1}
    yield from play.expect(not doubled, f"doubled: {doubled}")
    play.ended = True
    yield from rest(play)


def moved_site(play: Play) -> Iterator[Violation]:
    """W26: the site has another address, or the ledger's is another site: nothing is doubled."""
    play.run(CALM)
    if play.number % 2:
        play.notes.append("the same site by another name")
        place = play.room.site.url.replace("127.0.0.1", "localhost")
        play.room.site_base = place
        play.room.configure()
        with play.stage.named(place):
            told = play.run(CALM)
            yield from play.expect("none on" in str(told.error), f"not refused: {told.error!r}")
            yield from play.expect(not told.writes, f"{told.writes} writes")
    else:
        play.notes.append("another site")
        scratch = play.room.directory / "other"
        scratch.mkdir()
        with open_fake(scratch) as other:
            play.room.site_base = other.url
            play.room.configure()
            told = play.run(CALM)
            yield from play.expect("none on" in str(told.error), f"not refused: {told.error!r}")
            yield from play.expect(not told.writes, f"{told.writes} writes")
    play.room.site_base = play.room.site.url
    play.room.configure()


def twin_terms(play: Play) -> Iterator[Violation]:
    """W28: somebody makes two terms of one name meanwhile: one of them is used, no third made."""

    def make(_: Request) -> None:
        for slug in ("news", "news-two"):
            play.stage.admin("POST", "categories", name="News", slug=slug)

    at_write(play, make, "/wp/v2/categories")
    play.run(CALM)
    names = [name for taxonomy, name in look(play.stage).terms if taxonomy == "category"]
    yield from play.expect(names.count("News") <= 2, f"terms: {names}")
    play.wanted = replace(play.wanted, any_case=True)


def edit_between(play: Play) -> Iterator[Violation]:
    """W30: an administrator saves between our read and our write: his words stay."""
    play.run(CALM)
    wp_id = play.post(f"{play.mark}-a0").wp_id
    field = play.draw.choice(("title", "content", "excerpt"))
    play.notes.append(f"{field} saved meanwhile")
    values = {"title": NEWS, "content": OWN_TEXT, "excerpt": NEWS}
    at_write(play, lambda _: play.edit(wp_id, **{field: values[field]}), "/wp/v2/posts")
    play.reprint(title="The source's", body="<p>The source's new text.</p>")
    told = play.run(CALM)
    yield from play.expect(told.run, "the run failed")
    yield from play.kept(wp_id, **{{"content": "body"}.get(field, field): values[field]})
    play.calm()
    yield from play.kept(wp_id, **{{"content": "body"}.get(field, field): values[field]})
    play.ended = True
    yield from rest(play)


def fatal_after_write(play: Play) -> Iterator[Violation]:
    """W2 on a real site: a plugin dies in save_post, after the row."""
    assert isinstance(play.stage, RealStage)
    file = play.stage.site.add_mu_plugin("fatal", FATAL)
    left = file.with_name("fatal.left")
    left.write_text(str(play.draw.randint(1, 2)))
    play.run(CALM)
    file.unlink()
    left.unlink(missing_ok=True)
    yield from ()


def real_maintenance(play: Play) -> Iterator[Violation]:
    """W4 on a real site: core's own .maintenance."""
    assert isinstance(play.stage, RealStage)
    file = play.stage.site.directory / "www/.maintenance"

    def begin(_: Request) -> None:
        file.write_text("<?php $upgrading = time();")

    play.rule(Fault(name="an update begins", hold=begin), first=play.draw.randint(2, 16), times=1)
    play.run()
    file.unlink(missing_ok=True)
    yield from ()
