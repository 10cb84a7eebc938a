"""What must hold whatever the trainee does: random calls, shrunk to the shortest that breaks a rule."""

import msgspec
import pytest
from counterpart.calls import FAMILIES, Call
from counterpart.invariants import WatchedCall
from counterpart.trainees import KINDS, PRESSURE, TEXTS, empathic, play
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.reply import Outcome, Reply, SegmentState
from voice_coach.counterpart.rules import RULES
from voice_coach.counterpart.scenario import list_scenarios, load_scenario
from voice_coach.counterpart.story import Guardedness, Scenario, with_guardedness
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import Move

CLOSING = ("threat", "leverage", "deadline_pressure", "bargaining", "arguing")


class Act(msgspec.Struct, frozen=True):
    """One thing a trainee may do: moves over topics given by number, or one of two silences."""

    kinds: tuple[str, ...] = ()
    text: str = "so"
    topics: frozenset[int] = frozenset()
    over: bool = False
    silence: str = ""

    def play(self, call: Call) -> Reply:
        if self.silence == "long" or (self.silence and call.reply.follow_up is None):
            return call.is_silent_for_long()
        if self.silence:
            return call.leaves_silence()
        covers = [layer.id for n, layer in enumerate(call.scenario.layers) if n in self.topics]
        return call.makes(*self.kinds, text=self.text, covers=covers, over=self.over)


def acts(kinds: tuple[str, ...] = KINDS + PRESSURE) -> st.SearchStrategy[Act]:
    said = st.builds(
        Act,
        kinds=st.lists(st.sampled_from(kinds), max_size=3, unique=True).map(tuple),
        text=st.sampled_from(TEXTS),
        topics=st.frozensets(st.integers(0, 7), max_size=7),
        over=st.sampled_from([False, False, False, False, True]),
    )
    return st.one_of(said, said, said, said, st.sampled_from([Act(silence="left"), Act(silence="long")]))


class StrictCall(WatchedCall):
    """A call that is also watched for what pressure lets out."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        super().__init__(scenario, seed)
        self.states = [self.mind]

    def _take(self, answered: tuple[Mind, Reply]) -> Reply:
        reply = super()._take(answered)
        self._watch_pressure(self.states[-1], reply)
        self.states.append(self.mind)
        return reply

    def _watch_pressure(self, before: Mind, reply: Reply) -> None:
        mind = self.mind
        # What the trainee sums up unasked is understood, and was not let out.
        came_out = [
            topic
            for topic, state in mind.topics.items()
            if state is SegmentState.DISCLOSED and not before.is_open(topic)
        ]
        if RULES[reply.because.rule].costs or (before.grudge and mind.grudge):
            assert not came_out, "pressure that is not made good opens nothing"
        if before.grudge:
            hidden = [x.topic for x in self.scenario.layers if x.secret and not before.is_open(x.id)]
            for sentence in reply.sentences:
                assert not cover(sentence, hidden), "no hidden fact after pressure"
        if reply.thats_right:
            assert not before.grudge
            assert mind.topics[self._reason()] is SegmentState.SUMMARISED
        assert 0 <= reply.because.understood_before <= 1
        assert 0 <= reply.because.understood_after <= 1
        changed = {change.topic: change.after for change in reply.because.topics}
        assert set(reply.opened) <= set(changed)

    def _reason(self) -> str:
        return next(x.id for x in self.scenario.layers if x.role == "reason" and not x.secret)

    def moves(self, *moves: Move, text: str, over: bool = False) -> Reply:
        pressing = {move.kind for move in moves} & set(CLOSING)
        reply = super().moves(*moves, text=text, over=over)
        if pressing:
            assert not reply.opened
            assert not reply.thats_right
        return reply


scenarios = pytest.mark.parametrize("name", [scenario.id for scenario in list_scenarios()])
calls = settings(max_examples=40, deadline=None)


@scenarios
@calls
@given(
    level=st.sampled_from(Guardedness),
    seed=st.integers(0, 2**32),
    script=st.lists(acts(), min_size=1, max_size=30),
)
def test_no_call_breaks_a_rule_and_each_can_end(
    name: str, level: Guardedness, seed: int, script: list[Act]
) -> None:
    call = StrictCall(with_guardedness(load_scenario(name), level), seed)
    for act in script:
        if call.reply.ends is None:
            act.play(call)
    ended = play(empathic, call, seed % 1000)
    assert ended.reply.ends is not None, "there is always a way out"
    led_here = [reason for reason in ended.reply.because.reasons if reason.startswith("Exchange")]
    turned = {reply.because.rule for reply in call.replies[:-1]} & {"thats-right", "threat", "leverage"}
    assert led_here or not turned, "the end says what led there"


@scenarios
@calls
@given(seed=st.integers(0, 2**32), script=st.lists(acts(), max_size=20))
def test_the_same_seed_gives_the_same_call(name: str, seed: int, script: list[Act]) -> None:
    one, other = Call(load_scenario(name), seed), Call(load_scenario(name), seed)
    for act in script:
        if one.reply.ends is None:
            assert act.play(one) == act.play(other)
    assert one.mind == other.mind
    assert msgspec.json.encode(one.replies) == msgspec.json.encode(other.replies)


@scenarios
@calls
@given(
    seed=st.integers(0, 2**32),
    script=st.lists(
        acts(tuple(kind for kind in FAMILIES if kind not in {"summary", "label", "paraphrase"})),
        max_size=30,
    ),
)
def test_without_giving_anything_back_nobody_hears_thats_right(
    name: str, seed: int, script: list[Act]
) -> None:
    call = Call(load_scenario(name), seed)
    for act in script:
        if call.reply.ends is None:
            assert not act.play(call).thats_right
    assert call.reply.ends is not Outcome.AGREEMENT


@scenarios
@pytest.mark.parametrize("kind", CLOSING)
@pytest.mark.parametrize("level", Guardedness)
def test_one_push_is_not_the_end_there_is_a_way_back(name: str, kind: str, level: Guardedness) -> None:
    for seed in range(3):
        call = StrictCall(with_guardedness(load_scenario(name), level), seed)
        call.makes(kind)
        call.makes("restart_request", text="Would you be offended if we restarted that part?")
        assert call.rule == "restart"
        assert play(empathic, call, seed).reply.ends is Outcome.AGREEMENT
