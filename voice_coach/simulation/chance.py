"""Seeded chance: the same draws on every machine and in every version of Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from voice_coach.counterpart.moment import chance

__all__ = ["Chance"]

_T = TypeVar("_T")


class Chance:
    """A stream of draws that follows from its seed."""

    def __init__(self, seed: int) -> None:
        """Begin the stream."""
        self._seed = seed
        self._drawn = 0

    def share(self) -> float:
        """A number from 0 up to 1."""
        self._drawn += 1
        return chance(self._seed, self._drawn, "trainee")

    def happens(self, likely: float) -> bool:
        """Whether something happens that is so likely, from 0 to 1."""
        return self.share() < likely

    def below(self, bound: int) -> int:
        """A whole number from 0 up to a bound."""
        return int(self.share() * bound)

    def one_of(self, options: Sequence[_T]) -> _T:
        """One of some options, each as likely."""
        return options[self.below(len(options))]

    def weighed(self, weights: Mapping[str, float]) -> str:
        """One of some names, each as likely as it weighs."""
        left = self.share() * sum(weights.values())
        for name, weight in weights.items():
            left -= weight
            if left < 0:
                return name
        return list(weights)[-1]

    def some_of(self, options: Sequence[_T], most: int) -> list[_T]:
        """So many different options at most, in the order drawn."""
        left = list(options)
        drawn: list[_T] = []
        while left and len(drawn) < most:
            drawn.append(left.pop(self.below(len(left))))
        return drawn
