"""What a scenario consists of: the person, the layers of what is on their mind, and their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property

import msgspec

from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.moves.move import Topic, TopicRole

__all__ = [
    "Correction",
    "Echo",
    "Example",
    "ExampleTurn",
    "Guardedness",
    "Layer",
    "Line",
    "Scenario",
    "Terms",
    "with_guardedness",
]

Line = tuple[str, ...]
"""One thing to say, as its sentences."""


class Guardedness(StrEnum):
    """How freely a person opens up: where trust begins, and how long their silences are."""

    OPEN = "open"
    GUARDED = "guarded"
    CLOSED = "closed"


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Layer(_Value, frozen=True):
    """One topic with all that the counterpart can say about it."""

    topic: Topic
    title: str
    starts: SegmentState
    under: str
    """The topic this one lies under; empty for what is near the surface."""
    secret: bool
    """Held back: comes out with the terms, or to a label when there is trust enough."""
    quiet: bool
    """Comes only into a silence that is left alone after a label."""
    needs_trust: float
    touched_by: Topic | None
    """Words by which a label touches the topic without naming all of it."""
    confirms: tuple[Line, ...]
    """Short answers to a label that fits."""
    hints: tuple[Line, ...]
    says: tuple[Line, ...]
    """The disclosure."""
    gap: tuple[Line, ...]
    """Points at the topic, without saying it, when a summary leaves it out."""
    you_could_say: str
    """A label that would have fitted, for the debrief."""

    @property
    def id(self) -> str:
        """The topic's id."""
        return self.topic.id

    @property
    def role(self) -> TopicRole:
        """What the topic is to the counterpart."""
        return self.topic.role


class Echo(_Value, frozen=True):
    """A phrase of the counterpart's, and how it goes on when the phrase is mirrored."""

    phrase: Topic
    more: tuple[Line, ...]
    opens: str
    """The topic that going on discloses; empty when it only elaborates."""


class Correction(_Value, frozen=True):
    """A wrong guess that is to be expected, and the real information that corrects it."""

    guess: Topic
    says: tuple[Line, ...]
    hints: str
    """The topic that the correction hints at; empty for none."""


class Terms(_Value, frozen=True):
    """What the counterpart proposes once it said "that's right"."""

    proposes: tuple[Line, ...]
    reveals: tuple[str, ...]
    accepted_by: Topic
    """Words by which the trainee takes the terms."""
    settled: tuple[Line, ...]
    explains: tuple[Line, ...]
    """What it says about its terms when they were neither taken nor refused."""


class ExampleTurn(_Value, frozen=True):
    """One turn of a sample exchange: what is said (or a silence), and the rule that must answer."""

    you: str
    """What the trainee says; empty for a silence that is left alone."""
    rule: str
    opens: tuple[str, ...]
    line: int


class Example(_Value, frozen=True):
    """A sample exchange; all of them are run as tests."""

    name: str
    turns: tuple[ExampleTurn, ...]


class Scenario(_Value, frozen=True, dict=True):
    """One person in one situation."""

    id: str
    title: str
    name: str
    """Who answers: "Dana Whitfield"."""
    role: str
    stake: str
    brief: str
    """What the trainee may know before the call."""
    guardedness: Guardedness
    voice: VoiceStyle
    """How this person sounds in every mood."""
    opening: tuple[Line, ...]
    layers: tuple[Layer, ...]
    echoes: tuple[Echo, ...]
    corrections: tuple[Correction, ...]
    lines: Mapping[str, tuple[Line, ...]]
    """This person's own wording, by rule."""
    manners: Mapping[str, tuple[Line, ...]]
    """Wording anybody could use, by rule, for when their own is used up."""
    terms: Terms
    good_summary: str
    """A summary that covers everything, for the debrief."""
    examples: tuple[Example, ...]
    words: tuple[str, ...]
    """Names, products and places that the trainee may say and no recogniser knows."""
    source: str
    source_text: str
    """The YAML as it was read; a journal keeps it, so that a call can be replayed later."""

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What the recogniser may look for, secrets included."""
        return tuple(layer.topic for layer in self.layers)

    @property
    def person(self) -> str:
        """Who you meet, as a card shows it: name and role."""
        return f"{self.name}, {self.role}"

    @cached_property
    def origins(self) -> Mapping[str, str]:
        """Where each sentence stands in the scenario, in the words of its file: the reply says so."""
        origins: dict[str, str] = {}
        for where, lines in self._spoken():
            for sentence in (sentence for line in lines for sentence in line):
                origins.setdefault(sentence, where)
        return origins

    def _spoken(self) -> Iterator[tuple[str, tuple[Line, ...]]]:
        yield "opening", self.opening
        for layer in self.layers:
            yield f"topics.{layer.id}.says", layer.says
            yield f"topics.{layer.id}.hints", layer.hints
            yield f"topics.{layer.id}.confirms", layer.confirms
            yield f"topics.{layer.id}.gap", layer.gap
        for echo in self.echoes:
            yield f"echoes “{echo.phrase.evidence[0][0]}”", echo.more
        for correction in self.corrections:
            yield f"corrections “{correction.guess.evidence[0][0]}”", correction.says
        yield "terms.proposes", self.terms.proposes
        yield "terms.explains", self.terms.explains
        yield "terms.settled", self.terms.settled
        for rule, lines in self.lines.items():
            yield f"lines.{rule}", lines
        for rule, lines in self.manners.items():
            yield f"manners.{rule}", lines

    def layer(self, topic: str) -> Layer:
        """The layer of a topic.

        Raises:
            KeyError: The scenario has no such topic.
        """
        for layer in self.layers:
            if layer.id == topic:
                return layer
        raise KeyError(topic)


def with_guardedness(scenario: Scenario, level: Guardedness) -> Scenario:
    """The same person, opening up more or less freely than they were written.

    `source_text` stays as it is: whoever keeps it to play the call again keeps the level beside it.
    """
    return msgspec.structs.replace(scenario, guardedness=level)
