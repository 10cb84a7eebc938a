"""Every sample exchange of every scenario, and every demo, through the real recogniser."""

from pathlib import Path

import pytest
from counterpart.calls import Call

from voice_coach.counterpart.demo import load_demo
from voice_coach.counterpart.reply import Delivery, Outcome
from voice_coach.counterpart.scenario import SCENARIO_FOLDER, list_scenarios
from voice_coach.counterpart.story import Example, Scenario
from voice_coach.errors import ScenarioError

EXAMPLES = [
    pytest.param(scenario, example, id=f"{scenario.id}: {example.name}")
    for scenario in list_scenarios()
    for example in scenario.examples
]
DEMOS = sorted(path.name.removesuffix(".demo.yaml") for path in Path(SCENARIO_FOLDER).glob("*.demo.yaml"))


@pytest.mark.parametrize("seed", [7, 8, 21])
@pytest.mark.parametrize(("scenario", "example"), EXAMPLES)
def test_sample_exchanges_are_answered_by_the_rules_they_name(
    scenario: Scenario, example: Example, seed: int
) -> None:
    call = Call(scenario, seed)
    for turn in example.turns:
        reply = call.says(turn.you) if turn.you else call.leaves_silence()
        assert reply.because.rule == turn.rule, f"line {turn.line}: {reply}"
        assert set(turn.opens) <= set(reply.opened), f"line {turn.line}: {reply}"


@pytest.mark.parametrize("scenario", DEMOS)
def test_the_demo_reaches_thats_right_by_labels_a_mirror_and_a_summary(scenario: str) -> None:
    call = Call(seed=7)
    lines = load_demo(scenario)
    assert 6 <= len(lines) <= 8
    for line in lines:
        if call.reply.follow_up and line.silence_before_seconds > call.reply.follow_up.after_seconds:
            call.leaves_silence()
        call.says(line.text)
    rules = [reply.because.rule for reply in call.replies]
    assert {"label-opens", "mirror-elaborates", "silence-filled", "thats-right", "terms-proposed"} <= set(
        rules
    )
    assert any(r.thats_right and r.delivery is Delivery.DELIGHTED for r in call.replies)
    assert call.reply.ends is Outcome.AGREEMENT


def test_demo_lines_leave_the_silence_that_a_follow_up_needs() -> None:
    call = Call(seed=7)
    for line in load_demo("renewal_in_doubt"):
        pause = call.reply.follow_up
        if pause is not None:
            assert line.silence_before_seconds >= pause.after_seconds + 1
            call.leaves_silence()
        call.says(line.text)


def test_a_scenario_without_a_demo_is_named() -> None:
    with pytest.raises(ScenarioError, match=r"no demo lines for 'nobody'.*renewal_in_doubt") as caught:
        load_demo("nobody")
    assert caught.value.stable_code == "unknown-scenario"
