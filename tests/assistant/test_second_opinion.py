"""advise: an article, its verdict and what a model says -> what the post may have of it."""

from __future__ import annotations

import json
from dataclasses import replace
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
from oracle import Handler, Oracle, Request, completion, says, write

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.ledger import Ledger

DISCLOSURE = "Excerpt written with a language model"


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


def test_tags_are_of_the_vocabulary_or_the_text(desk: Desk, oracle: Oracle) -> None:
    """At most three, each once, none that the post has already."""
    words = ["birdie", "Tiger", "wire", "playoff", "Playoff", "Augusta", "Toronto"]
    oracle.behave = says(PLAIN | {"tags": words})

    article = with_text(f"{ARTICLE.text} Wire has it.")
    assert desk.post(article).labels == ("birdie", "playoff")


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
