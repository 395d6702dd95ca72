"""What a WordPress holds, in a form that can be compared: without ids, trash and moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wp_sync.sandbox.wordpress import WordPress

# WordPress's own notes to itself, which every write leaves.
_NOTES = (
    "_edit_lock",
    "_edit_last",
    "_pingme",
    "_encloseme",
    "_wp_old_slug",
    "_wp_old_date",
    "_wp_trash_meta_status",  # stay when an update takes a post out of the trash
    "_wp_trash_meta_time",
)
_POSTS = """
    SELECT p.ID, p.post_type, p.post_name, p.post_title, p.post_content, p.post_excerpt,
        p.post_status, p.post_date, p.post_date_gmt, p.comment_status, p.ping_status,
        p.post_password, p.menu_order, p.post_mime_type, u.user_login,
        (SELECT above.post_name FROM wp_posts above WHERE above.ID = p.post_parent) AS parent
    FROM wp_posts p LEFT JOIN wp_users u ON u.ID = p.post_author
    WHERE p.post_status NOT IN ('trash', 'auto-draft') AND p.post_type != 'revision'
"""
_TERMS = """
    SELECT x.taxonomy, t.name, t.slug, x.description, x.count,
        (SELECT above.name FROM wp_terms above WHERE above.term_id = x.parent) AS parent
    FROM wp_terms t JOIN wp_term_taxonomy x ON x.term_id = t.term_id
"""
_RELATIONS = """
    SELECT r.object_id, x.taxonomy, t.name FROM wp_term_relationships r
    JOIN wp_term_taxonomy x ON x.term_taxonomy_id = r.term_taxonomy_id
    JOIN wp_terms t ON t.term_id = x.term_id
"""
_META = "SELECT post_id, meta_key, meta_value FROM wp_postmeta"

Dump = dict[str, dict[str, Any]]


def dump(site: WordPress) -> Dump:
    """Return posts and uploads with their terms and meta, and the terms: each by its name."""
    rows = {row["ID"]: row for row in site.sql(_POSTS)}
    names = {wp_id: f"{row['post_type']} {row['post_name']}" for wp_id, row in rows.items()}
    assert len(set(names.values())) == len(names), "two posts of one name"
    posts: Dump = {
        names[wp_id]: {**{k: v for k, v in row.items() if k != "ID"}, "terms": set(), "meta": []}
        for wp_id, row in rows.items()
    }
    for row in site.sql(_RELATIONS):
        if row["object_id"] in names:
            posts[names[row["object_id"]]]["terms"].add((row["taxonomy"], row["name"]))
    for row in site.sql(_META):
        if row["post_id"] in names and row["meta_key"] not in _NOTES:
            picture = row["meta_key"] == "_thumbnail_id"
            value = names[int(row["meta_value"])] if picture else row["meta_value"]
            posts[names[row["post_id"]]]["meta"].append((row["meta_key"], value))
    for post in posts.values():
        post["meta"].sort(key=str)
    terms = {f"{row['taxonomy']} {row['parent']} {row['name']}": row for row in site.sql(_TERMS)}
    return {**posts, **terms}


def differences(before: Dump, after: Dump) -> dict[str, object]:
    """Name what is not the same."""
    found: dict[str, object] = {}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            found[name] = "new" if old is None else "gone"
        elif old != new:
            found[name] = {key: (old[key], new[key]) for key in old if old[key] != new[key]}
    return found


def post_of(site: WordPress, number: int) -> int:
    """Find the first post of a story without a title of its own."""
    rows = site.sql(
        f"SELECT ID FROM wp_posts WHERE post_title = 'Story {number}'"  # noqa: S608
        " AND post_type = 'post' ORDER BY ID"
    )
    return int(rows[0]["ID"])
