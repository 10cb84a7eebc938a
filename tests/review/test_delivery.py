"""Delivery figures on calls made by hand, and the pitch of voices whose contour is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.errors import AudioError
from voice_coach.moves.move import Family, Move
from voice_coach.review.delivery import figures
from voice_coach.review.label_pitch import label_pitches
from voice_coach.review.review import Figure, PitchEnd, ReviewTurn, TimedWord
from voice_coach.review.sound import TrackSound
from voice_coach.speech.pitch import SwiftPitchTracker

RATE_HZ = 16_000
LABEL = "It sounds like you were left alone."


def move(kind: str, family: Family, start: int, end: int) -> Move:
    return Move(kind=kind, family=family, start=start, end=end, cue="", confidence=1.0, rule="by.hand")


def turn(
    index: int,
    speaker: Speaker,
    text: str,
    seconds: tuple[float, float],
    *,
    moves: Sequence[Move] = (),
) -> ReviewTurn:
    start, end = seconds
    plain = Turn(
        index=index,
        speaker=speaker,
        text=text,
        start_seconds=start,
        end_seconds=end,
        moves=tuple(moves),
    )
    return ReviewTurn(turn=plain)


def label_turn(index: int, start: float, end: float, text: str = LABEL) -> ReviewTurn:
    span = move("label", Family.REFLECTION, 0, len(LABEL))
    return turn(index, Speaker.TRAINEE, text, (start, end), moves=[span])


def value(found: Sequence[Figure], which: str) -> float | None:
    return next(figure for figure in found if figure.id == which).value


def test_who_talks_and_for_how_long() -> None:
    call = [
        turn(0, Speaker.COUNTERPART, "Hello.", (0, 4)),
        turn(1, Speaker.TRAINEE, "Well.", (5, 9)),
        turn(2, Speaker.TRAINEE, "And then.", (11, 13)),
        turn(3, Speaker.COUNTERPART, "No.", (13, 19)),
        turn(4, Speaker.TRAINEE, "Fine.", (20, 24)),
    ]
    found = figures(call, None)
    assert value(found, "talk-share") == 50
    assert value(found, "longest-monologue") == 8
    assert value(found, "loudness") is None


def test_turns_of_nobody_known_count_for_nobody() -> None:
    mine = turn(0, Speaker.TRAINEE, "Hello there.", (0, 60))
    call = [msgspec.structs.replace(mine, speaker_known=False)]
    assert value(figures(call, None), "talk-share") is None
    assert value(figures(call, None), "pace") is None


def test_pace_and_fillers_are_rates_of_the_time_spoken() -> None:
    text = "um I wanted to say uh that we are late " * 3
    found = figures([turn(0, Speaker.TRAINEE, text, (0, 15))], None)
    assert value(found, "pace") == 120
    assert value(found, "fillers") == 24


def test_little_speech_gives_no_rate() -> None:
    found = figures([turn(0, Speaker.TRAINEE, "um no", (0, 2))], None)
    assert value(found, "pace") is None
    assert value(found, "fillers") is None


def test_pauses_need_measured_word_times() -> None:
    def call(*, measured: bool) -> list[ReviewTurn]:
        times = [(0.0, 4.0), (4.2, 8.0), (9.0, 12.0)]
        words = tuple(
            TimedWord(start=5 * i, end=5 * i + 4, start_seconds=a, end_seconds=b, measured=measured)
            for i, (a, b) in enumerate(times)
        )
        return [msgspec.structs.replace(turn(0, Speaker.TRAINEE, "this that then", (0, 12)), words=words)]

    assert value(figures(call(measured=True), None), "pauses") == 5
    assert value(figures(call(measured=False), None), "pauses") is None


def test_first_label_and_the_silence_after_it() -> None:
    call = [
        turn(0, Speaker.COUNTERPART, "Hello.", (2, 4)),
        label_turn(1, 10, 12),
        turn(2, Speaker.COUNTERPART, "Yes.", (15, 17)),
        label_turn(3, 18, 20, f"{LABEL} What happened?"),
        turn(4, Speaker.COUNTERPART, "Well.", (20.2, 22)),
    ]
    found = figures(call, None)
    assert value(found, "first-label") == 8
    assert value(found, "silence-after-labels") == pytest.approx(1.6)


def test_a_question_after_the_label_fills_its_silence() -> None:
    asked = label_turn(0, 0, 4, f"{LABEL} What happened?")
    asking = move("question", Family.QUESTION, len(LABEL) + 1, len(LABEL) + 15)
    plain = asked.turn
    moves = (*plain.moves, asking)
    call = [
        turn(0, Speaker.TRAINEE, plain.text, (0, 4), moves=moves),
        turn(1, Speaker.COUNTERPART, "Well.", (4, 5)),
    ]
    found = figures(call, None)
    assert value(found, "silence-after-labels") is None
    assert value(found, "reflections-to-questions") == 1


def test_every_figure_says_what_it_means_and_what_good_looks_like() -> None:
    for figure in figures([], None):
        assert figure.meaning.endswith(".")
        assert figure.good.endswith(".")
        assert figure.value is None


# ---------------------------------------------------------------- sound


def voice(
    semitones: Sequence[float], seconds: float = 1.2, base_hz: float = 120.0
) -> NDArray[np.float32]:
    """A buzzing voice whose pitch walks through `semitones` (above `base_hz`), evenly spaced in time."""
    count = round(seconds * RATE_HZ)
    course = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(semitones)), semitones)
    phase = 2 * np.pi * np.cumsum(base_hz * 2 ** (course / 12)) / RATE_HZ
    wave = sum(np.sin(harmonic * phase) / harmonic for harmonic in range(1, 16))
    return (0.1 * np.asarray(wave)).astype(np.float32)


def heard(path: Path, sound: NDArray[np.float32], *, start: float = 1.0) -> tuple[PitchEnd, float | None]:
    lead = np.zeros(round(start * RATE_HZ), np.float32)
    tail = np.zeros(RATE_HZ, np.float32)
    soundfile.write(path, np.concatenate([lead, sound, tail]), RATE_HZ, subtype="PCM_16")
    call = [label_turn(1, start, start + len(sound) / RATE_HZ)]
    with TrackSound(path) as track:
        (found,) = label_pitches(call, track, SwiftPitchTracker())
    return found.ended, found.semitones


@pytest.mark.parametrize("base_hz", [95.0, 130.0, 210.0])
@pytest.mark.parametrize(
    ("course", "ended"),
    [
        ([0, 0, -5], PitchEnd.FELL),
        ([4, 2, 0, -3], PitchEnd.FELL),
        ([0, 0, 5], PitchEnd.ROSE),
        ([-2, -2, 0, 5], PitchEnd.ROSE),
        ([0, 0, 0], PitchEnd.LEVEL),
        ([5, 0, 0, 0, 0, 0], PitchEnd.LEVEL),
    ],
)
def test_the_end_of_a_label_is_heard_on_voices_of_known_pitch(
    tmp_path: Path, base_hz: float, course: list[float], ended: PitchEnd
) -> None:
    assert heard(tmp_path / "voice.wav", voice(course, base_hz=base_hz))[0] is ended


def test_the_change_is_measured_in_semitones(tmp_path: Path) -> None:
    # It falls by six in its last half second: by four from the middle of the first third to the last's.
    _, semitones = heard(tmp_path / "voice.wav", voice([0, 0, -6], seconds=1.0))
    assert semitones == pytest.approx(-4, abs=0.6)


@pytest.mark.parametrize("kind", ["silence", "noise", "click"])
def test_no_voice_has_no_direction(tmp_path: Path, kind: str) -> None:
    sound = np.zeros(RATE_HZ, np.float32)
    if kind == "noise":
        sound = np.random.default_rng(3).normal(0, 0.05, RATE_HZ).astype(np.float32)
    elif kind == "click":
        sound[8000:8080] = 0.5
    assert heard(tmp_path / "voice.wav", sound) == (PitchEnd.UNCLEAR, None)


def test_a_label_inside_a_turn_whose_words_are_only_guessed_is_unclear(tmp_path: Path) -> None:
    path = tmp_path / "voice.wav"
    soundfile.write(path, voice([0, 0, -5], seconds=4), RATE_HZ)
    call = [label_turn(1, 0, 4, f"{LABEL} And now I talk on.")]
    with TrackSound(path) as track:
        (found,) = label_pitches(call, track, SwiftPitchTracker())
    assert found.ended is PitchEnd.UNCLEAR


def test_loudness_is_that_of_the_voice_not_of_its_pauses(tmp_path: Path) -> None:
    path = tmp_path / "voice.wav"
    spoken = voice([0, 0], seconds=2)
    level = 20 * np.log10(np.sqrt(np.mean(np.square(spoken))))
    soundfile.write(path, np.concatenate([spoken, np.zeros(4 * RATE_HZ), spoken]), RATE_HZ)
    with TrackSound(path) as track:
        found = figures([turn(0, Speaker.TRAINEE, "one two", (0, 8))], track)
    assert value(found, "loudness") == pytest.approx(level, abs=1)


def test_a_track_of_another_form_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.zeros((100, 2)), 44_100)
    with pytest.raises(AudioError, match="2 channel"):
        TrackSound(path)
    (tmp_path / "text.flac").write_text("no sound")
    with pytest.raises(AudioError, match="cannot be read as sound"):
        TrackSound(tmp_path / "text.flac")
