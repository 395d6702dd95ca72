"""inspect: what wp-sync makes of feeds and pages, with no site and no configuration."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from desk import Answer, run_command
from press import Kiosk, Story, picture, rss

FEED_KEYS = {"source", "format", "title", "items"}
ITEM_KEYS = {
    *("guid", "url", "title", "published", "updated", "authors", "labels"),
    *("summary_html", "body_html", "image_urls", "language"),
}
PAGE_KEYS = {
    *("source", "url", "title", "byline", "published", "language", "lead_image", "found_by"),
    *("body_html", "text", "blocks", "removed"),
}
WORDS = "Rain is expected over the hills in the north of the valley until the late evening."
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Rain &amp; hail</title>
<meta name="author" content="Ada Example">
<meta property="article:published_time" content="2026-05-04T12:00:00+02:00">
<meta property="og:image" content="/rain.jpg"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Rain &amp; hail</h1>
{f"<p>{WORDS}</p>" * 8}<p><a href="more.html">More</a> of it. {WORDS}</p></article></body></html>"""
MARKED = Story(number=1, title="Rain &amp; <b>hail</b>", date="Mon, 04 May 2026 14:00:00 +0200")


def inspect(directory: Path, *arguments: str, stdin: str = "") -> Answer:
    return run_command(("inspect", *arguments), directory, os.environ, stdin)


def envelopes(answer: Answer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.out.splitlines()]


@pytest.mark.parametrize("way", ["address", "path", "-"])
def test_a_feed_has_exactly_these_keys(way: str, kiosk: Kiosk, tmp_path: Path) -> None:
    """One envelope, whichever way the feed comes; the titles as the feed gave them."""
    text = rss(MARKED, title="The Paper")
    (tmp_path / "feed.xml").write_text(text)
    source = {"address": kiosk.put("/feed", text), "path": "feed.xml", "-": "-"}[way]

    answer = inspect(tmp_path, "feed", "--json", source, stdin=text)

    (one,) = envelopes(answer)
    (item,) = one["data"]["items"]
    assert (answer.code, answer.err) == (0, "")
    assert (one["command"], one["status"]) == ("inspect feed", "success")
    assert set(one["data"]) == FEED_KEYS
    assert (one["data"]["source"], one["data"]["title"]) == (source, "The Paper")
    assert set(item) == ITEM_KEYS
    assert item["title"] == "Rain &amp; <b>hail</b>"
    assert item["published"] == "2026-05-04T12:00:00+00:00"


def test_people_read_plain_titles(tmp_path: Path) -> None:
    """No tag and no entity in what a person reads."""
    answer = inspect(tmp_path, "feed", "-", stdin=rss(MARKED, title="The &amp; Paper"))

    assert answer.out.splitlines() == [
        "-: The & Paper (rss20), 1 item",
        "2026-05-04 12:00  Rain & hail  https://news.example/story-1",
    ]


@pytest.mark.parametrize("way", ["address", "path", "-"])
def test_a_page_has_exactly_these_keys(way: str, kiosk: Kiosk, tmp_path: Path) -> None:
    """The article, clean; relative links lead where the page stands."""
    (tmp_path / "page.html").write_text(PAGE)
    address = kiosk.put("/a/page", PAGE, "text/html")
    source = {"address": address, "path": "page.html", "-": "-"}[way]
    named = () if way == "address" else ("--url", address)

    answer = inspect(tmp_path, "page", "--json", source, *named, stdin=PAGE)

    (one,) = envelopes(answer)
    data = one["data"]
    assert (answer.code, answer.err) == (0, "")
    assert set(data) == PAGE_KEYS
    assert (data["source"], data["url"]) == (source, address)
    assert (data["title"], data["byline"]) == ("Rain & hail", "Ada Example")
    assert data["published"] == "2026-05-04T10:00:00+00:00"
    assert data["lead_image"] == f"{kiosk.url}/rain.jpg"
    assert f'href="{kiosk.url}/a/more.html"' in data["body_html"]
    assert WORDS in data["text"]
    assert "<" not in data["text"]
    assert data["blocks"].count("<!-- wp:paragraph -->\n<p>") == data["body_html"].count("<p>") > 0


def test_people_read_the_article(tmp_path: Path) -> None:
    """Title, byline and date, then the text."""
    answer = inspect(tmp_path, "page", "-", stdin=PAGE)

    assert answer.out.splitlines()[:2] == ["Rain & hail", "Ada Example, 2026-05-04 10:00 UTC"]
    assert WORDS in answer.out


@pytest.mark.parametrize("kind", ["feed", "page"])
def test_bad_sources_do_not_stop_the_others(kind: str, kiosk: Kiosk, tmp_path: Path) -> None:
    """One envelope a source, in their order; each failure names its source; exit 1."""
    good = kiosk.put("/good", rss(MARKED) if kind == "feed" else PAGE, "text/html")
    gone = f"{kiosk.url}/gone"

    answer = inspect(tmp_path, kind, "--json", gone, "no-such-file", good)

    told = envelopes(answer)
    assert answer.code == 1
    assert [one["status"] for one in told] == ["error", "error", "success"]
    assert [one["data"]["source"] for one in told] == [gone, "no-such-file", good]
    assert "404" in told[0]["messages"][0]
    assert "no-such-file: No such file or directory" in told[1]["messages"][0]


PICTURE = picture(3).decode("latin-1")


@pytest.mark.parametrize(
    ("kind", "content", "media_type", "words"),
    [
        pytest.param("feed", PAGE, "text/html", "a web page, not a feed", id="page as feed"),
        pytest.param("feed", "", "text/xml", "is empty", id="empty feed"),
        pytest.param("page", " \n", "text/html", "is empty", id="empty page"),
        pytest.param("page", "{}", "application/json", "but application/json", id="JSON as page"),
        pytest.param("page", PICTURE, "image/jpeg", "but image/jpeg", id="picture as page"),
        pytest.param("page", PICTURE, "text/html", "binary data", id="picture in disguise"),
    ],
)
def test_what_is_something_else_is_named(
    kind: str, content: str, media_type: str, words: str, kiosk: Kiosk, tmp_path: Path
) -> None:
    """Exit 1, one clear message with the address and what is there."""
    address = kiosk.put("/it", content.encode("latin-1"), media_type)

    answer = inspect(tmp_path, kind, address)

    assert (answer.code, answer.out) == (1, "")
    assert len(answer.err.splitlines()) == 1
    assert address in answer.err
    assert words in answer.err


@pytest.mark.parametrize("kind", ["feed", "page"])
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("-", "standard input is empty"),
        (".", ".: Is a directory"),
        ("news.example/feed", "news.example/feed: No such file or directory"),
        ("http://news.example:99999/", "http://news.example:99999/"),
        ("http://[::1/", "http://[::1/"),
        ("ftp://news.example/feed", "ftp://news.example/feed"),
        ("http://127.0.0.1:9/", "refuses connections"),
    ],
)
def test_a_wrong_source_is_one_clear_message(
    kind: str, source: str, words: str, tmp_path: Path
) -> None:
    """Exit 1, and no mistake of ours."""
    answer = inspect(tmp_path, kind, source)

    assert (answer.code, answer.out) == (1, "")
    assert len(answer.err.splitlines()) == 1
    assert words in answer.err
    assert "mistake" not in answer.err


def test_removed_parts_are_told_when_asked(tmp_path: Path) -> None:
    """--verbose names what cleaning took out, and by which rule."""
    call = "<p><strong>Join the conversation below</strong></p>"
    page = PAGE.replace("</article>", f"{call}<p>{WORDS}</p></article>")
    quiet = inspect(tmp_path, "page", "-", stdin=page)

    loud = inspect(tmp_path, "page", "-", "--verbose", stdin=page)

    (data,) = (
        one["data"] for one in envelopes(inspect(tmp_path, "page", "-", "--json", stdin=page))
    )
    assert data["removed"]
    assert "removed by" not in quiet.out
    assert f"removed by {data['removed'][0]['rule']}: {data['removed'][0]['text']}" in loud.out


@contextmanager
def redirecting_to(address: str) -> Iterator[str]:
    """Answer every request with a redirect."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(302)
            self.send_header("Location", address)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/feed"
        server.shutdown()
        thread.join()


def test_only_what_was_typed_is_open(kiosk: Kiosk, tmp_path: Path) -> None:
    """A redirect from the typed place to another private one is refused, unasked."""
    secret = kiosk.put("/secret", rss(MARKED))
    with redirecting_to(secret) as typed:
        answer = inspect(tmp_path, "feed", typed)

    assert answer.code == 1
    assert secret in answer.err
    assert kiosk.asked == []


def test_a_page_is_read_by_the_selectors_of_a_source(tmp_path: Path) -> None:
    """What a selector finds is shown, and one that finds nothing is named."""
    page = tmp_path / "page.html"
    story = "<p>The ferry sails at noon, and the harbour master waves to all who leave.</p>" * 4
    page.write_text(
        f"<html><head><title>Ferry</title></head><body><div class='mine'>{story}</div>"
        f"<article>{'<p>Another article is on this page, too, and has many more words.</p>' * 9}"
        "</article></body></html>"
    )
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "news.toml").write_text('[post]\ncategory = "News"\n')
    config = tmp_path / "config.toml"
    config.write_text(
        '[site]\nurl = "https://example.news"\nusername = "editor"\n'
        '[fetch]\ncontact = "me@example.news"\n'
        '[[sources]]\nname = "Harbour"\nfeeds = ["https://harbour.example/feed"]\nto = ["news"]\n'
        'rights = "full"\nlicence = "asked"\n'
        '[sources.extract]\nbody = [".mine"]\nbyline = ".nobody"\n'
    )
    ask = ("page", str(page), "--config", str(config))

    plain = inspect(tmp_path, *ask)
    ruled = inspect(tmp_path, *ask, "--source", "Harbour")
    wrong = inspect(tmp_path, *ask, "--source", "Harbor")

    assert "Another article" in plain.out
    assert "The ferry sails" in ruled.out
    assert "Another article" not in ruled.out
    assert "[sources.extract] byline: .nobody finds nothing" in ruled.err
    assert wrong.code == 2
    assert "did you mean 'Harbour'?" in wrong.err
