"""Each rule by itself: which turn it answers, and what it leaves behind."""

from itertools import pairwise

import pytest
from counterpart.calls import Call, dana

from voice_coach.counterpart import counterpart
from voice_coach.counterpart.mind import Stage
from voice_coach.counterpart.reply import Delivery, Outcome, SegmentState
from voice_coach.counterpart.rules import RULES

WHY_AND_ALL = ("explaining", "outage", "alone", "nobody_called", "next_time")


def opened(*topics: str) -> Call:
    """A call in which these topics have been disclosed."""
    call = Call()
    call.mind = call.mind.raised(dict.fromkeys(topics, SegmentState.DISCLOSED))
    return call


def test_it_speaks_first_and_in_character() -> None:
    call = Call()
    assert "Dana Whitfield" in call.reply.text
    assert call.reply.delivery is Delivery.GUARDED


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("threat", "threat"),
        ("leverage", "leverage"),
        ("deadline_pressure", "deadline"),
        ("bargaining", "bargaining"),
        ("arguing", "arguing"),
    ],
)
def test_pressure_closes_what_was_open_and_is_remembered(kind: str, rule: str) -> None:
    call = opened("explaining", "outage")
    trust = call.mind.trust
    call.makes(kind)
    assert call.rule == rule
    assert call.mind.topics["explaining"] is SegmentState.HINTED
    assert call.mind.topics["outage"] is SegmentState.HINTED
    assert call.mind.topics["price"] is SegmentState.DISCLOSED
    assert call.mind.trust < trust
    assert call.mind.pressed == (rule,)
    assert not call.reply.opened


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("why_question", "why"),
        ("yes_fishing", "yes-fishing"),
        ("premature_solution", "premature-solution"),
        ("accusation_audit", "accusation-audit"),
        ("missing_piece_label", "missing-piece"),
        ("no_oriented_question", "no-oriented-question"),
        ("calibrated_question", "calibrated-question"),
        ("open_invitation", "open-invitation"),
        ("question", "question"),
        ("stacked_move", "stacked"),
    ],
)
def test_a_move_is_answered_by_its_rule(kind: str, rule: str) -> None:
    call = Call()
    call.makes(kind)
    assert call.rule == rule
    assert call.reply.because.reasons[0] == RULES[rule].reason


def test_a_label_that_names_a_hint_goes_one_layer_further() -> None:
    call = Call()
    call.makes("label", text="It sounds like you're tired of defending us.", covers=["explaining"])
    assert call.rule == "label-opens"
    assert call.mind.topics["explaining"] is SegmentState.LABELLED
    assert call.mind.topics["outage"] is SegmentState.DISCLOSED


def test_a_label_far_ahead_opens_only_the_first_closed_layer() -> None:
    call = Call()
    call.makes("label", text="It seems like nobody called.", covers=["nobody_called"])
    assert call.mind.is_open("explaining")
    assert not call.mind.is_open("outage")


def test_a_wrong_label_is_corrected_and_the_first_costs_nothing() -> None:
    call = Call()
    trust, patience = call.mind.trust, call.mind.patience
    call.says("It sounds like you're furious.")
    assert call.rule == "mislabel"
    assert (call.mind.trust, call.mind.patience) == (trust, patience)
    call.says("It seems like you're excited about this.")
    assert call.rule == "mislabel-again"
    assert call.mind.patience < patience


def test_a_silence_left_alone_is_filled_and_one_stepped_on_is_lost() -> None:
    held = opened("explaining", "outage", "alone")
    held.makes("label", text="You were left alone.", covers=["alone"])
    assert held.reply.follow_up is not None
    assert len(held.reply.text.split()) < 10
    held.leaves_silence()
    assert held.mind.is_open("nobody_called")

    stepped = opened("explaining", "outage", "alone")
    stepped.makes("label", text="You were left alone.", covers=["alone"])
    stepped.makes("question", text="What now?")
    assert not stepped.mind.is_open("nobody_called")
    assert stepped.mind.forfeits == 1
    assert stepped.mind.pending == ""
    assert "stepped on" in stepped.reply.because.reasons[-1]
    stepped.makes("label", text="You were left alone.", covers=["alone"])
    assert stepped.reply.follow_up is not None, "named again, it may come again"


def test_an_encourager_into_the_silence_does_not_step_on_it() -> None:
    call = opened("explaining", "outage", "alone")
    call.makes("label", text="You were left alone.", covers=["alone"])
    call.makes("encourager", text="mm-hm")
    assert call.reply.sentences == ()
    assert call.reply.follow_up is not None
    call.leaves_silence()
    assert call.mind.is_open("nobody_called")


def test_a_complete_summary_earns_thats_right_then_the_terms_then_an_agreement() -> None:
    call = opened(*WHY_AND_ALL)
    call.makes("summary", covers=WHY_AND_ALL)
    assert call.reply.thats_right
    assert call.reply.delivery is Delivery.DELIGHTED
    assert call.reply.text.startswith("That's right.")
    call.leaves_silence()
    assert call.rule == "terms-proposed"
    assert {"quotes_higher", "named_person"} <= set(call.reply.opened)
    call.says("Yes, we can do that.")
    assert call.reply.ends is Outcome.AGREEMENT


def test_a_partial_summary_gets_a_weak_yes_and_a_later_one_may_fill_the_gap() -> None:
    call = opened(*WHY_AND_ALL)
    call.makes("summary", covers=WHY_AND_ALL[:-1])
    assert call.rule == "summary-partial"
    assert not call.reply.thats_right
    assert "Whether it would be the same again" in call.reply.because.reasons[-1]
    call.makes("summary", covers=["next_time"])
    assert call.reply.thats_right


def test_the_reason_must_be_covered_even_when_it_was_never_spoken_of() -> None:
    call = opened("explaining", "outage", "alone")
    call.makes("summary", covers=["explaining", "outage", "alone"])
    assert call.rule == "summary-partial"


def test_pressure_stands_between_a_complete_summary_and_thats_right() -> None:
    call = opened(*WHY_AND_ALL)
    call.makes("leverage")
    call.makes("summary", covers=WHY_AND_ALL)
    assert call.rule == "summary-under-pressure"
    call.makes("summary", covers=WHY_AND_ALL)
    assert call.reply.thats_right, "there is always a way back"


def test_a_restart_gives_back_what_pressure_closed_once() -> None:
    call = opened("explaining", "outage")
    call.makes("leverage")
    call.makes("restart_request", "no_oriented_question")
    assert call.rule == "restart"
    assert call.mind.is_open("outage")
    call.makes("leverage")
    call.makes("restart_request")
    assert call.rule == "restart-again"
    assert not call.mind.is_open("outage")


def test_pressure_after_the_terms_takes_them_back() -> None:
    call = opened(*WHY_AND_ALL)
    call.makes("summary", covers=WHY_AND_ALL)
    call.leaves_silence()
    call.makes("leverage")
    assert call.rule == "terms-withdrawn"
    assert call.mind.stage is Stage.TALKING


def test_terms_refused_twice_end_in_not_today() -> None:
    call = opened(*WHY_AND_ALL)
    call.makes("summary", covers=WHY_AND_ALL)
    call.leaves_silence()
    call.says("No, that's not possible.")
    assert call.rule == "terms-refused"
    call.says("We can't do that.")
    assert call.reply.ends is Outcome.NOT_TODAY


def test_talking_over_it_is_named_the_second_time() -> None:
    call = Call()
    call.makes("question", over=True)
    assert call.rule == "question"
    call.makes("question", over=True)
    assert call.rule == "interruption-named"
    assert call.reply.delivery is Delivery.IRRITATED


def test_a_disclosure_that_nobody_heard_has_not_been_made() -> None:
    call = Call()
    call.makes("label", text="You're tired of defending us.", covers=["explaining"])
    assert call.mind.is_open("outage")
    call.makes("question", text="What now?", over=True)
    assert not call.mind.is_open("outage")


def test_the_same_opening_words_three_times_in_a_row_are_noticed() -> None:
    call = Call()
    for text in ("It sounds like a.", "It sounds like b.", "It sounds like c."):
        call.makes("label", text=text)
    assert call.rule == "same-stem"


def test_three_mirrors_in_a_row_are_a_parrot() -> None:
    call = Call()
    for text in ("Two other quotes?", "Hard to explain?", "Two days?"):
        call.makes("mirror", text=text)
    assert call.rule == "mirror-parroted"


def test_its_concern_said_three_times_is_said_to_be_so() -> None:
    call = Call()
    for _ in range(3):
        call.makes(text="Our offices are in the north.")
    assert [r.because.rule for r in call.replies[1:]] == [
        "concern-repeated",
        "concern-repeated",
        "concern-third-time",
    ]


def test_the_state_before_and_after_is_given_and_joins_up() -> None:
    call = Call()
    for kind in ("question", "leverage", "mirror", "accusation_audit"):
        call.makes(kind)
    for one, other in pairwise(reply.because for reply in call.replies):
        assert other.trust_before == one.trust_after
        assert other.tension_before == one.tension_after


def test_the_ring_gives_no_title_away_before_its_time() -> None:
    call = Call()
    segments = {segment.topic: segment for segment in counterpart.ring(dana(), call.mind)}
    assert segments["price"].title == "The increase"
    assert segments["named_person"].title == ""
    assert segments["named_person"].state is SegmentState.UNSPOKEN
