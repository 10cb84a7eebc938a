"""Calls played in text: through the real recogniser, or with moves put together by hand."""

from collections.abc import Sequence
from functools import lru_cache

from voice_coach.counterpart import counterpart
from voice_coach.counterpart.counterpart import TraineeTurn
from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.reply import Reply
from voice_coach.counterpart.scenario import Scenario, load_scenario
from voice_coach.moves.move import Coverage, Family, Heard, Move
from voice_coach.moves.recognizer import Recognizer, load_recognizer

FAMILIES = {
    "question": Family.QUESTION,
    "calibrated_question": Family.QUESTION,
    "why_question": Family.QUESTION,
    "accusation_audit": Family.EMPATHY,
    "leverage": Family.PRESSURE,
    "threat": Family.PRESSURE,
    "deadline_pressure": Family.PRESSURE,
    "premature_solution": Family.SOLUTION,
}


@lru_cache(maxsize=1)
def recognizer() -> Recognizer:
    return load_recognizer()


@lru_cache(maxsize=1)
def dana() -> Scenario:
    return load_scenario("renewal_in_doubt")


class Call:
    """One call in text: `says` for what the trainee says, `leaves_silence` for what they do not."""

    def __init__(self, scenario: Scenario | None = None, seed: int = 7) -> None:
        self.scenario = scenario or dana()
        self.seed = seed
        self.mind: Mind
        self.mind, reply = counterpart.open_call(self.scenario, seed)
        self.replies = [reply]

    @property
    def reply(self) -> Reply:
        return self.replies[-1]

    @property
    def rule(self) -> str:
        return self.reply.because.rule

    @property
    def sentences(self) -> list[str]:
        return [sentence for reply in self.replies for sentence in reply.sentences]

    def says(self, text: str, *, over: bool = False) -> Reply:
        """Speak, as the real recogniser understands it."""
        heard = Heard(text=text, previous=self.reply.text, topics=self.scenario.topics)
        return self.moves(*recognizer().recognize(heard), text=text, over=over)

    def makes(
        self, *kinds: str, text: str = "so", covers: Sequence[str] = (), over: bool = False
    ) -> Reply:
        """Make moves put together by hand."""
        covered = tuple(
            Coverage(topic=layer.id, role=layer.role, spans=((0, len(text)),))
            for layer in self.scenario.layers
            if layer.id in covers
        )
        moves = [
            Move(
                kind=kind,
                family=FAMILIES.get(kind, Family.REFLECTION),
                start=0,
                end=len(text),
                cue=text[:24],
                confidence=0.9,
                rule="test.by_hand",
                covers=covered,
            )
            for kind in kinds
        ]
        return self.moves(*moves, text=text, over=over)

    def moves(self, *moves: Move, text: str, over: bool = False) -> Reply:
        heard = TraineeTurn(
            text=text,
            moves=moves,
            covers=tuple({k.topic: k for move in moves for k in move.covers}.values()),
            interrupted=over,
            stepped_on_silence=self.reply.follow_up is not None,
            heard_of_previous="" if over else self.reply.text,
        )
        return self._take(counterpart.react(self.scenario, self.mind, heard, self.seed))

    def leaves_silence(self) -> Reply:
        return self._take(counterpart.fill_silence(self.scenario, self.mind, self.seed))

    def is_silent_for_long(self) -> Reply:
        return self._take(counterpart.ask_after_silence(self.scenario, self.mind, self.seed))

    def _take(self, answered: tuple[Mind, Reply]) -> Reply:
        self.mind, reply = answered
        self.replies.append(reply)
        return reply
