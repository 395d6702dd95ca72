"""What the ledger keeps of the posts that we did not make: enough to recognise an article."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wp_sync.errors import SiteError, UnauthorizedError
from wp_sync.publish.importers import GUID, KEYS
from wp_sync.publish.likeness import title_digest
from wp_sync.publish.post_types import POST
from wp_sync.publish.signs import marks_of
from wp_sync.text import normalise_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wp_sync.ledger import Ledger
    from wp_sync.model import Post, SitePost
    from wp_sync.publish.target import SiteIdentity, Target

CENSUS = "census:"  # + the site's address, in the ledger's meta
FORM = 2  # of what is kept there; another form is taken anew
# The newest posts are listed anew each time: an editor's empty draft has an id before it is listed.
_NEWEST = 100
_URI = ("urn:", "tag:", "ni:", "uuid:")  # guids that are one of a kind without being an address


@dataclass(frozen=True, slots=True)
class Entry:
    """One post, in some 100 bytes."""

    marks: str  # what may be marks, from the end of its slug
    title: str  # digest; "" for none
    date: str  # naive UTC, as the site tells it
    places: Mapping[str, str] = field(default_factory=dict)  # digest of an address -> field


class Census:
    """The posts of others, as of now: asked for once a run, and only for what is new."""

    def __init__(self, target: Target, identity: SiteIdentity, ledger: Ledger) -> None:
        self._target, self._ledger, self._identity = target, ledger, identity
        self._types = target.types
        self._host = urlsplit(identity.home).netloc
        self._all: tuple[SitePost, ...] | None = None
        self._entries: dict[int, Entry] | None = None
        self._through = self._keys_through = 0
        self._saved = ""
        self.problem = ""  # why the importers' keys could not be read

    def list_all(self) -> tuple[SitePost, ...]:
        """List every post of the site."""
        if self._all is None:
            self._all = self._target.list_posts()
        return self._all

    def entries(self, known: frozenset[int]) -> Mapping[int, Entry]:
        """Return what we did not make; taken over posts stay among them."""
        if self._entries is None:
            self._entries = self._take(known)
            self._save()
        return self._entries

    def with_keys(self, known: frozenset[int]) -> Mapping[int, Entry]:
        """Return the same after the importers' keys of the unread ones among them were read."""
        entries = dict(self.entries(known))
        unread = [wp_id for wp_id in entries if wp_id > self._keys_through and wp_id not in known]
        if not unread or self.problem:
            return entries
        try:
            read = self._target.read_keys(min(unread) - 1)
        except (SiteError, UnauthorizedError) as error:
            self.problem = error.message
            return entries
        for wp_id, keys in read.items():
            if wp_id in entries:
                places = {**entries[wp_id].places, **_places_of(keys)}
                entries[wp_id] = replace(entries[wp_id], places=places)
        self._entries, self._keys_through = entries, max(unread)
        self._save()
        return entries

    def _take(self, known: frozenset[int]) -> dict[int, Entry]:
        """Ask for what is new since the last census."""
        self._saved = self._ledger.meta.get(CENSUS + self._identity.address)
        before = self._load()
        listed = self._target.list_posts(self._through) if self._through else self.list_all()
        if not listed:  # the site is older than the ledger: it was restored
            before, self._keys_through, listed = {}, 0, self.list_all()
        entries = dict(before)
        for one in listed:
            if one.wp_id in before:
                entries[one.wp_id] = self._entry(one, before[one.wp_id].places)
            elif one.wp_id not in known:
                entries[one.wp_id] = self._entry(one, {})
        if len(listed) > _NEWEST:
            self._through = listed[_NEWEST].wp_id
        return entries

    def _entry(self, one: SitePost, places: Mapping[str, str]) -> Entry:
        guid = str(one.values.get("guid", ""))
        own = urlsplit(guid).netloc == self._host  # the one that WordPress gave it
        keys = {**dict(one.values.get("keys", {})), **({} if own else {GUID: guid})}
        return Entry(
            marks=" ".join(sorted(marks_of(one.slug))),
            title=title_digest(str(one.values.get("title", ""))),
            date=str(one.values.get("date") or ""),
            places={**places, **_places_of(keys)},
        )

    def _load(self) -> dict[int, Entry]:
        saved = json.loads(self._saved or "{}")
        # Posts of a type that was not looked at are older than what is new.
        if saved.get("form") != FORM or not set(self._types) <= set(saved.get("types", [POST])):
            return {}
        self._through, self._keys_through = saved["through"], saved["keys_through"]
        return {int(wp_id): Entry(*values) for wp_id, values in saved["others"].items()}

    def _save(self) -> None:
        told = {
            "form": FORM,
            **({"types": [*self._types]} if self._types != (POST,) else {}),
            "through": self._through,
            "keys_through": self._keys_through,
            "others": {
                wp_id: [one.marks, one.title, one.date, *([dict(one.places)] if one.places else [])]
                for wp_id, one in (self._entries or {}).items()
            },
        }
        text = json.dumps(told, separators=(",", ":"))
        if text != self._saved:
            self._saved = text
            self._ledger.meta.set(CENSUS + self._identity.address, text)


def places_of(post: Post) -> frozenset[str]:
    """Tell by which digests an importer may have kept this article."""
    texts = (post.source_url, post.key.guid.partition("\n")[0])
    return frozenset(place for text in texts if (place := _place(text)))


def name_of(place_field: str) -> str:
    """Name what recognised a post, for people."""
    if place_field == GUID:
        return "the article's guid is its own"
    return f"{KEYS[place_field]}'s own key {place_field} names the article"


def _places_of(keys: Mapping[str, str]) -> dict[str, str]:
    return {place: name for name, text in _sorted(keys) if (place := _place(text))}


def _sorted(keys: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return sorted(keys.items(), reverse=True)


def _place(text: str) -> str:
    """Mark an address, or a guid that is one of a kind; a bare number may be another feed's too."""
    address = normalise_address(text)
    if "/" not in address and "?" not in address:  # a home page is no article
        address = text.strip() if text.strip().lower().startswith(_URI) else ""
    return (
        hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:16] if address else ""
    )
