"""score_article: an article's words x what the channels are about -> how well it fits each."""

from __future__ import annotations

import pytest
from cpu_time import measured

from wp_sync.config.channels import Channel
from wp_sync.curate.topics import NOTHING, Fit, explain, read_words, score_article
from wp_sync.model import Learned

GYM = Channel(
    name="gym",
    about=("running", "runner", "gym", "sports watch", "marathon", "Québec"),
    hints=("pace", "shoe", "knee", "mile", "coach"),
    not_about=("marathon debate", "bank run"),
)
ICE = Channel(name="ice", about=("hockey", "puck", "Maple Leafs"), hints=("coach",))
CITY = Channel(name="city", about=("Toronto", "mayor"))
CHANNELS = {one.name: one for one in (GYM, ICE, CITY)}


def fits_of(
    title: str, *labels: str, text: str = "", among: tuple[str, ...] = tuple(CHANNELS)
) -> dict[str, Fit]:
    return score_article(read_words(title, labels, text), CHANNELS, among)


@pytest.mark.parametrize(
    ("title", "labels", "text", "fit"),
    [
        pytest.param("A quiet day", (), "Nothing happens.", 0.0, id="nothing"),
        pytest.param("A quiet day", (), "We met at the gym.", 0.5, id="one in the text"),
        pytest.param("A day at the gym", (), "We met.", 0.646, id="one in the title"),
        pytest.param("A quiet day", ("Gym",), "We met.", 0.646, id="one in a label"),
        pytest.param("The gym", ("gym",), "gym, gym, gym", 0.75, id="in the title and in the text"),
        pytest.param("Gym", (), "The marathon.", 0.823, id="title and text"),
        pytest.param("Gyms and marathons", (), "", 0.875, id="two in the title, in the plural"),
        pytest.param("Gymnastics", (), "marathoners", 0.0, id="not a part of a word"),
        pytest.param("Sports watches", (), "", 0.646, id="a phrase in the plural"),
        pytest.param("Sports on a watch", (), "", 0.0, id="a phrase is one piece"),
        pytest.param("Sports", ("watch",), "", 0.0, id="a phrase stays in one place"),
        pytest.param("Half-marathon in QUÉBEC", (), "", 0.875, id="hyphens, case, accents"),
        pytest.param("Shoes", (), "", 0.305, id="a hint in the title"),
        pytest.param("Shoes, miles, knees, pace", (), "", 0.648, id="hints alone have their limit"),
        pytest.param("Marathon debate", (), "The gym.", 0.0, id="what speaks against it"),
        pytest.param("", (), "x " * 150 + "gym", 0.293, id="far behind: half"),
        pytest.param("", (), "x " * 250 + "gym", 0.0, id="where nobody looks"),
    ],
)
def test_fit_counts_the_phrases_that_occur(
    title: str, labels: tuple[str, ...], text: str, fit: float
) -> None:
    """1 - 0.5 to the power of the bits; alone, a channel's score is its fit."""
    found = fits_of(title, *labels, text=text, among=("gym",))["gym"]

    assert found.alone == pytest.approx(fit, abs=0.001)
    assert found.score == found.alone


def test_a_longer_phrase_hides_the_shorter_ones_in_it() -> None:
    """The Maple Leafs are no news of the city that they stand for, nor is a debate a race."""
    leafs = {
        **CHANNELS,
        "ice": ICE.model_copy(update={"about": (*ICE.about, "Toronto Maple Leafs")}),
    }

    fits = score_article(read_words("Toronto Maple Leafs win", (), ""), leafs, leafs)
    debate = fits_of("A marathon debate")

    assert fits["ice"].alone > 0.6
    assert fits["city"].alone == 0
    assert debate["gym"].words == ()
    assert debate["gym"].against == ("marathon debate",)


def test_channels_compete() -> None:
    """Two that fit alike share the score; one that fits better has nearly all of it."""
    alike = fits_of("Hockey in Toronto")
    better = fits_of("Hockey in Toronto", text="The puck. The Maple Leafs.")

    assert alike["ice"].score == alike["city"].score == alike["ice"].alone / 2
    assert better["ice"].score > 0.8
    assert better["city"].score < 0.1
    assert better["city"].alone == alike["city"].alone


def test_a_general_channel_stands_back() -> None:
    """News of a city are everything; what is also a sport's has its place there."""
    general = {**CHANNELS, "city": CITY.model_copy(update={"general": True})}
    words = read_words("Hockey in Toronto", (), "")

    fits = score_article(words, general, general)

    assert fits["ice"].score > 0.5
    assert fits["city"].score < 0.15
    assert fits["city"].alone == fits_of("Hockey in Toronto")["city"].alone


@pytest.mark.parametrize(
    ("title", "text", "is_sure"),
    [
        pytest.param("A puck", "", False, id="one phrase"),
        pytest.param("A puck", "The puck. A puck.", False, id="the same again"),
        pytest.param("A puck", "The goalie. Ice.", True, id="two phrases and a hint"),
        pytest.param("Ice, net, stick", "", False, id="hints alone"),
    ],
)
def test_where_a_description_is_wide_breadth_makes_sure(
    title: str, text: str, *, is_sure: bool
) -> None:
    """Of hundreds of phrases a single one is seldom alone, if the article is of the channel."""
    hints = ("ice", "net", "stick", "rink", "arena", "skate", "coach")
    wide = ("puck", "goalie", *(f"phrase {number}" for number in range(150)))
    channels = {"ice": Channel(name="ice", about=wide, hints=hints)}

    (fit,) = score_article(read_words(title, (), text), channels, channels).values()

    assert (fit.score >= 0.65) is is_sure
    assert fit.score <= fit.alone
    assert fit.alone > 0.6


@pytest.mark.parametrize(
    ("title", "found"),
    [
        pytest.param("Maple Leafs lose", True, id="the name"),
        pytest.param("A MAPLE LEAFS fan", True, id="in any case"),
        pytest.param("Under the maple leaf", False, id="no name"),
    ],
)
def test_a_name_has_no_other_number(title: str, *, found: bool) -> None:
    """A phrase of `about` that begins with a capital stands for itself."""
    assert (fits_of(title)["ice"].alone > 0) is found


def test_channels_that_are_out_of_reach_do_not_compete() -> None:
    """But their phrases still hide what is in them."""
    fits = fits_of("Hockey in Toronto", among=("city",))

    assert list(fits) == ["city"]
    assert fits["city"].score == fits["city"].alone > 0.6


def test_words_that_counted_are_named() -> None:
    """The strongest first; against it, too; and what was learned beside them."""
    learned = Learned(channels=("gym",), weights={"tempo": (3.0,), "vote": (-2.0,)}, decisions=12)
    words = read_words("A runner's tempo and the vote", (), "Running shoes. No bank run.")

    fits = score_article(words, CHANNELS, CHANNELS, learned)
    told = explain(fits, CHANNELS, learned)

    gym = fits["gym"]
    assert gym.words == ("runner", "tempo", "running", "shoe")
    assert set(gym.against) == {"bank run", "vote"}
    assert set(gym.learned) == {"tempo", "vote"}
    assert "learned from 12 decisions; the words that counted: tempo, vote" in told
    assert told.startswith("for gym ")


def test_learned_words_of_channels_that_are_gone_count_for_nobody() -> None:
    """A mapping may go between two runs."""
    learned = Learned(channels=("gone", "ice"), weights={"cake": (9.0, 2.0)})

    fits = score_article(read_words("Cake", (), ""), CHANNELS, CHANNELS, learned)

    assert (fits["gym"].alone, fits["city"].alone) == (0.0, 0.0)
    assert fits["ice"].alone > 0.7


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The runners met on the half-marathon course. " * 100_000, id="huge"),
        pytest.param("曲棍球" * 1_000_000, id="no blanks"),
        pytest.param("e\u0301\u0302\u0303" * 1_000_000, id="stacked accents"),
        pytest.param("\ud800\udfff\x00 " * 500_000, id="lone surrogates and NUL"),
        pytest.param("👟🏒⛳ " * 500_000, id="no words at all"),
        pytest.param("gym" + "gym " * 1_000_000, id="one word"),
        pytest.param("ﷺ" * 500_000, id="a letter that is eighteen"),
        pytest.param("", id="nothing"),
    ],
)
def test_hostile_texts_are_scored_at_once(text: str) -> None:
    """Only the beginning is looked at, and no step is more than linear in it."""
    learned = Learned(channels=("gym",), weights={"tempo": (3.0,)})

    fits, seconds = measured(
        lambda: score_article(read_words(text, [text] * 500, text), CHANNELS, CHANNELS, learned)
    )

    assert seconds < 1
    assert all(0 <= one.score <= one.alone <= 1 for one in fits.values())


def test_an_article_of_phrases_alone_is_scored() -> None:
    """Whoever writes all words of a description into one article gains no more than 1."""
    words = [f"phrase{number}" for number in range(400)]
    channels = {"ice": Channel(name="ice", about=tuple(words))}
    labels = [" ".join(words[at : at + 10]) for at in range(100, 300, 10)]

    fits = score_article(
        read_words(" ".join(words[:60]), labels, " ".join(words[300:])), channels, channels
    )

    assert fits["ice"].score == pytest.approx(1)
    assert fits["ice"].alone == pytest.approx(1)


def test_nothing_learned_changes_nothing() -> None:
    """The descriptions alone decide until a person has decided something."""
    words = read_words("A runner at the gym", (), "")

    assert score_article(words, CHANNELS, CHANNELS, NOTHING) == score_article(
        words, CHANNELS, CHANNELS
    )
