"""A site's user who may not upload, before a real WordPress: pictures wait for the right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk import make_password
from press import Story, picture, rss

if TYPE_CHECKING:
    from desk import Desk
    from press import Kiosk
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

FEATURED = "SELECT post_id FROM wp_postmeta WHERE meta_key = '_thumbnail_id'"
UPLOADS = "SELECT ID FROM wp_posts WHERE post_type = 'attachment'"
TEXT = "SELECT post_content AS body FROM wp_posts WHERE post_type = 'post' AND post_title = 'Both'"


def text_of(site: WordPress) -> str:
    (row,) = site.sql(TEXT)
    return str(row["body"])


def test_pictures_wait_for_the_right_to_upload(
    desk: Desk, kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """Nothing is tried or written while it is missing; with it the next run brings them, once."""
    lead = kiosk.put("/lead.jpg", picture(1), "image/jpeg")
    other = kiosk.put("/other.jpg", picture(2), "image/jpeg")
    body = f'<p>First.</p><figure><img src="{other}"></figure><p>Second.</p>'
    with_both = Story(number=1, title="Both", picture=lead, body=body)
    plain = Story(number=2, title="Plain")
    kiosk.put("/feed", rss(with_both, plain))
    password = make_password(fresh_wordpress, "contributor")
    guest = replace(desk, username="contributor", password=password)
    guest.write(kiosk.source(), news='[post]\nstatus = "pending"\n')

    first = guest.sync("--allow", "all")
    written = len(traffic.writes)
    idle = [guest.sync() for _ in range(3)]
    written_idle = len(traffic.writes)
    kiosk.put("/feed", rss(replace(with_both, body=f"{body}<p>Third.</p>"), plain))
    changed = guest.sync()
    written_changed = len(traffic.writes)
    idle.append(guest.sync())
    without = text_of(fresh_wordpress)
    fresh_wordpress.run_php("get_user_by('login', 'contributor')->set_role('author');")
    planned = guest.run("plan", "--json")
    brought = guest.sync()
    after = [guest.sync(), guest.sync()]

    reasons = {one["title"]: one["reason"] for one in first.outcomes("created")}
    assert first.totals == {"created": 2}, first.err
    assert "without picture: contributor may not upload" in reasons["Both"]
    assert "picture" not in reasons["Plain"]
    assert [one.totals for one in idle] == [{}] * 4
    assert written_idle == written
    assert changed.totals == {"updated": 1}
    assert written_changed > written_idle
    assert "Third." in without
    assert "<img" not in without
    assert (planned.totals, brought.totals) == ({"updated": 1}, {"updated": 1})
    assert "wp-image-" in text_of(fresh_wordpress)
    assert kiosk.place not in text_of(fresh_wordpress)
    assert len(fresh_wordpress.sql(FEATURED)) == 1
    assert len(fresh_wordpress.sql(UPLOADS)) == 2
    assert [one.totals for one in after] == [{}, {}]
