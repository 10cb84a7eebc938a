"""What must hold in every call, whoever calls: checked turn by turn while a call is played."""

from __future__ import annotations

from collections.abc import Iterator

from voice_coach.counterpart.counterpart import TraineeTurn
from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.reply import Outcome, Reply, SegmentState
from voice_coach.counterpart.rules import RULES
from voice_coach.counterpart.story import Scenario
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import TopicRole
from voice_coach.moves.recognizer import Recognizer
from voice_coach.simulation.call import Call

__all__ = ["WatchedCall"]

_LONGEST_SENTENCE_WORDS = 30
_SHORTEST_FOLLOW_UP_SECONDS = 2.0
_LONGEST_FOLLOW_UP_SECONDS = 6.0


class WatchedCall(Call):
    """A call that notes in `broken` what should never happen."""

    def __init__(
        self, scenario: Scenario, recognizer: Recognizer, seed: int, *, by_ear: bool = False
    ) -> None:
        """Let the counterpart open the call, and watch from there."""
        super().__init__(scenario, recognizer, seed, by_ear=by_ear)
        self.broken: list[str] = []
        self._said: set[str] = set(self.reply.sentences)
        self._shared = {s for lines in scenario.manners.values() for line in lines for s in line}
        self._told = {topic for topic in self.mind.topics if self.mind.level(topic)}

    def _take(self, answered: tuple[Mind, Reply], heard: TraineeTurn | None) -> Reply:
        before, previous = self.mind, self.reply
        reply = super()._take(answered, heard)
        if heard is not None and heard.interrupted:
            # What was talked over has not been heard and may be said again.
            self._said -= set(previous.sentences)
        where = f"seed {self.seed}, turn {len(self.replies) - 1}, rule {reply.because.rule}"
        self._told.update(topic for topic in self.mind.topics if self.mind.level(topic))
        broken = (*self._of_any_reply(reply), *self._of_what_is_told(before, reply))
        self.broken += [f"{where}: {sentence}" for sentence in broken]
        # What nobody heard, because it was talked over, need not be summed up.
        talked_over = heard is not None and heard.interrupted
        if reply.thats_right and not talked_over and not self._is_understood(before):
            self.broken.append(f"{where}: “that's right” to a summary that leaves something out")
        self._said.update(reply.sentences)
        return reply

    def _of_any_reply(self, reply: Reply) -> Iterator[str]:
        mind = self.mind
        if not all(0 <= number <= 1 for number in (mind.trust, mind.tension, mind.patience)):
            yield "trust, tension or patience is out of bounds"
        if reply.because.rule not in RULES or not reply.because.reasons:
            yield "an answer without a rule or a reason"
        for sentence in reply.sentences:
            if sentence in self._said or reply.sentences.count(sentence) > 1:
                yield f"said twice: “{sentence}”"
            if not 0 < len(sentence.split()) <= _LONGEST_SENTENCE_WORDS:
                yield f"empty, or too long to be said: “{sentence}”"
        if not reply.sentences and reply.because.rule != "encourager":
            yield "it was at a loss for words"
        pause = reply.follow_up.after_seconds if reply.follow_up else _SHORTEST_FOLLOW_UP_SECONDS
        if not _SHORTEST_FOLLOW_UP_SECONDS <= pause <= _LONGEST_FOLLOW_UP_SECONDS:
            yield f"it would fill a silence after {pause:g} s"
        if reply.ends is Outcome.AGREEMENT and not mind.thats_right:
            yield "an agreement that was not earned"

    def _of_what_is_told(self, before: Mind, reply: Reply) -> Iterator[str]:
        if RULES[reply.because.rule].costs and reply.opened:
            yield f"pressure opened {', '.join(reply.opened)}"
        # What anybody might say tells nobody's story, though its words may look like it.
        own = [sentence for sentence in reply.sentences if sentence not in self._shared]
        untold = [topic for topic in self.scenario.topics if topic.id not in self._told]
        for sentence in own:
            for named in cover(sentence, untold):
                yield f"`{named.topic}` was said without being opened: “{sentence}”"
        for layer in self.scenario.layers:
            if layer.secret and self.mind.is_open(layer.id) and not before.is_open(layer.id):
                restored = layer.id in before.closed
                if not (self.mind.thats_right or before.trust >= layer.needs_trust or restored):
                    yield f"the secret `{layer.id}` came out for nothing"

    def _is_understood(self, before: Mind) -> bool:
        """Whether why they came, and all that was open before, is summed up now."""
        return all(
            self.mind.topics[layer.id] is SegmentState.SUMMARISED
            for layer in self.scenario.layers
            if not layer.secret
            and layer.role is not TopicRole.POSITION
            and (layer.role is TopicRole.REASON or before.is_open(layer.id))
        )
