"""One moment of a call: what was heard, in which state of mind, and what can be said about it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from voice_coach.counterpart.mind import Disclosure, Mind
from voice_coach.counterpart.reply import Outcome, SegmentState
from voice_coach.counterpart.story import Layer, Line, Scenario
from voice_coach.moves.move import Coverage, Move

__all__ = ["Answer", "Moment", "TraineeTurn", "chance", "joined"]


class TraineeTurn(msgspec.Struct, frozen=True, kw_only=True):
    """What the trainee said, with what the recogniser made of it."""

    text: str
    utterance: int = 0
    """Its number in the call; 0 where nobody counts."""
    moves: tuple[Move, ...] = ()
    covers: tuple[Coverage, ...] = ()
    interrupted: bool = False
    """It talked over the counterpart."""
    stepped_on_silence: bool = False
    """The counterpart would have gone on by itself."""
    heard_of_previous: str = ""
    """What was heard of the counterpart's last reply."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule decided, before its effect on trust, tension and patience."""

    rule: str
    sentences: Line
    mind: Mind
    """With topics and memory changed; numbers as before."""
    reasons: tuple[str, ...] = ()
    """What in this moment made the rule apply, after the rule's own reason."""
    share: float = 1.0
    """Part of the rule's effect that counts."""
    thats_right: bool = False
    fills_silence: bool = False
    """It goes on by itself if the silence is left alone."""
    ends: Outcome | None = None


class Moment:
    """All a rule may look at, and the words it may take. Changes nothing."""

    def __init__(self, scenario: Scenario, mind: Mind, heard: TraineeTurn, seed: int) -> None:
        """Take the state of mind as it is while the reply is being thought of."""
        self.scenario = scenario
        self.mind = mind
        self.heard = heard
        self.seed = seed
        self.kinds = frozenset(move.kind for move in heard.moves)

    def with_mind(self, mind: Mind) -> Moment:
        """The same moment in another state of mind."""
        return Moment(self.scenario, mind, self.heard, self.seed)

    def move(self, *kinds: str) -> Move | None:
        """The first move of one of these kinds."""
        return next((move for move in self.heard.moves if move.kind in kinds), None)

    def in_a_row(self, *rules: str) -> int:
        """How many of the last turns were answered by these rules, without another between."""
        count = 0
        for rule in reversed(self.mind.rules):
            if rule not in rules:
                break
            count += 1
        return count

    # ------------------------------------------------------------ words

    def line(self, key: str, pool: Sequence[Line]) -> Line:
        """One of the lines of which nothing has been said yet; empty when all are used up."""
        said = self.mind.said
        fresh = [line for line in pool if not any(sentence in said for sentence in line)]
        if not fresh:
            return ()
        return fresh[int(chance(self.seed, self.mind.turn, key) * len(fresh))]

    def wording(self, key: str) -> Line:
        """What this person says by a rule: in their own words, else as anybody might."""
        own = self.line(key, self.scenario.lines.get(key, ()))
        return own or self.line(key, self.scenario.manners.get(key, ()))

    def answer(
        self, rule: str, sentences: Line | None = None, *, mind: Mind | None = None, reason: str = ""
    ) -> Answer:
        """Answer by a rule, in its wording unless sentences are given."""
        return Answer(
            rule=rule,
            sentences=self.wording(rule) if sentences is None else sentences,
            mind=mind or self.mind,
            reasons=(reason,) if reason else (),
        )

    # ------------------------------------------------------------ topics

    def may_open(self, layer: Layer) -> bool:
        """Whether the way to this topic is clear: what lies over it is open, and trust is enough."""
        above = not layer.under or self.mind.is_open(layer.under)
        return above and self.mind.trust >= layer.needs_trust

    def next_under(self, topic: str) -> Layer | None:
        """The first closed layer right under a topic, secrets left out."""
        for layer in self.scenario.layers:
            if layer.under == topic and not layer.secret and not self.mind.is_open(layer.id):
                return layer
        return None

    def next_closed(self) -> Layer | None:
        """The next layer that could open from where the call stands, secrets left out."""
        for layer in self.scenario.layers:
            if not layer.secret and not self.mind.is_open(layer.id) and self.may_open(layer):
                return layer
        return None

    def first_closed_towards(self, layer: Layer) -> Layer:
        """The topmost closed layer on the way down to a closed one."""
        found, at = layer, layer
        while at.under:
            at = self.scenario.layer(at.under)
            if not self.mind.is_open(at.id):
                found = at
        return found

    def disclose(self, layer: Layer) -> tuple[Line, Mind]:
        """Say a layer: the words, and the mind after it; no words when they are used up."""
        words = self.line(f"says-{layer.id}", layer.says)
        states = {layer.id: SegmentState.DISCLOSED}
        for other in self.scenario.layers:
            if other.under == layer.id and not other.secret:
                states[other.id] = SegmentState.HINTED
        before = self.mind.topics[layer.id]
        mind = self.mind.raised(states)
        disclosures = mind.last_disclosures
        if words and mind is not self.mind:
            disclosure = Disclosure(topic=layer.id, before=before, sentence=words[-1])
            disclosures = (*disclosures, disclosure)
        return words, msgspec.structs.replace(
            mind, current=layer.id, pending="", last_disclosures=disclosures
        )

    def hint(self, layer: Layer | None) -> tuple[Line, Mind]:
        """Hint at a layer: the words, and the mind after it."""
        if layer is None:
            return (), self.mind
        words = self.line(f"hints-{layer.id}", layer.hints)
        if not words:
            return (), self.mind
        mind = self.mind.raised({layer.id: SegmentState.HINTED})
        return words, msgspec.structs.replace(mind, current=layer.id)


def chance(seed: int, turn: int, key: str) -> float:
    """A number from 0 up to 1 that is the same whenever the same call is played again."""
    digest = blake2b(f"{seed}:{turn}:{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def joined(*parts: Line) -> Line:
    """Several lines as one, or none when all of them are used up."""
    return tuple(sentence for part in parts for sentence in part)
