"""The inputs of html5lib's tree-construction tests, which `make setup` fetches (.ci/trees.sh)."""

from __future__ import annotations

from functools import cache

from wp_sync.sandbox.download import find_cache

_VERSION = "1.1"


@cache
def read_trees() -> tuple[str, ...]:
    """List the inputs: broken, odd and hostile markup, each once."""
    root = find_cache() / f"html5lib-{_VERSION}" / "html5lib/tests/testdata/tree-construction"
    files = sorted(root.rglob("*.dat"))
    if not files:
        raise FileNotFoundError(f"{root}: make setup fetches it")
    found = dict.fromkeys(
        data
        for file in files
        for block in f"\n{file.read_text(encoding='utf-8')}".split("\n#data\n")[1:]
        if (data := block.split("\n#errors", 1)[0])
    )
    return tuple(found)
