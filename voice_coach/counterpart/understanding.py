"""Reactions to being understood: labels, mirrors, paraphrases and summaries."""

from __future__ import annotations

import msgspec

from voice_coach.counterpart.mind import LEVEL, Mind
from voice_coach.counterpart.moment import Answer, Moment
from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.story import Echo, Layer, Line
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import TopicRole

__all__ = [
    "required_for_thats_right",
    "to_label",
    "to_mirror",
    "to_missing_piece",
    "to_paraphrase",
    "to_summary",
]

_replace = msgspec.structs.replace

_FEWEST_COVERED = 3
"""A summary of less than this is no summary of why they came."""
_STEM_WORDS = 2
_SAME_STEMS = 3
_MIRRORS_IN_A_ROW = 3
_WRONG_GUESSES_FREE = 1
_LATELY_SENTENCES = 8


# ---------------------------------------------------------------- labels


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


def _confirm(moment: Moment, layer: Layer, *, named: bool, half: bool) -> Answer:
    """The label fits: how far it leads depends on what it fits, and on trust."""
    if layer.secret and not moment.mind.is_open(layer.id) and not moment.may_open(layer):
        return moment.answer("label-too-early", reason="It touches what is held back.")
    if half:
        return _hint_after_i_label(moment, layer)
    if layer.role is TopicRole.POSITION:
        return _stay_on_surface(moment, layer)
    return _open(moment, layer, named=named)


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
    fresh = [layer for layer in fitting if moment.mind.level(layer.id) < LEVEL[SegmentState.LABELLED]]
    # A secret is only taken for meant when nothing else fits.
    plain = [layer for layer in fresh if not layer.secret]
    layer = (plain or fresh or fitting)[-1]
    return layer, layer.id in named


def _with_stem(moment: Moment) -> Mind:
    move = moment.move("label", "i_label")
    stem = " ".join(move.cue.lower().split()[:_STEM_WORDS]) if move else ""
    return _replace(moment.mind, stems=(*moment.mind.stems, stem)[-_SAME_STEMS:])


def _repeats_stem(mind: Mind) -> bool:
    return len(mind.stems) == _SAME_STEMS and len(set(mind.stems)) == 1


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
    if target is None or not target.says:
        return moment.answer("label-confirmed", confirm or None, reason=f"It fits “{layer.title}”.")
    if target.quiet:
        held = _replace(moment.mind, pending=target.id)
        answer = moment.answer(
            "label-into-silence", confirm or None, mind=held, reason=f"It fits “{layer.title}”."
        )
        return _replace(answer, fills_silence=True)
    words, mind = moment.disclose(target)
    sentences = _joined(confirm, words)
    if not sentences:
        return moment.answer("label-confirmed", mind=mind, reason=f"It fits “{layer.title}”.")
    return moment.answer("label-opens", sentences, mind=mind, reason=f"It fits “{layer.title}”.")


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
    return moment.answer("label-of-the-surface", _joined(confirm, words), mind=mind)


def _hint_after_i_label(moment: Moment, layer: Layer) -> Answer:
    closed = layer if not moment.mind.is_open(layer.id) else moment.next_under(layer.id)
    target = moment.first_closed_towards(closed) if closed else None
    words, mind = moment.hint(target)
    return moment.answer("i-label", _joined(moment.wording("i-label"), words), mind=mind)


def _soften(moment: Moment, layer: Layer) -> Answer:
    """Pressure from before is not forgotten: a fitting label makes some of it good, and opens nothing."""
    mind = _replace(moment.mind, grudge=moment.mind.grudge - 1, current=layer.id)
    sentences = _joined(moment.wording("label-softens"), moment.wording("remembers"))
    return moment.answer("label-softens", sentences, mind=mind, reason=f"It fits “{layer.title}”.")


def _correct(moment: Moment) -> Answer:
    wrong = moment.in_a_row("mislabel", "mislabel-again")
    rule = "mislabel" if wrong < _WRONG_GUESSES_FREE else "mislabel-again"
    guessed = cover(moment.heard.text, [guess.guess for guess in moment.scenario.corrections])
    for guess in moment.scenario.corrections:
        if guess.guess.id not in {found.topic for found in guessed}:
            continue
        words = moment.line(guess.guess.id, guess.says)
        if words:
            mind = moment.mind
            if guess.hints and moment.may_open(moment.scenario.layer(guess.hints)):
                mind = mind.raised({guess.hints: SegmentState.HINTED})
            return moment.answer(rule, words, mind=mind, reason="This guess was to be expected.")
    if rule == "mislabel-again":
        return moment.answer(rule)
    words, mind = moment.hint(moment.next_closed())
    return moment.answer(rule, _joined(moment.wording(rule), words), mind=mind)


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


# ---------------------------------------------------------------- mirrors and paraphrases


def to_mirror(moment: Moment) -> Answer:
    """The mirrored phrase is elaborated, which may open what lies behind it."""
    mirrors = ("mirror-elaborates", "mirror-empty", "mirror-parroted")
    if moment.in_a_row(*mirrors) >= _MIRRORS_IN_A_ROW - 1:
        return moment.answer("mirror-parroted", reason="The third mirror in a row.")
    words, mind = elaborate(moment, moment.heard.text)
    if not words:
        return moment.answer("mirror-empty")
    return moment.answer("mirror-elaborates", words, mind=mind)


def elaborate(moment: Moment, text: str) -> tuple[Line, Mind]:
    """Go on from a phrase that occurs in the text: disclose what it opens, or say more about it."""
    for echo in _echoes(moment, text):
        if echo.opens and not moment.mind.is_open(echo.opens) and not moment.mind.grudge:
            layer = moment.scenario.layer(echo.opens)
            if moment.may_open(layer) and not layer.secret:
                words, mind = moment.disclose(layer)
                if words:
                    return words, mind
        words = moment.line(echo.phrase.id, echo.more)
        if words:
            return words, moment.mind
    return (), moment.mind


def _echoes(moment: Moment, text: str) -> tuple[Echo, ...]:
    """The phrases in the text that it said lately: nobody can mirror what was never said."""
    echoes = {echo.phrase.id: echo for echo in moment.scenario.echoes}
    repeated = [echoes[found.topic].phrase for found in cover(text, [e.phrase for e in echoes.values()])]
    said = cover(" ".join(moment.mind.said[-_LATELY_SENTENCES:]), repeated) if repeated else ()
    return tuple(echoes[found.topic] for found in said)


def to_paraphrase(moment: Moment) -> Answer:
    """A paraphrase of what it has said is confirmed; anything else is corrected in part."""
    topics = [found.topic for found in moment.heard.covers]
    told = {topic: SegmentState.LABELLED for topic in topics if moment.mind.is_open(topic)}
    if told:
        return moment.answer("paraphrase-fits", mind=moment.mind.raised(told))
    if _echoes(moment, moment.heard.text):
        return moment.answer("paraphrase-fits")
    words, mind = moment.hint(moment.next_closed())
    return moment.answer("paraphrase-off", _joined(moment.wording("paraphrase-off"), words), mind=mind)


# ---------------------------------------------------------------- summaries


def required_for_thats_right(moment: Moment) -> tuple[Layer, ...]:
    """What a summary has to cover: why they came, and all that has been disclosed so far.

    What they say openly need not be said back to them, and nobody can sum up a secret.
    """
    return tuple(
        layer
        for layer in moment.scenario.layers
        if not layer.secret
        and layer.role is not TopicRole.POSITION
        and (layer.role is TopicRole.REASON or moment.mind.is_open(layer.id))
    )


def to_summary(moment: Moment) -> Answer:
    """Complete: "that's right". Else a yes without weight, and a mild pointer at what is missing."""
    covered = {found.topic for found in moment.heard.covers}
    required = required_for_thats_right(moment)
    # Pressure closes a topic, but what was told once can be summed up all the same.
    known = {layer.id for layer in moment.scenario.layers if moment.mind.level(layer.id)}
    known |= {layer.id for layer in required}
    mind = moment.mind.raised(dict.fromkeys(covered & known, SegmentState.SUMMARISED))
    missing = [layer for layer in required if mind.topics[layer.id] is not SegmentState.SUMMARISED]
    summed_up = [
        layer
        for layer in moment.scenario.layers
        if layer.role is not TopicRole.POSITION and mind.topics[layer.id] is SegmentState.SUMMARISED
    ]
    moment = moment.with_mind(mind)
    if missing or len(summed_up) < _FEWEST_COVERED:
        return _point_at_gap(moment, missing)
    if mind.grudge:
        softer = _replace(mind, grudge=mind.grudge - 1)
        return moment.answer("summary-under-pressure", mind=softer, reason="All of it is covered.")
    titles = ", ".join(layer.title.lower() for layer in required)
    answer = moment.answer("thats-right", mind=_replace(mind, pending=""), reason=f"It covers: {titles}.")
    return _replace(answer, thats_right=True, fills_silence=True)


def _point_at_gap(moment: Moment, missing: list[Layer]) -> Answer:
    if not missing:
        return moment.answer("summary-partial", reason="There is more behind it than that.")
    # An open topic is pointed at before one they have not even heard of.
    told = [layer for layer in missing if moment.mind.is_open(layer.id)]
    layer = (told or missing)[0]
    words = moment.line(f"gap-{layer.id}", layer.gap)
    names = ", ".join(
        f"“{x.title}”" if moment.mind.level(x.id) else "something not yet spoken of" for x in missing
    )
    sentences = _joined(moment.wording("summary-partial"), words)
    return moment.answer("summary-partial", sentences, reason=f"Left out: {names}.")


def _joined(*parts: Line) -> Line:
    """Several lines as one, or none when all of them are used up."""
    return tuple(sentence for part in parts for sentence in part)
