"""Where sentences end, in the manner of a language. A closed list of abbreviations for each."""

from __future__ import annotations

import re

_CLOSING = "”\"’')»›」』】）)]"  # noqa: RUF001
# After these a sentence ends wherever they stand; scripts without spaces and capitals use them.
_FULL = "。！？｡।॥۔։።᠃؟"  # noqa: RUF001
_END = re.compile(
    rf"(?:[.!?…]+[{re.escape(_CLOSING)}]*(?=\s)|[{_FULL}]+[{re.escape(_CLOSING)}]*)\s*",
)
_LAST_WORD = re.compile(r"[^\s(\[“\"‘„«‹¿¡]+\Z")  # noqa: RUF001
_INITIAL = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]\Z")
_ORDINAL = re.compile(r"\d{1,2}\Z")

_EVERYWHERE = "dr mr mrs ms prof st vs no nr vol al etc"
_ABBREVIATIONS = {
    "en": """adm approx apr aug ave blvd capt co col corp dec dept ed esq est feb fig gen gov hon
        inc jan jr lt ltd maj mar messrs mt nov oct ph pres rep reps rev rt sen sens sep sept sgt sr
        supt""",
    "de": """abs allg anm art bd bes betr bspw bzgl bzw ca chr ders dgl dipl ebd einschl engl evtl
        fam frl ggf hl hr hrsg inkl insb jh jr kath kfm max min mio mrd mtl nachm nat od österr pers
        phil rd sog str tel usw vgl vorm zit zt zzgl""",
    "fr": """apr av bd boul cf ch chap env ex fig hab janv mgr mlle mm mme pp qqch réf sept ste suiv
        tél""",
    "es": """admón art av avda cap cía depto dña ed ee ej excmo fig gral izq lic núm pág sr sra srta
        sto sta tel ud uds uu vda""",
    "it": "art avv cap cfr dott ecc fig ing on pag prof sig tel",
    "nl": "bijv blz ca dhr drs enz evt excl ing ir incl jl mevr nl ongev resp tel vgl",
    "pt": "art av cap cia dra ex fig núm pág sr sra srta tel",
}
# Where a number with a full stop is the first or the third of something.
_ORDINALS = frozenset(
    ["cs", "da", "de", "et", "fi", "hu", "is", "lv", "nb", "no", "pl", "sk", "sl"]
)
_WORDS = {
    name: frozenset(f"{_EVERYWHERE} {words}".split()) for name, words in _ABBREVIATIONS.items()
}
_ANY = frozenset(word for words in _WORDS.values() for word in words)


def split_sentences(text: str, language: str = "") -> list[str]:
    """Divide one line of text into its sentences; a language that is unknown is held for any."""
    code = re.split(r"[-_]", language.lower(), maxsplit=1)[0]
    known = _WORDS.get(code, _ANY if not code else frozenset(_EVERYWHERE.split()))
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if _ends(text, match, known, code):
            found.append(text[start : match.end()].strip())
            start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def _ends(text: str, match: re.Match[str], known: frozenset[str], code: str) -> bool:
    if match[0][0] in _FULL:
        return True
    following = text[match.end() : match.end() + 1]
    if following.islower():
        return False
    if match[0][:1] != "." or match[0].startswith(".."):
        return True
    before = _LAST_WORD.search(text[max(match.start() - 30, 0) : match.start()])
    word = before[0] if before else ""
    if _ORDINAL.match(word) and code in _ORDINALS:
        return False  # "am 3. Mai"
    if _INITIAL.match(word):  # "U.S.", "J.", "z. B."; a sentence may end in "I" or "5 p.m."
        return word == "I" and code in {"en", ""}
    return word.lower() not in known


def ends_whole(text: str) -> bool:
    """Tell that a text ends where a sentence does."""
    bare = text.rstrip().rstrip(_CLOSING)
    return bare.endswith((".", "!", "?", *_FULL)) and not bare.endswith("..")
