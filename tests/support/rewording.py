"""Articles written by rule: strangers on one subject, a story in other words, filled templates.

All of it follows from a seed.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from wp_sync.curate.duplicates import sketch_text
from wp_sync.model import ItemKey, Piece

WORDS = 200  # of an article


def _words(text: str) -> list[str]:
    return text.split()


SUBJECTS = {
    "council": _words(
        """
        budget zoning bylaw ward motion levy permit transit shelter bridge sidewalk
        ratepayer audit tender surplus referendum committee clerk library arena parkade
        sewer ambulance landfill playground cyclist developer tenant landlord heritage
        archive
        """
    ),
    "hockey": _words(
        """
        goalie puck rebound penalty forward defenceman overtime rink coach locker roster
        captain wrister crossbar shift faceoff slapshot draft contract trade bench
        whistle linesman shutout rookie veteran playoff arena winger blueline
        """
    ),
    "golf": _words(
        """
        fairway putt bunker birdie bogey green caddie wedge driver leaderboard tee rough
        tournament amateur clubhouse iron hole eagle swing grip course round playoff
        gallery scorecard marshal cut purse exemption links
        """
    ),
    "health": _words(
        """
        clinic nurse vaccine ward surgeon symptom patient dose trial physician hospital
        diagnosis therapy infection allergy pharmacy outbreak registry screening midwife
        ambulance prescription recovery waitlist specialist laboratory sample mask fever
        scan
        """
    ),
    "music": _words(
        """
        sonata pianist concerto choir violin rehearsal recital composer score orchestra
        conductor soprano encore keyboard organ quartet premiere festival cadenza
        prelude tempo applause soloist manuscript bench pedal opera libretto chamber
        nocturne
        """
    ),
    "running": _words(
        """
        marathon trail sneaker stride interval treadmill pace split hydration blister
        shin cadence finisher bib volunteer mile hill sprint taper cushion sole watch
        heartbeat stretch recovery race training runner vest gel
        """
    ),
}
NOUNS = _words(
    """
    report decision question answer plan reason summer winter morning evening week month
    year family street neighbour crowd letter phone photograph document office door window
    corner crew group company school teacher driver passenger visitor chance change effort
    end beginning part piece side number problem mistake idea story lesson record rule price
    cost offer season game meeting trip job role search signal pressure support doubt hope
    risk reward
    """
)
VERBS = _words(
    """
    announced accepted avoided blamed brought built carried caught challenged checked closed
    considered counted defended delayed delivered demanded described doubted earned ended
    examined expected explained feared finished followed forgot gathered handled ignored
    improved joined kept launched left lifted missed noticed offered opened ordered
    postponed praised prepared promised protected questioned raised reached received refused
    rejected repaired replaced returned revealed reviewed saved shared showed signed solved
    started stopped studied supported tested traded visited waited watched welcomed wondered
    """
)
ADJECTIVES = _words(
    """
    bitter blunt brief bright broad busy calm careful cheap clear cold costly crowded
    curious deep difficult dry early easy empty familiar final firm fresh gentle hard heavy
    honest hopeful huge late lively local lonely loud modest narrow nervous new odd old
    patient plain proud quick quiet rare ready rough sharp short simple slow small soft
    steady stiff strange strong sudden tired tough useful vivid warm weak wide wild young
    """
)
ADVERBS = _words(
    """
    again almost already always barely briefly calmly clearly early finally gladly hardly
    instead largely lately mostly nearly never often openly partly perhaps quickly quietly
    rarely simply slowly soon still suddenly together usually widely
    """
)
FIRST = _words(
    """
    Ada Amir Bea Bruno Carla Chen Dara Dmitri Elin Emeka Farah Felix Gita Goran Hana Hugo
    Ines Ivan Jana Jonas Kira Kofi Lena Luc Mara Milo Nadia Nils Olga Omar Petra Pablo Quinn
    Rosa Rafi Sana Sven Tara Theo Uma Viktor Wanda Xavier Yara Yusuf Zoe
    """
)
LAST = _words(
    """
    Abara Adler Bakker Beaulieu Castro Chiasson Demir Dubois Eklund Engel Faber Fontaine
    Gagnon Haddad Hoang Ibsen Iversen Jansen Kaminski Kovac Laval Lindqvist Marchetti Mbeki
    Nakagawa Novak Okafor Ostrow Pelletier Petrov Quist Rahman Rossi Sandoval Szabo Tremblay
    Tanaka Ueda Varga Verhoeven Wallin Weber Xanthos Yilmaz Zeller
    """
)
PLACES = _words(
    """
    Almere Barrow Brandon Calder Carleton Dover Elmira Fernie Garrison Halden Harwick Iqalu
    Jasper Kelvin Kenora Langley Lunde Marlow Mirabel Nelson Norwich Oakham Orillia Penrith
    Quill Radley Rimou Selkirk Shelby Tofino Truro Ulster Vernon Wawa Whitby Yarrow
    """
)
DAYS = _words(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday
    """
)

PATTERNS = (
    "{person} {verb} the {adj} {topic} on {day}, and the {noun} {verb} {adv}.",
    "In {place}, a {adj} {noun} {verb} what the {topic} had {verb}.",
    "“We {verb} every {topic} and {verb} {adv},” said {person}, whose {noun} {verb} the {topic}.",
    "About {number} people {verb} the {topic} in {place} before the {noun} {verb}.",
    "The {topic} {verb} {adv}, but no {noun} {verb} the {adj} {topic}.",
    "{person} of {place} {verb} that a {topic} {verb} without a {adj} {noun}.",
    "Nobody {verb} the {noun} until {day}, when the {topic} {verb} {number} of them.",
    "For {number} years the {adj} {topic} {verb} the {noun} of {place}.",
    "After the {noun}, {last} {verb} the {topic} and {verb} a {adj} {noun}.",
    "It {verb} the {topic} {adv}: one {noun}, one {adj} {topic}, and {number} {noun}s.",
    "While the {topic} {verb}, {last} {adv} {verb} a {noun} near {place}.",
    "Some {verb} the {adj} {noun}; others {verb} the {topic} and {adv} {verb} it.",
    "A {topic} that {verb} in {place} {verb} {last} more than any {noun}.",
    "{last} {verb} {number} {topic}s this {noun}, {adv} more than {person} {verb}.",
    "Why the {topic} {verb} is a {adj} {noun} that {place} {adv} {verb}.",
    "Then came the {adj} {topic}, which {verb} the {noun} and {verb} {last}.",
    "“The {noun} is {adj},” {last} {verb}, “and the {topic} {adv} {verb} us.”",
    "By {day} the {noun} had {verb} a {topic}, a {adj} {noun} and the {topic} itself.",
    "{place} {verb} its {topic} {adv}, as {person} {verb} with a {adj} {noun}.",
    "With the {topic} {adj} and the {noun} {adj}, {last} {verb} {adv}.",
    "Each {noun} {verb} {number} dollars, a {adj} {topic} {verb} in {place}.",
    "Neither {person} nor the {topic} {verb} how a {noun} {verb} so {adv}.",
    "There was a {noun}, and a {topic}, and {adv} a {adj} {noun} that {verb} both.",
    "If the {topic} {verb} the {noun}, {last} {verb}, then {place} {adv} {verb} too.",
)
TITLES = (
    "{last} {verb} {adj} {topic} in {place}",
    "{place} {topic} {verb} a {adj} {noun}",
    "How a {adj} {topic} {verb} {place}",
    "{topic} and {noun}: what {last} {verb}",
    "Why {person} {verb} the {noun} of {place}",
    "{adj} {noun} for {place} as {topic} {verb}",
)
TEMPLATES = (
    (
        "Weather for {place}, {day}",
        (
            "Expect {adj} skies over {place} on {day} with a high of {number} degrees and a low"
            " of {small}. Winds from the west at {small} kilometres an hour, gusting to {number}"
            " by the afternoon. The chance of rain is {number} per cent in the morning and"
            " {number} per cent at night. Sunrise is at {small}:{number} and sunset at"
            " {small}:{number}. The pollen count is {small} and the air quality index stands at"
            " {number}. Drivers on highway {number} should allow for delays, said {person} of"
            " the regional weather office."
        ),
    ),
    (
        "{place} beat {place2} {small}-{small2}",
        (
            "{person} scored twice as {place} beat {place2} {small}-{small2} on {day} night"
            " before a crowd of {number}. {person2} had a goal and {small} assists for the"
            " winners, who improved to {number} wins and {small} losses. {person3} made {number}"
            " saves for {place2}, which has lost {small} games in a row. {last} opened the"
            " scoring at {small}:{number} of the first period with a wrist shot from the left"
            " circle. {place} hosts {place3} on {day}, and {place2} plays at {place4} a day"
            " later."
        ),
    ),
    (
        "Today's deals: save {number} per cent on a {noun}",
        (
            "Our shopping team has found the best deals of the day, and they will not last"
            " long. The {last} {topic} is down to {number} dollars, a saving of {number} per"
            " cent on its usual price. The {last2} {noun} costs {number} dollars with the code"
            " {code}. You can have a set of {small} {topic}s for {number} dollars, the lowest"
            " price in {number} days. Shipping is free for orders above {number} dollars. We may"
            " earn a share of what you spend, and prices were right when this was written."
        ),
    ),
    (
        "Lottery: winning numbers for {day}",
        (
            "The winning numbers in the draw of {day} night were {number}, {number}, {number},"
            " {number}, {number} and {number}; the bonus number was {small}. One ticket sold in"
            " {place} matched all of them and wins {number} million dollars. There were {number}"
            " winners of the second prize, who get {number} dollars each. The guaranteed prize"
            " went to ticket {number}-{number}, sold in {place2}. The jackpot of the next draw"
            " on {day} will be about {number} million dollars."
        ),
    ),
)
_SLOT = re.compile(r"\{([a-z]+)\d?\}")
_ANY = tuple(word for words in SUBJECTS.values() for word in words) + tuple(
    NOUNS + VERBS + ADJECTIVES + ADVERBS
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An article before it belongs to any feed."""

    title: str
    text: str

    def piece(self, number: int, feed: str = "https://wire.example/rss") -> Piece:
        """Make it an item of a feed, which is a source of its own."""
        return Piece(
            key=ItemKey(feed, str(number)),
            sketch=sketch_text(self.text),
            title=self.title,
            source=feed,
            url=f"{feed}/{number}",
        )


class Writer:
    """Writes as many articles as are asked for, no two alike but those that are made so."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 (not for secrets)

    def article(self, words: int = WORDS, subject: str = "") -> Written:
        """Write about a subject; people, places and numbers are the article's own."""
        rng = self._rng
        topics = SUBJECTS[subject or rng.choice(list(SUBJECTS))]
        slots = {
            "person": [f"{rng.choice(FIRST)} {rng.choice(LAST)}" for _ in range(3)],
            "last": rng.sample(LAST, 2),
            "place": rng.sample(PLACES, 2),
            "number": [str(rng.randrange(3, 9_000)) for _ in range(5)],
            "topic": rng.sample(topics, 14),
        }
        sentences: list[str] = []
        while sum(len(one.split()) for one in sentences) < words:
            sentences.append(self._fill(rng.choice(PATTERNS), slots))
        title = self._fill(rng.choice(TITLES), slots)
        return Written(title=title, text=" ".join(sentences))

    def reworded(self, one: Written, share: float, *, title: bool = True) -> Written:
        """Tell the same in other words: replaced, left out, put in; and one sentence moved."""
        sentences = re.split(r"(?<=[.”]) (?=[A-Z“])", one.text)
        if len(sentences) > 2:
            moved = sentences.pop(self._rng.randrange(len(sentences)))
            sentences.insert(self._rng.randrange(len(sentences)), moved)
        text = self._change(" ".join(sentences), share)
        return Written(title=self._change(one.title, share) if title else one.title, text=text)

    def templates(self, count: int) -> list[list[Written]]:
        """Fill each template so often: other numbers, other names, the same words."""
        return [[self._fill_template(*one) for _ in range(count)] for one in TEMPLATES]

    def _change(self, text: str, share: float) -> str:
        rng, words = self._rng, text.split()
        changed = set(rng.sample(range(len(words)), round(len(words) * share)))
        told: list[str] = []
        for at, word in enumerate(words):
            deed = rng.random() if at in changed else 1.0
            if deed < 0.6:
                told.append(rng.choice(_ANY))
            elif 0.8 <= deed < 1.0:
                told += [word, rng.choice(_ANY)]
            elif deed == 1.0:
                told.append(word)
        return " ".join(told)

    def _fill(self, pattern: str, slots: dict[str, list[str]]) -> str:
        text = _SLOT.sub(lambda slot: self._word(slot[1], slots), pattern)
        return text[:1].upper() + text[1:]

    def _fill_template(self, title: str, text: str) -> Written:
        topics = self._rng.choice(list(SUBJECTS.values()))
        fixed = {
            name: self._word(name.rstrip("2345"), {"topic": topics})
            for name in re.findall(r"\{(place\d?|day|noun|small2?)\}", title)
        }
        whole = {"topic": topics}
        told = [
            self._fill(re.sub(r"\{(\w+)\}", lambda slot: fixed.get(slot[1], slot[0]), one), whole)
            for one in (title, text)
        ]
        return Written(title=told[0], text=told[1])

    def _word(self, slot: str, slots: dict[str, list[str]]) -> str:
        rng = self._rng
        made = {
            "person": lambda: f"{rng.choice(FIRST)} {rng.choice(LAST)}",
            "code": lambda: "".join(rng.choices("ABCDEFGHJKLMNP", k=6)),
            "small": lambda: str(rng.randrange(1, 10)),
            "number": lambda: str(rng.randrange(10, 90)),
        }
        if slot in slots:
            return rng.choice(slots[slot])
        if slot in made:
            return made[slot]()
        return rng.choice(_LISTS[slot])


_LISTS = {
    "adj": ADJECTIVES,
    "adv": ADVERBS,
    "day": DAYS,
    "last": LAST,
    "noun": NOUNS,
    "place": PLACES,
    "verb": VERBS,
}


def pairs_of(writer: Writer, count: int) -> list[tuple[Piece, Piece]]:
    """Make pairs of one story in two sources: 10 to 30 % of the words differ, and many titles."""
    made: list[tuple[Piece, Piece]] = []
    for number in range(count):
        first = writer.article()
        share = 0.1 + 0.2 * number / max(count - 1, 1)
        second = writer.reworded(first, share)
        if number % 2:  # another editor, another headline
            second = replace(second, title=writer.article().title)
        other = second.piece(number, "https://other.example/rss")
        made.append((first.piece(number), replace(other, source="Other")))
    return made
