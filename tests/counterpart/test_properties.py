"""What must hold whatever the trainee does: random calls, shrunk to the shortest that breaks a rule."""

import msgspec
import pytest
from counterpart.calls import Call, recognizer
from counterpart.listener import listen
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.reply import Outcome, Reply, SegmentState
from voice_coach.counterpart.rules import RULES
from voice_coach.counterpart.scenario import list_scenarios, load_scenario
from voice_coach.counterpart.story import Guardedness, Scenario, with_guardedness
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import TopicRole

KINDS = tuple(sorted(move.kind for move in recognizer().rulebook.moves))
CLOSING = ("threat", "leverage", "deadline_pressure", "bargaining", "arguing")
GIVING_BACK = frozenset({"label", "i_label", "paraphrase", "mirror", "summary"})
TEXTS = (
    "so", "It sounds like you're tired of it.", "You were left alone with it.", "I see what you mean.",
    "Nobody called you?", "We have a new product.", "I'm sorry about that.", "Yes, we can do that.",
    "No, that's not possible.", "You sound angry.", "The next time?", "two other quotes",
)  # fmt: skip


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
        # Nobody can talk over a reply that says nothing.
        over = self.over and bool(call.reply.sentences)
        return call.makes(*self.kinds, text=self.text, covers=covers, over=over)


def acts(kinds: tuple[str, ...] = KINDS) -> st.SearchStrategy[Act]:
    said = st.builds(
        Act,
        kinds=st.lists(st.sampled_from(kinds), max_size=3, unique=True).map(tuple),
        text=st.sampled_from(TEXTS),
        topics=st.frozensets(st.integers(0, 7), max_size=7),
        over=st.sampled_from([False, False, False, False, True]),
    )
    return st.one_of(said, said, said, said, st.sampled_from([Act(silence="left"), Act(silence="long")]))


def understandable(scenario: Scenario) -> list[str]:
    return [x.id for x in scenario.layers if not x.secret and x.role is not TopicRole.POSITION]


def check(call: Call, act: Act, before: Mind, heard: set[str]) -> None:
    """What must hold of the reply to an act; `heard` are the sentences that were heard before it."""
    mind, reply = call.mind, call.reply
    assert all(0 <= number <= 1 for number in (mind.trust, mind.tension, mind.patience))
    assert reply.because.reasons
    assert not heard & set(reply.sentences), "no sentence is heard twice"
    assert all(len(sentence.split()) <= 30 for sentence in reply.sentences)
    assert reply.sentences or reply.because.rule == "encourager"
    if set(act.kinds) & set(CLOSING):
        assert not reply.opened, "pressure opens nothing"
        assert not reply.thats_right
    check_pressure(call, before)
    if reply.thats_right:
        check_coverage(call, before)
    if reply.ends is Outcome.AGREEMENT:
        assert mind.thats_right
    assert set(reply.opened) <= {change.topic for change in reply.because.topics}
    assert 0 <= reply.because.understood_before <= 1
    assert 0 <= reply.because.understood_after <= 1
    check_nothing_given_away(call, before)


def check_nothing_given_away(call: Call, before: Mind) -> None:
    """Whoever asks "why did they say that?" learns nothing that has not come up."""
    mind, because = call.mind, call.reply.because
    came_up = {*mind.closed, *before.closed}
    came_up |= {topic for topic in mind.topics if mind.level(topic) or before.level(topic)}
    told = " ".join((*because.reasons, *(change.title for change in because.topics)))
    for layer in call.scenario.layers:
        assert layer.id in came_up or layer.title not in told


def check_pressure(call: Call, before: Mind) -> None:
    mind, reply = call.mind, call.reply
    # What the trainee sums up unasked is understood, and was not let out.
    came_out = [
        topic
        for topic, state in mind.topics.items()
        if state is SegmentState.DISCLOSED and not before.is_open(topic)
    ]
    if RULES[reply.because.rule].costs or (before.grudge and mind.grudge):
        assert not came_out, "pressure that is not made good opens nothing"
    if before.grudge:
        hidden = [x.topic for x in call.scenario.layers if x.secret and not before.is_open(x.id)]
        for sentence in reply.sentences:
            assert not cover(sentence, hidden), "no hidden fact after pressure"


def check_coverage(call: Call, before: Mind) -> None:
    assert not before.grudge
    for layer in call.scenario.layers:
        needed = layer.role is TopicRole.REASON or before.is_open(layer.id)
        if needed and layer.id in understandable(call.scenario):
            assert call.mind.topics[layer.id] is SegmentState.SUMMARISED


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
    call = Call(with_guardedness(load_scenario(name), level), seed)
    heard: set[str] = set()
    for act in script:
        if call.reply.ends is not None:
            break
        before, last = call.mind, call.reply
        act.play(call)
        talked_over = act.over and not act.silence and last.sentences
        heard |= set() if talked_over else set(last.sentences)
        check(call, act, before, heard)
    turning = {reply.because.rule for reply in call.replies[:-1]} & {"thats-right", "threat", "leverage"}
    assert listen(call, seed % 1000).reply.ends is not None, "there is always a way out"
    led_here = [reason for reason in call.reply.because.reasons if reason.startswith("Exchange")]
    assert led_here or not turning, "the end says what led there"


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
    script=st.lists(acts(tuple(kind for kind in KINDS if kind not in GIVING_BACK)), max_size=30),
)
def test_who_gives_nothing_back_never_hears_thats_right(name: str, seed: int, script: list[Act]) -> None:
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
        call = Call(with_guardedness(load_scenario(name), level), seed)
        call.makes(kind)
        call.makes("restart_request", text="Would you be offended if we restarted that part?")
        assert call.rule == "restart"
        assert listen(call, seed).reply.ends is Outcome.AGREEMENT
