"""Which post types a site has, as XML-RPC tells it of those that the user may edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wordpress_xmlrpc.base import AuthenticatedMethod

from .post_types import PLAIN, POST, PostType, in_order
from .rest_values import shaped

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .xmlrpc_api import XmlRpcApi
    from .xmlrpc_values import Row


class GetPostTypes(AuthenticatedMethod):  # type: ignore[misc]
    """The library's own one makes an object of each, and fails on what plugins leave out."""

    method_name = "wp.getPostTypes"
    method_args = ("filter", "fields")


class XmlRpcTypes:
    """The post types in use. As long as that is "post" alone, nothing is asked."""

    def __init__(self, api: XmlRpcApi, names: Collection[str]) -> None:
        self.names = in_order(names)
        self._api = api
        self._known: Mapping[str, PostType] | None = None

    def read(self) -> Mapping[str, PostType]:
        """Read all types that we may edit, once; wp.getPostTypes leaves out the others."""
        if self._known is None:
            rows = self._api.read(GetPostTypes({}, ["cap", "taxonomies"]))
            self._known = shaped(_types_of, rows)
        return self._known

    def in_use(self) -> tuple[PostType, ...]:
        """List the types in use that the site has."""
        if self.names == (POST,):
            return (PLAIN,)
        known = self.read()
        return tuple(known[name] for name in self.names if name in known)

    def find(self, name: str) -> PostType | None:
        """Return a type in use that the site has."""
        return next((kind for kind in self.in_use() if kind.name == name), None)

    def get(self, name: str) -> PostType:
        """Return a type in use."""
        return self.find(name) or PLAIN


def _types_of(rows: Mapping[str, Row]) -> dict[str, PostType]:
    return {str(row["name"]): _type_of(row) for row in rows.values()}


def _type_of(row: Row) -> PostType:
    had, rights = row.get("supports"), row.get("cap")  # PHP's empty array is a list
    return PostType(
        name=str(row["name"]),
        taxonomies=frozenset(map(str, row.get("taxonomies") or ())),
        supports=frozenset(had or ()),
        rights={str(key): str(one) for key, one in rights.items()}
        if isinstance(rights, dict)
        else {},
    )
