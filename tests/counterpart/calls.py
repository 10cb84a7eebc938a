"""Calls played in text: through the real recogniser, or with moves put together by hand."""

from collections.abc import Sequence
from functools import lru_cache

from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.reply import Reply
from voice_coach.counterpart.scenario import Scenario, load_scenario
from voice_coach.moves.recognizer import Recognizer, load_recognizer
from voice_coach.simulation import call


@lru_cache(maxsize=1)
def recognizer() -> Recognizer:
    return load_recognizer()


@lru_cache(maxsize=1)
def dana() -> Scenario:
    return load_scenario("renewal_in_doubt")


class Call(call.Call):
    """A call with Dana unless said otherwise, whose state of mind a test may set."""

    def __init__(self, scenario: Scenario | None = None, seed: int = 7) -> None:
        super().__init__(scenario or dana(), recognizer(), seed)

    @property
    def mind(self) -> Mind:
        return self.minds[-1]

    @mind.setter
    def mind(self, mind: Mind) -> None:
        self.minds[-1] = mind

    def makes(
        self, *kinds: str, text: str = "so", covers: Sequence[str] = (), over: bool = False
    ) -> Reply:
        return super().makes(*kinds, text=text, covers=covers, over=over)
