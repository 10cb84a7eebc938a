"""Reactions to words given back: the mirror, the paraphrase, and a sign of listening."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from voice_coach.counterpart.mind import LEVEL, Mind
from voice_coach.counterpart.moment import Answer, Moment, joined
from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.story import Echo, Line, Scenario
from voice_coach.moves.coverage import cover

__all__ = ["elaborate", "go_on", "say_more", "to_mirror", "to_paraphrase", "without_echo"]

_replace = msgspec.structs.replace

_MIRROR_RULES = ("mirror-elaborates", "mirror-empty", "mirror-parroted")
_MIRRORS_IN_A_ROW = 3
_TURNS_LOOKED_BACK = 6
_MIRRORS_LATELY = 4
"""Of the last turns, this many mirrors are all the trainee does, whatever stands between them."""
_LATELY_SENTENCES = 8
_HALF = 0.5


def to_mirror(moment: Moment) -> Answer:
    """The mirrored phrase is elaborated, which may open what lies behind it."""
    if moment.in_a_row(*_MIRROR_RULES) >= _MIRRORS_IN_A_ROW - 1:
        return moment.answer("mirror-parroted", reason="The third mirror in a row.")
    lately = moment.mind.rules[-_TURNS_LOOKED_BACK:]
    if sum(rule in _MIRROR_RULES for rule in lately) >= _MIRRORS_LATELY:
        return moment.answer("mirror-parroted", reason="Hardly anything but mirrors lately.")
    words, mind = elaborate(moment, moment.heard.text)
    if words:
        return moment.answer("mirror-elaborates", words, mind=mind)
    # Nothing is kept for this very phrase: it goes on from the sentence that the phrase stood in.
    words = say_more(moment, moment.mind.last_sentences)
    if not words and not moment.mind.grudge:
        words, mind = moment.hint(moment.next_closed())
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


def say_more(moment: Moment, sentences: Sequence[str]) -> Line:
    """More about one of the phrases in its own sentences; opens nothing."""
    echoes = {echo.phrase.id: echo for echo in moment.scenario.echoes}
    for found in cover(" ".join(sentences), [echo.phrase for echo in echoes.values()]):
        echo = echoes[found.topic]
        leads_on = echo.opens and not moment.mind.is_open(echo.opens)
        words = () if leads_on else moment.line(echo.phrase.id, echo.more)
        if words:
            return words
    return ()


def go_on(moment: Moment) -> Answer | None:
    """The floor was left to it with a sign of listening: it says a little more, if there is more."""
    words = say_more(moment, moment.mind.invited)
    mind = _replace(moment.mind, invited=())
    return moment.answer("goes-on", words, mind=mind) if words else None


def _echoes(moment: Moment, text: str) -> tuple[Echo, ...]:
    """The phrases in the text that it said lately: nobody can mirror what was never said."""
    echoes = {echo.phrase.id: echo for echo in moment.scenario.echoes}
    repeated = [echoes[found.topic].phrase for found in cover(text, [e.phrase for e in echoes.values()])]
    said = cover(" ".join(moment.mind.said[-_LATELY_SENTENCES:]), repeated) if repeated else ()
    return tuple(echoes[found.topic] for found in said)


def without_echo(scenario: Scenario) -> tuple[Line, ...]:
    """The lines of this person in which no phrase has an elaboration of its own.

    When such a line is mirrored, the answer is made of a hint instead, as long as there is one.
    """
    phrases = [echo.phrase for echo in scenario.echoes]
    lines = (
        *scenario.opening,
        *(line for layer in scenario.layers for line in (*layer.says, *layer.hints)),
        *(line for echo in scenario.echoes for line in echo.more),
        *(line for correction in scenario.corrections for line in correction.says),
        *scenario.lines.get("concern", ()),
    )
    return tuple(line for line in lines if not cover(" ".join(line), phrases))


def to_paraphrase(moment: Moment) -> Answer:
    """A paraphrase of what it has said is confirmed; anything else is corrected in part."""
    told = [found.topic for found in moment.heard.covers if moment.mind.is_open(found.topic)]
    if told:
        mind = moment.mind.raised(dict.fromkeys(told, SegmentState.LABELLED))
        labelled = LEVEL[SegmentState.LABELLED]
        if all(moment.mind.level(topic) >= labelled for topic in told):
            answer = moment.answer("paraphrase-fits", reason="It had been given back before.")
            return _replace(answer, share=_HALF)
        return moment.answer("paraphrase-fits", mind=mind)
    if _echoes(moment, moment.heard.text):
        return moment.answer("paraphrase-fits")
    words, mind = moment.hint(moment.next_closed())
    return moment.answer("paraphrase-off", joined(moment.wording("paraphrase-off"), words), mind=mind)
