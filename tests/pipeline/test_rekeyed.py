"""A feed whose articles get new ids: held and told, on every run, until a person lets them pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from press import Kiosk, Story, rss

if TYPE_CHECKING:
    from desk import Desk

    from wp_sync.sandbox.wordpress import WordPress

OURS = (
    "SELECT ID FROM wp_posts WHERE post_type = 'post' AND post_title LIKE 'Tale %'"
    " AND post_status NOT IN ('inherit', 'auto-draft')"
)


def put(kiosk: Kiosk, *stories: Story) -> str:
    return kiosk.put("/feed", rss(*stories))


def tales(first: int, last: int, place: str = "old", date: int = 4) -> list[Story]:
    """Write stories that nothing but their titles tells to be the same."""
    return [
        Story(
            number=number,
            title=f"Tale {number}",
            guid=f"{place}-{number}",
            link=f"https://{place}.tales.example/{number}",  # elsewhere: a stranger
            body=f"<p>In {place}, {number} happened.</p>",
            date=f"Mon, {date:02d} May 2026 12:00:00 GMT",
        )
        for number in range(first, last + 1)
    ]


def test_new_ids_are_held_until_a_person_lets_them_pass(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Not the run that sees them alone: the next one knows these ids, and must hold them too."""
    feed = put(kiosk, *tales(1, 10))
    desk.write(
        f'[[sources]]\nname = "Daily News"\nto = ["news"]\nfeeds = ["{feed}"]\n'
        f'allow_private = ["{kiosk.place}"]\n'
    )
    assert desk.sync("--allow", "first-run").totals == {"created": 10}

    put(kiosk, *tales(11, 20, date=5))
    weekend = desk.sync()
    put(kiosk, *tales(11, 20, place="new", date=25))
    rehearsed = desk.run("plan", "--json")
    held = [desk.sync(), desk.sync("--allow", "flood:Daily News")]
    doubled = len(fresh_wordpress.sql(OURS))
    allowed = desk.sync("--allow", "rekey:Daily News")

    assert weekend.totals == {"created": 10}
    assert rehearsed.totals == {"held": 10}
    assert [one.totals for one in held] == [{"held": 10}, {"held": 10}]
    assert [one.code for one in held] == [0, 0]
    (reason,) = {one["reason"] for one in held[1].outcomes("held")}
    assert reason == (
        "the feed seems to have given its articles new ids: 10 of 10 titles or addresses are known;"
        " to let all pass: --allow 'rekey:Daily News'"
    )
    assert doubled == 20
    assert allowed.totals == {"created": 10}
    assert desk.sync().totals == {}
