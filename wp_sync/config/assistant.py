"""The shape of [assistant]: one language model that is asked for a second opinion, or none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path  # noqa: TC003
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo

from .secrets import Place
from .values import Duration, Line, OptionalField, Section, SiteAddress

Use = Literal["channel", "excerpt", "tags"]
VARIABLE, CREDENTIAL = "WP_SYNC_ASSISTANT_KEY", "wp-sync-assistant-key"
_LONGEST = timedelta(seconds=120)


def _check_endpoint(url: str) -> str:
    """Refuse an address over which articles and the key could be read on the way."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_near(parts.hostname or ""):
        raise ValueError("must begin with https://, but for a model on this machine or network")
    return url


def _is_near(host: str) -> bool:
    import ipaddress  # only here: every start reads this module

    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(".localhost")
    return address.is_loopback or address.is_private


def _check_timeout(span: timedelta) -> timedelta:
    if span > _LONGEST:
        raise ValueError("must be at most 120s: a run waits for each answer")
    return span


def _check_shown(line: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 (pydantic calls it)
    writes = "excerpt" in info.data.get("uses", ())
    if writes and not line and not info.data.get("disclosure_field"):
        message = "is false, and disclosure_field names none: readers would not be told"
        raise ValueError(message)
    return line


class AssistantSection(Section):
    url: Annotated[SiteAddress, AfterValidator(_check_endpoint)]  # to it, "/chat/completions"
    model: Line = Field(min_length=1, max_length=200)
    key_file: str = ""  # relative to config.toml, mode 0600; a model of your own may need none
    uses: tuple[Use, ...] = ("channel", "excerpt", "tags")
    requests_per_run: int = Field(default=50, ge=0)
    requests_per_day: int = Field(default=200, ge=0)
    tokens_per_day: int = Field(default=200_000, ge=0)
    timeout: Annotated[Duration, AfterValidator(_check_timeout)] = timedelta(seconds=30)  # in all
    disclosure: Line = Field(default="Excerpt written with a language model", min_length=1)
    disclosure_field: OptionalField = ""  # a custom field that holds it, too
    disclosure_line: Annotated[bool, AfterValidator(_check_shown)] = True  # at the text's end


def key_place(section: AssistantSection, place: Path) -> Place:
    """Tell where the key stands; `place` is config.toml's own."""
    return Place(
        variable=VARIABLE,
        credential=CREDENTIAL,
        file=place.parent / section.key_file if section.key_file else None,
        key="assistant.key_file",
    )
