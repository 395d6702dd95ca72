"""Where a web page names its feeds."""

from __future__ import annotations

from wp_sync.sources import find_feeds


def test_feeds_of_a_page_are_found_in_its_links() -> None:
    """Absolute, once each, in the page's order; style sheets and other languages are none."""
    page = """<head><base href="http://www.harbour.example/">
    <link rel="stylesheet" type="text/css" href="/a.css">
    <link rel="alternate" hreflang="de" href="/de/">
    <link rel="alternate" type="application/rss+xml" href="feed">
    <link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="//b.example/atom">
    <link rel="alternate" type="application/rss+xml" href="/feed">
    <link rel="alternate" type="application/feed+json" href="javascript:alert(1)"></head>"""

    feeds = find_feeds(page, "http://harbour.example/news/")

    assert feeds == ("http://www.harbour.example/feed", "http://b.example/atom")


def test_page_without_feeds_gives_none() -> None:
    """No guess is made."""
    assert find_feeds("<p>Nothing", "http://harbour.example/") == ()
