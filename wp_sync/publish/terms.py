"""Categories and tags: found by name as WordPress compares names, made when missing."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from wp_sync.errors import InDoubtError, RejectedError
from wp_sync.model import NewTerm
from wp_sync.text import slugify

from .custom import is_taxonomy, slug_of, taxonomy_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wp_sync.model import Post, Taxonomy, Term, TermPath

    from .journal import Journal
    from .target import Target

# Close enough to ask "did you mean": at 0.85 "Running and fitness" meets "Running & fitness".
_NEAR = 0.85


def term_paths(post: Post, fields: Iterable[str]) -> list[tuple[Taxonomy, TermPath]]:
    """List the terms that these fields of a post name."""
    paths: list[tuple[Taxonomy, TermPath]] = []
    if "categories" in fields:
        paths += [("categories", path) for path in post.categories]
    if "tags" in fields:
        paths += [("tags", (name,)) for name in post.tags]
    own = ((taxonomy_name(slug), some) for slug, some in post.terms.items())
    return [*paths, *((name, path) for name, some in own if name in fields for path in some)]


def find_term(terms: Iterable[Term], path: TermPath) -> Term | None:
    """Find a term by its path; WordPress compares names without case (taxonomy.php)."""
    known = tuple(terms)
    parent, found = 0, None
    for name in path:
        same = (t for t in known if t.parent == parent and _fold(t.name) == _fold(name))
        found = min(same, key=lambda term: term.wp_id, default=None)
        if found is None:
            return None
        parent = found.wp_id
    return found


def find_category(terms: Iterable[Term], path: str) -> Term | None:
    """Find a category as a mapping names it: "Sports > Hockey"."""
    return find_term(terms, tuple(name.strip() for name in path.split(">")))


def known_ids(post: Post, terms: Mapping[Taxonomy, tuple[Term, ...]]) -> dict[str, tuple[int, ...]]:
    """Return the ids of a post's terms; 0 for one that the site does not have."""
    ids: dict[str, tuple[int, ...]] = {"categories": (), "tags": ()}
    ids |= dict.fromkeys(map(taxonomy_name, post.terms), ())
    for taxonomy, path in term_paths(post, ids):
        term = find_term(terms.get(taxonomy, ()), path)
        ids[taxonomy] += (term.wp_id if term else 0,)
    return ids


def missing_terms(
    wanted: Iterable[tuple[Taxonomy, TermPath]], terms: Mapping[Taxonomy, tuple[Term, ...]]
) -> tuple[NewTerm, ...]:
    """Name the terms that the site does not have, each once, with the site's nearest name."""
    missing: dict[tuple[Taxonomy, str], NewTerm] = {}
    for taxonomy, path in wanted:
        known = terms.get(taxonomy, ())
        if find_term(known, path) is None:
            new = NewTerm(taxonomy=taxonomy, path=path, near=_near(known, path[-1]))
            missing.setdefault((taxonomy, _fold(*path)), new)
    return tuple(missing.values())


def _near(known: Iterable[Term], name: str) -> str:
    """Name the term of the site that may be meant; "" for none.

    WordPress leaves a term its slug when a person renames it (wp_update_term).
    """
    by_fold, slug = {_fold(term.name): term for term in known}, slugify(name)
    if renamed := next((one for one in by_fold.values() if slug and one.slug == slug), None):
        return renamed.name
    near = difflib.get_close_matches(_fold(name), by_fold, n=1, cutoff=_NEAR)
    return by_fold[near[0]].name if near else ""


def tell_doubtful(new_terms: Iterable[NewTerm]) -> tuple[str, ...]:
    """Tell of categories that a run makes beside one of almost the same name, or of the same slug.

    Of tags persons are asked before one is made.
    """
    return tuple(
        f"the category {' > '.join(new.path)!r} is new on the site, which has {new.near!r}: if that"
        " is meant, or it was renamed, write so in [post] category of the mapping"
        for new in new_terms
        if new.taxonomy == "categories" and new.near
    )


class TermDirectory:
    """The site's terms during one plan: looks names up, makes the missing ones once."""

    def __init__(
        self, target: Target, journal: Journal, terms: Mapping[Taxonomy, tuple[Term, ...]]
    ) -> None:
        self._target, self._journal = target, journal
        self._terms = terms
        self._made: dict[tuple[Taxonomy, str], Term] = {}
        self._refused: dict[tuple[Taxonomy, str], RejectedError | InDoubtError] = {}

    def make(self, new: NewTerm) -> None:
        """Make a term and its parents. A refusal is kept for the posts that need the term."""
        parent = 0
        for depth in range(1, len(new.path) + 1):
            path = new.path[:depth]
            term = self._find(new.taxonomy, path)
            if term is None:
                try:
                    term = self._target.create_term(new.taxonomy, path[-1], parent)
                except (RejectedError, InDoubtError) as error:
                    self._refused[new.taxonomy, _fold(*new.path)] = error
                    return
                # By the name we asked for: to MySQL "Café" is a "Cafe" that the site has.
                self._made[new.taxonomy, _fold(*path)] = term
                # Of an own taxonomy nothing is taken back: what else uses it can't be known.
                is_own = is_taxonomy(new.taxonomy)
                if not is_own and term not in self._terms.get(new.taxonomy, ()):
                    self._journal.record_term(new.taxonomy, term)
            parent = term.wp_id

    def term_id(self, taxonomy: Taxonomy, path: TermPath) -> int:
        """Return a term's id; raise RejectedError with WordPress's reason when it has none."""
        term = self._find(taxonomy, path)
        if term is not None:
            return term.wp_id
        kinds = {"categories": "category", "tags": "tag"}
        kind = kinds.get(taxonomy) or f"term of {slug_of(taxonomy)}"
        cause = self._refused.get((taxonomy, _fold(*path)))
        message = f"WordPress did not make the {kind} {' > '.join(path)!r}"
        raise RejectedError(
            f"{message}: {cause.message}" if cause else message,
            cure=cause.cure if cause else "make it in wp-admin, or name another in the mapping",
        ) from cause

    def term_ids(self, post: Post, field: str) -> tuple[tuple[int, ...], list[str]]:
        """Return a post's ids in one taxonomy, and why it goes without some tags.

        The article is not kept away by a tag that WordPress refuses; it is by a category.
        """
        ids: dict[int, None] = {}
        notes: list[str] = []
        for taxonomy, path in term_paths(post, (field,)):
            try:
                ids[self.term_id(taxonomy, path)] = None
            except RejectedError as error:
                if taxonomy == "categories" or not isinstance(error.__cause__, RejectedError):
                    raise
                notes.append(error.message)
        return tuple(ids), notes

    def _find(self, taxonomy: Taxonomy, path: TermPath) -> Term | None:
        made = self._made.get((taxonomy, _fold(*path)))
        return made or find_term(self._terms.get(taxonomy, ()), path)


def _fold(*path: str) -> str:
    return " > ".join(" ".join(name.split()).casefold() for name in path)
