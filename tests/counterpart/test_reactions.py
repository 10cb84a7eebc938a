"""Reactions that take more than one turn: what adds up, what wears off, what is remembered."""

import msgspec
import pytest
from counterpart.calls import Call

from voice_coach.counterpart.mind import Stage
from voice_coach.counterpart.mirrors import without_echo
from voice_coach.counterpart.reply import Outcome, SegmentState
from voice_coach.counterpart.rules import RULES
from voice_coach.counterpart.scenario import list_scenarios
from voice_coach.counterpart.story import Scenario
from voice_coach.counterpart.summaries import understood

ALL = ("explaining", "outage", "alone", "nobody_called", "next_time")

scenarios = pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.id)


def told(*topics: str) -> Call:
    call = Call()
    call.mind = call.mind.raised(dict.fromkeys(topics, SegmentState.DISCLOSED))
    return call


def in_stage(stage: Stage) -> Call:
    call = told(*ALL)
    call.mind = msgspec.structs.replace(call.mind, stage=stage, thats_right=True)
    return call


# ---------------------------------------------------------------- understanding adds up


def test_a_summary_may_take_two_turns() -> None:
    call = told(*ALL)
    call.makes("paraphrase", covers=ALL[:3])
    call.makes("summary", covers=ALL[3:])
    assert call.reply.thats_right


def test_what_was_given_back_long_ago_has_to_be_said_again() -> None:
    call = told(*ALL)
    call.makes("paraphrase", covers=ALL[:3])
    call.makes("question")
    call.makes("summary", covers=ALL[3:])
    assert call.rule == "summary-partial"


@pytest.mark.parametrize("kind", ["label", "paraphrase"])
def test_a_gap_that_was_pointed_at_may_be_filled_without_summing_up_again(kind: str) -> None:
    call = told(*ALL)
    call.makes("summary", covers=ALL[:-1])
    assert call.rule == "summary-partial"
    call.makes(kind, covers=["next_time"])
    assert call.reply.thats_right


def test_another_gap_than_the_one_left_open_completes_nothing() -> None:
    call = told(*ALL)
    call.makes("summary", covers=ALL[:-1])
    call.makes("label", covers=["alone"])
    assert not call.reply.thats_right


def test_how_much_is_understood_is_told_before_and_after() -> None:
    call = told(*ALL)
    assert understood(call.scenario, call.mind) == 0.5
    because = call.makes("summary", covers=ALL).because
    assert (because.understood_before, because.understood_after) == (0.5, 1.0)
    assert {change.topic for change in because.topics} == set(ALL)


def test_a_summary_followed_by_a_but_and_an_ask_gets_half_the_credit() -> None:
    call = told(*ALL)
    call.says(
        "So in March you were two days without records, and you stood there alone in front of forty"
        " doctors, but I need you to sign this week."
    )
    assert call.rule == "stacked"
    assert call.mind.topics["outage"] is SegmentState.LABELLED
    whole = RULES["stacked"]
    gained = call.reply.because.trust_after - call.reply.because.trust_before
    assert gained == pytest.approx(whole.trust / 2)
    assert not call.reply.thats_right


def test_a_label_and_a_question_in_one_breath_answers_the_question_only() -> None:
    call = told("explaining")
    call.says("It sounds like you're tired of defending us. What can we do?")
    assert call.rule == "stacked"
    assert not call.mind.is_open("outage")
    hinted = {origin for origin in call.reply.because.origins if origin.endswith(".hints")}
    assert hinted == {"topics.outage.hints"}


def test_a_tag_behind_a_label_weakens_it_and_it_is_a_label_still() -> None:
    plain, tagged = Call(), Call()
    plain.says("It sounds like you're tired of defending us.")
    tagged.says("It sounds like you're tired of defending us, right?")
    assert tagged.rule == plain.rule == "label-opens"
    assert tagged.reply.because.trust_after < plain.reply.because.trust_after
    assert any("asked for a yes" in reason for reason in tagged.reply.because.reasons)


# ---------------------------------------------------------------- what wears off, what is noticed


def test_a_label_said_again_earns_nothing() -> None:
    call = told(*ALL)
    call.mind = call.mind.raised({"next_time": SegmentState.LABELLED})
    trust = call.mind.trust
    call.makes("label", text="You seem worried about next time.", covers=["next_time"])
    assert call.rule == "label-again"
    assert call.mind.trust == trust


def test_a_paraphrase_said_again_earns_half() -> None:
    call = told("outage")
    first = call.makes("paraphrase", covers=["outage"]).because
    again = call.makes("paraphrase", covers=["outage"]).because
    assert again.trust_after - again.trust_before < first.trust_after - first.trust_before


def test_mirrors_with_a_word_between_them_are_a_parrot_all_the_same() -> None:
    call = Call()
    for _ in range(2):
        call.makes("mirror", text="two other quotes")
        call.makes("mirror", text="the increase")
        call.makes(text="Our offices are in the north.")
    call.makes("mirror", text="my board")
    assert call.rule == "mirror-parroted"


def test_questions_that_may_be_answered_with_no_become_an_interview_too() -> None:
    call = Call()
    for _ in range(4):
        call.makes("no_oriented_question")
    assert call.rule == "questions-in-series"


def test_the_same_pressure_again_is_remembered_aloud() -> None:
    call = Call()
    call.makes("leverage")
    call.makes("leverage")
    assert call.reply.because.origins[-1].endswith(".pressed-again")


def test_pressure_into_its_sentence_is_named_and_closes_all_the_same() -> None:
    call = told("explaining", "outage")
    call.makes("question", over=True)
    call.makes("threat", over=True)
    assert call.rule == "interruption-named"
    assert not call.mind.is_open("outage")
    assert call.mind.pressed == ("threat",)


# ---------------------------------------------------------------- a mirror, a sign of listening


@scenarios
def test_whatever_it_says_first_can_be_mirrored(scenario: Scenario) -> None:
    for seed in range(12):
        for start in range(0, 40, 3):
            call = Call(scenario, seed)
            words = call.reply.text.split()[start : start + 3]
            if words:
                call.makes("mirror", text=" ".join(words))
                assert call.rule == "mirror-elaborates", words


def test_lines_without_an_elaboration_of_their_own_can_be_found() -> None:
    call = Call()
    assert not set(call.scenario.opening) & set(without_echo(call.scenario))
    silent = msgspec.structs.replace(call.scenario, echoes=())
    assert set(call.scenario.opening) <= set(without_echo(silent))


def test_a_sign_of_listening_lets_it_go_on() -> None:
    call = Call()
    call.makes("encourager", text="mm-hm")
    assert call.reply.follow_up is not None
    opened = call.mind.topics
    call.leaves_silence()
    assert call.rule == "goes-on"
    assert call.reply.sentences
    assert call.mind.topics == opened, "more words, no new layer"


def test_signs_of_listening_alone_do_not_carry_a_call() -> None:
    call = Call()
    for _ in range(6):
        call.makes("encourager", text="mm-hm")
        if call.reply.follow_up is not None:
            call.leaves_silence()
    assert call.mind.rules.count("goes-on") <= 2


# ---------------------------------------------------------------- after "that's right"


def test_a_solution_is_no_longer_premature() -> None:
    call = in_stage(Stage.TALKING)
    call.makes("premature_solution")
    assert call.rule == "solution-considered"
    call.makes("leverage")
    call.makes("premature_solution")
    assert call.rule == "premature-solution"


@pytest.mark.parametrize("kind", ["threat", "leverage", "bargaining", "deadline_pressure", "arguing"])
def test_pressure_right_after_thats_right_keeps_the_secrets_in(kind: str) -> None:
    call = in_stage(Stage.UNDERSTOOD)
    call.makes(kind)
    assert call.mind.stage is Stage.TALKING
    assert not call.mind.level("named_person")
    assert call.rule in RULES
    assert RULES[call.rule].costs


def test_thats_right_can_be_earned_a_second_time_in_other_words() -> None:
    call = told(*ALL)
    call.makes("summary", covers=ALL)
    call.makes("leverage")
    first = call.sentences
    for _ in range(3):
        call.makes("summary", covers=ALL)
        if call.reply.thats_right:
            break
    assert call.reply.thats_right
    assert not set(call.reply.sentences) & set(first)


def test_haggling_over_its_terms_ends_without_them() -> None:
    call = in_stage(Stage.PROPOSED)
    for _ in range(8):
        if call.reply.ends is None:
            call.makes("bargaining", text="How about five percent?")
    assert call.reply.ends in {Outcome.NOT_TODAY, Outcome.HUNG_UP}


# ---------------------------------------------------------------- the end says what led there


def test_hanging_up_names_the_exchanges_that_led_there() -> None:
    call = Call()
    while call.reply.ends is None:
        call.makes("threat")
    assert call.reply.ends is Outcome.HUNG_UP
    assert f"Exchange 1: {RULES['threat'].reason}" in call.reply.because.reasons


def test_an_agreement_names_the_moment_it_was_earned() -> None:
    call = told(*ALL)
    call.makes("summary", covers=ALL)
    call.leaves_silence()
    call.says("Yes, we can do that.")
    assert call.reply.ends is Outcome.AGREEMENT
    assert f"Exchange 1: {RULES['thats-right'].reason}" in call.reply.because.reasons
