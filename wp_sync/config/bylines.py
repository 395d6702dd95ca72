"""How a channel names its authors: one house byline, or by the source's byline."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from typing import Annotated

from pydantic import BeforeValidator, Field

from .values import Line, Phrase, Section, check_line

_FROM = "byline"


class AuthorRules(Section):
    """Whose posts a channel's are. A user is named by slug or id; "" is the user who logs in."""

    otherwise: Line = ""  # the house byline
    table: Mapping[Phrase, Line] = Field(default_factory=dict)  # a name in the byline -> a user
    match: bool = False  # a user of the same full name is the author
    create: tuple[Phrase, ...] = ()  # names of which users are made, where the site has none

    @property
    def reads_byline(self) -> bool:
        """Tell whether the source's byline has a say."""
        return self.match or bool(self.table or self.create)

    @property
    def named(self) -> frozenset[str]:
        """Name all users that the site must have."""
        return frozenset({self.otherwise, *self.table.values()}) - {""}


def _read_author(value: object) -> object:
    """Read "tom-becker", or { from = "byline", table = {…}, otherwise = "tom-becker" }."""
    if isinstance(value, AuthorRules):
        return value
    if isinstance(value, str):
        return {"otherwise": check_line(value)}
    if not isinstance(value, dict):
        message = f'must be text in quotes, not {value!r}; or a table: {{ from = "byline", … }}'
        raise ValueError(message)  # noqa: TRY004 (pydantic tells ValueErrors alone)
    if value.get("from") != _FROM:
        raise ValueError(f'as a table needs from = "{_FROM}"')
    rest = {key: one for key, one in value.items() if key != "from"}
    return {"match": True} | rest


Author = Annotated[AuthorRules, BeforeValidator(_read_author)]
