"""Asks engines elsewhere until one answers: another when one dies, or is of another version.

The caller keeps what it asks about, so nothing is lost with the one that was asked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from voice_coach_cluster.wire import Answer, Refused, Request, Stamp, read_answer, written

__all__ = ["Caller", "LostError", "NoAnswerError", "Patience", "ask_until_answered"]

_log = logging.getLogger(__name__)

_PAUSE_SECONDS: Final = 0.05
"""Before another one is asked: a replica that has died is known to be dead a moment later."""
_LONGEST_PAUSE_SECONDS: Final = 1.0


class LostError(Exception):
    """The one that was asked died, or could not be reached, before it answered."""


class NoAnswerError(Exception):
    """Nobody answered. `str(error)` is one sentence."""

    def __init__(self, sentence: str, *, skew: bool = False) -> None:
        """Keep the sentence; `skew` when all that answered were of another version or model."""
        super().__init__(sentence)
        self.skew = skew


class Caller(Protocol):
    """Reaches one of several equal engines, whichever is free. Blocking; safe from several threads."""

    def ask(self, stamp: bytes, request: bytes, *, timeout_seconds: float) -> bytes:
        """Give the answer.

        Raises:
            LostError: The one that was asked is gone.
            TimeoutError: None was free in time, or it did not come back.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long, and how often, one request is asked."""

    seconds: float = 15.0
    """Less than `Ears` waits for a decode, so that what is said is ours."""
    deaths: int = 3
    """Of those that were asked: a request that has killed so many is not sent to one more."""


def ask_until_answered(
    caller: Caller,
    stamp: Stamp,
    request: Request,
    *,
    patience: Patience,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """Ask until somebody answers, and never give a refusal.

    Raises:
        NoAnswerError: Nobody did in time, or too many died of it.
    """
    stamp_bytes, request_bytes = written(stamp), written(request)
    until = time.monotonic() + patience.seconds
    pause, deaths = _PAUSE_SECONDS, 0
    other: Stamp | None = None
    while (left := until - time.monotonic()) > 0:
        try:
            answer = read_answer(caller.ask(stamp_bytes, request_bytes, timeout_seconds=left))
        except TimeoutError:
            break
        except LostError as error:
            deaths += 1
            _log.warning("an engine was lost while it was asked (%s); another one is asked", error)
            if deaths >= patience.deaths:
                raise NoAnswerError(
                    f"{deaths} engines of the cluster died while they worked on one request; "
                    "it is not sent to another. `ray status` and their logs say more."
                ) from error
        else:
            if not isinstance(answer, Refused):
                return answer
            other = answer.stamp
        sleep(min(pause, max(until - time.monotonic(), 0.0)))
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    if other is not None:
        raise NoAnswerError(
            f"This is {stamp}, and what answers is {other}; "
            "install one version on all nodes and deploy again with one model.",
            skew=True,
        )
    raise NoAnswerError(
        f"No engine of the cluster answered within {patience.seconds:.0f} s; "
        "`ray status` says whether any is running."
    )
