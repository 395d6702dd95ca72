"""Rules of [keep] and [drop] from a feed to plan, sync and why: each names its words."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from press import Story, rss

if TYPE_CHECKING:
    from desk import Answer, Desk
    from press import Kiosk

NEWS = """
[post]
category = "City news"

[keep]
none = ["horoscope"]
min_age = "1d"

[[keep.when]]
name = "long enough"
words_above = 4

[[drop.when]]
name = "press releases"
title = { any = ["announces", "appoints"] }
url = { regex = '/press-release/' }
"""
SOURCE_RULES = """
[[sources.drop.when]]
name = "videos"
or = [ { url = { regex = '/video/' } }, { labels = { any = ["Video"] } } ]
"""
PRESS, VIDEO, STARS, SHORT, YOUNG = "press-release", "video", "stars", "short", "young"
ADDRESS = "https://news.example/"
AT_LAST = "Example News goes to City news; "  # judged with the whole article
REASONS = {
    PRESS: 'City news drops by rule "press releases": title has "announces";'
    ' url matches "/press-release/"',
    VIDEO: 'Example News drops by rule "videos": url matches "/video/"',
    STARS: f'{AT_LAST}City news keeps by [keep], and here: article has "horoscope"',
    SHORT: f'{AT_LAST}City news keeps by rule "long enough", and here: text has 2 words',
}


@pytest.fixture
def editor(guest: Desk, kiosk: Kiosk) -> Desk:
    """Sit down with a feed of which nothing is wanted, before a site that is only read."""
    stories = [
        Story(number=1, title="Acme announces shoes", link=f"{ADDRESS}press-release/1"),
        Story(number=2, title="Rain", link=f"{ADDRESS}video/2"),
        Story(number=3, title="Your week", body="<p>The horoscope of a week.</p>"),
        Story(number=4, title="Brief", body="<p>Too short.</p>"),
        Story(number=5, title="Fresh", date=format_datetime(datetime.now(UTC), usegmt=True)),
    ]
    kiosk.put("/feed", rss(*stories))
    guest.write(kiosk.source() + SOURCE_RULES, news=NEWS)
    return guest


def reasons_of(answer: Answer) -> dict[str, tuple[str, str]]:
    names = (PRESS, VIDEO, STARS, SHORT, YOUNG)
    outcomes = sorted(answer.envelope["data"]["outcomes"], key=lambda one: one["title"])
    by_title = {one["title"]: (one["status"], one["reason"]) for one in outcomes}
    titles = ("Acme announces shoes", "Rain", "Your week", "Brief", "Fresh")
    return {name: by_title[title] for name, title in zip(names, titles, strict=True)}


def test_every_refusal_names_its_rule_and_its_words(editor: Desk) -> None:
    """In plan and in sync alike; what is only too young waits, and each run asks again."""
    planned = editor.run("plan", "--json")
    told = editor.run("plan", "--verbose")
    synced = editor.sync("--allow", "all")
    again = editor.sync("--allow", "all")
    story = editor.run("why", f"{ADDRESS}press-release/1")

    expected = {name: ("dropped", reason) for name, reason in REASONS.items()}
    seen = reasons_of(planned)
    young = seen.pop(YOUNG)
    assert seen == expected
    assert young[0] == "held"
    assert young[1].endswith("UTC on: its min_age is 1 day")
    assert reasons_of(synced) == expected | {YOUNG: young}
    assert [one["title"] for one in again.envelope["data"]["outcomes"]] == ["Fresh"]
    assert again.totals == {"held": 1}
    for reason in (*REASONS.values(), young[1]):
        assert reason in " ".join(told.out.split())
    assert REASONS[PRESS] in story.out


def test_doctor_names_the_extra_that_a_rule_needs(editor: Desk, kiosk: Kiosk) -> None:
    """A language that the core does not recognise by itself."""
    editor.write(kiosk.source(), news='[keep]\nlanguage = ["fi", "en"]\n')

    answer = editor.run("doctor", "--json")

    (found, *_) = answer.envelope["data"]["checks"]
    needed = {"warning": "pip install 'wp-sync[lang]'", "ok": ""}
    assert found["cure"] == needed[found["state"]]
    assert found["state"] == "ok" or "the language fi" in found["message"]
