"""Lists of the small fake WordPress: their parameters, pages and fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fake_faults import Reply, Request
from fake_tables import RefusalError, read_date, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ORDERS = {"date": "post_date", "id": "ID", "modified": "post_modified_gmt", "title": "post_title"}


def conditions(request: Request, kind: str) -> tuple[str, list[object]]:
    """Turn the parameters of a list into SQL; unknown ones mean nothing, as in WordPress."""
    usual = "inherit" if kind == "attachment" else "publish"
    statuses = listed(request, "status") or [usual]
    where: list[str] = ["post_type = ?"]
    values: list[object] = [kind]
    if "any" in statuses:
        hidden = () if "trash" in statuses else ("trash",)
        every = ("publish", "future", "draft", "pending", "private", "trash")
        statuses = [status for status in every if status not in hidden]
    tests: tuple[tuple[str, Sequence[object]], ...] = (
        ("post_status", statuses),
        ("post_name", listed(request, "slug")),
        ("ID", [int(one) for one in listed(request, "include")]),
        ("post_author", [int(one) for one in listed(request, "author")]),
        ("post_parent", [int(one) for one in listed(request, "parent")]),
    )
    for column, wanted in tests:
        if wanted:
            where.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    for name, sign in (("modified_after", ">"), ("modified_before", "<")):
        if name in request.query:
            where.append(f"post_modified_gmt {sign} ?")
            values.append(stamp(read_date(request.query[name])))
    for word in re.findall(r'"([^"]+)"|(\S+)', request.query.get("search", "")):
        where.append("post_title || ' ' || post_excerpt || ' ' || post_content LIKE ? ESCAPE '\\'")
        plain = re.sub(r"([%_\\])", r"\\\1", word[0] or word[1])
        values.append(f"%{plain}%")
    return " AND ".join(where), values


def listed(request: Request, name: str) -> list[str]:
    return [one for one in request.query.get(name, "").split(",") if one]


def size_and_page(request: Request) -> tuple[int, int]:
    size, page = int(request.query.get("per_page", 10)), int(request.query.get("page", 1))
    if not 1 <= size <= 100:
        raise RefusalError(400, "rest_invalid_param", "Invalid parameter(s): per_page")
    return size, page


def totals(count: int, size: int) -> dict[str, str]:
    return {"X-WP-Total": str(count), "X-WP-TotalPages": str(-(-count // size))}


def paged(rows: Sequence[Mapping[str, Any]], request: Request) -> Reply:
    size, page = size_and_page(request)
    return Reply(data=rows[(page - 1) * size :][:size], headers=totals(len(rows), size))


Tree = dict[str, "Tree"]  # the names to leave, and those within them


def choose_fields(data: Any, fields: str) -> Any:  # noqa: ANN401
    """Leave the fields that _fields names; "title.raw" is one within another."""
    if not fields or (isinstance(data, dict) and "code" in data):
        return data
    tree: Tree = {}
    for path in fields.split(","):
        branch = tree
        for name in path.strip().split("."):
            branch = branch.setdefault(name, {})
    return [_cut(one, tree) for one in data] if isinstance(data, list) else _cut(data, tree)


def _cut(data: Any, tree: Tree) -> Any:  # noqa: ANN401
    """Leave a branch; of a list some places, which PHP then writes as an object."""
    if not tree or not isinstance(data, (dict, list)):
        return data
    places = data if isinstance(data, dict) else {str(n): one for n, one in enumerate(data)}
    kept = {name: _cut(places[name], branch) for name, branch in tree.items() if name in places}
    is_whole = isinstance(data, list) and list(kept) == [str(n) for n in range(len(kept))]
    return list(kept.values()) if is_whole else kept
