"""Which language a text is in, as far as its smallest words or its script tell. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

_LONGEST = 1_000  # characters that are looked at
_FEW = 4  # small words below which nothing is said
_LEAD = 1.5  # as many as of the next language
# Words that are frequent in one of these languages, and rare in the others.
_SMALL_WORDS = {
    "de": "der die das und ist nicht mit auf für dem ein eine wird sich auch von zu den im",
    "en": "the and of to is that for with was on are it this by from have be has at",
    "es": "el los las y es que por con una del se para su lo como más pero fue",
    "fr": "le les des et est une pour dans qui sur au du pas avec ce sont il plus aux",
    "id": "yang dan di dengan untuk dari pada ini itu adalah tidak akan anda situs kami bisa",
    "it": "il di che è per un della sono gli nel alla dei con non anche più ha",
    "nl": "het een van en is op te dat voor met niet aan zijn wordt bij ook door",
    "pl": "w i na z jest się nie do że to jak po przez dla od są",
    "pt": "o os um uma não com para que é do da em no na mais como foi ao",
    "sv": "och att det som en är på för av med den till inte har om ett",
    "tr": "ve bir bu için ile da de çok en olarak daha olan gibi kadar var",
    "vi": "và của là có cho không được các trong một với những đã khi này",
}
_TONGUES_OF: dict[str, list[str]] = defaultdict(list)
for _tongue, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _TONGUES_OF[_word].append(_tongue)
_SCRIPTS = {
    "Arabic": re.compile("[\u0600-\u06ff]"),
    "Chinese": re.compile("[\u4e00-\u9fff]"),
    "Cyrillic": re.compile("[\u0400-\u04ff]"),
    "Devanagari": re.compile("[\u0900-\u097f]"),
    "Greek": re.compile("[\u0370-\u03ff]"),
    "Hebrew": re.compile("[\u0590-\u05ff]"),
    "Japanese": re.compile("[\u3040-\u30ff]"),
    "Korean": re.compile("[\uac00-\ud7af]"),
    "Thai": re.compile("[\u0e00-\u0e7f]"),
}
_SCRIPT_SHARE = 0.3  # of all letters
_KANA_SHARE = 0.05  # Japanese is written with Chinese signs, too
_NAMES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "id": "Indonesian",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "sv": "Swedish",
    "tr": "Turkish",
    "vi": "Vietnamese",
}


def find_tongue(text: str) -> str:
    """Name the language of a text, or its script; "" when it does not tell."""
    text = text[:_LONGEST]
    if not text.isascii() and (script := _find_script(text)):
        return script
    words = re.findall(r"\w+", text.lower())
    found = Counter(tongue for word in words for tongue in _TONGUES_OF.get(word, ()))
    (first, most), (_, next_most) = (*found.most_common(2), ("", 0), ("", 0))[:2]
    return _NAMES[first] if most >= _FEW and most >= _LEAD * next_most else ""


def _find_script(text: str) -> str:
    letters = sum(map(str.isalpha, text)) or 1
    if len(_SCRIPTS["Japanese"].findall(text)) > _KANA_SHARE * letters:
        return "Japanese"
    shares = {name: len(script.findall(text)) / letters for name, script in _SCRIPTS.items()}
    name = max(shares, key=lambda one: shares[one])
    return name if shares[name] > _SCRIPT_SHARE else ""
