"""The REST API of one WordPress: routes, and what its answers mean. It knows nothing of posts."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from wp_sync.errors import RejectedError, SiteError, UnauthorizedError

from .answers import INDEX, Answer, Json
from .pace import UPLOAD
from .wire import (
    TEMPORARY,
    Request,
    Wire,
    check_private,
    explain,
    failure_of,
    put_off,
    unusable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Absent = Callable[[], bool]

    from .pace import Pace
    from .wire import Patience

Params = Mapping[str, str | int]

# Errors with a status of 500 that are WordPress's word on the content, and not accidents.
REFUSALS = {
    "db_insert_error",
    "db_update_error",
    "empty_term_name",
    "existing_user_email",
    "existing_user_login",
    "rest_trash_not_supported",
    "rest_upload_sideload_error",
    "rest_upload_unknown_error",
    "user_login_too_long",
}


class RestApi(Wire):
    """The REST API of one site, asked by one user; anonymously when the user name is empty."""

    def __init__(
        self,
        root: str,
        username: str = "",
        password: str | Callable[[], str] = "",
        *,
        patience: Patience | None = None,
        pace: Pace | None = None,
    ) -> None:
        if username:
            check_private(root)
        super().__init__(username, password, patience=patience, pace=pace, by_header=bool(username))
        self.root = root
        self.warnings: list[str] = []  # what PHP printed before the JSON

    def get(self, route: str, params: Params | None = None) -> tuple[Json, Mapping[str, str]]:
        """Read a route; return its JSON and the headers."""
        answer = self.read(route, params)
        return self.accept(answer, write=False), answer.headers

    def read(self, route: str, params: Params | None = None) -> Answer:
        """Read a route, again while the site is away; return an answer of any status."""

        def once() -> Answer:
            answer = self.exchange(self._request("GET", route, params))
            if answer.status in TEMPORARY:
                raise put_off(answer)
            return answer

        return self.repeat(once)

    def write(
        self,
        method: str,
        route: str,
        params: Params | None = None,
        *,
        is_absent: Absent | None = None,
        **content: Json,
    ) -> Json:
        """Send one change and return the JSON of the answer; `content` is json, data, headers."""
        return self.accept(self.send(method, route, params, is_absent=is_absent, **content))

    def send(
        self,
        method: str,
        route: str,
        params: Params | None = None,
        *,
        is_absent: Absent | None = None,
        **content: Json,
    ) -> Answer:
        """Send one change; return an answer of any status. `is_absent` is as for Wire.repeat."""

        def once() -> Answer:
            answer = self.exchange(self._request(method, route, params, **content))
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise put_off(answer)
            return answer

        return self.repeat(once, is_absent)

    def accept(self, answer: Answer, *, write: bool = True) -> Json:
        """Decode an answer, or raise what it means."""
        if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            _refuse(answer, write=write)
        try:
            data, printed = answer.decode()
        except SiteError as error:
            raise unusable(error.message, write=write, cure=error.cure) from error
        if printed and printed not in self.warnings:
            self.warnings.append(printed)
        return data

    def url_for(self, route: str, params: Params | None = None) -> str:
        """Build the address of a route below a pretty root or a `?rest_route=` one."""
        parts = urlsplit(self.root)
        query = dict(parse_qsl(parts.query))
        if "rest_route" in query:
            query["rest_route"] = f"/{route}"
            parts = parts._replace(query=urlencode(query, safe="/"))
        else:
            parts = parts._replace(path=f"{parts.path.rstrip('/')}/{route}")
        # Commas stay: encoded they would triple the length of lists of ids.
        more = urlencode(params or {}, safe=",", quote_via=quote)
        return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, more)))))

    def _request(self, method: str, route: str, params: Params | None, **content: Any) -> Request:  # noqa: ANN401
        return Request(
            what=f"{method} {route or INDEX}",
            method=method,
            url=self.url_for(route, params),
            shown=self.url_for(route),
            write=method != "GET",
            weight=UPLOAD if "data" in content else 1,
            items=_count_items(content),
            content=content,
        )


def _refuse(answer: Answer, *, write: bool) -> NoReturn:
    status = answer.status
    found = explain(answer)
    reason, cure = found.cause, found.cure
    if status == HTTPStatus.UNAUTHORIZED:
        raise UnauthorizedError(f"{reason}; WordPress does not accept the login", cure=cure)
    if 400 <= status < 500 or answer.code in REFUSALS:  # noqa: PLR2004
        raise RejectedError(reason, code=answer.code, status=status, cure=cure)
    raise failure_of(answer, write=write)


def _count_items(content: Mapping[str, Json]) -> int:
    sent = content.get("json")
    return max(1, len(sent["requests"])) if isinstance(sent, dict) and "requests" in sent else 1
