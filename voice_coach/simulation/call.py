"""One call in text, turn by turn, with the real counterpart on the other side."""

from __future__ import annotations

from collections.abc import Sequence

from voice_coach.counterpart import counterpart
from voice_coach.counterpart.counterpart import TraineeTurn
from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.reply import Reply
from voice_coach.counterpart.story import Scenario
from voice_coach.moves.move import Coverage, Family, Heard, Move
from voice_coach.moves.recognizer import Recognizer

__all__ = ["Call"]

_CUE_CHARACTERS = 24


class Call:
    """A call that is being played: who speaks, what was answered, and the state of mind."""

    def __init__(
        self, scenario: Scenario, recognizer: Recognizer, seed: int, *, by_ear: bool = False
    ) -> None:
        """Let the counterpart open the call.

        Args:
            scenario: Who answers.
            recognizer: Finds the moves in what is said.
            seed: The counterpart's choice of words follows from it.
            by_ear: Moves are found in the text even where the trainee knows which ones it makes.
                Slower by far: finding moves costs more than answering them.
        """
        self.scenario = scenario
        self.recognizer = recognizer
        self.seed = seed
        self.by_ear = by_ear
        self.heard: list[TraineeTurn | None] = [None]
        """What each reply answers; None for the opening and for silences."""
        self.minds: list[Mind] = []
        """The state of mind after each reply."""
        mind, reply = counterpart.open_call(scenario, seed)
        self.minds.append(mind)
        self.replies = [reply]

    @property
    def mind(self) -> Mind:
        """The state of mind now."""
        return self.minds[-1]

    @property
    def reply(self) -> Reply:
        """The last answer."""
        return self.replies[-1]

    @property
    def rule(self) -> str:
        """The rule that gave the last answer."""
        return self.reply.because.rule

    @property
    def rules(self) -> list[str]:
        """The rules that gave the answers, oldest first."""
        return [reply.because.rule for reply in self.replies]

    @property
    def sentences(self) -> list[str]:
        """All that the counterpart said."""
        return [sentence for reply in self.replies for sentence in reply.sentences]

    @property
    def secrets_told(self) -> list[str]:
        """The topics held back that have come out, or have been hinted at."""
        return [layer.id for layer in self.scenario.layers if layer.secret and self.mind.level(layer.id)]

    def says(self, text: str, *, over: bool = False) -> Reply:
        """Say something: the recogniser finds the moves in it."""
        heard = Heard(text=text, previous=self.reply.text, topics=self.scenario.topics)
        return self.moves(*self.recognizer.recognize(heard), text=text, over=over)

    def makes(self, *kinds: str, text: str, covers: Sequence[str] = (), over: bool = False) -> Reply:
        """Make moves of these kinds in these words, naming these topics; by ear, only the words count."""
        if self.by_ear:
            return self.says(text, over=over)
        covered = tuple(
            Coverage(topic=layer.id, role=layer.role, spans=((0, len(text)),))
            for layer in self.scenario.layers
            if layer.id in covers
        )
        moves = [
            Move(
                kind=kind,
                # The counterpart goes by kinds; the family only colours a stroke on the page.
                family=Family.REFLECTION,
                start=0,
                end=len(text),
                cue=text[:_CUE_CHARACTERS],
                confidence=1.0,
                rule="simulation",
                covers=covered,
            )
            for kind in kinds
        ]
        return self.moves(*moves, text=text, over=over)

    def moves(self, *moves: Move, text: str, over: bool = False) -> Reply:
        """Say something in which these moves were found."""
        turn = TraineeTurn(
            text=text,
            moves=moves,
            covers=tuple({k.topic: k for move in moves for k in move.covers}.values()),
            interrupted=over,
            stepped_on_silence=self.reply.follow_up is not None,
            heard_of_previous="" if over else self.reply.text,
        )
        return self._take(counterpart.react(self.scenario, self.mind, turn, self.seed), turn)

    def leaves_silence(self) -> Reply:
        """Leave the silence alone until the counterpart goes on."""
        return self._take(counterpart.fill_silence(self.scenario, self.mind, self.seed), None)

    def is_silent_for_long(self) -> Reply:
        """Say nothing until the counterpart asks."""
        return self._take(counterpart.ask_after_silence(self.scenario, self.mind, self.seed), None)

    def _take(self, answered: tuple[Mind, Reply], heard: TraineeTurn | None) -> Reply:
        mind, reply = answered
        self.minds.append(mind)
        self.replies.append(reply)
        self.heard.append(heard)
        return reply
