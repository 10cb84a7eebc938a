"""Every kind of move that the recogniser knows has a named reaction, whatever else is so."""

import msgspec
import pytest
from counterpart.calls import Call, recognizer

from voice_coach.counterpart.mind import Stage
from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.rules import RULES

REACTIONS = {
    "accusation_audit": "accusation-audit",
    "arguing": "arguing",
    "bargaining": "bargaining",
    "calibrated_question": "calibrated-question",
    "deadline_pressure": "deadline",
    "encourager": "encourager",
    "i_label": "i-label",
    "label": "label-opens",
    "leverage": "leverage",
    "mirror": "mirror-elaborates",
    "missing_piece_label": "missing-piece",
    "no_oriented_question": "no-oriented-question",
    "open_invitation": "open-invitation",
    "paraphrase": "paraphrase-fits",
    "premature_solution": "premature-solution",
    "question": "question",
    "restart_request": "restart",
    "stacked_move": "stacked",
    "summary": "summary-partial",
    "threat": "threat",
    "why_question": "why",
    "yes_fishing": "yes-fishing",
}
"""What a first turn of that kind is answered by; the label names the topic that is hinted at."""
COVERS = {"label": ["explaining"], "i_label": ["explaining"], "summary": ["explaining", "outage"]}
ON_TERMS = {
    "arguing": "terms-withdrawn",
    "bargaining": "terms-bargained",
    "deadline_pressure": "terms-withdrawn",
    "leverage": "terms-withdrawn",
    "premature_solution": "solution-considered",
    "threat": "terms-withdrawn",
}
"""What a move is answered by when the terms are on the table, if not by explaining them."""


def test_the_table_has_every_kind_there_is() -> None:
    assert set(REACTIONS) == {move.kind for move in recognizer().rulebook.moves}


@pytest.mark.parametrize(("kind", "rule"), REACTIONS.items())
def test_each_kind_is_answered_by_its_rule(kind: str, rule: str) -> None:
    call = Call()
    call.makes(kind, text="two other quotes", covers=COVERS.get(kind, []))
    assert call.rule == rule
    assert call.reply.because.reasons[0] == RULES[rule].reason
    assert bool(call.reply.sentences) is (kind != "encourager")


@pytest.mark.parametrize("kind", REACTIONS)
def test_on_the_terms_every_kind_is_answered_too(kind: str) -> None:
    call = Call()
    call.mind = call.mind.raised({"explaining": SegmentState.DISCLOSED})
    call.mind = msgspec.structs.replace(call.mind, stage=Stage.PROPOSED, thats_right=True)
    call.makes(kind, text="so")
    assert call.rule == ON_TERMS.get(kind, "terms-explained")
    assert call.reply.sentences


def test_silence_and_interruption_have_their_rules_too() -> None:
    call = Call()
    call.is_silent_for_long()
    assert call.rule == "asks-after-silence"
    call.makes("question", over=True)
    assert "It was talked over." in call.reply.because.reasons
    call.makes("question", over=True)
    assert call.rule == "interruption-named"


def test_every_rule_has_words_or_needs_none() -> None:
    worded_elsewhere = {"opening", "encourager", "label-opens", "silence-filled", "terms-proposed",
                        "concern-repeated", "interruption"}  # fmt: skip
    manners = Call().scenario.manners
    assert set(RULES) - worded_elsewhere <= set(manners)
