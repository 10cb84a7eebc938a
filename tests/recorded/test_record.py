"""The record of a heard call on disk: written, read, refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import InputError, JournalError, StoreError
from voice_coach.journal.heard import (
    HeardHeader,
    HeardWriter,
    Mine,
    Side,
    Utterance,
    WordPlace,
    read_heard,
)
from voice_coach.recorded.swap import set_mine
from voice_coach.recorded.turns import spoken_turns

SESSION = "20261123-184501-k3f9"


def header(*sides: Side) -> HeardHeader:
    return HeardHeader(
        session=SESSION,
        created=datetime(2026, 11, 23, 18, 45, 1, tzinfo=UTC),
        source="call.wav",
        channels=len(sides),
        sides=sides,
        rate_hz=8_000,
        seconds=60.0,
        model="tiny.en",
        language="en",
        mine=sides[0],
    )


def said(side: Side, start: float, end: float, text: str) -> Utterance:
    return Utterance(side=side, start_seconds=start, end_seconds=end, text=text)


HELLO = said(Side.LEFT, 1, 2, "Hello.")


def record(
    folder: Path, *utterances: Utterance, sides: tuple[Side, ...] = (Side.LEFT, Side.RIGHT)
) -> Path:
    path = folder / SESSION
    writer = HeardWriter.create(path, header(*sides))
    for utterance in utterances:
        writer.append(utterance)
    writer.close()
    return path


def test_what_is_written_is_read_in_the_order_of_the_call(tmp_path: Path) -> None:
    late = said(Side.LEFT, 5, 6, "Second.")
    early = Utterance(
        side=Side.RIGHT,
        start_seconds=1,
        end_seconds=2,
        text="First.",
        words=(WordPlace(start=0, end=6, start_seconds=1.1, end_seconds=1.9),),
    )
    heard = read_heard(record(tmp_path, late, early) / "heard.jsonl")
    assert heard.header == header(Side.LEFT, Side.RIGHT)
    assert heard.utterances == (early, late)
    assert not heard.complete
    assert heard.seconds == 6
    assert (tmp_path / SESSION / "heard.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda _: b"", "ends inside its first line"),
        (lambda _: b"{}\n", "names no version"),
        (lambda data: data.replace(b'heard":1', b'heard":2', 1), "newer voice_coach"),
        (lambda data: data.replace(b'"source":"call.wav",', b"", 1), "header is damaged"),
        (lambda data: data.replace(b'"text"', b'"words"', 1), "line 2 is damaged"),
        (lambda data: data + b'{"heard":"smell"}\n', "line 3 is damaged"),
        (lambda data: b"\xff" + data, "names no version"),
    ],
)
def test_damage_is_named(tmp_path: Path, change: Callable[[bytes], bytes], sentence: str) -> None:
    path = record(tmp_path, HELLO) / "heard.jsonl"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(JournalError, match=sentence):
        read_heard(path)


def test_a_word_of_the_person_turns_the_sides_round(tmp_path: Path) -> None:
    folder = record(tmp_path, said(Side.LEFT, 1, 2, "Hello."), said(Side.RIGHT, 3, 4, "Yes."))
    ours = {Side.RIGHT: ["counterpart", "trainee"], Side.LEFT: ["trainee", "counterpart"]}
    for side, speakers in ours.items():
        set_mine(folder, side)
        set_mine(folder, side)
        heard = read_heard(folder / "heard.jsonl")
        assert [turn.speaker.value for turn in spoken_turns(heard)] == speakers
    lines = (folder / "heard.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line)["heard"] for line in lines[-2:]] == ["mine", "mine"]


def test_a_mono_call_has_no_sides_to_turn(tmp_path: Path) -> None:
    folder = record(tmp_path, said(Side.BOTH, 1, 2, "Hello."), sides=(Side.BOTH,))
    with pytest.raises(InputError, match="cannot be told apart"):
        set_mine(folder, Side.LEFT)


def test_a_call_that_is_being_heard_is_left_alone(tmp_path: Path) -> None:
    writer = HeardWriter.create(tmp_path / SESSION, header(Side.LEFT, Side.RIGHT))
    with pytest.raises(StoreError, match="running call"):
        set_mine(tmp_path / SESSION, Side.RIGHT)
    writer.append(Mine(mine=Side.LEFT))
    writer.close()


def test_turns_end_where_the_other_takes_the_floor_or_a_silence_comes(tmp_path: Path) -> None:
    folder = record(
        tmp_path,
        said(Side.LEFT, 0, 2, "So the system was down"),
        said(Side.RIGHT, 1.5, 1.8, "Mm-hm."),
        said(Side.LEFT, 3, 5, "for two whole days."),
        said(Side.RIGHT, 5.5, 7, "It sounds like that was hard."),
        said(Side.LEFT, 7.5, 8, "Yes."),
        said(Side.LEFT, 11, 12, "And nobody called."),
    )
    turns = spoken_turns(read_heard(folder / "heard.jsonl"))
    assert [(turn.speaker.value, turn.text) for turn in turns] == [
        ("trainee", "So the system was down for two whole days."),
        ("counterpart", "Mm-hm."),
        ("counterpart", "It sounds like that was hard."),
        ("trainee", "Yes."),
        ("trainee", "And nobody called."),
    ]
    assert [turn.takes_floor for turn in turns] == [True, False, True, False, True]


def test_a_mark_says_whose_turn_it_is(tmp_path: Path) -> None:
    folder = record(
        tmp_path,
        said(Side.BOTH, 0, 2, "Hello."),
        said(Side.BOTH, 2.6, 4, "Good morning to you."),
        sides=(Side.BOTH,),
    )
    turns = spoken_turns(read_heard(folder / "heard.jsonl"), {1: Speaker.COUNTERPART})
    assert [(turn.speaker, turn.known) for turn in turns] == [
        (Speaker.TRAINEE, False),
        (Speaker.COUNTERPART, True),
    ]
