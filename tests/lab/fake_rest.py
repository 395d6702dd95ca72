"""The routes of the small fake WordPress."""

from __future__ import annotations

import hashlib
import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from fake_faults import AnswerError, Faults, Reply, Request
from fake_lists import ORDERS, choose_fields, conditions, listed, paged, size_and_page, totals
from fake_tables import FLOATING, TAXONOMIES, RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_site import Row, Site

KINDS = {"posts": "post", "pages": "page", "media": "attachment"}
BATCH = 25  # requests in one, at most
RIGHTS = (
    *("delete_others_posts", "delete_posts", "delete_published_posts", "edit_others_posts"),
    *("edit_pages", "edit_posts", "edit_published_posts", "manage_categories", "publish_pages"),
    *("publish_posts", "unfiltered_html", "upload_files"),
)
MORE_RIGHTS = ("create_users", "list_users", "manage_options")


class FakeWordPress:
    """Answers requests from a Site."""

    def __init__(self, site: Site) -> None:
        self.site, self.url = site, ""
        self.faults = Faults()
        self.seen: list[dict[str, Any]] = []
        numbered = r"^/wp/v2/(posts|pages|media)/(\d+)"
        # The first that fits answers.
        self._routes: tuple[tuple[str, Callable[..., Reply]], ...] = (
            (r"^/?$", self._index),
            (r"^/batch/v1$", self._batch),
            (r"^/wp/v2/users/me$", self._me),
            (r"^/wp/v2/users$", self._users),
            (r"^/wp/v2/settings$", self._settings),
            (r"^/wp/v2/types$", self._types),
            (r"^/wp/v2/(categories|tags)/(\d+)$", self._term),
            (r"^/wp/v2/(categories|tags)$", self._terms),
            (rf"{numbered}/revisions$", self._revisions),
            (rf"{numbered}$", self._post),
            (r"^/wp/v2/(posts|pages|media)$", self._posts),
        )

    def pause_of(self, what: str, hang_up: Callable[[], None]) -> Callable[[str], None]:
        """Let faults strike at the stages of a request."""
        return lambda stage: self.faults.strike(what, stage, hang_up)

    def answer(self, request: Request) -> Reply:
        """Answer one request, which may be one of a batch."""
        what = f"{request.method} {request.route}"
        try:
            self.faults.strike(what, "request", request.hang_up)
            reply = self._dispatch(request)
            self.faults.strike(what, "answer", request.hang_up)
        except RefusalError as error:
            return Reply(status=error.status, data=error.body)
        except AnswerError as error:
            return error.reply
        return reply

    def _dispatch(self, request: Request) -> Reply:
        reads = request.method in {"GET", "HEAD"} or request.route == "/batch/v1"
        if request.user is None and not reads:
            raise RefusalError(401, "rest_cannot_create", "Sorry, you are not allowed to.")
        for pattern, handler in self._routes:
            if found := re.search(pattern, request.route):
                return handler(request, *found.groups())
        raise RefusalError(404, "rest_no_route", "No route was found matching the URL.")

    def _index(self, _: Request) -> Reply:
        arguments = {"requests": {"type": "array", "maxItems": BATCH}}
        batchable = {"allow_batch": {"v1": True}}
        routes: dict[str, Any] = {
            "/batch/v1": {
                "methods": ["POST"],
                "endpoints": [{"methods": ["POST"], "args": arguments}],
            },
            "/wp/v2/media": {"methods": ["GET", "POST"], "endpoints": [{"args": {}}]},
        }
        for name in ("posts", "posts/(?P<id>[\\d]+)", "pages", "categories", "tags"):
            both = [{"methods": ["GET"], **batchable}, {"methods": ["POST"], **batchable}]
            routes[f"/wp/v2/{name}"] = {"methods": ["GET", "POST"], "endpoints": both}
        page = f"{self.url}/wp-admin/authorize-application.php"
        return Reply(
            data={
                "name": "The fake",
                "description": "",
                "url": self.url,
                "home": self.url,
                "gmt_offset": 0,
                "timezone_string": "",
                "routes": routes,
                "namespaces": ["oembed/1.0", "wp/v2"],
                "authentication": {"application-passwords": {"endpoints": {"authorization": page}}},
            }
        )

    def _batch(self, request: Request) -> Reply:
        asked = request.given.get("requests", [])
        if len(asked) > BATCH:
            raise RefusalError(400, "rest_invalid_param", "Invalid parameter(s): requests")
        answers = []
        for one in asked:
            parts = urlsplit(str(one["path"]))
            method = str(one.get("method", "POST")).upper()
            inner = Request(
                method=method,
                route=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                given=one.get("body", {}),
                user=request.user,
                pause=self.pause_of(f"{method} {parts.path}", request.hang_up),
                hang_up=request.hang_up,
            )
            if re.search(r"^/wp/v2/media|^/batch|^/wp/v2/settings", parts.path):
                reply = Reply(status=400, data=RefusalError(400, "rest_batch_not_allowed").body)
            else:
                reply = self.answer(inner)
            data = json.loads(reply.text) if reply.text else reply.data
            data = choose_fields(data, inner.query.get("_fields", ""))
            answers.append({"status": reply.status, "headers": reply.headers, "body": data})
        return Reply(status=207, data={"responses": answers})

    def _me(self, request: Request) -> Reply:
        if request.user is None:
            raise RefusalError(401, "rest_not_logged_in", "You are not currently logged in.")
        return Reply(data=self._user(request.user))

    def _user(self, row: Row) -> dict[str, Any]:
        role = row["role"]
        rights = (*RIGHTS, *(MORE_RIGHTS if role == "administrator" else ()))
        return {
            "id": row["ID"],
            "username": row["user_login"],
            "name": row["display_name"],
            "slug": row["user_nicename"],
            "roles": [role],
            "locale": "en_US",
            "capabilities": {right: True for right in rights if role != "author"},
        }

    def _users(self, request: Request) -> Reply:
        rows = self.site.rows("SELECT * FROM wp_users ORDER BY display_name")
        return paged([self._user(row) for row in rows], request)

    def _settings(self, _: Request) -> Reply:
        return Reply(data={"default_category": 1, "title": "The fake", "timezone": "UTC"})

    def _types(self, _: Request) -> Reply:
        kinds = {"post": "posts", "page": "pages", "attachment": "media"}
        return Reply(
            data={
                kind: {"slug": kind, "rest_base": base, "taxonomies": list(TAXONOMIES.values())}
                for kind, base in kinds.items()
            }
        )

    def _term(self, _: Request, field: str, wp_id: str) -> Reply:
        for row in self.site.terms(TAXONOMIES[field]):
            if row["term_id"] == int(wp_id):
                return Reply(data=self._term_row(field, row))
        raise RefusalError(404, "rest_term_invalid", "Term does not exist.")

    def _terms(self, request: Request, field: str) -> Reply:
        if request.method == "POST":
            if "name" not in request.given:
                raise RefusalError(400, "rest_missing_callback_param", "Missing: name")
            request.pause("before row")
            made = self.site.create_term(TAXONOMIES[field], request.given)
            request.pause("after row")
            return Reply(status=201, data=self._term(request, field, str(made)).data)
        rows = [self._term_row(field, row) for row in self.site.terms(TAXONOMIES[field])]
        slugs = listed(request, "slug")
        text = request.query.get("search", "").lower()
        found = [
            row
            for row in rows
            if (not slugs or row["slug"] in slugs) and text in row["name"].lower()
        ]
        return paged(found, request)

    def _term_row(self, field: str, row: Row) -> dict[str, Any]:
        parent = {"parent": row["parent"]} if field == "categories" else {}
        return {
            "id": row["term_id"],
            "name": row["name"],
            "slug": row["slug"],
            "description": "",
            "taxonomy": TAXONOMIES[field],
            "count": row["count"],
            "meta": [],
            **parent,
        }

    def _revisions(self, request: Request, base: str, wp_id: str) -> Reply:
        self.site.row(int(wp_id), KINDS[base])
        rows = self.site.rows(
            "SELECT * FROM wp_posts WHERE post_parent = ? AND post_type = 'revision'"
            " ORDER BY ID DESC",
            int(wp_id),
        )
        wanted = listed(request, "include")
        data = [
            {**self._shown(row), "parent": int(wp_id)}
            for row in rows
            if not wanted or str(row["ID"]) in wanted
        ]
        return paged(data, request)

    def _saves(self, wp_id: int) -> dict[str, Any]:
        """Link to a post's revisions, as WordPress does."""
        of_post = "post_parent = ? AND post_type = 'revision'"
        count = f"SELECT count(*) AS n, max(ID) AS newest FROM wp_posts WHERE {of_post}"  # noqa: S608
        (row,) = self.site.rows(count, wp_id)
        newest = {"predecessor-version": [{"id": row["newest"]}]} if row["n"] else {}
        return {"version-history": [{"count": row["n"]}], **newest}

    def _post(self, request: Request, base: str, number: str) -> Reply:
        wp_id, kind = int(number), KINDS[base]
        row = self.site.row(wp_id, kind)
        user = int(request.user["ID"]) if request.user else 0
        if request.method == "DELETE":
            if request.query.get("force") == "true":
                self.site.delete(wp_id, kind)
                return Reply(data={"deleted": True, "previous": self._shown(row)})
            request.pause("before row")
            self.site.trash(wp_id, kind)
        elif request.method in {"POST", "PUT", "PATCH"}:
            self.site.update(wp_id, request.given, user, kind, request.pause)
        return Reply(data=self._shown(self.site.row(wp_id, kind)))

    def _posts(self, request: Request, base: str) -> Reply:
        if request.method != "POST":
            return self._list(request, KINDS[base])
        user = int(request.user["ID"]) if request.user else 0
        if base == "media":
            return self._upload(request, user)
        if "id" in request.given:
            raise RefusalError(400, "rest_post_exists", "Cannot create existing post.")
        wp_id = self.site.create(request.given, user, KINDS[base], request.pause)
        return Reply(status=201, data=self._shown(self.site.row(wp_id, KINDS[base])))

    def _upload(self, request: Request, user: int) -> Reply:
        sent = {name.lower(): value for name, value in request.headers.items()}
        for header in ("content-type", "content-disposition"):
            if header not in sent:
                raise RefusalError(400, f"rest_upload_no_{header.replace('-', '_')}")
        named = re.search(r'filename="([^"]+)"', sent["content-disposition"])
        if not named:
            raise RefusalError(400, "rest_upload_invalid_disposition")
        if not request.body:
            raise RefusalError(400, "rest_upload_no_data", "No data supplied.")
        digest = hashlib.md5(request.body, usedforsecurity=False).hexdigest()
        if sent.get("content-md5", digest) != digest:
            raise RefusalError(412, "rest_upload_hash_mismatch", "Hash did not match.")
        if not re.search(r"\.(jpe?g|png|gif|webp)$", named[1]):
            raise RefusalError(500, "rest_upload_sideload_error", "Not allowed file type.")
        request.pause("before row")
        wp_id = self.site.upload(request.body, named[1], request.query, user)
        request.pause("after row")
        return Reply(status=201, data=self._shown(self.site.row(wp_id, "attachment")))

    def _list(self, request: Request, kind: str) -> Reply:
        where, values = conditions(request, kind)
        order = ORDERS.get(request.query.get("orderby", "date"), "post_date")
        way = "ASC" if request.query.get("order") == "asc" else "DESC"
        total = self.site.rows(f"SELECT count(*) AS n FROM wp_posts WHERE {where}", *values)  # noqa: S608
        size, page = size_and_page(request)
        if page > 1 and (page - 1) * size >= total[0]["n"]:
            raise RefusalError(400, "rest_post_invalid_page_number")
        rows = self.site.rows(
            f"SELECT * FROM wp_posts WHERE {where} ORDER BY {order} {way}, ID {way}"  # noqa: S608
            f" LIMIT {size} OFFSET {(page - 1) * size}",
            *values,
        )
        data = [self._shown(row) for row in rows]
        return Reply(data=data, headers=totals(total[0]["n"], size))

    def _shown(self, row: Row) -> dict[str, Any]:
        """Show a row as context=edit does."""
        wp_id, slug, floats = row["ID"], row["post_name"], row["post_date_gmt"] == FLOATING
        date = (row["post_date"] if floats else row["post_date_gmt"]).replace(" ", "T")
        live = row["post_status"] == "publish" and row["post_type"] == "post"
        guid = f"{self.url}/?p={wp_id}"
        texts = {
            name: {"raw": row[f"post_{name}"], "rendered": html.unescape(row[f"post_{name}"])}
            for name in ("title", "content", "excerpt")
        }
        shown: dict[str, Any] = {
            "id": wp_id,
            "date": date,
            "date_gmt": date,
            "guid": {"raw": guid, "rendered": guid},
            "slug": slug,
            "status": row["post_status"],
            "type": row["post_type"],
            **texts,
            "link": f"{self.url}/{date[:10].replace('-', '/')}/{slug}/" if live else guid,
            "author": row["post_author"],
            "comment_status": row["comment_status"],
            "ping_status": row["ping_status"],
            "password": row["post_password"],
            "meta": [],
            "modified_gmt": row["post_modified_gmt"].replace(" ", "T"),
            "sticky": False,
        }
        if row["post_type"] == "attachment":
            file = self.site.meta(wp_id, "_wp_attached_file")
            details = {"file": file, "filesize": int(self.site.meta(wp_id, "_filesize") or 0)}
            shown |= {"mime_type": row["post_mime_type"], "media_details": details}
            return {**shown, "source_url": f"{self.url}/wp-content/uploads/{file}"}
        if row["post_type"] == "post":
            shown["_links"] = self._saves(wp_id)
            shown["featured_media"] = int(self.site.meta(wp_id, "_thumbnail_id") or 0)
            shown |= {name: self.site.term_ids(wp_id, tax) for name, tax in TAXONOMIES.items()}
        return shown
