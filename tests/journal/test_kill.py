"""A real process writes a session and is killed with signal 9 while it does."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from journal.samples import SESSION

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation import events as e
from voice_coach.journal.durable import is_being_written
from voice_coach.journal.journal import JOURNAL_NAME, JournalWriter, read_journal
from voice_coach.journal.recording import MICROPHONE_RATE_HZ, Recorder, recover

WRITER = """
import itertools, sys
from pathlib import Path
import numpy as np
from journal.samples import header
from voice_coach.conversation import events as e
from voice_coach.journal.journal import JournalWriter
from voice_coach.journal.recording import Recorder

folder = Path(sys.argv[1])
journal = JournalWriter.create(folder, header())
recorder = Recorder(folder)
for number in itertools.count(1):
    journal.event(e.SpeechStarted(at=number / 50, sample=320 * number))
    recorder.hear(np.full(320, 1 + number % 30_000, "<i2").tobytes())
    if number % 10 == 1:
        reply = np.full(2205, 1 + number % 30_000, "<i2").tobytes()
        recorder.place_reply(number, start_seconds=number / 50, pcm=reply, sample_rate_hz=22_050)
    # The number is said only after everything of it was handed over.
    print(number, flush=True)
"""


def kill_a_writer_after(folder: Path, numbers: int) -> int:
    """Give how many rounds the killed process had said to have written."""
    tests = Path(__file__).parents[1]
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True, cwd=tests
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= numbers:
                break
        assert is_being_written(folder / JOURNAL_NAME)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split("\n")[:-1]
    assert process.returncode == -signal.SIGKILL
    return int(rest[-1]) if rest else numbers


@pytest.mark.parametrize("numbers", [1, 60, 400])
def test_nothing_that_was_written_is_lost_by_kill_9(tmp_path: Path, numbers: int) -> None:
    folder = tmp_path / SESSION

    written = kill_a_writer_after(folder, numbers)

    journal = read_journal(folder / JOURNAL_NAME)
    assert len(journal.entries) >= written
    assert not journal.complete
    assert [entry.value for entry in journal.entries] == [
        e.SpeechStarted(at=number / 50, sample=320 * number)
        for number in range(1, len(journal.entries) + 1)
    ]
    assert not is_being_written(folder / JOURNAL_NAME)

    tracks = recover(folder)
    trainee, rate_hz = soundfile.read(tracks[Speaker.TRAINEE], dtype="int16")
    expected = np.repeat(1 + np.arange(1, written + 1) % 30_000, 320)
    assert rate_hz == MICROPHONE_RATE_HZ
    assert np.array_equal(trainee[: len(expected)], expected)
    counterpart, rate_hz = soundfile.read(tracks[Speaker.COUNTERPART], dtype="int16")
    for number in range(1, written + 1, 10):
        start = round(number / 50 * rate_hz)
        assert np.all(counterpart[start : start + 2205] == 1 + number % 30_000)
    assert len(trainee) / MICROPHONE_RATE_HZ == pytest.approx(len(counterpart) / rate_hz, abs=0.001)


def test_a_killed_session_can_be_continued(tmp_path: Path) -> None:
    folder = tmp_path / SESSION
    written = kill_a_writer_after(folder, 30)

    journal, before = JournalWriter.reopen(folder)
    recorder = Recorder(folder)
    journal.event(e.Reconnected(at=99.0))
    recorder.hear(np.full(320, 7, "<i2").tobytes(), at_seconds=99.0)
    journal.close()
    tracks = recorder.close()

    assert len(before.entries) >= written
    assert read_journal(folder / JOURNAL_NAME).entries[-1].value == e.Reconnected(at=99.0)
    trainee, _ = soundfile.read(tracks[Speaker.TRAINEE], dtype="int16")
    at = 99 * MICROPHONE_RATE_HZ
    assert np.all(trainee[at : at + 320] == 7)
