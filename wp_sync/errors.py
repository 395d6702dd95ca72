"""Every error that wp-sync raises on purpose: one tree, mapped to exit codes by the command line.

WpSyncError                      transient = False, exit_code = 1
  ConfigError(problems)          every problem at once                       -> exit 2
  PlanFileError                  no plan of this site, or not as it was saved -> exit 2
  SandboxError                   no PHP, no cached WordPress                 -> exit 2
  WebError(url)
    NetworkError                 transient: time-outs, resets, 429, 5xx (carries retry_after)
      RestingError               not asked: the host wants to be left alone
    StatusError(status)          any other 4xx
    BlockedAddressError          private address, odd port, too many redirects
    DisallowedError              robots.txt keeps programmes out
    TooLargeError
  ConfinedError                  the child ran out of memory or time, or died
  FeedError(feed)
    ParseError
  ItemError(key)
    ExtractError
    CleanError
    MappingError
  PublishError
    RejectedError                WordPress said no to this content
    InDoubtError                 the request went out and no answer came back
    ImageError                   the bytes are not a picture we publish
    UnreachableError             transient: the site did not answer           -> exit 3
    SiteError                    not a WordPress, or one that we can't use    -> exit 3
      DriftError                 the site is not as it was: a person looks    -> exit 3
      NoRestError                a WordPress, and its REST API is closed      -> exit 3
    UnauthorizedError            stops the run                                -> exit 3
    UnsafePlanError              needs --allow                                -> exit 3
  LedgerError                                                                 -> exit 3
    DamagedLedgerError           it can't be read whole: a copy, or a new one -> exit 3
  StoppedError                   a signal asked the run to end                -> exit 128 + n
  AlreadyRunningError                                                         -> exit 75
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.model import ItemKey


class WpSyncError(Exception):
    """Anything that went wrong for a reason that a person can understand and mend."""

    transient: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} ({self.cure})" if self.cure else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a configuration file."""

    file: str
    line: int  # from 1; 0 when the line is unknown
    key: str  # dotted TOML path
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ConfigError(WpSyncError):
    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class PlanFileError(WpSyncError):
    exit_code = 2


class SandboxError(WpSyncError):
    exit_code = 2


class WebError(WpSyncError):
    def __init__(self, message: str, *, url: str, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.url = url


class NetworkError(WebError):
    transient = True

    def __init__(
        self,
        message: str,
        *,
        url: str,
        retry_after: float | None = None,
        status: int = 0,
        connected: bool = True,
    ) -> None:
        super().__init__(message, url=url)
        self.retry_after = retry_after  # seconds
        self.status = status  # 0: no answer
        self.connected = connected  # False: it was not reached at all


class RestingError(NetworkError):
    """The host was not asked: it wants to be left alone."""


class StatusError(WebError):
    def __init__(self, message: str, *, url: str, status: int) -> None:
        super().__init__(message, url=url)
        self.status = status


class BlockedAddressError(WebError):
    pass


class DisallowedError(WebError):
    pass


class TooLargeError(WebError):
    pass


class ConfinedError(WpSyncError):
    pass


class FeedError(WpSyncError):
    def __init__(self, message: str, *, feed: str, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.feed = feed


class ParseError(FeedError):
    pass


class ItemError(WpSyncError):
    def __init__(self, message: str, *, key: ItemKey, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.key = key


class ExtractError(ItemError):
    pass


class CleanError(ItemError):
    pass


class MappingError(ItemError):
    pass


class PublishError(WpSyncError):
    pass


class RejectedError(PublishError):
    def __init__(self, message: str, *, code: str = "", status: int = 0, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.code = code  # WordPress's own error code, such as rest_invalid_param
        self.status = status


class ChangedError(RejectedError):
    """A write was refused because the post was changed since it was read."""


class InDoubtError(PublishError):
    pass


class ImageError(PublishError):
    def __init__(self, message: str, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.lasting = lasting  # the picture itself is so: another try would not mend it


class UnreachableError(PublishError):
    transient = True
    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        cure: str = "",
        retry_after: float | None = None,
        arrived: bool = False,
    ) -> None:
        super().__init__(message, cure=cure)
        self.retry_after = retry_after  # seconds
        self.arrived = arrived  # the request was answered, by whomever


class SiteError(PublishError):
    exit_code = 3


class DriftError(SiteError):
    pass


class NoRestError(SiteError):
    pass


class UnauthorizedError(PublishError):
    exit_code = 3


class UnsafePlanError(PublishError):
    exit_code = 3


class LedgerError(WpSyncError):
    exit_code = 3


class DamagedLedgerError(LedgerError):
    """What is there can't be read whole: a copy takes its place, or a new ledger."""


class StoppedError(WpSyncError):
    exit_code = 130


class AlreadyRunningError(WpSyncError):
    transient = True
    exit_code = 75
