"""What gives way when the machine is busy, in which order, and when another call is refused. Pure.

Under load things give way in this order, and come back in the reverse one:

1. partial transcripts are made half as often, then a quarter as often;
2. no partial transcripts are made: words appear at pauses;
3. no new calls are taken.

Final transcripts are never dropped: no turn is lost.

A step down is taken when the machine has been busy for two looks in a row, a step back up when it has
been calm for ten. Calm means at most half as busy: as a step up at most doubles the partials, it cannot
lead straight to the next step down.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

__all__ = ["ORDER", "TARGET_SECONDS", "Degradation", "Level", "Load", "can_carry_another"]

TARGET_SECONDS: Final = 0.7
"""When a final transcript is due, after the end of speech."""

_BUSY_SHARE: Final = 0.85
_BUSY_WAIT_SECONDS: Final = 0.3
_BUSY_LAG_SECONDS: Final = 0.2
_CALM_SHARE: Final = _BUSY_SHARE / 2
_CALM_WAIT_SECONDS: Final = 0.1
_CALM_LAG_SECONDS: Final = 0.1
_BUSY_LOOKS: Final = 2
_CALM_LOOKS: Final = 10

_FULL_SHARE: Final = 0.7
"""Share of the recogniser that finals may take; past it they wait for each other too often."""
_FINALS_PER_SECOND: Final = 0.15
"""What a call that has just begun will ask for: 40 % speech, a pause every two to three seconds of it."""


class Level(IntEnum):
    """How much has given way; higher is worse."""

    EVERYTHING = 0
    FEWER_PARTIALS = 1
    FEWEST_PARTIALS = 2
    NO_PARTIALS = 3
    NO_NEW_CALLS = 4

    @property
    def partials_every(self) -> int | None:
        """Of each call's partials only every so-manieth is made; None: none are."""
        return _PARTIALS_EVERY[self]

    @property
    def meaning(self) -> str:
        """What this step means, for an operator."""
        return _MEANINGS[self]

    @property
    def notice(self) -> tuple[str, str]:
        """Code and sentence for the trainees' pages."""
        return _NOTICES[self]


_PARTIALS_EVERY: Final = {
    Level.EVERYTHING: 1,
    Level.FEWER_PARTIALS: 2,
    Level.FEWEST_PARTIALS: 4,
    Level.NO_PARTIALS: None,
    Level.NO_NEW_CALLS: None,
}
_MEANINGS: Final = {
    Level.EVERYTHING: "everything as usual",
    Level.FEWER_PARTIALS: "words appear half as often",
    Level.FEWEST_PARTIALS: "words appear a quarter as often",
    Level.NO_PARTIALS: "words appear only at pauses",
    Level.NO_NEW_CALLS: "no new calls are taken",
}
_LATER: Final = ("words-later", "The machine is busy: your words appear later than usual.")
_AT_PAUSES: Final = ("words-at-pauses", "The machine is very busy: your words appear when you pause.")
_NOTICES: Final = {
    Level.EVERYTHING: ("words-as-usual", "The machine keeps up again: your words appear as usual."),
    Level.FEWER_PARTIALS: _LATER,
    Level.FEWEST_PARTIALS: _LATER,
    Level.NO_PARTIALS: _AT_PAUSES,
    Level.NO_NEW_CALLS: _AT_PAUSES,
}

ORDER: Final = (
    "When the machine is busy, this gives way, in this order: "
    f"{'; '.join(f'({step:d}) {meaning}' for step, meaning in _MEANINGS.items() if step)}. "
    "Final transcripts are never dropped. It comes back in reverse."
)
"""The whole order for an operator, in a few lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What was seen since the last look, about a second ago."""

    busy_share: float
    """Share (0 to 1) of the recogniser's time that went into decoding."""
    final_wait_seconds: float
    """The longest that a final has waited for its turn."""
    loop_lag_seconds: float
    """How late the event loop woke."""

    @property
    def is_busy(self) -> bool:
        """Something has to give way."""
        return (
            self.busy_share > _BUSY_SHARE
            or self.final_wait_seconds > _BUSY_WAIT_SECONDS
            or self.loop_lag_seconds > _BUSY_LAG_SECONDS
        )

    @property
    def is_calm(self) -> bool:
        """There is room for twice as much."""
        return (
            self.busy_share <= _CALM_SHARE
            and self.final_wait_seconds <= _CALM_WAIT_SECONDS
            and self.loop_lag_seconds <= _CALM_LAG_SECONDS
        )


class Degradation:
    """Where the server stands in the order. Show it the load once a second."""

    def __init__(self) -> None:
        """Begin with everything."""
        self.level = Level.EVERYTHING
        self._busy_looks = 0
        self._calm_looks = 0

    def observe(self, load: Load) -> bool:
        """Take a look; True when the level changed, by one step."""
        self._busy_looks = self._busy_looks + 1 if load.is_busy else 0
        self._calm_looks = self._calm_looks + 1 if load.is_calm else 0
        if self._busy_looks >= _BUSY_LOOKS and self.level is not Level.NO_NEW_CALLS:
            return self._step(+1)
        if self._calm_looks >= _CALM_LOOKS and self.level is not Level.EVERYTHING:
            return self._step(-1)
        return False

    def _step(self, by: int) -> bool:
        self.level = Level(self.level + by)
        self._busy_looks = self._calm_looks = 0
        return True


def can_carry_another(calls: int, *, finals_share: float, final_seconds: float, workers: int) -> bool:
    """Say whether finals would still come in time with one call more; partials can give way.

    The first call is always taken: it harms nobody, however slow the machine.

    Args:
        calls: Calls that go on.
        finals_share: Share (0 to 1) of the recogniser's time that went into finals of late.
        final_seconds: Mean time of one final; 0 when there was none yet.
        workers: Decodes at the same time.
    """
    if not calls:
        return True
    measured = finals_share * (calls + 1) / calls
    # Calls that have just begun have asked for little yet, but will.
    expected = (calls + 1) * _FINALS_PER_SECOND * final_seconds / workers
    return max(measured, expected) <= _FULL_SHARE
