"""The person on the other side: hears a turn, finds the rule that applies, and answers.

Every function here is pure: the same scenario, mind, turn and seed give the same answer. Which rule
applies is decided top down: first what would be said even over the best sentence (being talked over),
then what costs, then what helps, the weightiest first. What a rule does to the mind stands in `rules.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from voice_coach.counterpart import endings, pressure, talk, understanding
from voice_coach.counterpart.mind import Mind, Stage
from voice_coach.counterpart.moment import Answer, Moment, TraineeTurn, chance
from voice_coach.counterpart.reply import Because, Delivery, FollowUp, Reply, RingSegment
from voice_coach.counterpart.rules import RULES
from voice_coach.counterpart.story import Guardedness, Scenario

__all__ = ["TraineeTurn", "ask_after_silence", "fill_silence", "open_call", "react", "ring"]

_replace = msgspec.structs.replace

_START = {
    Guardedness.OPEN: (0.5, 0.4, 1.0),
    Guardedness.GUARDED: (0.35, 0.55, 0.85),
    Guardedness.CLOSED: (0.25, 0.65, 0.7),
}
"""Trust, tension and patience at the start of a call."""
_FOLLOW_UP_SECONDS = {Guardedness.OPEN: 2.2, Guardedness.GUARDED: 2.8, Guardedness.CLOSED: 3.6}
_FOLLOW_UP_SPREAD_SECONDS = 1.2
_UNDERSTOOD_PAUSE_SECONDS = 2.0
_LONGEST_CALL_TURNS = 80
_LAST_CHANCE_PATIENCE = 0.08
_SILENCES_BEFORE_LETTING_GO = 2
_NOTHING_SAID = TraineeTurn(text="")
_STEPPED_ON = "The silence after the label was stepped on, so what was coming did not come."
_TALKED_OVER = "It was talked over."

_IRRITATED_FROM_TENSION = 0.8
_WARM_FROM_TRUST = 0.7
_CALM_FROM_TRUST = {Guardedness.OPEN: 0.4, Guardedness.GUARDED: 0.5, Guardedness.CLOSED: 0.55}


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
    return _settle(moment, mind, moment.answer("opening", moment.line("opening", scenario.opening)))


def react(scenario: Scenario, mind: Mind, heard: TraineeTurn, seed: int) -> tuple[Mind, Reply]:
    """Answer what the trainee said."""
    before = mind
    moment = Moment(scenario, mind, heard, seed)
    listening = moment.kinds == {"encourager"} and not heard.interrupted
    if listening and mind.stage is not Stage.PROPOSED:
        return _let_go_on(moment)
    mind = _take_in(mind, heard)
    mind = _replace(mind, turn=mind.turn + 1, silences=0, pending="", last_disclosures=())
    if not moment.move("label", "i_label"):
        mind = _replace(mind, stems=())
    answer = _answer(moment.with_mind(mind))
    if before.pending:
        answer = _replace(answer, reasons=(*answer.reasons, _STEPPED_ON))
    return _settle(moment.with_mind(mind), before, answer)


def fill_silence(scenario: Scenario, mind: Mind, seed: int) -> tuple[Mind, Reply]:
    """The silence after a label was left alone: it goes on by itself."""
    before = mind
    mind = _replace(mind, turn=mind.turn + 1, silences=0, last_disclosures=())
    moment = Moment(scenario, mind, _NOTHING_SAID, seed)
    if mind.stage is Stage.UNDERSTOOD:
        return _settle(moment, before, endings.propose_terms(moment, after_silence=True))
    if not mind.pending:
        return _settle(moment, before, moment.answer("asks-after-silence"))
    layer = scenario.layer(mind.pending)
    words, after = moment.disclose(layer)
    answer = moment.answer("silence-filled", words, mind=after, reason=f"It told of “{layer.title}”.")
    return _settle(moment, before, answer)


def ask_after_silence(scenario: Scenario, mind: Mind, seed: int) -> tuple[Mind, Reply]:
    """The trainee has been silent for long: asked about, then helped, then let go."""
    before = mind
    mind = _replace(mind, turn=mind.turn + 1, silences=mind.silences + 1, last_disclosures=())
    moment = Moment(scenario, mind, _NOTHING_SAID, seed)
    if mind.stage is Stage.UNDERSTOOD:
        return _settle(moment, before, endings.propose_terms(moment, after_silence=True))
    if mind.silences > _SILENCES_BEFORE_LETTING_GO:
        return _settle(moment, before, endings.let_go(moment, "A third long silence.", rule="lets-go"))
    rule = "asks-after-silence" if mind.silences < _SILENCES_BEFORE_LETTING_GO else "helps-after-silence"
    return _settle(moment, before, moment.answer(rule, reason=f"Long silence number {mind.silences}."))


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
    mind = _replace(moment.mind, last_sentences=(), last_disclosures=())
    held = bool(mind.pending) or mind.stage is Stage.UNDERSTOOD
    answer = Answer(rule="encourager", sentences=(), mind=mind, fills_silence=held)
    return mind, _reply(moment, mind, mind, answer, ())


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
    if moment.mind.stage is Stage.UNDERSTOOD and not moment.kinds & talk.HEAVY_PRESSURE:
        return endings.propose_terms(moment, after_silence=False)
    if moment.mind.stage is not Stage.TALKING:
        return endings.to_answer_on_terms(moment)
    return _answer_to_moves(moment)


def _answer_to_moves(moment: Moment) -> Answer:
    if "restart_request" in moment.kinds:
        return pressure.to_restart(moment)
    costly = pressure.to_pressure(moment)
    if costly is not None:
        return costly
    kind = next((kind for kind in _REACTIONS if kind in moment.kinds), None)
    return _REACTIONS[kind](moment) if kind else talk.to_plain(moment)


_REACTIONS: dict[str, Callable[[Moment], Answer]] = {
    "stacked_move": talk.to_stacked,
    "summary": understanding.to_summary,
    "accusation_audit": talk.to_accusation_audit,
    "missing_piece_label": understanding.to_missing_piece,
    "label": understanding.to_label,
    "i_label": lambda moment: understanding.to_label(moment, half=True),
    "mirror": understanding.to_mirror,
    "paraphrase": understanding.to_paraphrase,
    "no_oriented_question": talk.to_no_oriented_question,
    "calibrated_question": talk.to_calibrated_question,
    "open_invitation": talk.to_open_invitation,
    "question": talk.to_question,
}
"""Kinds of move that help or do no harm, the weightiest first."""


# ---------------------------------------------------------------- what it does to the mind


def _settle(moment: Moment, before: Mind, answer: Answer) -> tuple[Mind, Reply]:
    """Let the rule move the numbers; see whether patience is gone; remember what is said."""
    if not answer.sentences and answer.ends is None:
        # Everything that fits has been said: no person goes on in circles for ever.
        answer = _out_of_words(moment.with_mind(answer.mind), answer)
    mind = _moved(answer, interrupted=moment.heard.interrupted)
    if mind.patience <= 0 and answer.ends is None:
        last = moment.with_mind(answer.mind)
        answer = endings.hang_up(last) if mind.warned else endings.warn(last)
        mind = _replace(
            answer.mind, trust=mind.trust, tension=mind.tension, patience=_LAST_CHANCE_PATIENCE
        )
    if answer.thats_right:
        mind = _replace(mind, thats_right=True, stage=Stage.UNDERSTOOD)
    sentences = tuple(dict.fromkeys(answer.sentences))
    mind = _replace(
        mind,
        said=(*mind.said, *sentences),
        rules=(*mind.rules, answer.rule),
        last_sentences=sentences,
    )
    return mind, _reply(moment, before, mind, answer, sentences)


def _out_of_words(moment: Moment, answer: Answer) -> Answer:
    words = moment.wording("concern")
    if words and answer.rule not in {"hang-up", "not-today", "lets-go"}:
        return _replace(answer, sentences=words)
    return endings.let_go(moment, "It has nothing new to say any more.")


def _moved(answer: Answer, *, interrupted: bool) -> Mind:
    mind, rule, share = answer.mind, RULES[answer.rule], answer.share
    extra = RULES["interruption"] if interrupted else None
    return _replace(
        mind,
        trust=_bounded(mind.trust + share * rule.trust + (extra.trust if extra else 0)),
        tension=_bounded(mind.tension + share * rule.tension + (extra.tension if extra else 0)),
        patience=_bounded(mind.patience + share * rule.patience + (extra.patience if extra else 0)),
    )


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, round(value, 4)))


def _reply(moment: Moment, before: Mind, mind: Mind, answer: Answer, sentences: tuple[str, ...]) -> Reply:
    rule = RULES[answer.rule]
    return Reply(
        sentences=sentences,
        delivery=rule.delivery or _delivery(moment.scenario, mind),
        because=Because(
            rule=answer.rule,
            reasons=(
                rule.reason,
                *answer.reasons,
                *((_TALKED_OVER,) if moment.heard.interrupted else ()),
            ),
            trust_before=before.trust,
            trust_after=mind.trust,
            tension_before=before.tension,
            tension_after=mind.tension,
        ),
        thats_right=answer.thats_right,
        follow_up=FollowUp(after_seconds=_pause_seconds(moment, answer))
        if answer.fills_silence
        else None,
        opened=mind.rose_since(before),
        ends=answer.ends,
    )


def _pause_seconds(moment: Moment, answer: Answer) -> float:
    if answer.thats_right or moment.mind.stage is Stage.UNDERSTOOD:
        return _UNDERSTOOD_PAUSE_SECONDS
    spread = _FOLLOW_UP_SPREAD_SECONDS * chance(moment.seed, moment.mind.turn, "pause")
    return round(_FOLLOW_UP_SECONDS[moment.scenario.guardedness] + spread, 2)


def _delivery(scenario: Scenario, mind: Mind) -> Delivery:
    if mind.tension >= _IRRITATED_FROM_TENSION:
        return Delivery.IRRITATED
    if mind.trust >= _WARM_FROM_TRUST:
        return Delivery.WARM
    return Delivery.CALM if mind.trust >= _CALM_FROM_TRUST[scenario.guardedness] else Delivery.GUARDED
