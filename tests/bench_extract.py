"""How well articles are found in pages, beside other extractors: `bench_extract.py DIRECTORY...`.

A directory holds pages with their truth, as `name.html` beside `name.json` (tests/extract/pages has
the keys) or as `name/source.html` beside `name/expected.html`. The body is measured as F1 over the
multiset of its words, mean over the articles; lines that the truth calls optional count neither
way. Pages that are no articles are to be refused by name. Install the others with
`pip install --group peers`; those that are missing are left out. `-v` lists the faults.
"""

from __future__ import annotations

import logging
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent / "support"))

from page_truth import Case, Found, Score, find_cases, measure, read_ours, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OWN_TRUTH = Path(__file__).parent / "extract" / "pages"
OURS = "wp-sync"


def read_trafilatura(case: Case) -> Found:
    import trafilatura

    page = case.page.decode("utf-8", "replace")
    text = trafilatura.extract(page, url=case.url, include_comments=False) or ""
    markup = trafilatura.extract(
        page,
        url=case.url,
        output_format="html",
        include_images=True,
        include_links=True,
        include_comments=False,
    )
    data = trafilatura.extract_metadata(page, default_url=case.url)
    return Found(markup=markup or "", text=text, lead_image=(data and data.image) or "")


def read_readability(case: Case) -> Found:
    from readability import Document

    page = case.page.decode("utf-8", "replace")
    markup = Document(page, url=case.url).summary(html_partial=True, keep_all_images=True)
    return Found(markup=markup, text=text_of(markup))


def read_newspaper(case: Case) -> Found:
    from newspaper import Article

    article = Article(case.url, language="en")  # others need more to be installed
    article.download(input_html=case.page.decode("utf-8", "replace"))
    article.parse()
    return Found(markup=article.article_html, text=article.text, lead_image=article.top_image or "")


def join(read: Callable[[Case], Found]) -> Callable[[Case], Found]:
    """Give an extractor that reads single pages the second one as well."""

    def read_all(case: Case) -> Found:
        found = read(case)
        if not case.following:
            return found
        more = read(replace(case, page=case.following[0], url=case.following[1]))
        markup, text = found.markup + more.markup, f"{found.text}\n{more.text}"
        return replace(found, markup=markup, text=text)

    return read_all


EXTRACTORS: tuple[tuple[str, Callable[[Case], Found]], ...] = (
    (OURS, read_ours),
    ("trafilatura", join(read_trafilatura)),
    ("readability-lxml", join(read_readability)),
    ("newspaper4k", join(read_newspaper)),
)


def say(line: str) -> None:
    """Show one line."""
    sys.stdout.write(line + "\n")


def report(folder: Path, scores: Mapping[str, Score], *, details: bool) -> None:
    """Print the table of one directory."""
    count = len(next(iter(scores.values())).f1)
    say(f"\n{folder}: {count} pages")
    say(f"{'':18}{'F1':>7} {'kept':>9} {'lead':>7} {'furniture':>10} {'CPU s':>7}")
    for name, score in scores.items():
        kept = f"{score.kept}/{score.kept + len(score.lost)}"
        lead = f"{score.leads}/{score.leads + len(score.wrong_leads)}"
        waste = len(score.furniture)
        say(f"{name:18}{score.mean:7.4f} {kept:>9} {lead:>7} {waste:>10} {score.seconds:7.2f}")
    for page in next(iter(scores.values())).f1:
        row = "  ".join(f"{score.f1[page]:.3f}" for score in scores.values())
        say(f"  {page:38}{row}")
    ours = scores.get(OURS)
    if details and ours:
        for title in ("lost", "furniture", "wrong_leads", "wrong_facts", "named"):
            for line in getattr(ours, title):
                say(f"  {title}: {line[:200]}")


def main(arguments: list[str]) -> int:
    """Measure every directory that is named; the project's own pages when none is."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    details = "-v" in arguments
    folders = [Path(one) for one in arguments if one != "-v"] or [OWN_TRUTH]
    means: dict[str, list[float]] = {}
    for folder in folders:
        cases = list(find_cases(folder))
        if not cases:
            say(f"{folder}: no page with a truth")
            return 1
        scores: dict[str, Score] = {}
        for name, read in EXTRACTORS:
            try:
                scores[name] = measure(cases, read)
            except ImportError:
                say(f"{name} is not installed: left out")
        report(folder, scores, details=details)
        for name, score in scores.items():
            means.setdefault(name, []).append(score.mean)
    if len(folders) > 1:
        say("\nmean of the sets")
        for name, values in means.items():
            say(f"{name:18}{sum(values) / len(values):7.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
