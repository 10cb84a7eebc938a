"""What makes a scenario unusable, seen with all of it in view: it is refused for any of these."""

from __future__ import annotations

from collections.abc import Iterator

from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.scenario_lines import Spoken, SpokenIn, all_lines
from voice_coach.counterpart.shaped import Place
from voice_coach.counterpart.story import Layer, Scenario
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import TopicRole

__all__ = ["find_problems"]

_MOST_SENTENCE_WORDS = 30
_FEWEST_SECRETS = 2
_POINTING = frozenset({SpokenIn.CONFIRMS, SpokenIn.HINTS, SpokenIn.GAP})

Found = Iterator[tuple[Place, str]]


def find_problems(scenario: Scenario) -> Found:
    """Give everything that is wrong, each with its place.

    The references come first: where they lead nowhere, the rest cannot be judged.
    """
    names = list(_wrong_names(scenario))
    yield from names
    if names:
        return
    lines = tuple(all_lines(scenario))
    for number, layer in enumerate(scenario.layers):
        for sentence in _wrong_layer(layer, scenario):
            yield ("topics", number), sentence
    yield from _wrong_whole(scenario)
    yield from _wrong_pointers(scenario)
    yield from _wrong_lines(scenario, lines)
    yield from _wrong_echoes(scenario, lines)


# ---------------------------------------------------------------- topics


def _wrong_names(scenario: Scenario) -> Found:
    ids = [layer.id for layer in scenario.layers]
    for number, id_ in enumerate(ids):
        if id_ in ids[:number]:
            yield ("topics", number, "id"), f"the topic `{id_}` is given twice"
    mentioned: list[tuple[Place, str]] = [
        *((("topics", n, "under"), layer.under) for n, layer in enumerate(scenario.layers)),
        *((("echoes", n, "opens"), echo.opens) for n, echo in enumerate(scenario.echoes)),
        *((("corrections", n, "hints"), guess.hints) for n, guess in enumerate(scenario.corrections)),
        *((("terms", "reveals", n), topic) for n, topic in enumerate(scenario.terms.reveals)),
        *(
            (("examples", n, "turns", at, "opens"), topic)
            for n, example in enumerate(scenario.examples)
            for at, turn in enumerate(example.turns)
            for topic in turn.opens
        ),
    ]
    for place, topic in mentioned:
        if topic and topic not in ids:
            yield place, f"there is no topic `{topic}`; known are {', '.join(ids)}"
    for number, layer in enumerate(scenario.layers):
        if layer.id in _above(layer, scenario):
            yield ("topics", number, "under"), f"the topic `{layer.id}` lies under itself"


def _above(layer: Layer, scenario: Scenario) -> list[str]:
    """The topics over this one, nearest first; with a circle, once around."""
    under = {other.id: other.under for other in scenario.layers}
    above: list[str] = []
    at = layer.under
    while at and at not in above:
        above.append(at)
        at = under.get(at, "")
    return above


def _wrong_layer(layer: Layer, scenario: Scenario) -> Iterator[str]:
    secrets = {other.id for other in scenario.layers if other.secret}
    if layer.starts is not SegmentState.DISCLOSED and not layer.says:
        yield "`says` is missing: without it the topic can never be disclosed"
    if layer.secret:
        if layer.starts is not SegmentState.UNSPOKEN:
            yield "a secret starts unspoken"
        if layer.id not in scenario.terms.reveals and not layer.touched_by:
            yield f"the secret `{layer.id}` can never come out: no terms reveal it, nothing touches it"
        return
    if layer.role is not TopicRole.POSITION and not layer.gap:
        yield "`gap` is missing: without it a partial summary cannot be pointed at this topic"
    if layer.starts is SegmentState.UNSPOKEN and not layer.hints:
        yield "`hints` is missing: without it an open question leads nowhere"
    hidden = [topic for topic in _above(layer, scenario) if topic in secrets]
    if hidden and layer.starts is not SegmentState.DISCLOSED:
        yield (
            f"`{layer.id}` can never be reached: it lies under the secret `{hidden[0]}`, which comes out "
            "only at the end; make it a secret too, or put it under something else"
        )


# ---------------------------------------------------------------- the whole


def _wrong_whole(scenario: Scenario) -> Found:
    if not any(layer.role is TopicRole.REASON and not layer.secret for layer in scenario.layers):
        yield ("topics",), "no topic has the role `reason`: nobody could say why they came"
    secrets = [layer.topic for layer in scenario.layers if layer.secret]
    if len(secrets) < _FEWEST_SECRETS:
        yield (
            ("topics",),
            f"fewer than {_FEWEST_SECRETS} topics are `secret: true`: little to find changes the deal",
        )
    covered = {found.topic for found in cover(scenario.good_summary, scenario.topics)}
    wanted = [x.id for x in scenario.layers if not x.secret and x.role is not TopicRole.POSITION]
    missing = [topic for topic in wanted if topic not in covered]
    if missing:
        yield (
            ("good_summary",),
            f"the good summary does not cover {', '.join(missing)}; mend it or the evidence",
        )


def _wrong_pointers(scenario: Scenario) -> Found:
    secrets = {layer.id for layer in scenario.layers if layer.secret}
    for number, echo in enumerate(scenario.echoes):
        if echo.opens in secrets:
            yield ("echoes", number, "opens"), f"a mirror cannot open the secret `{echo.opens}`"
    for number, guess in enumerate(scenario.corrections):
        if guess.hints in secrets:
            yield (
                ("corrections", number, "hints"),
                f"a wrong guess cannot hint at the secret `{guess.hints}`",
            )


# ---------------------------------------------------------------- what is said


def _wrong_lines(scenario: Scenario, lines: tuple[Spoken, ...]) -> Found:
    secrets = [layer.topic for layer in scenario.layers if layer.secret]
    kept = [layer.topic for layer in scenario.layers if layer.role is not TopicRole.POSITION]
    for spoken in lines:
        for sentence in spoken.line:
            if len(sentence.split()) > _MOST_SENTENCE_WORDS:
                yield (
                    spoken.place,
                    f"nobody says more than {_MOST_SENTENCE_WORDS} words in one sentence; split it",
                )
        if spoken.kind in _POINTING and spoken.layer and cover(spoken.text, kept):
            yield spoken.place, f"“{spoken.text}” should only point at `{spoken.layer.id}`, but says it"
        if spoken.kind is not SpokenIn.TERMS and not (spoken.layer and spoken.layer.secret):
            for found in cover(spoken.text, secrets):
                yield spoken.place, f"“{spoken.text}” gives the secret `{found.topic}` away"


def _wrong_echoes(scenario: Scenario, lines: tuple[Spoken, ...]) -> Found:
    """Each line that can be mirrored leads on, and nothing leads on from what is never said.

    A line leads on when it holds a phrase of some echo's `words`; one such phrase is enough.
    """
    phrases = [echo.phrase for echo in scenario.echoes]
    heard: set[str] = set()
    for spoken in lines:
        told = spoken.kind is SpokenIn.SAYS and spoken.layer is not None and not spoken.layer.secret
        leads_on = told or spoken.kind is SpokenIn.OPENING
        wanted = phrases if leads_on else [phrase for phrase in phrases if phrase.id not in heard]
        found = {covered.topic for covered in cover(spoken.text, wanted)}
        heard |= found
        if leads_on and not found:
            yield (
                spoken.place,
                f"nothing goes on from “{spoken.text}”: add an echo for one of its phrases",
            )
    for number, echo in enumerate(scenario.echoes):
        if echo.phrase.id not in heard:
            words = ", ".join(echo.phrase.evidence[0])
            yield ("echoes", number, "words"), f"they never say any of “{words}”: nobody can mirror it"
