"""What a journal tells of its call: who spoke and what they made of it. Derived, never stored."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import msgspec
import yaml

from voice_coach.coaching.drill import DrillResult, Verdict
from voice_coach.coaching.turn import Debrief, Speaker, Turn
from voice_coach.conversation.commands import EndCall, ShowTurn, ShowVerdict, TakeBackTurn
from voice_coach.conversation.events import Event
from voice_coach.counterpart.reply import Outcome
from voice_coach.journal.format import Journal
from voice_coach.moves.plain_yaml import NotPlainError, compose_plain

__all__ = ["Account", "give_account", "take_back", "title_and_person"]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One call, retold."""

    title: str
    """The scenario's title, or its id when it has none."""
    person: str
    """Name of the counterpart; empty when the scenario gives none."""
    turns: tuple[Turn, ...]
    """Both sides' turns in order."""
    seconds: float
    """From the session's start to the end of the call, or to the last event of one cut off."""
    labels: int
    summaries: int
    thats_right: bool
    moves: dict[str, int]
    """How often the trainee made each kind of move."""
    outcome: Outcome | None
    """None when the call was cut off."""
    debrief: Debrief | None
    verdicts: tuple[Verdict, ...] = ()
    """Drills: those of all rounds that were answered."""
    drill: DrillResult | None = None
    """Drills: what it came to; None when it was cut off."""


def give_account(journal: Journal) -> Account:
    """Retell a call from its journal alone.

    Figures are the debrief's; a call that was cut off has none, and its moves are counted.
    """
    shown: dict[int, ShowTurn] = {}
    verdicts: dict[int, Verdict] = {}
    seconds = 0.0
    end: EndCall | None = None
    for entry in journal.entries:
        value = entry.value
        if isinstance(value, ShowTurn):
            shown[value.turn.index] = value
        elif isinstance(value, TakeBackTurn):
            take_back(shown, value)
            verdicts = {n: one for n, one in verdicts.items() if one.utterance != value.utterance}
        elif isinstance(value, ShowVerdict):
            verdicts[value.verdict.round] = value.verdict
        elif isinstance(value, EndCall):
            end = value
        elif isinstance(value, Event) and end is None:
            seconds = value.at
    header = journal.header
    title, person = title_and_person(header.drill_source or header.scenario_source)
    ordered = tuple(shown[index].turn for index in sorted(shown))
    debrief = end.debrief if end else None
    return Account(
        title=title or header.scenario_id,
        person=person,
        turns=ordered,
        seconds=seconds,
        labels=debrief.labels if debrief else _count(ordered, "label"),
        summaries=debrief.summaries if debrief else _count(ordered, "summary"),
        thats_right=debrief.thats_right if debrief else any(turn.thats_right for turn in ordered),
        moves=dict(
            Counter(m.kind for turn in ordered if turn.speaker is Speaker.TRAINEE for m in turn.moves)
        ),
        outcome=end.outcome if end else None,
        debrief=debrief,
        verdicts=tuple(verdicts[number] for number in sorted(verdicts)),
        drill=end.drill if end else None,
    )


def take_back(shown: dict[int, ShowTurn], command: TakeBackTurn) -> None:
    """Forget a turn of the trainee that was not over, and what came after it.

    Args:
        shown: The settled turns by index; changed.
        command: What the journal says.
    """
    over = [
        index
        for index, last in shown.items()
        if last.turn.speaker is Speaker.TRAINEE and last.utterance == command.utterance
    ]
    for index in [index for index in shown if over and index >= over[0]]:
        del shown[index]


def _count(turns: tuple[Turn, ...], kind: str) -> int:
    return sum(move.kind == kind for turn in turns for move in turn.moves)


@lru_cache(maxsize=32)
def title_and_person(scenario_source: str) -> tuple[str, str]:
    """Look into the scenario's text as it was; a form that is not today's gives empty strings."""
    try:
        root = compose_plain(scenario_source)
    except NotPlainError:
        return "", ""
    if not isinstance(root, yaml.MappingNode):
        return "", ""
    texts = {
        key.value: value.value
        for key, value in root.value
        if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode)
    }
    return texts.get("title", ""), texts.get("person", "")
