"""The one cue: sparse, never the same twice in a row, quiet after a label."""

import pytest

from voice_coach.coaching.cue import AFTER_RULE, choose_cue
from voice_coach.coaching.turn import Cue, Speaker, Turn
from voice_coach.counterpart.reply import Because, RingSegment, SegmentState
from voice_coach.counterpart.rules import RULES
from voice_coach.moves.move import Family, Move


def trainee(text: str = "So.", *kinds: str, family: Family = Family.REFLECTION) -> Turn:
    moves = tuple(
        Move(kind=kind, family=family, start=0, end=len(text), cue=text, confidence=0.9, rule="test.rule")
        for kind in kinds
    )
    return Turn(index=0, speaker=Speaker.TRAINEE, text=text, start_seconds=0, end_seconds=1, moves=moves)


def dana(text: str = "Well.", rule: str = "concern-repeated", *, thats_right: bool = False) -> Turn:
    because = Because(
        rule=rule, reasons=("",), trust_before=0, trust_after=0, tension_before=0, tension_after=0
    )
    return Turn(
        index=0,
        speaker=Speaker.COUNTERPART,
        text=text,
        start_seconds=0,
        end_seconds=1,
        because=because,
        thats_right=thats_right,
    )


def rule_of(cue: Cue | None) -> str:
    return cue.rule if cue else ""


def test_nothing_is_shown_before_the_trainee_has_spoken() -> None:
    assert choose_cue([], [], []) is None
    assert choose_cue([dana()], [], []) is None


@pytest.mark.parametrize("kind", ["label", "i_label", "mirror", "summary", "missing_piece_label"])
def test_the_page_is_silent_after_a_reflection(kind: str) -> None:
    assert (
        choose_cue([dana(), trainee("It sounds so.", kind), dana(rule="label-into-silence")], [], [])
        is None
    )


def test_a_summary_that_left_something_out_gets_its_cue_all_the_same() -> None:
    turns = [dana(), trainee("So.", "summary"), dana(rule="summary-partial")]
    assert rule_of(choose_cue(turns, [], [])) == "find-the-gap"


def test_pressure_is_answered_with_the_way_back() -> None:
    turns = [dana(), trainee("Or else.", "threat", family=Family.PRESSURE), dana(rule="threat")]
    assert rule_of(choose_cue(turns, [], [])) == "way-back"


def test_no_cue_twice_in_a_row_and_none_more_than_twice() -> None:
    turns = [dana(), trainee("Or else.", "threat", family=Family.PRESSURE), dana(rule="threat")]
    assert rule_of(choose_cue(turns, [], ["way-back"])) == ""
    assert rule_of(choose_cue(turns, [], ["way-back", "name-it"])) == "way-back"
    assert rule_of(choose_cue(turns, [], ["way-back", "name-it", "way-back", "name-it"])) == ""


def test_two_questions_in_a_row_suggest_naming() -> None:
    ask = trainee("What now?", "question", family=Family.QUESTION)
    turns = [dana(), ask, dana("Hm.", "question"), ask, dana("Well.", "question")]
    assert rule_of(choose_cue(turns, [], [])) == "name-not-ask"


def test_a_word_they_come_back_to_is_pointed_at() -> None:
    label = trainee("You seem tired.", "label")
    turns = [
        dana("The board asked."),
        label,
        dana("It is the board again."),
        trainee("I see what you mean."),
    ]
    cue = choose_cue([*turns, dana("Hm.")], [], [])
    assert cue is not None
    assert cue.rule == "said-twice"
    assert "“board”" in cue.text


def test_when_much_was_told_a_summary_is_suggested() -> None:
    ring = [RingSegment(topic=str(n), title="", state=SegmentState.DISCLOSED) for n in range(4)]
    turns = [dana(), trainee("I see what you mean."), dana()]
    assert rule_of(choose_cue(turns, ring, [])) == "sum-up"
    summed_up = [*ring[1:], RingSegment(topic="0", title="", state=SegmentState.SUMMARISED)]
    assert rule_of(choose_cue(turns, summed_up, [])) == ""


def test_after_thats_right_the_trainee_is_left_alone() -> None:
    turns = [dana(rule="thats-right", thats_right=True), trainee("Then sign."), dana(rule="threat")]
    assert choose_cue(turns, [], []) is None


def test_a_word_that_tells_of_a_feeling_is_named_before_any_other() -> None:
    turns = [
        dana("It is the invoice again."),
        trainee("I see what you mean."),
        dana("And again an invoice, again the board."),
    ]
    cue = choose_cue(turns, [], [])
    assert cue is not None
    assert cue.text == "They've said “again” twice. Name what is behind it."


def test_who_chose_to_see_no_cue_sees_none() -> None:
    turns = [dana(), trainee("Or else.", "threat", family=Family.PRESSURE), dana(rule="threat")]
    assert choose_cue(turns, [], [], wanted=False) is None


@pytest.mark.parametrize(
    ("rule", "cue"),
    [
        ("label-again", "go-deeper"),
        ("stacked", "one-breath"),
        ("paraphrase-off", "their-words"),
        ("label-too-early", "earn-it"),
        ("summary-under-pressure", "same-again"),
        ("terms-bargained", "their-terms"),
        ("helps-after-silence", "just-say"),
    ],
)
def test_the_state_decides_which_cue_it_is(rule: str, cue: str) -> None:
    turns = [dana(), trainee("I see what you mean."), dana(rule=rule)]
    assert rule_of(choose_cue(turns, [], [])) == cue


def test_every_cue_answers_a_rule_there_is_and_fits_one_line() -> None:
    assert set(AFTER_RULE) <= set(RULES)
    assert all(len(text) <= 64 for _, text in AFTER_RULE.values())
