"""find_embed: only a post or a player of a known place, and its address in one form."""

from __future__ import annotations

import pytest

from wp_sync.players import find_embed, page_of

VIDEO = ("youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ")


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0", VIDEO),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", VIDEO),
        ("http://m.youtube.com/watch?feature=x&v=dQw4w9WgXcQ&t=3", VIDEO),
        ("https://youtu.be/dQw4w9WgXcQ?si=y", VIDEO),
        ("https://youtube.com/shorts/dQw4w9WgXcQ", VIDEO),
        ("https://player.vimeo.com/video/12345678?h=x", ("vimeo", "https://vimeo.com/12345678")),
        ("https://x.com/poet/status/99?s=20", ("x", "https://twitter.com/poet/status/99")),
        (
            "https://platform.twitter.com/embed/Tweet.html?dnt=1&id=99",
            ("x", "https://twitter.com/i/status/99"),
        ),
        (
            "https://www.instagram.com/reel/Cabc123/embed/",
            ("instagram", "https://www.instagram.com/reel/Cabc123/"),
        ),
        (
            "https://www.tiktok.com/@poet/video/7012345678901234567",
            ("tiktok", "https://www.tiktok.com/@poet/video/7012345678901234567"),
        ),
        (
            "https://open.spotify.com/embed/episode/4uLU6hMCjMI75M1A2tKUQC?x=y",
            ("spotify", "https://open.spotify.com/episode/4uLU6hMCjMI75M1A2tKUQC"),
        ),
    ],
)
def test_known_places_are_known(address: str, wanted: tuple[str, str]) -> None:
    """What stands behind the address of a player is the page that a person sees."""
    assert find_embed(address) == wanted
    assert page_of(address) == wanted[1]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://youtube.com.evil.example/embed/dQw4w9WgXcQ",
        "https://evil.example/?https://www.youtube.com/embed/dQw4w9WgXcQ",
        "https://www.youtube.com@evil.example/embed/dQw4w9WgXcQ",
        "https://www.youtube.com:8080/embed/dQw4w9WgXcQ",
        'https://www.youtube.com/embed/dQw4w9WgXcQ"><script>',
        "https://www.youtube.com/redirect?q=https://evil.example",
        "javascript://www.youtube.com/embed/dQw4w9WgXcQ",
        "https://twitter.com/poet",
        "https://www.youtube.com/embed/[gallery]",
        "https://[youtube.com/embed/dQw4w9WgXcQ",
        "https://open.spotify.com/embed/user/x",
    ],
)
def test_strangers_are_none(address: str) -> None:
    """WordPress asks for what it is told to embed: nobody else may be asked."""
    assert find_embed(address) is None
