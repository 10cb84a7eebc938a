"""One line of the doctor's report."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import msgspec

from voice_coach.settings import Settings

__all__ = ["Check", "Finding", "Verdict", "fail", "ok", "warn"]


class Verdict(StrEnum):
    """What a check found: a word, so that no colour is needed to read it."""

    OK = "ok"
    WARN = "warn"
    """The page works without it; something else does not."""
    FAIL = "fail"
    """No call is possible until it is mended."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the doctor's report."""

    check: str
    verdict: Verdict
    found: str
    mend: str = ""
    """What to do about it; empty when nothing is to be done."""


Check = Callable[[Settings], Finding]


def ok(check: str, found: str) -> Finding:
    """It works."""
    return Finding(check=check, verdict=Verdict.OK, found=found)


def warn(check: str, found: str, mend: str) -> Finding:
    """The page works without it."""
    return Finding(check=check, verdict=Verdict.WARN, found=found, mend=mend)


def fail(check: str, found: str, mend: str) -> Finding:
    """No call is possible."""
    return Finding(check=check, verdict=Verdict.FAIL, found=found, mend=mend)
