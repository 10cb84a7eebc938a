"""A drill as it runs: the parts of its file, checked and ready to be judged by."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from voice_coach.coaching.drill import DrillCard, DrillScore
from voice_coach.coaching.drill_shape import Task
from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.story import Line
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.moves.move import Topic

__all__ = ["Drill", "Point", "Prompt"]


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a summary has to give back."""

    topic: Topic
    title: str


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """One line to answer."""

    id: str
    says: Line
    delivery: Delivery
    about: tuple[Topic, ...]
    """Of the ids `feelings`, `needs` and `facts`; those that the file leaves out are missing."""
    points: tuple[Point, ...]
    passes: tuple[str, ...]
    fails: tuple[tuple[str, str], ...]
    """Answers and what must be found in them."""
    fills: Line
    """What the person says into a silence that was held; empty for nothing."""
    could: str

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What the recogniser may look for in an answer."""
        return self.about or tuple(point.topic for point in self.points)


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """One move, practised on many lines."""

    id: str
    title: str
    trains: str
    how: str
    task: Task
    rounds: int
    tasks: Mapping[str, str]
    """The short line shown for each step: `answer`, and for a silence `hold`."""
    person: str
    voice: VoiceStyle
    reasons: Mapping[str, str]
    """A sentence for each finding."""
    prompts: tuple[Prompt, ...]
    source_text: str
    """The YAML as it was read; a journal keeps it."""

    def prompt(self, id_: str) -> Prompt:
        """The prompt of an id.

        Raises:
            KeyError: There is none.
        """
        for prompt in self.prompts:
            if prompt.id == id_:
                return prompt
        raise KeyError(id_)

    def card(self, last: DrillScore | None = None) -> DrillCard:
        """What a start page shows; `last` is the run before."""
        return DrillCard(
            id=self.id,
            title=self.title,
            trains=self.trains,
            how=self.how,
            rounds=self.rounds,
            prompts=len(self.prompts),
            last=last,
        )
