"""Reactions to labels: one that fits opens a layer, one that does not is corrected."""

from __future__ import annotations

import msgspec

from voice_coach.counterpart.mind import LEVEL, Mind
from voice_coach.counterpart.moment import Answer, Moment, joined
from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.story import Layer
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import TopicRole

__all__ = ["to_label", "to_missing_piece"]

_replace = msgspec.structs.replace

_STEM_WORDS = 2
_SAME_STEMS = 3
_WRONG_GUESSES_FREE = 1


def to_label(moment: Moment, *, half: bool = False) -> Answer:
    """An accurate label opens one layer; a wrong one is corrected with real information."""
    layer, named = _fitting(moment)
    moment = moment.with_mind(_with_stem(moment))
    if _repeats_stem(moment.mind):
        mind = _replace(moment.mind, stems=())
        return moment.answer("same-stem", mind=mind, reason="Three labels in a row began alike.")
    if layer is None:
        return _correct(moment)
    if moment.mind.grudge:
        return _soften(moment, layer)
    return _confirm(moment, layer, named=named, half=half)


def to_missing_piece(moment: Moment) -> Answer:
    """It admits that something is uncovered; after pressure that is also the way back."""
    mind = moment.mind
    if mind.grudge:
        mind = _replace(mind, grudge=mind.grudge - 1)
    sentences = moment.wording("missing-piece")
    layer = moment.next_closed()
    if layer is not None:
        mind = _replace(mind.raised({layer.id: SegmentState.HINTED}), current=layer.id)
    return moment.answer("missing-piece", sentences, mind=mind)


# ---------------------------------------------------------------- what the label fits


def _fitting(moment: Moment) -> tuple[Layer | None, bool]:
    """The deepest topic that the label names or touches and that is not labelled yet, if any.

    The flag tells whether all the evidence was said (it named the topic) or only a loose word.
    """
    text = moment.heard.text
    named = {found.topic for found in moment.heard.covers}
    looser = [layer.touched_by for layer in moment.scenario.layers if layer.touched_by]
    touched = {found.topic for found in cover(text, looser)}
    fitting = [layer for layer in moment.scenario.layers if layer.id in named | touched]
    if not fitting:
        return None, False
    fresh = [layer for layer in fitting if not _is_labelled(moment, layer)]
    # A secret is only taken for meant when nothing else fits.
    plain = [layer for layer in fresh if not layer.secret]
    layer = (plain or fresh or fitting)[-1]
    return layer, layer.id in named


def _is_labelled(moment: Moment, layer: Layer) -> bool:
    return moment.mind.level(layer.id) >= LEVEL[SegmentState.LABELLED]


def _with_stem(moment: Moment) -> Mind:
    move = moment.move("label", "i_label")
    stem = " ".join(move.cue.lower().split()[:_STEM_WORDS]) if move else ""
    return _replace(moment.mind, stems=(*moment.mind.stems, stem)[-_SAME_STEMS:])


def _repeats_stem(mind: Mind) -> bool:
    return len(mind.stems) == _SAME_STEMS and len(set(mind.stems)) == 1


# ---------------------------------------------------------------- it fits


def _confirm(moment: Moment, layer: Layer, *, named: bool, half: bool) -> Answer:
    """The label fits: how far it leads depends on what it fits, and on trust."""
    if layer.secret and not moment.mind.is_open(layer.id) and not moment.may_open(layer):
        return moment.answer("label-too-early", reason="It touches what is held back.")
    if half:
        return _hint_after_i_label(moment, layer)
    if _is_labelled(moment, layer) and moment.next_under(layer.id) is None:
        return moment.answer("label-again", reason=f"“{layer.title}” had been named before.")
    if layer.role is TopicRole.POSITION:
        return _stay_on_surface(moment, layer)
    return _open(moment, layer, named=named)


def _open(moment: Moment, layer: Layer, *, named: bool) -> Answer:
    """Confirm, and go one layer further: to the topic itself, or when it is named to what lies under."""
    mind = moment.mind
    reachable = not layer.under or mind.is_open(layer.under)
    naming_tells_it = named and reachable and mind.topics[layer.id] is SegmentState.HINTED
    if naming_tells_it or mind.is_open(layer.id):
        mind = _labelled(moment, layer)
        target = moment.with_mind(mind).next_under(layer.id)
    else:
        target = moment.first_closed_towards(layer)
    moment = moment.with_mind(_replace(mind, current=layer.id))
    # What lies deeper than the layer that opens is not confirmed before its time.
    confirmed = layer if target is None or mind.is_open(layer.id) else target
    confirm = moment.line(f"confirms-{confirmed.id}", confirmed.confirms)
    reason = f"It fits “{confirmed.title}”."
    if target is None or not target.says:
        return moment.answer("label-confirmed", confirm or None, reason=reason)
    if target.quiet:
        held = _replace(moment.mind, pending=target.id)
        answer = moment.answer("label-into-silence", confirm or None, mind=held, reason=reason)
        return _replace(answer, fills_silence=True)
    words, mind = moment.disclose(target)
    sentences = joined(confirm, words)
    if not sentences:
        return moment.answer("label-confirmed", mind=mind, reason=reason)
    return moment.answer("label-opens", sentences, mind=mind, reason=reason)


def _labelled(moment: Moment, layer: Layer) -> Mind:
    """The topic is labelled, and so is every other one that was named and is open."""
    states = {layer.id: SegmentState.LABELLED}
    for found in moment.heard.covers:
        if moment.mind.is_open(found.topic):
            states[found.topic] = SegmentState.LABELLED
    for below in moment.scenario.layers:
        if below.under == layer.id and not below.secret:
            states.setdefault(below.id, SegmentState.HINTED)
    return moment.mind.raised(states)


def _stay_on_surface(moment: Moment, layer: Layer) -> Answer:
    mind = _labelled(moment, layer)
    words, mind = moment.with_mind(mind).hint(moment.next_under(layer.id))
    confirm = moment.line(f"confirms-{layer.id}", layer.confirms) or moment.wording(
        "label-of-the-surface"
    )
    return moment.answer("label-of-the-surface", joined(confirm, words), mind=mind)


def _hint_after_i_label(moment: Moment, layer: Layer) -> Answer:
    closed = layer if not moment.mind.is_open(layer.id) else moment.next_under(layer.id)
    target = moment.first_closed_towards(closed) if closed else None
    words, mind = moment.hint(target)
    return moment.answer("i-label", joined(moment.wording("i-label"), words), mind=mind)


def _soften(moment: Moment, layer: Layer) -> Answer:
    """Pressure from before is not forgotten: a fitting label makes some of it good, and opens nothing."""
    mind = _replace(moment.mind, grudge=moment.mind.grudge - 1, current=layer.id)
    sentences = joined(moment.wording("label-softens"), moment.wording("remembers"))
    return moment.answer("label-softens", sentences, mind=mind, reason="It still fits.")


# ---------------------------------------------------------------- it does not fit


def _correct(moment: Moment) -> Answer:
    wrong = moment.in_a_row("mislabel", "mislabel-again")
    rule = "mislabel" if wrong < _WRONG_GUESSES_FREE else "mislabel-again"
    expected = [correction.guess for correction in moment.scenario.corrections]
    guessed = {found.topic for found in cover(moment.heard.text, expected)}
    for guess in moment.scenario.corrections:
        words = moment.line(guess.guess.id, guess.says) if guess.guess.id in guessed else ()
        if words:
            mind = moment.mind
            if guess.hints and moment.may_open(moment.scenario.layer(guess.hints)):
                mind = mind.raised({guess.hints: SegmentState.HINTED})
            return moment.answer(rule, words, mind=mind, reason="This guess was to be expected.")
    if rule == "mislabel-again":
        return moment.answer(rule)
    words, mind = moment.hint(moment.next_closed())
    return moment.answer(rule, joined(moment.wording(rule), words), mind=mind)
