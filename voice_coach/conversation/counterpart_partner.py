"""The person of a scenario as the partner in a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voice_coach.coaching.cue import choose_cue
from voice_coach.coaching.scorecard import debrief
from voice_coach.coaching.turn import Cue, Turn
from voice_coach.conversation.partner import Answered, TakenHome
from voice_coach.counterpart import counterpart
from voice_coach.counterpart.backchannel import backchannel
from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.moment import TraineeTurn
from voice_coach.counterpart.reply import Outcome, Reply, RingSegment
from voice_coach.counterpart.scenario import Scenario
from voice_coach.moves.move import Topic

__all__ = ["CounterpartPartner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartPartner:
    """A person in a situation, and the state of mind they are in."""

    scenario: Scenario
    mind: Mind
    seed: int

    @classmethod
    def of(cls, scenario: Scenario, seed: int) -> CounterpartPartner:
        """Give the person as they are before the call."""
        mind, _ = counterpart.open_call(scenario, seed)
        return cls(scenario=scenario, mind=mind, seed=seed)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What is on their mind."""
        return self.scenario.topics

    @property
    def ring(self) -> tuple[RingSegment, ...]:
        """How far they are understood."""
        return counterpart.ring(self.scenario, self.mind)

    def opening(self) -> Answered:
        """Their first words."""
        return self._answered(*counterpart.open_call(self.scenario, self.seed))

    def react(self, heard: TraineeTurn) -> Answered:
        """Answer a turn."""
        return self._answered(*counterpart.react(self.scenario, self.mind, heard, self.seed))

    def is_answer(self, text: str) -> bool:
        """Never: nobody is hurried who talks with a person."""
        del text
        return False

    def fill_silence(self) -> Answered:
        """Go on by themselves."""
        return self._answered(*counterpart.fill_silence(self.scenario, self.mind, self.seed))

    def ask_after_silence(self) -> Answered:
        """Ask, help, and at last let go."""
        return self._answered(*counterpart.ask_after_silence(self.scenario, self.mind, self.seed))

    def backchannel(self, number: int) -> tuple[str, ...]:
        """Nod along, unless too tense."""
        return backchannel(self.scenario, self.mind, self.seed, number)

    def cue(self, turns: Sequence[Turn], shown: Sequence[str], *, wanted: bool) -> Cue | None:
        """Choose the hint for this moment; mostly none."""
        return choose_cue(turns, self.ring, shown, wanted=wanted)

    def take_home(self, turns: Sequence[Turn], outcome: Outcome) -> TakenHome:
        """Give the scorecard."""
        return TakenHome(debrief=debrief(turns, outcome, self.scenario))

    def _answered(self, mind: Mind, reply: Reply) -> Answered:
        partner = CounterpartPartner(scenario=self.scenario, mind=mind, seed=self.seed)
        return Answered(partner=partner, reply=reply)
