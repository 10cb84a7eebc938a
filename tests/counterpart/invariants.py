"""What must hold in every call, checked turn by turn while a call is played."""

from counterpart.calls import Call

from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.reply import Outcome, Reply, SegmentState
from voice_coach.counterpart.rules import RULES
from voice_coach.counterpart.story import Scenario
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import Move, TopicRole

LONGEST_SENTENCE_WORDS = 30


class WatchedCall(Call):
    """A call that checks itself after each turn."""

    def __init__(self, scenario: Scenario | None = None, seed: int = 7) -> None:
        super().__init__(scenario, seed)
        self.unheard: set[str] = set()
        self.told = {topic for topic in self.mind.topics if self.mind.level(topic)}

    def moves(self, *moves: Move, text: str, over: bool = False) -> Reply:
        before = self.mind
        said_before = set() if over else set(self.sentences_heard)
        if over:
            self.unheard.update(self.reply.sentences)
        reply = super().moves(*moves, text=text, over=over)
        self._check(before, reply, said_before)
        if reply.thats_right:
            covered = {k.topic for k in (k for move in moves for k in move.covers)}
            summed_up = {t for t, state in self.mind.topics.items() if state is SegmentState.SUMMARISED}
            for layer in self.scenario.layers:
                if layer.role is TopicRole.REASON and not layer.secret:
                    assert layer.id in summed_up
                if before.is_open(layer.id) and not layer.secret and layer.role is not TopicRole.POSITION:
                    assert layer.id in summed_up
            assert covered & summed_up, "that's right answers a summary that covers something"
        return reply

    def leaves_silence(self) -> Reply:
        before, said_before = self.mind, set(self.sentences_heard)
        reply = super().leaves_silence()
        self._check(before, reply, said_before)
        return reply

    def is_silent_for_long(self) -> Reply:
        before, said_before = self.mind, set(self.sentences_heard)
        reply = super().is_silent_for_long()
        self._check(before, reply, said_before)
        return reply

    @property
    def sentences_heard(self) -> list[str]:
        return [sentence for sentence in self.sentences if sentence not in self.unheard]

    def _check(self, before: Mind, reply: Reply, said_before: set[str]) -> None:
        mind = self.mind
        for number in (mind.trust, mind.tension, mind.patience):
            assert 0 <= number <= 1
        assert reply.because.rule in RULES
        assert reply.because.reasons
        assert not said_before & set(reply.sentences), "no sentence is said twice"
        assert len(set(reply.sentences)) == len(reply.sentences)
        assert all(sentence.strip() for sentence in reply.sentences)
        assert all(len(sentence.split()) <= LONGEST_SENTENCE_WORDS for sentence in reply.sentences)
        assert reply.sentences or reply.because.rule == "encourager", "it is never at a loss"
        assert reply.follow_up is None or 2 <= reply.follow_up.after_seconds <= 6
        if RULES[reply.because.rule].costs:
            assert not reply.opened, "pressure opens nothing"
        self.told.update(topic for topic in mind.topics if mind.level(topic))
        untold = [topic for topic in self.scenario.topics if topic.id not in self.told]
        for sentence in reply.sentences:
            assert not cover(sentence, untold), f"said without being opened: {sentence}"
        for layer in self.scenario.layers:
            if layer.secret and mind.is_open(layer.id) and not before.is_open(layer.id):
                trusted = before.trust >= layer.needs_trust
                restored = before.closed.get(layer.id) is not None
                assert mind.thats_right or trusted or restored, "a secret came out for nothing"
        if reply.ends is Outcome.AGREEMENT:
            assert mind.thats_right
