"""plan --html: the pages of a plan in a directory, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from press import Story, rss

if TYPE_CHECKING:
    from pathlib import Path

    from desk import Desk
    from press import Kiosk

FIRST = Story(
    number=1,
    title="Rain & wind",
    body='<p>It rains, and goes on.</p><div class="newsletter">Sign up now</div><script>1</script>',
)


@pytest.fixture
def owner(guest: Desk, kiosk: Kiosk) -> Desk:
    """Sit down with a feed, before a site that is only read."""
    kiosk.put("/feed", rss(FIRST))
    guest.write(kiosk.source())
    return guest


def test_a_plan_is_shown_as_pages(owner: Desk) -> None:
    """Each post beside its original, with what was taken out: for people who look before."""
    answer = owner.run("plan", "--html", "pages", "--allow", "first-run", "--json")

    index = owner.directory / "pages" / "index.html"
    assert answer.code == 0
    assert answer.envelope["data"]["pages"] == str(index)
    assert "Rain &amp; wind" in index.read_text()
    (post,) = (owner.directory / "pages" / "posts").iterdir()
    text = post.read_text()
    assert '<span class="rule">furniture: newsletter</span> <q dir="auto">Sign up now</q>' in text
    assert '<div class="gone" title="furniture: newsletter">Sign up now</div>' in text
    assert (owner.directory / "pages").stat().st_mode & 0o777 == 0o700


def test_the_next_plan_takes_the_place_of_the_last(owner: Desk) -> None:
    """A page of yesterday would show what no sync does any more; what is not ours stays."""
    said = owner.run("plan", "--html", "pages").out
    posts = owner.directory / "pages" / "posts"
    notes, stale = posts / "notes.html", posts / "stale.html"
    notes.write_text("<p>An editor's own.")
    stale.write_text((owner.directory / "pages" / "index.html").read_text())

    owner.run("plan", "--html", "pages")

    assert f"The pages are in {owner.directory / 'pages'}: file://" in said
    assert notes.read_text() == "<p>An editor's own."
    assert not stale.exists()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(lambda one: (one / "x").mkdir(parents=True), "holds other files", id="full"),
        pytest.param(lambda place: place.write_text("mine"), "Not a directory", id="a file"),
        pytest.param(lambda _: None, "is no directory", id="no parent"),
    ],
)  # fmt: skip
def test_what_is_others_is_not_written_into(owner: Desk, make: object, told: str) -> None:
    """A mistyped directory must not fill with pages; it is said before any feed is asked."""
    place = "nowhere/pages" if told == "is no directory" else "pages"
    assert callable(make)
    make(owner.directory / "pages")

    answer = owner.run("plan", "--html", place)

    assert answer.code == 2
    assert told in answer.err


def test_a_page_is_never_written_through_a_link(owner: Desk, tmp_path: Path) -> None:
    """Whoever may write there must not choose which file of the editor's is replaced."""
    theirs = tmp_path / "theirs.html"
    theirs.write_text("mine")
    owner.run("plan", "--html", "pages")
    (owner.directory / "pages" / "channel-news.html").unlink()
    (owner.directory / "pages" / "channel-news.html").symlink_to(theirs)

    answer = owner.run("plan", "--html", "pages")

    assert answer.code == 2
    assert theirs.read_text() == "mine"
