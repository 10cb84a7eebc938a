"""What is clicked is what is heard: spans of a review, cut from its tracks, heard by the real ears."""

from __future__ import annotations

from contextlib import closing
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
import soundfile
from journal.samples import SESSION, header
from spoken import spoken

from voice_coach.coaching.turn import Check, Debrief, Evidence, Speaker, Turn
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.counterpart.reply import Delivery, Outcome
from voice_coach.journal.journal import JournalWriter
from voice_coach.journal.recording import Recorder
from voice_coach.journal.store import named_folder, open_store
from voice_coach.review.review import Review, ReviewTurn
from voice_coach.review.tell import tell_review
from voice_coach.settings import VoiceSettings
from voice_coach.speech.voice_engines import open_voice
from voice_coach_client.resampling import resample
from voice_coach_server.engines import Engines

RATE = 16_000
SAID_AT = 9.0
SAID = "I promised you a name. It sounds like you were left alone with forty doctors."
LABEL = "It sounds like you were left alone with forty doctors."
REPLY = ("Two days without records.", "Nobody called me, and then I got an invoice.")
REPLY_AT = 1.25
GUESSED = (SAID_AT + 1.0, SAID_AT + 2.0)
ALIKE = 0.55
MARGINS = (0.05, 0.12, 0.2)
"""Seconds around a span: a word's first and last sounds are soft."""


@pytest.fixture(scope="module")
def review(real_engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> tuple[Review, Path]:
    """A call written by the real writer and recorder: a reply, then a turn that the real ears timed."""
    store = open_store(tmp_path_factory.mktemp("store"))
    folder = named_folder(store, SESSION)
    writer = JournalWriter.create(folder, header())
    recorder = Recorder(folder)
    speech = spoken(SAID)
    microphone = np.concatenate([np.zeros(round(SAID_AT * RATE), np.float32), speech])
    recorder.hear((microphone * 32_767).astype("<i2").tobytes())
    # By a voice that has said nothing before: eSpeak speaks a little differently after another sentence.
    with closing(open_voice(VoiceSettings())) as speaker:
        voice = [speaker.speak(part, Delivery.CALM) for part in REPLY]
    pcm, rate = b"".join(part.pcm for part in voice), voice[0].sample_rate_hz
    recorder.place_reply(1, start_seconds=REPLY_AT, pcm=pcm, sample_rate_hz=rate)
    recorder.close()

    seconds = len(pcm) / 2 / rate
    theirs = Turn(
        index=0,
        speaker=Speaker.COUNTERPART,
        text=" ".join(REPLY),
        start_seconds=REPLY_AT,
        # The report that it was over comes late.
        end_seconds=REPLY_AT + seconds + 0.4,
    )
    mine = Turn(
        index=1,
        speaker=Speaker.TRAINEE,
        text=SAID,
        start_seconds=SAID_AT,
        end_seconds=SAID_AT + len(speech) / RATE,
    )
    guess = Evidence(turn=1, quote=LABEL, start_seconds=GUESSED[0], end_seconds=GUESSED[1])
    debrief = Debrief(
        headline="",
        checks=(Check(id="label", question="?", passed=True, evidence=guess),),
        labels=1,
        summaries=0,
        thats_right=False,
        talk_share=0.5,
    )
    words = tuple(
        e.Word(
            text=word.text,
            start_sample=word.start_sample + round(SAID_AT * RATE),
            end_sample=word.end_sample + round(SAID_AT * RATE),
            probability=word.probability,
        )
        for word in real_engines.transcriber.time_words(speech, SAID)
    )
    for value in (
        e.CallStarted(at=0.0),
        e.ReplyStarted(at=REPLY_AT, reply=1),
        e.ReplySpoken(at=REPLY_AT, reply=1, seconds=seconds),
        e.ReplyPlayed(at=theirs.end_seconds, reply=1, text_heard=theirs.text, complete=True),
        c.ShowTurn(utterance=1, turn=theirs),
        e.TranscriptFinal(at=mine.end_seconds, job=1, text=SAID, end_sample=0),
        c.ShowTurn(utterance=1, turn=mine),
        e.WordsTimed(at=mine.end_seconds + 1, utterance=1, words=words),
        e.CallEnded(at=mine.end_seconds + 1, reason=e.EndReason.TRAINEE),
        c.EndCall(outcome=Outcome.TRAINEE_LEFT, debrief=debrief),
    ):
        if isinstance(value, e.Event):
            writer.event(value)
        else:
            writer.command(value)
    writer.close()
    return tell_review(store, SESSION), folder


def heard(engines: Engines, folder: Path, side: str, start: float, end: float) -> str:
    """What the real ears make of a stretch of a track, as a person would who clicks it."""
    sound, rate = soundfile.read(folder / f"{side}.flac", dtype="int16")
    cut = sound[round(start * rate) : round(end * rate)].astype("<i2").tobytes()
    audio = np.frombuffer(resample(cut, rate, RATE), "<i2").astype(np.float32) / 32_768
    quiet = np.zeros(RATE // 4, np.float32)
    return engines.transcriber.transcribe(np.concatenate([quiet, audio, quiet]), final=True).text


def likeness(heard: str, said: str) -> float:
    """How alike two texts sound by their letters, 0 to 1: "earn voice" is much of "an invoice"."""
    letters = [
        "".join(filter(str.isalpha, text.lower().replace("40", "forty"))) for text in (heard, said)
    ]
    return SequenceMatcher(None, *letters, autojunk=False).ratio()


def best_likeness(engines: Engines, track: tuple[Path, str], at: tuple[float, float], said: str) -> float:
    """The best of three cuts: of so short a clip the small model may mishear one, not all of them."""
    folder, side = track
    start, end = at
    return max(likeness(heard(engines, folder, side, start - room, end + room), said) for room in MARGINS)


def span(row: ReviewTurn, words: str) -> tuple[float, float]:
    """From the first to the last of these words, as the page plays them."""
    at = row.turn.text.index(words)
    inside = [word for word in row.words if word.start < at + len(words) and word.end > at]
    return inside[0].start_seconds, inside[-1].end_seconds


@pytest.mark.parametrize(
    "words", ["I promised you a name.", "It sounds like you", "were left alone", "with forty doctors."]
)
def test_the_trainees_words_sound_where_they_stand(
    real_engines: Engines, review: tuple[Review, Path], words: str
) -> None:
    told, folder = review
    assert sum(word.measured for word in told.turns[1].words) > 0.6 * len(told.turns[1].words)
    at = span(told.turns[1], words)
    assert best_likeness(real_engines, (folder, "trainee"), at, words) > ALIKE


@pytest.mark.parametrize("words", [*REPLY, "Nobody called me,", "and then I got an invoice."])
def test_the_counterparts_clauses_sound_where_they_stand(
    real_engines: Engines, review: tuple[Review, Path], words: str
) -> None:
    told, folder = review
    at = span(told.turns[0], words)
    assert best_likeness(real_engines, (folder, "counterpart"), at, words) > ALIKE


def test_the_proof_of_a_check_sounds_as_it_reads(
    real_engines: Engines, review: tuple[Review, Path]
) -> None:
    told, folder = review
    assert told.debrief is not None
    proof = told.debrief.checks[0].evidence
    assert proof is not None
    text = heard(real_engines, folder, "trainee", proof.start_seconds, proof.end_seconds)
    assert likeness(text, LABEL) > ALIKE
    # What the journal's own estimate would have played.
    assert likeness(heard(real_engines, folder, "trainee", *GUESSED), LABEL) < ALIKE


@pytest.mark.parametrize("late_seconds", [-0.7, 0.7])
def test_less_than_a_second_off_would_be_noticed(
    real_engines: Engines, review: tuple[Review, Path], late_seconds: float
) -> None:
    told, folder = review
    for row, side, words in (
        (told.turns[1], "trainee", "left alone"),
        (told.turns[0], "counterpart", "Nobody called me,"),
    ):
        start, end = span(row, words)
        at = (start + late_seconds, end + late_seconds)
        assert best_likeness(real_engines, (folder, side), at, words) < ALIKE


def test_times_never_leave_the_sound(review: tuple[Review, Path]) -> None:
    told, _ = review
    lengths = {track.side: track.seconds for track in told.tracks}
    assert set(lengths) == set(Speaker)
    for row in told.turns:
        assert row.words[0].start_seconds >= row.turn.start_seconds - 0.2
        assert row.words[-1].end_seconds <= lengths[row.turn.speaker] + 0.02
