"""A class at work: what twelve tables of a training room look like to its trainer."""

from __future__ import annotations

from voice_coach import messages as m
from voice_coach import room_messages as r
from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import RingSegment, SegmentState
from voice_coach.moves.move import Family, Move

__all__ = [
    "CALL",
    "EXERCISE",
    "LEFT_ALONE",
    "LOBBY",
    "TABLES",
    "label_in",
    "ring_of",
    "room_of",
    "table_of",
]

EXERCISE = r.Activity(scenario="renewal_in_doubt", title="Renewal in doubt")
DRILL = r.Activity(drill="label_it", title="Label it")
LOBBY = r.LobbyState(
    table="t1",
    name="Table 3",
    room="Spring class, hard calls",
    consent=r.Consent(),
    trainer_present=True,
)
FINGERPRINT = ":".join(f"{(place * 37 + 11) % 256:02X}" for place in range(32))


def ring_of(*states: str) -> tuple[RingSegment, ...]:
    """A ring of topics that stand like this."""
    return tuple(
        RingSegment(topic=f"topic-{place}", title="", state=SegmentState(state))
        for place, state in enumerate(states)
    )


def label_in(text: str, end: int | None = None) -> Move:
    """A label from the beginning of a text."""
    return Move(
        kind="label",
        family=Family.REFLECTION,
        start=0,
        end=len(text) if end is None else end,
        cue="it sounds like",
        confidence=0.9,
        rule="labels.it_sounds",
    )


def table_of(number: int, name: str, **more: object) -> r.TableState:
    """A table that sits in the lobby unless `more` says otherwise."""
    base: dict[str, object] = {
        "id": f"{number:016x}",
        "name": name,
        "client": "browser 1",
        "connected": True,
        "consent": r.Consent(),
    }
    return r.TableState(**{**base, **more})  # type: ignore[arg-type] - names and values of the struct


def in_call(number: int, name: str, phase: Phase, seconds: float, **more: object) -> r.TableState:
    """A table in the middle of its call."""
    call = {"activity": EXERCISE, "session": f"s{number}", "phase": phase, "call_seconds": seconds}
    return table_of(number, name, **{**call, **more})


def room_of(*tables: r.TableState, locked: bool = False) -> r.RoomState:
    """The room with these tables."""
    return r.RoomState(
        title="Spring class, hard calls",
        code="amber-otter-42",
        address="https://192.168.178.20:8765/",
        fingerprint=FINGERPRINT,
        locked=locked,
        tables=tables,
    )


LEFT_ALONE = "It sounds like you were left alone with this for weeks."
CARRYING = "It looks like you have been carrying this for the whole team and nobody noticed what it cost"
OPEN = ring_of("summarised", "labelled", "hinted", "unspoken", "unspoken")
SHUT = ring_of("unspoken", "unspoken", "unspoken", "unspoken", "unspoken")

TABLES = (
    in_call(
        1,
        "Table 1",
        Phase.TRAINEE_SPEAKING,
        192,
        last_words=LEFT_ALONE,
        last_moves=(label_in(LEFT_ALONE),),
        last_reply="We had three outages in one quarter, and nobody called us back.",
        moves=(("label", 3), ("mirror", 1), ("why_question", 1)),
        ring=OPEN,
        calls=1,
    ),
    in_call(
        2,
        "Ada and Bo",
        Phase.COUNTERPART_SPEAKING,
        188,
        last_words="So what would have to be true for you to stay?",
        last_reply="That's right. That is exactly it, and it is the first time somebody says so.",
        moves=(("calibrated_question", 4), ("label", 2), ("summary", 1), ("mirror", 1), ("apology", 1)),
        ring=ring_of("summarised", "summarised", "labelled", "disclosed", "unspoken"),
        thats_right=True,
    ),
    in_call(
        3,
        "Table 3",
        Phase.LISTENING,
        201,
        last_words="Why did you not tell us earlier?",
        last_reply="Because I did not think that anybody would listen.",
        moves=(("why_question", 2),),
        ring=SHUT,
        listening=r.Listening.YES,
    ),
    in_call(
        4,
        "Corner",
        Phase.UNDERSTANDING,
        120,
        connected=False,
        away_seconds=34.0,
        last_words="I hear that this was not only about the price",
        moves=(("label", 1),),
        ring=SHUT,
    ),
    in_call(
        5,
        "The quiet ones",
        Phase.TRAINEE_PAUSING,
        190,
        consent=r.Consent(record=False, share=False),
        moves=(("label", 2), ("calibrated_question", 1)),
        ring=OPEN,
    ),
    in_call(
        6,
        "Window",
        Phase.LISTENING,
        95,
        activity=DRILL,
        last_words="It seems that weekend cost you something.",
        last_moves=(label_in("It seems that weekend cost you something."),),
        last_reply="I did the whole weekend by myself. Again.",
        moves=(("label", 5),),
        rounds=(4, 6),
        streak=3,
    ),
    table_of(7, "Headset 7", client="headset 1", activity=EXERCISE),
    table_of(8, "Maria"),
    in_call(
        9,
        "Table 9 with a rather long name",
        Phase.COUNTERPART_SPEAKING,
        12,
        last_reply="Look, I have ten minutes. I told your colleague already we have other offers.",
        ring=SHUT,
    ),
    table_of(10, "Table 10", activity=EXERCISE, calls=2),
    in_call(
        11,
        "Table 11",
        Phase.TRAINEE_SPEAKING,
        170,
        last_words=CARRYING,
        last_moves=(label_in(CARRYING, 55),),
        last_reply="Hm.",
        moves=(("label", 2), ("mirror", 2)),
        ring=OPEN,
        listening=r.Listening.ASKED,
    ),
    in_call(
        12,
        "Table 12",
        Phase.LISTENING,
        66,
        last_words="Okay. What else?",
        last_reply="The invoice was wrong twice.",
        ring=SHUT,
    ),
)
"""A class in the middle of its first exercise: every way that a table can stand."""

DANA = m.ScenarioCard(
    id="renewal_in_doubt",
    title="Renewal in doubt",
    person="Dana Whitfield, operations",
    stake="The renewal",
    guardedness="guarded",
)
SAID = "It sounds like you were left alone with this."


def line(index: int, speaker: Speaker, text: str, *moves: Move) -> m.TurnSettled:
    """One settled turn."""
    turn = Turn(
        index=index,
        speaker=speaker,
        text=text,
        start_seconds=index * 3,
        end_seconds=index * 3 + 2,
        moves=moves,
    )
    return m.TurnSettled(seq=4 + index, utterance=index, turn=turn)


CALL: tuple[m.ServerMessage, ...] = (
    m.Welcome(seq=1, version=1, session="s1", scenario=DANA, microphone_rate_hz=16000),
    m.PhaseChanged(seq=2, phase=Phase.LISTENING),
    m.Ring(seq=3, segments=ring_of("labelled", "hinted", "unspoken", "unspoken")),
    line(0, Speaker.COUNTERPART, "Hello. Look, I have ten minutes."),
    line(1, Speaker.TRAINEE, SAID, label_in(SAID)),
    line(2, Speaker.COUNTERPART, "I suppose I was. Nobody called for three weeks."),
)
"""What a call's socket says, up to a moment in which the trainee may speak."""
