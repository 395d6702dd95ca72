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


@pytest.mark.parametrize(
    ("title", "text", "wanted"),
    [
        ("TRUDEAU MEETS MACRON", "Macron met Trudeau. They talked.", "Trudeau meets Macron"),
        ("FERRY SAILS ON THE LAKE", "On it. The end.", "Ferry sails on the lake"),
        ("WHAT I LEARNED FROM RUNNING", "", "What I learned from running"),
        ("WHY I'M STILL RUNNING", "", "Why I'm still running"),
        ("BOMB OF WORLD WAR II FOUND", "", "Bomb of world war II found"),
        ("O'BRIEN SAYS NO TO TAXES", "", "O'Brien says no to taxes"),
        ("FIVE O'CLOCK TEA FOR ALL", "", "Five o'clock tea for all"),
        ("A DAY ON HALIFAX'S FERRY", TEXT, "A day on Halifax's ferry"),
        ("IPHONE 17 PRO: NEW BATTERY", "An iPhone Pro.", "iPhone 17 Pro: new battery"),
    ],
)
def test_names_keep_their_capitals(title: str, text: str, wanted: str) -> None:
    """Also those with which only a sentence begins, and a capital within a word."""
    assert clean_title(title, (), URL, text) == wanted


@pytest.mark.parametrize(
    ("title", "text", "wanted"),
    [
        (
            "DIE BUNDESREGIERUNG PLANT NEUE STEUERN",
            "Heute sagte die Bundesregierung, sie plant neue Steuern.",
            "Die Bundesregierung plant neue Steuern",
        ),
        ("DIE BUNDESREGIERUNG PLANT ES", "", "Die Bundesregierung Plant Es"),
        (
            "İSTANBUL'DA BÜYÜK YANGIN ÇIKTI",
            "Dün akşam büyük yangın çıktı. İstanbul Valiliği açıkladı.",
            "İstanbul'da büyük yangın çıktı",
        ),
        ("ANKARA'DA AĞIR KIŞ", "Kış çok ağır, yollar kapalı.", "Ankara'da ağır Kış"),
        ("İSTANBUL'DA BÜYÜK YANGIN ÇIKTI", "", "İSTANBUL'DA BÜYÜK YANGIN ÇIKTI"),
    ],
)
def test_languages_have_capitals_of_their_own(title: str, text: str, wanted: str) -> None:
    """German nouns have one, Turkish has an I without a dot; what is doubtful stays."""
    assert clean_title(title, (), URL, text) == wanted


@pytest.mark.parametrize("name", ["abc", "xyz"])
@pytest.mark.timeout(5)
def test_title_of_many_separators_takes_little_time(name: str) -> None:
    """Whether or not they are followed by the site's name."""
    assert clean_title(" | ".join(["abc"] * 5000), (name,), URL, TEXT).startswith("abc")
