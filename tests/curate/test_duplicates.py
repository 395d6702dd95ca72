"""compare and rank: two pieces of news -> one story or two, and which of them leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rewording import TEMPLATES, Writer, Written

from wp_sync.curate.duplicates import compare, find_lead, rank, sketch_text
from wp_sync.model import ItemKey, Piece

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITER = Writer(11)
FIRST = WRITER.article()
WIRE, HERALD = "https://wire.example/rss", "https://herald.example/rss"
LONG = " ".join(f"{word} stands here and says no more than that" for word in FIRST.text.split())


def piece(title: str, text: str, feed: str = WIRE, guid: str = "1") -> Piece:
    return Piece(key=ItemKey(feed, guid), sketch=sketch_text(text), title=title, source=feed)


def are_one(one: Written, other: Written, *, same_source: bool = False) -> bool:
    feed = WIRE if same_source else HERALD
    return compare(one.piece(1, WIRE), other.piece(2, feed)).is_twin


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2, 0.3])
def test_a_story_in_other_words_is_the_same_story(share: float) -> None:
    """Replaced, left out, put in; one sentence moved; and a title of its own."""
    other = replace(WRITER.reworded(FIRST, share), title="Nobody has this headline")

    share_of_words, is_twin = compare(FIRST.piece(1, WIRE), other.piece(2, HERALD))

    assert is_twin
    assert share_of_words == pytest.approx(1 - share, abs=0.12)


def test_another_article_on_the_subject_is_another_story() -> None:
    """Though both draw on the same words."""
    others = [WRITER.article(subject="golf") for _ in range(40)]

    twins = [one for one in others[1:] if are_one(others[0], one)]

    assert twins == []


@pytest.mark.parametrize("same_source", [True, False], ids=["one source", "two sources"])
@pytest.mark.parametrize(
    "kind", range(len(TEMPLATES)), ids=["weather", "match", "deals", "lottery"]
)
def test_what_a_template_makes_is_no_repeat(kind: int, *, same_source: bool) -> None:
    """Other numbers and names in the same words, day after day: 780 pairs, none taken for one."""
    made = Writer(4).templates(40)[kind]

    alike = [
        (one, other)
        for at, one in enumerate(made)
        for other in made[:at]
        if are_one(one, other, same_source=same_source)
    ]

    assert alike == []


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Day 3: what the inquiry heard", "Day 4: what the inquiry heard"),
        ("Game 5", "Game 6"),
        ("Crossword No. 1,204", "Crossword No. 1,205"),
    ],
)
def test_a_title_with_another_number_is_another_story(title: str, other: str) -> None:
    """Even over the very same text."""
    assert not compare(piece(title, FIRST.text), piece(other, FIRST.text, HERALD)).is_twin


def test_a_title_with_one_number_more_is_the_same_story() -> None:
    """It tells more, and nothing else."""
    one = piece("Fire near Jasper", FIRST.text)
    other = piece("Fire near Jasper: 300 flee", FIRST.text, HERALD)

    assert compare(one, other).is_twin


@pytest.mark.parametrize(
    ("text", "other", "title", "is_twin"),
    [
        pytest.param("Rain fell.", "Rain fell.", "Rain in Truro today", True, id="both agree"),
        pytest.param("Rain fell.", "Rain fell.", "Sun in Truro soon", False, id="the text alone"),
        pytest.param(
            "Rain fell.", "Snow came.", "Rain in Truro today", False, id="the title alone"
        ),
        pytest.param("", "", "Rain in Truro today", False, id="no text at all"),
    ],
)
def test_a_short_text_needs_its_title(text: str, other: str, title: str, *, is_twin: bool) -> None:
    """Under 25 words anything may be said twice."""
    one = piece("Rain in Truro today", text)

    assert compare(one, piece(title, other, HERALD)).is_twin is is_twin
    assert not compare(one, piece(title, other, guid="2")).is_twin  # a series of one source


def test_a_round_up_that_quotes_a_story_whole_is_no_repeat() -> None:
    """Unless it has its title: then it is the fuller report."""
    brief = piece("Rain in Truro today", FIRST.text)
    long = piece("The morning in brief", f"{FIRST.text} {LONG}", HERALD)

    assert not compare(brief, long).is_twin
    assert compare(brief, replace(long, title="Rain in Truro, today")).is_twin


def test_in_one_source_more_must_be_the_same() -> None:
    """What it writes twice is usually a series; what it repeats is the same, word for word."""
    reworded, repeated = WRITER.reworded(FIRST, 0.3), WRITER.reworded(FIRST, 0.05)

    assert are_one(FIRST, reworded)
    assert not are_one(FIRST, reworded, same_source=True)
    assert are_one(FIRST, repeated, same_source=True)


@pytest.mark.parametrize(
    ("wp_id", "is_twin"), [(0, False), (12, True)], ids=["side by side", "after the other was out"]
)
def test_one_text_under_two_titles_of_one_feed(wp_id: int, *, is_twin: bool) -> None:
    """What came at once may be meant so; what comes after its like was published is a repeat."""
    one = replace(piece("Rain in Truro", FIRST.text), wp_id=wp_id)
    other = piece("What golfers wear", FIRST.text, guid="2")

    assert compare(other, one).is_twin is is_twin


@pytest.mark.parametrize(
    ("text", "other"),
    [
        pytest.param(
            "Городской совет вчера вечером отложил решение о новом мосте через реку, потому что"
            " смета оказалась выше ожидаемой, а жители соседних улиц попросили провести ещё одно"
            " обсуждение до конца осени.",
            "Городской совет вчера вечером отложил решение о новом мосте через реку, потому что"
            " смета оказалась выше запланированной, а жители соседних улиц попросили провести"
            " ещё одно обсуждение до конца осени.",
            id="Russian",
        ),
        pytest.param(
            "市议会昨晚推迟了关于河上新桥的决定，因为预算高于预期，附近街道的居民要求在秋季结束前再举行一次讨论。",
            "市议会昨晚推迟了关于河上新桥的决定，因为费用高于预期，附近街道的居民要求在秋季结束前再举行一次讨论。",
            id="Chinese",
        ),
        pytest.param(
            "สภาเมืองเลื่อนการตัดสินใจเรื่องสะพานใหม่ข้ามแม่น้ำเมื่อคืนนี้ เพราะงบประมาณสูงกว่าที่คาดไว้",
            "สภาเมืองเลื่อนการตัดสินใจเรื่องสะพานใหม่ข้ามแม่น้ำเมื่อวานนี้ เพราะงบประมาณสูงกว่าที่คาดไว้",
            id="Thai",
        ),
    ],
)
def test_any_script_will_do(text: str, other: str) -> None:
    """Where words have no blanks between them, each sign is one."""
    assert compare(piece("甲", text), piece("乙", other, HERALD)).is_twin
    assert not compare(piece("甲", text), piece("甲", FIRST.text, HERALD)).is_twin


def test_the_most_alike_is_the_lead() -> None:
    """Of several that tell the story."""
    near, far = WRITER.reworded(FIRST, 0.05), WRITER.reworded(FIRST, 0.3)
    others = [far.piece(1, HERALD), near.piece(2, HERALD), WRITER.article().piece(3, HERALD)]

    found = find_lead(FIRST.piece(9, WIRE), others)

    assert found is not None
    assert found[0].key.guid == "2"


@pytest.mark.parametrize(
    ("rules", "leader"),
    [
        (("preferred", "fullest", "first"), "preferred"),
        (("fullest", "first"), "fullest"),
        (("first", "preferred"), "first"),
    ],
)
def test_the_first_rule_that_tells_them_apart_decides(rules: tuple[str, ...], leader: str) -> None:
    """By priority, by words, by the source's date."""
    base = piece("A title", FIRST.text)
    later = replace(base, published=NOW)
    pieces = {
        "preferred": replace(later, priority=2),
        "fullest": replace(later, sketch=sketch_text(f"{FIRST.text} And more.")),
        "first": replace(base, published=NOW - timedelta(hours=1)),
    }

    first = min(pieces, key=lambda name: rank(pieces[name], rules))  # type: ignore[arg-type]

    assert first == leader
