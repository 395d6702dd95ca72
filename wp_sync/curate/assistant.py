"""Ask one OpenAI-compatible address, and no other: the only module of curate with a network."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from urllib3.exceptions import HTTPError

from wp_sync.errors import NetworkError, WebError
from wp_sync.web.answers import Limits, read_answer
from wp_sync.web.deadline import Deadline
from wp_sync.web.guard import Gate, GuardedAdapter

from .consult import Reply
from .opinion import read_json
from .question import ANSWER_TOKENS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.config.assistant import AssistantSection
    from wp_sync.config.secrets import Secret

_MOST_BYTES = 262_144  # of an answer, which needs a few thousand
_STOPPED = "stop"  # finish_reason of an answer that came to its end
_BYTES_A_TOKEN = 2  # fewer than any model's: an estimate is to be too high
_PLAUSIBLE = 16  # times more or less than the estimate: what is beyond is no count


class _Lenient(BaseModel):
    """What servers add is left alone; what is used has to have its type."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class _Message(_Lenient):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Lenient):
    message: _Message
    finish_reason: str | None = None


class _Completion(_Lenient):
    choices: list[_Choice] = Field(min_length=1)
    usage: Any = None  # a server that counts wrongly has still answered


class Endpoint:
    """Fits consult.Model: one address, without redirects, proxies or cookies."""

    def __init__(self, section: AssistantSection, key: Secret | None) -> None:
        self._url = f"{section.url}/chat/completions"
        self._model, self._key = section.model, key
        self._limit = Limits(max_bytes=_MOST_BYTES, seconds=section.timeout.total_seconds())
        # The one place that is reached: that it may be a private one, the configuration says.
        self._adapter = GuardedAdapter(Gate(frozenset({_place_of(self._url)}), {}))
        self._form = 0
        self._aborted = False

    @property
    def address(self) -> str:
        """What is asked, as messages show it."""
        return self._url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._adapter.close()

    def abort(self) -> None:
        """Cut what is under way, and ask no more."""
        self._aborted = True
        self._adapter.gate.deadline.abort()

    def plainer(self) -> bool:
        """Ask in a plainer form from now on; tell whether there is one."""
        self._form += 1
        return self._form < len(_FORMS)

    def write(self, messages: Sequence[dict[str, str]], schema: dict[str, Any]) -> bytes:
        """Write the request."""
        form = _FORMS[min(self._form, len(_FORMS) - 1)](schema)
        body = {"model": self._model, "messages": list(messages), "stream": False, **form}
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")

    def estimate(self, body: bytes) -> int:
        """Count the tokens of a request and its answer, rather too many."""
        return len(body) // _BYTES_A_TOKEN + ANSWER_TOKENS

    def ask(self, body: bytes) -> Reply:
        """Ask once. Raises WebError, which never holds what the server wrote."""
        completion = _read(self._exchange(body), self._url)
        tokens = _count(completion.usage, self.estimate(body))
        choice = completion.choices[0]
        if choice.message.refusal:
            return Reply(tokens=tokens, discarded="the model refused")
        if choice.finish_reason != _STOPPED:
            return Reply(tokens=tokens, discarded="the answer was cut off")
        return Reply(tokens=tokens, content=choice.message.content or "")

    def _exchange(self, body: bytes) -> bytes:
        error: Exception | None = None
        with Deadline(self._limit.seconds) as deadline:
            self._adapter.gate.deadline, self._adapter.gate.url = deadline, self._url
            if self._aborted:
                deadline.abort()
            try:
                request = self._prepare(body)
                sent = self._adapter.send(request, stream=True, timeout=self._limit.seconds)
                with closing(sent) as answer:
                    got = read_answer(answer, request, self._limit, "").body
            except (requests.RequestException, HTTPError, OSError, ValueError) as failure:
                error = failure
            except WebError as failure:
                if not deadline.passed:
                    raise
                error = failure
            if deadline.passed:
                message = f"{self._url}: it took longer than {self._limit.seconds:g} seconds"
                raise NetworkError(message, url=self._url)
        if error is not None:
            # Without the library's own words: they may repeat a header.
            raise NetworkError(f"{self._url}: {_cause_of(error)}", url=self._url)
        return got

    def _prepare(self, body: bytes) -> requests.PreparedRequest:
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": "wp-sync",
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return requests.Request("POST", self._url, headers=headers, data=body).prepare()


def _with_schema(schema: dict[str, Any]) -> dict[str, Any]:
    described = {"name": "opinion", "strict": True, "schema": schema}
    return _with_json(schema) | {
        "response_format": {"type": "json_schema", "json_schema": described}
    }


def _with_json(_: dict[str, Any]) -> dict[str, Any]:
    form = {"response_format": {"type": "json_object"}}
    return {"temperature": 0, "max_tokens": ANSWER_TOKENS, **form}


def _bare(_: dict[str, Any]) -> dict[str, Any]:
    return {"max_completion_tokens": ANSWER_TOKENS}


# From what binds a model most to what every server takes.
_FORMS = (_with_schema, _with_json, _bare)


def _place_of(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = (parts.hostname or "").rstrip(".")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _read(body: bytes, url: str) -> _Completion:
    try:
        return _Completion.model_validate(read_json(body.decode()))
    except (ValidationError, ValueError):  # their words repeat what came
        raise WebError(f"{url}: the answer is no chat completion", url=url) from None


def _count(usage: Any, estimate: int) -> int:  # noqa: ANN401 (whatever the server says)
    """Take the server's count where it can be one."""
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    if type(total) is not int or not estimate <= total * _PLAUSIBLE <= estimate * _PLAUSIBLE**2:
        return estimate
    return total


def _cause_of(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "no trusted TLS connection could be made"
    if isinstance(error, requests.exceptions.Timeout):
        return "it did not answer in time"
    return "the answer is not proper HTTP, or broke off"
