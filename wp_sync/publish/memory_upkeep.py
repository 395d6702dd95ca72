"""The terms and uploads of the site in memory: what `upkeep.Upkeep` asks for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .upkeep import Attachment, TermRow, names_upload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Taxonomy

    from .memory import MemoryTarget


@dataclass(slots=True)
class MemoryUpkeep:
    """Looks after a MemoryTarget; a deleted term or upload is taken from the posts too."""

    site: MemoryTarget
    statuses: dict[int, str] = field(default_factory=dict)  # of uploads that are not "inherit"
    hidden: str = ""  # what the site does not show

    def read_terms(self, taxonomy: Taxonomy) -> Mapping[int, TermRow]:
        terms = self.site.terms[taxonomy]
        return {key: TermRow(name=term.name, parent=term.parent) for key, term in terms.items()}

    def posts_with(self, taxonomy: Taxonomy, wp_id: int) -> frozenset[int]:
        return frozenset(
            post.wp_id
            for post in self.site.posts.values()
            if post.status != "trash" and wp_id in post.values[taxonomy]
        )

    def read_media(self, wp_ids: Sequence[int]) -> Mapping[int, Attachment]:
        return {
            wp_id: Attachment(
                stem=name.rpartition(".")[0], status=self.statuses.get(wp_id, "inherit")
            )
            for name, wp_id in self.site.media.items()
            if wp_id in wp_ids
        }

    def picture_uses(self) -> Mapping[int, frozenset[int]]:
        uses: dict[int, set[int]] = defaultdict(set)
        for post in self.site.posts.values():
            if featured := post.values["featured"]:
                uses[featured].add(post.wp_id)
        return {wp_id: frozenset(posts) for wp_id, posts in uses.items()}

    def text_uses(self, mark: str, wp_id: int) -> frozenset[int]:
        named = (
            post.wp_id
            for post in self.site.posts.values()
            if names_upload(str(post.values["body"]), wp_id)
        )
        return frozenset(post.wp_id for post in self.site.search_posts([mark])).union(named)

    def unseen(self) -> str:
        return self.hidden

    def delete_term(self, taxonomy: Taxonomy, wp_id: int) -> None:
        self.site.terms[taxonomy].pop(wp_id, None)
        for post in list(self.site.posts.values()):
            if wp_id in post.values[taxonomy]:
                kept = tuple(one for one in post.values[taxonomy] if one != wp_id)
                kept = kept or ((1,) if taxonomy == "categories" else ())
                self.site.update_post(post.wp_id, {taxonomy: kept})

    def delete_media(self, wp_id: int) -> None:
        self.site.media = {name: key for name, key in self.site.media.items() if key != wp_id}
        for post in list(self.site.posts.values()):
            if post.values["featured"] == wp_id:
                self.site.update_post(post.wp_id, {"featured": 0})

    def set_media_status(self, wp_id: int, status: str) -> None:
        self.statuses[wp_id] = status
