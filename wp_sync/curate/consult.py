"""When a language model is asked: within a budget, once an article, and not while it is broken."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from wp_sync.errors import NetworkError, StatusError, WebError
from wp_sync.text import limit_text

from .opinion import read_opinion
from .question import mark_article, write_messages, write_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from wp_sync.config.assistant import AssistantSection, Use
    from wp_sync.model import Article

    from .question import Question

_MOST_FAILURES = 3  # in a row
_UNTOLD = timedelta(minutes=15)  # that a 429 without a time counts for
_MOST_NOTES = 5  # discarded answers that a run names
_LONGEST_TITLE = 60  # characters of it in a note
_KEY_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_FORM_REFUSED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back of one request."""

    tokens: int
    content: str = ""
    discarded: str = ""  # why nothing of it may be used


class Model(Protocol):
    """The one address that is asked."""

    @property
    def address(self) -> str: ...

    def write(self, messages: Sequence[dict[str, str]], schema: dict[str, Any]) -> bytes: ...

    def estimate(self, body: bytes) -> int: ...

    def ask(self, body: bytes) -> Reply: ...

    def plainer(self) -> bool: ...

    def close(self) -> None: ...


class Answers(Protocol):
    """What was answered before."""

    def recall(self, article: str, model: str, parts: Sequence[str]) -> Mapping[str, str]:
        """Return the answers to those of these parts that were asked."""

    def keep(self, article: str, model: str, parts: Mapping[str, str]) -> None:
        """Remember answers, also that there was nothing to use."""


class Purse(Protocol):
    """What was spent in a day, by all runs."""

    def take(self, day: date, tokens: int, most: tuple[int, int]) -> bool:
        """Count one request with so many tokens, if both stay within the most; tell whether."""

    def settle(self, day: date, more: int) -> None:
        """Count more tokens, or fewer, once it is known."""

    def rests(self, address: str) -> datetime | None:
        """Tell until when an address is to be left alone."""

    def rest(self, address: str, until: datetime) -> None:
        """Leave an address alone."""


@dataclass(slots=True, kw_only=True)
class Consultant:
    """One run's way to the model."""

    section: AssistantSection
    answers: Answers
    purse: Purse
    clock: Callable[[], datetime]
    model: Model | None  # None: only what was answered before
    failures: int = 0  # in a row
    asked: int = 0
    discarded: int = 0
    why_silent: str = ""  # it is not asked any more in this run
    notes: list[str] = field(default_factory=list)

    def consult(
        self, article: Article, question: Question, uses: Sequence[Use]
    ) -> Mapping[Use, str]:
        """Return what is known or answered, use by use; what is missing was not to be had."""
        mark, name = mark_article(article), self.section.model
        keys = {question.key(use): use for use in uses if use in question.uses}
        known = {keys[key]: told for key, told in self.answers.recall(mark, name, [*keys]).items()}
        missing = [use for use in keys.values() if use not in known]
        if not missing or not self._may_ask():
            return known
        reply = self._ask(article, question, missing)
        if reply is None:
            return known
        if reply.discarded:
            fresh = dict.fromkeys(missing, "")
            why: tuple[str, ...] = (reply.discarded,)
        else:
            opinion = read_opinion(reply.content, question, missing, article)
            fresh = {use: opinion.parts[use] for use in missing}
            why = opinion.discarded
        self.answers.keep(mark, name, {question.key(use): told for use, told in fresh.items()})
        self._note_discarded(article, why)
        # As it is remembered: another run may have been faster.
        kept = self.answers.recall(mark, name, [*keys])
        return {keys[key]: told for key, told in kept.items()}

    def close(self) -> None:
        """Close the connection that is kept alive."""
        if self.model:
            self.model.close()

    def tell(self) -> list[str]:
        """Say what a person should know about this run."""
        rest = self.discarded - len(self.notes)
        more = [f"the assistant: {rest} more answers were discarded"] if rest > 0 else []
        silent = [f"the assistant is not asked: {self.why_silent}"] if self.why_silent else []
        return [*self.notes, *more, *silent]

    def _may_ask(self) -> bool:
        if self.model is None or self.why_silent:
            return False
        if self.asked >= self.section.requests_per_run:
            self.why_silent = f"requests_per_run = {self.section.requests_per_run} is reached"
        elif (until := self.purse.rests(self.model.address)) and until > self.clock():
            self.why_silent = f"it asked to be left alone until {until:%Y-%m-%d %H:%M} UTC"
        return not self.why_silent

    def _ask(self, article: Article, question: Question, uses: Sequence[Use]) -> Reply | None:
        """Ask, in a plainer form where that is refused; None: no answer was to be had."""
        model = self.model
        if model is None:
            return None
        messages = write_messages(question, uses, article, secrets.token_hex(12))
        schema = write_schema(question, uses)
        while self._may_ask():
            body = model.write(messages, schema)
            estimate = model.estimate(body)
            if not self._pay(estimate):
                return None
            try:
                reply = model.ask(body)
            except WebError as error:
                if not (_is_about_form(error) and model.plainer()):
                    self._fail(error, model.address)
                    return None
                continue
            self.failures = 0
            self.purse.settle(self._today(), reply.tokens - estimate)
            return reply
        return None

    def _pay(self, tokens: int) -> bool:
        """Count the request before it goes out: a run that is killed has asked all the same."""
        section = self.section
        most = (section.requests_per_day, section.tokens_per_day)
        if not self.purse.take(self._today(), tokens, most):
            self.why_silent = (
                f"requests_per_day = {most[0]} or tokens_per_day = {most[1]} is reached"
            )
            return False
        self.asked += 1
        return True

    def _fail(self, error: WebError, address: str) -> None:
        self.failures += 1
        status = error.status if isinstance(error, NetworkError | StatusError) else 0
        wait = error.retry_after if isinstance(error, NetworkError) else None
        if status == HTTPStatus.TOO_MANY_REQUESTS or wait:
            span = timedelta(seconds=wait) if wait else _UNTOLD
            self.purse.rest(address, self.clock() + span)
        if status in _KEY_REFUSED:
            self.why_silent = f"{address} does not accept the key ({int(status)})"
        elif self.failures >= _MOST_FAILURES:
            self.why_silent = f"{self.failures} failures in a row: {error}"

    def _today(self) -> date:
        return self.clock().astimezone(UTC).date()

    def _note_discarded(self, article: Article, why: Sequence[str]) -> None:
        if not why:
            return
        self.discarded += 1
        if len(self.notes) < _MOST_NOTES:
            title = limit_text(article.title, _LONGEST_TITLE)
            told = "; ".join(why)
            self.notes.append(f"the assistant's answer about {title} was discarded: {told}")


def _is_about_form(error: WebError) -> bool:
    return isinstance(error, StatusError) and error.status in _FORM_REFUSED
