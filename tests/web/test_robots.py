"""robots.txt by RFC 9309, its own examples among the cases."""

from __future__ import annotations

import pytest
from cpu_time import measured

from wp_sync.web.robots import parse_robots

EXAMPLE = b"""\
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


@pytest.mark.parametrize(
    ("product", "path", "allowed"),
    [
        ("wp-sync", "/publications/a", True),
        ("wp-sync", "/example/a", False),
        ("wp-sync", "/a.gif", False),
        ("wp-sync", "/a.gif?x", True),
        ("foobot", "/example/page.html", True),
        ("foobot", "/else", False),
        ("barbot", "/example/page.html", False),
        ("BazBot", "/example/page.html", False),
        ("barbot", "/a.gif", True),
        ("quxbot", "/example/a", True),
    ],
)
def test_the_examples_of_the_standard(product: str, path: str, *, allowed: bool) -> None:
    """RFC 9309, section 5.1."""
    assert parse_robots(EXAMPLE, product).allows(f"https://a.test{path}") is allowed


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /\nAllow: /p", "/page", True),  # the longest, not the first
        ("Allow: /p\nDisallow: /", "/page", True),
        ("Disallow: /page\nAllow: /page", "/page", True),  # as long: allowed
        ("Disallow: /page\nAllow: /", "/page", False),
        ("Disallow:", "/page", True),
        ("", "/page", True),
        ("Disallow: /a*b*c$", "/a-b-b-c", False),
        ("Disallow: /a*b*c$", "/a-b-c-d", True),
        ("Disallow: /a*c$", "/ac", False),
        ("Disallow: /abc*bc$", "/abc", True),
        ("Disallow: /$", "/", False),
        ("Disallow: /$", "/a", True),
        ("Disallow: /fish.php", "/fish.php?id=1", False),
        ("Disallow: /?id", "/?id=1", False),
        ("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False),
        ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/ツ", False),
        ("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
        ("Disallow: /a%2fb", "/a/b", True),
        ("Disallow: /a # a remark", "/a", False),
        ("  disallow :  /a  ", "/a", False),
        ("Sitemap: https://a.test/map\nDisallow: /a", "/a", False),
        ("Host: a.test\nNonsense\n: /\nDisallow: /a", "/a", False),
    ],
)
def test_rules(rules: str, path: str, *, allowed: bool) -> None:
    """Longest match, wild cards, ends, escapes, and lines that are none of ours."""
    body = f"\ufeffUser-agent: *\r\n{rules}\r\n".encode()
    assert parse_robots(body).allows(f"https://a.test{path}") is allowed


def test_groups_of_one_name_are_one() -> None:
    """Rules may stand in two places; a line that is no rule does not end a group."""
    body = (
        b"User-agent: wp-sync\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n"
        b"User-agent: x\nSitemap: y\nUser-agent: WP-Sync/2\nDisallow: /b\nCrawl-delay: 2.5\n"
    )
    robots = parse_robots(body)

    assert [robots.allows(f"https://a.test/{name}") for name in "abc"] == [False, False, True]
    assert robots.delay == 2.5


def test_rules_before_any_group_are_nobodys() -> None:
    """A file that begins with a rule says nothing by it."""
    assert parse_robots(b"Disallow: /\nUser-agent: x\nDisallow: /").allows("https://a.test/a")


def test_a_pattern_of_stars_is_no_trap() -> None:
    """Matching stays linear, whatever a file is made of."""
    body = b"User-agent: *\n" + (b"Disallow: /" + b"a*" * 900 + b"b$\n") * 200

    allows, seconds = measured(lambda: parse_robots(body).allows("https://a.test/" + "a" * 2_000))

    assert allows
    assert seconds < 5
