"""Pages that keep their article back, known by evidence: paid, consent, challenge, login, gone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from .names import any_of
from .tree import names_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement  # type: ignore[import-untyped]

    from .metadata import Metadata

THIN = 150  # words of an article, from which it is no longer thought to be a wall's few
_CUT = 0.6  # of the words that the page says its article has
TEASER = 350  # words, up to which words of subscribing count beside a mark of payment
# Ids, classes and addresses of scripts by which consent managers are known.
CONSENT = any_of(
    """
onetrust|didomi|sp_message_container|sourcepoint|qc-cmp2|quantcast|usercentrics|cookiebot
trustarc|truste-consent|iubenda|fundingchoices|consentmanager|cmpbox|axeptio|osano-cm|klaro
cookieconsent|consent-wall|consent-page|gdpr-wall
"""
)
# What challenges are made of.
CHALLENGE = any_of(
    """
cf[-_]chl|challenge-platform|cf-challenge|cf-turnstile|px-captcha|perimeterx|datadome|incapsula
distil_r_captcha|akamai.{0,20}bm-|h-captcha|g-recaptcha|awswafintegration|sucuri_cloudproxy
kasada|ddos-guard
"""
)
CHALLENGE_TITLE = any_of(
    """
just a moment|attention required|access (?:to this page has been )?denied
are you (?:a )?(?:human|robot)|checking your browser|verify (?:that )?you are (?:a )?human
security check|pardon our interruption|please wait|one more step|bot verification
ddos protection|robot check|unusual traffic
"""
)
PAYWALL = re.compile(
    r"-(?:paywall|paywalled|regwall|meteredcontent|metered-content|piano|tp-modal|premium-wall"
    r"|subscriber-only|subscribers-only|subscription-wall|locked-content|content-gate"
    r"|gateway-content|article-gate|hard-wall|barrier|leaky)-"
)
# Said where the text breaks off: alone enough on a page with few words.
BREAKS_OFF = any_of(
    r"""
subscribe to (?:continue|read|unlock|keep)|subscribers? (?:only|can read)
(?:exclusive to|is (?:only |reserved )?for) (?:our )?(?:subscribers|members)
already (?:a )?(?:subscriber|subscribed|member)|to (?:continue|keep) reading
unlock (?:this|the full) (?:article|story)|(?:log|sign) in to (?:read|continue)
create (?:a )?(?:free )?account to (?:continue|read)
you.?ve (?:reached|read) your .{0,30}(?:limit|articles)|weiterlesen mit
r[ée]serv[ée] aux abonn[ée]s|solo para suscriptores
"""
)
# Said on many pages: it counts beside a box that is named as a paywall.
SUBSCRIBE = any_of(
    r"""
subscribe (?:now|today|for (?:full|unlimited))|(?:full|unlimited|digital) access
start your (?:free )?trial|free articles? (?:left|remaining)
jetzt abonnieren|abonnez-vous|suscr[ií]bete
"""
)
CONSENT_TEXT = any_of(
    r"""
we (?:and our (?:\d+ )?partners )?(?:value|respect|care about) your privacy
before you continue|(?:accept|agree|allow|reject) (?:all|and continue|to all)
cookie (?:settings|preferences|policy)|consent to (?:the )?(?:use|storage)
store and/or access information|manage (?:options|preferences|choices)
alle akzeptieren|tout accepter|aceptar todo
"""
)
CONSENT_TITLE = any_of(
    r"""
privacy (?:choices|settings|preferences)|your privacy|cookie (?:consent|choices|settings)
before you continue|datenschutzeinstellungen|votre vie priv[ée]e|tu privacidad
"""
)
LOGIN = any_of(
    r"""
\b(?:log|sign) ?in\b|\bcreate (?:an )?account\b
\banmelden\b|\bse connecter\b|\biniciar sesi[oó]n
"""
)
GONE = any_of(
    r"""
\b(?:404|410)\b|\bnot found\b
(?:page|article|story|content|url)\b.{0,30}\bnot be found
(?:page|article|story|content|url)\b.{0,30}\b(?:no longer|does ?n.?t|not) (?:available|exists?)
(?:can.?t|cannot|couldn.?t) find (?:that|this|the|what)
seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouv[ée]e)
p[aá]gina no encontrada|pagina non trovata|pagina niet gevonden
"""
)
_REFRESH = re.compile(r"\s*(\d{1,4})[^;,]*[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_CONSENT_HOST = re.compile(r"(?:\A|\.)(?:consent|privacy|cmp|myprivacy|guce)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a page shows of itself, before anything is taken out of it."""

    url: str
    title: str
    heading: str
    marks: str  # names, ids and addresses of scripts, as one text
    text: str
    asks_password: bool
    refresh: str  # where it sends its readers on, in no time
    paid: bool  # an element is named as a paywall


def gather(root: HtmlElement, url: str) -> Evidence:
    """Look at a page's whole mark-up."""
    marks: list[str] = []
    refresh, password, paid = "", False, False
    for element in root.iter("*"):
        marks += names_of(element)
        if element.tag in {"script", "iframe", "form"}:
            marks += [
                element.get("src") or element.get("action") or "",
                (element.text or "")[:2000],
            ]
        if element.tag == "input" and (element.get("type") or "").lower() == "password":
            password = True
        if element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
            refresh = _read_refresh(element.get("content") or "", url) or refresh
        paid = paid or (element.tag not in {"html", "body", "script"} and _is_paywall(element))
    titles = [text_of(one) for one in root.iter("title")]
    return Evidence(
        url=url,
        title=next(iter(titles), ""),
        heading=" ".join(text_of(one) for one in root.iter("h1"))[:300],
        marks=" ".join(filter(None, marks)),
        text=_visible(root)[:20_000],
        asks_password=password,
        refresh=refresh,
        paid=paid,
    )


def find_wall(evidence: Evidence, found: Metadata, words: int) -> str:
    """Name what a page is instead of its article, of which so many words were found; or ""."""
    return next((name for name, is_one in WALLS if is_one(evidence, found, words)), "")


def _is_challenge(evidence: Evidence, _found: Metadata, words: int) -> bool:
    if words >= THIN:
        return False
    titled = CHALLENGE_TITLE.search(f"{evidence.title} {evidence.heading}")
    return bool(titled) or (words < THIN // 3 and bool(CHALLENGE.search(evidence.marks)))


def _is_consent(evidence: Evidence, _found: Metadata, words: int) -> bool:
    told = len(CONSENT_TEXT.findall(evidence.text))
    marked = bool(CONSENT.search(evidence.marks))
    titled = CONSENT_TITLE.search(f"{evidence.title} {evidence.heading}")
    if words >= THIN:
        return words < TEASER and marked and told > 1 and bool(titled)
    if _CONSENT_HOST.search(urlsplit(evidence.url).hostname or ""):
        return True
    return told > 1 or (told == 1 and marked)


def _is_paid(evidence: Evidence, found: Metadata, words: int) -> bool:
    if found.told.is_free is False or found.told.locked:
        return True
    breaks_off = bool(BREAKS_OFF.search(evidence.text))
    asks = breaks_off or bool(SUBSCRIBE.search(evidence.text))
    if evidence.paid and asks and words < TEASER:
        return True
    is_cut = 0 < words < found.told.words * _CUT
    return (breaks_off and words < THIN) or (asks and is_cut)


def _is_login(evidence: Evidence, _found: Metadata, words: int) -> bool:
    titled = LOGIN.search(f"{evidence.title} {evidence.heading}")
    return words < THIN and (evidence.asks_password or bool(titled and words < THIN // 3))


def _is_gone(evidence: Evidence, found: Metadata, words: int) -> bool:
    titled = GONE.search(f"{evidence.title} {evidence.heading}")
    return bool(titled) and words < THIN and not (found.published and words >= THIN // 3)


def _is_elsewhere(evidence: Evidence, _found: Metadata, words: int) -> bool:
    return bool(evidence.refresh) and words < THIN


WALLS: tuple[tuple[str, Callable[[Evidence, Metadata, int], bool]], ...] = (
    ("a challenge for browsers", _is_challenge),
    ("a page that asks for consent", _is_consent),
    ("a paywall", _is_paid),
    ("a page to log in", _is_login),
    ("a page that says that nothing is there", _is_gone),
    ("a page that sends its readers elsewhere", _is_elsewhere),
)


def _is_paywall(element: HtmlElement) -> bool:
    return any(PAYWALL.search(f"-{name.lower().replace('_', '-')}-") for name in names_of(element))


def _read_refresh(content: str, url: str) -> str:
    match = _REFRESH.match(content)
    if match is None or int(match[1]) > 30:  # noqa: PLR2004 (more is a live page's own renewal)
        return ""
    try:
        target = urljoin(url, match[2].strip())
    except ValueError:
        return match[2]
    return "" if target.split("#")[0] == url.split("#", maxsplit=1)[0] else target


def _visible(root: HtmlElement) -> str:
    hidden = {"script", "style", "template", "head", "noscript"}
    parts: list[str] = []
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag not in hidden and element.text:
            parts.append(element.text)
        if element.tail:
            parts.append(element.tail)
    return " ".join(" ".join(parts).split())
