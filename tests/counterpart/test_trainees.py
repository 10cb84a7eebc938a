"""Simulated trainees: who gets where, over many seeds."""

from collections import Counter

import pytest
from counterpart.calls import Call
from counterpart.invariants import WatchedCall
from counterpart.trainees import (
    Trainee,
    anything,
    average,
    bully,
    empathic,
    lecturer,
    parrot,
    play,
    silent,
    yes_chaser,
)

from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.scenario import Scenario, list_scenarios

scenarios = pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.id)


def secrets_told(call: Call) -> list[str]:
    return [layer.id for layer in call.scenario.layers if layer.secret and call.mind.level(layer.id)]


@scenarios
def test_the_empathic_one_wins(scenario: Scenario) -> None:
    for seed in range(15):
        call = play(empathic, WatchedCall(scenario, seed), seed)
        assert call.reply.ends is Outcome.AGREEMENT, [r.because.rule for r in call.replies]
        assert len(call.replies) <= 30
        assert set(secrets_told(call)) == set(scenario.terms.reveals)


@scenarios
def test_the_bully_never_gets_a_secret_or_thats_right_and_is_hung_up_on(scenario: Scenario) -> None:
    for seed in range(50):
        call = play(bully, WatchedCall(scenario, seed), seed)
        assert not call.mind.thats_right
        assert not secrets_told(call)
        assert call.reply.ends is Outcome.HUNG_UP
        assert "warning" in call.mind.rules, "nobody is hung up on without a warning"


@scenarios
def test_the_yes_chaser_hears_only_yeses_without_weight(scenario: Scenario) -> None:
    allowed = {"opening", "yes-fishing", "counterfeit-yes", "premature-solution", "warning", "hang-up",
               "concern-repeated", "not-today"}  # fmt: skip
    for seed in range(25):
        call = play(yes_chaser, WatchedCall(scenario, seed), seed)
        assert {reply.because.rule for reply in call.replies} <= allowed
        assert not secrets_told(call)
        assert call.reply.ends in {Outcome.HUNG_UP, Outcome.NOT_TODAY}


@scenarios
def test_the_parrot_stalls(scenario: Scenario) -> None:
    for seed in range(25):
        call = play(parrot, WatchedCall(scenario, seed), seed)
        assert not call.mind.thats_right
        assert not secrets_told(call)
        assert "mirror-parroted" in call.mind.rules
        assert call.reply.ends in {Outcome.HUNG_UP, Outcome.NOT_TODAY}


@scenarios
def test_the_lecturer_is_ended(scenario: Scenario) -> None:
    for seed in range(25):
        call = play(lecturer, WatchedCall(scenario, seed), seed)
        assert call.reply.ends in {Outcome.HUNG_UP, Outcome.NOT_TODAY}
        assert len(call.replies) <= 20


@scenarios
def test_the_silent_one_is_asked_then_helped_then_let_go(scenario: Scenario) -> None:
    for seed in range(20):
        call = play(silent, WatchedCall(scenario, seed), seed)
        rules = [reply.because.rule for reply in call.replies]
        assert rules == ["opening", "asks-after-silence", "helps-after-silence", "lets-go"]
        assert call.reply.ends is Outcome.NOT_TODAY


@scenarios
def test_a_random_one_never_breaks_an_invariant_and_the_call_always_ends(scenario: Scenario) -> None:
    ends: Counter[Outcome | None] = Counter()
    for seed in range(70):
        call = play(anything, WatchedCall(scenario, seed), seed)
        ends[call.reply.ends] += 1
    assert None not in ends
    assert len(ends) > 1, "calls end in more than one way"


@scenarios
def test_thats_right_stays_rare_in_average_play(scenario: Scenario) -> None:
    reflections = thats_right = 0
    for seed in range(35):
        call = play(average, WatchedCall(scenario, seed), seed, turns=40)
        kinds = ("label", "mirror", "paraphrase", "summary")
        reflections += sum(rule.startswith((*kinds, "mislabel")) for rule in call.mind.rules)
        thats_right += "thats-right" in call.mind.rules
    assert reflections > 150
    assert thats_right / reflections < 0.06


@pytest.mark.parametrize("trainee", [anything, average, bully, parrot])
def test_the_same_seed_gives_the_same_call(trainee: Trainee) -> None:
    one, other = (play(trainee, Call(seed=11), 3) for _ in range(2))
    assert one.replies == other.replies
    assert one.mind == other.mind


def test_another_seed_words_the_call_differently() -> None:
    texts = {tuple(play(average, Call(seed=seed), 3, turns=6).sentences) for seed in range(8)}
    assert len(texts) > 4
