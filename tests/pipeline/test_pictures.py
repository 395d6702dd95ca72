"""Pictures from the feed to the reader: from the site's own library, each once, best first."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import requests
from desk import make_password
from PIL import Image, ImageDraw
from press import Story, rss

from wp_sync.ledger import open_ledger

if TYPE_CHECKING:
    from desk import Desk
    from press import Kiosk
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

FEATURED = """
    SELECT p.post_title AS title, f.meta_value AS file FROM wp_posts p
    JOIN wp_postmeta m ON m.post_id = p.ID AND m.meta_key = '_thumbnail_id'
    JOIN wp_postmeta f ON f.post_id = m.meta_value AND f.meta_key = '_wp_attached_file'
    WHERE p.post_type = 'post'
"""
BODIES = "SELECT post_title AS title, post_content AS body FROM wp_posts WHERE post_type = 'post'"
DELETE_NEWS = (
    "foreach (get_posts() as $p) if ($p->post_title === 'News') wp_delete_post($p->ID, true);"
)
UPLOADS = "SELECT ID, post_name, post_excerpt FROM wp_posts WHERE post_type = 'attachment'"


def draw(seed: int, size: tuple[int, int] = (640, 400), kind: str = "JPEG") -> bytes:
    """Draw a scene of its own for each seed; in other sizes it looks the same."""
    width, height = size
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    pen = ImageDraw.Draw(image)
    for at in range(9):
        x, y = (seed * 37 + at * 211) % 97 / 97 * width, (seed * 53 + at * 157) % 89 / 89 * height
        box = (x - width / 8, y - height / 8, x + width / 8, y + height / 8)
        pen.ellipse(box, fill=(at * 25, seed * 40 % 256, 255 - at * 28))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def featured(site: WordPress) -> dict[str, str]:
    return {row["title"]: row["file"] for row in site.sql(FEATURED)}


def body_of(site: WordPress, title: str) -> str:
    return next(str(row["body"]) for row in site.sql(BODIES) if row["title"] == title)


def test_pictures_of_a_text_are_shown_from_the_site(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Nothing is asked of the source by a reader; the leading picture is not shown twice."""
    lead = kiosk.put("/lead.jpg", draw(1), "image/jpeg")
    large = kiosk.put("/lead-large.jpg", draw(1, (1200, 750)), "image/jpeg")
    other = kiosk.put("/other.png", draw(2, kind="PNG"), "image/png")
    body = (
        f'<p>First.</p><figure><img src="{large}"><figcaption>The lead</figcaption></figure>'
        f'<p>Second.</p><figure><img src="{other}" alt="A harbour"><figcaption>The harbour, '
        "seen from above</figcaption></figure><p>Third.</p>"
    )
    kiosk.put("/feed", rss(Story(number=1, title="Harbour opens", picture=lead, body=body)))
    desk.write(kiosk.source())

    first = desk.sync("--allow", "all")
    again = desk.sync("--allow", "all")

    text = body_of(fresh_wordpress, "Harbour opens")
    assert (first.totals, again.totals) == ({"created": 1}, {})
    assert kiosk.place not in text
    assert "The lead" not in text
    (tag,) = re.findall(r"<img[^>]*>", text)
    assert re.search(r'class="wp-image-\d+"', tag)
    assert 'alt="A harbour"' in tag
    (address,) = re.findall(r'src="([^"]*)"', tag)
    assert re.search(r"/harbour-opens-[0-9a-f]{16}\.webp$", address)
    assert requests.get(address, timeout=10).headers["Content-Type"] == "image/webp"
    assert len(fresh_wordpress.sql(UPLOADS)) == 2
    captions = {row["post_excerpt"] for row in fresh_wordpress.sql(UPLOADS)}
    assert captions == {"", "The harbour, seen from above"}
    assert "harbour-opens-" in featured(fresh_wordpress)["Harbour opens"]


def test_picture_that_is_missing_in_a_text_comes_later(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The article goes without it, and without a trace of it; the next run brings it."""
    late = f"{kiosk.url}/late.jpg"
    body = f'<p>One.</p><figure><img src="{late}"><figcaption>Late</figcaption></figure><p>Two.</p>'
    kiosk.put("/feed", rss(Story(number=1, title="Early", body=body)))
    desk.write(kiosk.source())

    first = desk.sync("--allow", "all")
    without = body_of(fresh_wordpress, "Early")
    kiosk.put("/late.jpg", draw(3), "image/jpeg")
    # The only picture of a text is the featured one, too, which it need not repeat.
    mapping = '[post]\nstatus = "publish"\nrepeat_picture = true\n'
    desk.write(kiosk.source(), news=mapping)
    second = desk.sync("--allow", "all")
    third = desk.sync("--allow", "all")

    assert first.totals == {"created": 1}
    assert "404" in first.outcomes("created")[0]["reason"]
    assert "<img" not in without
    assert "Late" not in without
    assert second.totals == {"updated": 1}
    assert "wp-image-" in body_of(fresh_wordpress, "Early")
    assert third.totals == {}
    assert "Early" in featured(fresh_wordpress)


def test_editors_text_keeps_its_pictures(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """A text with local pictures is ours as long as nobody edits it, and an editor's after that."""
    inside = kiosk.put("/1.jpg", draw(4), "image/jpeg")
    lead = kiosk.put("/2.jpg", draw(5), "image/jpeg")
    body = f'<p>One.</p><figure><img src="{inside}"></figure>'
    kiosk.put("/feed", rss(Story(number=1, title="News", body=body, picture=lead)))
    desk.write(kiosk.source())
    desk.sync("--allow", "all")
    kiosk.put("/feed", rss(Story(number=1, title="News", body=f"{body}<p>Two.</p>", picture=lead)))

    followed = desk.sync("--allow", "all")
    fresh_wordpress.run_php(
        "foreach (get_posts() as $p) wp_update_post(['ID' => $p->ID,"
        " 'post_content' => $p->post_content . '<p>Mine.</p>']);"
    )
    kiosk.put("/feed", rss(Story(number=1, title="News", body=f"{body}<p>New.</p>", picture=lead)))
    kept = desk.sync("--allow", "all")

    assert followed.totals == {"updated": 1}
    assert "edited on the site and kept: body" in kept.outcomes("updated")[0]["reason"]
    text = body_of(fresh_wordpress, "News")
    assert text.endswith("<p>Mine.</p>")
    assert text.count("wp-image-") == 1
    assert len(fresh_wordpress.sql(UPLOADS)) == 2


def test_lost_ledger_finds_every_upload_again(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """By what tells its content in the file's name, under whatever title; the text stays ours."""
    inside = kiosk.put("/1.jpg", draw(6), "image/jpeg")
    lead = kiosk.put("/2.jpg", draw(7), "image/jpeg")
    body = f'<p>One.</p><figure><img src="{inside}"></figure>'
    kiosk.put("/feed", rss(Story(number=1, title="First title", body=body, picture=lead)))
    desk.write(kiosk.source())
    desk.sync("--allow", "all")
    (desk.directory / "wp-sync.db").unlink()
    kiosk.put(
        "/feed",
        rss(
            Story(number=1, title="First title", body=body, picture=lead),
            Story(number=2, title="Second title", body=f"{body}<p>More.</p>", picture=lead),
        ),
    )

    answer = desk.sync("--allow", "all")
    changed = f"{body}<p>Two.</p>"
    kiosk.put("/feed", rss(Story(number=1, title="First title", body=changed, picture=lead)))
    followed = desk.sync("--allow", "all")

    assert answer.totals == {"created": 1, "unchanged": 1}
    assert len(fresh_wordpress.sql(UPLOADS)) == 2
    assert followed.totals == {"updated": 1}
    assert "<p>Two.</p>" in body_of(fresh_wordpress, "First title")


def test_best_candidate_becomes_the_featured_image(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Not the thumbnail, the banner or the feed's logo; else the channel's own picture."""
    put = kiosk.put
    logo = put("/emblem.png", draw(8, kind="PNG"), "image/png")
    thumb = put("/thumb.jpg", draw(9, (120, 75)), "image/jpeg")
    banner = put("/banner.jpg", draw(10, (1400, 100)), "image/jpeg")
    good = put("/good.jpg", draw(11), "image/jpeg")
    (desk.directory / "own.png").write_bytes(draw(12, kind="PNG"))
    small = Story(number=1, title="Small", picture=thumb, body=f'<p>Text.</p><img src="{good}">')
    wide = Story(number=2, title="Wide", picture=banner)
    marked = [
        Story(number=n, title=f"Marked {n}", picture=logo, body=f'<p>{n}.</p><img src="{logo}">')
        for n in range(3, 8)
    ]
    kiosk.put("/feed", rss(small, wide, *marked))
    mapping = '[post]\nstatus = "publish"\nfallback_picture = "own.png"\n'
    desk.write(kiosk.source(), news=mapping)

    answer = desk.sync("--allow", "all")

    shown = {title: file.rpartition("-")[2] for title, file in featured(fresh_wordpress).items()}
    names = {row["post_name"] for row in fresh_wordpress.sql(UPLOADS)}
    assert answer.totals == {"created": 7}
    assert len(names) == 2
    assert shown["Small"] != shown["Wide"]
    assert {shown[one.title] for one in (wide, *marked)} == {shown["Wide"]}
    assert not any("<img" in str(row["body"]) for row in fresh_wordpress.sql(BODIES))


def test_a_post_keeps_its_picture_when_others_come_to_share_it(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """A columnist's portrait becomes the feed's logo; a corrected column has it as before."""
    portrait = kiosk.put("/portrait.jpg", draw(15), "image/jpeg")
    columns = [Story(number=n, title=f"Column {n}", picture=portrait) for n in range(9)]
    kiosk.put("/feed", rss(*columns[:2]))
    desk.write(kiosk.source(), news='[post]\nstatus = "publish"\n')
    desk.sync("--allow", "all")
    before = featured(fresh_wordpress)
    corrected = replace(columns[0], body="<p>Corrected.</p>")
    kiosk.put("/feed", rss(corrected, *columns[1:]))

    answer = desk.sync("--allow", "all")

    after = featured(fresh_wordpress)
    assert answer.totals == {"updated": 1, "created": 7}
    assert len(before) == 2
    assert after == before


def test_source_may_forbid_its_pictures(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Where rights end, neither list nor text shows one."""
    inside = kiosk.put("/1.jpg", draw(13), "image/jpeg")
    lead = kiosk.put("/2.jpg", draw(14), "image/jpeg")
    body = f'<p>One.</p><figure><img src="{inside}"></figure>'
    kiosk.put("/a", rss(Story(number=1, title="Lead alone", body=body, picture=lead)))
    other = Story(number=2, title="None", body=body, picture=lead, link="https://b.example/2")
    kiosk.put("/b", rss(other))
    sources = kiosk.source("A", f"{kiosk.url}/a") + 'pictures = "featured"\n'
    sources += kiosk.source("B", f"{kiosk.url}/b") + 'pictures = "none"\n'
    desk.write(sources)

    answer = desk.sync("--allow", "all")

    assert answer.totals == {"created": 2}
    assert list(featured(fresh_wordpress)) == ["Lead alone"]
    assert not any("<img" in str(row["body"]) for row in fresh_wordpress.sql(BODIES))
    assert len(fresh_wordpress.sql(UPLOADS)) == 1


def test_media_gc_deletes_what_nothing_uses(
    desk: Desk, kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """A young upload, one in a text, and one in the trash stay; a strange one is not looked at."""
    pictures = [kiosk.put(f"/{n}.jpg", draw(20 + n), "image/jpeg") for n in range(4)]
    inside = f'<p>One.</p><figure><img src="{pictures[3]}"></figure>'
    stories = [Story(number=n, title=f"Story {n}", picture=pictures[n]) for n in range(2)]
    stories.append(Story(number=2, title="Story 2", picture=pictures[2], body=inside))
    kiosk.put("/feed", rss(*stories))
    desk.write(kiosk.source())
    assert desk.sync("--allow", "all").totals == {"created": 3}
    fresh_wordpress.run_php(
        "foreach (get_posts() as $p) { if ($p->post_title === 'Story 0')"
        " wp_delete_post($p->ID, true); if ($p->post_title === 'Story 1') wp_trash_post($p->ID); }"
    )

    young = desk.run("media", "gc", "--yes", "--json")
    _make_old(desk)
    traffic.seen.clear()
    listed = desk.run("media", "gc", "--dry-run")
    asked = traffic.writes
    done = desk.run("media", "gc", "--yes", "--json")
    idle = desk.run("media", "gc", "--yes", "--json")

    assert young.envelope["data"]["discards"] == []
    assert "delete  upload story-0-" in listed.out
    assert asked == []
    assert [one["name"][:8] for one in done.envelope["data"]["discards"]] == ["story-0-"]
    assert done.code == idle.code == 0
    assert len(fresh_wordpress.sql(UPLOADS)) == 3
    assert idle.envelope["data"]["discards"] == []


def test_media_gc_wants_a_user_who_sees_all_posts(desk: Desk, fresh_wordpress: WordPress) -> None:
    """To an Author, pictures of others' drafts and of pages seem to be used by nothing."""
    password = make_password(fresh_wordpress, "author")
    author = replace(desk, username="author", password=password)
    author.write("")

    answer = author.run("media", "gc", "--yes")

    assert answer.code == 3
    assert "author may not see all posts and pages: the right edit_others_posts" in answer.err
    assert "Editor or Administrator" in answer.err


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param(
            # As wp-admin's editor of pictures does; the text goes on showing the first file.
            "$file = get_attached_file($id);"
            "$new = str_replace('.webp', '-e1700000000123.webp', $file);"
            "copy($file, $new); update_attached_file($id, $new);"
            "wp_insert_post(['post_title' => 'Mine', 'post_status' => 'draft',"
            " 'post_content' => '<img src=\"' . $url . '\">']);",
            id="edited",
        ),
        pytest.param(
            "update_attached_file($id, dirname(get_attached_file($id)) . '/wedding.webp');",
            id="another's",
        ),
        pytest.param(
            "wp_insert_post(['post_title' => 'Mine',"
            " 'post_content' => \"<p class='wp-image-$id'>\"]);",
            id="by number",
        ),
    ],
)
def test_media_gc_keeps_what_is_used_or_not_ours(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, deed: str
) -> None:
    """Whatever persons, or a restored database, have made of the upload since."""
    kiosk.put("/a.jpg", draw(30), "image/jpeg")
    kiosk.put("/feed", rss(Story(number=1, title="News", picture=f"{kiosk.url}/a.jpg")))
    desk.write(kiosk.source())
    desk.sync("--allow", "all")
    _make_old(desk)
    find = (
        "$id = get_posts(['post_type' => 'attachment'])[0]->ID; $url = wp_get_attachment_url($id);"
    )
    fresh_wordpress.run_php(f"{find} {DELETE_NEWS} {deed}")

    done = desk.run("media", "gc", "--yes", "--json")

    assert done.envelope["data"]["discards"] == []
    assert len(fresh_wordpress.sql(UPLOADS)) == 1


def _make_old(desk: Desk) -> None:
    """Let two days pass for the uploads that the ledger knows."""
    past = datetime.now(UTC) - timedelta(days=2)
    with open_ledger("sqlite:///wp-sync.db", desk.directory, clock=lambda: past) as ledger:
        table = ledger._database  # noqa: SLF001 (as a clock would)
        with table.write() as connection:
            connection.exec_driver_sql("UPDATE media SET at = ?", (past.isoformat(),))
