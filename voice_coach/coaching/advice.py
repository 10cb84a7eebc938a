"""What could have been said instead, out of the scenario; nothing when there is none."""

from __future__ import annotations

from collections.abc import Sequence

from voice_coach.coaching.turn import Turn
from voice_coach.counterpart.story import Scenario
from voice_coach.moves.move import TopicRole

__all__ = ["Advice"]


class Advice:
    """The scenario as a source of better sentences. Each is empty when nothing is known to advise."""

    def __init__(self, scenario: Scenario | None) -> None:
        """Advise from this scenario."""
        self._layers = tuple(layer for layer in scenario.layers if not layer.secret) if scenario else ()
        self._feelings = [layer for layer in self._layers if layer.role is TopicRole.FEELING]
        self.name = scenario.name.split()[0] if scenario else "they"
        """What the other side is called in a question."""
        self.summary = scenario.good_summary if scenario else ""
        """A summary that says it all."""

    @property
    def first_feeling(self) -> str:
        """A label for what is felt first."""
        return self._feelings[0].you_could_say if self._feelings else ""

    @property
    def last_feeling(self) -> str:
        """A label for what is felt underneath."""
        return self._feelings[-1].you_could_say if self._feelings else ""

    def still_open(self, mine: Sequence[Turn]) -> str:
        """A label for the first topic that these turns did not name; a summary when they named all."""
        named = {covered.topic for turn in mine for covered in turn.covers}
        return next(
            (
                layer.you_could_say
                for layer in self._layers
                if layer.role is not TopicRole.POSITION and layer.id not in named
            ),
            self.summary,
        )

    def with_still_open(self, stage: str, mine: Sequence[Turn]) -> str:
        """The same inside a stage direction, in which it stands as `{}`."""
        said = self.still_open(mine)
        return stage.format(said) if said else ""
