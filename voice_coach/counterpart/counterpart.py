"""The person on the other side: hears a turn, finds the rule that applies, and answers.

Every function here is pure: the same scenario, mind, turn and seed give the same answer. Which rule
applies is decided top down: first what would be said even over the best sentence (being talked over),
then what costs, then what helps, the weightiest first. What a rule does to the mind stands in `rules.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from voice_coach.counterpart import endings, labels, mirrors, pressure, summaries, talk
from voice_coach.counterpart.mind import Mind, Stage
from voice_coach.counterpart.moment import Answer, Moment, TraineeTurn
from voice_coach.counterpart.reply import Reply, RingSegment
from voice_coach.counterpart.settling import pause_in_silence, settle
from voice_coach.counterpart.story import Guardedness, Scenario

__all__ = ["TraineeTurn", "ask_after_silence", "fill_silence", "open_call", "react", "ring"]

_replace = msgspec.structs.replace

_START = {
    Guardedness.OPEN: (0.5, 0.4, 1.0),
    Guardedness.GUARDED: (0.35, 0.55, 0.85),
    Guardedness.CLOSED: (0.25, 0.65, 0.7),
}
"""Trust, tension and patience at the start of a call."""
_LONGEST_CALL_TURNS = 80
_MOST_GOING_ON = 2
"""So often in a row it goes on for a sign of listening alone."""
_SILENCES_BEFORE_LETTING_GO = 2
_TAG = "The tag behind it asked for a yes, so half of it counts."
_NOTHING_SAID = TraineeTurn(text="")
_STEPPED_ON = "The silence after the label was stepped on, so what was coming did not come."


def open_call(scenario: Scenario, seed: int) -> tuple[Mind, Reply]:
    """Begin a call: the counterpart speaks first, in character."""
    trust, tension, patience = _START[scenario.guardedness]
    mind = Mind(
        trust=trust,
        tension=tension,
        patience=patience,
        topics={layer.id: layer.starts for layer in scenario.layers},
        current=scenario.layers[0].id,
    )
    moment = Moment(scenario, mind, _NOTHING_SAID, seed)
    return settle(moment, mind, moment.answer("opening", moment.line("opening", scenario.opening)))


def react(scenario: Scenario, mind: Mind, heard: TraineeTurn, seed: int) -> tuple[Mind, Reply]:
    """Answer what the trainee said."""
    before = mind
    moment = Moment(scenario, mind, heard, seed)
    listening = moment.kinds == {"encourager"} and not heard.interrupted
    if listening and mind.stage is not Stage.PROPOSED:
        return _let_go_on(moment)
    mind = _take_in(mind, heard)
    mind = _replace(mind, turn=mind.turn + 1, silences=0, pending="", invited=(), last_disclosures=())
    if not moment.move("label", "i_label"):
        mind = _replace(mind, stems=())
    mind = summaries.with_given_back(moment.with_mind(mind))
    answer = _answer(moment.with_mind(mind))
    if before.pending:
        answer = _replace(answer, reasons=(*answer.reasons, _STEPPED_ON))
    return settle(moment.with_mind(mind), before, answer)


def fill_silence(scenario: Scenario, mind: Mind, seed: int) -> tuple[Mind, Reply]:
    """The silence after a label, or after a sign of listening, was left alone: it goes on by itself."""
    before = mind
    mind = _replace(mind, turn=mind.turn + 1, silences=0, last_disclosures=())
    moment = Moment(scenario, mind, _NOTHING_SAID, seed)
    if mind.stage is Stage.UNDERSTOOD:
        return settle(moment, before, endings.propose_terms(moment, after_silence=True))
    if not mind.pending:
        return settle(moment, before, mirrors.go_on(moment) or moment.answer("asks-after-silence"))
    layer = scenario.layer(mind.pending)
    words, after = moment.disclose(layer)
    answer = moment.answer("silence-filled", words, mind=after, reason=f"It told of “{layer.title}”.")
    return settle(moment, before, answer)


def ask_after_silence(scenario: Scenario, mind: Mind, seed: int) -> tuple[Mind, Reply]:
    """The trainee has been silent for long: asked about, then helped, then let go."""
    before = mind
    mind = _replace(mind, turn=mind.turn + 1, silences=mind.silences + 1, last_disclosures=())
    moment = Moment(scenario, mind, _NOTHING_SAID, seed)
    if mind.stage is Stage.UNDERSTOOD:
        return settle(moment, before, endings.propose_terms(moment, after_silence=True))
    if mind.silences > _SILENCES_BEFORE_LETTING_GO:
        return settle(moment, before, endings.let_go(moment, "A third long silence.", rule="lets-go"))
    rule = "asks-after-silence" if mind.silences < _SILENCES_BEFORE_LETTING_GO else "helps-after-silence"
    return settle(moment, before, moment.answer(rule, reason=f"Long silence number {mind.silences}."))


def ring(scenario: Scenario, mind: Mind) -> tuple[RingSegment, ...]:
    """How far each topic is understood; the title of an unspoken one stays empty."""
    return tuple(
        RingSegment(
            topic=layer.id,
            title=layer.title if mind.level(layer.id) else "",
            state=mind.topics[layer.id],
        )
        for layer in scenario.layers
    )


# ---------------------------------------------------------------- which rule applies


def _let_go_on(moment: Moment) -> tuple[Mind, Reply]:
    """A sign of listening is no turn: a silence that was being held is held on."""
    invited = moment.mind.last_sentences or moment.mind.invited
    mind = _replace(moment.mind, last_sentences=(), last_disclosures=(), invited=invited)
    held = bool(mind.pending) or mind.stage is Stage.UNDERSTOOD
    if not held and moment.in_a_row("goes-on") < _MOST_GOING_ON:
        held = mirrors.go_on(moment.with_mind(mind)) is not None
    answer = Answer(rule="encourager", sentences=(), mind=mind, fills_silence=held)
    return mind, pause_in_silence(moment, answer)


def _take_in(mind: Mind, heard: TraineeTurn) -> Mind:
    """A silence that was stepped on is lost; what was talked over and not heard has not been said."""
    if mind.pending:
        mind = _replace(mind, forfeits=mind.forfeits + 1)
    if not heard.interrupted:
        return mind
    unheard = {s for s in mind.last_sentences if s not in heard.heard_of_previous}
    untold = {d.topic: d.before for d in mind.last_disclosures if d.sentence in unheard}
    proposing = mind.stage is Stage.PROPOSED and mind.rules[-1] == "terms-proposed" and untold
    return _replace(
        mind,
        interruptions=mind.interruptions + 1,
        said=tuple(sentence for sentence in mind.said if sentence not in unheard),
        topics={**mind.topics, **untold},
        stage=Stage.UNDERSTOOD if proposing else mind.stage,
    )


def _answer(moment: Moment) -> Answer:
    """What overrules any sentence, then the talk about terms, then the sentence itself."""
    if moment.mind.turn >= _LONGEST_CALL_TURNS:
        return endings.let_go(moment, "The call has gone on for very long.")
    named = pressure.to_interruption(moment) if moment.heard.interrupted else None
    if named is not None:
        return named
    if moment.mind.stage is Stage.UNDERSTOOD and not moment.kinds & pressure.CLOSING:
        return endings.propose_terms(moment, after_silence=False)
    if moment.mind.stage is Stage.PROPOSED:
        return endings.to_answer_on_terms(moment)
    # Pressure right after "that's right": no terms are there to be taken back, and all is open again.
    return _answer_to_moves(moment.with_mind(_replace(moment.mind, stage=Stage.TALKING)))


def _answer_to_moves(moment: Moment) -> Answer:
    if "restart_request" in moment.kinds and not moment.kinds & pressure.CLOSING:
        return pressure.to_restart(moment)
    costly = pressure.to_pressure(moment)
    if costly is not None:
        return costly
    if summaries.completes_summary(moment):
        return summaries.to_summary(moment)
    kind = next((kind for kind in _REACTIONS if kind in moment.kinds), None)
    answer = _REACTIONS[kind](moment) if kind else talk.to_plain(moment)
    tagged = kind in pressure.TAGGED and "yes_fishing" in moment.kinds
    return _weakened(answer) if tagged else answer


def _weakened(answer: Answer) -> Answer:
    """A "right?" behind a label asks for a yes: half of it counts."""
    return _replace(answer, share=answer.share / 2, reasons=(*answer.reasons, _TAG))


_REACTIONS: dict[str, Callable[[Moment], Answer]] = {
    "stacked_move": talk.to_stacked,
    "summary": summaries.to_summary,
    "accusation_audit": talk.to_accusation_audit,
    "missing_piece_label": labels.to_missing_piece,
    "label": labels.to_label,
    "i_label": lambda moment: labels.to_label(moment, half=True),
    "mirror": mirrors.to_mirror,
    "paraphrase": mirrors.to_paraphrase,
    "no_oriented_question": talk.to_no_oriented_question,
    "calibrated_question": talk.to_calibrated_question,
    "open_invitation": talk.to_open_invitation,
    "premature_solution": talk.to_solution,
    "question": talk.to_question,
}
"""Kinds of move that help or do no harm, the weightiest first."""
