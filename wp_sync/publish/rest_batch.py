"""Many posts in one request, where the site takes that; each has an answer of its own."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from http import HTTPStatus
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from wp_sync.errors import InDoubtError, PublishError, UnreachableError
from wp_sync.model import SitePost

from .answers import Answer
from .proof import is_unwritten, made_nothing
from .rest_values import POST_FIELDS, site_post_of, written
from .routes import BATCH
from .signs import numbered
from .wire import IN_DOUBT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .answers import Json
    from .rest_api import RestApi
    from .rest_types import RestTypes


class Draft(NamedTuple):
    """A post to be made."""

    route: str  # of the posts of its type
    body: Mapping[str, Any]  # what WordPress is sent

    @property
    def slug(self) -> str:
        return str(self.body.get("slug", ""))


Result = SitePost | PublishError  # what became of it

SLOW, QUICK = 5.0, 2.0  # seconds: nobody tells in advance that a batch is cut by a time limit
NO_BATCHES = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
# And what servers in front say when the time, or the line, has ended amid a batch (nginx: 499, a
# load balancer of AWS: 460).
GIVEN_UP = {HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT, 460, 499}
DOUBTS = 2  # lost answers in a row after which no more is asked


class Batches:
    """How many posts one site takes in one request, as it announces and as it bears."""

    def __init__(
        self,
        api: RestApi,
        types: RestTypes,
        create: Callable[[Draft], Result],
        find: Callable[[Sequence[str]], Sequence[SitePost]],
    ) -> None:
        self._api, self._types, self._create, self._find = api, types, create, find
        self._most = 0  # 0: not asked yet
        self._size = 0

    @property
    def size(self) -> int:
        """Return how many posts may go into the next request."""
        if not self._most:
            self._most = self._size = self._read_most()
        return self._size

    def create(self, drafts: Sequence[Draft]) -> tuple[Result, ...]:
        """Make posts, if possible in one request."""
        if len(drafts) <= 1 or self.size == 1:
            return self._create_singly(drafts)
        requests = [
            {"method": "POST", "path": f"/{one.route}?_fields={POST_FIELDS}", "body": one.body}
            for one in drafts
        ]
        begun = time.monotonic()
        try:
            answer = self._api.send(
                "POST",
                BATCH,
                is_absent=lambda: self.are_absent(drafts),
                json={"requests": requests},
            )
            if _is_refused(answer):
                return self._create_otherwise(drafts, answer)
            rows = self._rows_of(answer, len(drafts))
        except PublishError as error:
            self._size = max(1, len(drafts) // 2)
            return (error,) * len(drafts)
        self._learn(len(drafts), time.monotonic() - begun)
        return tuple(self._result_of(row, one.route) for row, one in zip(rows, drafts, strict=True))

    def _read_most(self) -> int:
        kinds = self._types.in_use()
        answer = self._api.read("", {"_fields": _announced([kind.route for kind in kinds])})
        try:
            index = self._api.accept(answer, write=False)
            routes = index["routes"]
            known = (_listed(routes[f"/{kind.route}"]["endpoints"]) for kind in kinds)
            if not all(any(map(_takes_batches, endpoints)) for endpoints in known):
                return 1
            (batch,) = _listed(routes[f"/{BATCH}"]["endpoints"])
            return max(1, int(batch["args"]["requests"]["maxItems"]))
        except (PublishError, AttributeError, KeyError, TypeError, ValueError):
            return 1  # an index that tells nothing of it, as before WordPress 5.6

    def are_absent(self, drafts: Sequence[Draft]) -> bool:
        """Tell whether the site has none of these posts: not for posts without a slug."""
        slugs = [one.slug for one in drafts]
        return all(slugs) and self._find_unsure(slugs) == {""}

    def _create_singly(self, drafts: Sequence[Draft]) -> tuple[Result, ...]:
        results: list[Result] = []
        for one in drafts:
            last = results[-DOUBTS:]
            if len(last) == DOUBTS and all(isinstance(one, InDoubtError) for one in last):
                results.append(UnreachableError("not sent: the site is not well"))
            elif last and isinstance(last[-1], UnreachableError):
                results.append(UnreachableError(last[-1].message, cure=last[-1].cure))
            else:
                results.append(self._create(one))
        return tuple(results)

    def _create_otherwise(self, drafts: Sequence[Draft], answer: Answer) -> tuple[Result, ...]:
        """Make what a refused request has not made: what the site holds by now is in doubt."""
        doubt = InDoubtError(f"{answer.reason}; {IN_DOUBT}")
        slugs = [one.slug for one in drafts]
        try:
            unsure = self._find_unsure(slugs) if _may_have_made(answer) else frozenset()
        except PublishError:
            return (doubt,) * len(drafts)
        left = [one for one in drafts if one.slug not in unsure]
        results = self._create_smaller(left, answer)
        if _may_have_made(answer):  # a refusal of the second request proves nothing of the first
            results = tuple(doubt if _is_proof(one) else one for one in results)
        again = iter(results)
        return tuple(doubt if slug in unsure else next(again) for slug in slugs)

    def _find_unsure(self, slugs: Sequence[str]) -> frozenset[str]:
        """Tell which slugs the site has, also as it numbers one that is taken; none is unsure."""
        asked = {name: slug for slug in slugs if slug for name in numbered(slug)}
        found = (post.slug.removesuffix("__trashed") for post in self._find(sorted(asked)))
        return frozenset({"", *(asked[slug] for slug in found if slug in asked)})

    def _create_smaller(self, drafts: Sequence[Draft], answer: Answer) -> tuple[Result, ...]:
        """Send again what a whole batch was too large for, or a firewall or the site refuses."""
        if answer.status in NO_BATCHES:
            self._most = self._size = 1
            return self._create_singly(drafts)
        half = len(drafts) // 2
        self._size = max(1, half)
        if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            self._most = self._size
        return self.create(drafts[:half]) + self.create(drafts[half:])

    def _learn(self, count: int, seconds: float) -> None:
        if seconds > SLOW:
            self._size = max(1, count // 2)
        elif seconds < QUICK and count >= self._size > 1:
            self._size = min(self._most, self._size * 2)

    def _rows_of(self, answer: Answer, count: int) -> Sequence[Json]:
        if answer.status == HTTPStatus.MULTI_STATUS:
            answer = replace(answer, status=HTTPStatus.OK)
        data = self._api.accept(answer)
        rows = data.get("responses") if isinstance(data, dict) else None
        if not isinstance(rows, list) or len(rows) != count:
            raise InDoubtError(f"{answer.what}: the answer tells not of each post; {IN_DOUBT}")
        return rows

    def _result_of(self, row: Json, route: str) -> Result:
        """Read one post's answer just as that of a single request."""
        try:
            status, body = int(row["status"]), row["body"]
            headers = row.get("headers") or {}  # PHP's empty array is a list
            text = b"" if status in {HTTPStatus.OK, HTTPStatus.CREATED} else _encode(body)
            headers = {str(name): str(value) for name, value in headers.items()}
        except (AttributeError, KeyError, TypeError, ValueError):
            return InDoubtError(f"POST {route}: an answer without a status; {IN_DOUBT}")
        try:
            if text:
                self._api.accept(
                    Answer(
                        what=f"POST {route}",
                        url=self._api.url_for(route),
                        status=status,
                        headers=headers,
                        body=self._api.censor(text),
                    )
                )
            return written(site_post_of, body)
        except PublishError as error:
            return error


def _announced(routes: Sequence[str]) -> str:
    """Choose, of an index of 130 routes, what tells of batches."""
    # Of their endpoints the first reads, the second writes.
    told = product(routes, (0, 1), ("methods", "allow_batch"))
    return ",".join(
        [f"routes./{BATCH}.endpoints.0.args.requests.maxItems"]
        + [f"routes./{route}.endpoints.{number}.{what}" for route, number, what in told]
    )


def _is_refused(answer: Answer) -> bool:
    """Tell whether a batch may go in another form; a wrong login is no matter of its form."""
    return (
        HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        and answer.status not in GIVEN_UP
    )


def _is_proof(result: Result) -> bool:
    return isinstance(result, PublishError) and made_nothing(result)


def _may_have_made(answer: Answer) -> bool:
    return not is_unwritten(answer.status, answer.code)


def _takes_batches(endpoint: Mapping[str, Json]) -> bool:
    return "POST" in endpoint["methods"] and bool((endpoint.get("allow_batch") or {}).get("v1"))


def _listed(endpoints: Json) -> list[Json]:
    """List endpoints: PHP makes an object of a list in which the first is missing."""
    return list(endpoints.values()) if isinstance(endpoints, dict) else list(endpoints)


def _encode(body: Json) -> bytes:
    return json.dumps(body).encode()
