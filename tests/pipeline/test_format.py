"""The format of bodies: what is there keeps the one it was made in, until remap is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from press import Kiosk, Story, rss

if TYPE_CHECKING:
    from desk import Answer, Desk

    from wp_sync.sandbox.wordpress import WordPress

ROWS = "SELECT post_title, post_content FROM wp_posts WHERE post_type = 'post' AND ID > 1"
HTML = '[post]\nstatus = "publish"\nformat = "html"\n'
BLOCKS = '[post]\nstatus = "publish"\n'


def put(kiosk: Kiosk, title: str, body: str) -> None:
    kiosk.put("/feed", rss(Story(number=1, title=title, body=f"<p>{body}</p>")))


def change_format(desk: Desk, mapping: str) -> None:
    (desk.directory / "mappings" / "news.toml").write_text(mapping)


def post_of(site: WordPress) -> tuple[str, str]:
    (row,) = [one for one in site.sql(ROWS) if "wp-sync-source" in str(one["post_content"])]
    return str(row["post_title"]), str(row["post_content"])


def reasons(answer: Answer) -> str:
    return " ".join(one["reason"] for one in answer.envelope["data"]["outcomes"])


def test_another_format_rewrites_no_post_by_itself(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """A new title leaves the body alone, a new text is in the new format, remap does the rest."""
    put(kiosk, "Rain", "It rains.")
    desk.write(kiosk.source(), news=HTML)
    desk.sync("--allow", "all")
    _, first = post_of(fresh_wordpress)
    change_format(desk, BLOCKS)
    put(kiosk, "Rain at last", "It rains.")

    desk.sync()
    title, second = post_of(fresh_wordpress)
    put(kiosk, "Rain at last", "It pours.")
    desk.sync()
    _, third = post_of(fresh_wordpress)
    change_format(desk, HTML)
    silent = desk.sync()
    done = desk.run("remap", "--yes", "--json")
    _, last = post_of(fresh_wordpress)

    assert first.startswith("<p>It rains.</p>\n<p>")
    assert (title, second) == ("Rain at last", first)
    assert third.startswith("<!-- wp:paragraph -->\n<p>It pours.</p>")
    assert silent.totals == {}
    assert done.totals == {"updated": 1}
    assert "its mapping changed: body" in reasons(done)
    assert last == first.replace("rains", "pours")


def test_lost_ledger_and_another_format_make_nobody_an_editor(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """A post found again is ours in either format: the source's corrections still arrive."""
    put(kiosk, "Rain", "It rains.")
    desk.write(kiosk.source(), news=HTML)
    desk.sync("--allow", "all")
    (desk.directory / "wp-sync.db").unlink()
    change_format(desk, BLOCKS)
    _, before = post_of(fresh_wordpress)

    desk.sync("--allow", "all")
    _, found = post_of(fresh_wordpress)
    put(kiosk, "Rain", "It pours.")
    later = desk.sync("--allow", "all")
    _, after = post_of(fresh_wordpress)

    assert found == before
    assert later.totals == {"updated": 1}, later.out
    assert "<p>It pours.</p>\n<!-- /wp:paragraph -->" in after
