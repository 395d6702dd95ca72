"""Words of English, French and German that tell numbers and names from other words. Data only."""

from __future__ import annotations

from decimal import Decimal

# What may begin a sentence though its source does not have it.
_OPENERS = """
a after all although among an and another any as at because before but by despite during each
every following for from he her here his how i if in instead it its many more most new no not of
on once one or our she since some such than that the their then there these they this those
though through to under until we what when where whether which while who why with without you
your
au aux avec c' ce ces cet cette comme d' dans de des du elle elles en entre et il ils l' la le
les leur leurs lors mais ou par pour qu' quand que qui sa sans selon ses son sous sur un une
aber als am an auf aus bei beim das dem den der des die diese dieser dieses ein eine einem einen
einer eines er es f\u00fcr im ihr ihre in ist man mit nach nicht nun ob seit sie sind \u00fcber
um und unter vom von vor w\u00e4hrend wegen weil wenn wer wie wir zu zum zur zwischen
"""
# Dates that are written small in some languages.
_DATES = """
janvier f\u00e9vrier mars avril mai juin juillet ao\u00fbt septembre octobre novembre
d\u00e9cembre lundi mardi mercredi jeudi vendredi samedi dimanche enero febrero marzo abril mayo
junio julio agosto septiembre octubre noviembre diciembre lunes martes mi\u00e9rcoles jueves
viernes s\u00e1bado domingo gennaio febbraio aprile maggio giugno luglio settembre ottobre
dicembre luned\u00ec marted\u00ec mercoled\u00ec gioved\u00ec venerd\u00ec sabato domenica
yesterday today tomorrow hier demain aujourd'hui gestern heute morgen
"""
# Names that stand before others without being a part of them.
_CALENDAR = """
January February March April May June July August September October November December
Monday Tuesday Wednesday Thursday Friday Saturday Sunday
"""
# Each a list that is counted from 0; "-" is no word.
_COUNTED = (
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen""",
    """z\u00e9ro - deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze
    quinze seize""",
    """null eins zwei drei vier f\u00fcnf sechs sieben acht neun zehn elf zw\u00f6lf dreizehn
    vierzehn f\u00fcnfzehn sechzehn siebzehn achtzehn neunzehn""",
    "- first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "- - deuxi\u00e8me troisi\u00e8me quatri\u00e8me cinqui\u00e8me sixi\u00e8me",
    "- erste zweite dritte vierte f\u00fcnfte sechste siebte achte neunte zehnte",
    "- ersten zweiten dritten vierten f\u00fcnften sechsten siebten achten neunten zehnten",
    "- - twice thrice",
    "- - double triple",
)
_DOZENS = ("dozen", "dutzend", "douzaine")
# From twenty on.
_TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "vingt trente quarante cinquante soixante septante huitante nonante",
    "vingts",
    "zwanzig drei\u00dfig vierzig f\u00fcnfzig sechzig siebzig achtzig neunzig",
)
_POWERS = {
    3: "k thousand thousands mille tausend tsd",
    6: "m mn million millions mio millionen",
    9: "b bn billion billions milliard milliards milliarde milliarden mrd md",
    12: "tn trillion trillions",
}

OPENERS = frozenset(_OPENERS.split())
CALENDAR = frozenset(_CALENDAR.split())
DATES = frozenset(_DATES.split())
UNITS = {
    word.casefold(): at
    for words in _COUNTED
    for at, word in enumerate(words.split())
    if word != "-"
} | dict.fromkeys(_DOZENS, 12)
TENS = {word.casefold(): 10 * at for words in _TENS for at, word in enumerate(words.split(), 2)}
SCALES = {name: Decimal(10) ** power for power, names in _POWERS.items() for name in names.split()}
LETTERS = frozenset({"b", "k", "m"})  # right behind the digits alone: "5m", not "5 m"
