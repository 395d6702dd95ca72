"""clean_title: a headline as it stands on a page, whatever a source hangs on it."""

from __future__ import annotations

import pytest

from wp_sync.clean.titles import clean_title

URL = "https://www.harbour-post.example/2031/ferry"
TEXT = "On Monday the NHL said that Ada Example of Halifax may sail. The ferry is old."


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Old ferry sails | The Harbour Post", "Old ferry sails"),
        ("Old ferry sails - Harbour Post", "Old ferry sails"),
        ("Old ferry sails — harbour-post", "Old ferry sails"),
        ("Old ferry sails | News | The Harbour Post", "Old ferry sails"),
        ("Old ferry sails :: Harbour Post", "Old ferry sails"),
        ("The Harbour Post", "The Harbour Post"),
        ("Rain – and then snow", "Rain – and then snow"),
        ("Owls 3 - 2 Foxes", "Owls 3 - 2 Foxes"),
        ("A letter to The Harbour Post", "A letter to The Harbour Post"),
        ("Why | why not", "Why | why not"),
    ],
)
def test_only_the_site_s_own_name_is_taken_off(title: str, wanted: str) -> None:
    """A dash in a headline is the headline's own, unless the source's name is behind it."""
    assert clean_title(title, ("The Harbour Post",), URL, TEXT) == wanted


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("OLD FERRY OF HALIFAX SAILS FOR NHL", "Old ferry of Halifax sails for NHL"),
        ("NASA, ESA", "NASA, ESA"),
        ("WE WON!!! REALLY, WE DID", "We won! Really, we did"),
        ("U.S. FERRY SAILS AGAIN", "U.S. ferry sails again"),
        ("BREAKING: Ferry sails", "BREAKING: Ferry sails"),
        ("ÉCOLE FERMÉE À HALIFAX", "École fermée à Halifax"),
        ("СЕГОДНЯ ИДЁТ ДОЖДЬ", "Сегодня идёт дождь"),
        ("雨が降った、久しぶりに本当に", "雨が降った、久しぶりに本当に"),
    ],
)
def test_shouting_is_written_as_the_text_writes_it(title: str, wanted: str) -> None:
    """Names and abbreviations keep the form that they have in the article."""
    assert clean_title(title, (), URL, TEXT) == wanted
