"""How a language model may misbehave: in its connection, and in what it answers."""

from __future__ import annotations

import json
from typing import Any

from advised import EXCERPT, GOOD, PATIENCE, PLAIN
from oracle import (
    answers,
    bad_chunks,
    breaks_off,
    completion,
    dripping,
    dripping_headers,
    echoes_key,
    endless,
    hangs_up,
    no_http,
    refuses,
    says,
    slow_headers,
)

LONG = "McIlroy won the golf tournament in Augusta. "
DEEP = "[" * 100_000


def excerpt(text: object) -> Any:  # noqa: ANN401 (a Behaviour)
    """Answer with this excerpt, and nothing else that would show."""
    return says(PLAIN | {"excerpt": text})


def tags(*words: object) -> Any:  # noqa: ANN401 (a Behaviour)
    """Answer with these tags, and nothing else that would show."""
    return says(PLAIN | {"tags": words})


def raw(content: str) -> Any:  # noqa: ANN401 (a Behaviour)
    """Answer with a content that is no JSON as we ask for it."""
    return says(content)


def patience_with(name: str) -> str:
    """Wait a second where nothing else ends the exchange, and as long as it takes elsewhere."""
    return "1s" if name in WITHOUT_END else PATIENCE


# How the connection and the envelope may be: the answer is as if nobody had been asked.
CONNECTIONS = {
    "slow headers": slow_headers,
    "dripping headers": dripping_headers,
    "a slow drip": dripping,
    "an endless body": endless,
    "a body that breaks off": breaks_off,
    "no word": hangs_up,
    "no HTTP": no_http,
    "false chunks": bad_chunks,
    "401 that shows the key": echoes_key,
    "403": answers(403, b"{}"),
    "404": answers(404, b"<html>"),
    "429 without a time": answers(429, b"{}"),
    "429 with a time": answers(429, b"{}", Retry_After="60"),
    "429 with an absurd time": answers(429, b"{}", Retry_After="9" * 40),
    "400 for ever": answers(400, b'{"error": "response_format"}'),
    "500": answers(500, b"Traceback"),
    "503 with a time": answers(503, b"", Retry_After="30"),
    "204": answers(204),
    "an empty body": answers(200),
    "a login page": answers(200, b"<html><form>"),
    "JSON cut in two": answers(200, json.dumps(completion("{}")).encode()[:40]),
    "no choices": answers(200, b'{"usage": {"total_tokens": 1}}'),
    "choices of none": answers(200, b'{"choices": []}'),
    "choices of another kind": answers(200, b'{"choices": "many"}'),
    "a number for content": answers(200, json.dumps(completion(7)).encode()),
    "nested deep": answers(200, b'{"choices": ' + DEEP.encode()),
    "a giant number": answers(200, b'{"choices": ' + b"9" * 100_000 + b"}"),
    "NaN": answers(200, b'{"choices": NaN}'),
    "a key twice": answers(200, b'{"choices": [], "choices": []}'),
    "no UTF-8": answers(200, b'{"choices": "\xff\xfe"}'),
    "packed unasked": answers(200, b"\x1f\x8b" + b"0" * 50, Content_Encoding="gzip"),
    "packed oddly": answers(200, b"{}", Content_Encoding="br"),
}
# What ends only when the asker hangs up.
WITHOUT_END = {"slow headers", "dripping headers", "a slow drip"}
SHAPE, PARTS, PLAINLY = "not as asked", "other parts", "markup or a link"
UNSEEN, LENGTH, TAGS = "nobody sees", "40 to 400", "none is a short phrase"
# What may be said, and why it is left out.
CONTENTS = {
    "nothing": (raw(""), SHAPE),
    "null": (says(None), SHAPE),
    "words": (raw("I'm sorry, but I can't help with that."), SHAPE),
    "no JSON": (raw("{'channel': 'golf'}"), SHAPE),
    "JSON and more": (raw(json.dumps(PLAIN) + "\nHope that helps!"), SHAPE),
    "a fence around": (raw(f"```json\n{json.dumps(PLAIN)}\n```"), SHAPE),
    "a list": (raw("[1, 2]"), SHAPE),
    "a number": (raw("1e999"), SHAPE),
    "nested content": (raw('{"channel": ' + DEEP), SHAPE),
    "a giant number inside": (raw('{"tags": [' + "9" * 15_000 + "]}"), SHAPE),
    "NaN inside": (raw('{"channel": NaN, "excerpt": "", "tags": []}'), SHAPE),
    "duplicate keys": (
        raw('{"channel": "golf", "channel": "golf", "excerpt": "", "tags": []}'),
        SHAPE,
    ),
    "missing keys": (says({"channel": "golf", "excerpt": EXCERPT}), PARTS),
    "more keys": (says(GOOD | {"status": "publish"}), SHAPE),
    "wrong types": (says(GOOD | {"excerpt": [EXCERPT]}), SHAPE),
    "a text for tags": (says(GOOD | {"tags": "Augusta"}), SHAPE),
    "null for excerpt": (says(PLAIN | {"excerpt": None}), "it is no text"),
    "an answer of 90 kilobytes": (excerpt(LONG * 2000), SHAPE),
    "a refusal": (refuses, "the model refused"),
    "cut off by length": (says(GOOD, finish="length"), "cut off"),
    "cut off by a filter": (says(GOOD, finish="content_filter"), "cut off"),
    "no end told": (says(GOOD, finish=None), "cut off"),
    "unknown channel": (says(PLAIN | {"channel": "casino"}), "none that the source may reach"),
    "a channel that is a path": (says(PLAIN | {"channel": "../../etc"}), "none that the source"),
    "too long": (excerpt(LONG * 12), LENGTH),
    "too short": (excerpt("McIlroy won."), LENGTH),
    "no end": (
        excerpt("McIlroy won the golf tournament in Augusta after 14 years of"),
        "breaks off",
    ),
    "invented number": (
        excerpt("McIlroy won the golf tournament in Augusta before 5,000 fans."),
        "the number 5,000",
    ),
    "altered number": (
        excerpt("McIlroy won in Augusta after 15 years, before 1,200 fans."),
        "the number 15",
    ),
    "altered scale": (
        excerpt("McIlroy won in Augusta. The golfer earned $4.2 billion, 40 per cent more."),
        "the number 4.2",
    ),
    "altered unit": (
        excerpt("McIlroy won the tournament in Augusta, and earned \u20ac4.2 million."),
        "the number \u20ac",
    ),
    "altered share": (
        excerpt("McIlroy won the golf tournament in Augusta before 40 fans on Sunday."),
        "the number 40",
    ),
    "altered score": (
        excerpt("McIlroy won the golf tournament in Augusta by 4-5 in the playoff."),
        "the number 4-5",
    ),
    "number in words": (
        excerpt("McIlroy won the golf tournament in Augusta after fifteen years."),
        "the number 15",
    ),
    "number in other digits": (
        excerpt("McIlroy won the golf tournament in Augusta after \u0661\u0665 years."),
        "the number 15",
    ),
    "altered quotation": (
        excerpt("McIlroy won in Augusta: “I nearly gave up on it,” he told fans."),
        "the quotation I nearly gave up",
    ),
    "invented quotation": (
        excerpt("McIlroy won in Augusta. “The wind made the difference,” he said."),
        "the quotation The wind",
    ),
    "open quotation": (
        excerpt("McIlroy won in Augusta. “I never gave up on it, McIlroy told fans."),
        "left open",
    ),
    "invented name": (
        excerpt("Tiger Woods won the golf tournament in Augusta after 14 years."),
        "the name Tiger Woods",
    ),
    "mixed name": (
        excerpt("Rory Becker won the golf tournament in Augusta after 14 years."),
        "the name Rory Becker",
    ),
    "other letters": (
        excerpt("McIlroy won the golf t\u043eurnament in Augusta after 14 years."),
        "the word t\u043eurnament",
    ),
    "other language": (
        excerpt("McIlroy gewann nach langem Warten das wichtige turnier in Augusta."),
        "and most others",
    ),
    "other script": (
        excerpt("McIlroy выиграл турнир в Augusta после долгих попыток и усилий."),
        "and most others",
    ),
    "small letters": (
        excerpt("tiger woods won the golf tournament in augusta after 14 years."),
        "the word tiger",
    ),
    "markup": (excerpt("McIlroy <b>won</b> the golf tournament in Augusta."), PLAINLY),
    "script": (excerpt("McIlroy won in Augusta.<script>alert(1)</script> Golfers."), PLAINLY),
    "escaped markup": (excerpt("McIlroy won &lt;script&gt; the golf in Augusta."), PLAINLY),
    "shortcode": (excerpt('McIlroy won the golf in Augusta [gallery ids="1"] on Sunday.'), PLAINLY),
    "block comment": (excerpt("<!-- wp:html -->McIlroy won the golf on Sunday."), PLAINLY),
    "template": (excerpt("McIlroy won the golf tournament in Augusta, {url}."), PLAINLY),
    "link": (excerpt("McIlroy won the golf: https://casino.example on Sunday."), PLAINLY),
    "bare host": (excerpt("McIlroy won the golf. See wire.example on Sunday."), PLAINLY),
    "Markdown link": (excerpt("McIlroy won the [golf tournament](x) in Augusta."), PLAINLY),
    "mail": (excerpt("McIlroy won the golf. Write to a@wire on Sunday in Augusta."), PLAINLY),
    "bidi": (excerpt("McIlroy won the golf \u202etournament in Augusta\u202c on Sunday."), UNSEEN),
    "no width": (excerpt("McIlroy won the golf tour\u200bnament in Augusta on Sunday."), UNSEEN),
    "control characters": (excerpt("McIlroy won the golf\x1b[31m in Augusta on Sunday."), UNSEEN),
    "NUL": (excerpt("McIlroy won the golf tournament\x00 in Augusta on Sunday."), UNSEEN),
    "half a character": (excerpt(f"{LONG}\ud800."), UNSEEN),
    "invented tags": (tags("Casino Bonus", "Tiger Woods"), TAGS),
    "tags of markup": (tags("<b>Augusta</b>", "Augusta[gallery]", "https://wire.example"), TAGS),
    "tags of numbers": (tags("14", "2024"), TAGS),
    "tags too long": (tags("golf tournament in Augusta on Sunday after", "x" * 90), TAGS),
    "tags of other types": (tags(7, None), SHAPE),
}
