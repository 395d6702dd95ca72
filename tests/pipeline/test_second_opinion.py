"""advise: an article, its verdict and what a model says -> what the post may have of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from advised import (
    ARTICLE,
    EXCERPT,
    GOOD,
    KEY,
    NOW,
    PLAIN,
    SOURCE,
    Desk,
    channel,
    with_text,
)
from oracle import Handler, Oracle, Request, answers, completion, open_oracle, says, write

from wp_sync.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wp_sync.ledger import Ledger

DISCLOSURE = "Excerpt written with a language model"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Open a ledger."""
    with open_ledger("sqlite:///wp-sync.db", tmp_path, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def oracle() -> Iterator[Oracle]:
    """Open a model that behaves."""
    with open_oracle(says(GOOD)) as opened:
        yield opened


@pytest.fixture
def desk(ledger: Ledger, oracle: Oracle) -> Desk:
    """Sit down before one article."""
    return Desk(ledger=ledger, url=oracle.url)


def undecided(desk: Desk) -> Desk:
    """Make both channels fit the article alike."""
    desk.channels = {
        "golf": channel("golf", "golf"),
        "hockey": channel("hockey", "tournament"),
    }
    desk.open()
    return desk


def test_a_good_answer_arrives_and_is_disclosed(desk: Desk) -> None:
    """Excerpt, tags and the line that says so; all else is as the rules have it."""
    post, plain = desk.post(), desk.post_without()

    assert post.excerpt == EXCERPT
    assert (post.tags, post.labels) == (("Wire",), ("Augusta", "playoff"))
    assert post.body.count(DISCLOSURE) == 1
    assert post.body.index(DISCLOSURE) < post.body.index("Read Entire Article")
    before = replace(post, excerpt=plain.excerpt, labels=plain.labels)
    assert replace(before, body=plain.body, other_body=plain.other_body) == plain


def test_nothing_is_asked_where_none_is_configured(desk: Desk, oracle: Oracle) -> None:
    """Off unless configured."""
    desk.shop.assistant = None

    assert desk.post() == desk.post_without()
    assert oracle.asked == []


def test_an_unchanged_article_is_asked_about_once(desk: Desk, oracle: Oracle) -> None:
    """By whatever run; a changed one again."""
    first = desk.post()
    desk.open()
    oracle.behave = says(PLAIN)
    second = desk.post()
    changed = desk.post(with_text(ARTICLE.text + " It rained."))

    assert first == second
    assert len(oracle.asked) == 2
    assert changed.excerpt == ARTICLE.excerpt
    assert DISCLOSURE not in changed.body


def test_only_what_is_not_known_is_asked(desk: Desk, oracle: Oracle) -> None:
    """A further use asks for itself alone; what was answered stays."""
    oracle.behave = says({"excerpt": EXCERPT})
    desk.settings = {"uses": ("excerpt",)}
    desk.open()
    desk.post()
    oracle.behave = says({"tags": ["Augusta"]})
    desk.settings = {"uses": ("excerpt", "tags")}
    desk.open()
    post = desk.post()

    assert post.excerpt == EXCERPT
    assert post.labels == ("Augusta",)
    assert '"excerpt":' not in oracle.told()


def test_another_model_is_asked_anew(desk: Desk, oracle: Oracle) -> None:
    """Its answers are its own."""
    desk.post()
    desk.settings = {"model": "m2"}
    desk.open()
    desk.post()

    assert [one["model"] for one in oracle.asked] == ["m1", "m2"]


def test_without_a_way_to_ask_what_was_answered_counts(desk: Desk, oracle: Oracle) -> None:
    """As when mappings are brought to posts that are there."""
    first = desk.post()
    desk.open()
    desk.consultant.model = None

    assert desk.post() == first
    assert desk.post(with_text("Golf. " * 40)).excerpt == ARTICLE.excerpt
    assert len(oracle.asked) == 1


@pytest.mark.parametrize(
    ("told", "status", "doubt"),
    [
        pytest.param("golf", "publish", "", id="agrees"),
        pytest.param("hockey", "draft", "the assistant says Hockey news", id="another"),
        pytest.param(
            "none of these", "draft", "the assistant says none of its channels", id="none"
        ),
    ],
)
def test_disagreement_makes_a_draft(
    told: str, status: str, doubt: str, desk: Desk, oracle: Oracle
) -> None:
    """In the channel of the rules: trust comes first."""
    oracle.behave = says(PLAIN | {"channel": told})

    post = desk.post()

    assert (post.channel, post.status, post.doubt) == ("golf", status, doubt)


def test_what_is_undecided_becomes_a_draft(desk: Desk, oracle: Oracle) -> None:
    """Where two channels fit alike; it says whose word that was."""
    oracle.behave = says(PLAIN | {"channel": "hockey"})
    undecided(desk)

    post = desk.post()

    assert desk.judge().decision == "hold"
    assert (post.channel, post.status) == ("hockey", "draft")
    assert post.doubt.startswith("the assistant says Hockey news; fits two channels alike")


@pytest.mark.parametrize("told", ["none of these", "casino"])
def test_what_it_cannot_tell_either_stays_held(told: str, desk: Desk, oracle: Oracle) -> None:
    """The rules' own reason stands."""
    oracle.behave = says(PLAIN | {"channel": told})
    undecided(desk)

    assert desk.advise().verdict == desk.judge()


def test_a_channel_that_drops_it_does_not_get_it(desk: Desk, oracle: Oracle) -> None:
    """All rules of a channel but its score bind the model's choice."""
    oracle.behave = says(PLAIN | {"channel": "hockey"})
    undecided(desk)
    assert desk.channels
    desk.channels["hockey"] = channel("hockey", "tournament", drop=("playoff",))
    desk.open()

    verdict = desk.advise().verdict

    assert verdict.decision == "hold"
    assert "drops the words playoff" in verdict.reasons[-1]


@pytest.mark.parametrize(
    "verdict",
    [
        pytest.param({"decision": "drop"}, id="dropped"),
        pytest.param({"decision": "hold", "scores": {}}, id="held for something else"),
        pytest.param({"decision": "hold", "channel": "golf"}, id="held in a channel"),
        pytest.param({"decision": "hold", "duplicate_of": ARTICLE.key}, id="held as a repeat"),
    ],
)
def test_what_the_rules_decided_is_not_asked_about(
    verdict: dict[str, Any], desk: Desk, oracle: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would change nothing."""
    decided = replace(undecided(desk).judge(), **verdict)
    monkeypatch.setattr(Desk, "judge", lambda *_: decided)

    assert desk.advise().verdict == decided
    assert oracle.asked == []


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"source": SOURCE.model_copy(update={"assistant": False})}, id="its source"),
        pytest.param({"reserved": {"wire.example": "X-Robots-Tag: noai"}}, id="its publisher"),
        pytest.param({"settings": {"uses": ()}}, id="nothing to ask"),
        pytest.param({"settings": {"requests_per_run": 0}}, id="no budget"),
    ],
)
def test_what_may_not_be_shown_is_not(more: dict[str, Any], ledger: Ledger, oracle: Oracle) -> None:
    """By the configuration, or by what its pages say."""
    desk = Desk(ledger=ledger, url=oracle.url, **more)

    assert desk.post() == desk.post_without()
    assert oracle.asked == []


def test_a_damaged_article_is_not_shown(desk: Desk, oracle: Oracle) -> None:
    """It is held whatever a model says."""
    desk.advise(replace(ARTICLE, damage="7 characters were lost"))

    assert oracle.asked == []


@pytest.mark.parametrize(
    ("article", "rights"),
    [
        pytest.param(ARTICLE, "title", id="a title alone"),
        pytest.param(with_text("Golf in Augusta."), "feed", id="a few words"),
    ],
)
def test_no_excerpt_of_what_is_not_there(
    article: Any,  # noqa: ANN401
    rights: Any,  # noqa: ANN401
    desk: Desk,
    oracle: Oracle,
) -> None:
    """Nothing but what the source's rights let us read is the ground of one."""
    oracle.behave = says({"channel": "golf", "tags": []})
    desk.source = SOURCE.model_copy(update={"rights": rights})

    post = desk.post(article)

    assert '"excerpt"' not in oracle.told()
    assert post == desk.post_without(article)


def test_where_the_channel_is_settled_it_is_not_asked(desk: Desk, oracle: Oracle) -> None:
    """By a post that is there, or by a person."""
    oracle.behave = says({"excerpt": EXCERPT, "tags": []})

    advice = desk.advise(is_settled=True)

    assert advice.article.excerpt == EXCERPT
    assert advice.verdict == desk.judge()
    assert '"channel"' not in oracle.told()


@pytest.mark.parametrize(
    ("settings", "takes", "line", "field"),
    [
        pytest.param({}, True, True, None, id="a line"),
        pytest.param({"disclosure_field": "ai"}, True, True, DISCLOSURE, id="both"),
        pytest.param(
            {"disclosure_field": "ai", "disclosure_line": False},
            True,
            False,
            DISCLOSURE,
            id="field",
        ),
        pytest.param(
            {"disclosure_field": "ai", "disclosure_line": False},
            False,
            True,
            DISCLOSURE,
            id="a field that the site does not take",
        ),
    ],
)
def test_readers_are_told_as_configured(
    settings: dict[str, Any],
    takes: bool,  # noqa: FBT001
    line: bool,  # noqa: FBT001
    field: str | None,
    desk: Desk,
) -> None:
    """By a line, by a custom field, or by both; always by one that arrives."""
    desk.settings, desk.takes_fields = settings, takes
    desk.open()

    post = desk.post()

    assert (DISCLOSURE in post.body) is line
    assert post.fields.get("ai") == field


def test_what_was_not_written_by_it_is_not_disclosed(desk: Desk, oracle: Oracle) -> None:
    """The field is there, empty: one that a post had before goes."""
    oracle.behave = says(PLAIN)
    desk.settings = {"disclosure_field": "ai"}
    desk.open()

    post = desk.post()

    assert DISCLOSURE not in post.body
    assert post.fields == {"ai": ""}


def test_the_disclosure_is_text(desk: Desk) -> None:
    """What stands in a configuration is no markup either."""
    desk.settings = {"disclosure": "<b>By</b> [gallery] & co"}
    desk.open()

    body = desk.post().body

    assert "&lt;b&gt;By&lt;/b&gt; [\u2060gallery] &amp; co" in body


def test_tags_are_of_the_vocabulary_or_the_text(desk: Desk, oracle: Oracle) -> None:
    """At most three, each once, none that the post has already."""
    words = ["birdie", "Tiger", "wire", "playoff", "Playoff", "Augusta", "Toronto"]
    oracle.behave = says(PLAIN | {"tags": words})

    article = with_text(f"{ARTICLE.text} Wire has it.")
    assert desk.post(article).labels == ("birdie", "playoff")


def test_a_day_has_so_many_requests(desk: Desk, oracle: Oracle, ledger: Ledger) -> None:
    """Counted over all runs; said; and there are new ones the next day."""
    desk.settings = {"requests_per_day": 2}
    told: list[str] = []
    for at in range(4):
        desk.open()
        desk.post(with_text(f"{ARTICLE.text} {at}."))
        told += desk.consultant.tell()
    assert len(oracle.asked) == 2
    assert ledger.assistant.spent(NOW.date()) == (2, 720)
    assert "requests_per_day = 2" in told[-1]

    desk.now += timedelta(days=1)
    desk.open()
    desk.post(with_text(f"{ARTICLE.text} 5."))

    assert len(oracle.asked) == 3


def test_a_run_has_so_many_requests(desk: Desk, oracle: Oracle) -> None:
    """The rest of its articles go without."""
    desk.settings = {"requests_per_run": 1}
    desk.open()

    posts = [desk.post(with_text(f"{ARTICLE.text} {at}.")) for at in range(3)]

    assert [one.excerpt == EXCERPT for one in posts] == [True, False, False]
    assert len(oracle.asked) == 1
    assert "requests_per_run = 1" in desk.consultant.tell()[-1]


def test_a_day_has_so_many_tokens(desk: Desk, oracle: Oracle) -> None:
    """What a request may cost must be left before it goes out."""
    desk.settings = {"tokens_per_day": 1000}
    desk.open()

    desk.post()

    assert oracle.asked == []
    assert "tokens_per_day = 1000" in desk.consultant.tell()[-1]


@pytest.mark.parametrize(
    "usage",
    [
        pytest.param(None, id="missing"),
        pytest.param("many", id="a word"),
        pytest.param([], id="a list"),
        pytest.param({}, id="without a total"),
        pytest.param({"total_tokens": "360"}, id="in quotes"),
        pytest.param({"total_tokens": True}, id="true"),
        pytest.param({"total_tokens": 1.5}, id="a fraction"),
        pytest.param({"total_tokens": 0}, id="nothing"),
        pytest.param({"total_tokens": 1}, id="too little"),
        pytest.param({"total_tokens": -50_000}, id="negative"),
        pytest.param({"total_tokens": 10**30}, id="absurd"),
    ],
)
def test_a_count_that_is_none_is_estimated(usage: object, desk: Desk, oracle: Oracle) -> None:
    """Rather too high; the answer counts all the same."""
    oracle.behave = says(GOOD, usage=usage)

    post = desk.post()

    requests, tokens = desk.ledger.assistant.spent(NOW.date())
    sent = len(json.dumps(oracle.asked[0], ensure_ascii=False).encode())
    assert post.excerpt == EXCERPT
    assert requests == 1
    assert sent // 4 < tokens < sent


def test_a_failed_request_counts(desk: Desk, oracle: Oracle) -> None:
    """It was asked, and nobody knows what it cost."""
    oracle.behave = answers(500)
    desk.post()

    requests, tokens = desk.ledger.assistant.spent(NOW.date())

    assert requests == 1
    assert tokens > 500


def test_after_three_failures_in_a_row_a_run_asks_no_more(desk: Desk, oracle: Oracle) -> None:
    """A success between starts the count anew; the next run tries again."""
    fails, works = answers(500), says(GOOD)
    behaviours = [fails, fails, works, fails, fails, fails, works, works]
    for at, behave in enumerate(behaviours):
        oracle.behave = behave
        desk.post(with_text(f"{ARTICLE.text} {at}."))
    told = desk.consultant.tell()
    assert len(oracle.asked) == 6
    assert "3 failures in a row" in told[-1]

    desk.open()
    desk.post(with_text(f"{ARTICLE.text} again."))

    assert len(oracle.asked) == 7


def test_a_key_that_is_not_taken_ends_it_at_once(desk: Desk, oracle: Oracle) -> None:
    """Each further try would be refused, too."""
    oracle.behave = answers(401, KEY.encode())
    for at in range(3):
        desk.post(with_text(f"{ARTICLE.text} {at}."))

    assert len(oracle.asked) == 1
    assert "does not accept the key (401)" in desk.consultant.tell()[-1]
    assert KEY not in str(desk.consultant.tell())


@pytest.mark.parametrize(
    ("behave", "minutes"),
    [
        pytest.param(answers(429, b"", Retry_After="3600"), 60, id="429"),
        pytest.param(answers(429), 15, id="429 without a time"),
        pytest.param(answers(503, b"", Retry_After="600"), 10, id="503"),
    ],
)
def test_told_to_wait_it_waits(behave: Any, minutes: int, desk: Desk, oracle: Oracle) -> None:  # noqa: ANN401
    """In this run and in further ones, until the time is over."""
    oracle.behave = behave
    desk.post()
    oracle.behave = says(GOOD)
    desk.post()
    desk.now += timedelta(minutes=minutes - 1)
    desk.open()
    desk.post()
    assert len(oracle.asked) == 1
    assert "to be left alone until" in desk.consultant.tell()[-1]

    desk.now += timedelta(minutes=2)
    desk.open()

    assert desk.post().excerpt == EXCERPT


def test_a_server_of_few_words_is_asked_plainly(desk: Desk, oracle: Oracle) -> None:
    """By schema, else for any JSON, else without; the form that works is kept."""

    def picky(handler: Handler, request: Request) -> None:
        if "response_format" in request:
            write(handler, 400, b'{"error": "unknown field"}')
        else:
            write(handler, 200, json.dumps(completion(json.dumps(GOOD))).encode())

    oracle.behave = picky

    first = desk.post()
    desk.post(with_text(f"{ARTICLE.text} More."))

    kinds = [one.get("response_format", {}).get("type") for one in oracle.asked]
    assert first.excerpt == EXCERPT
    assert kinds == ["json_schema", "json_object", None, None]
    assert desk.ledger.assistant.spent(NOW.date())[0] == 4


def test_the_ledger_keeps_neither_key_nor_article(desk: Desk, tmp_path: Path) -> None:
    """Answers stand beside a hash."""
    desk.post()

    kept = b"".join(path.read_bytes() for path in tmp_path.glob("wp-sync.db*"))
    assert EXCERPT.encode() in kept
    assert KEY.encode() not in kept
    assert b"caddied" not in kept


def test_two_runs_come_to_the_same(desk: Desk, oracle: Oracle) -> None:
    """Of two answers at once the first one that was kept counts for both."""

    def slower(handler: Handler, _: Request) -> None:
        oracle.behave = says(GOOD)
        other = Desk(ledger=desk.ledger, url=desk.url)
        other.post()
        write(handler, 200, json.dumps(completion(json.dumps(PLAIN))).encode())

    oracle.behave = slower

    assert desk.post().excerpt == EXCERPT
