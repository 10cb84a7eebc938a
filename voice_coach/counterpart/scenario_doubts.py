"""What works in a scenario and may not be meant: shown by `scenarios check`, refused by nothing."""

from __future__ import annotations

from collections.abc import Iterator

from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.scenario_lines import SpokenIn, all_lines
from voice_coach.counterpart.shaped import Place
from voice_coach.counterpart.story import Layer, Scenario
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import TopicRole

__all__ = ["find_doubts"]

_ENDS = (".", "?", "!", "”", '"')
_SHORT_SENTENCE_WORDS = 15
_FEWEST_SHORT = 0.6
_WORTH_NOTICING_WORDS = 3
_FEWEST_GROUPS = 2
_FEWEST_WORDINGS = 2
_DWELT_ON = frozenset({SpokenIn.HINTS, SpokenIn.SAYS})

Found = Iterator[tuple[Place, str]]


def find_doubts(scenario: Scenario) -> Found:
    """Give everything that is doubtful, each with its place."""
    for number, layer in enumerate(scenario.layers):
        for name, sentence in _of_layer(layer):
            yield ("topics", number, name), sentence
    yield from _of_lines(scenario)
    yield from _of_terms(scenario)
    yield from _of_first_words(scenario)
    yield from _of_repeats(scenario)
    for rule in scenario.lines:
        if rule not in scenario.manners:
            yield ("lines", rule), f"no answer takes its words from `{rule}`: these lines are never said"
    if not scenario.examples:
        yield (), "there are no `examples`: nothing shows how a good call and a bad one go"


def _of_layer(layer: Layer) -> Iterator[tuple[str, str]]:
    if len(layer.topic.evidence) < _FEWEST_GROUPS:
        yield "evidence", f"`{layer.id}` has one group of evidence: a single keyword names it"
    fits = [layer.topic, *([layer.touched_by] if layer.touched_by else [])]
    if not cover(layer.you_could_say, fits):
        yield "you_could_say", f"“{layer.you_could_say}” neither names nor touches `{layer.id}`"
    if layer.quiet and not layer.under:
        yield (
            "quiet",
            f"`{layer.id}` comes into a silence, but lies under nothing that could be named first",
        )


def _of_lines(scenario: Scenario) -> Found:
    lines = tuple(all_lines(scenario))
    sentences = [sentence for spoken in lines for sentence in spoken.line]
    short = sum(len(sentence.split()) < _SHORT_SENTENCE_WORDS for sentence in sentences)
    if short < _FEWEST_SHORT * len(sentences):
        yield (
            (),
            f"only {short} of {len(sentences)} sentences are shorter than {_SHORT_SENTENCE_WORDS} words",
        )
    phrases = [echo.phrase for echo in scenario.echoes]
    for spoken in lines:
        if not spoken.text.endswith(_ENDS):
            # A list in brackets is cut at each comma: "[Yes, it is.]" holds two lines.
            yield spoken.place, f"“{spoken.text}” ends without a full stop: was it cut at a comma?"
        if spoken.kind is SpokenIn.HINTS and not cover(spoken.text, phrases):
            yield spoken.place, f"nothing goes on from “{spoken.text}” when it is mirrored"
        if spoken.kind in _DWELT_ON and spoken.layer and spoken.layer.under and spoken.place[-1] == 0:
            wordings = getattr(spoken.layer, spoken.kind.value)
            if len(wordings) < _FEWEST_WORDINGS:
                yield (
                    spoken.place,
                    f"`{spoken.layer.id}` has one wording here: two calls will sound alike",
                )
    ids = [layer.id for layer in scenario.layers]
    kept = [x.topic for x in scenario.layers if x.role is not TopicRole.POSITION]
    for rule, shared in scenario.manners.items():
        for line in shared:
            for found in cover(" ".join(line), kept):
                words = f"what anybody says by `{rule}`, “{' '.join(line)}”"
                yield ("topics", ids.index(found.topic), "evidence"), f"{words}, counts as this topic"


def _of_first_words(scenario: Scenario) -> Found:
    """What is known before the call, or said at its beginning, should leave something to find out."""
    unspoken = [x.topic for x in scenario.layers if x.starts is SegmentState.UNSPOKEN]
    for name in ("title", "stake", "brief"):
        for found in cover(getattr(scenario, name), unspoken):
            yield (name,), f"the {name} names `{found.topic}`, which the trainee should find out"
    for number, line in enumerate(scenario.opening):
        for found in cover(" ".join(line), unspoken):
            yield ("opening", number), f"“{' '.join(line)}” names `{found.topic}`, which starts unspoken"


def _of_repeats(scenario: Scenario) -> Found:
    """No sentence is said twice in a call, so a list that shares one with another runs dry sooner."""
    seen: dict[str, Place] = {}
    for spoken in all_lines(scenario):
        for sentence in spoken.line:
            first = seen.setdefault(sentence, spoken.place)
            if len(sentence.split()) >= _WORTH_NOTICING_WORDS and first[:-1] != spoken.place[:-1]:
                where = ".".join(str(part) for part in first if isinstance(part, str))
                yield spoken.place, f"“{sentence}” stands under {where} too, and can be said only once"


def _of_terms(scenario: Scenario) -> Found:
    secrets = {layer.id: layer.topic for layer in scenario.layers if layer.secret}
    for number, topic in enumerate(scenario.terms.reveals):
        if topic not in secrets:
            yield ("terms", "reveals", number), f"`{topic}` is no secret, so the terms need not reveal it"
    revealed = [secrets[topic] for topic in scenario.terms.reveals if topic in secrets]
    for number, line in enumerate(scenario.terms.proposes):
        said = {found.topic for found in cover(" ".join(line), revealed)}
        untold = [topic.id for topic in revealed if topic.id not in said]
        if untold:
            yield ("terms", "proposes", number), f"this proposal does not say {', '.join(untold)}"
