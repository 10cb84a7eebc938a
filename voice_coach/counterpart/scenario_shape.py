"""The shape of a scenario file: its fields, what may stand in each, and what it means.

This is the one definition. Files are read by it (`shaped.py`), and the JSON Schema that editors use for
completion is made from it. What the parts mean to the counterpart stands in `story.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from voice_coach.counterpart.rules import RULES
from voice_coach.counterpart.story import Guardedness
from voice_coach.counterpart.voice_style import Pace, Register
from voice_coach.moves.move import TopicRole

__all__ = [
    "WORDINGS",
    "CorrectionText",
    "EchoText",
    "ExampleText",
    "ExampleTurnText",
    "Phrases",
    "Said",
    "ScenarioText",
    "TermsText",
    "TopicText",
    "VoiceText",
    "scenario_schema",
]

_BESIDE_RULES = (
    "concern",
    "remembers",
    "pressed-again",
    "thats-right-again",
    "false-start",
    "still-here",
    "backchannel",
)
"""Wording that is not the answer of one rule."""
WORDINGS = sorted({*RULES, *_BESIDE_RULES})
"""All that lines can be written for."""

_Text: TypeAlias = Annotated[str, Meta(min_length=1)]
_Phrase: TypeAlias = Annotated[str | int | float, Meta(description="A few words, in any inflection.")]
Phrases: TypeAlias = _Phrase | Annotated[tuple[_Phrase, ...], Meta(min_length=1)]
"""One phrase, or several of which any one will do."""
Said: TypeAlias = _Text | Annotated[tuple[_Text, ...], Meta(min_length=1)]
"""One thing to say, or several of which one is chosen; each of one or more sentences."""
_Lines: TypeAlias = Annotated[
    Mapping[str, Said], Meta(extra_json_schema={"propertyNames": {"enum": WORDINGS}})
]
_Id: TypeAlias = Annotated[str, Meta(pattern="^[a-z0-9_]{1,64}$")]
_Rule: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": sorted(RULES)})]


def _means(description: str) -> Meta:
    return Meta(description=description)


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class TopicText(_Part, frozen=True, kw_only=True):
    """One thing on their mind."""

    id: Annotated[_Id, _means("Its name in this file.")]
    title: Annotated[_Text, _means("Shown on the ring once it is spoken of.")]
    role: Annotated[
        TopicRole,
        _means("position: what they say openly; fact: what happened; feeling; reason: why they came."),
    ]
    starts: Annotated[
        Literal["unspoken", "hinted", "disclosed"], _means("How far it is open when the call begins.")
    ] = "unspoken"
    under: Annotated[str, _means("The topic this one lies under: naming that one leads to this one.")] = (
        ""
    )
    secret: Annotated[
        bool, _means("Held back until they have said “that's right”, or trust is high.")
    ] = False
    quiet: Annotated[
        bool, _means("Comes only into a silence that the trainee leaves alone after a label.")
    ] = False
    needs_trust: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | UnsetType, _means("Trust from which it may open at all.")
    ] = UNSET
    evidence: Annotated[
        tuple[Phrases, ...],
        Meta(min_length=1),
        _means("Groups of phrases: the topic is named when one phrase of EVERY group is said."),
    ]
    touched_by: Annotated[
        Phrases | UnsetType,
        _means("Looser words: enough for a label to lead here, not to have named it."),
    ] = UNSET
    confirms: Annotated[Said, _means("Short answers to a label that fits; must not say the thing.")] = ()
    hints: Annotated[Said, _means("What an open question gets; must not say the thing.")] = ()
    says: Annotated[Said, _means("The disclosure.")] = ()
    gap: Annotated[
        Said, _means("Points at the topic when a summary leaves it out; must not say the thing.")
    ] = ()
    you_could_say: Annotated[_Text, _means("A label that would have fitted, shown after the call.")]


class EchoText(_Part, frozen=True, kw_only=True):
    """A phrase of theirs, and how they go on when it is mirrored."""

    words: Annotated[Phrases, _means("Phrases that they say; any of them will do.")]
    more: Annotated[Said, _means("How they go on.")]
    opens: Annotated[str, _means("The topic that going on discloses.")] = ""


class CorrectionText(_Part, frozen=True, kw_only=True):
    """A wrong guess that is to be expected, and what corrects it."""

    words: Annotated[Phrases, _means("Words of the guess.")]
    says: Annotated[Said, _means("The correction: real information.")]
    hints: Annotated[str, _means("The topic that the correction hints at.")] = ""


class TermsText(_Part, frozen=True, kw_only=True):
    """What they propose after “that's right”."""

    reveals: Annotated[Phrases, _means("Topics held back that the terms reveal.")]
    proposes: Annotated[Said, _means("The deal, with what was held back.")]
    accepted_by: Annotated[Phrases, _means("Words by which the trainee takes the terms.")]
    explains: Annotated[Said, _means("More on the terms, when they were neither taken nor refused.")]
    settled: Annotated[Said, _means("The last words of an agreement.")]


class ExampleTurnText(_Part, frozen=True, kw_only=True):
    """One turn of a sample exchange: what you say, or a silence; and the rule that must answer."""

    you: Annotated[str, _means("What the trainee says.")] = ""
    silence: Annotated[bool, _means("True when the trainee leaves the silence alone.")] = False
    rule: Annotated[_Rule, _means("The rule that must answer.")]
    opens: Annotated[Phrases, _means("Topics whose state must rise.")] = ()


class ExampleText(_Part, frozen=True, kw_only=True):
    """A sample exchange, run as a test."""

    name: Annotated[_Text, _means("What it shows.")]
    turns: Annotated[tuple[ExampleTurnText, ...], Meta(min_length=1)]


class VoiceText(_Part, frozen=True, kw_only=True):
    """How they sound, as far as the voice can be bent to it."""

    register: Annotated[Register, _means("How high their voice is.")] = Register.MIDDLE
    pace: Annotated[Pace, _means("How fast they speak.")] = Pace.EVEN


class ScenarioText(_Part, frozen=True, kw_only=True):
    """One person in one situation, for voice_coach."""

    id: Annotated[_Id, _means("The name of the scenario; the file is called the same.")]
    title: Annotated[_Text, _means("The heading of its card.")]
    person: Annotated[_Text, _means("Who answers.")]
    role: Annotated[_Text, _means("What they are: “head of operations at a group of clinics”.")]
    stake: Annotated[_Text, _means("What there is to win or to lose.")]
    guardedness: Annotated[Guardedness, _means("How freely they open up.")]
    voice: VoiceText = VoiceText()
    words: Annotated[
        Phrases,
        _means("Names, products and places that a trainee may say, spelt as they should be shown."),
    ] = ()
    brief: Annotated[
        _Text, _means("What the trainee knows before the call; must not give away what they should find.")
    ]
    opening: Annotated[Said, _means("Their first words: they called, so they speak first.")]
    topics: Annotated[
        tuple[TopicText, ...], Meta(min_length=1), _means("What is on their mind, from the surface down.")
    ]
    echoes: Annotated[tuple[EchoText, ...], Meta(min_length=1)]
    corrections: tuple[CorrectionText, ...] = ()
    lines: Annotated[_Lines, _means("Their own wording, by the rule that asks for it.")] = {}
    terms: TermsText
    good_summary: Annotated[_Text, _means("Covers every topic that is not secret; shown after the call.")]
    examples: tuple[ExampleText, ...] = ()


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file."""
    schema = msgspec.json.schema(ScenarioText)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A voice_coach scenario",
        **schema,
    }
