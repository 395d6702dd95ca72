"""The article pages of a source's items: asked for where its rights are full, and told about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wp_sync.errors import ConfinedError, ItemError, WebError
from wp_sync.extract import fetch_full_text
from wp_sync.extract.site_rules import BODY, selectors_of
from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.config.channels import Source
    from wp_sync.model import Item, ItemKey, Outcome, Page

    from .build import Workshop

_ENOUGH = 3  # pages, from which a selector that found nothing on any of them is thought lost


@dataclass(slots=True)
class Readings:
    """What became of the pages of one source in one run."""

    notes: dict[ItemKey, str] = field(default_factory=dict)  # such as why the feed's text is kept
    warnings: dict[ItemKey, str] = field(default_factory=dict)  # the body's selector found nothing
    words: list[int] = field(default_factory=list)  # of each page; 0: it came without an article
    missed: list[tuple[str, ...]] = field(default_factory=list)  # "key: selector"s, of each page

    def note(self, item: Item, page: Page, source: Source) -> None:
        """Count what the source's selectors found on a page."""
        self.words.append(len(plain_text(page.body_html).split()))
        self.missed.append(page.missed)
        if lost := [one for one in page.missed if one.startswith(BODY)]:
            self.warnings[item.key] = (
                f"[sources.extract] of {source.name} found nothing ({lost[0]}):"
                f" the text was found by {page.found_by}"
            )

    def add(self, key: ItemKey, notes: tuple[str, ...]) -> None:
        """Keep more that an item's outcome should say."""
        if told := "; ".join(filter(None, (self.notes.get(key, ""), *notes))):
            self.notes[key] = told

    def forget_pages(self) -> None:
        """Begin anew with the pages: what was learned of those before is not learned again."""
        self.words, self.missed = [], []

    def tell(self, outcome: Outcome) -> Outcome:
        """Add to an item's outcome what its page was."""
        note, warning = self.notes.get(outcome.key, ""), self.warnings.get(outcome.key, "")
        return replace(
            outcome,
            reason="; ".join(filter(None, (outcome.reason, note))),
            warning="; ".join(filter(None, (outcome.warning, warning))),
        )

    def find_lost(self, source: Source) -> Iterator[str]:
        """Name the selectors that found nothing on any of several pages: the site has changed.

        A text's own is told with each outcome; an author or a picture may lack now and then.
        """
        for selector in selectors_of(source.extract):
            if len(self.missed) >= _ENOUGH and all(selector in page for page in self.missed):
                yield (
                    f"{source.name}: [sources.extract] {selector} found nothing on any of"
                    f" {len(self.missed)} pages: the site may have changed"
                )


def read_page(item: Item, source: Source, shop: Workshop, readings: Readings) -> Page | str | None:
    """Read an item's page; a text says why it has to be tried again."""
    if source.rights != "full":
        return None
    try:
        page = fetch_full_text(
            item,
            web=shop.web,
            confinement=shop.confinement,
            allow_private=frozenset(source.allow_private),
            rules=source.extract,
        )
    except (WebError, ItemError, ConfinedError) as error:
        if isinstance(error, ItemError):  # it came, without an article
            readings.words.append(0)
        if error.transient:
            return str(error)
        # A page that is a wall, gone for good or not for programmes leaves the feed's own text.
        readings.notes[item.key] = f"the feed's own text is kept: {error}"
        return None
    if page is not None:
        readings.note(item, page, source)
    return page
