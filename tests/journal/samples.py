"""Small sessions, written by the real writer, and strategies for all that a journal can hold."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from voice_coach.coaching.turn import Check, Debrief, Evidence, Speaker, Turn
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.counterpart.reply import Because, Delivery, Outcome
from voice_coach.journal.journal import JournalHeader, JournalWriter
from voice_coach.journal.store import named_folder
from voice_coach.moves.move import Family, Move
from voice_coach.settings import TurnSettings

SESSION = "20261123-184501-k3f9"
SCENARIO = "id: lease\ntitle: The lease runs out\nperson: Mara Lindqvist\n"
TRAINEE_SAYS = "It sounds like you were left waiting."
BECAUSE = Because(
    rule="label.fits",
    reasons=("named the waiting",),
    trust_before=0.2,
    trust_after=0.4,
    tension_before=0.6,
    tension_after=0.4,
)
LABEL = Move(
    kind="label",
    family=Family.REFLECTION,
    start=0,
    end=37,
    cue="It sounds like",
    confidence=0.9,
    rule="labels.sounds_like",
)
DEBRIEF = Debrief(
    headline="She told you why she came.",
    checks=(
        Check(
            id="label",
            question="Did you name a feeling?",
            passed=True,
            evidence=Evidence(turn=1, quote=TRAINEE_SAYS, start_seconds=3.0, end_seconds=5.0),
        ),
        Check(
            id="summary",
            question="Did they say that's right?",
            passed=False,
            you_said="So we agree?",
            you_could_have_said="So you waited for weeks.",
        ),
    ),
    labels=1,
    summaries=0,
    thats_right=False,
    talk_share=0.4,
)
COUNTERPART_TURN = Turn(
    index=0,
    speaker=Speaker.COUNTERPART,
    text="I have been waiting for weeks.",
    start_seconds=0.5,
    end_seconds=2.5,
    delivery=Delivery.GUARDED,
    because=BECAUSE,
)
TRAINEE_TURN = Turn(
    index=1,
    speaker=Speaker.TRAINEE,
    text=TRAINEE_SAYS,
    start_seconds=3.0,
    end_seconds=5.0,
    moves=(LABEL,),
)

EXCHANGES: list[tuple[e.Event, list[c.Command]]] = [
    (
        e.CallStarted(at=0.0),
        [
            c.ShowPhase(phase=c.Phase.COUNTERPART_SPEAKING),
            c.Say(
                reply=1,
                sentences=(COUNTERPART_TURN.text,),
                delivery=Delivery.GUARDED,
                because=BECAUSE,
            ),
        ],
    ),
    (e.ReplyStarted(at=0.5, reply=1), []),
    (
        e.ReplyPlayed(at=2.5, reply=1, text_heard=COUNTERPART_TURN.text, complete=True),
        [c.ShowTurn(utterance=1, turn=COUNTERPART_TURN), c.ShowPhase(phase=c.Phase.LISTENING)],
    ),
    (
        e.TranscriptFinal(at=5.4, job=1, text=TRAINEE_SAYS, end_sample=80_000),
        [c.ShowTurn(utterance=1, turn=TRAINEE_TURN)],
    ),
    (
        e.CallEnded(at=6.0, reason=e.EndReason.TRAINEE),
        [c.EndCall(outcome=Outcome.TRAINEE_LEFT, debrief=DEBRIEF)],
    ),
]


def header(session: str = SESSION, **changes: Any) -> JournalHeader:
    values: dict[str, Any] = {
        "session": session,
        "created": datetime(2026, 11, 23, 18, 45, 1, tzinfo=UTC),
        "scenario_id": "lease",
        "scenario_source": SCENARIO,
        "seed": 7,
        "model": "tiny.en",
        "voice": "scripted",
        "record": True,
        "settings": TurnSettings(),
    }
    return JournalHeader(**{**values, **changes})


def write_session(
    store: Path, session: str = SESSION, *, exchanges: int = len(EXCHANGES), **changes: Any
) -> Path:
    """Write a small session, the first `exchanges` of it, and give its folder."""
    folder = named_folder(store, session)
    writer = JournalWriter.create(folder, header(session, **changes))
    for event, commands in EXCHANGES[:exchanges]:
        writer.event(event)
        for command in commands:
            writer.command(command)
    writer.close()
    return folder


_LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(),
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type or tagged union, nested structs included, with finite numbers."""
    arguments = get_args(kind)
    if kind in _LEAVES:
        return _LEAVES[kind]
    if get_origin(kind) is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
        return st.tuples(*map(values_of, arguments))
    if arguments:
        return st.one_of(*map(values_of, arguments))
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    fields = msgspec.structs.fields(kind)
    return st.builds(kind, **{field.name: values_of(field.type) for field in fields})


def same(left: Any, right: Any) -> bool:
    """Equal in value and in encoding (so that -0.0 and 0.0, or 1 and True, are told apart)."""
    return left == right and msgspec.json.encode(left) == msgspec.json.encode(right)
